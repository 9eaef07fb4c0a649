import { type DiagramNode } from "./diagram.ts";
import { type Drawn, isTangled, untangled } from "./tangle.ts";

/** Arrows from one box to more places than these would cover the picture. */
const mostArrows = 6;

/**
 * The same with a small reference beside each use of a value that is used in many places, instead of long arrows. Where references would
 * outnumber the boxes, or arrows cannot be followed, arrows that others imply are left out first.
 */
export function withReferences(given: Drawn): Drawn {
  const referred = referring(given);
  if (referred.nodes.length <= 2 * given.nodes.length && !isTangled(referred)) return referred;
  const plain = untangled(given);
  const again = referring(plain);
  return again.nodes.length <= 2 * given.nodes.length ? again : plain;
}

function referring({ nodes, edges, ...rest }: Drawn): Drawn {
  const users = new Map<string, Set<string>>();
  for (const { from, to, direction } of edges) if (direction === "forward") users.set(from, (users.get(from) ?? new Set()).add(to));
  const many = new Map(nodes.flatMap((node) => ((users.get(node.id)?.size ?? 0) > mostArrows ? [[node.id, node] as const] : [])));
  if (many.size === 0) return { nodes, edges, ...rest };
  const near = (id: string, use: string): string => (users.get(id)?.has(use) === true && many.has(id) ? `${id} for ${use}` : id);
  const references = new Map<string, DiagramNode[]>();
  for (const [id, node] of many)
    for (const use of users.get(id) ?? []) references.set(use, [...(references.get(use) ?? []), reference(node, near(id, use), use)]);
  return {
    ...rest,
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
