import { checkOptions } from "./options.ts";
import { type ReduceAttrs } from "../kernel/reduce.ts";
import { ValueError, describe, resolveAxes, size } from "../shape.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { type Defined, broadcast, defined } from "./broadcast.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { smoothedNormOver } from "./norm.ts";
import { deviationOver } from "./statistics.ts";

interface LayerNormAttrs {
  readonly axes: ReduceAttrs["axes"];
  readonly epsilon: number;
  readonly [key: string]: unknown;
}

const layerNormOp: Op<LayerNormAttrs> = {
  name: "layerNorm",
  kind: "composite",
  notation: callWith("layerNorm", "\\operatorname{layerNorm}", ({ axes }) => `${axes.length === 1 ? "axis" : "axes"} ${axes.join(" ")}`),
  // The deviations subtract before they round, so a common offset costs no digits, here and in the derivative; their root mean square, with
  // the root of epsilon, is a norm, so no square overflows.
  calculus: {
    rule: "expansion",
    expand: ([x], { axes, epsilon }) => {
      const t = x as Tensor;
      const deviations = deviationOver(t, axes);
      const scale = smoothedNormOver(deviations, axes, Math.sqrt(epsilon * size(axes.map((axis) => t.shape[axis] as number))));
      return mul(Math.sqrt(size(axes.map((axis) => t.shape[axis] as number))), div(deviations, broadcast(scale, t.shape)));
    },
  },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * (x - mean) / sqrt(variance + epsilon) over the named axes, the last when absent; epsilon is 1e-5 when absent. A scale and a shift are
 * written as `add(mul(layerNorm(x), scale), shift)`. A large common offset costs no digits.
 *
 * Shape: kept. Derivative: that of its expansion, in which the sum over the axes is 0. Edges: 0 for equal entries when epsilon is above 0,
 * NaN when it is 0. Throws ValueError for an unknown axis or an epsilon that is not a
 * finite number, 0 or more.
 * Source: Ba, Kiros, Hinton 2016, Layer Normalization.
 *
 * @example
 * nested(layerNorm([1, 3], { epsilon: 0 })) // => [-1, 1]
 */
export const layerNorm: Defined<(x: Like, attrs?: { readonly axis?: number | readonly number[] | null; readonly epsilon?: number }) => Tensor> = defined(
  layerNormOp,
  (x: Like, attrs: { readonly axis?: number | readonly number[] | null; readonly epsilon?: number } = {}): Tensor => {
    const { axis = -1, epsilon = 1e-5 } = checkOptions("layerNorm", attrs, ["axis", "epsilon"]);
    const t = like(x, "layerNorm");
    if (!Number.isFinite(epsilon) || epsilon < 0) throw new ValueError(`layerNorm: epsilon must be a finite number, 0 or more, got ${describe(epsilon)}`);
    return apply(layerNormOp, [t], { axes: resolveAxes(`layerNorm(${showOperand(t)})`, axis, t.shape), epsilon });
  },
  2,
);
