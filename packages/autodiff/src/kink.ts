import { type Births } from "./caller.ts";
import { ancestors, opened } from "./graph.ts";
import { ones } from "./ops/creation.ts";
import { uniform } from "./ops/random.ts";
import { text } from "./print/text.ts";
import { randomKey } from "./random.ts";
import { pulled } from "./sweep/reverse.ts";
import { type Tensor, apply, asRule, constant, observed } from "./tensor.ts";

/** Entries of an operand at which the derivative of an op jumps. */
export interface Kink {
  readonly op: string;
  readonly formula: string;
  readonly scope: string | undefined;
  readonly line: string | undefined;
  /** How many entries of the operand sit there. */
  readonly entries: number;
  /** The derivatives that the convention chose there, each once. */
  readonly used: readonly number[];
  /** One sentence for a person. */
  readonly message: string;
}

/** Every op of a run that sits at a kink: its rule gives another derivative just before the operand than just after it. */
export function kinksOf(cost: Tensor, births: Births): readonly Kink[] {
  return ancestors([cost], 0).flatMap((node) => {
    const block = opened(node);
    if (block !== undefined) return kinksOf(block.result, births);
    if (node.via !== undefined || node.op.kind === "leaf" || node.op.calculus.rule === "multilinear" || node.op.calculus.rule === "constant") return [];
    for (let operand = 0; operand < node.inputs.length; operand++) {
      const used = node.inputs[operand]?.tracked === true ? observed(undefined, () => jumps(node, operand)) : [];
      if (used.length === 0) continue;
      const written = births.writtenFor(node).node;
      const { op, scope } = written;
      const [formula, line] = [text(written), births.lineOf(node)];
      const distinct = [...new Set(used)].toSorted((a, b) => a - b);
      const where = `${scope === undefined ? "" : ` in ${scope}`}${line === undefined ? "" : ` at ${line}`}`;
      const subject = used.length === 1 ? "1 entry sits" : `${used.length} entries sit`;
      const message = `${subject} at ${op.name}'s kink, ${formula}${where}; convention used: ${distinct.slice(0, 4).join(", ")}${distinct.length > 4 ? ", …" : ""}`;
      return [{ op: op.name, formula, scope, line, entries: used.length, used: distinct, message }];
    }
    return [];
  });
}

/** The derivatives used at the entries of an operand on whose two sides the rule disagrees; a side that is not finite says nothing. */
function jumps(node: Tensor, operand: number): readonly number[] {
  const x = (node.inputs[operand] as Tensor).data;
  if (x === undefined || node.data?.every((entry) => Number.isFinite(entry)) !== true) return [];
  const g = uniform(randomKey(1), { shape: node.shape, low: 0.5, high: 1.5 });
  const along = uniform(randomKey(2), { shape: (node.inputs[operand] as Tensor).shape, low: 0.5, high: 1.5 }).data as Float64Array;
  // So near that a smooth derivative does not change, and on the operand's own side of every other point.
  const shifted = (side: 1 | -1): Float64Array => x.map((entry, at) => entry + side * (along[at] ?? 1) * (entry === 0 ? 1e-100 : Math.abs(entry) * 2 ** -40));
  const [before, after] = [shareAt(node, operand, shifted(-1), g), shareAt(node, operand, shifted(1), g)];
  if (before === undefined || after === undefined) return [];
  const here = shareAt(node, operand, x, ones(node.shape));
  return Array.from(before).flatMap((left, at) => {
    const right = after[at] ?? Number.NaN;
    // A pole is no kink.
    if (here?.[at] !== undefined && !Number.isFinite(here[at])) return [];
    const gap = Math.abs(left - right);
    return gap > 1e-9 && gap > 1e-3 * Math.max(Math.abs(left), Math.abs(right)) && Number.isFinite(gap) ? [(here?.[at] ?? 0) + 0] : [];
  });
}

/** What the operand would receive of the adjoint g, had it these entries; undefined where nothing flows. */
function shareAt(node: Tensor, operand: number, entries: Float64Array, g: Tensor): Float64Array | undefined {
  const inputs = node.inputs.map((input, which) => (which === operand ? constant(entries, input.shape) : input));
  return asRule(false, () => {
    const { data } = apply(
      node.op,
      inputs.map((input) => constant(input.data as Float64Array, input.shape)),
      node.attrs,
    );
    const share = pulled({ ...node, inputs, data }, operand, g);
    return share === undefined ? new Float64Array(entries.length) : share.data;
  });
}
