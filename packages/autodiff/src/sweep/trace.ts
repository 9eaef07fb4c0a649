import { ancestors } from "../graph.ts";
import { type Tensor, effectiveInputs } from "../tensor.ts";

/** A derivative that cannot be had: a cost that is not a scalar, a rule that does not exist. */
export class GradientError extends Error {
  override readonly name: string = "GradientError";
}

/** The nodes between some watched values and what was computed from them, ready to be swept once. */
export interface Trace {
  /** Operands before uses. The reverse sweep empties it as it goes. */
  readonly order: Tensor[];
  /** Something tracked lies outside: derivatives must be recorded, since somebody may differentiate them. */
  readonly records: boolean;
}

/** Looks once at the graph below `outputs`, down to the `watched` values. */
export function trace(outputs: readonly Tensor[], watched: readonly Tensor[]): Trace {
  const since = watched.reduce((least, { id }) => Math.min(least, id), Number.POSITIVE_INFINITY);
  const starts = new Set(watched);
  const order = ancestors(outputs, since, (t) => (starts.has(t) ? [] : effectiveInputs(t)));
  const outside = (t: Tensor): boolean => {
    if (starts.has(t)) return t.inputs.length > 0 || t.data === undefined;
    const inputs = effectiveInputs(t);
    return t.data === undefined || inputs.length === 0 || inputs.some((input) => input.tracked && input.id < since);
  };
  const records =
    order.some(outside) ||
    watched.some(({ inputs, data }) => inputs.length > 0 || data === undefined) ||
    outputs.some(({ tracked, id }) => tracked && id < since);
  return { order, records };
}

/** Where the derivative can flow: nodes that depend on a watched value. */
export function activity(order: readonly Tensor[], watched: readonly Tensor[]): Set<number> {
  const active = new Set(watched.map(({ id }) => id));
  for (const t of order) if (effectiveInputs(t).some((input) => active.has(input.id))) active.add(t.id);
  return active;
}
