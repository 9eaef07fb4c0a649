import { expansionOf } from "./graph.ts";
import { work } from "./kernel/work.ts";
import { checkFunction } from "./shape.ts";
import { type Tensor, asRule, asUser, symbol } from "./tensor.ts";
import { type Tree, type TreeList, namedLeaves, mapTree } from "./tree.ts";

/**
 * How many scalar operations a function takes, by its traced graph: what a program would do that computes every shared value once. An
 * addition, a product, a comparison or a choice counts 1, a quotient or a root 4, a transcendental function 10, a matrix product 2 m n k;
 * moving entries, constants, and what the result does not need count nothing. The arguments give the shapes; nothing is computed.
 *
 * Throws TraceError when f reads the data of its arguments, ValueError when an argument or what f returns is not a tree of tensors.
 *
 * @example
 * countOperations((x: Tensor) => sum(square(x)), tensor([1, 2, 3])) // => 5
 * countOperations(grad((x: Tensor) => sum(exp(x))), tensor([1, 2, 3])) // => 30
 */
export function countOperations<Args extends TreeList<Args>>(f: (...args: Args) => Tree, ...args: Args): number {
  checkFunction("countOperations", f);
  const symbolic = (args as readonly Tree[]).map((arg, position) =>
    mapTree(`countOperations: argument ${position}`, arg, ({ shape }, path) => symbol(path === "" ? `argument ${position}` : path, shape)),
  );
  const results = namedLeaves(
    "countOperations: what f returned",
    asUser(() => f(...(symbolic as unknown as Args))),
  );
  return workOf(results.map(({ tensor }) => tensor));
}

/** A constant of at most this many entries is known by its numbers, a larger one by its array. */
const smallConstant = 64;

/** The work of every distinct value below `roots`. Equal ops on equal operands are one value, however often they were made. */
function workOf(roots: readonly Tensor[]): number {
  const classes = new Map<Tensor, number>();
  const byMaking = new Map<string, number>();
  const identities = new Map<unknown, number>();
  let total = 0;

  const identity = (part: unknown): number => {
    const known = identities.get(part) ?? identities.size;
    identities.set(part, known);
    return known;
  };
  const making = (t: Tensor): string => {
    const shape = t.shape.join();
    if (t.op.kind === "leaf") {
      if (t.data === undefined) return `symbol ${t.id}`;
      return t.data.length > smallConstant ? `array ${identity(t.data)} ${shape}` : `constant ${t.data.join()} ${shape}`;
    }
    return `${identity(t.op)} ${plain(t.attrs, identity)} ${shape} ${t.inputs.map((input) => classes.get(input)).join()}`;
  };
  const expansions = new Map<Tensor, readonly Tensor[]>();
  const below = (t: Tensor): readonly Tensor[] => {
    const met = expansions.get(t);
    if (met !== undefined) return met;
    const stand = standIn(t);
    const found = stand === undefined ? t.inputs : [stand];
    expansions.set(t, found);
    return found;
  };

  for (const root of roots) {
    const pending: Tensor[] = [root];
    while (pending.length > 0) {
      const t = pending[pending.length - 1] as Tensor;
      const operands = below(t);
      const missing = classes.has(t) ? [] : operands.filter((operand) => !classes.has(operand));
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      pending.pop();
      if (classes.has(t)) continue;
      if (operands !== t.inputs) {
        classes.set(t, classes.get(operands[0] as Tensor) as number);
        continue;
      }
      const key = making(t);
      const shared = byMaking.get(key);
      classes.set(t, shared ?? byMaking.size);
      if (shared !== undefined) continue;
      byMaking.set(key, byMaking.size);
      const shapes = t.inputs.map(({ shape }) => shape);
      total += work(t.op, shapes, t.shape, t.attrs);
    }
  }
  return total;
}

/** What a node is computed through: its twin, or the expansion of a composite that does not say what its own kernel takes. */
function standIn(t: Tensor): Tensor | undefined {
  if (t.via !== undefined) return t.via;
  const { op } = t;
  if (op.kind !== "composite" || op.work !== undefined) return undefined;
  const expand = expansionOf(op);
  if (expand === undefined) throw new Error(`internal: nobody says how much work ${op.name} is`);
  return asRule(true, () => expand(t.inputs, t.attrs));
}

/** Attributes as text: numbers by their values, functions and large arrays by identity. */
function plain(attrs: unknown, identity: (part: unknown) => number): string {
  return JSON.stringify(attrs, (_key, part: unknown) => {
    if (typeof part === "function" || ArrayBuffer.isView(part)) return `#${identity(part)}`;
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    return part;
  });
}
