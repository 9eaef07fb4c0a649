import * as backpropagation from "../backpropagation/equations.ts";
import * as basics from "../basics/equations.ts";
import * as derivation from "../derivation/equations.ts";
import * as mehrotra from "../mehrotra/equations.ts";
import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";
import * as perceptrons from "../perceptrons/equations.ts";

/*
 * The five texts on one network: each runs its own algorithm in its own indices, signs and scale, and its answer is brought to the library's
 * arrangement and to S, the sum over examples and outputs of half squares: weights [n_l, n_{l-1}] row-major, then biases, layer by layer.
 */

/** One network with its data; w and b as the library holds them. */
export interface Given {
  readonly W: readonly Matrix[];
  readonly b: readonly Vector[];
  readonly X: Matrix;
  readonly Y: Matrix;
  readonly f: (z: number) => number;
  readonly prime: (z: number) => number;
}

interface Pass {
  readonly z: Vector[];
  readonly a: Vector[];
}

/** Weights with the source's index first. */
const flipped = (W: Matrix): number[][] => matrix(W[0]?.length ?? 0, W.length, (i, j) => of(W, j, i));

const added = (lists: Matrix): number[] => vector(lists[0]?.length ?? 0, (i) => sum(lists.length, (p) => of(lists, p, i)));

/** A, equations 1 to 4: one example at a time, then the mean over N, which is S / N. */
export function byMehrotra({ W, b, X, Y, f, prime }: Given): number[] {
  const each = X.map((x, p) => {
    const pass: Pass = { z: [], a: [x] };
    W.forEach((w, l) => {
      const both = mehrotra.element({ w, a: pass.a[l] ?? [], b: b[l] ?? [], sigma: f });
      pass.z.push(both.slice(0, w.length));
      pass.a.push(both.slice(w.length));
    });
    const deltas = mehrotra.deltasOf({ w: W, a: pass.a.at(-1) ?? [], y: Y[p] ?? [], prime: pass.z.map((z) => z.map(prime)) });
    return deltas.flatMap((delta, l) => [...mehrotra.equation4({ a: pass.a[l] ?? [], delta }), ...mehrotra.equation3({ delta })]);
  });
  const mean = added(each).map((entry) => entry / X.length);
  return mean.map((entry) => X.length * entry);
}

/** B, (9) to (11): D^l of every point and output downwards, weights with the source first and the bias as row 0; the sum over points. */
export function byBackpropagation({ W, b, X, Y, f, prime }: Given): number[] {
  const w = W.map((weights, l) => matrix((weights[0]?.length ?? 0) + 1, weights.length, (s, t) => (s === 0 ? at(b[l], t) : of(weights, t, s - 1))));
  const passes = X.map((x): Pass => {
    const pass: Pass = { z: [], a: [x] };
    w.forEach((weights, l) => {
      const both = backpropagation.equation1({ w: weights, a: pass.a[l] ?? [], f });
      pass.z.push(both.slice(0, both.length / 2));
      pass.a.push(both.slice(both.length / 2));
    });
    return pass;
  });
  const square = (flat: Vector, columns: number): number[][] => matrix(flat.length / columns, columns, (s, n) => at(flat, s * columns + n));
  const outputs = Y[0]?.length ?? 0;
  // D[l][p]: rows s, columns n.
  const D: number[][][][] = [];
  for (let l = w.length - 1; l >= 0; l--) {
    const above = D[0];
    D.unshift(
      passes.map(({ z, a }, p) => {
        const slopes = (z[l] ?? []).map(prime);
        const flat =
          above === undefined
            ? backpropagation.seed({ slope: (a.at(-1) ?? []).map((h, n) => h - of(Y, p, n)), prime: slopes })
            : backpropagation.line1({ w: (w[l + 1] ?? []).slice(1), d: above[p] ?? [], prime: slopes });
        return square(flat, outputs);
      }),
    );
  }
  return w.flatMap((weights, l) => {
    const gradient = square(backpropagation.lines2and3({ a: passes.map(({ a }) => a[l] ?? []), d: D[l] ?? [] }), weights[0]?.length ?? 0);
    return [...flipped(gradient.slice(1)).flat(), ...(gradient[0] ?? [])];
  });
}

/** C: the algorithm of one example, added over the examples. */
export function byBasics({ W, b, X, Y, f, prime }: Given): number[] {
  const [fs, primes] = [W.map(() => f), W.map(() => prime)];
  return added(
    X.map((input, p) => {
      const { x, delta } = basics.algorithm({ W, b, input, y: Y[p] ?? [], f: fs, prime: primes });
      return delta.flatMap((each, l) => [...basics.weightGradient({ delta: each, x: x[l] ?? [] }), ...basics.biasGradient({ delta: each })]);
    }),
  );
}

/** D: source-first weights and no bias; the gradients of the weights, added over the examples. */
export function byDerivation({ W, X, Y, f, prime }: Given): number[] {
  return added(
    X.map((input, p) => {
      const { gradient } = derivation.algorithm({ w: W.map(flipped), input, y: Y[p] ?? [], g: W.map(() => f), prime: W.map(() => prime) });
      return gradient.flatMap((flat, l) => {
        const [targets, sources] = [W[l]?.length ?? 0, W[l]?.[0]?.length ?? 0];
        return matrix(targets, sources, (j, k) => at(flat, k * targets + j)).flat();
      });
    }),
  );
}

/** E, section 9 with (56): the mean over the samples, times m. */
export function byPerceptrons({ W, b, X, Y, f, prime }: Given): number[] {
  const net = { w: W, b, f: W.map(() => f), prime: W.map(() => prime), byA: perceptrons.bySquares };
  const each = X.map((x, p) => perceptrons.everyGradient({ ...net, x, y: Y[p] ?? [] }));
  return perceptrons.meanOver({ each }).map((entry) => X.length * entry);
}

/** X.1, half squares: N C_A, C_B, Σ C_C, Σ e_D and m C_E of the outputs. */
export function halfSquares({ a, y }: { a: Matrix; y: Matrix }): number[] {
  const term = (p: number, n: number): number => 0.5 * (of(a, p, n) - of(y, p, n)) ** 2;
  const table = matrix(a.length, a[0]?.length ?? 0, term);
  return [
    a.length * (mehrotra.cost({ a, y })[0] ?? Number.NaN),
    backpropagation.equation2({ c: table })[0] ?? Number.NaN,
    sum(a.length, (p) => 0.5 * sum(a[p]?.length ?? 0, (k) => (of(a, p, k) - of(y, p, k)) ** 2)),
    sum(a.length, (p) => sum(a[p]?.length ?? 0, (i) => term(p, i))),
    a.length * (perceptrons.equation17({ a, y })[0] ?? Number.NaN),
  ];
}

/** X.1, cross-entropy: L_D, -C_B with (12), and m C_E. */
export function crossEntropy({ a, y }: { a: Matrix; y: Matrix }): number[] {
  const table = a.map((h, p) => backpropagation.equation12({ y: y[p] ?? [], h }));
  return [
    derivation.crossEntropy({ o: a, y })[0] ?? Number.NaN,
    -(backpropagation.equation2({ c: table })[0] ?? Number.NaN),
    a.length * (perceptrons.equation19({ a, y })[0] ?? Number.NaN),
  ];
}
