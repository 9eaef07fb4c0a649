import { type Sweep, type Tensor, type Tree } from "@nabla/autodiff";
import { derivative } from "./derivative.ts";
import { watched } from "./lane.ts";

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

/** Names of results by their paths, and of adjoints by what they are derivatives of. */
export function graphNames(leaves: readonly Leaf[], cost: Tensor, differentiated: boolean, sweeps: Iterable<Sweep>, order: readonly Tensor[]): GraphNames {
  const positions = new Map(order.map((t, index) => [t, index]));
  const names = new Map<Tensor, string>();
  const of = (t: Tensor): string | undefined => t.name ?? names.get(t);
  const naming = (t: Tensor): string | undefined => {
    const base = watched(t);
    const at = positions.get(base);
    const numbered = at !== undefined && base.inputs.length > 0 && base.attrs["implicit"] !== true;
    return of(base) ?? of(t) ?? (numbered ? `v${at}` : undefined);
  };
  const symbol = ({ outputs: [output] }: Sweep, t: Tensor): string | undefined => {
    const by = positions.has(t) ? naming(t) : undefined;
    return by && derivative((output && of(output)) ?? "C", by);
  };
  if (differentiated) names.set(cost, of(cost) ?? "C");
  for (const sweep of [...sweeps].toSorted((a, b) => a.order - b.order)) {
    for (const output of sweep.outputs) if (of(output) === undefined) names.set(output, "C");
    for (const [value, adjoint] of sweep.adjoints) {
      const called = symbol(sweep, value);
      // Where several values share an adjoint, what was differentiated by gives the name.
      if (called !== undefined && adjoint.sweep === sweep && (of(adjoint) === undefined || watched(value).inputs.length === 0)) names.set(adjoint, called);
    }
  }
  const main = of(cost) ?? "C";
  const variables = new Set(order.filter((t) => watched(t) !== t).map((t) => watched(t)));
  const [only] = variables;
  const by = (variables.size === 1 ? only?.name : undefined) ?? "x";
  for (const { path, tensor } of leaves) {
    if (of(tensor) !== undefined || path === "") continue;
    names.set(tensor, differentiated ? `∂${main}/∂${path.replace(/^gradient[.]?/, "") || by}` : path);
  }
  return { of, naming, symbol };
}
