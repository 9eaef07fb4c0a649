/**
 * Numbers of about 32 digits: the unevaluated sum of two doubles, the second below half a unit of the first's last place. The closed forms
 * are evaluated in them to see which of two doubles lost digits. Range and underflow are those of doubles. Source: Dekker 1971 (sum and
 * product without error), Hida, Li, Bailey 2001 (quotient, exponential).
 */
export type DoubleDouble = readonly [high: number, low: number];

export const zero: DoubleDouble = [0, 0];
export const one: DoubleDouble = [1, 0];

/** A double as it is. */
export function exactly(x: number): DoubleDouble {
  return [x, 0];
}

/** The nearest double. */
export function rounded([high, low]: DoubleDouble): number {
  return high + low;
}

/** -x. */
export function negative([high, low]: DoubleDouble): DoubleDouble {
  return [-high, -low];
}

/** x + y; relative error below 2⁻¹⁰⁴ also where they cancel. */
export function plus([a, b]: DoubleDouble, [c, d]: DoubleDouble): DoubleDouble {
  const [high, error] = sum(a, c);
  if (!Number.isFinite(high)) return [high, 0];
  const [low, rest] = sum(b, d);
  const [first, second] = ordered(high, error + low);
  return ordered(first, second + rest);
}

/** x - y. */
export function minus(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  return plus(x, negative(y));
}

/** x y; relative error below 2⁻¹⁰² where nothing underflows. */
export function times([a, b]: DoubleDouble, [c, d]: DoubleDouble): DoubleDouble {
  const high = a * c;
  if (!Number.isFinite(high) || high === 0) return [high, 0];
  return ordered(high, productError(a, c, high) + (a * d + b * c));
}

/** x / y; relative error below 2⁻¹⁰⁰. */
export function over(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const first = x[0] / y[0];
  if (!Number.isFinite(first) || first === 0) return [first, 0];
  const rest = minus(x, times(y, exactly(first)));
  const second = rest[0] / y[0];
  const third = minus(rest, times(y, exactly(second)))[0] / y[0];
  return plus(ordered(first, second), exactly(third));
}

/** exp(x); relative error below 2⁻⁹³ above 1e-290, where the low part is not yet below the smallest double. */
export function exp(x: DoubleDouble): DoubleDouble {
  if (x[0] > 709.79) return [Number.POSITIVE_INFINITY, 0];
  if (x[0] < -745.2) return zero;
  const halvings = Math.round(x[0] / Math.LN2);
  return shifted(plus(exponentialMinusOne(minus(x, times(exactly(halvings), ln2))), one), halvings);
}

/** exp(x) - 1, with its digits around 0. */
export function expm1(x: DoubleDouble): DoubleDouble {
  return Math.abs(x[0]) < 0.35 ? exponentialMinusOne(x) : minus(exp(x), one);
}

/** log(x): two steps of Newton from the double. Absolute error below 2⁻⁹⁵ max(1, |log x|). */
export function log(x: DoubleDouble): DoubleDouble {
  // Near the smallest double its reciprocal overflows.
  if (x[0] > 0 && x[0] < 2 ** -960) return minus(log(shifted(x, 200)), times(exactly(200), ln2));
  const start = Math.log(x[0]);
  if (!Number.isFinite(start)) return [start, 0];
  const step = (y: DoubleDouble): DoubleDouble => plus(y, minus(times(x, exp(negative(y))), one));
  return step(step(exactly(start)));
}

/** log(1 + x) for x of at least 0, with its digits around 0. */
export function log1p(x: DoubleDouble): DoubleDouble {
  if (x[0] > 1e-4) return log(plus(one, x));
  let series = zero;
  for (let n = 9; n > 0; n--) series = times(x, minus(over(one, exactly(n)), series));
  return series;
}

/** ln 2 and π to 32 digits. */
const ln2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17];
export const pi: DoubleDouble = [Math.PI, 1.2246467991473532e-16];

/** √x for x of at least 0: one step of Newton from the double. */
export function sqrt(x: DoubleDouble): DoubleDouble {
  const start = Math.sqrt(x[0]);
  if (start === 0 || !Number.isFinite(start)) return [start, 0];
  const rest = minus(x, times(exactly(start), exactly(start)));
  return ordered(start, rest[0] / (2 * start));
}

/** exp(r) - 1 for |r| up to ln 2 / 2 and a little more: Taylor's series of r/512, doubled nine times by (1 + s)² - 1 = 2 s + s². */
function exponentialMinusOne([high, low]: DoubleDouble): DoubleDouble {
  const part: DoubleDouble = [high / 512, low / 512];
  let series = zero;
  for (let n = 10; n > 0; n--) series = over(times(part, plus(one, series)), exactly(n));
  for (let n = 0; n < 9; n++) series = plus([2 * series[0], 2 * series[1]], times(series, series));
  return series;
}

/** x 2ⁿ in two steps, because 2ⁿ itself may overflow or underflow. */
function shifted([high, low]: DoubleDouble, n: number): DoubleDouble {
  const half = Math.trunc(n / 2);
  const [first, second] = [2 ** half, 2 ** (n - half)];
  return [high * first * second, low * first * second];
}

/** a + b without error. */
function sum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const part = high - a;
  return [high, a - (high - part) + (b - part)];
}

/** a + b without error where |a| is at least |b|. */
function ordered(a: number, b: number): DoubleDouble {
  const high = a + b;
  return [high, b - (high - a)];
}

/** a b - product without error, by halves of 26 bits; large factors are scaled down first, because splitting one may overflow. */
function productError(a: number, b: number, product: number): number {
  if (Math.abs(a) > 2 ** 970) return productError(a / 2 ** 60, b, product / 2 ** 60) * 2 ** 60;
  if (Math.abs(b) > 2 ** 970) return productError(a, b / 2 ** 60, product / 2 ** 60) * 2 ** 60;
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function halves(a: number): DoubleDouble {
  const spread = 134_217_729 * a;
  const high = spread - (spread - a);
  return [high, a - high];
}
