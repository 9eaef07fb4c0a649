import { checkOptions } from "./options.ts";
import { checkArguments, type Shape, ShapeError, ValueError, checkCounts, checkShape, describe, resolveAxes, resolveAxis, showShape } from "../shape.ts";
import { type Tensor, showOperand } from "../tensor.ts";
import { broadcast, reshapeTo } from "./broadcast.ts";
import { take } from "./indexing.ts";
import { section } from "./layout.ts";
import { type Like, like } from "./like.ts";

/**
 * Cuts a tensor along one axis: into so many equal parts, or into parts of the given extents. Each part is a slice.
 *
 * Derivative: each part's adjoint in its place. Throws ShapeError when the parts do not fill the axis, ValueError for an unknown axis or a
 * part that is not a whole number, 0 or more.
 *
 * @example
 * split([1, 2, 3, 4], { parts: 2, axis: 0 }).map(nested) // => [[1, 2], [3, 4]]
 * split([1, 2, 3], { parts: [1, 2], axis: 0 }).map(nested) // => [[1], [2, 3]]
 */
export function split(x: Like, attrs: { readonly parts: number | readonly number[]; readonly axis: number }): Tensor[] {
  checkArguments("split", 2, arguments);
  const { parts, axis } = checkOptions("split", attrs, ["parts", "axis"]);
  const t = like(x, "split");
  const caller = `split(${showOperand(t)})`;
  const at = resolveAxis(caller, axis, t.shape);
  const extent = t.shape[at] as number;
  const extents = Array.isArray(parts) ? checkCounts(caller, "parts", parts) : equalParts(caller, parts as number, extent, at);
  if (extents.reduce((sum, each) => sum + each, 0) !== extent)
    throw new ShapeError(`${caller}: parts ${showShape(extents)} must add up to ${extent}, the extent of axis ${at}`);
  let start = 0;
  return extents.map((each) => {
    const from = t.shape.map((_, other) => (other === at ? start : 0));
    start += each;
    return section(
      t,
      from,
      t.shape.map((length, other) => (other === at ? each : length)),
    );
  });
}

function equalParts(caller: string, parts: number, extent: number, axis: number): readonly number[] {
  if (!Number.isInteger(parts) || parts < 1)
    throw new ValueError(`${caller}: parts must be a whole number of at least 1, or a list of extents, got ${describe(parts)}`);
  if (extent % parts !== 0)
    throw new ShapeError(
      `${caller}: axis ${axis} has ${extent} entries, which ${parts} equal parts do not divide; give a list of extents that add up to ${extent}`,
    );
  return Array.from({ length: parts }, () => extent / parts);
}

/**
 * Drops the named axes of extent 1, all of them when absent.
 *
 * Derivative: reshaped back. Throws ShapeError when a named axis has another extent, ValueError for an unknown axis.
 *
 * @example
 * squeeze([[1, 2]]).shape // => [2]
 */
export function squeeze(x: Like, attrs: { readonly axis?: number | readonly number[] | null } = {}): Tensor {
  checkArguments("squeeze", 2, arguments);
  const { axis } = checkOptions("squeeze", attrs, ["axis"]);
  const t = like(x, "squeeze");
  const caller = `squeeze(${showOperand(t)})`;
  const dropped = axis === undefined || axis === null ? t.shape.flatMap((extent, each) => (extent === 1 ? [each] : [])) : resolveAxes(caller, axis, t.shape);
  for (const each of dropped)
    if (t.shape[each] !== 1) throw new ShapeError(`${caller}: axis ${each} has ${t.shape[each]} entries; only an axis of extent 1 can be dropped`);
  return reshapeTo(
    t,
    t.shape.filter((_, each) => !dropped.includes(each)),
    false,
  );
}

/**
 * Inserts axes of extent 1, which then stand at the named positions of the result.
 *
 * Derivative: reshaped back. Throws ValueError for a position outside the result, or one named twice.
 *
 * @example
 * expandDims([1, 2], { axis: 0 }).shape // => [1, 2]
 * expandDims([1, 2], { axis: -1 }).shape // => [2, 1]
 */
