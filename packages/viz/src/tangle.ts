import { type DiagramEdge, type DiagramNode } from "./diagram.ts";

/** What is left of a picture's boxes and arrows. */
export interface Drawn {
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** What is to be said of it. */
  readonly notes?: readonly string[];
}

/** More arrows for each box than these cannot be followed. */
const mostArrows = 2;

const leftOut = "Arrows are left out where others lead the same way: “also takes” says what a box takes besides.";

export function isTangled({ nodes, edges }: Drawn): boolean {
  return edges.filter(({ direction }) => direction === "forward").length > mostArrows * nodes.length;
}

/**
 * The same without arrows from a box to another that is reached by a longer way as well, longest first: what is left reaches exactly what was
 * reached before. A box says what it takes besides.
 */
export function untangled({ nodes, edges }: Drawn): Drawn {
  const places = new Map(nodes.map(({ id }, at) => [id, at]));
  const next = new Map<string, Set<string>>(nodes.map(({ id }) => [id, new Set()]));
  const forward = edges.filter(({ direction }) => direction === "forward");
  for (const { from, to } of forward) next.get(from)?.add(to);
  const span = ({ from, to }: DiagramEdge): number => Math.abs((places.get(to) ?? 0) - (places.get(from) ?? 0));
  const taken = new Map<string, string[]>();
  for (const { from, to, spine } of forward.toSorted((a, b) => span(b) - span(a))) {
    if (spine === true || next.get(from)?.has(to) !== true) continue;
    next.get(from)?.delete(to);
    if (reaches(next, from, to)) taken.set(to, [...(taken.get(to) ?? []), from]);
    else next.get(from)?.add(to);
  }
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const inOrder = (ids: readonly string[]): string[] => ids.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)).map((id) => names.get(id) ?? id);
  const drawn = ({ from, to, direction }: DiagramEdge): boolean =>
    direction === "forward" ? next.get(from)?.has(to) === true : taken.get(from)?.includes(to) !== true;
  return { nodes: nodes.map((node) => alsoTaking(node, inOrder(taken.get(node.id) ?? []))), edges: edges.filter(drawn), notes: [leftOut] };
}

function reaches(next: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const found = new Set([from]);
  for (const at of found)
    for (const each of next.get(at) ?? []) {
      if (each === to) return true;
      found.add(each);
    }
  return false;
}

/** A box with what it takes along no arrow of its own. */
function alsoTaking(node: DiagramNode, names: readonly string[]): DiagramNode {
  if (names.length === 0) return node;
  const text = `${names.length}: ${names.join(", ")}`;
  if (node.lines !== undefined) return { ...node, lines: [...node.lines, { label: "also takes", text }] };
  return node.equation === undefined && node.note === undefined ? { ...node, note: `also takes ${names.join(", ")}` } : node;
}
