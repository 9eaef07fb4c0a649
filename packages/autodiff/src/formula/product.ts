import { div, mul } from "../ops/arithmetic.ts";
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
