import { ours } from "../copies.ts";
import { type Shape, ShapeError, ValueError, checkShape, describe, promised, showShape, size, checkArguments } from "../shape.ts";
import { type Nested, rowsOf } from "../summary.ts";
import { TraceError, type Tensor, checkLive, constant, inputsBelow } from "../tensor.ts";

export { type Nested } from "../summary.ts";

/** What an op accepts: a tensor, a number, or nested arrays of numbers. */
export type Like = Tensor | Nested;

/** Arrays of numbers that a tensor copies its values from. */
export type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array | Uint8ClampedArray;

/** The tensor itself, or a constant made of a number or of nested arrays. Throws ValueError for anything else. */
export function like(x: Like, caller: string = "tensor"): Tensor {
  if (typeof x === "number") return constant(Float64Array.of(x), []);
  if (isTensor(x)) return ours(caller, x);
  return fromNested(x, caller);
}

/**
 * Whether a value is a tensor.
 *
 * @example
 * isTensor(tensor(1)) // => true
 */
export function isTensor(x: unknown): x is Tensor {
  return typeof x === "object" && x !== null && "op" in x && "shape" in x && "tracked" in x;
}

/**
 * A constant from a number, nested arrays, or a typed array with a shape. The numbers are copied; those of a Float32Array keep their
 * single-precision values.
 *
 * Throws ValueError when an entry is not a number; ShapeError when rows differ in length (it names the place) or the shape does not
 * hold as many entries as there are.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 */
export function tensor(source: Nested | Numbers, shape?: Shape): Tensor {
  checkArguments("tensor", 2, arguments);
  if (isNumbers(source)) return filled("tensor", Float64Array.from(source), shape ?? [source.length]);
  if (shape === undefined) return like(source);
  if (isTensor(source)) throw new ValueError("tensor: the first argument is a tensor already; give it another shape with reshape");
  return filled("tensor", like(source).data as Float64Array, shape);
}

/** A constant of these numbers. Throws ShapeError when the shape holds another number of entries. */
export function filled(caller: string, data: Float64Array, shape: Shape): Tensor {
  const extents = checkShape(caller, shape);
  if (size(extents) !== data.length)
    throw new ShapeError(`${caller}: shape ${showShape(extents)} holds ${size(extents)} entries, but ${data.length} were given`);
  return constant(data, [...extents]);
}

/** Whether a value is an array of numbers of one type; big integers are none, and a DataView has no entries. */
export function isNumbers(x: unknown): x is Numbers {
  return ArrayBuffer.isView(x) && !(x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array);
}

/** Nobody nests deeper; an array that contains itself does. */
const mostAxes = 64;

function fromNested(source: readonly Nested[], caller: string): Tensor {
  if (source === undefined) throw new ValueError(`${caller}: an operand is missing; give a tensor, a number, or nested arrays of numbers`);
  if (!Array.isArray(source)) throw notANumber(caller, source, "the argument");
  const shape: number[] = [];
  for (let level: Nested | undefined = source; Array.isArray(level); level = (level as readonly Nested[])[0]) {
    shape.push(level.length);
    if (shape.length > mostAxes) throw new ShapeError(`${caller}: the array is nested deeper than ${mostAxes} axes; does it contain itself?`);
  }
  const data = new Float64Array(size(checkShape(caller, shape)));
  let at = 0;
  const fill = (part: Nested | undefined, depth: number, place: string): void => {
    if (depth === shape.length) {
      if (typeof part !== "number") throw notANumber(caller, part, place);
      data[at++] = part;
      return;
    }
    if (!Array.isArray(part)) {
      if (typeof part !== "number") throw notANumber(caller, part, place);
      throw new ShapeError(
        `${caller}: ragged array: ${place} is a number, but the entries before it are arrays of ${shape[depth]}; make every row the same length`,
      );
    }
    if (part.length !== shape[depth])
      throw new ShapeError(
        `${caller}: ragged array: ${place} has ${part.length} entries, but the ones before it have ${shape[depth]}; make every row the same length`,
      );
    within(part, depth, place);
  };
  // By position, since forEach would step over the holes of a sparse array.
  const within = (parts: readonly Nested[], depth: number, place: string): void => {
    for (let position = 0; position < parts.length; position++) fill(parts[position], depth + 1, `${place}[${position}]`);
  };
  within(source, 0, "");
  return constant(data, shape);
}

