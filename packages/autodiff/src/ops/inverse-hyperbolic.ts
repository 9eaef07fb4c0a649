import { add, div, mul, square, sub } from "./arithmetic.ts";
import { broadcast } from "./broadcast.ts";
import { type Unary, unary } from "./define.ts";
import { like } from "./like.ts";
import { call } from "./notation.ts";
import { hypot } from "./plane.ts";
import { sqrt } from "./root.ts";

/**
 * The number whose sinh is x.
 *
 * Shape: kept. Derivative: 1 / hypot(1, x), which does not overflow. Source: DLMF 4.37.
 *
 * @example
 * item(asinh(0)) // => 0
 */
export const asinh: Unary = unary({
  name: "asinh",
  notation: call("asinh", "\\operatorname{arsinh}"),
  scalar: (k, x) => k.asinh(x),
  derivative: (x) => div(1, hypot(broadcast(like(1), x.shape), x)),
});

/**
 * The number of at least 0 whose cosh is x; NaN below 1.
 *
 * Shape: kept. Range: [0, ∞). Derivative: 1 / (sqrt(x - 1) sqrt(x + 1)), Infinity at 1. Source: DLMF 4.37.
 *
 * @example
 * item(acosh(1)) // => 0
 */
export const acosh: Unary = unary({
  name: "acosh",
  advice: "the operand is below 1, or 1 where the derivative is infinite; keep it above",
  notation: call("acosh", "\\operatorname{arcosh}"),
  scalar: (k, x) => k.acosh(x),
  derivative: (x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))),
});

/**
 * The number whose hyperbolic tangent is x; ±Infinity at ±1, NaN outside [-1, 1].
 *
 * Shape: kept. Derivative: 1 / ((1 - x)(1 + x)), Infinity at ±1, and of that 2x over its square. Source: DLMF 4.37.
 *
 * @example
 * item(atanh(0)) // => 0
 */
export const atanh: Unary = unary({
  name: "atanh",
  advice: "the operand lies outside (-1, 1); clip it a little inside, or take the operand of what has saturated",
  notation: call("atanh", "\\operatorname{artanh}"),
  scalar: (k, x) => k.atanh(x),
  derivative: (x) => atanhPrime(x),
});

/** 1 / ((1 - x)(1 + x)) inside [-1, 1]. */
const atanhPrime: Unary = unary({
  name: "atanhPrime",
  notation: call("atanh′", "\\operatorname{artanh}'"),
  scalar: (k, x) => {
    const below = k.mul(k.sub(k.lit(1), x), k.add(k.lit(1), x));
    return k.select(k.less(below, k.lit(0)), k.lit(Number.NaN), k.div(k.lit(1), below));
  },
  derivative: (x, y) => mul(mul(2, x), square(y)),
});
