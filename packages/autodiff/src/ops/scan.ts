import { checkOptions } from "./options.ts";
import { type ScanAttrs } from "../kernel/scan.ts";
import { checkFlag, resolveAxis } from "../shape.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";

const cumsumOp: Op<ScanAttrs> = {
  name: "cumsum",
  kind: "scan",
  notation: callWith("cumsum", "\\operatorname{cumsum}", ({ axis, reverse }) => `axis ${axis}${reverse ? ", from the end" : ""}`),
  combine: (k, total, x) => k.add(total, x),
  calculus: { rule: "multilinear", adjoint: (_operand, g, _x, { axis, reverse }) => apply(cumsumOp, [g], { axis, reverse: !reverse }) },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * Running sums along one axis; from the end when `reverse`.
 *
 * Shape: kept. Derivative: running sums of the adjoint from the other end. Throws ValueError for an unknown axis.
 *
 * @example
 * nested(cumsum([1, 2, 3], { axis: 0 })) // => [1, 3, 6]
 */
export const cumsum: Defined<(x: Like, attrs: { readonly axis: number; readonly reverse?: boolean }) => Tensor> = defined(
  cumsumOp,
  (x: Like, attrs: { readonly axis: number; readonly reverse?: boolean }): Tensor => {
    const { axis, reverse = false } = checkOptions("cumsum", attrs, ["axis", "reverse"]);
    const t = like(x, "cumsum");
    return apply(cumsumOp, [t], { axis: resolveAxis(`cumsum(${showOperand(t)})`, axis, t.shape), reverse: checkFlag("cumsum", "reverse", reverse) });
  },
  2,
);
