import { type Diagram, type DiagramNode } from "../diagram.ts";
import { foldGroups } from "../groups.ts";
import { insideOf } from "../inside.ts";

/** One way to fold a diagram, under the name that it has in the page. */
export interface Level {
  readonly label: string;
  readonly draw: () => Diagram;
  /** The folded box whose inside it is. */
  readonly inside?: DiagramNode;
}

/** A picture of more boxes is not drawn beside its folds. */
const mostOpen = 100;

/** Every fold that a page offers: all boxes, one box a group, and each group open among the others; of what is folded, each inside too. */
export function levels(diagram: Diagram): Level[] {
  const { whole } = diagram;
  if (whole !== undefined) {
    const every = whole.nodes.length <= mostOpen ? [{ label: "everything open", draw: () => whole }] : [];
    const insides = diagram.nodes.filter(isFold).map((box): Level => ({ label: `inside ${box.name}`, draw: () => insideOf(whole, box), inside: box }));
    return [{ label: "as drawn", draw: () => diagram }, ...every, ...insides];
  }
  const groups = [...new Set(diagram.nodes.flatMap(({ group }) => group ?? []))];
  const everything = { label: diagram.nodes.some(({ lines }) => lines !== undefined) ? "as drawn" : "everything open", draw: () => diagram };
  if (groups.length === 0) return [everything];
  return [
    everything,
    { label: "everything folded", draw: () => foldGroups(diagram) },
    ...(groups.length < 2 ? [] : groups.map((group): Level => ({ label: `only ${group} open`, draw: () => foldGroups(diagram, { open: [group] }) }))),
  ];
}

/** Whether a box stands for steps that can be shown in its place. */
export function isFold({ lines, members = [] }: DiagramNode): boolean {
  return lines !== undefined && members.length > 1;
}
