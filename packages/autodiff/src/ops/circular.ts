import { tanh } from "./trigonometric.ts";
import { div, mul, neg, square } from "./arithmetic.ts";
import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";

/**
 * sin(x), in radians.
 *
 * Shape: kept. Range: [-1, 1]. Derivative: cos(x).
 *
 * @example
 * item(sin(0)) // => 0
 */
export const sin: Unary = unary({ name: "sin", notation: call("sin", "\\sin"), scalar: (k, x) => k.sin(x), derivative: (x) => cos(x) });

/**
 * cos(x), in radians.
 *
 * Shape: kept. Range: [-1, 1]. Derivative: -sin(x).
 *
 * @example
 * item(cos(0)) // => 1
 */
export const cos: Unary = unary({ name: "cos", notation: call("cos", "\\cos"), scalar: (k, x) => k.cos(x), derivative: (x) => neg(sin(x)) });

/**
 * tan(x), in radians.
 *
 * Shape: kept. Derivative: 1 / cos²(x).
 *
 * @example
 * item(tan(0)) // => 0
 */
export const tan: Unary = unary({ name: "tan", notation: call("tan", "\\tan"), scalar: (k, x) => k.tan(x), derivative: (x) => square(div(1, cos(x))) });

/**
 * The angle in [-π/2, π/2] whose sine is x; NaN outside [-1, 1].
 *
 * Shape: kept. Derivative: 1 / sqrt((1 - x)(1 + x)), Infinity at ±1; the product keeps the digits near ±1.
 *
 * @example
 * item(asin(1)) // => 1.5707963267948966
 */
export const asin: Unary = unary({
  name: "asin",
  advice: "the operand lies outside [-1, 1], or at an end, where the derivative is infinite; clip it a little inside",
  notation: call("asin", "\\arcsin"),
  scalar: (k, x) => k.asin(x),
  derivative: (x) => asinPrime(x),
});

/** 1 / sqrt((1 - x)(1 + x)). Its derivative x asin′³ keeps the digits near 0 that a rule through the product would cancel. */
const asinPrime: Unary = unary({
  name: "asinPrime",
  notation: call("asin′", "\\arcsin'"),
  scalar: (k, x) => k.div(k.lit(1), k.sqrt(k.mul(k.sub(k.lit(1), x), k.add(k.lit(1), x)))),
  derivative: (x, y) => mul(x, mul(y, square(y))),
});

/**
 * The angle in [0, π] whose cosine is x; NaN outside [-1, 1].
 *
 * Shape: kept. Derivative: -1 / sqrt((1 - x)(1 + x)), -Infinity at ±1.
 *
 * @example
 * item(acos(1)) // => 0
 */
export const acos: Unary = unary({
  name: "acos",
  advice: "the operand lies outside [-1, 1], or at an end, where the derivative is infinite; clip it a little inside",
  notation: call("acos", "\\arccos"),
  scalar: (k, x) => k.acos(x),
  derivative: (x) => neg(asinPrime(x)),
});

/**
 * The angle in (-π/2, π/2) whose tangent is x.
 *
 * Shape: kept. Derivative: 1 / (1 + x²).
 *
 * @example
 * item(atan(1)) // => 0.7853981633974483
 */
export const atan: Unary = unary({
  name: "atan",
  notation: call("atan", "\\arctan"),
  scalar: (k, x) => k.atan(x),
  derivative: (x) => atanPrime(x),
});

/** 1 / (1 + x²). Its derivative -2x atan′² is multiplied from the left, where the squares alone vanish far out. */
const atanPrime: Unary = unary({
  name: "atanPrime",
  notation: call("atan′", "\\arctan'"),
  scalar: (k, x) => k.div(k.lit(1), k.add(k.lit(1), k.mul(x, x))),
  derivative: (x, y) => mul(-2, mul(mul(x, y), y)),
});

/**
 * sinh(x).
 *
 * Shape: kept. Derivative: cosh(x).
 *
 * @example
 * item(sinh(0)) // => 0
 */
export const sinh: Unary = unary({ name: "sinh", notation: call("sinh", "\\sinh"), scalar: (k, x) => k.sinh(x), derivative: (x) => cosh(x) });

/**
 * cosh(x).
 *
 * Shape: kept. Range: [1, ∞). Derivative: sinh(x). Exact form: `log(cosh(x))` neither overflows nor loses its digits near 0.
 *
 * @example
 * item(cosh(0)) // => 1
 */
export const cosh: Unary = unary({
  name: "cosh",
  notation: call("cosh", "\\cosh"),
  scalar: (k, x) => k.cosh(x),
  derivative: (x) => sinh(x),
  exponential: true,
  known: { log: ([x]) => x && logCosh(x) },
});

/** log(cosh(x)) by the square of sinh(x/2) near 0, where cosh rounds to 1, and by |x| beyond, where it overflows. */
const logCosh: Unary = unary({
  name: "logCosh",
  notation: call("log cosh", "\\log\\cosh"),
  scalar: (k, x) => {
    const size = k.abs(x);
    const half = k.sinh(k.mul(k.lit(0.5), k.min(size, k.lit(1))));
    const far = k.sub(k.add(size, k.log1p(k.exp(k.mul(k.lit(-2), size)))), k.lit(Math.LN2));
    return k.select(k.less(size, k.lit(1)), k.log1p(k.mul(k.lit(2), k.mul(half, half))), far);
  },
  derivative: (x) => tanh(x),
});
