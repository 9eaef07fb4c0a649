import { add, mul } from "../ops/arithmetic.ts";
import { reshapeTo } from "../ops/broadcast.ts";
import { arange } from "../ops/creation.ts";
import { take } from "../ops/indexing.ts";
import { section } from "../ops/layout.ts";
import { item, values } from "../ops/like.ts";
import { ShapeError, ValueError, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { type Names, withEnd } from "./names.ts";

type Meaning = (names: Names) => Tensor;

/** What stands between two commas of an index: a position or a list of them, or a range. */
export type Selector = { readonly at: Meaning } | { readonly from: Meaning; readonly to: Meaning; readonly step: Meaning | undefined };

/** The part of one axis: evenly spaced, or any list of positions counted from 0; a single position drops its axis. */
type Part =
  | { readonly start: number; readonly count: number; readonly step: number; readonly single: boolean }
  | { readonly list: readonly number[]; readonly single: false };

/** `x[2]`, `x[2:5]`, `A[1, :]`, `x[[3, 1]]`: positions count from 1 and the end is included; a single position drops its axis. */
export function indexed(x: Tensor, selectors: readonly Selector[], names: Names): Tensor {
  if (selectors.length !== x.shape.length)
    throw new ShapeError(`a value of shape ${showShape(x.shape)} takes ${x.shape.length} indices, got ${selectors.length}; : stands for a whole axis`);
  const parts = selectors.map((selector, axis) => partOf(selector, x.shape[axis] as number, axis, names));
  const spaced = parts.map((part, axis) => ("list" in part ? { start: 0, count: x.shape[axis] as number, step: 1 } : part));
  const cut = section(
    x,
    spaced.map(({ start }) => start),
    spaced.map(({ count }) => count),
    spaced.map(({ step }) => step),
  );
  const taken = parts.reduce((whole, part, axis) => ("list" in part ? take(whole, { indices: part.list, axis }) : whole), cut);
  return reshapeTo(
    taken,
    taken.shape.filter((_, axis) => parts[axis]?.single !== true),
  );
}

function partOf(selector: Selector, extent: number, axis: number, outside: Names): Part {
  const names = withEnd(outside, extent);
  const check = (position: number): number => {
    if (!Number.isInteger(position) || position < 1 || position > extent)
      throw new ValueError(
        `position ${position} does not exist on dimension ${axis + 1}, which has ${extent} entries; positions are whole numbers from 1 to ${extent}`,
      );
    return position - 1;
  };
  if ("at" in selector) {
    const at = selector.at(names);
    if (at.shape.length === 0) return { start: check(item(at)), count: 1, step: 1, single: true };
    if (at.shape.length > 1) throw new ShapeError(`an index is a number, a range, or a vector of positions, but has shape ${showShape(at.shape)}`);
    return { list: Array.from(values(at), check), single: false };
  }
  const start = item(selector.from(names));
  const step = stepOf(selector.step, names);
  const count = countOf(start, item(selector.to(names)), step);
  if (count === 0) return { start: 0, count, step: 1, single: false };
  check(start);
  check(start + (count - 1) * step);
  if (step >= 1 && Number.isInteger(step)) return { start: start - 1, count, step, single: false };
  return { list: Array.from({ length: count }, (_, position) => check(start + position * step)), single: false };
}

/** `1:5`, `0:0.25:1` as a vector, both ends included. */
export function progression({ from, to, step }: Extract<Selector, { from: Meaning }>, names: Names): Tensor {
  const start = from(names);
  const width = stepOf(step, names);
  return add(start, mul(arange(countOf(item(start), item(to(names)), width)), width));
}

function stepOf(step: Meaning | undefined, names: Names): number {
  const width = step === undefined ? 1 : item(step(names));
  if (width === 0 || !Number.isFinite(width)) throw new ValueError(`the step of a range must be a number other than 0, got ${width}`);
  return width;
}

/** How many numbers from `start` on in steps do not pass `end`; a little more than rounding is forgiven. */
function countOf(start: number, end: number, step: number): number {
  if (!Number.isFinite(start) || !Number.isFinite(end)) throw new ValueError(`a range needs finite ends, got ${start} and ${end}`);
  return Math.max(0, Math.floor((end - start) / step + 1e-10) + 1);
}
