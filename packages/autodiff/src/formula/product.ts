import { div, mul, sub } from "../ops/arithmetic.ts";
import { take } from "../ops/indexing.ts";
import { matmul } from "../ops/linalg.ts";
import { ShapeError, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";

/** `a * b`: a scalar scales; otherwise the matrix product, a dot product for two vectors. */
export function product(a: Tensor, b: Tensor): Tensor {
  return a.shape.length === 0 || b.shape.length === 0 ? mul(a, b) : matmul(a, b);
}

/** `a / b` by a scalar. */
export function quotient(a: Tensor, b: Tensor): Tensor {
  if (b.shape.length > 0)
    throw new ShapeError(`formula: a / b divides by a scalar, but b has shape ${showShape(b.shape)}; write a ./ b for entry by entry, a * inv(b) for a matrix`);
  return div(a, b);
}

/** The cross product of two vectors of length 3. */
export function cross(a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== "3" || b.shape.join() !== "3")
    throw new ShapeError(`formula: cross takes two vectors of length 3, got shapes ${showShape(a.shape)} and ${showShape(b.shape)}`);
  const turn = (x: Tensor, indices: readonly number[]): Tensor => take(x, { indices, axis: 0 });
  return sub(mul(turn(a, [1, 2, 0]), turn(b, [2, 0, 1])), mul(turn(a, [2, 0, 1]), turn(b, [1, 2, 0])));
}
