import { ours } from "../copies.ts";
import { isTensor } from "../ops/like.ts";
import { describe, promised, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { GradientError } from "./trace.ts";

/** Throws GradientError unless a function gave what a gradient can be taken of: a tensor without axes. */
export function checkCost(caller: string, cost: unknown): asserts cost is Tensor {
  if (cost instanceof Promise) throw new GradientError(`${caller}: f returned a promise; ${promised}`);
  if (typeof cost === "function") throw new GradientError(`${caller}: f returned a function; call it, as in grad(g)(x), and return the cost that it gives`);
  if (!isTensor(cost))
    throw new GradientError(
      `${caller}: f must return a scalar tensor, got ${describe(cost)}; return the cost, for example mean(square(error)), with ops instead of operators: mul(x, x), not x * x`,
    );
  ours(caller, cost);
  if (cost.shape.length === 0) return;
  const single = cost.shape.every((extent) => extent === 1);
  const advice = single ? "one entry but no scalar: reshape it to [], or reduce over all axes" : "sum or average it, or use vjp with a cotangent";
  throw new GradientError(`${caller}: f must return a scalar, got shape ${showShape(cost.shape)}; ${advice}`);
}
