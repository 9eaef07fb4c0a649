import { type Diagram } from "../diagram.ts";
import { foldGroups } from "../groups.ts";
import { insideOf } from "../inside.ts";

/** One way to fold a diagram, under the name that it has in the page. */
export interface Level {
  readonly label: string;
  readonly diagram: Diagram;
}

/** A picture of more boxes is not drawn beside its folds. */
const mostOpen = 100;

/** Every fold that a page offers: all boxes, one box a group, and each group open among the others; of what is folded, each inside too. */
export function levels(diagram: Diagram): Level[] {
  const counted = (text: string, level: Diagram): Level => ({ label: `${text} (${level.nodes.length} boxes)`, diagram: level });
  const { whole } = diagram;
  if (whole !== undefined) {
    const shut = diagram.nodes.filter(({ lines, members = [] }) => lines !== undefined && members.length > 1);
    const every = whole.nodes.length <= mostOpen ? [counted("everything open", whole)] : [];
    return [counted("as drawn", diagram), ...every, ...shut.map((box) => counted(`inside ${box.name}`, insideOf(whole, box)))];
  }
  const groups = [...new Set(diagram.nodes.flatMap(({ group }) => group ?? []))];
  const everything = counted(diagram.nodes.some(({ lines }) => lines !== undefined) ? "as drawn" : "everything open", diagram);
  if (groups.length === 0) return [everything];
  return [
    everything,
    counted("everything folded", foldGroups(diagram)),
    ...(groups.length < 2 ? [] : groups.map((group) => counted(`only ${group} open`, foldGroups(diagram, { open: [group] })))),
  ];
}
