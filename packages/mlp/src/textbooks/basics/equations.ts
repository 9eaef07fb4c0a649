import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";

/*
 * Basic Mathematics in Neural Networks, 2015, in its own letters: u is the weighted input, x = f(u), t the OUTPUT and y the target; W_k is row
 * k of W, and the derivative of a scalar by a column is a column. One example, no averaging.
 */

/** ∂u_k/∂b: the k-th unit vector. */
export function byBias({ k, m }: { k: number; m: number }): number[] {
  return vector(m, (i) => Number(i === k));
}

/** ∂u_k/∂W: x transposed in row k, zero elsewhere. */
export function byWeights({ k, m, x }: { k: number; m: number; x: Vector }): number[] {
  return matrix(m, x.length, (i, j) => (i === k ? at(x, j) : 0)).flat();
}

/** ∂u_k/∂x = W_kᵀ. */
export function byInput({ W, k }: { W: Matrix; k: number }): number[] {
  return [...(W[k] ?? [])];
}

/** With u_k = W_k f(x) + b_k: ∂u_k/∂x_i = W_ki f'(x_i). */
export function throughFunction({ W, k, prime }: { W: Matrix; k: number; prime: Vector }): number[] {
  return vector(prime.length, (i) => of(W, k, i) * at(prime, i));
}

/** ∂u_k/∂x = W_kᵀ ⊙ f'(x), as the text writes it for the whole column. */
export function throughFunctionColumn({ W, k, prime }: { W: Matrix; k: number; prime: Vector }): number[] {
  const column = byInput({ W, k });
  return column.map((each, i) => each * at(prime, i));
}

/** δ^L = f'(u^L) ⊙ (t - y). */
export function lastDelta({ prime, t, y }: { prime: Vector; t: Vector; y: Vector }): number[] {
  return vector(t.length, (k) => at(prime, k) * (at(t, k) - at(y, k)));
}

/** δ^l = Σ_k δ_k^{l+1} (W_k^{l+1})ᵀ ⊙ f'(u^l): a sum of columns, one for each neuron above. */
export function deltaAsSum({ W, delta, prime }: { W: Matrix; delta: Vector; prime: Vector }): number[] {
  return delta.reduce<number[]>(
    (total, each, k) => total.map((so, i) => so + each * of(W, k, i) * at(prime, i)),
    vector(prime.length, () => 0),
  );
}

/** δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ f'(u^l): first the product of matrices, then ⊙. */
export function deltaAsProduct({ W, delta, prime }: { W: Matrix; delta: Vector; prime: Vector }): number[] {
  const product = vector(prime.length, (i) => sum(delta.length, (k) => of(W, k, i) * at(delta, k)));
  return product.map((each, i) => each * at(prime, i));
}

/** ∂E/∂b^l = Σ_k δ_k e_k, the unit vectors weighted by the deltas. */
export function biasGradient({ delta }: { delta: Vector }): number[] {
  return vector(delta.length, (i) => sum(delta.length, (k) => at(delta, k) * Number(i === k)));
}

/** ∂E/∂W^l = Σ_k (δ_k (x^{l-1})ᵀ in row k, zeros elsewhere). */
export function weightGradientAsSum({ delta, x }: { delta: Vector; x: Vector }): number[] {
  return matrix(delta.length, x.length, (i, j) => sum(delta.length, (k) => at(delta, k) * (i === k ? at(x, j) : 0))).flat();
}

/** ∂E/∂W^l = δ^l (x^{l-1})ᵀ. */
export function weightGradient({ delta, x }: { delta: Vector; x: Vector }): number[] {
  return matrix(delta.length, x.length, (i, j) => at(delta, i) * at(x, j)).flat();
}

/** What the algorithm of the text computes. */
export interface Swept {
  readonly u: number[][];
  readonly x: number[][];
  readonly error: number;
  readonly delta: number[][];
}

interface Given {
  readonly W: readonly Matrix[];
  readonly b: readonly Vector[];
  readonly input: Vector;
  readonly y: Vector;
  readonly f: readonly ((u: number) => number)[];
  readonly prime: readonly ((u: number) => number)[];
}

type Forward = Pick<Given, "W" | "b" | "input" | "y" | "f">;

/** x^l = f(u^l), u^l = W^l x^{l-1} + b^l, t = f(u^L), E = 1/2 ||t - y||². */
export function forward({ W, b, input, y, f }: Forward): Omit<Swept, "delta"> {
  const x: number[][] = [[...input]];
  const u = W.map((w, l) => {
    const weighted = vector(w.length, (k) => sum(x[l]?.length ?? 0, (i) => of(w, k, i) * of(x, l, i)) + of(b, l, k));
    x.push(weighted.map((each) => f[l]?.(each) ?? Number.NaN));
    return weighted;
  });
  const t = x.at(-1) ?? [];
  return { u, x, error: 0.5 * sum(t.length, (k) => (at(t, k) - at(y, k)) ** 2) };
}

/** The forward pass, then δ^L, then δ^l downwards, all with the old weights. */
export function algorithm(given: Given): Swept {
  const { u, x, error } = forward(given);
  const delta: number[][] = [];
  for (let l = given.W.length - 1; l >= 0; l--) {
    const prime = (u[l] ?? []).map((each) => given.prime[l]?.(each) ?? Number.NaN);
    const next = delta[0];
    delta.unshift(next === undefined ? lastDelta({ prime, t: x.at(-1) ?? [], y: given.y }) : deltaAsProduct({ W: given.W[l + 1] ?? [], delta: next, prime }));
  }
  return { u, x, error, delta };
}

/** The forward pass and the cost, as one list. */
export function forwardPass(given: Forward): number[] {
  const { u, x, error } = forward(given);
  return [...u.flat(), ...x.slice(1).flat(), error];
}

/** Every δ of the algorithm, layer by layer. */
export const everyDelta = (given: Given): number[] => algorithm(given).delta.flat();

/** Every δ and every gradient of the algorithm, as one list: deltas, biases, weights, layer by layer. */
export function everyGradient(given: Given): number[] {
  const { x, delta } = algorithm(given);
  return delta.flatMap((each, l) => [...each, ...biasGradient({ delta: each }), ...weightGradient({ delta: each, x: x[l] ?? [] })]);
}

/** The algorithm as the text says it, updating while the deltas are computed: δ^l with the NEW W^{l+1}. */
export function updatedMeanwhile(given: Given & { readonly rate: number }): number[] {
  const { u, x, delta } = algorithm(given);
  const wrong: number[][] = [];
  for (let l = given.W.length - 1; l >= 0; l--) {
    const next = wrong[0];
    if (next === undefined) wrong.unshift(delta[l] ?? []);
    else {
      const gradient = weightGradient({ delta: next, x: x[l + 1] ?? [] });
      const width = x[l + 1]?.length ?? 0;
      const moved = (given.W[l + 1] ?? []).map((row, k) => row.map((weight, i) => weight - given.rate * at(gradient, k * width + i)));
      wrong.unshift(deltaAsProduct({ W: moved, delta: next, prime: (u[l] ?? []).map((each) => given.prime[l]?.(each) ?? Number.NaN) }));
    }
  }
  return wrong.flat();
}
