import { reshapeTo } from "../ops/broadcast.ts";
import { item, values } from "../ops/like.ts";
import { ShapeError, ValueError, showShape, size } from "../shape.ts";
import { type Tensor } from "../tensor.ts";

/** The number that an argument such as the slope of a leakyRelu must be. Throws for an array, and where its derivative would be lost. */
export function numberOf(label: string, t: Tensor): number {
  if (t.shape.length > 0) throw new ShapeError(`${label} must be one number, but has shape ${showShape(t.shape)}`);
  if (t.tracked)
    throw new ValueError(`${label} is a constant of the function and cannot be differentiated; write the function with where, maximum and minimum`);
  return item(t);
}

/** A whole number, which has no derivative. */
export function wholeOf(label: string, t: Tensor): number {
  if (t.shape.length > 0) throw new ShapeError(`${label} must be one number, but has shape ${showShape(t.shape)}`);
  const value = item(t);
  if (!Number.isInteger(value)) throw new ValueError(`${label} must be a whole number, got ${value}`);
  return value;
}

/** The axis of a dimension, counted from 1; `advice` is for what else could have been meant. */
export function axisOf(x: Tensor, dimension: Tensor, advice: string = ""): number {
  const rank = x.shape.length;
  const d = dimension.shape.length === 0 ? item(dimension) : `of shape ${showShape(dimension.shape)}`;
  if (typeof d === "number" && Number.isInteger(d) && d >= 1 && d <= rank) return d - 1;
  const known = rank === 0 ? "a scalar has no dimensions" : `the dimensions of ${showShape(x.shape)} are 1 to ${rank}`;
  throw new ValueError(`dimension ${d} does not exist: ${known}${advice}`);
}

/** Whole numbers given one by one or as one vector: the extents of a shape. */
export function extentsOf(given: readonly Tensor[]): number[] {
  return given.flatMap((each) => [...values(each)]);
}

/** A vector; a matrix of one row or one column counts as one. Throws ShapeError for any other matrix. */
export function vectorOf(caller: string, t: Tensor): Tensor {
  if (t.shape.length <= 1) return t;
  if (t.shape.length === 2 && t.shape.includes(1)) return reshapeTo(t, [size(t.shape)]);
  throw new ShapeError(`${caller} takes vectors, but the shape is ${showShape(t.shape)}; for a matrix write sqrt(sum(A.^2)), or sum(A .* B)`);
}
