import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";

/*
 * Neural Networks: Derivation, as the notes write it: w_ij goes from node i to node j, SOURCE first, so a layer's weights are the transpose of the
 * library's. S is the weighted input, x = g(S), o the output; there is no bias.
 */

/** A product that is added to a sum: what a multiply-add is. */
type Times = (p: number, q: number) => number;

/** A product that counts how often it is taken. */
function counter(): { readonly times: Times; count(): number } {
  let taken = 0;
  return { times: (p, q) => (taken++, p * q), count: () => taken };
}

/** S_j = Σ_i w_ij x_i. */
export function weighted({ w, x }: { w: Matrix; x: Vector }, times: Times = (p, q) => p * q): number[] {
  return vector(w[0]?.length ?? 0, (j) => sum(x.length, (i) => times(of(w, i, j), at(x, i))));
}

/** S_j and x_j = g(S_j). */
export function layer({ w, x, g }: { w: Matrix; x: Vector; g: (s: number) => number }): number[] {
  const S = weighted({ w, x });
  return [...S, ...S.map(g)];
}

/** ∂L/∂w_ij = Σ_X (o_j - y_j) x_i of a single logistic layer. */
export function logisticGradient({ o, y, x }: { o: Matrix; y: Matrix; x: Matrix }): number[] {
  return matrix(x[0]?.length ?? 0, o[0]?.length ?? 0, (i, j) => sum(x.length, (X) => (of(o, X, j) - of(y, X, j)) * of(x, X, i))).flat();
}

/** L = -Σ_X Σ (y log o + (1 - y) log(1 - o)). */
export function crossEntropy({ o, y }: { o: Matrix; y: Matrix }): number[] {
  return [-sum(o.length, (X) => sum(o[X]?.length ?? 0, (j) => of(y, X, j) * Math.log(of(o, X, j)) + (1 - of(y, X, j)) * Math.log(1 - of(o, X, j))))];
}

/** The same as printed in 2.1, without brackets: log 1 - o. */
export function crossEntropyPrinted({ o, y }: { o: Matrix; y: Matrix }): number[] {
  return [-sum(o.length, (X) => sum(o[X]?.length ?? 0, (j) => of(y, X, j) * Math.log(of(o, X, j)) + (1 - of(y, X, j)) * (Math.log(1) - of(o, X, j))))];
}

/** -log of the product of the likelihoods o^y (1 - o)^{1 - y}. */
export function negativeLogLikelihood({ o, y }: { o: Matrix; y: Matrix }): number[] {
  const likelihood = o.reduce((all, row, X) => all * row.reduce((product, each, j) => product * each ** of(y, X, j) * (1 - each) ** (1 - of(y, X, j)), 1), 1);
  return [-Math.log(likelihood)];
}

/** 3.1: f = x² z with x = 2y and z = sin y; each path from y to f, and their sum 8 y sin y + 4 y² cos y. */
export function twoPaths({ y }: { y: number }): number[] {
  const [throughX, throughZ] = [8 * y * Math.sin(y), 4 * y * y * Math.cos(y)];
  return [throughX, throughZ, throughX + throughZ];
}

/** Base case: δ_i = (g(S_i) - y_i) g'(S_i). */
export function baseCase({ x, y, prime }: { x: Vector; y: Vector; prime: Vector }): number[] {
  return vector(x.length, (i) => (at(x, i) - at(y, i)) * at(prime, i));
}

/** ∂Error_i/∂S_j of all i and j, row-major: nothing for j other than i. */
export function errorBySum({ x, y, prime }: { x: Vector; y: Vector; prime: Vector }): number[] {
  return matrix(x.length, x.length, (i, j) => (i === j ? (at(x, i) - at(y, i)) * at(prime, i) : 0)).flat();
}

/** ∂e/∂w_ij = δ_j x_i. */
export function weightGradient({ delta, x }: { delta: Vector; x: Vector }, times: Times = (p, q) => p * q): number[] {
  return matrix(x.length, delta.length, (i, j) => times(at(delta, j), at(x, i))).flat();
}

/** 3.5: δ_i^{(l-1)} = Σ_j δ_j^{(l)} w_ij^{(l)} g'(S_i^{(l-1)}). */
export function recursion({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }): number[] {
  return vector(prime.length, (i) => sum(delta.length, (j) => at(delta, j) * of(w, i, j) * at(prime, i)));
}

/** The same with g', which the terms share, in front of the sum: one multiply-add for each weight. */
function shared({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }, times: Times): number[] {
  return vector(prime.length, (i) => at(prime, i) * sum(delta.length, (j) => times(at(delta, j), of(w, i, j))));
}

/** The same as printed, with δ_i^{(l)} under the sum over j, though i counts the nodes of the layer below. */
export function recursionPrinted({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }): number[] {
  return vector(prime.length, (i) => sum(delta.length, (j) => at(delta, i) * of(w, i, j) * at(prime, i)));
}

/** O_i = g(Σ_j w_ji^{(2)} g(Σ_k w_kj^{(1)} x_k)). */
export function twoLayers({ first, second, x, g }: { first: Matrix; second: Matrix; x: Vector; g: (s: number) => number }): number[] {
  return vector(second[0]?.length ?? 0, (i) => g(sum(second.length, (j) => of(second, j, i) * g(sum(x.length, (k) => of(first, k, j) * at(x, k))))));
}

