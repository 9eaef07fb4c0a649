import { type Key, ShapeError, type Tensor, ValueError, isTensor, mul, normal, tensor, transpose, uniform, values, zeros } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { known } from "./known.ts";
import { checkNumbers } from "./number.ts";

/** Draws the weights [n_out, n_in] of one layer. */
export type Initialiser = (key: Key, outputs: number, inputs: number) => Tensor;

/**
 * Normal with variance 2 / (n_in + n_out). Source: Glorot, Bengio 2010, eq. 12.
 *
 * @example
 * xavier(randomKey(1), 3, 2).shape // => [3, 2]
 */
export const xavier: Initialiser = normally("xavier", (inputs, outputs) => 2 / (inputs + outputs));

/**
 * Normal with variance 2 / n_in, for relu. Source: He, Zhang, Ren, Sun 2015, eq. 10.
 *
 * @example
 * network({ sizes: [2, 3, 1], activations: ["relu", "sigmoid"], initialiser: he, key: 1 }).layers.length // => 2
 */
export const he: Initialiser = normally("he", (inputs) => 2 / inputs);

/**
 * Normal with variance 1 / n_in. Source: LeCun, Bottou, Orr, Müller 1998, section 4.6.
 *
 * @example
 * lecun(randomKey(1), 3, 2).shape // => [3, 2]
 */
export const lecun: Initialiser = normally("lecun", (inputs) => 1 / inputs);

/**
 * Normal with the deviation given, whatever the widths: 1 as in Nielsen 2015, chapter 1.
 *
 * Throws ValueError for a deviation that is not a number of at least 0.
 *
 * @example
 * gaussian(0.1)(randomKey(1), 3, 2).shape // => [3, 2]
 */
export function gaussian(deviation: number): Initialiser {
  checkNumbers("gaussian", "a number of at least 0", { "the deviation": deviation });
  return normally("gaussian", () => deviation ** 2);
}

/**
 * A matrix whose rows (or, where there are more rows than columns, whose columns) are orthogonal and of length 1, so that it neither grows nor shrinks
 * what passes through; uniformly distributed among those. Source: Saxe, McClelland, Ganguli 2014, section 3.
 *
 * @example
 * const W = orthogonal(randomKey(1), 2, 3);
 * matmul(W, transpose(W)) // => [[1.000, 0.000], [0.000, 1.000]]
 */
export const orthogonal: Initialiser = (key, outputs, inputs) => {
  checkSizes("orthogonal", outputs, inputs);
  const [few, many] = [Math.min(outputs, inputs), Math.max(outputs, inputs)];
  const drawn = values(normal(key, { shape: [few, many] }));
  const rows = Array.from({ length: few }, (_, i) => drawn.subarray(i * many, (i + 1) * many));
  const along = (a: Float64Array, b: Float64Array): number => a.reduce((sum, entry, k) => sum + entry * (b[k] ?? 0), 0);
  rows.forEach((row, i) => {
    // Twice, because what one projection leaves behind by rounding the second removes.
    for (let round = 0; round < 2; round++)
      for (const before of rows.slice(0, i)) {
        const share = along(row, before);
        before.forEach((entry, k) => (row[k] = (row[k] ?? 0) - share * entry));
      }
    const length = Math.sqrt(along(row, row));
    row.forEach((entry, k) => (row[k] = entry / length));
  });
  const found = tensor(drawn, [few, many]);
  return few === outputs ? found : transpose(found);
};

/**
 * All zeros: every neuron of a layer stays alike, which is why nobody trains a hidden layer from it.
 *
 * @example
 * nested(zero(randomKey(1), 1, 2)) // => [[0, 0]]
 */
export const zero: Initialiser = (_key, outputs, inputs) => {
  checkSizes("zero", outputs, inputs);
  return zeros([outputs, inputs]);
};

/** The name of a known initialiser. */
export type InitialiserName =
  "zeros" | "normal" | "xavier" | "glorot" | "xavierUniform" | "glorotUniform" | "he" | "heUniform" | "lecun" | "lecunUniform" | "orthogonal";

/** The initialisers that a network can name. */
export const initialisers: Readonly<Record<InitialiserName, Initialiser>> = {
  zeros: zero,
  normal: gaussian(1),
  xavier,
  glorot: xavier,
  xavierUniform: uniformly("xavierUniform", (inputs, outputs) => 2 / (inputs + outputs)),
  glorotUniform: uniformly("glorotUniform", (inputs, outputs) => 2 / (inputs + outputs)),
  he,
  heUniform: uniformly("heUniform", (inputs) => 2 / inputs),
  lecun,
  lecunUniform: uniformly("lecunUniform", (inputs) => 1 / inputs),
  orthogonal,
};

/** The initialiser that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function initialiserOf(caller: string, initialiser: InitialiserName | Initialiser): Initialiser {
  if (typeof initialiser === "function") return initialiser;
  return known(caller, "initialiser", initialiser, initialisers, "your own (key, outputs, inputs) => W");
}

/** What an initialiser draws. Throws unless it gives a tensor [outputs, inputs] of finite numbers. */
export function drawn(caller: string, initialiser: Initialiser, key: Key, outputs: number, inputs: number): Tensor {
  const W: unknown = initialiser(key, outputs, inputs);
  if (!isTensor(W)) throw new ValueError(`${caller}: the initialiser must give a tensor, got ${describe(W)}; did you forget return?`);
  if (W.shape.join() !== `${outputs},${inputs}`)
    throw new ShapeError(`${caller}: the initialiser gave shape [${W.shape.join(", ")}], want [${outputs}, ${inputs}] (outputs, inputs)`);
  const bad = W.data?.find((entry) => !Number.isFinite(entry));
  if (bad !== undefined) throw new ValueError(`${caller}: the initialiser gave ${bad}; weights are finite numbers`);
  return W;
}

function checkSizes(caller: string, outputs: number, inputs: number): void {
  checkNumbers(caller, "a whole number of at least 1", { "the number of outputs": outputs, "the number of inputs": inputs });
}

function normally(caller: string, variance: (inputs: number, outputs: number) => number): Initialiser {
  return (key, outputs, inputs) => {
    checkSizes(caller, outputs, inputs);
    return mul(normal(key, { shape: [outputs, inputs] }), Math.sqrt(variance(inputs, outputs)));
  };
}

/** Uniform from -√(3 variance) to √(3 variance). */
function uniformly(caller: string, variance: (inputs: number, outputs: number) => number): Initialiser {
  return (key, outputs, inputs) => {
    checkSizes(caller, outputs, inputs);
    const high = Math.sqrt(3 * variance(inputs, outputs));
    return uniform(key, { shape: [outputs, inputs], low: -high, high });
  };
}
