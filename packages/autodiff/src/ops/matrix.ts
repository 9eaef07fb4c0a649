import { type Dense } from "../kernel/dense.ts";
import { cofactors, determinant } from "../kernel/elimination.ts";
import { weights } from "../scalar.ts";
import { type Shape, ShapeError } from "../shape.ts";
import { type Op, type Tensor, apply, showCall } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Defined, broadcast, defined, reshapeTo, sumOver } from "./broadcast.ts";
import { take, takeAdd } from "./indexing.ts";
import { type Like, like } from "./like.ts";
import { call } from "./notation.ts";

/** The number of rows. Throws ShapeError for what is not a square matrix or a batch of them. */
export function squareRows(caller: string, x: readonly Tensor[]): number {
  const { shape } = x[0] as Tensor;
  if (shape.length < 2 || shape.at(-1) !== shape.at(-2))
    throw new ShapeError(
      `${showCall(caller, x)}: the last two axes must be equal, a square matrix, but are ${shape.at(-2) ?? "absent"} and ${shape.at(-1) ?? "absent"}`,
    );
  return shape.at(-1) as number;
}

/** Gaussian elimination of n rows: about 2/3 n³ additions and products, and a quotient for each factor. */
export function eliminationWork(n: number): number {
  return ((n - 1) * n * (2 * n - 1)) / 3 + ((n * (n - 1)) / 2) * weights.quotient;
}

/** An elimination, the adjugate of U column by column, and its product with the inverse of L. */
function cofactorWork(n: number): number {
  if (n < 3) return n === 2 ? 2 : 0;
  const columns = ((n - 1) * n * (n + 1)) / 3 + (((n + 2) * (n - 1)) / 2) * (weights.quotient + weights.simple);
  return eliminationWork(n) + columns + n * n * (n - 1);
}

const detOp: Op = {
  name: "det",
  kind: "factor",
  core: { operands: [2], result: 0 },
  notation: call("det", "\\det"),
  work: ([a]) => eliminationWork(a?.[0] as number) + (a?.[0] as number),
  matrix: ([a]) => Float64Array.of(determinant((a as Dense).data, (a as Dense).shape[0] as number)),
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [a]) => mul(reshapeTo(broadcastOver(g, a as Tensor), (a as Tensor).shape), cofactor(a as Tensor)),
    jvp: ([da], _y, [a]) => sumMatrix(mul(da as Tensor, cofactor(a as Tensor))),
  },
  shape: (x) => {
    squareRows("det", x);
    return (x[0] as Tensor).shape.slice(0, -2);
  },
  recalled: () => true,
};

const cofactorOp: Op = {
  name: "cofactor",
  kind: "factor",
  core: { operands: [2], result: 2 },
  notation: call("cof", "\\operatorname{cof}"),
  work: ([a]) => cofactorWork(a?.[0] as number),
  matrix: ([a]) => cofactors((a as Dense).data, (a as Dense).shape[0] as number),
  // Each cofactor is a determinant of a minor, so the rule holds at every rank; it costs n^2 cofactor matrices of n - 1 rows.
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [a]) => {
      const { minors, indices, signs, batch, n } = minorsOf(a as Tensor);
      const weights = mul(g, signs);
      const spread = broadcast(reshapeTo(weights, [...weights.shape, 1, 1]), minors.shape);
      return reshapeTo(takeAdd(mul(spread, cofactor(minors)), { indices, axis: batch.length, shape: [...batch, n * n] }), (a as Tensor).shape);
    },
    jvp: ([da], _y, [a]) => {
      const { minors, indices, signs, batch, n } = minorsOf(a as Tensor);
      const moved = take(reshapeTo(da as Tensor, [...batch, n * n]), { indices, axis: batch.length });
      return mul(signs, sumMatrix(mul(moved, cofactor(minors))));
    },
  },
  shape: (x) => {
    squareRows("cofactor", x);
    return (x[0] as Tensor).shape;
  },
};

interface Minors {
  /** [.., n, n, n - 1, n - 1]: the matrix without row i and column j. */
  readonly minors: Tensor;
  readonly indices: { readonly shape: Shape; readonly data: Float64Array };
  /** (-1)^(i + j) */
  readonly signs: Tensor;
  readonly batch: Shape;
  readonly n: number;
}

function minorsOf(a: Tensor): Minors {
  const n = a.shape.at(-1) as number;
  const batch = a.shape.slice(0, -2);
  const line = Array.from({ length: n }, (_, i) => i);
  const data = line.flatMap((i) =>
    line.flatMap((j) => line.filter((row) => row !== i).flatMap((row) => line.filter((column) => column !== j).map((column) => row * n + column))),
  );
  const indices = { shape: [n, n, Math.max(n - 1, 0), Math.max(n - 1, 0)], data: Float64Array.from(data) };
  const signs = like(line.map((i) => line.map((j) => ((i + j) % 2 === 0 ? 1 : -1))));
  return { minors: take(reshapeTo(a, [...batch, n * n]), { indices, axis: batch.length }), indices, signs, batch, n };
}

/** Per matrix of the batch, its scalar at every entry. */
function broadcastOver(g: Tensor, a: Tensor): Tensor {
  return broadcast(reshapeTo(g, [...g.shape, 1, 1]), a.shape);
}

function sumMatrix(x: Tensor): Tensor {
  return sumOver(x, [x.shape.length - 2, x.shape.length - 1], false);
}

/**
 * The determinant of a square matrix, or of each of a batch; 1 for the empty matrix.
 *
 * Shape: [.., n, n] gives [..]. Derivative: the matrix of cofactors, right at singular matrices too.
 * Throws ShapeError when the last two axes differ.
 *
 * @example
 * item(det([[1, 2], [3, 4]])) // => -2
 */
export const det: Defined<(a: Like) => Tensor> = defined(
  detOp,
  (a: Like): Tensor => {
    return apply(detOp, [like(a, "det")]);
  },
  1,
);

/**
 * The matrix of cofactors: entry (i, j) is (-1)^(i+j) times the determinant without row i and column j.
 *
 * Shape: kept. Derivative: through the minors, exact at every rank, at the cost of n² smaller matrices. Throws ShapeError when the last
 * two axes differ.
 *
 * @example
 * nested(cofactor([[1, 2], [2, 4]])) // => [[4, -2], [-2, 1]]
 */
export const cofactor: Defined<(a: Like) => Tensor> = defined(
  cofactorOp,
  (a: Like): Tensor => {
    return apply(cofactorOp, [like(a, "cofactor")]);
  },
  1,
);
