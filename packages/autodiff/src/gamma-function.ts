/** From here on the asymptotic series are used. */
const far = 10;

/** The coefficients B₂ⱼ of Euler and Maclaurin (DLMF 24.2). */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330] as const;

/** The zero of digamma on the right, as the sum of two numbers. */
const root = [1.4616321449683622, 9.549995429965697e-17] as const;

/** 1 minus Euler's constant. */
const oneMinusEuler = 0.42278433509846713;

/** log |Γ(x)|, to a few units in the last place away from its zeros on the left; those at 1 and 2 keep their digits. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  // Γ(x) Γ(-x) = -π / (x sin πx) (DLMF 5.5.3)
  if (x <= -0.5) return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * fraction(x)))) - lgamma(-x);
  if (x < 0.5) return aroundTwo(x) - Math.log1p(x) - Math.log(Math.abs(x));
  if (x < 1.5) return aroundTwo(x - 1) - Math.log1p(x - 1);
  if (x < far) {
    let product = 1;
    let rest = x;
    while (rest > 2.5) product *= --rest;
    return Math.log(product) + aroundTwo(rest - 2);
  }
  return (x - 0.5) * (Math.log(x) - 1) + (0.5 * Math.log(2 * Math.PI) - 0.5) + series(x, (j) => 1 / (2 * j * (2 * j - 1))) * x;
}

/** The derivative of order n of digamma = (log Γ)′, to a few units in the last place away from its zeros on the left. */
export function polygamma(n: number, x: number): number {
  const odd = n % 2 === 1;
  if (x <= 0 && Number.isInteger(x)) {
    if (odd) return Number.POSITIVE_INFINITY;
    return x === 0 ? -1 / x : Number.NaN;
  }
  if (x === Number.NEGATIVE_INFINITY) return Number.NaN;
  // The derivative of ψ(1 - x) - ψ(x) = π cot πx (DLMF 5.15.6)
  if (x < 0) return (odd ? -1 : 1) * polygamma(n, 1 - x) - cotangent(n, fraction(x));
  if (n === 0) return digamma(x);
  // ∓n! ζ(n + 1, x), each of its n + 1 factors divided by the power of two in x, so that none leaves the range of float64 before the whole does.
  const unit = x === Number.POSITIVE_INFINITY ? 1 : 2 ** Math.floor(Math.log2(x));
  let value = (odd ? zeta(n + 1, x, unit) : -zeta(n + 1, x, unit)) / unit;
  for (let k = 1; k <= n; k++) value *= k / unit;
  return value;
}

function digamma(x: number): number {
  const away = x - root[0] - root[1];
  if (Math.abs(away) <= 0.25) return aroundRoot(away);
  let shift = 0;
  let at = x;
  for (; at < far; at++) shift += 1 / at;
  return Math.log(at) - 0.5 / at - series(at, (j) => 1 / (2 * j)) - shift;
}

/** Σ B₂ⱼ weight(j) / x²ʲ, which is asymptotic (DLMF 5.11.1, 5.11.2). */
function series(x: number, weight: (j: number) => number): number {
  const step = 1 / (x * x);
  let total = 0;
  for (let j = bernoulli.length; j >= 1; j--) total = (total + (bernoulli[j - 1] as number) * weight(j)) * step;
  return total;
}

/** The zeta function of Hurwitz, Σ 1/(x + k)ˢ for x > 0 and a whole s > 1, times unitˢ, by Euler and Maclaurin (DLMF 25.11.5). */
function zeta(s: number, x: number, unit: number = 1): number {
  const terms = Math.max(0, Math.ceil(far + s - x));
  const end = x + terms;
  const power = (end / unit) ** -s;
  let rising = s / (2 * end);
  let tail = 0.5;
  for (let j = 1; j <= bernoulli.length; j++) {
    tail += (bernoulli[j - 1] as number) * rising;
    rising *= ((s + 2 * j - 1) * (s + 2 * j)) / ((2 * j + 1) * (2 * j + 2)) / (end * end);
  }
  let total = end === Number.POSITIVE_INFINITY ? 0 : power * (end / (s - 1) + tail);
  for (let k = terms - 1; k >= 0; k--) total += ((x + k) / unit) ** -s;
  return total;
}

/** The coefficients of a power series, made at first use. */
function once(make: () => readonly number[]): () => readonly number[] {
  let made: readonly number[] | undefined;
  return () => (made ??= make());
}

function polynomial(coefficients: readonly number[], t: number): number {
  return coefficients.reduceRight((total, coefficient) => total * t + coefficient, 0);
}

const logSeries = once(() => [oneMinusEuler, ...Array.from({ length: 30 }, (_, k) => ((k % 2 === 0 ? 1 : -1) * zeta(k + 2, 2)) / (k + 2))]);

/** log Γ(2 + t) for |t| <= 1/2 (DLMF 5.7.3). */
function aroundTwo(t: number): number {
  return t * polynomial(logSeries(), t);
}

const rootSeries = once(() => Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? 1 : -1) * zeta(k + 2, root[0])));

/** Digamma beside its zero (DLMF 5.7.4). */
function aroundRoot(t: number): number {
  return t * polynomial(rootSeries(), t);
}

/** The derivative of order n of π cot(πx), whose terms have one sign, for a fraction of at most 1/2 in size. */
function cotangent(n: number, x: number): number {
  const size = Math.abs(x);
  const cot = size > 0.25 ? Math.sign(x) * Math.tan(Math.PI * (0.5 - size)) : 1 / Math.tan(Math.PI * x);
  // In units of n! πⁿ⁺¹, which alone leaves the range of float64 before the whole does.
  let terms: readonly number[] = [0, 1];
  for (let order = 0; order < n; order++) {
    const slope = terms.slice(1).map((coefficient, k) => (-(k + 1) * coefficient) / (order + 1));
    terms = [...slope, 0, 0].map((coefficient, k) => coefficient + (slope[k - 2] ?? 0));
  }
  let value = polynomial(terms, cot) * Math.PI;
  for (let k = 1; k <= n; k++) value *= k * Math.PI;
  return value;
}

/** x minus the nearest whole number, exactly. */
function fraction(x: number): number {
  return x - Math.round(x);
}
