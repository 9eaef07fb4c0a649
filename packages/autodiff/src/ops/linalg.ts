import { type Reach } from "../kernel/contract.ts";
import { checkArguments, checkShape, type Shape, ShapeError, broadcastShape, showShape, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply, showCall, showOperand } from "../tensor.ts";
import { type Defined, defined, reshapeTo, sumTo } from "./broadcast.ts";
import { swapLast } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { precedence } from "./notation.ts";
import { isSame, unmoved } from "./recognise.ts";

const matmulOp: Op = {
  name: "matmul",
  kind: "contract",
  notation: {
    text: ([a, b]) => `${a} ${b}`,
    latex: ([a, b]) => `${a} ${b}`,
    precedence: precedence.product,
    operands: [precedence.product, precedence.product + 1],
  },
  contraction: ([a, b], to) => {
    const [m, k] = (a as Shape).slice(-2) as [number, number];
    const n = (b as Shape).at(-1) as number;
    const batch = to.slice(0, -2);
    const rows = stridesOf(to).slice(0, -2);
    // Batch, then row, inner, column: the innermost loop runs along rows of b and of the result.
    const reach = (shape: Shape, row: number, inner: number, column: number): Reach => {
      const lead = batch.length - (shape.length - 2);
      const strides = stridesOf(shape);
      return {
        offset: 0,
        strides: [...batch.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (strides[axis - lead] as number))), row, inner, column],
      };
    };
    return {
      extents: [...batch, m, k, n],
      out: { offset: 0, strides: [...rows, n, 0, 1] },
      operands: [reach(a as Shape, k, 1, 0), reach(b as Shape, 0, n, 1)],
    };
  },
  calculus: {
    rule: "multilinear",
    adjoint: (operand, g, x) => {
      const [a, b] = x as readonly [Tensor, Tensor];
      return operand === 0 ? sumTo(apply(matmulOp, [g, swapLast(b)]), a.shape) : sumTo(apply(matmulOp, [swapLast(a), g]), b.shape);
    },
  },
  recalled: ([a, b]) => a?.recall?.exponential === true || b?.recall?.exponential === true || isSelfProduct(a as Tensor, b as Tensor),
  shape: (x) => {
    const [a, b] = x as readonly [Tensor, Tensor];
    const columns = a.shape.at(-1);
    const rows = b.shape.at(-2);
    if (columns !== rows)
      throw new ShapeError(
        `${showCall("matmul", x)}: columns of the left (axis -1: ${columns}) must equal rows of the right (axis -2: ${rows}); transpose one of them if its axes are exchanged`,
      );
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (batch === undefined)
      throw new ShapeError(
        `${showCall("matmul", x)}: the batch axes ${showShape(a.shape.slice(0, -2))} and ${showShape(b.shape.slice(0, -2))} do not broadcast`,
      );
    return [...batch, a.shape.at(-2) as number, b.shape.at(-1) as number];
  },
};

/** A row times a column of the same numbers: the sum of their squares. */
export function isSelfProduct(a: Tensor, b: Tensor): boolean {
  if (a.shape.at(-2) !== 1 || b.shape.at(-1) !== 1 || a.shape.length !== b.shape.length) return false;
  const known = !a.tracked && !b.tracked && a.data !== undefined && a.data === b.data;
  return known || isSame(unmoved(a), unmoved(b));
}

/**
 * The matrix product as NumPy has it: a vector on the left is a row, on the right a column, and leading axes are a batch that broadcasts.
 *
 * Shapes: [.., m, k] and [.., k, n] give [.., m, n]; the axis added to a vector is dropped again. Derivatives: g bᵀ and aᵀ g.
 * Throws ShapeError when the inner extents differ or an operand is a scalar.
 *
 * @example
 * nested(matmul([[1, 2], [3, 4]], [1, 1])) // => [3, 7]
 */
export const matmul: Defined<(a: Like, b: Like) => Tensor> = defined(
  matmulOp,
  (left: Like, right: Like): Tensor => {
    const a = like(left, "matmul");
    const b = like(right, "matmul");
    for (const each of [a, b])
      if (each.shape.length === 0) throw new ShapeError(`${showCall("matmul", [a, b])}: ${showOperand(each)} is a scalar; scale with mul`);
    const row = a.shape.length === 1;
    const column = b.shape.length === 1;
    if (!row && !column) return apply(matmulOp, [a, b]);
    // Checked here, so that the message shows the vectors as given.
    if (a.shape.at(-1) !== b.shape.at(column ? -1 : -2))
      throw new ShapeError(
        `${showCall("matmul", [a, b])}: the inner extents ${a.shape.at(-1)} (axis -1 of the left) and ${b.shape.at(column ? -1 : -2)} (axis ${column ? -1 : -2} of the right) must be equal`,
      );
    const product = apply(matmulOp, [row ? reshapeTo(a, [1, ...a.shape]) : a, column ? reshapeTo(b, [...b.shape, 1]) : b]);
    const kept = product.shape.filter((_, axis) => !(row && axis === product.shape.length - 2) && !(column && axis === product.shape.length - 1));
    return reshapeTo(product, kept);
  },
  2,
);

/**
 * The scalar product of two vectors of equal length.
 *
 * Derivatives: the other vector. Throws ShapeError for another rank or unequal lengths.
 *
 * @example
 * item(dot([1, 2], [3, 4])) // => 11
 */
export function dot(left: Like, right: Like): Tensor {
  checkArguments("dot", 2, arguments);
  const a = like(left, "dot");
  const b = like(right, "dot");
  if (a.shape.length !== 1 || b.shape.length !== 1 || a.shape[0] !== b.shape[0])
    throw new ShapeError(`${showCall("dot", [a, b])}: it takes two vectors of one length; use matmul for matrices`);
  return matmul(a, b);
}

/**
 * The matrix of all products a_i b_j of two vectors.
 *
 * Shape: [m] and [n] give [m, n]. Derivatives: g b and gᵀ a. Throws ShapeError for another rank, and for more entries than memory can hold.
 *
 * @example
 * nested(outer([1, 2], [3, 4])) // => [[3, 4], [6, 8]]
 */
export function outer(left: Like, right: Like): Tensor {
  checkArguments("outer", 2, arguments);
  const a = like(left, "outer");
  const b = like(right, "outer");
  if (a.shape.length !== 1 || b.shape.length !== 1) throw new ShapeError(`${showCall("outer", [a, b])}: it takes two vectors`);
  const [rows, columns] = checkShape(showCall("outer", [a, b]), [...a.shape, ...b.shape]) as [number, number];
  return matmul(reshapeTo(a, [rows, 1]), reshapeTo(b, [1, columns]));
}
