import { type Op, type Tensor, effectiveInputs } from "./tensor.ts";

/**
 * The tracked nodes that `roots` depend on, operands before uses. Nodes created before `since` are left out: ids grow with creation,
 * so none of them can depend on a node made later. The walk is iterative, so depth costs no stack.
 */
export function ancestors(roots: readonly Tensor[], since: number, inputsOf: (t: Tensor) => readonly Tensor[] = effectiveInputs): Tensor[] {
  const order: Tensor[] = [];
  const entered = new Set<number>();
  const pending: Tensor[] = [];
  const next: number[] = [];
  for (const root of roots) {
    if (!root.tracked || root.id < since || entered.has(root.id)) continue;
    entered.add(root.id);
    pending.push(root);
    next.push(0);
    while (pending.length > 0) {
      const node = pending[pending.length - 1] as Tensor;
      const inputs = inputsOf(node);
      const position = next[next.length - 1] as number;
      if (position === inputs.length) {
        order.push(node);
        pending.pop();
        next.pop();
        continue;
      }
      next[next.length - 1] = position + 1;
      const input = inputs[position] as Tensor;
      if (!input.tracked || input.id < since || entered.has(input.id)) continue;
      entered.add(input.id);
      pending.push(input);
      next.push(0);
    }
  }
  return order;
}

/** A composite in other ops: its own expansion, or that of its calculus. */
export function expansionOf({ calculus, expand }: Op): Op["expand"] {
  return expand ?? (calculus.rule === "expansion" ? calculus.expand : undefined);
}
