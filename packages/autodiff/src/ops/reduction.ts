import { size } from "../shape.ts";
import { type ReduceAttrs } from "../kernel/reduce.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, defined, reduction, showAxes, sumOver } from "./broadcast.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { reducedShape } from "../kernel/reduce.ts";

const meanOp: Op<ReduceAttrs> = {
  name: "mean",
  kind: "composite",
  notation: callWith("mean", "\\operatorname{mean}", showAxes),
  calculus: {
    rule: "expansion",
    expand: ([x], { axes, keepDims }) => {
      const { shape } = x as Tensor;
      return div(sumOver(x as Tensor, axes, keepDims), size(axes.map((axis) => shape[axis] as number)));
    },
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
};

/** The mean over canonical axes. */
export function meanOver(x: Tensor, attrs: ReduceAttrs): Tensor {
  return apply(meanOp, [x], attrs);
}

/**
 * The arithmetic mean over the named axes, all when absent; NaN over no entries.
 *
 * Derivative: the adjoint divided by the number of entries, repeated. Throws ValueError for an unknown axis.
 *
 * @example
 * item(mean([1, 2, 6])) // => 3
 */
export const mean: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  meanOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "mean");
    return apply(meanOp, [t], reduction("mean", t, attrs));
  },
  2,
);
