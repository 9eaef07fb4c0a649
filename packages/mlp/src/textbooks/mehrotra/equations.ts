import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";

/*
 * Mehrotra 2020, Neural Networks, as he writes it: columns, w^l with the target's index first, one example. His m and n, the last neurons of
 * layers l and l - 1, are lengths here.
 */

/** z_j^l = Σ_k w_jk^l a_k^{l-1} + b_j^l, and a_j^l = σ(z_j^l). */
export function element({ w, a, b, sigma }: { w: Matrix; a: Vector; b: Vector; sigma: (z: number) => number }): number[] {
  const z = vector(b.length, (j) => sum(a.length, (k) => of(w, j, k) * at(a, k)) + at(b, j));
  return [...z, ...z.map(sigma)];
}

/** z^l = w^l a^{l-1} + b^l: the columns of w^l, weighted by the activations, added up. */
export function column({ w, a, b }: { w: Matrix; a: Vector; b: Vector }): number[] {
  return a.reduce<number[]>((z, each, k) => vector(z.length, (j) => at(z, j) + of(w, j, k) * each), [...b]);
}

/** C = 1/(2N) Σ_x ||a^L - y||². */
export function cost({ a, y }: { a: Matrix; y: Matrix }): number[] {
  return [sum(a.length, (x) => sum(a[x]?.length ?? 0, (j) => (of(a, x, j) - of(y, x, j)) ** 2)) / (2 * a.length)];
}

/** The mean over x of the single-example costs 1/2 Σ_j (a_j - y_j)². */
export function meanOfSingles({ a, y }: { a: Matrix; y: Matrix }): number[] {
  return [sum(a.length, (x) => 0.5 * sum(a[x]?.length ?? 0, (j) => (of(a, x, j) - of(y, x, j)) ** 2)) / a.length];
}

/** Equation 1: δ^L = ∇_a C ⊙ σ'(z^L) with ∇_a C = a^L - y. */
export function equation1({ a, y, prime }: { a: Vector; y: Vector; prime: Vector }): number[] {
  return vector(a.length, (j) => (at(a, j) - at(y, j)) * at(prime, j));
}

/** With a softmax output equation 1 needs the whole Jacobian: δ_j = Σ_k ∂a_k/∂z_j (a_k - y_k). */
export function throughJacobian({ a, y }: { a: Vector; y: Vector }): number[] {
  return vector(a.length, (j) => sum(a.length, (k) => at(a, k) * (Number(j === k) - at(a, j)) * (at(a, k) - at(y, k))));
}

/** Equation 2: δ^l = ((w^{l+1})ᵀ δ^{l+1}) ⊙ σ'(z^l). */
export function equation2({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }): number[] {
  return vector(prime.length, (j) => sum(delta.length, (i) => of(w, i, j) * at(delta, i)) * at(prime, j));
}

/** Its Jacobian form: ((∂z^{l+1}/∂a^l)ᵀ δ^{l+1}) ⊙ ∂a^l/∂z^l, with the Jacobian of the affine step. */
export function jacobianForm({ jacobian, delta, prime }: { jacobian: Matrix; delta: Vector; prime: Vector }): number[] {
  return vector(prime.length, (j) => sum(delta.length, (i) => of(jacobian, i, j) * at(delta, i)) * at(prime, j));
}

/** Component j of it: Σ_i ∂C/∂z_i^{l+1} ∂z_i^{l+1}/∂a_j^l ∂a_j^l/∂z_j^l, term by term. */
export function chainTerms({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }): number[] {
  return vector(prime.length, (j) => sum(delta.length, (i) => at(delta, i) * of(w, i, j) * at(prime, j)));
}

/** The display as printed: a matrix with one column for each i, where row j is meant to be summed. */
export function chainMatrix({ w, delta, prime }: { w: Matrix; delta: Vector; prime: Vector }): number[] {
  return matrix(prime.length, delta.length, (j, i) => at(delta, i) * of(w, i, j) * at(prime, j)).flat();
}

/** Equation 3: ∂C/∂b_j^l = δ_j^l. */
export function equation3({ delta }: { delta: Vector }): number[] {
  return [...delta];
}

/** Equation 4: ∂C/∂w_jk^l = a_k^{l-1} δ_j^l. */
export function equation4({ a, delta }: { a: Vector; delta: Vector }): number[] {
  return matrix(delta.length, a.length, (j, k) => at(a, k) * at(delta, j)).flat();
}

/** Over a batch: ∂C/∂w = (1/N) Σ_x δ (a^{l-1})ᵀ, δ of the single examples. */
export function batchWeights({ a, delta }: { a: Matrix; delta: Matrix }): number[] {
  return transposedProduct({ a, delta }).map((each) => each / a.length);
}

/** Over a batch: ∂C/∂b = (1/N) Σ_x δ, δ of the single examples. */
export function batchBias({ delta }: { delta: Matrix }): number[] {
  return columnSums({ delta }).map((each) => each / delta.length);
}

/** With δ of the mean cost in rows, ∂C/∂w = δᵀ A^{l-1}, and no further 1/N. */
export function transposedProduct({ a, delta }: { a: Matrix; delta: Matrix }): number[] {
  return matrix(delta[0]?.length ?? 0, a[0]?.length ?? 0, (j, k) => sum(a.length, (x) => of(delta, x, j) * of(a, x, k))).flat();
}

/** With δ of the mean cost in rows, ∂C/∂b = the sums of its columns. */
export function columnSums({ delta }: { delta: Matrix }): number[] {
  return vector(delta[0]?.length ?? 0, (j) => sum(delta.length, (x) => of(delta, x, j)));
}

/** What equations 1 and 2 read of one example, from its z and a. */
interface Example {
  readonly w: readonly Matrix[];
  readonly a: Vector;
  readonly y: Vector;
  readonly prime: readonly Vector[];
}

/** δ^l of one example by equations 1 and 2 alone, layer by layer. */
export const everyDelta = (example: Example): number[] => deltasOf(example).flat();

/** The same, one list for each layer. */
export function deltasOf({ w, a, y, prime }: Example): number[][] {
  const deltas: number[][] = [];
  for (let l = prime.length - 1; l >= 0; l--) {
    const [above, layer] = [deltas[0], prime[l] ?? []];
    deltas.unshift(above === undefined ? equation1({ a, y, prime: layer }) : equation2({ w: w[l + 1] ?? [], delta: above, prime: layer }));
  }
  return deltas;
}

/** ∂z_i/∂b_j = [i = j], row-major. */
export function byBias({ m }: { m: number }): number[] {
  return matrix(m, m, (i, j) => Number(i === j)).flat();
}

/** ∂z_i/∂w_jk = [i = j] a_k^{l-1}, the weights row-major. */
export function byWeight({ a, m }: { a: Vector; m: number }): number[] {
  return vector(m, (i) => i).flatMap((i) => matrix(m, a.length, (j, k) => Number(i === j) * at(a, k)).flat());
}
