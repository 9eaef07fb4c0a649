import { ShapeError, type Tensor, values } from "@nabla/autodiff";

/** Rows of numbers. The closed forms are plain loops over these: they share no kernel with the tape that they check. */
export type Matrix = readonly (readonly number[])[];

/** The rows of a tensor [m, n]. Throws ShapeError for another rank. */
export function rowsOf(t: Tensor): Matrix {
  const [m, n] = t.shape;
  if (m === undefined || n === undefined || t.shape.length !== 2)
    throw new ShapeError(`the closed forms need a matrix [m, n], got shape [${t.shape.join(", ")}]`);
  const numbers = values(t);
  return Array.from({ length: m }, (_, i) => Array.from(numbers.subarray(i * n, (i + 1) * n)));
}

/** A B. */
export function product(a: Matrix, b: Matrix): Matrix {
  const columns = b[0]?.length ?? 0;
  return a.map((row) => Array.from({ length: columns }, (_, j) => row.reduce((sum, each, k) => sum + each * entry(b, k, j), 0)));
}

/** Aᵀ. */
export function transposed(a: Matrix): Matrix {
  return Array.from({ length: a[0]?.length ?? 0 }, (_, j) => a.map((row) => row[j] ?? Number.NaN));
}

/** Sums of the columns. */
export function columnSums(a: Matrix): readonly number[] {
  return transposed(a).map((column) => column.reduce((sum, entry) => sum + entry, 0));
}

/** Each row of A with its partner in B. */
export function byRow(a: Matrix, b: Matrix, f: (left: readonly number[], right: readonly number[]) => readonly number[]): Matrix {
  return a.map((row, i) => f(row, b[i] ?? []));
}

/** s A. */
export function scaled(a: Matrix, s: number): Matrix {
  return a.map((row) => row.map((entry) => entry * s));
}

/** A_ij; NaN outside, so that a wrong shape cannot pass. */
export function entry(a: Matrix, i: number, j: number): number {
  return a[i]?.[j] ?? Number.NaN;
}