/** The same with the indices as printed in 1.2, target first, read as the notes read indices everywhere else. */
export function twoLayersPrinted({ first, second, x, g }: { first: Matrix; second: Matrix; x: Vector; g: (s: number) => number }): number[] {
  return vector(second[0]?.length ?? 0, (i) => g(sum(second.length, (j) => of(second, i, j) * g(sum(x.length, (k) => of(first, j, k) * at(x, k))))));
}

/** Two linear stages are one: x (w^{(1)} w^{(2)}). */
export function oneStage({ first, second, x }: { first: Matrix; second: Matrix; x: Vector }): number[] {
  const product = matrix(first.length, second[0]?.length ?? 0, (k, i) => sum(second.length, (j) => of(first, k, j) * of(second, j, i)));
  return weighted({ w: product, x });
}

/** The rank of a matrix by elimination with the largest pivot of the rest. */
export function rank(a: Matrix): number {
  const rows = a.map((row) => [...row]);
  let found = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0) && found < rows.length; column++) {
    const pivot = rows.slice(found).reduce((best, row, i) => (Math.abs(at(row, column)) > Math.abs(of(rows, best, column)) ? found + i : best), found);
    if (Math.abs(of(rows, pivot, column)) < 1e-10) continue;
    [rows[found], rows[pivot]] = [rows[pivot] ?? [], rows[found] ?? []];
    const top = rows[found] ?? [];
    for (let i = found + 1; i < rows.length; i++) rows[i] = (rows[i] ?? []).map((each, j) => each - (of(rows, i, column) / at(top, column)) * at(top, j));
    found++;
  }
  return found;
}

/** What the three steps of 3.6 compute, with the multiply-adds that each took. */
export interface Swept {
  readonly delta: number[][];
  readonly gradient: number[][];
  readonly counts: { readonly forward: number; readonly deltas: number; readonly gradients: number };
}

interface Given {
  readonly w: readonly Matrix[];
  readonly input: Vector;
  readonly y: Vector;
  /** One for each layer. */
  readonly g: readonly ((s: number) => number)[];
  readonly prime: readonly ((s: number) => number)[];
}

type Network = Pick<Given, "w" | "g">;

/** Forward: every S and x of one example. */
function forwardPass({ w, g, input }: Network & Pick<Given, "input">, times?: Times): { readonly S: number[][]; readonly x: number[][] } {
  const x: number[][] = [[...input]];
  const S = w.map((each, l) => {
    const next = weighted({ w: each, x: x[l] ?? [] }, times);
    x.push(next.map((s) => g[l]?.(s) ?? Number.NaN));
    return next;
  });
  return { S, x };
}

/** 3.6: forward, δ of the last layer, δ downwards to layer 1, gradients. */
export function algorithm({ w, input, y, g, prime }: Given): Swept {
  const [forward, deltas, gradients] = [counter(), counter(), counter()];
  const { S, x } = forwardPass({ w, g, input }, forward.times);
  const delta: number[][] = [];
  for (let l = w.length - 1; l >= 0; l--) {
    const slopes = (S[l] ?? []).map((s) => prime[l]?.(s) ?? Number.NaN);
    const above = delta[0];
    delta.unshift(
      above === undefined ? baseCase({ x: x.at(-1) ?? [], y, prime: slopes }) : shared({ w: w[l + 1] ?? [], delta: above, prime: slopes }, deltas.times),
    );
  }
  const gradient = delta.map((each, l) => weightGradient({ delta: each, x: x[l] ?? [] }, gradients.times));
  return { delta, gradient, counts: { forward: forward.count(), deltas: deltas.count(), gradients: gradients.count() } };
}

/** Every δ and every gradient of the algorithm, layer by layer. */
export function everything(given: Given): number[] {
  const { delta, gradient } = algorithm(given);
  return delta.flatMap((each, l) => [...each, ...(gradient[l] ?? [])]);
}

/** What 2.2 does: the gradient of 2.1 by differences, with the multiply-adds that it took. */
export interface Differences {
  readonly gradient: number[];
  readonly count: number;
}

/** 2.2: (L(w + Δw) - L(w)) / Δw, a forward pass for L(w) and one for each of the n weights, layer by layer. */
export function differences({ w, g, X, Y, step }: Network & { readonly X: Matrix; readonly Y: Matrix; readonly step: number }): Differences {
  const { times, count } = counter();
  const loss = (weights: readonly Matrix[]): number =>
    crossEntropy({ o: X.map((input) => forwardPass({ w: weights, g, input }, times).x.at(-1) ?? []), y: Y })[0] ?? Number.NaN;
  const start = loss(w);
  const gradient = w.flatMap((layerOf, l) =>
    layerOf.flatMap((row, i) =>
      row.map((weight, j) => {
        const moved = w.map((each, at) => (at === l ? each.map((line, from) => (from === i ? line.with(j, weight + step) : line)) : each));
        return (loss(moved) - start) / step;
      }),
    ),
  );
  return { gradient, count: count() };
}
