import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { type Scalar } from "../scalar.ts";
import { ShapeError } from "../shape.ts";
import { type Masked, type Op, type Partial, type Tensor, apply, showCall } from "../tensor.ts";
import { div, times } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, broadcast, defined, reduction, reshapeTo, showAxes, sumOver } from "./broadcast.ts";
import { equal, isNaN, logicalOr } from "./comparison.ts";
import { type Binary, binary } from "./define.ts";
import { type Like, like } from "./like.ts";
import { call, callWith } from "./notation.ts";
import { where } from "./selection.ts";

const extremum = (name: "maximum" | "minimum", pick: <S>(k: Scalar<S>, a: S, b: S) => S): Binary => {
  // A pair with a NaN in it passes the adjoint to both, so that the NaN is seen.
  const counts = (own: Tensor, other: Tensor, y: Tensor): Partial => ({ mask: logicalOr(equal(own, y), isNaN(y)), partial: where(equal(own, other), 0.5, 1) });
  return binary({
    name,
    notation: call(name === "maximum" ? "max" : "min", name === "maximum" ? "\\max" : "\\min"),
    scalar: pick,
    partials: [(a, b, y) => counts(a, b, y), (a, b, y) => counts(b, a, y)],
  });
};

/**
 * The larger of a and b entry by entry, after broadcasting; NaN if either is NaN.
 *
 * Derivatives: 1 for the larger, 0 for the other, a half each on a tie. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(maximum([1, 5], 3)) // => [3, 5]
 */
export const maximum: Binary = extremum("maximum", (k, a, b) => k.max(a, b));

/**
 * The smaller of a and b entry by entry, after broadcasting; NaN if either is NaN.
 *
 * Derivatives: 1 for the smaller, 0 for the other, a half each on a tie. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(minimum([1, 5], 3)) // => [1, 3]
 */
export const minimum: Binary = extremum("minimum", (k, a, b) => k.min(a, b));

/** A reduction that selects: its derivative is shared evenly among the entries that tie. */
function selecting(name: "max" | "min", combine: <S>(k: Scalar<S>, total: S, x: S) => S): Op {
  const spread = (r: Tensor, x: Tensor, axes: readonly number[]): Tensor => broadcast(reshapeTo(r, reducedShape(x.shape, { axes, keepDims: true })), x.shape);
  // Every entry beside a NaN counts, with weight 0/0: the derivative there is NaN, as PyTorch and JAX have it.
  const winners = (x: Tensor, y: Tensor, axes: readonly number[]): Masked & { readonly partial: Tensor } => {
    const best = spread(y, x, axes);
    const tied = equal(x, best);
    return { mask: logicalOr(tied, isNaN(best)), partial: div(tied, spread(sumOver(tied, axes, false), x, axes)) };
  };
  const op: Op<ReduceAttrs> = {
    name,
    kind: "reduce",
    notation: callWith(name, `\\${name}`, showAxes),
    combine,
    calculus: {
      rule: "general",
      vjp: (_operand, g, y, [x], { axes }) => times(winners(x as Tensor, y, axes), spread(g, x as Tensor, axes)),
      jvp: ([dx], y, [x], { axes }) => reshapeTo(sumOver(times(winners(x as Tensor, y, axes), dx as Tensor), axes, false), y.shape),
    },
    shape: ([x], attrs) => {
      const { shape } = x as Tensor;
      if (attrs.axes.some((axis) => shape[axis] === 0))
        throw new ShapeError(
          `${showCall(name, [x as Tensor])}: there is no ${name} over no entries; axis ${attrs.axes.find((axis) => shape[axis] === 0)} is empty`,
        );
      return reducedShape(shape, attrs);
    },
  };
  return op;
}

const maxOp = selecting("max", (k, total, x) => k.max(total, x));
const minOp = selecting("min", (k, total, x) => k.min(total, x));

/**
 * The largest entry over the named axes, all when absent; NaN if one is NaN.
 *
 * Derivative: 1 for the largest, shared evenly among ties. Throws ShapeError over no entries, ValueError for an unknown axis.
 *
 * @example
 * nested(max([[1, 4], [3, 2]], { axis: 1 })) // => [4, 3]
 */
export const max: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  maxOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "max");
    return apply(maxOp, [t], reduction("max", t, attrs));
  },
  2,
);

/**
 * The smallest entry over the named axes, all when absent; NaN if one is NaN.
 *
 * Derivative: 1 for the smallest, shared evenly among ties. Throws ShapeError over no entries, ValueError for an unknown axis.
 *
 * @example
 * nested(min([[1, 4], [3, 2]], { axis: 1 })) // => [1, 2]
 */
export const min: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  minOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "min");
    return apply(minOp, [t], reduction("min", t, attrs));
  },
  2,
);
