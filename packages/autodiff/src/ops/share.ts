import { type ReduceAttrs } from "../kernel/reduce.ts";
import { type Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { sum } from "./broadcast.ts";
import { sigmoid } from "./logistic.ts";
import { type Peeled, ask, isAll, isSame, peel } from "./recognise.ts";
import { logOfOthers } from "./scaled.ts";
import { sitsOver, softmaxOver } from "./softmax.ts";
import { tanh } from "./trigonometric.ts";

/** exp(u) / total as a softmax or a sigmoid, where exp(u) is one of the terms of the total; of a difference of the terms, as a tanh. */
export function shareOfTotal(exponential: Tensor, total: Tensor): Tensor | undefined {
  const own = peel(exponential);
  const core = own && peel(total);
  if (own === undefined || core === undefined || core.negated) return undefined;
  if (own.op.known?.log === undefined) return differenceOfTotal(own, core);
  const u = own.op.known?.log?.(own.inputs, own.attrs);
  if (u === undefined) return undefined;
  if (core.op === sum.op) return softmaxOf(u, own, core);
  const exponent = own.rewrap(u);
  const others = logOfOthers(core, exponent);
  return others && sigmoid(sub(exponent, others));
}

/** (exp(u) - exp(v)) / (exp(u) + exp(v)) = tanh((u - v)/2), either of which may be 1. */
function differenceOfTotal(own: Peeled, total: Peeled): Tensor | undefined {
  const [a, b] = own.inputs as readonly [Tensor, Tensor];
  // expm1(u) is the difference of exp(u) and 1.
  const inner: readonly (Tensor | 0 | undefined)[] = own.op === sub.op ? [exponentOf(a), exponentOf(b)] : [own.op.known?.log1p?.(own.inputs, own.attrs), 0];
  const seen = (exponents: readonly (Tensor | 0 | undefined)[], { rewrap }: Peeled): (Tensor | 0 | undefined)[] =>
    exponents.map((each) => each && rewrap(each));
  // Under the views of each, since a difference over a total that was turned is no tanh.
  const [u, v] = seen(inner, own);
  if (u === undefined || v === undefined || total.op !== add.op) return undefined;
  const [c, d] = seen(total.inputs.map(exponentOf), total);
  const alike = (left: Tensor | 0 | undefined, right: Tensor | 0): boolean =>
    left === right || (left !== undefined && left !== 0 && right !== 0 && isSame(left, right));
  return (alike(c, u) && alike(d, v)) || (alike(c, v) && alike(d, u)) ? tanh(mul(0.5, sub(u, v))) : undefined;
}

/** u of exp(u), 0 of 1. */
function exponentOf(x: Tensor): Tensor | 0 | undefined {
  return isAll(x, 1) ? 0 : ask(x, "log");
}

/** The softmax of u, or a part of it, where the total is the sum of exp(u) over the lines that it stands over. */
function softmaxOf(u: Tensor, own: Peeled, total: Peeled): Tensor | undefined {
  const exponent = ask(total.inputs[0] as Tensor, "log");
  const { rewrap } = own;
  const attrs = total.attrs as ReduceAttrs;
  if (exponent === undefined) return undefined;
  if (isSame(exponent, u)) return sitsOver(u, attrs, total.rewrap, rewrap) ? rewrap(softmaxOver(u, attrs.axes)) : undefined;
  const viewed = rewrap(u);
  return isSame(exponent, viewed) && sitsOver(viewed, attrs, total.rewrap) ? softmaxOver(viewed, attrs.axes) : undefined;
}
