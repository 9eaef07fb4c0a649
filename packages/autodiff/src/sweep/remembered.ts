import { alias } from "../ops/creation.ts";
import { type Sweep, type Tensor, inSweep } from "../tensor.ts";
import { localDerivative } from "./local.ts";
import { reverse } from "./reverse.ts";
import { type Trace } from "./trace.ts";

/**
 * The reverse sweep of a transformation. Over symbols, what it makes remembers the sweep, so that those who look at the graph can tell the
 * backward pass from the forward one; numbers are forgotten with the sweep, and nothing is kept of it.
 */
export function adjointsOf(traced: Trace, seeds: ReadonlyMap<number, Tensor>, watched: readonly Tensor[]): (Tensor | undefined)[] {
  const outputs = traced.order.filter(({ id }) => seeds.has(id));
  if (outputs.every(({ data }) => data !== undefined)) return reverse(traced, seeds, watched);
  const adjoints = new Map<Tensor, Tensor>();
  const before = traced.order.reduce((most, { sweep }) => Math.max(most, sweep?.order ?? 0), 0);
  const sweep: Sweep = { order: before + 1, outputs, adjoints, localDerivative };
  return inSweep(sweep, () =>
    reverse(traced, seeds, watched, { visit: (node, g) => adjoints.set(node, g) }).map((adjoint, at) => {
      if (adjoint === undefined) return undefined;
      adjoints.set(watched[at] as Tensor, adjoint);
      // The derivative of a b by a is b itself; as a result it belongs to the sweep.
      return adjoint.tracked && adjoint.sweep !== sweep ? alias(adjoint) : adjoint;
    }),
  );
}
