import { accumulate, times } from "../ops/arithmetic.ts";
import { type Tensor, asRule, effectiveInputs, standingFor } from "../tensor.ts";
import { type Trace, activity } from "./trace.ts";

/** Sees every node with its final adjoint, and may choose what a node's adjoint flows on to: all that is tracked of what it names. */
export interface Visitor {
  inputsOf?(t: Tensor): readonly Tensor[];
  visit(node: Tensor, adjoint: Tensor): void;
  /** Sees what each operand receives of a node's adjoint. */
  share?(node: Tensor, operand: number, adjoint: Tensor, share: Tensor): void;
}

/**
 * The reverse sweep: adjoints of `watched`, given seeds by node id. A missing adjoint is zero. Each adjoint is dropped once used and each
 * node once passed (`order` is emptied), so that the memory of the forward values is given back on the way.
 */
export function reverse(traced: Trace, seeds: ReadonlyMap<number, Tensor>, watched: readonly Tensor[], visitor?: Visitor): (Tensor | undefined)[] {
  const active = visitor?.inputsOf === undefined ? activity(traced.order, watched) : undefined;
  const records = traced.records || [...seeds.values()].some(({ tracked }) => tracked);
  const { order } = traced;
  const targets = new Set(watched.map(({ id }) => id));
  const adjoints = new Map(seeds);
  asRule(records, () => {
    for (let node = order.pop(); node !== undefined; node = order.pop()) {
      const g = adjoints.get(node.id);
      if (g === undefined || targets.has(node.id)) continue;
      adjoints.delete(node.id);
      visitor?.visit(node, g);
      standingFor(node, "derivative", () => pull(node, g, active, adjoints, visitor));
    }
  });
  return watched.map(({ id }) => adjoints.get(id));
}

/** Sends one node's adjoint on to its operands. */
function pull(node: Tensor, g: Tensor, active: ReadonlySet<number> | undefined, adjoints: Map<number, Tensor>, visitor: Visitor | undefined): void {
  const inputs = visitor?.inputsOf?.(node) ?? effectiveInputs(node);
  // A twin or an expansion stands in for the node and takes its whole adjoint.
  const standsIn = inputs !== node.inputs;
  for (let operand = 0; operand < inputs.length; operand++) {
    const input = inputs[operand] as Tensor;
    if (active === undefined ? !input.tracked : !active.has(input.id)) continue;
    const share = standsIn ? g : pulled(node, operand, g);
    if (share === undefined) continue;
    visitor?.share?.(node, operand, g, share);
    adjoints.set(input.id, accumulate(adjoints.get(input.id), share));
  }
}

/** What one operand receives of a node's adjoint; undefined where nothing flows. */
export function pulled(node: Tensor, operand: number, g: Tensor): Tensor | undefined {
  const { calculus } = node.op;
  switch (calculus.rule) {
    case "partials":
      return times(calculus.partial(operand, node, node.inputs, node.attrs), g);
    case "multilinear":
      return calculus.adjoint(operand, g, node.inputs, node.attrs);
    case "general": {
      const share = calculus.vjp(operand, g, node, node.inputs, node.attrs);
      return share === 0 ? undefined : share;
    }
    case "constant":
    case "leaf":
      return undefined;
    case "expansion":
      throw new Error(`internal: ${node.op.name} has no expansion to go through`);
    default:
      return calculus satisfies never;
  }
}
