import { type Matrix, type Vector, at, matrix, of, sum, vector } from "../numbers.ts";
import * as perceptrons from "../perceptrons/equations.ts";

/*
 * Backpropagation, 2017, as its author writes it: w^l belongs to the layer of the SOURCE and its first index is the source, 0 being the bias.
 * Where the bias takes no part, w holds the rows from 1 on. d[s][n] is ∂c_n/∂z_s of one point.
 */

/** (1): z_t^{l+1} = w_{0t} + Σ_s w_{st} f(z_s^l), and a = f(z). Before layer 1 stands x itself. */
export function equation1({ w, a, f }: { w: Matrix; a: Vector; f: (z: number) => number }): number[] {
  const z = vector(w[0]?.length ?? 0, (t) => of(w, 0, t) + sum(a.length, (s) => of(w, s + 1, t) * at(a, s)));
  return [...z, ...z.map(f)];
}

/** (2): C = Σ_p Σ_n c_n^p. */
export function equation2({ c }: { c: Matrix }): number[] {
  return [sum(c.length, (p) => sum(c[p]?.length ?? 0, (n) => of(c, p, n)))];
}

/** (3): ∂C/∂w = Σ_p Σ_n ∂c_n^p/∂w, each weight. */
export function equation3({ each }: { each: readonly Matrix[] }): number[] {
  const count = each[0]?.[0]?.length ?? 0;
  return vector(count, (i) => sum(each.length, (p) => sum(each[p]?.length ?? 0, (n) => of(each[p], n, i))));
}

/** (4) with (5) and (6): ∂c_n/∂w_{st} = ∂c_n/∂z_t a_s, where a_0 = 1. */
export function equation4({ d, a }: { d: Vector; a: Vector }): number[] {
  return matrix(a.length + 1, d.length, (s, t) => at(d, t) * (s === 0 ? 1 : at(a, s - 1))).flat();
}

/** (5), (6): ∂z_t/∂w_{st'} is 1 for the bias and a_s for a weight into t, 0 for the weights into others. */
export function equations5and6({ a, count }: { a: Vector; count: number }): number[] {
  return vector(count, (t) => t).flatMap((t) => matrix(a.length + 1, count, (s, to) => (to === t ? (s === 0 ? 1 : at(a, s - 1)) : 0)).flat());
}

/** (7): ∂c_n/∂z_s^{l+1} = Σ_t ∂c_n/∂z_t^{l+2} ∂z_t^{l+2}/∂z_s^{l+1}. */
export function equation7({ d, jacobian }: { d: Matrix; jacobian: Matrix }): number[] {
  return matrix(jacobian[0]?.length ?? 0, d[0]?.length ?? 0, (s, n) => sum(d.length, (t) => of(d, t, n) * of(jacobian, t, s))).flat();
}

/** (8): ∂z_t^{l+2}/∂z_s^{l+1} = w_{st} f'(z_s). */
export function equation8({ w, prime }: { w: Matrix; prime: Vector }): number[] {
  return matrix(w[0]?.length ?? 0, prime.length, (t, s) => of(w, s, t) * at(prime, s)).flat();
}

/** Line 1 of (9) and (10): ∂c_n/∂z_s^{l-1} = f'(z_s) Σ_t w_{st} ∂c_n/∂z_t^l. */
export function line1({ w, d, prime }: { w: Matrix; d: Matrix; prime: Vector }): number[] {
  return matrix(prime.length, d[0]?.length ?? 0, (s, n) => at(prime, s) * sum(d.length, (t) => of(w, s, t) * of(d, t, n))).flat();
}

/** Line 1 where the layer of the left side is no function of one entry: Σ_t Σ_k w_{kt} ∂a_k/∂z_s ∂c_n/∂z_t. */
export function throughJacobian({ w, d, a }: { w: Matrix; d: Matrix; a: Vector }): number[] {
  const local = (k: number, s: number): number => at(a, k) * (Number(k === s) - at(a, s));
  return matrix(a.length, d[0]?.length ?? 0, (s, n) => sum(d.length, (t) => sum(a.length, (k) => of(w, k, t) * local(k, s)) * of(d, t, n))).flat();
}

/** Lines 2 and 3 of (9) and (10): ∂C/∂w_{0s} = Σ_p Σ_n ∂c_n^p/∂z_s and ∂C/∂w_{rs} = Σ_p a_r^p Σ_n ∂c_n^p/∂z_s. */
export function lines2and3({ a, d }: { a: Matrix; d: readonly Matrix[] }): number[] {
  const [sources, targets, outputs] = [a[0]?.length ?? 0, d[0]?.length ?? 0, d[0]?.[0]?.length ?? 0];
  return matrix(sources + 1, targets, (r, s) => sum(a.length, (p) => (r === 0 ? 1 : of(a, p, r - 1)) * sum(outputs, (n) => of(d[p], s, n)))).flat();
}

/** Σ_n ∂c_n^p/∂z_s, one point. */
export function overOutputs({ d }: { d: Matrix }): number[] {
  return vector(d.length, (s) => sum(d[0]?.length ?? 0, (n) => of(d, s, n)));
}

