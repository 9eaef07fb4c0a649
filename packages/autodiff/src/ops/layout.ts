import { checkOptions } from "./options.ts";
import { type Shape, ShapeError, ValueError, checkShape, describe, resolveAxes, resolveAxis, showShape, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { type Defined, defined, reshapeTo } from "./broadcast.ts";
import { type Like, like } from "./like.ts";
import { floatMask } from "./mask.ts";
import { callWith, precedence } from "./notation.ts";

type Axes = { readonly axes: readonly number[]; readonly [key: string]: unknown };

const transposeOp: Op<Axes> = {
  name: "transpose",
  kind: "view",
  notation: {
    text: ([x], { axes }) => (isMatrixTranspose(axes) ? `${x}ᵀ` : `transpose(${x}, axes ${axes.join(" ")})`),
    latex: ([x], { axes }) => (isMatrixTranspose(axes) ? `${x}^{\\mathsf T}` : `\\operatorname{transpose}\\left(${x}, ${axes.join("\\,")}\\right)`),
    precedence: precedence.power,
    operands: [precedence.postfix],
  },
  layout: (from, _to, { axes }) => {
    const strides = stridesOf(from);
    return { offset: 0, strides: axes.map((axis) => strides[axis] as number) };
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, _x, { axes }) => floatMask(g, (t) => permute(t, inverse(axes))) },
  shape: ([x], { axes }) => axes.map((axis) => (x as Tensor).shape[axis] as number),
  wrapper: "view",
};

/** Two axes in their own order are no node: the tensor itself is given back. */
function isMatrixTranspose(axes: readonly number[]): boolean {
  return axes.length === 2;
}

function inverse(axes: readonly number[]): number[] {
  const back = new Array<number>(axes.length);
  axes.forEach((axis, position) => (back[axis] = position));
  return back;
}

/** Reorders axes given canonically; no node when the order stays. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  return axes.every((axis, position) => axis === position) ? x : apply(transposeOp, [x], { axes });
}

/**
 * Reorders the axes; reverses them when `axes` is absent or null.
 *
 * Derivative: the inverse permutation. Throws ValueError when `axes` does not name each axis once.
 *
 * @example
 * nested(transpose([[1, 2], [3, 4]])) // => [[1, 3], [2, 4]]
 */
export const transpose: Defined<(x: Like, attrs?: { readonly axes?: readonly number[] | null }) => Tensor> = defined(
  transposeOp,
  (x: Like, attrs: { readonly axes?: readonly number[] | null } = {}): Tensor => {
    const { axes } = checkOptions("transpose", attrs, ["axes"]);
    const t = like(x, "transpose");
    const rank = t.shape.length;
    if (axes !== undefined && axes !== null && !Array.isArray(axes))
      throw new ValueError(`transpose(${showOperand(t)}): axes must be a list that names each of the ${rank} axes once, got ${describe(axes)}`);
    const given = axes
      ? Array.from(axes as readonly number[], (axis) => resolveAxis(`transpose(${showOperand(t)})`, axis, t.shape))
      : t.shape.map((_, axis) => rank - 1 - axis);
    if (given.length !== rank || new Set(given).size !== rank)
      throw new ValueError(`transpose(${showOperand(t)}): axes ${showShape(given)} must name each of the ${rank} axes once`);
    return permute(t, given);
  },
  2,
);

/** The last two axes exchanged: the transposes of a batch of matrices. */
export function swapLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return permute(
    x,
    x.shape.map((_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis)),
  );
}

type SliceAttrs = { readonly start: readonly number[]; readonly step: readonly number[]; readonly extents: Shape; readonly [key: string]: unknown };

const sliceOp: Op<SliceAttrs> = {
  name: "slice",
  kind: "view",
  notation: callWith("slice", "\\operatorname{slice}", ({ start, extents, step }) =>
    start.map((from, axis) => `${from}:${from + (extents[axis] as number) * (step[axis] as number)}${step[axis] === 1 ? "" : `:${step[axis]}`}`).join(", "),
  ),
  layout: (from, _to, { start, step }) => {
    const strides = stridesOf(from);
    return {
      offset: start.reduce((sum, at, axis) => sum + at * (strides[axis] as number), 0),
      strides: strides.map((stride, axis) => stride * (step[axis] as number)),
    };
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, [x], attrs) => floatMask(g, (t) => unslice(t, (x as Tensor).shape, attrs)) },
  shape: (_x, { extents }) => extents,
  wrapper: "view",
};

