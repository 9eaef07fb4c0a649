import { checkOptions } from "./options.ts";
import { ValueError, describe } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { type Unary, unary, unaryOp } from "./define.ts";
import { type Like, like } from "./like.ts";
import { call } from "./notation.ts";

interface OrderAttrs {
  readonly order: number;
  readonly [key: string]: unknown;
}

const polygammaOp: Op = unaryOp<OrderAttrs>({
  name: "polygamma",
  notation: {
    ...call("polygamma"),
    text: ([x], { order }) => `ψ^(${String(order)})(${x})`,
    latex: ([x], { order }) => `\\psi^{(${String(order)})}\\left(${x}\\right)`,
  },
  scalar: (k, x, { order }) => k.polygamma(order, x),
  derivative: (x, _y, { order }) => apply(polygammaOp, [x], { order: order + 1 }),
});

/**
 * lgamma(x) = log |Γ(x)|; its zeros at 1 and 2 keep their digits.
 *
 * Shape: kept. Derivative: digamma(x). Edges: Infinity at 0, -1, -2, ... and at ±Infinity. Source: DLMF 5.5, 5.7, 5.11.
 *
 * @example
 * item(lgamma(5)) // => 3.178053830347946
 */
export const lgamma: Unary = unary({
  name: "lgamma",
  advice: "the operand is 0 or a negative whole number, where the gamma function has a pole, or the result overflows; keep it positive",
  notation: call("lgamma", "\\log\\Gamma"),
  scalar: (k, x) => k.lgamma(x),
  derivative: (x) => digamma(x),
});

/**
 * digamma(x) = ψ(x), the derivative of log Γ(x); its zero at 1.46 keeps its digits.
 *
 * Shape: kept. Derivative: trigamma(x). Edges: ∓Infinity at ±0, NaN at -1, -2, ... Source: DLMF 5.5, 5.7, 5.11.
 *
 * @example
 * item(digamma(1)) // => -0.577215664902
 */
export const digamma: Unary = unary({
  name: "digamma",
  advice: "the operand is 0 or a negative whole number, where the function has a pole; keep it positive",
  notation: call("ψ", "\\psi"),
  scalar: (k, x) => k.polygamma(0, x),
  derivative: (x) => trigamma(x),
});

/**
 * trigamma(x) = ψ′(x) = Σ 1/(x + k)².
 *
 * Shape: kept. Range: (0, ∞). Derivative: polygamma(x, { order: 2 }). Edges: Infinity at 0, -1, -2, ... Source: DLMF 5.15.
 *
 * @example
 * item(trigamma(1)) // => 1.6449340668482264
 */
export const trigamma: Unary = unary({
  name: "trigamma",
  advice: "the operand is 0 or a negative whole number, where the function has a pole; keep it positive",
  notation: call("ψ′", "\\psi'"),
  scalar: (k, x) => k.polygamma(1, x),
  derivative: (x) => polygamma(x, { order: 2 }),
});

/**
 * The derivative of the given order of digamma: digamma for order 0, trigamma for order 1.
 *
 * Shape: kept. Derivative: one order more. Edges at 0, -1, -2, ...: Infinity for odd orders; NaN for even ones, ∓Infinity at ±0. Throws
 * ValueError when the order is not a whole number from 0 to 170. Source: DLMF 5.15.
 *
 * @example
 * item(polygamma(1, { order: 2 })) // => -2.4041138063191885
 */
export const polygamma: Defined<(x: Like, attrs: { readonly order: number }) => Tensor> = defined(
  polygammaOp,
  (x: Like, attrs: { readonly order: number }): Tensor => {
    const { order } = checkOptions("polygamma", attrs, ["order"]);
    if (!Number.isInteger(order) || order < 0) throw new ValueError(`polygamma: the order must be a whole number, 0 or more, got ${describe(order)}`);
    if (order > 170) throw new ValueError(`polygamma: the order ${order} is above 170, where its factorial is no longer a number`);
    return apply(polygammaOp, [like(x, "polygamma")], { order });
  },
  2,
);
