import { checkOptions } from "./options.ts";
import { type Dense } from "../kernel/dense.ts";
import { eachGroup } from "../kernel/groups.ts";
import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { type Shape, ValueError, describe, size } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { div, mul, square, sub } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, broadcast, defined, reduction, reshapeTo, showAxes, sumOver } from "./broadcast.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { meanOver } from "./reduction.ts";

interface AlongAttrs {
  readonly axes: readonly number[];
  readonly [key: string]: unknown;
}

/** x - mean(x), with the digits that a large common offset would cost. The projection is symmetric, so the op is its own adjoint. */
const deviationOp: Op<AlongAttrs> = {
  name: "deviation",
  kind: "composite",
  notation: callWith("deviation", "\\operatorname{deviation}", ({ axes }) => `axes ${axes.join(" ")}`),
  work: ([shape]) => 3 * size(shape as Shape),
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      const start = data[positions[0] as number] as number;
      let total = 0;
      for (const at of positions) total += out[at] = (data[at] as number) - start;
      if (Number.isFinite(total)) for (const at of positions) out[at] = (out[at] as number) - total / positions.length;
      else withoutOffset(data, positions, out);
    });
    return out;
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, _x, attrs) => apply(deviationOp, [g], attrs) },
  shape: ([x]) => (x as Tensor).shape,
};

/** x - mean(x) where a difference overflows or is infinite: an infinite entry leaves the others at the opposite infinity. */
function withoutOffset(data: Dense["data"], positions: Int32Array, out: Float64Array): void {
  let total = 0;
  for (const at of positions) total += data[at] as number;
  for (const at of positions) out[at] = (data[at] as number) - total / positions.length;
}

/** x - mean(x) over canonical axes. */
export function deviationOver(x: Tensor, axes: readonly number[]): Tensor {
  return apply(deviationOp, [x], { axes });
}

interface VarianceAttrs extends ReduceAttrs {
  readonly correction: number;
}

const varianceOp: Op<VarianceAttrs> = {
  name: "variance",
  advice: "there are no more entries than the correction takes off, or a square overflows; reduce over more entries, or scale them",
  kind: "composite",
  notation: callWith("variance", "\\operatorname{Var}", showAxes),
  compute: ([input], to, { axes, correction }) => {
    const out = new Float64Array(size(to)).fill(Number.NaN);
    const deviations = deviationOp.kind === "composite" ? deviationOp.compute?.([input as Dense], (input as Dense).shape, { axes }) : undefined;
    eachGroup(input as Dense, axes, (positions, at) => {
      let total = 0;
      for (const each of positions) total += (deviations?.[each] ?? Number.NaN) ** 2;
      out[at] = total / Math.max(0, positions.length - correction);
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [x], { axes, correction }) => {
      const t = x as Tensor;
      const spread = broadcast(reshapeTo(g, reducedShape(t.shape, { axes, keepDims: true })), t.shape);
      return mul(spread, mul(2 / (countOf(t, axes) - correction), apply(deviationOp, [t], { axes })));
    },
    jvp: ([dx], y, [x], { axes, correction }) => {
      const t = x as Tensor;
      return reshapeTo(mul(2 / (countOf(t, axes) - correction), sumOver(mul(dx as Tensor, apply(deviationOp, [t], { axes })), axes, false)), y.shape);
    },
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
  expand: ([x], { axes, keepDims, correction }) => {
    const t = x as Tensor;
    return div(sumOver(square(sub(t, broadcast(meanOver(t, { axes, keepDims: true }), t.shape))), axes, keepDims), Math.max(0, countOf(t, axes) - correction));
  },
};

function countOf({ shape }: Tensor, axes: readonly number[]): number {
  return size(axes.map((axis) => shape[axis] as number));
}

/**
 * The variance over the named axes, all when absent: Σ (x - mean)² / (n - correction), correction 0 when absent (1 for the sample
 * variance). A large common offset costs no digits.
 *
 * Derivative: 2 (x - mean)/(n - correction). Edges: NaN over no entries and 0/0; Infinity where the correction exceeds n. Throws
 * ValueError for an unknown axis or a correction that is not a number.
 *
 * @example
 * item(variance([1, 2, 3, 4])) // => 1.25
 */
export const variance: Defined<(x: Like, attrs?: ReductionAttrs & { readonly correction?: number }) => Tensor> = defined(
  varianceOp,
  (x: Like, attrs: ReductionAttrs & { readonly correction?: number } = {}): Tensor => {
    const { correction = 0, ...rest } = checkOptions("variance", attrs, ["correction", "axis", "keepDims"]);
    if (!Number.isFinite(correction)) throw new ValueError(`variance: the correction must be a finite number, got ${describe(correction)}`);
    const t = like(x, "variance");
    return apply(varianceOp, [t], { ...reduction("variance", t, rest), correction });
  },
  2,
);
