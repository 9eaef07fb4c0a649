import { type Key, type Tensor, mul, normal, zeros } from "@nabla/autodiff";

/** Draws the weights [n_out, n_in] of one layer. */
export type Initialiser = (key: Key, outputs: number, inputs: number) => Tensor;

/**
 * Normal with variance 2 / (n_in + n_out). Source: Glorot, Bengio 2010, eq. 12.
 *
 * @example
 * xavier(randomKey(1), 3, 2).shape // => [3, 2]
 */
export const xavier: Initialiser = (key, outputs, inputs) => scaled(key, outputs, inputs, 2 / (inputs + outputs));

/**
 * Normal with variance 2 / n_in, for relu. Source: He, Zhang, Ren, Sun 2015, eq. 10.
 *
 * @example
 * network({ sizes: [2, 3, 1], activations: ["relu", "sigmoid"], initialiser: he, key: 1 }).layers.length // => 2
 */
export const he: Initialiser = (key, outputs, inputs) => scaled(key, outputs, inputs, 2 / inputs);

/**
 * Normal with variance 1 / n_in. Source: LeCun, Bottou, Orr, Müller 1998, section 4.6.
 *
 * @example
 * lecun(randomKey(1), 3, 2).shape // => [3, 2]
 */
export const lecun: Initialiser = (key, outputs, inputs) => scaled(key, outputs, inputs, 1 / inputs);

/**
 * All zeros: every neuron of a layer stays alike, which is why nobody trains from it.
 *
 * @example
 * nested(zero(randomKey(1), 1, 2)) // => [[0, 0]]
 */
export const zero: Initialiser = (_key, outputs, inputs) => zeros([outputs, inputs]);

function scaled(key: Key, outputs: number, inputs: number, variance: number): Tensor {
  return mul(normal(key, { shape: [outputs, inputs] }), Math.sqrt(variance));
}
