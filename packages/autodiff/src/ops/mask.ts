import { type Op, type Tensor, apply } from "../tensor.ts";
import { precedence } from "./notation.ts";

/**
 * mask(c, x): x where c is not 0, and a zero that is meant elsewhere: it drops an Infinity or a NaN that the dead lane of x holds.
 * Sweeps build it from the masks of where, relu, max and the like; it floats outward through products and views.
 */
export const maskOp: Op = {
  name: "mask",
  kind: "elementwise",
  arity: 2,
  notation: {
    text: ([c, x]) => `[${c}]·${x}`,
    latex: ([c, x]) => `\\left[${c}\\right] ${x}`,
    precedence: precedence.product,
    operands: [precedence.comparison, precedence.product],
  },
  scalar: (k, condition, x) => k.select(condition, x, k.lit(0)),
  calculus: { rule: "partials", partial: (operand, _y, [condition]) => (operand === 0 ? 0 : { mask: condition as Tensor, partial: 1 }) },
  shape: ([condition]) => (condition as Tensor).shape,
  recalled: "masks",
};

/** x where the condition is not 0, a meant zero elsewhere; both of one shape. A mask of a mask is one, so that none hides the other. */
export function mask(condition: Tensor, x: Tensor): Tensor {
  const inner = maskOf(x);
  if (inner === undefined) return apply(maskOp, [condition, x]);
  return inner.condition === condition ? x : apply(maskOp, [apply(maskOp, [condition, inner.condition]), inner.value]);
}

/** The condition and the value under a mask, if `t` is one. */
export function maskOf(t: Tensor): { readonly condition: Tensor; readonly value: Tensor } | undefined {
  const made = t.op === maskOp ? t : t.recall?.op === maskOp && t.recall.depth > 0 && t.recall.wrappers === undefined ? t.recall : undefined;
  if (made === undefined) return undefined;
  const [condition, value] = made.inputs as readonly [Tensor, Tensor];
  return { condition, value };
}

/** Applies a linear map that only moves entries, with the mask kept outermost. */
export function floatMask(g: Tensor, move: (t: Tensor) => Tensor): Tensor {
  const masked = maskOf(g);
  return masked === undefined ? move(g) : mask(move(masked.condition), move(masked.value));
}