export function expandDims(x: Like, attrs: { readonly axis: number | readonly number[] }): Tensor {
  checkArguments("expandDims", 2, arguments);
  const { axis } = checkOptions("expandDims", attrs, ["axis"]);
  const t = like(x, "expandDims");
  const axes = Array.isArray(axis) ? (axis as readonly number[]) : [axis as number];
  const room: Shape = Array.from({ length: t.shape.length + axes.length }, () => 1);
  const inserted = resolveAxes(`expandDims(${showOperand(t)})`, axes, room);
  let next = 0;
  return reshapeTo(
    t,
    room.map((one, each) => (inserted.includes(each) ? one : (t.shape[next++] as number))),
    false,
  );
}

/**
 * The whole tensor repeated so many times along each axis, as NumPy does: with fewer numbers than axes the first axes are kept, with
 * more the tensor gets new ones in front.
 *
 * Derivative: summed over the copies. Throws ValueError when a number of copies is not a whole number, 0 or more.
 *
 * @example
 * nested(tile([1, 2], { copies: [2, 2] })) // => [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function tile(x: Like, attrs: { readonly copies: number | readonly number[] }): Tensor {
  checkArguments("tile", 2, arguments);
  const { copies } = checkOptions("tile", attrs, ["copies"]);
  const t = like(x, "tile");
  const caller = `tile(${showOperand(t)})`;
  const given = checkCounts(caller, "copies", copies);
  const rank = Math.max(given.length, t.shape.length);
  const times = [...Array.from({ length: rank - given.length }, () => 1), ...given];
  const shape = [...Array.from({ length: rank - t.shape.length }, () => 1), ...t.shape];
  return spread(caller, t, shape, times, (extent, count) => [count, extent], false);
}

/**
 * Each entry repeated in place along one axis: so many times, or as a list says for each position.
 *
 * Derivative: summed over the copies. Throws ValueError for an unknown axis, a list whose length is not the extent of the axis, or a
 * number that is not whole, 0 or more.
 *
 * @example
 * nested(repeat([1, 2], { copies: 2, axis: 0 })) // => [1, 1, 2, 2]
 * nested(repeat([1, 2], { copies: [1, 2], axis: 0 })) // => [1, 2, 2]
 */
export function repeat(x: Like, attrs: { readonly copies: number | readonly number[]; readonly axis: number }): Tensor {
  checkArguments("repeat", 2, arguments);
  const { copies, axis } = checkOptions("repeat", attrs, ["copies", "axis"]);
  const t = like(x, "repeat");
  const caller = `repeat(${showOperand(t)})`;
  const at = resolveAxis(caller, axis, t.shape);
  const extent = t.shape[at] as number;
  const given = checkCounts(caller, "copies", copies);
  if (typeof copies === "number")
    return spread(
      caller,
      t,
      t.shape,
      t.shape.map((_, each) => (each === at ? copies : 1)),
      (length, count) => [length, count],
      true,
    );
  if (given.length !== extent)
    throw new ValueError(`${caller}: a list of copies needs one number for each of the ${extent} entries of axis ${at}, got ${given.length}`);
  const total = given.reduce((sum, each) => sum + each, 0);
  return take(t, {
    indices: { shape: checkShape(caller, [total]), data: given.flatMap((count, each) => Array.from({ length: count }, () => each)) },
    axis: at,
  });
}

/** Puts an axis of copies beside each axis and merges the two. */
function spread(
  caller: string,
  x: Tensor,
  shape: Shape,
  copies: readonly number[],
  order: (extent: number, count: number) => readonly number[],
  inner: boolean,
): Tensor {
  const to = checkShape(
    caller,
    shape.map((extent, axis) => extent * (copies[axis] as number)),
  );
  const apart = shape.flatMap((extent) => (inner ? [extent, 1] : [1, extent]));
  const repeated = shape.flatMap((extent, axis) => order(extent, copies[axis] as number));
  return reshapeTo(broadcast(reshapeTo(x, apart), repeated), to);
}