function notANumber(caller: string, part: unknown, place: string): Error {
  if (Array.isArray(part))
    return new ShapeError(`${caller}: ragged array: ${place} is ${describe(part)}, but the entries before it are numbers; make every row the same length`);
  if (isTensor(part)) return new ValueError(`${caller}: ${place} is a tensor inside an array; join tensors with stack or concat`);
  const otherwise = part instanceof Promise ? "await it first" : "give a tensor, a number, or nested arrays of numbers";
  const advice = isNumbers(part) ? "copy it with tensor(array)" : otherwise;
  return new ValueError(`${caller}: ${place} is ${describe(part)}, not a number; ${advice}`);
}

/** The tensors of a list of operands. Throws ValueError when it is no list. */
export function likes(xs: readonly Like[], caller: string): Tensor[] {
  if (!Array.isArray(xs)) throw new ValueError(`${caller}: the tensors come first, in one list such as [a, b]; got ${describe(xs)}`);
  return Array.from(xs as readonly Like[], (each) => like(each, caller));
}

/** The tensor that a function of the user's gave. Throws ValueError for anything else. */
export function returned(caller: string, what: string, given: unknown): Tensor {
  if (isTensor(given)) return ours(caller, given);
  const advice = given instanceof Promise ? promised : "join several with concat or stack, and compute with ops: mul(x, 2), not x * 2";
  throw new ValueError(`${caller}: ${what} must return one tensor, got ${describe(given)}; ${advice}`);
}

/** Throws ValueError for anything but a tensor. */
export function checkTensor(caller: string, t: Tensor): void {
  if (!isTensor(t)) throw new ValueError(`${caller}: the argument is ${describe(t)}, not a tensor; make one with tensor(values)`);
}

/** The numbers of a tensor. Throws TraceError when it is symbolic, naming the inputs that it depends on; ValueError when it is none. */
export function dataOf(t: Tensor, caller: string): Float64Array {
  checkTensor(caller, t);
  if (t.data !== undefined) return t.data;
  checkLive(caller, [t]);
  throw new TraceError(
    `${caller}: a symbolic tensor of shape ${showShape(t.shape)} has no numbers yet: it depends on ${inputsBelow(t)}; read it outside the traced function, or call with concrete tensors`,
  );
}

/**
 * A copy of the numbers, row-major; constants to every derivative, as those of `item` are.
 *
 * Throws TraceError on a symbolic tensor, naming the inputs it depends on; ValueError when t is no tensor.
 *
 * @example
 * Array.from(values(tensor([[1, 2], [3, 4]]))) // => [1, 2, 3, 4]
 */
export function values(t: Tensor): Float64Array {
  checkArguments("values", 1, arguments);
  return dataOf(t, "values").slice();
}

/**
 * The number in a tensor of one entry. Read inside a function that is differentiated, it is a constant there: no derivative flows through it.
 *
 * Throws ShapeError when there are more or none, TraceError on a symbolic tensor, ValueError when t is no tensor.
 *
 * @example
 * item(tensor(3)) // => 3
 */
export function item(t: Tensor): number {
  checkArguments("item", 1, arguments);
  const data = dataOf(t, "item");
  if (data.length !== 1)
    throw new ShapeError(`item: a tensor of shape ${showShape(t.shape)} has ${data.length} entries, not one; reduce it first, or read values(t)`);
  return data[0] as number;
}

/**
 * The numbers as nested arrays of the tensor's shape.
 *
 * Throws TraceError on a symbolic tensor, ValueError when t is no tensor.
 *
 * @example
 * nested(tensor([1, 2, 3, 4], [2, 2])) // => [[1, 2], [3, 4]]
 */
export function nested(t: Tensor): Nested {
  checkArguments("nested", 1, arguments);
  const data = dataOf(t, "nested");
  return rowsOf(t.shape, data);
}
