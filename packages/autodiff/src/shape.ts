/** The extents of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Shapes that do not fit. The message says what was called, which axis, both numbers, and what to do. */
export class ShapeError extends Error {
  override readonly name: string = "ShapeError";
}

/** A value or an attribute outside its domain: a ragged array, an unknown axis, an index out of range. */
export class ValueError extends Error {
  override readonly name: string = "ValueError";
}

/** Number of entries of a shape; 1 for a scalar. */
export function size(shape: Shape): number {
  let product = 1;
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis] as number;
  return product;
}

/** Row-major strides: how far apart neighbours along each axis lie in memory. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** `[2, 3]`, as errors and pictures write a shape. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** More entries than any program can hold: a shape of so many is a slip. */
export const mostEntries: number = 2 ** 32;

/** The shape itself when every extent is a whole number of at least 0 and memory may hold the whole. Throws ShapeError otherwise, naming `caller`. */
export function checkShape(caller: string, shape: Shape): Shape {
  if (!Array.isArray(shape)) throw new ShapeError(`${caller}: a shape is a list of whole numbers, got ${describe(shape)}; write [2, 3], or [] for a scalar`);
  for (const [axis, extent] of (shape as Shape).entries())
    if (!Number.isInteger(extent) || extent < 0)
      throw new ShapeError(`${caller}: shape ${showList(shape)} has ${describe(extent)} on axis ${axis}; every extent must be a whole number, 0 or more`);
  if (size(shape) > mostEntries) throw new ShapeError(`${caller}: shape ${showShape(shape)} has ${size(shape)} entries, more than memory can hold`);
  return shape;
}

/** A list of anything in an error message. */
export function showList(list: readonly unknown[]): string {
  return `[${Array.from(list, describe).join(", ")}]`;
}

/**
 * Throws ValueError when `f` is no function, naming `caller` and how it is written.
 *
 * @example
 * checkFunction("grad", 3) // => throws ValueError: grad: the function is 3
 */
export function checkFunction(caller: string, f: unknown, written: string = `${caller}((x) => ...)`): void {
  if (typeof f !== "function") throw new ValueError(`${caller}: the function is ${describe(f)}; write ${written}`);
}

/**
 * Throws ValueError for a call with more arguments than `most`, which would change nothing, silently; `written` says how to call it.
 * The index and the list that `xs.map(f)` and `xs.reduce(f)` add behind are no slip.
 */
export function checkArguments(caller: string, most: number, given: ArrayLike<unknown>, written?: string): void {
  if (given.length <= most) return;
  const [index, list] = [given[most], given[most + 1]];
  if (given.length === most + 2 && typeof index === "number" && Array.isArray(list) && Object.is(list[index], given[most - 1])) return;
  const advice =
    written === undefined
      ? `leave out what is behind${typeof index === "string" ? `; in treeMap write (t) => ${caller}(t), since the path follows the tensor` : ""}`
      : `write ${written}`;
  throw new ValueError(
    `${caller}: takes ${most} argument${most === 1 ? "" : "s"}, but ${given.length} were given, the first of the others ${describe(given[most])}; ${advice}`,
  );
}

/** What a function gave. Throws ValueError when it is a promise, which works on after what surrounds the function has ended. */
export function checkSettled<R>(caller: string, given: R): R {
  if (given instanceof Promise) throw new ValueError(`${caller}: f returned a promise; ${promised}`);
  return given;
}

/** Why a promise is not what a function of tensors may give. */
export const promised = "an async function goes on after its call has ended; await the data before, and compute with ops inside";

/**
 * The index of an entry from its place among all entries, row by row.
 *
 * @example
 * indexAt(5, [2, 3]) // => [1, 2]
 */
export function indexAt(place: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = place;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

/** An axis counted from the front. Throws ValueError when `axis` is not an axis of `shape`. */
export function resolveAxis(caller: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (axis === undefined) throw new ValueError(`${caller}: the axis is missing; write { axis: 0 } for the first, or { axis: -1 } for the last`);
  if (Array.isArray(axis)) throw new ValueError(`${caller}: axis is ${showList(axis)}, but one axis is wanted; give one whole number`);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `the axes of ${showShape(shape)} are 0 to ${rank - 1}, or -${rank} to -1 from the end`;
    throw new ValueError(`${caller}: axis ${describe(axis)} does not exist: ${range}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front, ascending; `null` or absent means all of them. Throws ValueError for an unknown or repeated axis. */
export function resolveAxes(caller: string, axis: number | readonly number[] | null | undefined, shape: Shape): number[] {
  if (axis === null || axis === undefined) return shape.map((_, position) => position);
  if (typeof axis !== "number" && !Array.isArray(axis)) throw new ValueError(`${caller}: axis must be a whole number or a list of them, got ${describe(axis)}`);
  const axes = (typeof axis === "number" ? [axis] : [...axis]).map((one) => resolveAxis(caller, one, shape)).toSorted((a, b) => a - b);
  axes.forEach((one, position) => {
    if (position > 0 && axes[position - 1] === one) throw new ValueError(`${caller}: axis ${one} of ${showShape(shape)} is named twice; name each axis once`);
  });
  return axes;
}

/** An option that is on or off. Throws ValueError for anything else. */
export function checkFlag(caller: string, label: string, given: boolean): boolean {
  if (typeof given !== "boolean") throw new ValueError(`${caller}: ${label} must be true or false, got ${describe(given)}`);
  return given;
}

/** The whole numbers of at least 0 in a list, or the one that is given by itself. Throws ValueError naming `caller` and what they are. */
export function checkCounts(caller: string, label: string, given: number | readonly number[]): readonly number[] {
  const counts = Array.isArray(given) ? Array.from(given as readonly number[]) : [given as number];
  const bad = counts.findIndex((each) => !Number.isInteger(each) || each < 0);
  if (bad >= 0) throw new ValueError(`${caller}: ${label} must be whole numbers, 0 or more, got ${describe(counts[bad])}`);
  return counts;
}

/** The shape that both broadcast to, aligned from the last axis as NumPy does; undefined when they do not fit. */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let back = 1; back <= rank; back++) {
    const left = a[a.length - back] ?? 1;
    const right = b[b.length - back] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    out[rank - back] = left === 1 ? right : left;
  }
  return out;
}

/**
 * A value in an error message: short, and never mistaken for another type.
 *
 * @example
 * describe([1, 2]) // => "an array of 2"
 * describe(tensor([1, 2])) // => "a tensor of shape [2]"
 */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" && value !== null ? kindOf(value) : String(value);
}

/** `a Date`, `a Float64Array of 3`, `a tensor of shape [2]`, or no more than that it is an object. */
function kindOf(value: object): string {
  if ("op" in value && "shape" in value) return `a tensor of shape ${showShape(value.shape as Shape)}`;
  const { constructor: maker } = value as { readonly constructor?: unknown };
  const label = typeof maker === "function" && maker.name !== "Object" ? maker.name : "";
  const length = ArrayBuffer.isView(value) && "length" in value ? ` of ${String(value.length)}` : "";
  return `${/^[AEIOU]|^$/.test(label) ? "an" : "a"} ${label === "" ? "object" : label}${length}`;
}