/** (11) line 1 at l = L: f'(z_s) w_s ∂c/∂z, the only output neuron. */
export function equation11({ w, d, prime }: { w: Matrix; d: Matrix; prime: Vector }): number[] {
  return vector(prime.length, (s) => at(prime, s) * of(w, s, 0) * of(d, 0, 0));
}

/** (12): y log h + (1 - y) log(1 - h). */
export function equation12({ y, h }: { y: Vector; h: Vector }): number[] {
  return vector(y.length, (n) => at(y, n) * Math.log(at(h, n)) + (1 - at(y, n)) * Math.log(1 - at(h, n)));
}

/** (13) line 1: ∂c_n/∂z_n = y_n - h_n, and 0 for the other z of the layer. */
export function equation13({ y, h }: { y: Vector; h: Vector }): number[] {
  return matrix(y.length, y.length, (s, n) => (s === n ? at(y, n) - at(h, n) : 0)).flat();
}

/** (13) line 2: a_s (1 - a_s) Σ_t w_{st} ∂c_n/∂z_t. */
export function equation13line2({ w, d, a }: { w: Matrix; d: Matrix; a: Vector }): number[] {
  return matrix(a.length, d[0]?.length ?? 0, (s, n) => at(a, s) * (1 - at(a, s)) * sum(d.length, (t) => of(w, s, t) * of(d, t, n))).flat();
}

/** y_n - h_n of each output. */
export function difference({ y, h }: { y: Vector; h: Vector }): number[] {
  return vector(y.length, (n) => at(y, n) - at(h, n));
}

/** C = -P E, with E of (19) of the text on perceptrons. */
export function asCrossEntropy({ y, h }: { y: Matrix; h: Matrix }): number[] {
  return perceptrons.equation19({ a: h, y }).map((E) => -h.length * E);
}

/** The gradient of C = -P E by the other text's algorithm for each point under (19), layer by layer: weights, then biases. */
export function asCrossEntropyGradient({ w, b, x, y }: { w: readonly Matrix[]; b: readonly Vector[]; x: Matrix; y: Matrix }): number[] {
  const net = { w, b, f: w.map(() => perceptrons.sigma), prime: w.map(() => perceptrons.equation69), byA: perceptrons.byCrossEntropy };
  const each = x.map((point, p) => perceptrons.everyGradient({ ...net, x: point, y: y[p] ?? [] }));
  return perceptrons.meanOver({ each }).map((entry) => -x.length * entry);
}

/** (14) line 1 as printed: the sum runs over n_l, the derivative is by z_{n_2} of c_{n_2}. */
export function equation14printed({ w, d, prime }: { w: Matrix; d: Matrix; prime: Vector }): number[] {
  return matrix(prime.length, d.length, (s, n) => at(prime, s) * sum(d.length, (t) => of(w, s, t) * of(d, n, n))).flat();
}

/** (15): ∂C/∂w_{0s} = w_s Σ_p a_s (1 - a_s)(y - h), and with x_q inside the sum for ∂C/∂w_{qs}. */
export function equation15({ w, x, a, y, h }: { w: Vector; x: Matrix; a: Matrix; y: Vector; h: Vector }): number[] {
  return matrix((x[0]?.length ?? 0) + 1, w.length, (q, s) => {
    const term = (p: number): number => (q === 0 ? 1 : of(x, p, q - 1)) * of(a, p, s) * (1 - of(a, p, s)) * (at(y, p) - at(h, p));
    return at(w, s) * sum(x.length, term);
  }).flat();
}

/** The layer before the output: ∂C/∂w_0 = Σ_p (y - h) and ∂C/∂w_s = Σ_p a_s (y - h). */
export function closing({ a, y, h }: { a: Matrix; y: Vector; h: Vector }): number[] {
  return vector((a[0]?.length ?? 0) + 1, (s) => sum(y.length, (p) => (s === 0 ? 1 : of(a, p, s - 1)) * (at(y, p) - at(h, p))));
}

/** The start that the text leaves out, elementwise output: [m = n] dc/dh_n f'(z_n). */
export function seed({ slope, prime }: { slope: Vector; prime: Vector }): number[] {
  return matrix(prime.length, prime.length, (m, n) => (m === n ? at(slope, n) * at(prime, n) : 0)).flat();
}

/** The start with a softmax output: dc/dh_n h_n ([m = n] - h_m). */
export function softmaxSeed({ slope, h }: { slope: Vector; h: Vector }): number[] {
  return matrix(h.length, h.length, (m, n) => at(slope, n) * at(h, n) * (Number(m === n) - at(h, m))).flat();
}

/** Softmax with c_n = y_n log h_n: ∂c_n/∂z_m = y_n ([m = n] - h_m). */
export function logSoftmaxSeed({ y, h }: { y: Vector; h: Vector }): number[] {
  return matrix(h.length, h.length, (m, n) => at(y, n) * (Number(m === n) - at(h, m))).flat();
}