/** Part of a tensor by canonical starts, steps and extents. */
export function section(x: Tensor, start: readonly number[], extents: Shape, step: readonly number[] = start.map(() => 1)): Tensor {
  return extents.every((extent, axis) => extent === x.shape[axis] && (step[axis] === 1 || extent <= 1)) ? x : apply(sliceOp, [x], { start, step, extents });
}

/** The adjoint of a slice: entries spread `step` apart, zeros between and around them. */
function unslice(g: Tensor, shape: Shape, { start, step }: SliceAttrs): Tensor {
  const spread = step.some((each) => each > 1) ? spaced(g, step) : g;
  const room = shape.map((extent, axis) => Math.min(extent - (start[axis] as number), spread.shape[axis] as number));
  const cut = section(
    spread,
    room.map(() => 0),
    room,
  );
  return padWith(
    cut,
    shape.map((extent, axis) => [start[axis] as number, extent - (start[axis] as number) - (room[axis] as number)] as const),
    0,
  );
}

/** [a, b] with step 3 as [a, 0, 0, b, 0, 0]: an axis of extent 1 after each, padded, then merged. */
function spaced(g: Tensor, step: readonly number[]): Tensor {
  const apart = reshapeTo(
    g,
    g.shape.flatMap((extent) => [extent, 1]),
  );
  const padded = padWith(
    apart,
    step.flatMap((each) => [[0, 0] as const, [0, each - 1] as const]),
    0,
  );
  return reshapeTo(
    padded,
    g.shape.map((extent, axis) => extent * (step[axis] as number)),
  );
}

/** One entry per axis; null or an absent list keeps the whole axis. */
export interface SliceRange {
  readonly start?: readonly (number | null)[] | null;
  readonly end?: readonly (number | null)[] | null;
  readonly step?: readonly (number | null)[] | null;
}

/**
 * A part of a tensor as Python slices name it: `start` inclusive, `end` exclusive, negative positions from the end, ends clipped, steps
 * of at least 1.
 *
 * Derivative: the adjoint in its place, zeros around it. Throws ValueError for a step below 1 or a list longer than the shape.
 *
 * @example
 * nested(slice([1, 2, 3, 4], { start: [1], end: [-1] })) // => [2, 3]
 */
export const slice: Defined<(x: Like, attrs: SliceRange) => Tensor> = defined(
  sliceOp,
  (x: Like, attrs: SliceRange): Tensor => {
    const { start, end, step } = checkOptions("slice", attrs, ["start", "end", "step"]);
    const t = like(x, "slice");
    const caller = `slice(${showOperand(t)})`;
    for (const [label, list] of Object.entries({ start, end, step })) {
      if (list === undefined || list === null) continue;
      if (!Array.isArray(list)) throw new ValueError(`${caller}: ${label} must be a list with one entry per axis, got ${describe(list)}`);
      if (list.length > t.shape.length)
        throw new ValueError(`${caller}: ${label} has ${list.length} entries for ${t.shape.length} axes; give at most one per axis`);
      for (const each of list as readonly (number | null)[])
        if (each !== null && !Number.isInteger(each)) throw new ValueError(`${caller}: ${label} must hold whole numbers or null, got ${describe(each)}`);
    }
    const steps = t.shape.map((_, axis) => step?.[axis] ?? 1);
    steps.forEach((each, axis) => {
      if (each < 1) throw new ValueError(`${caller}: step ${each} on axis ${axis}; steps are 1 or more, flip reverses an axis`);
    });
    const clip = (at: number, extent: number): number => Math.min(Math.max(at < 0 ? at + extent : at, 0), extent);
    const starts = t.shape.map((extent, axis) => clip(start?.[axis] ?? 0, extent));
    const ends = t.shape.map((extent, axis) => clip(end?.[axis] ?? extent, extent));
    const extents = starts.map((from, axis) => Math.max(0, Math.ceil(((ends[axis] as number) - from) / (steps[axis] as number))));
    return section(t, starts, extents, steps);
  },
  2,
);

export type Widths = readonly (readonly [before: number, after: number])[];
type PadAttrs = { readonly widths: Widths; readonly value: number; readonly [key: string]: unknown };

