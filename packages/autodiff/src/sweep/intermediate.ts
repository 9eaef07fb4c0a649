import { ancestors } from "../graph.ts";
import { accumulate } from "../ops/arithmetic.ts";
import { type Tensor, effectiveInputs } from "../tensor.ts";
import { reverse } from "./reverse.ts";

/** What the user wrote: twins are ignored, but a composite is only its expansion. */
export function literalInputs(t: Tensor): readonly Tensor[] {
  return t.op.calculus.rule === "expansion" ? effectiveInputs(t) : t.inputs;
}

/**
 * Adjoints of every value below `output`. A twin steps over the values that it replaces, and the adjoint of a value is by the formula as
 * written above it. So the sweep gives what does not pass those twins, and each twin adds what its own formula hands to the values that it
 * steps over: with y = F(f) as written and y = G(f) in its twin, F's dependence on a value between y and f is all that G leaves out.
 */
export function adjointsOfAll(output: Tensor, seed: Tensor): ReadonlyMap<number, Tensor> {
  const adjoints = new Map<number, Tensor>();
  swept(ancestors([output], 0), output, seed, effectiveInputs, (node, g) => adjoints.set(node.id, g));
  const all = ancestors([output], 0, (t) => [...literalInputs(t), ...effectiveInputs(t)]);
  // The outer ones first, since a twin may be among the values that another steps over.
  for (const twin of all.filter(hasTwin).toSorted((a, b) => b.id - a.id)) {
    const g = adjoints.get(twin.id);
    if (g === undefined) continue;
    const inputsOf = (t: Tensor): readonly Tensor[] => (t === twin ? t.inputs : effectiveInputs(t));
    swept([...steppedOver(twin), twin], twin, g, inputsOf, (node, share) => {
      if (node !== twin) adjoints.set(node.id, accumulate(adjoints.get(node.id), share));
    });
  }
  return adjoints;
}

function swept(order: Tensor[], from: Tensor, g: Tensor, inputsOf: (t: Tensor) => readonly Tensor[], visit: (node: Tensor, g: Tensor) => unknown): void {
  reverse({ order, records: false }, new Map([[from.id, g]]), [], { inputsOf, visit });
}

function hasTwin({ via, op }: Tensor): boolean {
  return via !== undefined && op.calculus.rule !== "expansion";
}

/** A value met on the way down, as it was written or as it is computed. */
interface Met {
  readonly node: Tensor;
  written: boolean;
  computed: boolean;
}

/** The values between an op and where its formula and its twin meet, operands before uses. Walked from the latest, so what lies below is not looked at. */
function steppedOver(twin: Tensor): Tensor[] {
  const stepped: Tensor[] = [];
  const met = new Map<number, Met>();
  /** By id, the latest last. */
  const pending: Met[] = [];
  let open = 0;
  const meet = (node: Tensor, as: "written" | "computed"): void => {
    if (!node.tracked) return;
    let here = met.get(node.id);
    if (here === undefined) {
      here = { node, written: false, computed: false };
      met.set(node.id, here);
      let at = pending.length;
      while (at > 0 && (pending[at - 1] as Met).node.id > node.id) at--;
      pending.splice(at, 0, here);
    }
    if (as === "written" && !here.written) open++;
    here[as] = true;
  };
  for (const each of twin.inputs) meet(each, "written");
  for (const each of effectiveInputs(twin)) meet(each, "computed");
  while (open > 0) {
    const { node, written, computed } = pending.pop() as Met;
    if (written) open--;
    if (written && computed) continue;
    if (written) stepped.push(node);
    for (const each of effectiveInputs(node)) meet(each, written ? "written" : "computed");
    if (computed) for (const each of literalInputs(node)) meet(each, "computed");
  }
  return stepped.toReversed();
}
