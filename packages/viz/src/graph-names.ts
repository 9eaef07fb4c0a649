import { type Sweep, type Tensor, type Tree } from "@nabla/autodiff";
import { derivative } from "./derivative.ts";
import { watched } from "./lane.ts";
import { subscript } from "./numerals.ts";

/** A tensor of a record and where it stands: `gradient.W`. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/** Every tensor of what a picture is made of. */
export function leavesOf(tree: Tree | { readonly value: Tensor; readonly gradient: Tree }, path: string = ""): Leaf[] {
  if (isTensor(tree)) return [{ path, tensor: tree }];
  if (Array.isArray(tree)) return tree.flatMap((each: Tree, at) => leavesOf(each, `${path}[${at}]`));
  return Object.entries(tree).flatMap(([key, each]) => leavesOf(each, path === "" ? key : `${path}.${key}`));
}

function isTensor(tree: object): tree is Tensor {
  return "op" in tree && "inputs" in tree && "shape" in tree && "attrs" in tree;
}

/** What the values of a graph are called. */
export interface GraphNames {
  /** Its own name, or that of a result or an adjoint. */
  of(t: Tensor): string | undefined;
  /** What formulas call it: `v7` where it has no name; undefined for what is written out. */
  naming(t: Tensor): string | undefined;
  /** What the adjoint of a value in a sweep is called. */
  symbol(sweep: Sweep, t: Tensor): string | undefined;
}

/**
 * Names of results by their paths, and of adjoints by what they are derivatives of. What was differentiated last is called `C`, other values
 * that were differentiated keep their names or numbers, and no two values get the same name.
 */
export function graphNames(leaves: readonly Leaf[], cost: Tensor, differentiated: boolean, sweeps: Iterable<Sweep>, order: readonly Tensor[]): GraphNames {
  const positions = new Map(order.map((t, index) => [t, index]));
  const names = new Map<Tensor, string>();
  const owners = new Map(order.flatMap((t) => (t.name === undefined ? [] : [[t.name, t] as const])));
  const give = (t: Tensor, name: string): void => {
    if (owners.has(name)) return;
    owners.delete(names.get(t) ?? "");
    names.set(t, name);
    owners.set(name, t);
  };
  const of = (t: Tensor): string | undefined => t.name ?? names.get(t);
  const naming = (t: Tensor): string | undefined => {
    const base = watched(t);
    const at = positions.get(base);
    const numbered = at !== undefined && base.inputs.length > 0 && base.attrs["implicit"] !== true;
    return of(base) ?? of(t) ?? (numbered ? `v${at}` : undefined);
  };
  const symbol = ({ outputs }: Sweep, t: Tensor): string | undefined => {
    const output = outputs.at(-1);
    const by = positions.has(t) ? naming(t) : undefined;
    return by && derivative((output && (of(output) ?? naming(output))) ?? "C", by);
  };
  const called = outermostCost(sweeps) ?? (differentiated ? cost : undefined);
  if (called !== undefined && of(called) === undefined) give(called, free("C", owners));
  for (const sweep of [...sweeps].toSorted((a, b) => a.order - b.order)) {
    const results = resultsOf(sweep, order);
    for (const [value, adjoint] of sweep.adjoints) {
      const text = symbol(sweep, value);
      const made = adjoint.sweep === sweep ? adjoint : results.get(adjoint);
      // Where several values share an adjoint, what was differentiated by gives the name.
      if (text !== undefined && made !== undefined && (of(made) === undefined || watched(value).inputs.length === 0)) give(made, text);
    }
  }
  const main = of(cost) ?? naming(cost) ?? "C";
  const variables = new Set(order.filter((t) => watched(t) !== t).map((t) => watched(t)));
  const [only] = variables;
  const by = (variables.size === 1 ? only?.name : undefined) ?? "x";
  for (const { path, tensor } of leaves) {
    if (of(tensor) !== undefined || path === "" || (differentiated && path === "value")) continue;
    give(tensor, differentiated ? `∂${main}/∂${path.replace(/^gradient[.]?/, "") || by}` : path);
  }
  return { of, naming, symbol };
}

/** What was differentiated last among the values that are no derivatives themselves. */
export function outermostCost(sweeps: Iterable<Sweep>): Tensor | undefined {
  return [...sweeps]
    .toSorted((a, b) => a.order - b.order)
    .flatMap(({ outputs }) => outputs)
    .findLast(({ sweep }) => sweep === undefined);
}

/** A name that no value has: `C`, or else `C₁`. */
function free(name: string, taken: ReadonlyMap<string, Tensor>): string {
  let at = name;
  for (let count = 1; taken.has(at); count++) at = `${name}${subscript(count)}`;
  return at;
}

/** The results of a sweep that are values which were there before, by those values: the derivative of a b by a is b. */
function resultsOf(sweep: Sweep, order: readonly Tensor[]): ReadonlyMap<Tensor, Tensor> {
  return new Map(order.flatMap((t) => (t.sweep === sweep && t.op.kind === "leaf" && t.inputs[0] !== undefined ? [[t.inputs[0], t] as const] : [])));
}
