import { ancestors, opened } from "../graph.ts";
import { ones } from "../ops/creation.ts";
import { text } from "../print/text.ts";
import { type Tensor, effectiveInputs } from "../tensor.ts";
import { reverse } from "./reverse.ts";

/** An operand of an op that the adjoint of the cost reaches, and that passes nothing on to it. */
interface Stop {
  readonly at: Tensor;
  readonly position: number;
  readonly slot: number;
}

/** Why leaves receive no gradient: an op that passes none on, a block that does not use it, or no way to the cost at all. The graph is looked at once for all. */
export function unreachedFrom(cost: Tensor): (leaf: Tensor) => string {
  const order = ancestors([cost], 0, written);
  const stops = stopsBelow(order, reachedFrom(cost));
  const uses = usesIn(order);
  const blocks = new Map<Tensor, { readonly operands: readonly Tensor[]; readonly why: (leaf: Tensor) => string } | undefined>();
  const inside = (block: Tensor): ReturnType<typeof blocks.get> => {
    if (!blocks.has(block)) {
      const held = opened(block);
      blocks.set(block, held && { operands: held.operands, why: unreachedFrom(held.result) });
    }
    return blocks.get(block);
  };
  // Many leaves may stop at one op, whose formula has all of them.
  const formulas = new Map<Tensor, string>();
  const shown = (t: Tensor): string => {
    const known = formulas.get(t) ?? `${t.op.name} (${text(t)})`;
    formulas.set(t, known);
    return known;
  };
  return (leaf) => {
    const stop = stops.get(leaf);
    if (stop !== undefined) {
      const { at, slot } = stop;
      const block = inside(at);
      const operand = block?.operands[slot];
      if (block !== undefined && operand !== undefined) return block.why(operand);
      const derivative = at.op.calculus.rule === "constant" ? "derivative is 0 everywhere" : "derivative by it is the constant 0";
      return `it is used only through ${shown(at)}, whose ${derivative}`;
    }
    const block = unusing(leaf, order, uses);
    if (block !== undefined) return `the cost does not use it: ${shown(block)} is given it, but computes without it`;
    return "the cost does not depend on it; was it detached, read as numbers, or left out?";
  };
}

/** What the user wrote, and what computes in its place. */
function written(t: Tensor): readonly Tensor[] {
  return t.via === undefined ? t.inputs : [...t.inputs, t.via];
}

/** For each value that the adjoint does not reach, though something made of it is reached: the first such op in `order`. */
function stopsBelow(order: readonly Tensor[], reached: ReadonlySet<Tensor>): ReadonlyMap<Tensor, Stop> {
  const stops = new Map<Tensor, Stop>();
  for (let position = order.length - 1; position >= 0; position--) {
    const at = order[position] as Tensor;
    const beyond = reached.has(at) ? undefined : stops.get(at);
    if (beyond === undefined && !reached.has(at)) continue;
    effectiveInputs(at).forEach((input, slot) => {
      const found = beyond ?? { at, position, slot };
      const known = stops.get(input);
      const earlier = known === undefined || found.position < known.position || (found.position === known.position && found.slot < known.slot);
      if (earlier && !reached.has(input)) stops.set(input, found);
    });
  }
  return stops;
}

/** The uses of each value in `order`, with their positions there. */
type Uses = ReadonlyMap<Tensor, readonly number[]>;

function usesIn(order: readonly Tensor[]): Uses {
  const uses = new Map<Tensor, number[]>();
  for (const [position, t] of order.entries())
    for (const input of written(t)) {
      const known = uses.get(input);
      if (known === undefined) uses.set(input, [position]);
      else known.push(position);
    }
  return uses;
}

/** The first block that is given what is made of a leaf, and computes without it. */
function unusing(leaf: Tensor, order: readonly Tensor[], uses: Uses): Tensor | undefined {
  const computed = new Set([leaf]);
  for (const each of computed)
    for (const use of uses.get(each) ?? []) {
      const t = order[use] as Tensor;
      if (effectiveInputs(t).includes(each)) computed.add(t);
    }
  const without = [...computed].flatMap((each) => uses.get(each) ?? []).filter((use) => !computed.has(order[use] as Tensor));
  return without.length === 0 ? undefined : order[without.reduce((first, each) => Math.min(first, each))];
}

/** Everything that the adjoint of the cost reaches. */
function reachedFrom(cost: Tensor): ReadonlySet<Tensor> {
  const reached = new Set<Tensor>();
  const visitor = { inputsOf: effectiveInputs, visit: (t: Tensor): unknown => reached.add(t) };
  reverse({ order: ancestors([cost], 0), records: false }, new Map([[cost.id, ones(cost.shape)]]), [], visitor);
  return reached;
}
