import { mul, neg, square } from "./arithmetic.ts";
import { type Unary, unary } from "./define.ts";
import { sigmoid } from "./logistic.ts";
import { call } from "./notation.ts";

/**
 * tanh(x).
 *
 * Shape: kept. Range: (-1, 1). Derivative: sech²(x), which keeps its digits in the tails where 1 - tanh² has none.
 * `1 - tanh(x)^2` is computed as sech²(x), and `1 - tanh(x)` as 2 σ(-2x). Source: DLMF 4.28, 4.34.
 *
 * @example
 * item(tanh(0.5)) // => 0.46211715726000973
 */
export const tanh: Unary = unary({
  name: "tanh",
  notation: call("tanh", "\\tanh"),
  scalar: (k, x) => k.tanh(x),
  derivative: (x) => square(sech(x)),
  known: {
    squareComplement: ([x]) => x && square(sech(x)),
    complement: ([x]) => x && mul(2, sigmoid(mul(-2, x))),
    successor: ([x]) => x && mul(2, sigmoid(mul(2, x))),
  },
});

/**
 * sech(x) = 1 / cosh(x) = 2e / (1 + e²) with e = exp(-|x|), so nothing overflows.
 *
 * Shape: kept. Range: (0, 1]. Derivative: -sech(x) tanh(x). Source: DLMF 4.28, 4.34.
 *
 * @example
 * item(sech(0)) // => 1
 */
export const sech: Unary = unary({
  name: "sech",
  notation: call("sech", "\\operatorname{sech}"),
  scalar: (k, x) => {
    const e = k.exp(k.neg(k.abs(x)));
    return k.div(k.mul(k.lit(2), e), k.add(k.lit(1), k.mul(e, e)));
  },
  derivative: (x, y) => neg(mul(y, tanh(x))),
});
