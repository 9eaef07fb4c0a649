import { checkOptions } from "./options.ts";
import { type Dense } from "../kernel/dense.ts";
import { ShapeError, ValueError, resolveAxis, showShape, size, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply, showCall } from "../tensor.ts";
import { type Defined, broadcast, defined, reshapeTo } from "./broadcast.ts";
import { equal } from "./comparison.ts";
import { arange, zeros } from "./creation.ts";
import { type Indices, checkFits, checkIndices, gather, indicesOf } from "./indexing.ts";
import { type Like, like } from "./like.ts";
import { floatMask, mask } from "./mask.ts";
import { callWith } from "./notation.ts";

interface ScatterAttrs {
  readonly axis: number;
  readonly [key: string]: unknown;
}

/** Operands: the whole, the indices, the updates. Linear in the first and the last. */
const scatterOp: Op<ScatterAttrs> = {
  name: "scatter",
  kind: "composite",
  notation: callWith("scatter", "\\operatorname{scatter}", ({ axis }) => `axis ${axis}`),
  work: () => 0,
  compute: ([whole, indices, updates], to, { axis }) => {
    const out = (whole as Dense).data.slice();
    const strides = stridesOf(to);
    const extent = to[axis] as number;
    const { data, shape } = indices as Dense;
    const steps = stridesOf(shape);
    data.forEach((index, at) => {
      if (!Number.isInteger(index) || index < -extent || index >= extent)
        throw new ValueError(
          `scatter: index ${index} (entry ${at}) is outside an axis of ${extent} entries; the indices are 0 to ${extent - 1}, or -${extent} to -1`,
        );
      let place = (index < 0 ? index + extent : index) * (strides[axis] as number);
      shape.forEach((length, each) => {
        if (each !== axis) place += (Math.floor(at / (steps[each] as number)) % length) * (strides[each] as number);
      });
      out[place] = (updates as Dense).data[at] as number;
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, g, _y, [whole, given], attrs) => {
      const indices = given as Tensor;
      if (operand === 1) return 0;
      if (operand === 0) return floatMask(g, (t) => apply(scatterOp, [t, indices, zeros(indices.shape)], attrs));
      return mask(lasting((whole as Tensor).shape, indices, attrs), gather(g, { indices, axis: attrs.axis }));
    },
    jvp: ([dx = 0, , du = 0], y, [, indices], attrs) =>
      apply(scatterOp, [dx === 0 ? zeros(y.shape) : dx, indices as Tensor, du === 0 ? zeros((indices as Tensor).shape) : du], attrs),
  },
  shape: ([whole]) => (whole as Tensor).shape,
};

/** 1 for each update that is not overwritten by a later one. */
function lasting(whole: readonly number[], indices: Tensor, attrs: ScatterAttrs): Tensor {
  const order = reshapeTo(arange(size(indices.shape)), indices.shape);
  const placed = apply(scatterOp, [zeros(whole), indices, order], attrs);
  return equal(gather(placed, { indices, axis: attrs.axis }), order);
}

/** Where to write, and what. */
export interface Update {
  readonly indices: Indices;
  readonly axis: number;
  /** Broadcast to the shape of the indices. */
  readonly updates: Like;
}

/**
 * x with entries replaced: out[indices[i][j]][j] = updates[i][j] for axis 0, and so on for other axes and ranks, the writing counterpart
 * of gather. Of several updates to one place the last stays. Negative indices count from the end.
 *
 * Shape: that of x. Derivatives: of x where nothing was written, of each update that stays; a zero that is meant elsewhere. The indices are
 * not differentiated. Throws ShapeError when the ranks differ, another axis of the indices is longer than that of x, or the updates do not
 * broadcast to the indices; ValueError for an unknown axis or an index that is not a whole number in range.
 *
 * @example
 * nested(scatter([1, 2, 3], { indices: [0, -1], axis: 0, updates: [10, 30] })) // => [10, 2, 30]
 */
export const scatter: Defined<(x: Like, attrs: Update) => Tensor> = defined(
  scatterOp,
  (x: Like, attrs: Update): Tensor => {
    const { indices, axis, updates } = checkOptions("scatter", attrs, ["indices", "axis", "updates"]);
    const whole = like(x, "scatter");
    const caller = showCall("scatter", [whole]);
    const given = indicesOf(caller, indices);
    const written = like(updates, `${caller}, the updates`);
    const at = resolveAxis(caller, axis, whole.shape);
    checkFits(caller, given, whole.shape, at);
    const lead = given.shape.length - written.shape.length;
    if (lead < 0 || !written.shape.every((extent, each) => extent === 1 || extent === given.shape[each + lead]))
      throw new ShapeError(`${caller}: updates of shape ${showShape(written.shape)} do not broadcast to the indices of shape ${showShape(given.shape)}`);
    return apply(scatterOp, [whole, checkIndices(caller, given, whole.shape[at] as number), broadcast(written, given.shape)], { axis: at });
  },
  2,
);
