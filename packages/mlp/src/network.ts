import { type Key, type Like, ShapeError, type Tensor, ValueError, add, isTensor, matmul, name, scope, splitKey, transpose, zeros } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { type Activation, type ActivationFunction, activationOf, activations as known } from "./activation.ts";
import { checkRate, dropout as dropped } from "./dropout.ts";
import { asTensor, checkData, checkExample, checkFinite } from "./examples.ts";
import { type Initialiser, type InitialiserName, drawn, he, initialiserOf, xavier } from "./initialiser.ts";
import { keyOf } from "./key.ts";
import { type Layer, type Network, type Parameters, checkEntries, checkLayers, checkNetwork, checkParameters, checkShapes } from "./layer.ts";
import { checkNumbers } from "./number.ts";

export { type Layer, type Network, type Parameters } from "./layer.ts";

/** Weighted inputs and activations of every layer; `a[0]` is the data and `a[l]` belongs to `z[l - 1]`. */
export interface Pass {
  readonly z: readonly Tensor[];
  readonly a: readonly Tensor[];
}

/** What a network is made of. */
export interface NetworkSpec {
  /** Neurons per layer, inputs first: [64, 32, 10]. */
  readonly sizes: readonly number[];
  /** One activation per layer after the inputs. */
  readonly activations: readonly Activation[];
  /** He for relu and Xavier for the rest when absent. */
  readonly initialiser?: InitialiserName | Initialiser;
  /** The share of activations that training drops: one rate for every hidden layer, or one per layer. None when absent. */
  readonly dropout?: number | readonly number[];
  /** The seed of the weights; a key, or a whole number to make one from. 0 when absent. */
  readonly key?: Key | number;
}

/**
 * A fully connected network with seeded weights and zero biases.
 *
 * Throws ValueError for fewer than two sizes, a size that is not a whole number above 0, an unknown activation or initialiser, a number of
 * activations that differs from the number of layers, or a rate of dropout outside [0, 1).
 *
 * @example
 * network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] }).parameters.layers[0]?.W.shape // => [3, 2]
 */
export function network(spec: NetworkSpec): Network {
  const { sizes, activations, initialiser, dropout = 0, key = 0 } = checkOptions("network", spec, ["sizes", "activations", "initialiser", "dropout", "key"]);
  if (!Array.isArray(sizes) || sizes.length < 2)
    throw new ValueError(`network: sizes must name at least inputs and outputs, such as [64, 32, 10], got ${describe(sizes)}`);
  sizes.forEach((size: number, l) => {
    checkNumbers("network", "a whole number of at least 1", { [`the number of neurons of layer ${l}`]: size });
  });
  if (!Array.isArray(activations))
    throw new ValueError(`network: activations must be a list, one for each layer after the inputs, such as ["relu", "softmax"], got ${describe(activations)}`);
  if (activations.length !== sizes.length - 1)
    throw new ValueError(`network: ${sizes.length - 1} layers need as many activations, got ${activations.length}; give one per layer after the inputs`);
  const keys = splitKey(keyOf("network", key), sizes.length - 1);
  if (!Array.isArray(dropout)) checkRate("network", dropout as number);
  const rates: readonly number[] = Array.isArray(dropout) ? dropout : activations.map((_, l) => (l === activations.length - 1 ? 0 : (dropout as number)));
  rates.forEach((rate) => checkRate("network", rate));
  if (rates.length !== activations.length)
    throw new ValueError(`network: ${activations.length} layers need as many rates of dropout, got ${rates.length}; or one number for the hidden layers`);
  const layers = activations.map((activation, l): Layer => {
    const layer = { inputs: sizes[l] as number, outputs: sizes[l + 1] as number, activation: activationOf("network", activation) };
    const rate = rates[l] ?? 0;
    return rate === 0 ? layer : { ...layer, dropout: rate };
  });
  const draw = initialiser === undefined ? undefined : initialiserOf("network", initialiser);
  const parameters = layers.map(({ inputs, outputs, activation }, l) => ({
    W: drawn(`network, layer ${l + 1}`, draw ?? (activation === known.relu ? he : xavier), keys[l] as Key, outputs, inputs),
    b: zeros([outputs]),
  }));
  return { layers, parameters: { layers: parameters } };
}

/**
 * The same layers with other parameters: weights of your own, or those that training found.
 *
 * Throws ShapeError when a shape does not fit its layer; ValueError for NaN or Infinity.
 *
 * @example
 * withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[2]], b: [1] }] }).parameters.layers[0]?.b.data?.[0] // => 1
 */
