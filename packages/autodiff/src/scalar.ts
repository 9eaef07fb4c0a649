import { erf, erfc } from "./error-function.ts";
import { lgamma, polygamma } from "./gamma-function.ts";

/**
 * The scalar algebra that every engine implements once. An elementwise kernel is written against it, so that the eager loop, the
 * compilers and the printers all interpret the same definition. `S` is what the engine calls a scalar: a number here, a value number
 * in a compiler. Truth is 1, falsehood 0; `select` evaluates both of its branches.
 */
export interface Scalar<S> {
  /** Significant bits: 53 for float64, 24 for float32. */
  readonly precision: 53 | 24;
  lit(value: number): S;
  add(a: S, b: S): S;
  sub(a: S, b: S): S;
  mul(a: S, b: S): S;
  div(a: S, b: S): S;
  neg(a: S): S;
  abs(a: S): S;
  sqrt(a: S): S;
  exp(a: S): S;
  expm1(a: S): S;
  log(a: S): S;
  log1p(a: S): S;
  log2(a: S): S;
  log10(a: S): S;
  cbrt(a: S): S;
  sin(a: S): S;
  cos(a: S): S;
  tan(a: S): S;
  asin(a: S): S;
  acos(a: S): S;
  atan(a: S): S;
  sinh(a: S): S;
  cosh(a: S): S;
  tanh(a: S): S;
  asinh(a: S): S;
  acosh(a: S): S;
  atanh(a: S): S;
  /** The angle of the point (x, y), with the signs of zeros as IEEE 754 has them. */
  atan2(y: S, x: S): S;
  erf(a: S): S;
  erfc(a: S): S;
  /** log |Γ(a)| */
  lgamma(a: S): S;
  /** The derivative of the given order of digamma; digamma itself for order 0. */
  polygamma(order: number, a: S): S;
  floor(a: S): S;
  /** To the nearest whole number, halves to the even one. */
  round(a: S): S;
  /** a - b trunc(a / b), exactly: C's fmod. */
  remainder(a: S, b: S): S;
  /** a^b as C's pow: 1^b and a^0 are 1 for every other operand, NaN too. */
  pow(a: S, b: S): S;
  /** NaN if either is NaN. */
  max(a: S, b: S): S;
  /** NaN if either is NaN. */
  min(a: S, b: S): S;
  less(a: S, b: S): S;
  lessEqual(a: S, b: S): S;
  equal(a: S, b: S): S;
  /** a where the condition is not 0 (NaN counts as not 0), b elsewhere. */
  select(condition: S, a: S, b: S): S;
}

/** The algebra over JavaScript numbers: the reference for every other engine. */
export const numbers: Scalar<number> = {
  precision: 53,
  lit: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  cbrt: Math.cbrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  atan2: Math.atan2,
  erf,
  erfc,
  lgamma,
  polygamma,
  floor: Math.floor,
  round: (a) => {
    // Numbers of 2^52 and above have no fraction, so adding 2^52 rounds, and to even on a tie.
    const size = Math.abs(a);
    const whole = size < 2 ** 52 ? size + 2 ** 52 - 2 ** 52 : size;
    return a < 0 || Object.is(a, -0) ? -whole : whole;
  },
  remainder: (a, b) => a % b,
  pow: (a, b) => (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) ? 1 : a ** b),
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  less: (a, b) => (a < b ? 1 : 0),
  lessEqual: (a, b) => (a <= b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
  select: (condition, a, b) => (condition !== 0 ? a : b),
};

/** What scalar operations weigh: an addition, a product or a choice 1, a quotient or a root 4, a transcendental function 10. */
export const weights = { simple: 1, quotient: 4, transcendental: 10 } as const;

const { simple, quotient, transcendental } = weights;

/** What each operation of the algebra weighs; a literal weighs nothing. */
export const scalarWeights: Readonly<Record<Exclude<keyof Scalar<number>, "precision" | "lit">, number>> = {
  add: simple,
  sub: simple,
  mul: simple,
  neg: simple,
  abs: simple,
  floor: simple,
  round: simple,
  max: simple,
  min: simple,
  less: simple,
  lessEqual: simple,
  equal: simple,
  select: simple,
  div: quotient,
  sqrt: quotient,
  remainder: quotient,
  exp: transcendental,
  expm1: transcendental,
  log: transcendental,
  log1p: transcendental,
  log2: transcendental,
  log10: transcendental,
  cbrt: transcendental,
  sin: transcendental,
  cos: transcendental,
  tan: transcendental,
  asin: transcendental,
  acos: transcendental,
  atan: transcendental,
  sinh: transcendental,
  cosh: transcendental,
  tanh: transcendental,
  asinh: transcendental,
  acosh: transcendental,
  atanh: transcendental,
  atan2: transcendental,
  erf: transcendental,
  erfc: transcendental,
  lgamma: transcendental,
  polygamma: transcendental,
  pow: transcendental,
};
