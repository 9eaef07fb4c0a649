import { type Matrix, type Vector, at, matrix, of, softmaxOf, sum, vector } from "../numbers.ts";

/*
 * Neural Networks, the text on multilayer perceptrons, as it writes it: columns, w_jk with the target first, one sample. The text counts the input
 * layer as layer 1; here a list of weights begins with those of its layer 2.
 */

type Scalar = (z: number) => number;

/** (1): 1 where Σ w_i x_i exceeds the threshold. */
export const perceptron = (w: Vector, x: Vector, threshold: number): number => (sum(w.length, (i) => at(w, i) * at(x, i)) > threshold ? 1 : 0);

/** (2): 1 where w·x + b exceeds 0. */
export const perceptronWithBias = (w: Vector, x: Vector, b: number): number => (sum(w.length, (i) => at(w, i) * at(x, i)) + b > 0 ? 1 : 0);

/** (1) and (2), with b = -Threshold. */
export const bothPerceptrons = ({ w, x, threshold }: { w: Vector; x: Vector; threshold: number }): number[] => [
  perceptron(w, x, threshold),
  perceptronWithBias(w, x, -threshold),
];

/** (3). */
export const sigma: Scalar = (z) => 1 / (1 + Math.exp(-z));
/** (66). */
export const equation66: Scalar = (z) => Math.exp(-z) / (1 + Math.exp(-z)) ** 2;
/** (67). */
export const equation67: Scalar = (z) => (sigma(z) * Math.exp(-z)) / (1 + Math.exp(-z));
/** (68). */
export const equation68: Scalar = (z) => sigma(z) * (1 - 1 / (1 + Math.exp(-z)));
/** (69). */
export const equation69: Scalar = (z) => sigma(z) * (1 - sigma(z));

/** σ' = e/(1 + e)² with e = exp(-|z|): the same number with all its digits. */
export const wholeSlope: Scalar = (z) => {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) / (1 + e);
};
/** A function of z in some unit. */
export const inUnits =
  (form: Scalar) =>
  ({ z, unit }: { z: number; unit: number }): number[] => [form(z) * unit];

/** (5). */
export const equation5: Scalar = (z) => Math.max(0, z);
/** (6). */
export const equation6: Scalar = (z) => (z <= 0 ? 0 : z);
/** The words after (6): 1 for z > 0, 0 for z <= 0. */
export const reluPrime: Scalar = (z) => (z <= 0 ? 0 : 1);

/** (5), (6), and the derivative. */
export const relu = ({ z }: { z: number }): number[] => [equation5(z), equation6(z), reluPrime(z)];

/** (7). */
export const equation7 = ({ z }: { z: Vector }): number[] => vector(z.length, (i) => Math.exp(at(z, i)) / sum(z.length, (j) => Math.exp(at(z, j))));
/** (8): the sum of (7). */
export const equation8 = ({ z }: { z: Vector }): number[] => [sum(z.length, (i) => Math.exp(at(z, i))) / sum(z.length, (j) => Math.exp(at(z, j)))];

/** (7) with the largest logit taken off, which changes no share. */
export const shifted = ({ z }: { z: Vector }): number[] => softmaxOf(z);

/** Section 5: the class is that of the largest output, counted from 1. */
export function classOf({ a }: { a: Vector }): number[] {
  let best = 0;
  for (let j = 1; j < a.length; j++) if (at(a, j) > at(a, best)) best = j;
  return [best + 1];
}
/** Section 5: the outputs themselves, and their sum. */
export const itself = ({ a }: { a: Vector }): number[] => [...a];
export const total = ({ a }: { a: Vector }): number[] => [sum(a.length, (j) => at(a, j))];
/** Section 5: the share of samples whose one output lies on the side of 0.5 where its class is. */
export const shareRight = ({ a, y }: { a: Vector; y: Vector }): number[] => [sum(a.length, (i) => Number(Number(at(a, i) > 0.5) === at(y, i))) / a.length];

