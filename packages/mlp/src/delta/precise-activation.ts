import { type ActivationFunction, activations } from "../activation.ts";
import { type PreciseOutput } from "../derivative.ts";
import { type DoubleDouble, exactly, exp, expm1, log, log1p, minus, negative, one, over, pi, plus, sqrt, times, zero } from "../double-double.ts";
import { type Measured, computed, difference, given, unit } from "../measured.ts";

/** A function of one entry with about 32 digits. */
export interface PreciseActivation {
  of(z: number): PreciseOutput;
  prime(z: number): Measured;
  /** σ′/a and σ′/(1 - a), where a division by what vanishes need not be made. */
  readonly perA?: (z: number) => Measured;
  readonly perRest?: (z: number) => Measured;
}

/** One output of a softmax. */
export interface SoftmaxOutput extends PreciseOutput {
  /** The share of entry j among all entries but this one. */
  share(j: number): Measured;
}

type Scalar = (z: DoubleDouble) => DoubleDouble;

const magnitude: Scalar = (z) => (z[0] < 0 ? negative(z) : z);
const double: Scalar = ([high, low]) => [2 * high, 2 * low];
const sigmoid: Scalar = (z) => {
  const e = exp(negative(magnitude(z)));
  return over(z[0] < 0 ? e : one, plus(one, e));
};
const sigmoidPrime: Scalar = (z) => times(sigmoid(z), sigmoid(negative(z)));
const softplus: Scalar = (z) => plus(z[0] > 0 ? z : zero, log1p(exp(negative(magnitude(z)))));
const tanh: Scalar = (z) => {
  const e = expm1(negative(double(magnitude(z))));
  const found = negative(over(e, plus(exactly(2), e)));
  return z[0] < 0 ? negative(found) : found;
};
const bell: Scalar = (z) => over(exp(negative(over(times(z, z), exactly(2)))), sqrt(double(pi)));

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

/** ln a from a and 1 - a: by the smaller of them, so that no digit cancels. */
function logarithm(a: DoubleDouble, rest: DoubleDouble): DoubleDouble {
  return a[0] > 0.5 && rest[0] >= 0 ? negative(log1p(over(rest, a))) : log(a);
}

function outputOf(a: Measured, rest: Measured): PreciseOutput {
  return { a, rest, logA: () => computed(logarithm(a.value, rest.value)), logRest: () => computed(logarithm(rest.value, a.value)) };
}

/** A function whose output leaves 1 - a to a difference. */
function known(of: Scalar, prime: Scalar): PreciseActivation {
  return {
    of: (z) => {
      const a = computed(of(exactly(z)));
      return outputOf(a, difference(unit, a));
    },
    prime: (z) => computed(prime(exactly(z))),
  };
}

const positive = (z: DoubleDouble, above: DoubleDouble, elsewhere: DoubleDouble): DoubleDouble => (z[0] > 0 ? above : elsewhere);

/** The functions of one entry. */
export const elementwise: ReadonlyMap<ActivationFunction, PreciseActivation> = new Map<ActivationFunction, PreciseActivation>([
  [activations.identity, { of: (z) => outputOf(given(z), difference(unit, given(z))), prime: () => unit }],
  [
    activations.sigmoid,
    {
      ...known(sigmoid, sigmoidPrime),
      of: (z) => ({
        a: computed(sigmoid(exactly(z))),
        rest: computed(sigmoid(exactly(-z))),
        logA: () => computed(negative(softplus(exactly(-z)))),
        logRest: () => computed(negative(softplus(exactly(z)))),
      }),
      perA: (z) => computed(sigmoid(exactly(-z))),
      perRest: (z) => computed(sigmoid(exactly(z))),
    },
  ],
  [
    activations.tanh,
    {
      ...known(tanh, (z) => times(exactly(4), sigmoidPrime(double(z)))),
      of: (z) => {
        const [a, rest] = [computed(tanh(exactly(z))), computed(double(sigmoid(exactly(-2 * z))))];
        return { ...outputOf(a, rest), logRest: () => computed(minus(log(exactly(2)), softplus(exactly(2 * z)))) };
      },
      // σ′ is (1 + a)(1 - a).
      perRest: (z) => computed(double(sigmoid(exactly(2 * z)))),
    },
  ],
  [
    activations.relu,
    known(
      (z) => positive(z, z, zero),
      (z) => positive(z, one, zero),
    ),
  ],
  [
    activations.leakyRelu,
    known(
      (z) => positive(z, z, times(exactly(0.01), z)),
      (z) => positive(z, one, exactly(0.01)),
    ),
  ],
  [
    activations.elu,
    known(
      (z) => positive(z, z, expm1(z)),
      (z) => positive(z, one, exp(z)),
    ),
  ],
  [activations.softplus, known(softplus, sigmoid)],
  [
    activations.gelu,
    known(
      (z) => times(z, normalDistribution(z)),
      (z) => plus(normalDistribution(z), times(z, bell(z))),
    ),
  ],
  [
    activations.silu,
    known(
      (z) => times(z, sigmoid(z)),
      (z) => times(sigmoid(z), plus(one, times(z, sigmoid(negative(z))))),
    ),
  ],
]);

/** The softmax of a row. Logarithms and shares are taken from z, because a or 1 - a may be below the smallest double. */
export function softmaxOutputs(z: readonly number[]): readonly SoftmaxOutput[] {
  const lead = z.indexOf(Math.max(...z));
  const whole = exponentials(z);
  // Without the largest entry the others stand on a scale of their own; without another one the scale is kept.
  const withoutLead = exponentials(z.map((each, k) => (k === lead ? Number.NEGATIVE_INFINITY : each)));
  return z.map((own, j): SoftmaxOutput => {
    const others = j === lead ? withoutLead : { ...whole, powers: whole.powers.map((each, k) => (k === j ? zero : each)) };
    const [sum, rest] = [whole.powers.reduce(plus, zero), others.powers.reduce(plus, zero)];
    const scale = minus(exactly(others.top), exactly(whole.top));
    const a = over(whole.powers[j] ?? zero, sum);
    const left = z.length === 1 ? zero : over(times(rest, exp(scale)), sum);
    const leads = a[0] > 0.5;
    return {
      a: computed(a),
      rest: computed(left),
      logA: () => computed(leads ? logarithm(a, left) : minus(minus(exactly(own), exactly(whole.top)), log(sum))),
      logRest: () => computed(leads ? minus(plus(scale, log(rest)), log(sum)) : logarithm(left, a)),
      share: (k) => computed(over(others.powers[k] ?? zero, rest)),
    };
  });
}

/** The largest entry, and exp(z - it) of all. */
function exponentials(z: readonly number[]): { readonly top: number; readonly powers: readonly DoubleDouble[] } {
  const top = Math.max(...z);
  return { top, powers: z.map((each) => (each === Number.NEGATIVE_INFINITY ? zero : exp(minus(exactly(each), exactly(top))))) };
}
