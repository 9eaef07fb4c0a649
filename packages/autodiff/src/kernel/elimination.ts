/** A square matrix as P A Q = L U with complete pivoting: every zero pivot stands at the end. Row-major, L and U share `lu`. */
export interface Elimination {
  readonly lu: Float64Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** det P det Q */
  readonly sign: number;
  /** Number of pivots that are not 0. */
  readonly rank: number;
}

/** Gaussian elimination of an n by n matrix with complete pivoting (Golub, Van Loan 2013, section 3.4.8). */
export function eliminate(a: Float64Array, n: number): Elimination {
  const lu = a.slice();
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const columns = Int32Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let step = 0; step < n; step++) {
    let [top, left] = [step, step];
    for (let i = step; i < n; i++)
      for (let j = step; j < n; j++) if (!(Math.abs(lu[i * n + j] as number) <= Math.abs(lu[top * n + left] as number))) [top, left] = [i, j];
    if (top !== step) {
      sign = -sign;
      for (let j = 0; j < n; j++) swap(lu, step * n + j, top * n + j);
      swap(rows, step, top);
    }
    if (left !== step) {
      sign = -sign;
      for (let i = 0; i < n; i++) swap(lu, i * n + step, i * n + left);
      swap(columns, step, left);
    }
    const pivot = lu[step * n + step] as number;
    if (pivot === 0) return { lu, rows, columns, sign, rank: step };
    for (let i = step + 1; i < n; i++) {
      const factor = (lu[i * n + step] as number) / pivot;
      lu[i * n + step] = factor;
      for (let j = step + 1; j < n; j++) lu[i * n + j] = (lu[i * n + j] as number) - factor * (lu[step * n + j] as number);
    }
  }
  return { lu, rows, columns, sign, rank: n };
}

function swap(array: Float64Array | Int32Array, i: number, j: number): void {
  const kept = array[i] as number;
  array[i] = array[j] as number;
  array[j] = kept;
}

/** The determinant; 1 for the empty matrix. */
export function determinant(a: Float64Array, n: number): number {
  const { lu, sign, rank } = eliminate(a, n);
  let product = rank < n ? 0 : sign;
  for (let i = 0; i < rank && product !== 0; i++) product *= lu[i * n + i] as number;
  return product;
}

/** The matrix of cofactors, dDet/dA: right for singular matrices too (rank one at rank n - 1, zero below). */
export function cofactors(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  if (n === 0) return out;
  if (n === 1) return Float64Array.of(1);
  if (n === 2) return Float64Array.of(a[3] as number, -(a[2] as number), -(a[1] as number), a[0] as number);
  const { lu, rows, columns, sign, rank } = eliminate(a, n);
  if (rank < n - 1) return out;
  const u = (i: number, j: number): number => lu[i * n + j] as number;
  // adj(U): column j solves U x = det(U) e_j, the last pivot being cancelled by hand so that it may be 0.
  let leading = sign;
  for (let i = 0; i < n - 1; i++) leading *= u(i, i);
  const last = u(n - 1, n - 1);
  const adjugate = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    adjugate[j * n + j] = j === n - 1 ? leading : (leading * last) / u(j, j);
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum += u(i, k) * (adjugate[k * n + j] as number);
      adjugate[i * n + j] = -sum / u(i, i);
    }
  }
  // adj(LU) = adj(U) L^-1, then the permutations are undone and the result transposed.
  for (let i = 0; i < n; i++)
    for (let j = n - 1; j >= 0; j--) {
      let entry = adjugate[i * n + j] as number;
      for (let k = j + 1; k < n; k++) entry -= (adjugate[i * n + k] as number) * (lu[k * n + j] as number);
      adjugate[i * n + j] = entry;
      out[(rows[j] as number) * n + (columns[i] as number)] = entry;
    }
  return out;
}

/** Solves A X = B for B of `columns` columns; undefined when a pivot is 0. */
export function solveLinear(a: Float64Array, b: Float64Array, n: number, columns: number): Float64Array | undefined {
  const { lu, rows, columns: order, rank } = eliminate(a, n);
  if (rank < n) return undefined;
  const out = new Float64Array(n * columns);
  const y = new Float64Array(n);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      let sum = b[(rows[i] as number) * columns + c] as number;
      for (let j = 0; j < i; j++) sum -= (lu[i * n + j] as number) * (y[j] as number);
      y[i] = sum;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = y[i] as number;
      for (let j = i + 1; j < n; j++) sum -= (lu[i * n + j] as number) * (y[j] as number);
      y[i] = sum / (lu[i * n + i] as number);
      out[(order[i] as number) * columns + c] = y[i] as number;
    }
  }
  return out;
}

/** log |det A|, and NaN for a negative determinant: the pivots are never multiplied, so nothing overflows. */
export function logDeterminant(a: Float64Array, n: number): number {
  const { lu, sign, rank } = eliminate(a, n);
  if (rank < n) return -Infinity;
  let total = 0;
  let side = sign;
  for (let i = 0; i < n; i++) {
    const pivot = lu[i * n + i] as number;
    total += Math.log(Math.abs(pivot));
    if (pivot < 0) side = -side;
  }
  return side > 0 ? total : Number.NaN;
}

/** Lower triangular L with L Lᵀ = A, from the lower part of A; undefined when A is not positive definite. */
export function choleskyFactor(a: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[j * n + k] as number);
      if (i === j && !(sum > 0)) return undefined;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / (l[j * n + j] as number);
    }
  return l;
}
