import { checkOptions } from "./options.ts";
import { type Addresses } from "../kernel/index.ts";
import { type Shape, ShapeError, ValueError, checkShape, describe, resolveAxis, sameShape, showShape, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { type Like, like, filled, isNumbers, isTensor } from "./like.ts";
import { callWith } from "./notation.ts";

/** Indices as a tensor, a number, nested arrays, or flat data with a shape. */
export type Indices = Like | { readonly shape: Shape; readonly data: ArrayLike<number> };

interface PlaceAttrs {
  readonly axis: number;
  /** The shape that is read from, or added into. */
  readonly whole: Shape;
  readonly [key: string]: unknown;
}

/** Indices as a tensor. Throws ValueError or ShapeError for what holds no numbers of one shape. */
export function indicesOf(caller: string, indices: Indices): Tensor {
  if (indices === undefined) throw new ValueError(`${caller}: the indices are missing; write { indices: [0, 2], axis: 0 }`);
  const what = `${caller}, the indices`;
  if (typeof indices !== "object" || indices === null || isTensor(indices) || !("data" in indices)) return like(indices, what);
  const { data, shape } = indices;
  if (!Array.isArray(data) && !isNumbers(data)) throw new ValueError(`${what}: data must be a list of whole numbers, got ${describe(data)}`);
  return filled(what, Float64Array.from(data), shape);
}

/** Throws ValueError at the first known index that is no whole number inside the axis. */
export function checkIndices(caller: string, indices: Tensor, extent: number): Tensor {
  indices.data?.forEach((index, at) => {
    if (extent === 0) throw new ValueError(`${caller}: index ${index} (entry ${at}) cannot be read: the axis is empty`);
    if (!Number.isInteger(index) || index < -extent || index >= extent)
      throw new ValueError(
        `${caller}: index ${index} (entry ${at}) is outside an axis of ${extent} entries; the indices are 0 to ${extent - 1}, or -${extent} to -1 from the end`,
      );
  });
  return indices;
}

/** Throws ShapeError unless every entry of the indices has its place in `whole`, where only the axis that they index may be longer than its own. */
export function checkFits(caller: string, indices: Tensor, whole: Shape, axis: number): void {
  const { shape } = indices;
  if (shape.length === whole.length && shape.every((extent, each) => each === axis || extent <= (whole[each] as number))) return;
  throw new ShapeError(
    `${caller}: indices of shape ${showShape(shape)} must have ${whole.length} axes, none but axis ${axis} longer than in ${showShape(whole)}`,
  );
}

/** Addresses of a take: the axis is replaced by the axes of the indices. */
function takeAddresses(whole: Shape, indices: Shape, axis: number): Addresses {
  const strides = stridesOf(whole);
  const before = whole.slice(0, axis);
  const after = whole.slice(axis + 1);
  return {
    space: [...before, ...indices, ...after],
    strides: [...strides.slice(0, axis), ...indices.map(() => 0), ...strides.slice(axis + 1)],
    indexStrides: [...before.map(() => 0), ...stridesOf(indices), ...after.map(() => 0)],
    step: strides[axis] as number,
    extent: whole[axis] as number,
  };
}

/** Reading at indices and adding at them are each other's adjoints; the indices are not differentiated. */
function placing(spec: {
  readonly name: string;
  readonly direction: "gather" | "scatter";
  readonly addresses: (whole: Shape, indices: Shape, axis: number) => Addresses;
  readonly adjoint: () => Op;
  readonly shape: (indices: Shape, attrs: PlaceAttrs) => Shape;
}): Op<PlaceAttrs> {
  const reads = spec.direction === "gather";
  const op: Op<PlaceAttrs> = {
    name: spec.name,
    kind: "index",
    direction: spec.direction,
    notation: callWith(spec.name, `\\operatorname{${spec.name}}`, ({ axis }) => `axis ${axis}`),
    addresses: (values, indices, to, { axis }) => spec.addresses(reads ? values : to, indices, axis),
    calculus: {
      rule: "general",
      vjp: (operand, g, _y, [, indices], attrs) => (operand === 0 ? apply(spec.adjoint(), [g, indices as Tensor], attrs) : 0),
      jvp: ([dx], _y, [, indices], attrs) => apply(op, [dx as Tensor, indices as Tensor], attrs),
    },
    shape: ([, indices], attrs) => spec.shape((indices as Tensor).shape, attrs),
    ...(reads && { wrapper: "view" as const }),
  };
  return op;
}

const takeOp = placing({
  name: "take",
  direction: "gather",
  addresses: takeAddresses,
  adjoint: () => takeAddOp,
  shape: (indices, { axis, whole }) => takeAddresses(whole, indices, axis).space,
});

const takeAddOp = placing({ name: "takeAdd", direction: "scatter", addresses: takeAddresses, adjoint: () => takeOp, shape: (_indices, { whole }) => whole });

/**
 * The entries of `x` at `indices` along one axis, which is replaced by the shape of the indices (NumPy's take). Negative indices count
 * from the end.
 *
 * Derivative: the adjoint added at the indices; a repeated index accumulates. The indices are not differentiated.
 * Throws ValueError for an unknown axis or an index that is not a whole number in range.
 *
 * @example
 * nested(take([10, 20, 30], { indices: [2, 0, -1], axis: 0 })) // => [30, 10, 30]
 */
export const take: Defined<(x: Like, attrs: { readonly indices: Indices; readonly axis: number }) => Tensor> = defined(
  takeOp,
  (x: Like, attrs: { readonly indices: Indices; readonly axis: number }): Tensor => {
    const { indices, axis } = checkOptions("take", attrs, ["indices", "axis"]);
    const t = like(x, "take");
    const at = resolveAxis(`take(${showOperand(t)})`, axis, t.shape);
    return apply(takeOp, [t, checkIndices(`take(${showOperand(t)})`, indicesOf(`take(${showOperand(t)})`, indices), t.shape[at] as number)], {
      axis: at,
      whole: t.shape,
    });
  },
  2,
);

/**
 * Adds the entries of `x` into zeros of `shape` at `indices` along one axis: the adjoint of take.
 *
 * Derivative: take. Throws ValueError for an index out of range.
 *
 * @example
 * nested(takeAdd([1, 2, 4], { indices: [0, 2, 2], axis: 0, shape: [3] })) // => [1, 0, 6]
 */
export const takeAdd: Defined<(x: Like, attrs: { readonly indices: Indices; readonly axis: number; readonly shape: Shape }) => Tensor> = defined(
  takeAddOp,
  (x: Like, attrs: { readonly indices: Indices; readonly axis: number; readonly shape: Shape }): Tensor => {
    const { indices, axis, shape } = checkOptions("takeAdd", attrs, ["indices", "axis", "shape"]);
    const t = like(x, "takeAdd");
    const given = indicesOf(`takeAdd(${showOperand(t)})`, indices);
    const at = resolveAxis(`takeAdd(${showOperand(t)})`, axis, checkShape("takeAdd", shape));
    if (!sameShape(takeAddresses(shape, given.shape, at).space, t.shape))
      throw new ShapeError(
        `takeAdd(${showOperand(t)}): adding at indices of shape ${showShape(given.shape)} into ${showShape(shape)} needs entries of shape ${showShape(takeAddresses(shape, given.shape, at).space)}`,
      );
    return apply(takeAddOp, [t, checkIndices(`takeAdd(${showOperand(t)})`, given, shape[at] as number)], { axis: at, whole: [...shape] });
  },
  2,
);

/** Addresses of a gather: the position along one axis comes from the indices, the others from the place itself. */
function gatherAddresses(whole: Shape, indices: Shape, axis: number): Addresses {
  const strides = stridesOf(whole);
  return {
    space: indices,
    strides: strides.map((stride, each) => (each === axis ? 0 : stride)),
    indexStrides: stridesOf(indices),
    step: strides[axis] as number,
    extent: whole[axis] as number,
  };
}

const gatherOp = placing({ name: "gather", direction: "gather", addresses: gatherAddresses, adjoint: () => scatterAddOp, shape: (indices) => indices });

const scatterAddOp = placing({
  name: "scatterAdd",
  direction: "scatter",
  addresses: gatherAddresses,
  adjoint: () => gatherOp,
  shape: (_indices, { whole }) => whole,
});

/**
 * out[i][j] = x[indices[i][j]][j] for axis 0, and so on for other axes and ranks: the result has the shape of the indices, whose other
 * axes may be shorter than those of x.
 *
 * Derivative: the adjoint added where it was read. Throws ShapeError when the ranks differ or an axis of the indices is longer than that
 * of x, ValueError for an index out of range.
 *
 * @example
 * nested(gather([[1, 2], [3, 4]], { indices: [[1, 0]], axis: 0 })) // => [[3, 2]]
 */
export const gather: Defined<(x: Like, attrs: { readonly indices: Indices; readonly axis: number }) => Tensor> = defined(
  gatherOp,
  (x: Like, attrs: { readonly indices: Indices; readonly axis: number }): Tensor => {
    const { indices, axis } = checkOptions("gather", attrs, ["indices", "axis"]);
    const t = like(x, "gather");
    const given = indicesOf(`gather(${showOperand(t)})`, indices);
    const at = resolveAxis(`gather(${showOperand(t)})`, axis, t.shape);
    checkFits(`gather(${showOperand(t)})`, given, t.shape, at);
    return apply(gatherOp, [t, checkIndices(`gather(${showOperand(t)})`, given, t.shape[at] as number)], { axis: at, whole: t.shape });
  },
  2,
);

/**
 * Adds the entries of `x` into zeros of `shape` at `indices` along one axis: the adjoint of gather.
 *
 * Derivative: gather. Throws ShapeError when x and the indices differ in shape, or they have another number of axes than `shape` or another
 * axis is longer there; ValueError for an index out of range.
 *
 * @example
 * nested(scatterAdd([1, 2, 4], { indices: [0, 2, 2], axis: 0, shape: [3] })) // => [1, 0, 6]
 */
export const scatterAdd: Defined<(x: Like, attrs: { readonly indices: Indices; readonly axis: number; readonly shape: Shape }) => Tensor> = defined(
  scatterAddOp,
  (x: Like, attrs: { readonly indices: Indices; readonly axis: number; readonly shape: Shape }): Tensor => {
    const { indices, axis, shape } = checkOptions("scatterAdd", attrs, ["indices", "axis", "shape"]);
    const t = like(x, "scatterAdd");
    const given = indicesOf(`scatterAdd(${showOperand(t)})`, indices);
    if (!sameShape(given.shape, t.shape))
      throw new ShapeError(`scatterAdd(${showOperand(t)}): indices of shape ${showShape(given.shape)} must have the shape of x, ${showShape(t.shape)}`);
    const at = resolveAxis(`scatterAdd(${showOperand(t)})`, axis, checkShape("scatterAdd", shape));
    checkFits(`scatterAdd(${showOperand(t)})`, given, shape, at);
    return apply(scatterAddOp, [t, checkIndices(`scatterAdd(${showOperand(t)})`, given, shape[at] as number)], { axis: at, whole: [...shape] });
  },
  2,
);
