import { type Matrix, at, of } from "../numbers.ts";

/**
 * The eigenvalues of a symmetric matrix by Jacobi's rotations: each makes one entry beside the diagonal 0, until all are. Source: Golub, Van Loan
 * 2013, section 8.5.
 */
export function eigenvalues(symmetric: Matrix): number[] {
  const A = symmetric.map((row) => [...row]);
  const n = A.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        off += of(A, p, q) ** 2;
        if (of(A, p, q) !== 0) rotate(A, p, q);
      }
    if (off < 1e-40) break;
  }
  return A.map((row, i) => row[i] ?? Number.NaN);
}

function rotate(A: number[][], p: number, q: number): void {
  const theta = (of(A, q, q) - of(A, p, p)) / (2 * of(A, p, q));
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const [rowP, rowQ] = [A[p] ?? [], A[q] ?? []];
  for (const row of A) {
    const [x, y] = [at(row, p), at(row, q)];
    [row[p], row[q]] = [c * x - s * y, s * x + c * y];
  }
  for (let k = 0; k < A.length; k++) {
    const [x, y] = [at(rowP, k), at(rowQ, k)];
    [rowP[k], rowQ[k]] = [c * x - s * y, s * x + c * y];
  }
}
