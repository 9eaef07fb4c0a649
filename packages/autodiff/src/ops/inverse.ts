import { type Dense } from "../kernel/dense.ts";
import { weights } from "../scalar.ts";
import { choleskyFactor, cofactors, logDeterminant, solveLinear } from "../kernel/elimination.ts";
import { type Shape, ShapeError, ValueError, broadcastShape, showShape } from "../shape.ts";
import { type Op, type Tensor, apply, showCall } from "../tensor.ts";
import { add, mul, neg, sumOfTangents } from "./arithmetic.ts";
import { type Defined, broadcast, defined, reshapeTo, sumOver } from "./broadcast.ts";
import { eye } from "./creation.ts";
import { swapLast } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { matmul } from "./linalg.ts";
import { eliminationWork, squareRows } from "./matrix.ts";
import { call, postfix } from "./notation.ts";
import { tril } from "./triangle.ts";

const singular = "a pivot is 0, so the matrix is singular; add a small multiple of the identity, or use a least-squares method";

/** An elimination, then two triangular systems for each right side. */
function solutionWork(a: Shape, columns: number): number {
  return eliminationWork(a[0] as number) + 2 * columns * (a[0] as number) ** 2;
}

const inverseOp: Op = {
  name: "inv",
  kind: "factor",
  core: { operands: [2], result: 2 },
  notation: postfix("⁻¹", "^{-1}"),
  work: ([a]) => solutionWork(a as Shape, a?.[0] as number),
  matrix: ([a]) => {
    const { data, shape } = a as Dense;
    const n = shape[0] as number;
    const out = solveLinear(data, eye(n).data as Float64Array, n, n);
    if (out === undefined) throw new ValueError(`inv of a ${n}×${n} matrix: ${singular}`);
    return out;
  },
  // d(A⁻¹) = -A⁻¹ dA A⁻¹
  calculus: {
    rule: "general",
    vjp: (_operand, g, y) => neg(matmul(swapLast(y), matmul(g, swapLast(y)))),
    jvp: ([da], y) => neg(matmul(y, matmul(da as Tensor, y))),
  },
  shape: (x) => {
    squareRows("inv", x);
    return (x[0] as Tensor).shape;
  },
};

/**
 * The inverse of a square matrix, or of each of a batch.
 *
 * Shape: kept. Derivative: -A⁻ᵀ g A⁻ᵀ. Throws ShapeError when the last two axes differ, ValueError for a singular matrix.
 *
 * @example
 * nested(inv([[2, 0], [0, 4]])) // => [[0.5, 0], [0, 0.25]]
 */
export const inv: Defined<(a: Like) => Tensor> = defined(
  inverseOp,
  (a: Like): Tensor => {
    return apply(inverseOp, [like(a, "inv")]);
  },
  1,
);

const solveOp: Op = {
  name: "solve",
  kind: "factor",
  core: { operands: [2, 2], result: 2 },
  notation: call("solve"),
  work: ([a, b]) => solutionWork(a as Shape, b?.[1] as number),
  matrix: ([a, b]) => {
    const n = (a as Dense).shape[0] as number;
    const out = solveLinear((a as Dense).data, (b as Dense).data, n, (b as Dense).shape[1] as number);
    if (out === undefined) throw new ValueError(`solve with a ${n}×${n} matrix: ${singular}`);
    return out;
  },
  // A dX = dB - dA X
  calculus: {
    rule: "general",
    vjp: (operand, g, y, [a]) => {
      const back = apply(solveOp, [swapLast(a as Tensor), g]);
      return operand === 1 ? back : neg(matmul(back, swapLast(y)));
    },
    jvp: ([da = 0, db = 0], y, [a]) => {
      const moved = da === 0 ? 0 : neg(matmul(da, y));
      return apply(solveOp, [a as Tensor, sumOfTangents(db, moved)]);
    },
  },
  shape: ([, b]) => (b as Tensor).shape,
};

/**
 * X with A X = B; B is a vector [n] or matrices [.., n, k], and batch axes broadcast, as in NumPy 2.
 *
 * Derivatives: A⁻ᵀ g, and -A⁻ᵀ g Xᵀ. Throws ShapeError when A is not square or the rows differ, ValueError for a singular matrix.
 *
 * @example
 * nested(solve([[2, 0], [0, 4]], [1, 2])) // => [0.5, 0.5]
 */
export const solve: Defined<(a: Like, b: Like) => Tensor> = defined(
  solveOp,
  (left: Like, right: Like): Tensor => {
    const a = like(left, "solve");
    const b = like(right, "solve");
    const n = squareRows("solve", [a]);
    const vector = b.shape.length === 1;
    const rows = vector ? b.shape[0] : b.shape.at(-2);
    if (rows !== n)
      throw new ShapeError(`${showCall("solve", [a, b])}: the matrix has ${n} rows but b has ${rows ?? "none"} (axis ${vector ? -1 : -2}); they must be equal`);
    const columns = vector ? reshapeTo(b, [n, 1]) : b;
    const batch = broadcastShape(a.shape.slice(0, -2), columns.shape.slice(0, -2));
    if (batch === undefined)
      throw new ShapeError(
        `${showCall("solve", [a, b])}: the batch axes ${showShape(a.shape.slice(0, -2))} and ${showShape(columns.shape.slice(0, -2))} do not broadcast`,
      );
    const x = apply(solveOp, [broadcast(a, [...batch, n, n]), broadcast(columns, [...batch, ...columns.shape.slice(-2)])]);
    return vector ? reshapeTo(x, x.shape.slice(0, -1)) : x;
  },
  2,
);

