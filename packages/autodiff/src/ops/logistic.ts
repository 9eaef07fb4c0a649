import { type Scalar } from "../scalar.ts";
import { add, mul, neg, sub } from "./arithmetic.ts";
import { type Unary, unary } from "./define.ts";
import { call, precedence } from "./notation.ts";
import { isSame } from "./recognise.ts";

/**
 * sigmoid(x) = 1 / (1 + exp(-x)), the logistic function σ.
 *
 * Shape: kept. Range: (0, 1). Derivative: σ′(x) = sech²(x/2)/4, exact in both tails where σ(1 - σ) is 0 or has no digits.
 * Exact forms: `1 - σ(x)` is σ(-x), `log σ(x)` is logSigmoid(x). Source: DLMF 4.2; Goodfellow, Bengio, Courville 2016, eq. 3.30.
 *
 * @example
 * item(sigmoid(0)) // => 0.5
 */
export const sigmoid: Unary = unary({
  name: "sigmoid",
  notation: call("σ", "\\sigma"),
  scalar: (k, x) => {
    const e = decay(k, x);
    return k.div(k.select(k.less(x, k.lit(0)), e, k.lit(1)), k.add(k.lit(1), e));
  },
  derivative: (x) => sigmoidPrime(x),
  exponential: true,
  known: {
    complement: ([x]) => x && sigmoid(neg(x)),
    log: ([x]) => x && logSigmoid(x),
  },
});

/**
 * σ′(x), the derivative of the sigmoid: e / (1 + e)² with e = exp(-|x|).
 *
 * Shape: kept. Range: (0, 1/4]. Derivative: -σ′(x) tanh(x/2), so that each order keeps its digits.
 *
 * @example
 * item(sigmoidPrime(0)) // => 0.25
 */
export const sigmoidPrime: Unary = unary({
  name: "sigmoidPrime",
  notation: call("σ′", "\\sigma'"),
  scalar: (k, x) => {
    const e = decay(k, x);
    const below = k.add(k.lit(1), e);
    return k.div(k.div(e, below), below);
  },
  derivative: (x, y) => neg(mul(y, halfTanh(x))),
});

/** tanh(x/2) = 2σ(x) - 1, without that difference. */
const halfTanh: Unary = unary({
  name: "halfTanh",
  notation: { ...call("tanh"), text: ([x]) => `tanh(${x} / 2)`, latex: ([x]) => `\\tanh\\left(${x} / 2\\right)`, operands: [precedence.product] },
  scalar: (k, x) => k.tanh(k.mul(k.lit(0.5), x)),
  derivative: (x) => mul(2, sigmoidPrime(x)),
});

/**
 * softplus(x) = log(1 + exp(x)), computed as max(x, 0) + log1p(exp(-|x|)): it neither overflows nor cuts off.
 *
 * Shape: kept. Range: (0, ∞). Derivative: σ(x). Source: Goodfellow, Bengio, Courville 2016, eq. 3.31.
 *
 * @example
 * item(softplus(0)) // => 0.6931471805599453
 */
export const softplus: Unary = unary({
  name: "softplus",
  notation: call("softplus"),
  scalar: (k, x) => k.add(k.max(x, k.lit(0)), k.log1p(decay(k, x))),
  derivative: (x) => sigmoid(x),
  known: { below: ([x], _attrs, above, rewrap) => (x && isSame(rewrap(x), above) ? logSigmoid(above) : undefined) },
});

/**
 * logSigmoid(x) = log σ(x) = -softplus(-x).
 *
 * Shape: kept. Range: (-∞, 0). Derivative: σ(-x).
 *
 * @example
 * item(logSigmoid(-800)) // => -800
 */
export const logSigmoid: Unary = unary({
  name: "logSigmoid",
  notation: call("log σ", "\\log\\sigma"),
  scalar: (k, x) => k.sub(k.min(x, k.lit(0)), k.log1p(decay(k, x))),
  derivative: (x) => sigmoid(neg(x)),
  known: {
    exp: ([x]) => x && sigmoid(x),
    argument: ([x]) => x && sigmoid(x),
  },
});

/**
 * silu(x) = x σ(x).
 *
 * Shape: kept. Derivative: σ(x) + x σ′(x), and of that σ′(x) (2 - x tanh(x/2)). Source: Hendrycks, Gimpel 2016; Ramachandran, Zoph, Le 2017.
 *
 * @example
 * item(silu(0)) // => 0
 */
export const silu: Unary = unary({
  name: "silu",
  notation: call("silu"),
  scalar: (k, x) => {
    const e = decay(k, x);
    return k.mul(x, k.div(k.select(k.less(x, k.lit(0)), e, k.lit(1)), k.add(k.lit(1), e)));
  },
  derivative: (x) => siluPrime(x),
});

const siluPrime: Unary = unary({
  name: "siluPrime",
  notation: call("silu′", "\\operatorname{silu}'"),
  scalar: (k, x) => {
    const e = decay(k, x);
    const below = k.add(k.lit(1), e);
    return k.add(k.div(k.select(k.less(x, k.lit(0)), e, k.lit(1)), below), k.mul(x, k.div(k.div(e, below), below)));
  },
  derivative: (x) => add(sigmoidPrime(x), mul(sigmoidPrime(x), sub(1, mul(x, halfTanh(x))))),
});

/** exp(-|x|), in (0, 1]. */
function decay<S>(k: Scalar<S>, x: S): S {
  return k.exp(k.neg(k.abs(x)));
}