/** (12): a_j = σ(Σ_k w_jk a_k + b_j), and (14) with (15): z_j before it. */
export function equation12({ w, a, b, sigma: f }: { w: Matrix; a: Vector; b: Vector; sigma: Scalar }): number[] {
  return vector(b.length, (j) => f(sum(a.length, (k) => of(w, j, k) * at(a, k)) + at(b, j)));
}
/** (14), (15): z_j, before σ. */
export const equation14 = ({ w, a, b }: { w: Matrix; a: Vector; b: Vector }): number[] => equation12({ w, a, b, sigma: (z) => z });
/** (13) with (16): σ of the columns of w, weighted by a and added to b. */
export function equation13({ w, a, b, sigma: f }: { w: Matrix; a: Vector; b: Vector; sigma: Scalar }): number[] {
  return a.reduce<Vector>((z, each, k) => vector(z.length, (j) => at(z, j) + of(w, j, k) * each), b).map(f);
}

/** (17): 1/(2m) Σ ||y - a||². */
export const equation17 = ({ a, y }: { a: Matrix; y: Matrix }): number[] => [
  sum(a.length, (i) => sum(a[i]?.length ?? 0, (j) => (of(y, i, j) - of(a, i, j)) ** 2)) / (2 * a.length),
];
/** (19), and with one output (18). */
export const equation19 = ({ a, y }: { a: Matrix; y: Matrix }): number[] => [
  -sum(a.length, (i) => sum(a[i]?.length ?? 0, (j) => of(y, i, j) * Math.log(of(a, i, j)) + (1 - of(y, i, j)) * Math.log(1 - of(a, i, j)))) / a.length,
];

/** (18) at a = y: the entropy of y. */
export const entropyOf = ({ y }: { y: number }): number[] => [-y * Math.log(y) - (1 - y) * Math.log(1 - y)];
/** What section 7 says that (18) is there. */
export const zero = (): number[] => [0];

/** ∂C/∂a of (19) for one output of one sample. */
export const byCrossEntropy = (a: number, y: number): number => (a - y) / (a * (1 - a));
/** ∂C/∂a of (17). */
export const bySquares = (a: number, y: number): number => a - y;

/** What an update reads: a weight, ∂C_0/∂w, and the numbers of (23). */
interface Decay {
  readonly w: Vector;
  readonly g: Vector;
  readonly eta: number;
  readonly lambda: number;
  readonly m: number;
}
/** (20). */
export const equation20 = ({ w, g, eta }: Omit<Decay, "lambda" | "m">): number[] => vector(w.length, (p) => at(w, p) - eta * at(g, p));
/** (23), middle form. */
export const equation23 = ({ w, g, eta, lambda, m }: Decay): number[] => vector(w.length, (p) => at(w, p) - eta * at(g, p) - (eta * lambda * at(w, p)) / m);
/** (23), right form, with the η that the print leaves out. */
export const equation23right = ({ w, g, eta, lambda, m }: Decay): number[] => vector(w.length, (p) => (1 - (eta * lambda) / m) * at(w, p) - eta * at(g, p));
/** (23), right form as printed. */
export const equation23printed = ({ w, g, eta, lambda, m }: Decay): number[] => vector(w.length, (p) => (1 - (eta * lambda) / m) * at(w, p) - at(g, p));
/** (22), its gradient by a weight: ∂C_0/∂w_p + λ w_p / m. */
export const ridge = ({ w, g, lambda, m }: Omit<Decay, "eta">): number[] => vector(w.length, (p) => at(g, p) + (lambda * at(w, p)) / m);
/** (22): C_0 + λ/(2m) Σ w². */
export const equation22 = ({ value, w, lambda, m }: { value: number; w: Vector; lambda: number; m: number }): number[] => [
  value + (lambda / (2 * m)) * sum(w.length, (p) => at(w, p) ** 2),
];

/** The mean over samples, entry by entry: the display below (25), and (56). */
export const meanOver = ({ each }: { each: Matrix }): number[] => vector(each[0]?.length ?? 0, (i) => sum(each.length, (x) => of(each, x, i)) / each.length);

/** (27): Σ_k ∂C/∂a_k ∂a_k/∂z_j, with local[k][j] = ∂a_k/∂z_j. */
export const equation27 = ({ byA, local }: { byA: Vector; local: Matrix }): number[] =>
  vector(byA.length, (j) => sum(byA.length, (k) => at(byA, k) * of(local, k, j)));
