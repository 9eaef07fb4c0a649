import { checkOptions } from "./options.ts";
import { ValueError, describe } from "../shape.ts";
import { type Tensor, apply } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Defined, defined } from "./broadcast.ts";
import { greater, lessEqual, logicalNot } from "./comparison.ts";
import { type Unary, unary, unaryOp } from "./define.ts";
import { exp } from "./exponential.ts";
import { type Like, like } from "./like.ts";
import { call, callWith } from "./notation.ts";
import { where } from "./selection.ts";

/**
 * relu(x) = max(x, 0).
 *
 * Shape: kept. Range: [0, ∞). Derivative: 1 above 0, 0 below and at the kink at 0. NaN passes through, with derivative 1.
 * Source: Goodfellow, Bengio, Courville 2016, section 6.3.1.
 *
 * @example
 * nested(relu([-1, 2])) // => [0, 2]
 */
export const relu: Unary = unary({
  name: "relu",
  notation: call("relu"),
  scalar: (k, x) => k.max(x, k.lit(0)),
  derivative: (x) => ({ mask: logicalNot(lessEqual(x, 0)), partial: 1 }),
});

type SlopeAttrs = { readonly negativeSlope: number; readonly [key: string]: unknown };

const leakyReluOp = unaryOp<SlopeAttrs>({
  name: "leakyRelu",
  notation: callWith<SlopeAttrs>("leakyRelu", "\\operatorname{leakyRelu}", ({ negativeSlope }) => `slope ${negativeSlope}`),
  scalar: (k, x, { negativeSlope }) => k.select(k.less(k.lit(0), x), x, k.mul(k.lit(negativeSlope), x)),
  derivative: (x, _y, { negativeSlope }) => where(greater(x, 0), 1, negativeSlope),
});

/**
 * leakyRelu(x) = x above 0, negativeSlope x elsewhere; the slope is 0.01 when absent.
 *
 * Shape: kept. Derivative: 1 above 0, the slope below and at the kink at 0. Throws ValueError for a slope that is not a finite number.
 * Source: Maas, Hannun, Ng 2013.
 *
 * @example
 * nested(leakyRelu([-1, 2], { negativeSlope: 0.5 })) // => [-0.5, 2]
 */
export const leakyRelu: Defined<(x: Like, attrs?: { readonly negativeSlope?: number }) => Tensor> = defined(
  leakyReluOp,
  (x: Like, attrs: { readonly negativeSlope?: number } = {}): Tensor => {
    const { negativeSlope = 0.01 } = checkOptions("leakyRelu", attrs, ["negativeSlope"]);
    if (!Number.isFinite(negativeSlope)) throw new ValueError(`leakyRelu: negativeSlope must be a finite number, got ${describe(negativeSlope)}`);
    return apply(leakyReluOp, [like(x, "leakyRelu")], { negativeSlope });
  },
  2,
);

type AlphaAttrs = { readonly alpha: number; readonly [key: string]: unknown };

const eluOp = unaryOp<AlphaAttrs>({
  name: "elu",
  notation: callWith<AlphaAttrs>("elu", "\\operatorname{elu}", ({ alpha }) => (alpha === 1 ? "" : `α ${alpha}`)),
  scalar: (k, x, { alpha }) => k.select(k.less(k.lit(0), x), x, k.mul(k.lit(alpha), k.expm1(x))),
  derivative: (x, _y, { alpha }) => where(greater(x, 0), 1, mul(alpha, exp(x))),
});

/**
 * elu(x) = x above 0, alpha (exp(x) - 1) elsewhere; alpha is 1 when absent.
 *
 * Shape: kept. Range: (-alpha, ∞). Derivative: 1 above 0, alpha exp(x) below and at 0. Throws ValueError for an alpha that is not a finite
 * number. Source: Clevert, Unterthiner, Hochreiter 2015.
 *
 * @example
 * nested(elu([0, 2])) // => [0, 2]
 */
export const elu: Defined<(x: Like, attrs?: { readonly alpha?: number }) => Tensor> = defined(
  eluOp,
  (x: Like, attrs: { readonly alpha?: number } = {}): Tensor => {
    const { alpha = 1 } = checkOptions("elu", attrs, ["alpha"]);
    if (!Number.isFinite(alpha)) throw new ValueError(`elu: alpha must be a finite number, got ${describe(alpha)}`);
    return apply(eluOp, [like(x, "elu")], { alpha });
  },
  2,
);
