import { type Diagram, type DiagramNode } from "./diagram.ts";
import { folded } from "./groups.ts";
import { reference } from "./references.ts";
import { mostRuns } from "./runs.ts";

/** More boxes than these are folded into runs once more. */
const mostInside = 60;

/** What a folded box of a picture holds, with references to what it takes from outside. */
export function insideOf(whole: Diagram, { name, members = [] }: DiagramNode): Diagram {
  const held = new Set(members);
  const inner = whole.nodes.filter(({ id }) => held.has(id));
  const ids = new Set(inner.map(({ id }) => id));
  const edges = whole.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const taken = new Map<string, string>();
  for (const { from, to, direction } of whole.edges) if (direction === "forward" && ids.has(to) && !ids.has(from) && !taken.has(from)) taken.set(from, to);
  const outside = whole.nodes.flatMap((node) => (taken.has(node.id) ? [reference(node, node.id, taken.get(node.id) ?? "")] : []));
  const arrows = whole.edges.filter(({ from, to, direction }) => direction === "forward" && taken.has(from) && ids.has(to));
  const nodes = inner.map(({ group, ...node }): DiagramNode => ({ ...node, place: { side: "line" }, ...(group !== undefined && group !== name && { group }) }));
  const sub = { title: whole.title, subtitle: `inside ${name}`, nodes: [...outside, ...nodes], edges: [...arrows, ...edges] };
  return sub.nodes.length > mostInside ? folded(sub, [], mostRuns, "toHtml") : sub;
}