/** (30), (31): ∂C/∂a_j σ'(z_j). */
export const equation31 = ({ byA, prime }: { byA: Vector; prime: Vector }): number[] => vector(byA.length, (j) => at(byA, j) * at(prime, j));
/** M of (33): diagonal. */
export const diagonal = (prime: Vector): number[][] => matrix(prime.length, prime.length, (i, j) => (i === j ? at(prime, i) : 0));
/** ∂a_k/∂z_j of softmax: a_k ([k = j] - a_j). */
export const softmaxLocal = (a: Vector): number[][] => matrix(a.length, a.length, (k, j) => at(a, k) * (Number(k === j) - at(a, j)));
/** (35): M_L ∇_a C, M_L diagonal. */
export const equation35 = ({ byA, prime }: { byA: Vector; prime: Vector }): number[] => times(diagonal(prime), byA);
/** (35) under softmax: M_L = diag(a) - a aᵀ. */
export const equation35softmax = ({ byA, a }: { byA: Vector; a: Vector }): number[] =>
  times(matrix(a.length, a.length, (i, j) => Number(i === j) * at(a, i) - at(a, i) * at(a, j)), byA); // prettier-ignore
const times = (M: Matrix, v: Vector): number[] => vector(M.length, (i) => sum(v.length, (j) => of(M, i, j) * at(v, j)));

/** What an equation between two layers reads: w^{l+1}, δ^{l+1} and σ'(z^l). */
interface Between {
  readonly w: Matrix;
  readonly delta: Vector;
  readonly prime: Vector;
}
/** (40): ∂z_k/∂z_j = w_kj σ'(z_j). */
export const equation40 = ({ w, prime }: { w: Matrix; prime: Vector }): number[] => matrix(w.length, prime.length, (k, j) => of(w, k, j) * at(prime, j)).flat();
/** (41), term by term as (42) writes them out. */
export const equation41 = ({ w, delta, prime }: Between): number[] =>
  vector(prime.length, (j) => sum(delta.length, (k) => of(w, k, j) * at(delta, k) * at(prime, j)));
/** (42): δ² of the 3-5-5-3 network. */
export function equation42({ w, delta, prime }: Between): number[] {
  const d = (j: number): number =>
    of(w, 0, j) * at(delta, 0) * at(prime, j) + of(w, 1, j) * at(delta, 1) * at(prime, j) + of(w, 2, j) * at(delta, 2) * at(prime, j) +
    of(w, 3, j) * at(delta, 3) * at(prime, j) + of(w, 4, j) * at(delta, 4) * at(prime, j); // prettier-ignore
  return [d(0), d(1), d(2), d(3), d(4)];
}
/** (45): [(w)ᵀ δ] ⊙ σ'(z). */
export const equation45 = ({ w, delta, prime }: Between): number[] =>
  vector(prime.length, (j) => sum(delta.length, (k) => of(w, k, j) * at(delta, k)) * at(prime, j));
/** (47): M_l (w)ᵀ δ. */
export const equation47 = ({ w, delta, prime }: Between): number[] =>
  times(
    diagonal(prime),
    vector(prime.length, (j) => sum(delta.length, (k) => of(w, k, j) * at(delta, k))),
  );
/** The last factor of the display after (45) as printed: a square matrix, where M_2 times it is no column. */
export const printedAfter45 = ({ w, delta, prime }: Between): number[] =>
  matrix(prime.length, delta.length, (j, k) => at(prime, j) * of(w, k, j) * at(delta, k)).flat();

/** (51). */
export const equation51 = ({ delta }: { delta: Vector }): number[] => [...delta];
/** (54): ∂z_i/∂w_jk = [i = j] a_k. */
export const equation54 = ({ a, count }: { a: Vector; count: number }): number[] =>
  vector(count, (i) => i).flatMap((i) => matrix(count, a.length, (j, k) => (i === j ? at(a, k) : 0)).flat());
