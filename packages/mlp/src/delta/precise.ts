import { type ActivationFunction, activations } from "../activation.ts";
import { type Cost, divisor } from "../cost.ts";
import { rounded } from "../double-double.ts";
import { type PreciseOutput, type PreciseSlope } from "../derivative.ts";
import { type Measured, difference, given, nothing, opposite, product, quotient, total } from "../measured.ts";
import { type Penalty } from "../penalty.ts";
import { type Matrix, entry } from "./matrix.ts";
import { type PreciseActivation, type SoftmaxOutput, elementwise, softmaxOutputs } from "./precise-activation.ts";

/**
 * The closed forms with about 32 digits, entry by entry: the judge where two doubles differ. They start from the same weighted inputs z
 * as the tape, so that what the textbook's formula loses by rounding a = σ(z) shows.
 */

/** One entry of a closed form: the double next to it, and how far off, in units of rounding, doubles may be that compute the same. */
export interface Precise {
  readonly value: number;
  readonly size: number;
}

/** undefined where a part of the closed form is not known with 32 digits, or the form has no value there. */
export type PreciseEntry = (i: number, j: number) => Precise | undefined;

/** BP1 of one entry. */
export function preciseBp1(cost: Cost, output: ActivationFunction, z: Matrix, y: Matrix): PreciseEntry {
  const count = given(divisor(cost.normalisation, [z.length, z[0]?.length ?? 0]));
  const slope = cost.derivative?.precise;
  const through = passing(output);
  if (slope === undefined || through === undefined) return () => undefined;
  const rows = remembered((i) => through(z[i] ?? [], (outputs) => outputs.map((each, k) => slope(each, entry(y, i, k)))));
  return (i, j) => nearest(quotient(rows(i)(j), count));
}

/** BP2 of one entry. */
export function preciseBp2(activation: ActivationFunction, z: Matrix, nextW: Matrix, nextDelta: Matrix): PreciseEntry {
  const through = passing(activation);
  if (through === undefined) return () => undefined;
  const arriving = (i: number, k: number): Measured => inner(nextW.length, (n) => [entry(nextDelta, i, n), entry(nextW, n, k)]);
  const rows = remembered((i) => through(z[i] ?? [], (outputs) => outputs.map((_, k) => ({ plain: arriving(i, k) }))));
  return (i, j) => nearest(rows(i)(j));
}

/** BP3 of one entry: the sum over examples. */
export function preciseBp3(delta: Matrix): PreciseEntry {
  return (_, j) => nearest(inner(delta.length, (p) => [entry(delta, p, j), 1]));
}

/** BP4 of one entry: the sum over examples, and what the penalties add. */
export function preciseBp4(delta: Matrix, previous: Matrix, W: Matrix, { lambda = 0, lasso = 0 }: Penalty): PreciseEntry {
  const share = (of: number): Measured => quotient(given(of), given(delta.length));
  return (i, j) => {
    const w = entry(W, i, j);
    return nearest(
      [
        inner(delta.length, (p) => [entry(delta, p, i), entry(previous, p, j)]),
        lambda === 0 ? undefined : product(share(lambda), given(w)),
        lasso === 0 ? undefined : product(share(lasso), given(Math.sign(w))),
      ].reduce(joined, nothing) ?? nothing,
    );
  };
}

/** What a row of z makes of ∂C/∂a, entry by entry. */
type Passing = (z: readonly number[], arriving: (outputs: readonly PreciseOutput[]) => readonly PreciseSlope[]) => (j: number) => Measured;

/** How a gradient by a goes through an activation. */
function passing(activation: ActivationFunction): Passing | undefined {
  if (activation === activations.softmax) return throughSoftmax;
  const known = elementwise.get(activation);
  return known && ((z, arriving) => throughElementwise(known, z, arriving));
}

/** (left/a + right/(1 - a) + plain) σ′. */
function throughElementwise({ of, prime, perA, perRest }: PreciseActivation, z: readonly number[], arriving: Parameters<Passing>[1]): (j: number) => Measured {
  const outputs = z.map(of);
  const slopes = arriving(outputs);
  return (j) => {
    const { left, right, plain } = slopes[j] ?? {};
    const { a, rest } = outputs[j] as PreciseOutput;
    const own = z[j] ?? Number.NaN;
    const slope = prime(own);
    const byA = left && (perA?.(own) ?? quotient(slope, a));
    const byRest = right && (perRest?.(own) ?? quotient(slope, rest));
    return [left && byA && product(left, byA), right && byRest && product(right, byRest), plain && product(plain, slope)].reduce(joined, nothing) ?? nothing;
  };
}

/** a_j Σ a_k (v_j - v_k) of v = left/a + right/(1 - a) + plain, with the divisions carried out where a vanishes. */
function throughSoftmax(z: readonly number[], arriving: Parameters<Passing>[1]): (j: number) => Measured {
  const outputs = softmaxOutputs(z);
  const slopes = arriving(outputs);
  return (j) => {
    const { a, rest } = outputs[j] as SoftmaxOutput;
    const own = slopes[j] ?? {};
    let sum = [own.left && product(own.left, rest), own.right && product(own.right, a)].reduce(joined, nothing);
    outputs.forEach((other, k) => {
      if (k === j) return;
      const { left, right, plain } = slopes[k] ?? {};
      const crossing = [left && product(left, a), right && product(right, product(other.a, other.share(j)))];
      sum = crossing.reduce((so, each) => joined(so, each && opposite(each)), sum);
      sum = joined(sum, product(product(a, other.a), difference(own.plain ?? nothing, plain ?? nothing)));
    });
    return sum ?? nothing;
  };
}

const joined = (sum: Measured | undefined, each: Measured | undefined): Measured | undefined =>
  each === undefined ? sum : sum === undefined || sum === nothing ? each : total(sum, each);

/** Rows as they are asked for, each once. */
function remembered<T>(make: (i: number) => T): (i: number) => T {
  const known: T[] = [];
  return (i) => (known[i] ??= make(i));
}

/** Σ x y, each product without error. */
function inner(count: number, pair: (k: number) => readonly [number, number]): Measured {
  let sum = nothing;
  for (let k = 0; k < count; k++) {
    const [x, y] = pair(k);
    sum = total(sum, product(given(x), given(y)));
  }
  return sum;
}

/** NaN or Infinity means that the closed form has no value here, so that it cannot judge. */
function nearest({ value, size }: Measured): Precise | undefined {
  const found = rounded(value);
  return Number.isFinite(found) ? { value: found, size } : undefined;
}
