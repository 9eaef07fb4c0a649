import { type DiagramEdge, type DiagramNode } from "./diagram.ts";

/** Arrows from one box to more places than these would cover the picture. */
const mostArrows = 6;

/** What is left of a picture's boxes and arrows. */
interface Drawn {
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
}

/** The same with a small reference beside each use of a value that is used in many places, instead of long arrows. */
export function withReferences(nodes: readonly DiagramNode[], edges: readonly DiagramEdge[]): Drawn {
  const users = new Map<string, Set<string>>();
  for (const { from, to, direction } of edges) if (direction === "forward") users.set(from, (users.get(from) ?? new Set()).add(to));
  const many = new Map(nodes.flatMap((node) => ((users.get(node.id)?.size ?? 0) > mostArrows ? [[node.id, node] as const] : [])));
  if (many.size === 0) return { nodes, edges };
  const near = (id: string, use: string): string => (users.get(id)?.has(use) === true && many.has(id) ? `${id} for ${use}` : id);
  const references = new Map<string, DiagramNode[]>();
  for (const [id, node] of many)
    for (const use of users.get(id) ?? []) references.set(use, [...(references.get(use) ?? []), reference(node, near(id, use), use)]);
  return {
    nodes: nodes.flatMap((node) => [...(references.get(node.id) ?? []), many.has(node.id) ? told(node, users.get(node.id)?.size ?? 0) : node]),
    edges: edges.map((edge) => {
      const { from, to, direction } = edge;
      const { spine: _spine, ...rest } = direction === "forward" ? { ...edge, from: near(from, to) } : { ...edge, to: near(to, from) };
      return rest.from === from && rest.to === to ? edge : rest;
    }),
  };
}

/** A small box that stands for another beside a use of it. */
export function reference({ role, name, shape, id: of }: DiagramNode, id: string, use: string): DiagramNode {
  return { id, role, name, operation: "", shape, value: undefined, reference: of, members: [of], place: { side: "above", of: use } };
}

const told = (node: DiagramNode, count: number): DiagramNode => ({ ...node, note: `beside ${count} boxes that use it` });