/** (55). */
export const equation55 = ({ delta, a }: { delta: Vector; a: Vector }): number[] => matrix(delta.length, a.length, (j, k) => at(delta, j) * at(a, k)).flat();

/** What the algorithm of section 9 starts from for one sample: f and σ' of each layer, and ∂C/∂a of an output. */
export interface Start {
  readonly w: readonly Matrix[];
  readonly b: readonly Vector[];
  readonly x: Vector;
  readonly y: Vector;
  readonly f: readonly Scalar[];
  readonly prime: readonly Scalar[];
  readonly byA: (a: number, y: number) => number;
}
/** Section 9: the five steps for one sample. Gradients per layer, weights row-major, then biases. */
export function algorithm({ w, b, x, y, f, prime, byA }: Start): number[][] {
  const a: Vector[] = [x];
  const z = w.map((weights, l) => {
    const column = equation14({ w: weights, a: a[l] ?? [], b: b[l] ?? [] });
    a.push(column.map((each) => f[l]?.(each) ?? Number.NaN));
    return column;
  });
  const slopes = z.map((column, l) => column.map((each) => prime[l]?.(each) ?? Number.NaN));
  let delta = equation31({ byA: (a.at(-1) ?? []).map((each, j) => byA(each, at(y, j))), prime: slopes.at(-1) ?? [] });
  const gradients: number[][] = [];
  for (let l = w.length - 1; l >= 0; l--) {
    gradients.unshift([...equation55({ delta, a: a[l] ?? [] }), ...equation51({ delta })]);
    if (l > 0) delta = equation45({ w: w[l] ?? [], delta, prime: slopes[l - 1] ?? [] });
  }
  return gradients;
}
/** Every gradient of the five steps in a row. */
export const everyGradient = (start: Start): number[] => algorithm(start).flat();

/** Section 9: the parameters of each layer after a step on the mean over a minibatch, weights, then biases. */
export const update = (step: Step): number[] => updated(step, step.w.length);
/** The same as printed, for l = L-1, ..., 2: the output layer is left as it is. */
export const updateAllButLast = (step: Step): number[] => updated(step, step.w.length - 1);

/** A step of section 9 on samples in rows. */
interface Step extends Omit<Start, "x" | "y"> {
  readonly X: Matrix;
  readonly Y: Matrix;
  readonly eta: number;
}
function updated({ X, Y, eta, ...net }: Step, layers: number): number[] {
  const each = X.map((x, n) => algorithm({ ...net, x, y: Y[n] ?? [] }));
  return net.w.flatMap((weights, l) => {
    const before = [...weights.flat(), ...(net.b[l] ?? [])];
    return before.map((entry, i) => (l < layers ? entry - (eta / X.length) * sum(X.length, (n) => at(each[n]?.[l], i)) : entry));
  });
}

