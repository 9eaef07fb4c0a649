import { type ActivationFunction, activations } from "../activation.ts";
import { type Cost, binaryCrossEntropy, categoricalCrossEntropy, divisor, logLikelihood, quadratic, sumOfSquares } from "../cost.ts";
import { type DoubleDouble, exactly, exp, expm1, log1p, minus, negative, one, over, pi, plus, rounded, sqrt, times, zero } from "../double-double.ts";
import { type Precise, pairingOf, preciseDifference } from "../pairing.ts";
import { type Matrix, entry } from "./matrix.ts";

/**
 * The closed forms with about 32 digits, entry by entry: the judge where two doubles differ. They start from the same weighted inputs z
 * as the tape, so that what the textbook's formula loses by rounding a = σ(z) shows.
 */

/** One entry of a closed form, rounded once at its end; undefined where a part of it has no form in double-double. */
export type PreciseEntry = (i: number, j: number) => number | undefined;

interface PreciseActivation {
  of(z: DoubleDouble): DoubleDouble;
  /** 1 - a, with the digits that the difference would lose. */
  rest?(z: DoubleDouble): DoubleDouble;
  prime(z: DoubleDouble): DoubleDouble;
}

const sigmoid = (z: DoubleDouble): DoubleDouble => {
  const e = exp(negative(magnitude(z)));
  return over(z[0] < 0 ? e : one, plus(one, e));
};
const sigmoidPrime = (z: DoubleDouble): DoubleDouble => times(sigmoid(z), sigmoid(negative(z)));
const magnitude = (z: DoubleDouble): DoubleDouble => (z[0] < 0 ? negative(z) : z);
const double = ([high, low]: DoubleDouble): DoubleDouble => [2 * high, 2 * low];
const bell = (z: DoubleDouble): DoubleDouble => over(exp(negative(over(times(z, z), exactly(2)))), sqrt(double(pi)));

/** Φ(z): the odd series z + z³/3 + z⁵/15 + ... times the bell around 0, Laplace's continued fraction in the tails. */
function normalDistribution(z: DoubleDouble): DoubleDouble {
  if (Math.abs(z[0]) > 6) {
    const t = magnitude(z);
    let fraction = zero;
    for (let n = 200; n > 0; n--) fraction = over(exactly(n), plus(t, fraction));
    const tail = over(bell(t), plus(t, fraction));
    return z[0] < 0 ? tail : minus(one, tail);
  }
  let term = z;
  let series = z;
  for (let n = 3; Math.abs(term[0]) > 1e-36; n += 2) {
    term = over(times(term, times(z, z)), exactly(n));
    series = plus(series, term);
  }
  return plus([0.5, 0], times(series, bell(z)));
}

const byActivation: ReadonlyMap<ActivationFunction, PreciseActivation> = new Map<ActivationFunction, PreciseActivation>([
  [activations.identity, { of: (z) => z, prime: () => one }],
  [activations.sigmoid, { of: sigmoid, rest: (z) => sigmoid(negative(z)), prime: sigmoidPrime }],
  [
    activations.tanh,
    {
      of: (z) => {
        const e = expm1(negative(double(magnitude(z))));
        const found = negative(over(e, plus(exactly(2), e)));
        return z[0] < 0 ? negative(found) : found;
      },
      prime: (z) => times(exactly(4), sigmoidPrime(double(z))),
    },
  ],
  [activations.relu, { of: (z) => (z[0] > 0 ? z : zero), prime: (z) => (z[0] > 0 ? one : zero) }],
  [activations.leakyRelu, { of: (z) => (z[0] > 0 ? z : times(exactly(0.01), z)), prime: (z) => (z[0] > 0 ? one : exactly(0.01)) }],
  [activations.elu, { of: (z) => (z[0] > 0 ? z : expm1(z)), prime: (z) => (z[0] > 0 ? one : exp(z)) }],
  [activations.softplus, { of: (z) => plus(z[0] > 0 ? z : zero, log1p(exp(negative(magnitude(z))))), prime: sigmoid }],
  [activations.gelu, { of: (z) => times(z, normalDistribution(z)), prime: (z) => plus(normalDistribution(z), times(z, bell(z))) }],
  [activations.silu, { of: (z) => times(z, sigmoid(z)), prime: (z) => times(sigmoid(z), plus(one, times(z, sigmoid(negative(z))))) }],
]);

/** a and 1 - a of a row of z. */
function row(activation: ActivationFunction, z: readonly number[]): readonly Precise[] | undefined {
  if (activation === activations.softmax) {
    const top = Math.max(...z);
    const powers = z.map((each) => exp(minus(exactly(each), exactly(top))));
    const total = powers.reduce(plus, zero);
    return powers.map((power, j) => ({ a: over(power, total), rest: over(powers.filter((_, k) => k !== j).reduce(plus, zero), total) }));
  }
  const known = byActivation.get(activation);
  return (
    known &&
    z.map((each) => {
      const a = known.of(exactly(each));
      return { a, rest: known.rest?.(exactly(each)) ?? minus(one, a) };
    })
  );
}

