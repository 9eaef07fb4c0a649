import { type Diagram } from "./diagram.ts";

/** More boxes than this cannot be read on one page. */
export const mostBoxes = 400;
/** So many in their place: each level of folds is a picture that can be read. */
export const mostRuns = 24;

/** Boxes by the run that they are folded into, and the names of all runs. */
export interface Runs {
  readonly groups: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
}

/** What is folded together: a box, or a group of boxes. */
interface Unit {
  readonly name: string | undefined;
  readonly ids: string[];
  /** Position of its first box, counted from 1. */
  readonly at: number;
}

/** A value with more uses keeps a box of its own, so that it can stand beside each of them. */
const manyUses = 20;
/** So many of them. */
const mostKept = 8;

/**
 * Boxes without a group, other than a few results and values that are used in very many places, in runs of consecutive ones; groups as well,
 * where there are too many. An opened run is divided again.
 */
export function runsOf(diagram: Diagram, scoped: ReadonlyMap<string, string>, most: number, open: readonly string[]): Runs {
  const { nodes } = diagram;
  const crowded = new Set(scoped.values()).size > most / 2;
  const { kept, used } = usesOf(diagram);
  const manyResults = nodes.length - used.size > most / 2;
  const folds = ({ id }: { readonly id: string }): boolean => {
    const group = scoped.get(id);
    return (used.has(id) || manyResults) && !kept.has(id) && (group === undefined || crowded);
  };
  const units = unitsOf(nodes, folds, withSources(diagram, scoped));
  const groups = new Map<string, string>();
  const names = new Set<string>();
  const divide = (from: number, to: number, room: number): void => {
    const size = Math.max(2, Math.ceil((to - from) / room));
    for (let start = from; start < to; start += size) {
      const run = units.slice(start, Math.min(start + size, to));
      const name = nameOf(run);
      names.add(name);
      // An open group stays open, whatever run it would belong to.
      if (!open.includes(name))
        for (const unit of run) for (const id of unit.name !== undefined && open.includes(unit.name) ? [] : unit.ids) groups.set(id, name);
      else if (run.length > most) divide(start, start + run.length, most);
    }
  };
  const outside = nodes.filter((node) => !folds(node));
  const boxes = new Set(outside.map(({ id }) => scoped.get(id) ?? id)).size;
  if (units.length > 0) divide(0, units.length, Math.max(1, most - boxes));
  return { groups, names };
}

/** The values that are used, and those that are used most. */
function usesOf({ edges }: Diagram): { readonly used: ReadonlySet<string>; readonly kept: ReadonlySet<string> } {
  const uses = new Map<string, number>();
  for (const { from, direction } of edges) if (direction === "forward") uses.set(from, (uses.get(from) ?? 0) + 1);
  const widely = [...uses].filter(([, count]) => count >= manyUses).toSorted(([, a], [, b]) => b - a);
  return { used: new Set(uses.keys()), kept: new Set(widely.slice(0, mostKept).map(([id]) => id)) };
}

/** The groups, with what only one of them uses and nothing leads to, such as a weight that is an input. */
function withSources({ nodes, edges }: Diagram, scoped: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const users = new Map<string, Set<string | undefined>>();
  const led = new Set<string>();
  for (const { from, to, direction } of edges) {
    if (direction !== "forward") continue;
    led.add(to);
    users.set(from, (users.get(from) ?? new Set()).add(scoped.get(to)));
  }
  const homes = new Map(scoped);
  for (const { id } of nodes) {
    const [only, ...others] = users.get(id) ?? [];
    if (only !== undefined && others.length === 0 && !led.has(id) && !scoped.has(id)) homes.set(id, only);
  }
  return homes;
}

function unitsOf(nodes: Diagram["nodes"], folds: (node: Diagram["nodes"][number]) => boolean, scoped: ReadonlyMap<string, string>): Unit[] {
  const units: Unit[] = [];
  const known = new Map<string, Unit>();
  for (const [at, node] of nodes.entries()) {
    if (!folds(node)) continue;
    const name = scoped.get(node.id);
    const found = name === undefined ? undefined : known.get(name);
    if (found !== undefined) {
      found.ids.push(node.id);
      continue;
    }
    const unit: Unit = { name, ids: [node.id], at: at + 1 };
    units.push(unit);
    if (name !== undefined) known.set(name, unit);
  }
  return units;
}

/** `layer 1 to layer 42` where there are groups, else `steps 1 to 170`. */
function nameOf(run: readonly Unit[]): string {
  const named = run.flatMap(({ name }) => name ?? []);
  if (named.length > 1 || named.length === run.length) return [...new Set([named[0], named.at(-1)])].join(" to ");
  return `steps ${run[0]?.at ?? 0} to ${run.at(-1)?.at ?? 0}`;
}
