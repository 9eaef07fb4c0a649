import { type DoubleDouble, exactly, exp, log, minus, negative, one, over, plus, times, zero } from "./double-double.ts";

/**
 * A number of about 32 digits with its running error bound: `size` units of rounding is how far doubles that compute it by the same formula
 * can be off. It is small beside the number where nothing cancels, and large where something does. Source: Higham 2002, section 3.3.
 */
export interface Measured {
  readonly value: DoubleDouble;
  readonly size: number;
}

/** A double that is given: nobody rounded it. */
export const given = (x: number): Measured => ({ value: exactly(x), size: 0 });

/** What a function computes from numbers that are given: off by one rounding, which near 0 is half the smallest double. */
export const computed = (value: DoubleDouble): Measured => rounding(value, 2 ** -1021);

export const nothing: Measured = { value: zero, size: 0 };
export const unit: Measured = { value: one, size: 0 };

const rounding = (value: DoubleDouble, before: number): Measured => ({ value, size: before + Math.abs(value[0]) });

/** -x. */
export const opposite = ({ value, size }: Measured): Measured => ({ value: negative(value), size });

/** x + y. */
export const total = (x: Measured, y: Measured): Measured => rounding(plus(x.value, y.value), x.size + y.size);

/** x - y. */
export const difference = (x: Measured, y: Measured): Measured => rounding(minus(x.value, y.value), x.size + y.size);

/** x y. */
export const product = (x: Measured, y: Measured): Measured => rounding(times(x.value, y.value), Math.abs(x.value[0]) * y.size + Math.abs(y.value[0]) * x.size);

/** x / y. */
export function quotient(x: Measured, y: Measured): Measured {
  const value = over(x.value, y.value);
  return rounding(value, (x.size + Math.abs(value[0]) * y.size) / Math.abs(y.value[0]));
}

/** x to a power: by products for a whole exponent, else by the logarithm, which x below 0 does not have. */
export function power(x: Measured, exponent: number): Measured {
  if (exponent === 0) return unit;
  if (x.value[0] === 0) return exponent > 0 ? nothing : quotient(unit, x);
  const whole = Number.isInteger(exponent) && Math.abs(exponent) <= 16;
  const raised = whole ? repeated(x.value, Math.abs(exponent)) : exp(times(exactly(exponent), log(x.value)));
  const value = whole && exponent < 0 ? over(one, raised) : raised;
  return rounding(value, Math.abs((exponent * value[0] * x.size) / x.value[0]));
}

function repeated(x: DoubleDouble, count: number): DoubleDouble {
  let found = one;
  for (let n = 0; n < count; n++) found = times(found, x);
  return found;
}