export function withParameters(net: Pick<Network, "layers">, parameters: { readonly layers: readonly { readonly W: Like; readonly b: Like }[] }): Network {
  checkLayers("withParameters", net);
  checkEntries("withParameters", net.layers, parameters);
  const layers = parameters.layers.map(({ W, b }, l) => ({
    W: asTensor("withParameters", W, `layers[${l}].W`),
    b: asTensor("withParameters", b, `layers[${l}].b`),
  }));
  checkShapes("withParameters", net.layers, { layers });
  layers.forEach((layer, l) => {
    for (const [label, { data }] of Object.entries(layer)) {
      const bad = data?.find((entry) => !Number.isFinite(entry));
      if (bad !== undefined) throw new ValueError(`withParameters: layers[${l}].${label} holds ${bad}; weights and biases are finite numbers`);
    }
  });
  return { layers: net.layers, parameters: { layers } };
}

/**
 * The forward pass of a batch `x` [m, n_0]. `offsets` are added to the weighted inputs, so that their gradients are the deltas. With a
 * `key` the layers drop activations, as in training; without one they do not, as in prediction.
 *
 * Throws ShapeError when the data's width differs from the number of inputs.
 *
 * @example
 * const net = network({ sizes: [2, 1], activations: ["sigmoid"] });
 * forward(net, tensor([[0, 1]])).z[0]?.shape // => [1, 1]
 */
export function forward(net: Network, x: Tensor, parameters: Parameters = net?.parameters, offsets?: readonly Tensor[], key?: Key): Pass {
  checkLayers("forward", net);
  checkParameters("forward", net.layers, parameters);
  checkData("forward", net, x);
  const z: Tensor[] = [];
  const a: Tensor[] = [x];
  const keys = key === undefined ? [] : splitKey(keyOf("forward", key), net.layers.length);
  net.layers.forEach(({ activation, dropout }, l) => {
    const { W, b } = parameters.layers[l] as Parameters["layers"][number];
    scope(`layer ${l + 1}`, () => {
      const weighted = add(matmul(a[l] as Tensor, transpose(W)), b);
      const offset = offsets?.[l];
      if (offset !== undefined) checkOffset(offset, weighted, l + 1);
      z.push(offset === undefined ? weighted : add(weighted, offset));
      const fired = activated(activation, z[l] as Tensor, l + 1);
      a.push(dropout === undefined || key === undefined ? fired : dropped(fired, { rate: dropout, key: keys[l] }));
    });
  });
  return { z, a };
}

/** Throws unless what is added to z has its shape, because others would broadcast. */
function checkOffset(offset: Tensor, z: Tensor, l: number): void {
  if (!isTensor(offset)) throw new ValueError(`forward: the offset of layer ${l} is ${describe(offset)}; give a tensor of the shape of z`);
  if (offset.shape.join() !== z.shape.join())
    throw new ShapeError(`forward: the offset of layer ${l} has shape [${offset.shape.join(", ")}], want that of z, [${z.shape.join(", ")}]`);
}

/** σ(z). Throws ValueError when a function of the user's own gives no tensor, ShapeError when it changes the shape. */
function activated(activation: ActivationFunction, z: Tensor, l: number): Tensor {
  const a: unknown = activation.of(z);
  const what = `activation ${activation.name} of layer ${l}`;
  if (!isTensor(a)) throw new ValueError(`${what}: it must give a tensor of the shape of z, got ${describe(a)}; did you forget return?`);
  if (a.shape.join() !== z.shape.join())
    throw new ShapeError(`${what}: it made shape [${a.shape.join(", ")}] of [${z.shape.join(", ")}]; an activation keeps the shape of z`);
  return a;
}

/**
 * The network as it predicts: without dropout, also in training. Closed forms are compared on this one.
 *
 * @example
 * withoutDropout(network({ sizes: [2, 2, 1], activations: ["tanh", "sigmoid"], dropout: 0.5 })).layers[0]?.dropout // => undefined
 */
export function withoutDropout(net: Network): Network {
  checkNetwork("withoutDropout", net);
  const { layers, parameters } = net;
  return { layers: layers.map(({ inputs, outputs, activation }) => ({ inputs, outputs, activation })), parameters };
}

/**
 * The network's outputs for a batch `x` [m, n_0].
 *
 * Throws ShapeError when the data's width differs from the number of inputs.
 *
 * @example
 * predict(network({ sizes: [2, 1], activations: ["sigmoid"] }), [[0, 0]]).data?.[0] // => 0.5
 */
export function predict(net: Network, x: Like): Tensor {
  checkNetwork("predict", net);
  const data = asTensor("predict", x, "x");
  checkData("predict", net, data);
  checkFinite("predict", "x", data);
  return forward(net, data).a.at(-1) as Tensor;
}

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
