import { type Diagram } from "../diagram.ts";
import { foldGroups } from "../groups.ts";

/** One way to fold a diagram, under the name that it has in the page. */
export interface Level {
  readonly label: string;
  readonly diagram: Diagram;
}

/** Every fold that a page offers: all boxes, one box a group, and each group open among the others. */
export function levels(diagram: Diagram): Level[] {
  const groups = [...new Set(diagram.nodes.flatMap(({ group }) => group ?? []))];
  const given = diagram.nodes.some(({ lines }) => lines !== undefined) ? "as drawn" : "everything open";
  const everything: Level = { label: `${given} (${diagram.nodes.length} boxes)`, diagram };
  if (groups.length === 0) return [everything];
  const folded = foldGroups(diagram);
  const counted = (text: string, level: Diagram): Level => ({ label: `${text} (${level.nodes.length} boxes)`, diagram: level });
  return [
    everything,
    counted("everything folded", folded),
    ...(groups.length < 2 ? [] : groups.map((group) => counted(`only ${group} open`, foldGroups(diagram, { open: [group] })))),
  ];
}