/** The costs' dC/da of one entry, before the division. */
const byDerivative: ReadonlyMap<Cost["derivative"], (a: Precise, y: number) => DoubleDouble> = new Map([
  [quadratic.derivative, (a: Precise, y: number) => preciseDifference(a, y, one)],
  [sumOfSquares.derivative, (a: Precise, y: number) => preciseDifference(a, y, one)],
  [binaryCrossEntropy.derivative, ({ a, rest }: Precise, y: number) => over(minus(times(a, minus(one, exactly(y))), times(rest, exactly(y))), times(a, rest))],
  [logLikelihood.derivative, ({ a, rest }: Precise, y: number) => over(minus(times(rest, exactly(y)), times(a, minus(one, exactly(y)))), times(a, rest))],
  [categoricalCrossEntropy.derivative, ({ a }: Precise, y: number) => (y === 0 ? zero : over(exactly(-y), a))],
]);

/** Jᵀ v of one entry: v σ′(z), or a_j Σ_k a_k (v_j - v_k), which cancels least, under a softmax. */
function through(activation: ActivationFunction, z: readonly number[], v: readonly DoubleDouble[], j: number): DoubleDouble | undefined {
  if (activation === activations.softmax) {
    const a = row(activation, z)?.map((each) => each.a) ?? [];
    const pull = (k: number): DoubleDouble => minus(times(times(at(a, j), at(v, j)), at(a, k)), times(at(a, j), times(at(a, k), at(v, k))));
    return a.map((_, k) => (k === j ? zero : pull(k))).reduce(plus, zero);
  }
  const known = byActivation.get(activation);
  return known && times(at(v, j), known.prime(exactly(z[j] ?? Number.NaN)));
}

/** BP1 of one entry, by the pair's short form where there is one. */
export function preciseBp1(cost: Cost, output: ActivationFunction, z: Matrix, y: Matrix): PreciseEntry {
  const count = exactly(divisor(cost.normalisation, [z.length, z[0]?.length ?? 0]));
  const pairing = pairingOf(cost, output);
  const derivative = byDerivative.get(cost.derivative);
  return (i, j) => {
    const [zs, ys] = [z[i] ?? [], y[i] ?? []];
    const outputs = row(output, zs);
    if (outputs === undefined) return undefined;
    if (pairing !== undefined) return finite(over(pairing.precise(outputs[j] as Precise, ys, j), count));
    if (derivative === undefined || cost.derivative === undefined) return undefined;
    const gradient = outputs.map((each, k) => derivative(each, ys[k] ?? Number.NaN));
    const found = through(output, zs, gradient, j);
    return found && finite(over(found, count));
  };
}

/** BP2 of one entry. */
export function preciseBp2(activation: ActivationFunction, z: Matrix, nextW: Matrix, nextDelta: Matrix): PreciseEntry {
  const back = (i: number, j: number): DoubleDouble => inner(nextW.length, (k) => [entry(nextDelta, i, k), entry(nextW, k, j)]);
  return (i, j) => {
    const zs = z[i] ?? [];
    const whole = activation === activations.softmax;
    const found = through(
      activation,
      zs,
      zs.map((_, k) => (whole || k === j ? back(i, k) : zero)),
      j,
    );
    return found && finite(found);
  };
}

/** BP3 of one entry: the sum over examples. */
export function preciseBp3(delta: Matrix): PreciseEntry {
  return (_, j) => finite(inner(delta.length, (p) => [entry(delta, p, j), 1]));
}

/** BP4 of one entry: the sum over examples, and the ridge's part of the weight. */
export function preciseBp4(delta: Matrix, previous: Matrix, W: Matrix, decay: number): PreciseEntry {
  return (i, j) =>
    finite(
      plus(
        inner(delta.length, (p) => [entry(delta, p, i), entry(previous, p, j)]),
        times(over(exactly(decay), exactly(delta.length)), exactly(entry(W, i, j))),
      ),
    );
}

/** Σ x y, each product without error. */
function inner(count: number, pair: (k: number) => readonly [number, number]): DoubleDouble {
  let total = zero;
  for (let k = 0; k < count; k++) {
    const [x, y] = pair(k);
    total = plus(total, times(exactly(x), exactly(y)));
  }
  return total;
}

/** NaN means that the closed form itself has no value here (0/0 in dC/da), so that it cannot judge. */
function finite(x: DoubleDouble): number | undefined {
  const nearest = rounded(x);
  return Number.isFinite(nearest) ? nearest : undefined;
}

function at(v: readonly DoubleDouble[], k: number): DoubleDouble {
  return v[k] ?? zero;
}
