import { type Dense } from "../kernel/dense.ts";
import { eachGroup } from "../kernel/groups.ts";
import { type Shape, size } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { callWith } from "./notation.ts";

interface AlongAttrs {
  readonly axes: readonly number[];
  readonly [key: string]: unknown;
}

/**
 * The sum of all OTHER entries of a group, by running sums from both ends: total - x would cancel where one entry dominates. The matrix
 * 1 1ᵀ - I is symmetric, so the op is its own adjoint.
 */
const othersOp: Op<AlongAttrs> = {
  name: "sumOfOthers",
  kind: "composite",
  notation: callWith("sum of others", "\\operatorname{sum\\ of\\ others}", ({ axes }) => `axes ${axes.join(" ")}`),
  work: ([shape]) => 3 * size(shape as Shape),
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      let before = 0;
      for (const at of positions) {
        out[at] = before;
        before += data[at] as number;
      }
      let after = 0;
      for (let i = positions.length - 1; i >= 0; i--) {
        const at = positions[i] as number;
        out[at] = (out[at] as number) + after;
        after += data[at] as number;
      }
    });
    return out;
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, _x, { axes }) => sumOfOthers(g, axes) },
  shape: ([x]) => (x as Tensor).shape,
};

/** For each entry the sum of the others of its group along canonical axes. */
export function sumOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  return apply(othersOp, [x], { axes });
}
