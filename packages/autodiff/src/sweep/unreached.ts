import { ancestors, opened } from "../graph.ts";
import { ones } from "../ops/creation.ts";
import { text } from "../print/text.ts";
import { type Tensor, effectiveInputs } from "../tensor.ts";
import { reverse } from "./reverse.ts";

/** Why a leaf receives no gradient: an op that passes none on, a block that does not use it, or no way to the cost at all. */
export function whyUnreached(cost: Tensor, leaf: Tensor): string {
  const order = ancestors([cost], 0, written);
  const computed = leadingTo(leaf, order, effectiveInputs);
  const reached = reachedFrom(cost);
  const last = order.find((t) => computed.has(t) && reached.has(t) && !effectiveInputs(t).some((input) => computed.has(input) && reached.has(input)));
  if (last !== undefined) {
    const block = opened(last);
    const operand = block?.operands[last.inputs.findIndex((input) => computed.has(input))];
    if (block !== undefined && operand !== undefined) return whyUnreached(block.result, operand);
    const derivative = last.op.calculus.rule === "constant" ? "derivative is 0 everywhere" : "derivative by it is the constant 0";
    return `it is used only through ${last.op.name} (${text(last)}), whose ${derivative}`;
  }
  const given = leadingTo(leaf, order, written);
  const block = order.find((t) => given.has(t) && !computed.has(t));
  if (block !== undefined) return `the cost does not use it: ${block.op.name} (${text(block)}) is given it, but computes without it`;
  return "the cost does not depend on it; was it detached, read as numbers, or left out?";
}

/** What the user wrote, and what computes in its place. */
function written(t: Tensor): readonly Tensor[] {
  return t.via === undefined ? t.inputs : [...t.inputs, t.via];
}

/** The leaf and everything in `order` that is made of it. */
function leadingTo(leaf: Tensor, order: readonly Tensor[], inputsOf: (t: Tensor) => readonly Tensor[]): ReadonlySet<Tensor> {
  const leading = new Set([leaf]);
  for (const t of order) if (inputsOf(t).some((input) => leading.has(input))) leading.add(t);
  return leading;
}

/** Everything that the adjoint of the cost reaches. */
function reachedFrom(cost: Tensor): ReadonlySet<Tensor> {
  const reached = new Set<Tensor>();
  const visitor = { inputsOf: effectiveInputs, visit: (t: Tensor): unknown => reached.add(t) };
  reverse({ order: ancestors([cost], 0), records: false }, new Map([[cost.id, ones(cost.shape)]]), [], visitor);
  return reached;
}
