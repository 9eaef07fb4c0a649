import { type Shape, ValueError, checkShape, describe, size, stridesOf, checkArguments } from "../shape.ts";
import { type Op, type Tensor, apply, constant, symbol } from "../tensor.ts";
import { checkTensor, isNumbers } from "./like.ts";
import { call, transparent } from "./notation.ts";

/**
 * A constant filled with one number.
 *
 * Throws ShapeError when the shape is no list of whole numbers, 0 or more, or holds more than memory can; ValueError when the value is no number.
 *
 * @example
 * nested(full([2], 7)) // => [7, 7]
 */
export function full(shape: Shape, value: number): Tensor {
  checkArguments("full", 2, arguments);
  if (typeof value !== "number") throw new ValueError(`full: the value must be a number, got ${describe(value)}`);
  return constant(new Float64Array(size(checkShape("full", shape))).fill(value), [...shape]);
}

/**
 * A constant of zeros.
 *
 * Throws ShapeError when the shape is no list of whole numbers, 0 or more, or holds more than memory can.
 *
 * @example
 * nested(zeros([2])) // => [0, 0]
 */
export function zeros(shape: Shape): Tensor {
  checkArguments("zeros", 1, arguments);
  return constant(new Float64Array(size(checkShape("zeros", shape))), [...shape]);
}

/**
 * A constant of ones.
 *
 * Throws ShapeError when the shape is no list of whole numbers, 0 or more, or holds more than memory can.
 *
 * @example
 * nested(ones([2])) // => [1, 1]
 */
export function ones(shape: Shape): Tensor {
  checkArguments("ones", 1, arguments);
  return full(checkShape("ones", shape), 1);
}

/**
 * The identity matrix of n rows.
 *
 * Throws ShapeError when n is not a whole number, 0 or more.
 *
 * @example
 * nested(eye(2)) // => [[1, 0], [0, 1]]
 */
export function eye(n: number): Tensor {
  checkArguments("eye", 1, arguments);
  const data = new Float64Array(size(checkShape("eye", [n, n])));
  for (let row = 0; row < n; row++) data[row * n + row] = 1;
  return constant(data, [n, n]);
}

/**
 * The whole numbers 0 to n - 1.
 *
 * Throws ShapeError when n is not a whole number, 0 or more.
 *
 * @example
 * nested(arange(3)) // => [0, 1, 2]
 */
export function arange(n: number): Tensor {
  checkArguments("arange", 1, arguments);
  return constant(
    Float64Array.from({ length: size(checkShape("arange", [n])) }, (_, i) => i),
    [n],
  );
}

/**
 * `count` numbers from `from` to `to`, both ends included, equally spaced.
 *
 * Throws ValueError when an end is not finite, ShapeError when the count is not a whole number, 0 or more.
 *
 * @example
 * nested(linspace(0, 1, 3)) // => [0, 0.5, 1]
 */
export function linspace(from: number, to: number, count: number): Tensor {
  checkArguments("linspace", 3, arguments);
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new ValueError(`linspace: both ends must be finite numbers, got ${describe(from)} and ${describe(to)}`);
  const length = size(checkShape("linspace", [count]));
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  // Ends so far apart that their distance is no number are weighed against each other.
  const between = (i: number): number => (Number.isFinite(step) ? from + i * step : from * (1 - i / (count - 1)) + to * (i / (count - 1)));
  return constant(
    Float64Array.from({ length }, (_, i) => (i > 0 && i === count - 1 ? to : between(i))),
    [count],
  );
}

/**
 * One row per label with a 1 at the label's class and 0 elsewhere.
 *
 * Throws ValueError when the labels are no list, or one is not a whole number from 0 to count - 1; ShapeError when the count is none.
 *
 * @example
 * nested(oneHot([2, 0], 3)) // => [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(labels: ArrayLike<number>, count: number): Tensor {
  checkArguments("oneHot", 2, arguments);
  if (!Array.isArray(labels) && !isNumbers(labels))
    throw new ValueError(`oneHot: the labels are a list of whole numbers, got ${describe(labels)}; write oneHot([2, 0], 3)`);
  const data = new Float64Array(size(checkShape("oneHot", [labels.length, count])));
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    if (!Number.isInteger(label) || label < 0 || label >= count)
      throw new ValueError(`oneHot: label ${describe(label)} at position ${row} is not a class; with ${count} classes the labels are 0 to ${count - 1}`);
    data[row * count + label] = 1;
  }
  return constant(data, [labels.length, count]);
}

/**
 * A symbolic leaf: ops on it build a graph without data.
 *
 * Throws ValueError when the name is empty, ShapeError when the shape is no list of whole numbers, 0 or more.
 *
 * @example
 * input("x", [3, 2]).shape // => [3, 2]
 */
export function input(name: string, shape: Shape): Tensor {
  checkArguments("input", 2, arguments);
  if (typeof name !== "string" || name === "")
    throw new ValueError(`input: the name must be a non-empty string, got ${describe(name)}; write input("x", [3, 2])`);
  return symbol(name, [...checkShape("input", shape)]);
}

const aliasOp: Op = {
  name: "alias",
  kind: "view",
  notation: transparent,
  layout: (from) => ({ offset: 0, strides: stridesOf(from) }),
  calculus: { rule: "multilinear", adjoint: (_operand, g) => g },
  shape: ([x]) => (x as Tensor).shape,
  wrapper: "view",
};

const stopOp: Op = {
  name: "stopGradient",
  kind: "view",
  notation: call("stop", "\\operatorname{stop}"),
  layout: (from) => ({ offset: 0, strides: stridesOf(from) }),
  calculus: { rule: "constant" },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * The same value with derivative 0: what is computed from it treats it as a constant. No identity looks through it.
 *
 * Throws ValueError when the argument is not a tensor.
 *
 * @example
 * item(grad((x: Tensor) => mul(x, stopGradient(x)))(tensor(3))) // => 3
 */
export function stopGradient(x: Tensor): Tensor {
  checkArguments("stopGradient", 1, arguments);
  checkTensor("stopGradient", x);
  return apply(stopOp, [x]);
}

/**
 * An alias with a name, sharing the data: errors, formulas and pictures call the tensor by it, and identities still see through it.
 *
 * Throws ValueError when x is no tensor or the label is empty.
 *
 * @example
 * name(tensor([1, 2]), "W1").name // => "W1"
 */
export function name(x: Tensor, label: string): Tensor {
  checkArguments("name", 2, arguments);
  checkTensor("name", x);
  if (typeof label !== "string" || label === "") throw new ValueError(`name: the label must be a non-empty string, got ${describe(label)}`);
  return apply(aliasOp, [x], {}, label);
}

/** The same value as a node of its own. */
export function alias(x: Tensor): Tensor {
  return apply(aliasOp, [x]);
}