/** A⁻¹ where a logarithm of the determinant needs it: at a singular matrix its limit, the adjugate times Infinity, as 1/x has at 0. */
const poleOp: Op = {
  ...inverseOp,
  matrix: ([a]) => {
    const { data, shape } = a as Dense;
    const n = shape[0] as number;
    const out = solveLinear(data, eye(n).data as Float64Array, n, n);
    if (out !== undefined) return out;
    const minor = cofactors(data, n);
    return minor.map((_, at) => (minor[(at % n) * n + Math.floor(at / n)] as number) / 0);
  },
};

const logdetOp: Op = {
  name: "logdet",
  advice: "the determinant is 0 or negative, so the matrix is singular or not positive definite; add a small multiple of the identity",
  kind: "factor",
  core: { operands: [2], result: 0 },
  notation: call("log det", "\\log\\det"),
  work: ([a]) => eliminationWork(a?.[0] as number) + (a?.[0] as number) * (weights.transcendental + weights.simple),
  matrix: ([a]) => Float64Array.of(logDeterminant((a as Dense).data, (a as Dense).shape[0] as number)),
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [a]) => {
      const t = a as Tensor;
      return mul(broadcast(reshapeTo(g, [...g.shape, 1, 1]), t.shape), swapLast(apply(poleOp, [t])));
    },
    jvp: ([da], _y, [a]) => {
      const t = da as Tensor;
      const rank = t.shape.length;
      return sumOver(mul(t, swapLast(apply(poleOp, [a as Tensor]))), [rank - 2, rank - 1], false);
    },
  },
  shape: (x) => {
    squareRows("logdet", x);
    return (x[0] as Tensor).shape.slice(0, -2);
  },
};

/**
 * log(det(A)) of a square matrix, or of each of a batch, without forming the determinant.
 *
 * Shape: [.., n, n] gives [..]. Derivative: A⁻ᵀ. Edges: -Infinity for a singular matrix, its derivative the cofactors times Infinity; NaN for
 * a negative determinant. Throws ShapeError when the last two axes differ.
 *
 * @example
 * item(logdet([[1, 0], [0, 1]])) // => 0
 */
export const logdet: Defined<(a: Like) => Tensor> = defined(
  logdetOp,
  (a: Like): Tensor => {
    return apply(logdetOp, [like(a, "logdet")]);
  },
  1,
);

const choleskyOp: Op = {
  name: "cholesky",
  kind: "factor",
  symmetric: true,
  core: { operands: [2], result: 2 },
  notation: call("chol", "\\operatorname{chol}"),
  work: ([a]) => {
    const n = a?.[0] as number;
    return (n ** 3 - n) / 3 + n * (n - 1) * (weights.quotient / 2) + n * weights.quotient;
  },
  matrix: ([a]) => {
    const n = (a as Dense).shape[0] as number;
    const out = choleskyFactor((a as Dense).data, n);
    if (out === undefined) throw new ValueError(`cholesky of a ${n}×${n} matrix: it is not positive definite; add a small multiple of the identity`);
    return out;
  },
  // With Φ the lower part with half its diagonal: dL = L Φ(L⁻¹ dA L⁻ᵀ), for symmetric dA (Murray 2016, Differentiation of the Cholesky decomposition).
  calculus: {
    rule: "general",
    vjp: (_operand, g, l) => {
      const p = lowerHalf(matmul(swapLast(l), tril(g)));
      const s = apply(solveOp, [swapLast(l), swapLast(apply(solveOp, [swapLast(l), swapLast(p)]))]);
      return mul(0.5, add(s, swapLast(s)));
    },
    jvp: ([da], l) => {
      const symmetric = mul(0.5, add(da as Tensor, swapLast(da as Tensor)));
      return matmul(l, lowerHalf(swapLast(apply(solveOp, [l, swapLast(apply(solveOp, [l, symmetric]))]))));
    },
  },
  shape: (x) => {
    squareRows("cholesky", x);
    return (x[0] as Tensor).shape;
  },
};

/** Φ: the lower part with half its diagonal. */
function lowerHalf(x: Tensor): Tensor {
  const n = x.shape.at(-1) as number;
  return mul(tril(x), add(1, mul(-0.5, eye(n))));
}

/**
 * The lower triangular L with L Lᵀ = A, from the lower part of a symmetric positive definite matrix, or of each of a batch.
 *
 * Shape: kept. Derivative: symmetrised, (G + Gᵀ)/2; the upper part of the adjoint is ignored. Throws ShapeError when the last two axes
 * differ, ValueError when A is not positive definite.
 *
 * @example
 * nested(cholesky([[4, 0], [0, 9]])) // => [[2, 0], [0, 3]]
 */
export const cholesky: Defined<(a: Like) => Tensor> = defined(
  choleskyOp,
  (a: Like): Tensor => {
    return apply(choleskyOp, [like(a, "cholesky")]);
  },
  1,
);
