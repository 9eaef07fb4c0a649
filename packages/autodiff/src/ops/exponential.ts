import { div, neg } from "./arithmetic.ts";
import { type Unary, unary } from "./define.ts";
import { growing } from "./growth.ts";
import { sigmoid, softplus } from "./logistic.ts";
import { call } from "./notation.ts";
import { ask } from "./recognise.ts";
import { shareOfTotal } from "./share.ts";

/**
 * exp(x).
 *
 * Shape: kept. Derivative: exp(x). Exact forms: `exp(x) - 1` is expm1(x), `log(exp(x))` is x, `1 / (1 + exp(x))` is σ(-x).
 *
 * @example
 * item(exp(1)) // => 2.718281828459045
 */
export const exp: Unary = unary({
  ...growing,
  advice: "the operand is above 709, where exp overflows; subtract the maximum first, or use softmax or logsumexp",
  twin: ([x]) => x && ask(x, "exp"),
  exponential: true,
  known: {
    share: shareOfTotal,
    log: ([x]) => x,
    complement: ([x]) => x && neg(expm1(x)),
    log1p: ([x]) => x && softplus(x),
    log1m: ([x]) => x && log1mexp(x),
    logistic: ([x]) => x && sigmoid(neg(x)),
  },
});

/**
 * exp(x) - 1, with all digits near 0.
 *
 * Shape: kept. Derivative: exp(x).
 *
 * @example
 * item(expm1(1e-20)) // => 1e-20
 */
export const expm1: Unary = unary({
  name: "expm1",
  notation: call("expm1"),
  scalar: (k, x) => k.expm1(x),
  derivative: (x) => exp(x),
  known: {
    share: shareOfTotal,
    log1p: ([x]) => x,
    logNegative: ([x]) => x && log1mexp(x),
  },
});

/**
 * log(1 - exp(x)) for x <= 0, with all digits near 0 and far below.
 *
 * Shape: kept. Range: (-∞, 0]. Derivative: -1/expm1(-x). Edge: -Infinity at 0; NaN above.
 * Source: Mächler 2012, Accurately Computing log(1 - exp(-|a|)).
 *
 * @example
 * item(log1mexp(-1e-20)) // => -46.051701859880914
 */
export const log1mexp: Unary = unary({
  name: "log1mexp",
  notation: call("log1mexp"),
  scalar: (k, x) => k.select(k.less(x, k.lit(-Math.LN2)), k.log1p(k.neg(k.exp(x))), k.log(k.neg(k.expm1(x)))),
  derivative: (x) => div(exp(x), expm1(x)),
});
