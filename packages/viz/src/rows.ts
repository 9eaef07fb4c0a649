import { type Diagram } from "./diagram.ts";

/** A longer line of boxes is broken. */
const longestLine = 8;
/** Boxes beside each other at one place of the line: with more, the picture is tall enough. */
const mostAbreast = 1.6;

/**
 * The row of each box where a folded picture is one long line, which nobody can read: as many boxes in a row as there are rows. undefined: it
 * stays one line.
 */
export function rowsOf({ nodes, edges, whole, frames = [] }: Diagram): ReadonlyMap<string, number> | undefined {
  if (whole === undefined || frames.length > 0) return undefined;
  const line = nodes.filter(({ place }) => place.side === "line");
  const takes = new Map<string, string[]>();
  for (const { from, to, direction } of edges) if (direction === "forward") takes.set(to, [...(takes.get(to) ?? []), from]);
  const depths = new Map<string, number>();
  for (const { id } of line) depths.set(id, Math.max(0, ...(takes.get(id) ?? []).map((from) => (depths.get(from) ?? -1) + 1)));
  const length = Math.max(0, ...depths.values()) + 1;
  if (length <= longestLine || line.length > mostAbreast * length) return undefined;
  const size = Math.ceil(Math.sqrt(length));
  // What nothing leads to stands before its first use.
  const uses = new Map<string, number>();
  for (const { from, to, direction } of edges)
    if (direction === "forward") uses.set(from, Math.min(uses.get(from) ?? Number.POSITIVE_INFINITY, depths.get(to) ?? Number.POSITIVE_INFINITY));
  const depthOf = (id: string): number => (takes.has(id) ? (depths.get(id) ?? 0) : Math.max(0, (uses.get(id) ?? 1) - 1));
  const rows = new Map(line.map(({ id }) => [id, Math.floor(depthOf(id) / size)]));
  for (const { id, place } of nodes) if (place.side !== "line") rows.set(id, rows.get(place.of) ?? 0);
  return rows;
}
