import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";

/*
 * Neural Networks, the text on multilayer perceptrons, as it writes it: columns, w_jk with the target first, one sample. The text counts the input
 * layer as layer 1; here a list of weights begins with those of its layer 2.
 */

type Scalar = (z: number) => number;

/** (1): 1 where Σ w_i x_i exceeds the threshold. */
export const perceptron = (w: Vector, x: Vector, threshold: number): number => (sum(w.length, (i) => at(w, i) * at(x, i)) > threshold ? 1 : 0);

/** (2): 1 where w·x + b exceeds 0. */
export const perceptronWithBias = (w: Vector, x: Vector, b: number): number => (sum(w.length, (i) => at(w, i) * at(x, i)) + b > 0 ? 1 : 0);

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

/** (5). */
export const equation5: Scalar = (z) => Math.max(0, z);
/** (6). */
export const equation6: Scalar = (z) => (z <= 0 ? 0 : z);
/** The words after (6): 1 for z > 0, 0 for z <= 0. */
export const reluPrime: Scalar = (z) => (z <= 0 ? 0 : 1);

/** (7). */
export const equation7 = ({ z }: { z: Vector }): number[] => vector(z.length, (i) => Math.exp(at(z, i)) / sum(z.length, (j) => Math.exp(at(z, j))));
/** (8): the sum of (7). */
export const equation8 = ({ z }: { z: Vector }): number[] => [sum(z.length, (i) => Math.exp(at(z, i))) / sum(z.length, (j) => Math.exp(at(z, j)))];

/** (12): a_j = σ(Σ_k w_jk a_k + b_j), and (14) with (15): z_j before it. */
export function equation12({ w, a, b, sigma: f }: { w: Matrix; a: Vector; b: Vector; sigma: Scalar }): number[] {
  return vector(b.length, (j) => f(sum(a.length, (k) => of(w, j, k) * at(a, k)) + at(b, j)));
}
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
/** (55). */
export const equation55 = ({ delta, a }: { delta: Vector; a: Vector }): number[] => matrix(delta.length, a.length, (j, k) => at(delta, j) * at(a, k)).flat();

/** What the algorithm of section 9 starts from; `byA` is ∇_a C at the output. */
export interface Start {
  readonly w: readonly Matrix[];
  readonly b: readonly Vector[];
  readonly x: Vector;
  readonly y: Vector;
}
/** Section 9: the five steps for one sample. Gradients per layer, weights row-major, then biases. */
export function algorithm({ w, b, x, y }: Start, f: Scalar, prime: Scalar, byA: (a: number, y: number) => number): number[][] {
  const a: Vector[] = [x];
  const z = w.map((weights, l) => {
    const column = equation12({ w: weights, a: a[l] ?? [], b: b[l] ?? [], sigma: (each) => each });
    a.push(column.map(f));
    return column;
  });
  let delta = equation31({ byA: (a.at(-1) ?? []).map((each, j) => byA(each, at(y, j))), prime: (z.at(-1) ?? []).map(prime) });
  const gradients: number[][] = [];
  for (let l = w.length - 1; l >= 0; l--) {
    gradients.unshift([...equation55({ delta, a: a[l] ?? [] }), ...equation51({ delta })]);
    if (l > 0) delta = equation45({ w: w[l] ?? [], delta, prime: (z[l - 1] ?? []).map(prime) });
  }
  return gradients;
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

/** (79): Σ over paths of the products of local derivatives. */
export const equation79 = ({ paths }: { paths: Matrix }): number[] => [sum(paths.length, (i) => (paths[i] ?? []).reduce((product, each) => product * each, 1))];

/** Softmax with -Σ y ln a: δ = a Σ y - y. */
export const softmaxDelta = ({ a, y }: { a: Vector; y: Vector }): number[] => vector(a.length, (j) => at(a, j) * sum(y.length, (k) => at(y, k)) - at(y, j));
/** Softmax with (19): δ_j = r_j - a_j Σ r_k, r = (a - y)/(1 - a). */
export function softmaxBinaryDelta({ a, y }: { a: Vector; y: Vector }): number[] {
  const r = vector(a.length, (j) => (at(a, j) - at(y, j)) / (1 - at(a, j)));
  return vector(a.length, (j) => at(r, j) - at(a, j) * sum(r.length, (k) => at(r, k)));
}
