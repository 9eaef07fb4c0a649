import { type Naming, type Sweep, type Tensor } from "@nabla/autodiff";
import { type Flow, type Lane } from "./steps.ts";

/** Everything that some tensors depend on. The walk keeps its own list, so that depth costs no stack. */
export function reachable(roots: readonly Tensor[]): Set<Tensor> {
  const found = new Set(roots);
  for (const each of found) for (const operand of each.inputs) found.add(operand);
  return found;
}

/** What some tensors depend on, with what the sweeps behind them differentiated, in the order in which it was made. */
export function graphBehind(roots: readonly Tensor[]): { readonly order: readonly Tensor[]; readonly sweeps: ReadonlySet<Sweep> } {
  const found = new Set(roots);
  const sweeps = new Set<Sweep>();
  for (const each of found) {
    for (const operand of each.inputs) found.add(operand);
    if (each.sweep === undefined || sweeps.has(each.sweep)) continue;
    sweeps.add(each.sweep);
    for (const output of each.sweep.outputs) found.add(output);
  }
  return { order: [...found].toSorted((a, b) => a.id - b.id), sweeps };
}

/**
 * The sweep whose adjoints can stand below the values that it passed: the only one of the highest order, where nothing but the sweep itself
 * uses what it made.
 */
export function outermost(sweeps: Iterable<Sweep>, order: readonly Tensor[]): Sweep | undefined {
  const [last, next] = [...sweeps].toSorted((a, b) => b.order - a.order);
  if (last === undefined || last.order === next?.order) return undefined;
  return order.some((t) => t.sweep !== last && t.inputs.some(({ sweep }) => sweep === last)) ? undefined : last;
}

/** What an alias watches, however often it was watched. */
export function watched(t: Tensor): Tensor {
  let at = t;
  for (let [only] = at.inputs; at.op.kind === "leaf" && only !== undefined; [only] = at.inputs) at = only;
  return at;
}

/** What the sweeps of a graph pass on: adjoints, and what is made of them on their way. */
export function carriers(sweeps: Iterable<Sweep>, order: readonly Tensor[]): ReadonlySet<Tensor> {
  const known = new Map([...sweeps].map((sweep) => [sweep, new Set(sweep.adjoints.values())] as const));
  const found = new Set<Tensor>();
  for (const t of order)
    if (t.sweep !== undefined && (known.get(t.sweep)?.has(t) === true || t.inputs.some((each) => found.has(each) && each.sweep === t.sweep))) found.add(t);
  return found;
}

/**
 * How the adjoints of a sweep flow, and which of the steps it made. `values` are results that are no gradients; `namingBeside` says what the
 * labels call a value, when it is known which steps are of the sweep.
 */
export function laneOf(sweep: Sweep, order: readonly Tensor[], values: readonly Tensor[], namingBeside: (made: Lane["made"]) => Naming): Lane {
  const { outputs, adjoints } = sweep;
  const positions = new Map(order.map((t, index) => [t, index]));
  const passed = [...adjoints.keys()].toSorted((a, b) => a.id - b.id);
  const places = new Map(passed.map((t, index) => [t, index]));
  const taken = new Set<Tensor>();
  const received = passed.map((t): Received => {
    const base = watched(t);
    const step = taken.has(base) ? undefined : positions.get(base);
    taken.add(base);
    return { step, adjoint: adjoints.get(t) as Tensor };
  });
  const made = owners(received, reachable([...outputs, ...values]), order);
  const naming = namingBeside(made);
  const flow = passed.map((t, index): Flow => {
    // A twin stands in for what the user wrote, and takes its whole adjoint.
    const operands = t.via === undefined ? t.inputs : [t.via];
    const inputs = operands.flatMap((operand, slot) => {
      const from = places.get(operand);
      return from === undefined ? [] : [{ from, slot, local: t.via === undefined ? sweep.localDerivative(t, slot, naming) : "1" }];
    });
    return { index, inputs, ...(received[index] as Received) };
  });
  const below = new Set([...reachable(outputs)].flatMap((t) => positions.get(t) ?? []));
  return { flow, below, made };
}

type Received = Pick<Flow, "step" | "adjoint">;

/** For each step that is of the sweep, the value to whose adjoint it belongs: the first one that needed it. */
function owners(flow: readonly Received[], forward: ReadonlySet<Tensor>, order: readonly Tensor[]): Map<number, number> {
  const owner = new Map<Tensor, number>();
  for (const { step, adjoint } of flow.toReversed()) {
    if (step === undefined) continue;
    const pending = [adjoint];
    for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
      if (forward.has(each) || owner.has(each)) continue;
      owner.set(each, step);
      pending.push(...each.inputs);
    }
  }
  const last = flow.findLast(({ step }) => step !== undefined)?.step ?? 0;
  return new Map(order.flatMap((t, index) => (forward.has(t) ? [] : [[index, owner.get(t) ?? last] as const])));
}
