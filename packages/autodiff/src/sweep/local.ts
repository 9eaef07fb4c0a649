import { ancestors } from "../graph.ts";
import { symbol } from "../tensor.ts";
import { text } from "../print/text.ts";
import { type Partial, type Tensor, asRule } from "../tensor.ts";
import { pulled, reverse } from "./reverse.ts";

/** A label longer than this says only which derivative it is. */
const longest = 48;

/**
 * The local derivative of a node by one operand as a formula: the partial for an elementwise op (`b`, `σ′(z)`, `1`), and for others the
 * map itself with `·` in place of the adjoint (`Wᵀ ·`).
 */
export function localDerivative(t: Tensor, slot: number): string {
  const operand = t.inputs[slot] as Tensor;
  const { calculus } = t.op;
  const brief = `∂${t.name ?? "y"}/∂${operand.name ?? "x"}`;
  const written = asRule(true, () => {
    if (calculus.rule === "partials") return partialText(calculus.partial(slot, t, t.inputs, t.attrs));
    if (!operand.tracked) return "0";
    const g = symbol("·", t.shape);
    const share = t.via === undefined || calculus.rule !== "expansion" ? pulled(t, slot, g) : through(t, t.via, operand, g);
    if (share === undefined) return "0";
    const shown = text(share);
    return share === g || shown === "·" ? "1" : shown;
  });
  return written.length > longest ? brief : written;
}

function partialText(partial: Partial): string {
  if (typeof partial === "number") return String(partial);
  if (!("mask" in partial)) return partial.name ?? text(partial);
  const inner = partialText(partial.partial);
  const condition = text(partial.mask);
  return inner === "1" ? `[${condition}]` : `[${condition}] ${inner}`;
}

/** Through the expansion of a composite. */
function through(t: Tensor, via: Tensor, operand: Tensor, g: Tensor): Tensor | undefined {
  const order = ancestors([via], operand.id, (each) => (each === operand ? [] : each.via === undefined ? each.inputs : [each.via]));
  return t === operand ? g : reverse({ order, records: true }, new Map([[via.id, g]]), [operand])[0];
}
