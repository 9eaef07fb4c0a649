import { type Tensor } from "../tensor.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { type Like, like } from "./like.ts";
import { call, infix, precedence } from "./notation.ts";

const comparison = (text: string, latex: string = text): ReturnType<typeof infix> => infix(text, latex, precedence.comparison, false);

/**
 * 1 where a < b, 0 elsewhere and where either is NaN.
 *
 * Derivative: 0 everywhere, as for every comparison.
 *
 * @example
 * nested(less([1, 2], 2)) // => [1, 0]
 */
export const less: Binary = binary({ name: "less", notation: comparison("<"), scalar: (k, a, b) => k.less(a, b) });

/**
 * 1 where a <= b, 0 elsewhere and where either is NaN.
 *
 * @example
 * nested(lessEqual([1, 3], 2)) // => [1, 0]
 */
export const lessEqual: Binary = binary({ name: "lessEqual", notation: comparison("≤", "\\le"), scalar: (k, a, b) => k.lessEqual(a, b) });

/**
 * 1 where a > b, 0 elsewhere and where either is NaN.
 *
 * @example
 * nested(greater([1, 3], 2)) // => [0, 1]
 */
export const greater: Binary = binary({ name: "greater", notation: comparison(">"), scalar: (k, a, b) => k.less(b, a) });

/**
 * 1 where a >= b, 0 elsewhere and where either is NaN.
 *
 * @example
 * nested(greaterEqual([2, 1], 2)) // => [1, 0]
 */
export const greaterEqual: Binary = binary({ name: "greaterEqual", notation: comparison("≥", "\\ge"), scalar: (k, a, b) => k.lessEqual(b, a) });

/**
 * 1 where a and b are the same number, 0 elsewhere and where either is NaN.
 *
 * @example
 * nested(equal([1, 2], 2)) // => [0, 1]
 */
export const equal: Binary = binary({ name: "equal", notation: comparison("=", "="), scalar: (k, a, b) => k.equal(a, b) });

/**
 * 1 where a and b differ or either is NaN, 0 elsewhere.
 *
 * @example
 * nested(notEqual([1, 2], 2)) // => [1, 0]
 */
export const notEqual: Binary = binary({
  name: "notEqual",
  notation: comparison("≠", "\\ne"),
  scalar: (k, a, b) => k.select(k.equal(a, b), k.lit(0), k.lit(1)),
});

/**
 * 1 where x is NaN, 0 elsewhere.
 *
 * @example
 * nested(isNaN([1, 0 / 0])) // => [0, 1]
 */
export const isNaN: Unary = unary({ name: "isNaN", notation: call("isNaN"), scalar: (k, x) => k.select(k.equal(x, x), k.lit(0), k.lit(1)) });

/**
 * 1 where x is a number of finite size, 0 at NaN and ±Infinity.
 *
 * @example
 * nested(isFinite([1, 1 / 0])) // => [1, 0]
 */
export const isFinite: Unary = unary({
  name: "isFinite",
  notation: call("isFinite"),
  scalar: (k, x) => k.less(k.abs(x), k.lit(Number.POSITIVE_INFINITY)),
});

/**
 * 1 where both conditions hold; anything but 0 counts as true.
 *
 * @example
 * nested(logicalAnd([1, 0], 1)) // => [1, 0]
 */
export const logicalAnd: Binary = binary({
  name: "logicalAnd",
  notation: comparison("∧", "\\land"),
  scalar: (k, a, b) => k.select(a, k.select(b, k.lit(1), k.lit(0)), k.lit(0)),
});

/**
 * 1 where at least one condition holds; anything but 0 counts as true.
 *
 * @example
 * nested(logicalOr([1, 0], 0)) // => [1, 0]
 */
export const logicalOr: Binary = binary({
  name: "logicalOr",
  notation: comparison("∨", "\\lor"),
  scalar: (k, a, b) => k.select(a, k.lit(1), k.select(b, k.lit(1), k.lit(0))),
});

/**
 * 1 where the condition is 0, 0 elsewhere.
 *
 * @example
 * nested(logicalNot([1, 0])) // => [0, 1]
 */
export const logicalNot: Unary = unary({ name: "logicalNot", notation: { ...call("¬", "\\lnot") }, scalar: (k, x) => k.select(x, k.lit(0), k.lit(1)) });

/** Where a logarithm of `x` times a constant `c` is taken as written: everywhere but at c = 0 with x a number. */
export function productCounts(c: Tensor, x: Like): Tensor {
  return logicalOr(notEqual(c, 0), isNaN(like(x)));
}
