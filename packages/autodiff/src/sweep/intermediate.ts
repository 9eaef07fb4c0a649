import { ancestors } from "../graph.ts";
import { type Tensor, effectiveInputs } from "../tensor.ts";
import { reverse } from "./reverse.ts";

/** What the user wrote: twins are ignored, but a composite is only its expansion. */
export function literalInputs(t: Tensor): readonly Tensor[] {
  return t.op.calculus.rule === "expansion" ? effectiveInputs(t) : t.inputs;
}

/**
 * Adjoints of intermediate values. A twin steps over the values that it replaces, and a requested adjoint is a cut that no twin may
 * cross: for a value that some twins step over, those twins are left out and the formula is differentiated as written.
 */
export function adjointsOfAll(output: Tensor, seed: Tensor, nodes: readonly Tensor[]): ReadonlyMap<number, Tensor> {
  const adjoints = new Map<number, Tensor>();
  const groups = new Map<string, { readonly without: ReadonlySet<number>; readonly members: Tensor[] }>();
  const steppers = bypasses(output);
  for (const node of nodes) {
    if (!node.tracked) continue;
    const without = steppers.get(node.id) ?? new Set<number>();
    const label = [...without].toSorted((a, b) => a - b).join(" ");
    const group = groups.get(label) ?? { without, members: [] };
    group.members.push(node);
    groups.set(label, group);
  }
  for (const { without, members } of groups.values()) {
    const found = everyAdjoint(output, seed, without);
    for (const member of members) {
      const adjoint = found.get(member.id);
      if (adjoint !== undefined) adjoints.set(member.id, adjoint);
    }
  }
  return adjoints;
}

/** For each node the twins that step over it. */
function bypasses(output: Tensor): ReadonlyMap<number, Set<number>> {
  const steppers = new Map<number, Set<number>>();
  for (const t of ancestors([output], 0, (each) => [...literalInputs(each), ...effectiveInputs(each)])) {
    if (t.via === undefined || t.op.calculus.rule === "expansion") continue;
    const kept = new Set(ancestors([t.via], 0).map(({ id }) => id));
    for (const { id } of ancestors(t.inputs, 0, literalInputs)) if (!kept.has(id)) steppers.set(id, (steppers.get(id) ?? new Set()).add(t.id));
  }
  return steppers;
}

function everyAdjoint(output: Tensor, seed: Tensor, without: ReadonlySet<number>): ReadonlyMap<number, Tensor> {
  const inputsOf = (t: Tensor): readonly Tensor[] => (without.has(t.id) ? t.inputs : effectiveInputs(t));
  const found = new Map<number, Tensor>();
  reverse({ order: ancestors([output], 0, inputsOf), records: false }, new Map([[output.id, seed]]), [], {
    inputsOf,
    visit: (node, g) => found.set(node.id, g),
  });
  return found;
}
