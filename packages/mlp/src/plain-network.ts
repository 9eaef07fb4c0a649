import { type Like, nested, values } from "@nabla/autodiff";
import { asTensor, checkExample } from "./examples.ts";
import { type Network, checkNetwork } from "./layer.ts";
import { example } from "./notation.ts";

/** A network in plain numbers: what `fromNetwork` of `@nabla/viz` draws. Lists by layer begin with the first layer that has weights. */
export interface PlainNetwork {
  /** Neurons per layer, inputs first. */
  readonly sizes: readonly number[];
  /** The names of the activations. */
  readonly activations: readonly string[];
  /** By layer [n_out][n_in]. */
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly biases: readonly (readonly number[])[];
  /** What each neuron holds for the example given, inputs first. */
  readonly sample?: readonly (readonly number[])[];
}

/**
 * The sizes, activations, weights and biases of a network as plain numbers, and with one example `x` also what each neuron holds for it, without
 * dropout.
 *
 * Throws ShapeError when the example has another number of inputs.
 *
 * @example
 * const { sizes, activations, sample } = plainNetwork(network({ sizes: [2, 1], activations: ["sigmoid"], initialiser: "zeros" }), [3, 4]);
 * [sizes, activations, sample] // => [[2, 1], ["sigmoid"], [[3, 4], [0.5]]]
 */
export function plainNetwork(net: Network, x?: Like): PlainNetwork {
  checkNetwork("plainNetwork", net);
  const { layers, parameters } = net;
  const given = x === undefined ? undefined : asTensor("plainNetwork", x, "x");
  if (given !== undefined) checkExample("plainNetwork", net, given);
  const sample = given && example(net, given, parameters).a;
  return {
    sizes: [layers[0]?.inputs ?? 0, ...layers.map(({ outputs }) => outputs)],
    activations: layers.map(({ activation }) => activation.name),
    weights: parameters.layers.map(({ W }) => nested(W) as number[][]),
    biases: parameters.layers.map(({ b }) => Array.from(values(b))),
    ...(sample !== undefined && { sample: sample.map((a) => Array.from(values(a))) }),
  };
}