const padOp: Op<PadAttrs> = {
  name: "pad",
  kind: "view",
  notation: callWith("pad", "\\operatorname{pad}", ({ widths }) => widths.map(([before, after]) => `${before}+${after}`).join(", ")),
  layout: (from, _to, { widths, value }) => {
    const strides = stridesOf(from);
    return {
      offset: widths.reduce((sum, [before], axis) => sum - before * (strides[axis] as number), 0),
      strides,
      bounds: widths.map(([before], axis) => [before, before + (from[axis] as number)] as const),
      fill: value,
    };
  },
  // Affine when the value is not 0: the tangent is padded with zeros.
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [x], { widths }) =>
      floatMask(g, (t) =>
        section(
          t,
          widths.map(([before]) => before),
          (x as Tensor).shape,
        ),
      ),
    jvp: ([dx], _y, _x, { widths }) => floatMask(dx as Tensor, (t) => padWith(t, widths, 0)),
  },
  shape: ([x], { widths }) => (x as Tensor).shape.map((extent, axis) => extent + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0)),
};

/** Surrounds a tensor by `value`; no node when no width is above 0. */
export function padWith(x: Tensor, widths: Widths, value: number): Tensor {
  return widths.every(([before, after]) => before === 0 && after === 0) ? x : apply(padOp, [x], { widths, value });
}

/**
 * Surrounds a tensor by a constant: `widths` holds [before, after] for each axis.
 *
 * Derivative: the part inside. Throws ShapeError when there is not one pair of whole numbers, 0 or more, for each axis,
 * ValueError when the value is no number.
 *
 * @example
 * nested(pad([1, 2], { widths: [[1, 0]] })) // => [0, 1, 2]
 */
export const pad: Defined<(x: Like, attrs: { readonly widths: Widths; readonly value?: number }) => Tensor> = defined(
  padOp,
  (x: Like, attrs: { readonly widths: Widths; readonly value?: number }): Tensor => {
    const { widths, value = 0 } = checkOptions("pad", attrs, ["widths", "value"]);
    const t = like(x, "pad");
    const isWidth = (width: unknown): boolean => Number.isInteger(width) && (width as number) >= 0;
    const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && isWidth(pair[0]) && isWidth(pair[1]);
    const good = Array.isArray(widths) && widths.length === t.shape.length && Array.from(widths as Widths).every(isPair);
    if (!good)
      throw new ShapeError(
        `pad(${showOperand(t)}): widths must be one pair [before, after] of whole numbers, 0 or more, for each of the ${t.shape.length} axes`,
      );
    if (typeof value !== "number") throw new ValueError(`pad(${showOperand(t)}): value must be a number, got ${describe(value)}`);
    checkShape(
      `pad(${showOperand(t)})`,
      t.shape.map((extent, axis) => extent + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0)),
    );
    return padWith(t, widths, value);
  },
  2,
);

type FlipAttrs = { readonly axes: readonly number[]; readonly [key: string]: unknown };

const flipOp: Op<FlipAttrs> = {
  name: "flip",
  kind: "view",
  notation: callWith("flip", "\\operatorname{flip}", ({ axes }) => `axes ${axes.join(" ")}`),
  layout: (from, _to, { axes }) => {
    const strides = stridesOf(from);
    return {
      offset: axes.reduce((sum, axis) => sum + ((from[axis] as number) - 1) * (strides[axis] as number), 0),
      strides: strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    };
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, _x, { axes }) => floatMask(g, (t) => flip(t, { axis: axes })) },
  shape: ([x]) => (x as Tensor).shape,
  wrapper: "view",
};

/**
 * Reverses the order along the named axes, all when absent.
 *
 * Derivative: flipped back. Throws ValueError for an unknown axis.
 *
 * @example
 * nested(flip([1, 2, 3])) // => [3, 2, 1]
 */
export const flip: Defined<(x: Like, attrs?: { readonly axis?: number | readonly number[] | null }) => Tensor> = defined(
  flipOp,
  (x: Like, attrs: { readonly axis?: number | readonly number[] | null } = {}): Tensor => {
    const { axis } = checkOptions("flip", attrs, ["axis"]);
    const t = like(x, "flip");
    return apply(flipOp, [t], { axes: resolveAxes(`flip(${showOperand(t)})`, axis, t.shape) });
  },
  2,
);
