import { checkArguments } from "./shape.ts";
import { type Op, type Tensor, asUser, constant, effectiveInputs, symbol, watch } from "./tensor.ts";

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

/** A block of the user's ops with its operands, from which they can be reached. */
export interface Opened {
  readonly operands: readonly Tensor[];
  readonly result: Tensor;
}

/** A block whose value and derivative are those of the ops that it holds, run once more so that these can be looked at; undefined for any other node. */
export function opened({ op, via, inputs, attrs }: Tensor): Opened | undefined {
  const expand = op.holds === "derivative" && via === undefined ? expansionOf(op) : undefined;
  if (expand === undefined || inputs.length === 0) return undefined;
  const operands = inputs.map((each) => watch(each.data === undefined ? each : constant(each.data, each.shape, each.name)));
  return { operands, result: asUser(() => expand(operands, attrs)) };
}

/**
 * Throws ValueError when a block is given more than its function names and uses. A function with defaults or a rest names fewer than it uses,
 * so what is behind is looked for in its graph.
 */
export function checkTaken(caller: string, f: (...x: readonly Tensor[]) => Tensor, x: readonly Tensor[], named: number = f.length): void {
  // One that names none takes a rest.
  if (named === 0 || x.length <= named) return;
  const symbols = x.map(({ name, shape }, at) => symbol(name ?? `argument ${at}`, shape));
  let result: Tensor;
  try {
    result = asUser(() => f(...symbols));
  } catch {
    // The call itself says what is wrong.
    return;
  }
  if (typeof result !== "object" || result === null || !("tracked" in result)) return;
  const used = new Set(ancestors([result], 0, (t) => (t.via === undefined ? t.inputs : [...t.inputs, t.via])));
  const last = symbols.findLastIndex((each) => used.has(each));
  checkArguments(caller, Math.max(named, last + 1), x);
}
