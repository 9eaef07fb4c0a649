import { checkOptions } from "./options.ts";
import { checkArguments, ShapeError, ValueError, checkShape, describe } from "../shape.ts";
import { type Tensor, constant, showOperand } from "../tensor.ts";
import { broadcast, reshapeTo, sumOver } from "./broadcast.ts";
import { take, takeAdd } from "./indexing.ts";
import { type Like, like } from "./like.ts";
import { mask } from "./mask.ts";

function band(caller: string, x: Tensor, k: number, keep: (offset: number) => boolean): Tensor {
  if (!Number.isInteger(k)) throw new ValueError(`${caller}(${showOperand(x)}): k must be a whole number, got ${describe(k)}`);
  const [rows, columns] = x.shape.slice(-2);
  if (rows === undefined || columns === undefined) throw new ShapeError(`${caller}(${showOperand(x)}): a triangle needs two axes, [.., rows, columns]`);
  const data = Float64Array.from({ length: rows * columns }, (_, at) => Number(keep((at % columns) - Math.floor(at / columns))));
  return mask(broadcast(constant(data, [rows, columns]), x.shape), x);
}

/**
 * The lower part: entries with column - row <= k (0 when absent), zeros elsewhere, in the last two axes.
 *
 * Derivative: the lower part of the adjoint. Throws ShapeError for fewer than two axes, ValueError for a k that is no whole number.
 *
 * @example
 * nested(tril([[1, 2], [3, 4]])) // => [[1, 0], [3, 4]]
 */
export function tril(x: Like, attrs: { readonly k?: number } = {}): Tensor {
  checkArguments("tril", 2, arguments);
  const { k = 0 } = checkOptions("tril", attrs, ["k"]);
  return band("tril", like(x, "tril"), k, (offset) => offset <= k);
}

/**
 * The upper part: entries with column - row >= k (0 when absent), zeros elsewhere, in the last two axes.
 *
 * Derivative: the upper part of the adjoint. Throws ShapeError for fewer than two axes, ValueError for a k that is no whole number.
 *
 * @example
 * nested(triu([[1, 2], [3, 4]])) // => [[1, 2], [0, 4]]
 */
export function triu(x: Like, attrs: { readonly k?: number } = {}): Tensor {
  checkArguments("triu", 2, arguments);
  const { k = 0 } = checkOptions("triu", attrs, ["k"]);
  return band("triu", like(x, "triu"), k, (offset) => offset >= k);
}

/** Row-major positions of diagonal k in a matrix. */
function diagonalPositions(rows: number, columns: number, k: number): number[] {
  const [top, left] = [Math.max(0, -k), Math.max(0, k)];
  const length = Math.max(0, Math.min(rows - top, columns - left));
  return Array.from({ length }, (_, i) => (top + i) * columns + left + i);
}

/**
 * A vector as diagonal k (0 when absent) of a square matrix of zeros, or the diagonal k of a matrix.
 *
 * Derivative: the diagonal of the adjoint, or the adjoint on the diagonal. Throws ShapeError for another rank, ValueError for a k that
 * is no whole number.
 *
 * @example
 * nested(diag([1, 2])) // => [[1, 0], [0, 2]]
 */
export function diag(x: Like, attrs: { readonly k?: number } = {}): Tensor {
  checkArguments("diag", 2, arguments);
  const { k = 0 } = checkOptions("diag", attrs, ["k"]);
  const t = like(x, "diag");
  if (!Number.isInteger(k)) throw new ValueError(`diag(${showOperand(t)}): k must be a whole number, got ${describe(k)}`);
  const [first, second] = t.shape;
  if (first === undefined || t.shape.length > 2) throw new ShapeError(`diag(${showOperand(t)}): it takes a vector or a matrix, not ${t.shape.length} axes`);
  if (second !== undefined) return take(reshapeTo(t, [first * second]), { indices: indices(diagonalPositions(first, second, k)), axis: 0 });
  const n = first + Math.abs(k);
  checkShape(`diag(${showOperand(t)})`, [n, n]);
  return reshapeTo(takeAdd(t, { indices: indices(diagonalPositions(n, n, k)), axis: 0, shape: [n * n] }), [n, n]);
}

function indices(data: readonly number[]): { readonly shape: readonly number[]; readonly data: readonly number[] } {
  return { shape: [data.length], data };
}

/**
 * The sum of the main diagonal of a matrix, which may be rectangular.
 *
 * Derivative: the adjoint on the diagonal. Throws ShapeError for what is not a matrix.
 *
 * @example
 * item(trace([[1, 2], [3, 4]])) // => 5
 */
export function trace(x: Like): Tensor {
  checkArguments("trace", 1, arguments);
  const t = like(x, "trace");
  if (t.shape.length !== 2) throw new ShapeError(`trace(${showOperand(t)}): it takes a matrix, not ${t.shape.length} axes`);
  return sumOver(diag(t), [0], false);
}
