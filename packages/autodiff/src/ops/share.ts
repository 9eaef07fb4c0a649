import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { sameShape, size } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { broadcast, reshapeTo, sum } from "./broadcast.ts";
import { arange } from "./creation.ts";
import { sigmoid } from "./logistic.ts";
import { type Peeled, ask, isSame, peel } from "./recognise.ts";
import { logOfOthers } from "./scaled.ts";
import { softmaxOver } from "./softmax.ts";

/** exp(u) / total as a softmax or a sigmoid, where exp(u) is one of the terms of the total. */
export function shareOfTotal(exponential: Tensor, total: Tensor): Tensor | undefined {
  const u = ask(exponential, "log");
  const core = u && peel(total);
  if (u === undefined || core === undefined || core.negated) return undefined;
  if (core.op === sum.op) return softmaxOf(u, core);
  const others = logOfOthers(core, u);
  return others && sigmoid(sub(u, others));
}

/** The softmax of u, where the total is the sum of exp(u) put back over the lines that it was taken from. */
function softmaxOf(u: Tensor, total: Peeled): Tensor | undefined {
  const exponent = ask(total.inputs[0] as Tensor, "log");
  if (exponent === undefined || !isSame(exponent, u)) return undefined;
  const { axes } = total.attrs as ReduceAttrs;
  // Where each sum went, told by its number: views can put it over other lines, such as the columns of a square.
  const sums = arange(size(reducedShape(u.shape, { axes, keepDims: false })));
  const placed = total.rewrap(reshapeTo(sums, reducedShape(u.shape, total.attrs as ReduceAttrs)));
  const wanted = broadcast(reshapeTo(sums, reducedShape(u.shape, { axes, keepDims: true })), u.shape);
  const inPlace = sameShape(placed.shape, u.shape) && placed.data?.every((each, at) => each === wanted.data?.[at]) === true;
  return inPlace ? softmaxOver(u, axes) : undefined;
}
