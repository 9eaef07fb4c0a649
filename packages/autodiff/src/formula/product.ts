import { div, mul, sub } from "../ops/arithmetic.ts";
import { take } from "../ops/indexing.ts";
import { matmul } from "../ops/linalg.ts";
import { pow } from "../ops/power.ts";
import { ShapeError, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";

/** `a * b`: a scalar scales; otherwise the matrix product, a dot product for two vectors. */
export function product(a: Tensor, b: Tensor): Tensor {
  return a.shape.length === 0 || b.shape.length === 0 ? mul(a, b) : matmul(a, b);
}

/** `a / b` by a scalar. */
export function quotient(a: Tensor, b: Tensor): Tensor {
  if (b.shape.length > 0)
    throw new ShapeError(`a / b divides by a scalar, but b has shape ${showShape(b.shape)}; write a ./ b for entry by entry, a * inv(b) for a matrix`);
  return div(a, b);
}

/** `a ^ b` of scalars. */
export function power(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length > 0 || b.shape.length > 0)
    throw new ShapeError(
      `a ^ b is for scalars, but the shapes are ${showShape(a.shape)} and ${showShape(b.shape)}; write a .^ b for entry by entry, a * a for a matrix`,
    );
  return pow(a, b);
}

/** The vector at right angles to two vectors of three entries. */
export function cross(a: Tensor, b: Tensor): Tensor {
  for (const each of [a, b])
    if (each.shape.length !== 1 || each.shape[0] !== 3)
      throw new ShapeError(`cross(a, b) takes two vectors of 3 entries, but the shapes are ${showShape(a.shape)} and ${showShape(b.shape)}`);
  const turned = (x: Tensor, indices: readonly number[]): Tensor => take(x, { indices, axis: 0 });
  return sub(mul(turned(a, [1, 2, 0]), turned(b, [2, 0, 1])), mul(turned(a, [2, 0, 1]), turned(b, [1, 2, 0])));
}
