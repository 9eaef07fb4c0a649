import { type Tensor, ValueError, add, matmul, name, scope } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { checkExample } from "./examples.ts";
import { type Network, type Parameters, checkNetwork, checkParameters } from "./layer.ts";
import { checkNumbers } from "./number.ts";
import { type Pass, activated } from "./pass.ts";

/** Upper indices for layers, as the texts write them. */
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A letter with the number of its layer above.
 *
 * @example
 * layerName("W", 12) // => "W¹²"
 */
export function layerName(letter: string, l: number): string {
  if (typeof letter !== "string" || letter === "") throw new ValueError(`layerName: the letter is ${describe(letter)}; give one such as "W"`);
  checkNumbers("layerName", "a whole number of at least 0", { "the layer": l });
  return letter + [...String(l)].map((digit) => superscripts[Number(digit)]).join("");
}

/**
 * The parameters named W¹, b¹, W², ... as the textbooks name them.
 *
 * @example
 * namedParameters(network({ sizes: [2, 1], activations: ["sigmoid"] })).layers[0]?.W.name // => "W¹"
 */
export function namedParameters(net: Network): Parameters {
  checkNetwork("namedParameters", net);
  const { parameters } = net;
  return { layers: parameters.layers.map(({ W, b }, position) => ({ W: name(W, layerName("W", position + 1)), b: name(b, layerName("b", position + 1)) })) };
}

/**
 * The pass of ONE example in columns, zˡ = Wˡ aˡ⁻¹ + bˡ, with every value named as the textbooks name it: what `record` turns into the
 * picture of forward and backward.
 *
 * Throws ShapeError when the example has another number of inputs.
 *
 * @example
 * example(network({ sizes: [2, 1], activations: ["sigmoid"] }), tensor([0, 0])).a[1]?.name // => "a¹"
 */
export function example(net: Network, x: Tensor, given?: Parameters): Pass {
  checkNetwork("example", net);
  const { layers } = net;
  const parameters = given ?? namedParameters(net);
  checkParameters("example", layers, parameters);
  checkExample("example", net, x);
  const z: Tensor[] = [];
  const a: Tensor[] = [x.name === undefined ? name(x, "x") : x];
  layers.forEach(({ activation }, position) => {
    const { W, b } = parameters.layers[position] as Parameters["layers"][number];
    const l = position + 1;
    scope(`layer ${l}`, () => {
      z.push(name(add(matmul(W, a[position] as Tensor), b), layerName("z", l)));
      a.push(name(activated(activation, z[position] as Tensor, l), layerName("a", l)));
    });
  });
  return { z, a };
}