/** One neuron with one input. */
export interface Neuron {
  readonly w: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
}
/** (58) to (60): cost, ∂C/∂w, ∂C/∂b. */
export function neuronSquares({ w, b, x, y }: Neuron): number[] {
  const z = w * x + b;
  return [0.5 * (y - sigma(z)) ** 2, (sigma(z) - y) * equation69(z) * x, (sigma(z) - y) * equation69(z)];
}
/** (63), (64), (65), (70): ∂C/∂w under cross-entropy, step by step. */
export function neuronSteps({ w, b, x, y }: Neuron): number[] {
  const z = w * x + b;
  const s = sigma(z);
  return [
    -(y / s - ((1 - y) * 1) / (1 - s)) * equation69(z) * x,
    -((y * (1 - s) - (1 - y) * s) / (s * (1 - s))) * equation69(z) * x,
    ((s - y) / (s * (1 - s))) * equation69(z) * x,
    ((s * (1 - s) * x) / (s * (1 - s))) * (s - y),
  ];
}
/** (71), (73): ∂C/∂w = x (σ(z) - y), ∂C/∂b = σ(z) - y. */
export function neuronCrossEntropy({ w, b, x, y }: Neuron): number[] {
  const z = w * x + b;
  return [x * (sigma(z) - y), sigma(z) - y];
}
/** (59) as (71) times σ', for w and for b. */
export const slowedCrossEntropy = (neuron: Neuron): number[] => neuronCrossEntropy(neuron).map((each) => each * equation69(neuron.w * neuron.x + neuron.b));
/** (61): the cost of the neuron. */
export const neuronCost = ({ w, b, x, y }: Neuron): number[] => equation19({ a: [[sigma(w * x + b)]], y: [[y]] });
/** (61), (71), (73) far out, for y = 0 or 1, where σ(z) is 0 or 1: the cost is |z| on the wrong side. */
export const neuronFarOut = (neuron: Neuron): number[] => [Math.max(0, (1 - 2 * neuron.y) * (neuron.w * neuron.x + neuron.b)), ...neuronCrossEntropy(neuron)];
/** The Hessian of (61) by w and b: σ' (x, 1) (x, 1)ᵀ, which has no negative eigenvalue. */
export const crossEntropyHessian = ({ w, b, x }: Omit<Neuron, "y">): number[] => [x * x, x, x, 1].map((each) => each * equation69(w * x + b));
/** The Hessian of half squares over z itself: (x, 1) (x, 1)ᵀ. */
export const squaresHessian = ({ x }: { x: number }): number[] => [x * x, x, x, 1];
/** How many steps of descent take the neuron from w, b = 0 to σ(z) > 0.5, with x = y = η = 1; and σ(z) on the way. */
export function descent(gradient: (neuron: Neuron) => Vector, w: number): number[] {
  let [weight, b] = [w, 0];
  const outputs = [sigma(weight + b)];
  while ((outputs.at(-1) ?? 1) <= 0.5 && outputs.length < 10_000) {
    const [byWeight = 0, byBias = 0] = gradient({ w: weight, b, x: 1, y: 1 });
    [weight, b] = [weight - byWeight, b - byBias];
    outputs.push(sigma(weight + b));
  }
  return outputs;
}

/** What (79) reads of one sample: local[l][k][j] = ∂a_k/∂z_j of each layer, and ∂C/∂a_t at the outputs. */
interface Paths {
  readonly w: readonly Matrix[];
  readonly local: readonly Matrix[];
  readonly byA: Vector;
  readonly x: Vector;
  /** The weight: its layer (0 is the text's layer 2), its target and its source; x is the activation below the layer. */
  readonly l: number;
  readonly j: number;
  readonly k: number;
}
/** (79): over every path t, s, ..., p of neurons above j, the product of its local derivatives from the cost down to w_jk; and the sum. */
export function equation79({ w, local, byA, x, l, j, k }: Paths): number[] {
  const below = of(local[l], j, j) * at(x, k);
  /** ∂a_p/∂a_q from neuron q of one layer to p of the next. */
  const between = (next: number, p: number, q: number): number => {
    const row = local[next]?.[p] ?? [];
    return sum(row.length, (i) => at(row, i) * of(w[next], i, q));
  };
  const onwards = (layer: number, neuron: number): number[] =>
    layer === w.length - 1
      ? [at(byA, neuron)]
      : vector(w[layer + 1]?.length ?? 0, (p) => p).flatMap((p) => onwards(layer + 1, p).map((product) => product * between(layer + 1, p, neuron)));
  const products = onwards(l, j).map((product) => product * below);
  return [sum(products.length, (path) => at(products, path)), ...products];
}

/** a - y. */
export const difference = ({ a, y }: { a: Vector; y: Vector }): number[] => vector(a.length, (j) => at(a, j) - at(y, j));
/** Softmax with -Σ y ln a: δ = a Σ y - y. */
export const softmaxDelta = ({ a, y }: { a: Vector; y: Vector }): number[] => vector(a.length, (j) => at(a, j) * sum(y.length, (k) => at(y, k)) - at(y, j));
/** Softmax with (19): δ_j = r_j - a_j Σ r_k, r = (a - y)/(1 - a). */
export function softmaxBinaryDelta({ a, y }: { a: Vector; y: Vector }): number[] {
  const r = vector(a.length, (j) => (at(a, j) - at(y, j)) / (1 - at(a, j)));
  return vector(a.length, (j) => at(r, j) - at(a, j) * sum(r.length, (k) => at(r, k)));
}
