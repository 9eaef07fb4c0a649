import { type Diagram, type DiagramEdge, type DiagramNode, checkDiagram } from "./diagram.ts";
import { wholeName } from "./describe.ts";
import { clip, quoted } from "./escape.ts";
import { boxLabel, labelStyle } from "./html-label.ts";
import { graphLabel } from "./legend.ts";
import { networkDot } from "./network-dot.ts";
import { type NetworkDiagram } from "./network-picture.ts";
import { preamble } from "./preamble.ts";
import { type Theme, light } from "./theme.ts";

/** How DOT text is written. */
export interface DotOptions {
  /** `light` when absent. */
  readonly theme?: Theme;
  /** LR: the main line runs to the right. TB: down, for a portrait page. A network always runs to the right. */
  readonly direction?: "LR" | "TB";
}

/** Longer labels would push the boxes apart. */
const longestEdgeLabel = 40;

/**
 * A picture as DOT text. A computation has boxes with forward edges between value rows and dashed backward edges between gradient rows; a
 * network has its neurons at fixed positions. The same picture gives the same bytes.
 *
 * Throws DiagramError when an edge ends at no box, two boxes share an id, or a theme holds something that is not a colour.
 *
 * @example
 * toDot({ title: "t", subtitle: "", nodes: [], edges: [] }).startsWith("digraph") // => true
 */
export function toDot(picture: Diagram | NetworkDiagram, { theme = light, direction = "LR" }: DotOptions = {}): string {
  return "columns" in picture ? networkDot(picture, theme) : diagramDot(checkDiagram(picture), theme, direction);
}

function diagramDot(diagram: Diagram, theme: Theme, direction: "LR" | "TB"): string {
  const style = labelStyle(diagram, theme);
  const boxes = new Map(diagram.nodes.map((node) => [node.id, node]));
  const edgeOf = direction === "LR" ? across : down;
  return [
    ...preamble(diagram.title, theme, [`rankdir=${quoted(direction)}`, 'nodesep="0.4"', 'ranksep="0.45"', 'labelloc="t"', 'labeljust="l"']),
    `  graph [label=${graphLabel(diagram, theme)}];`,
    `  node [shape="plain" fontsize="11" fontcolor=${quoted(theme.ink)}];`,
    `  edge [fontsize="9" color=${quoted(theme.forward)} fontcolor=${quoted(theme.muted)} arrowsize="0.65" penwidth="1.2"];`,
    "",
    ...diagram.nodes.map(
      (node) => `  ${quoted(node.id)} [class=${quoted(`role-${node.role}`)} tooltip=${quoted(tooltip(node))} label=${boxLabel(node, style)}];`,
    ),
    "",
    ...ranks(diagram),
    ...diagram.edges.map((edge) => `  ${edgeOf(edge, boxes, theme)};`),
    "}",
    "",
  ].join("\n");
}

/** What the box had to cut, and what it stands for. */
function tooltip(node: DiagramNode): string {
  const { folded = [] } = node;
  return folded.length === 0 ? wholeName(node) : `${wholeName(node)}\nfolded into this box: ${folded.join(", ")}`;
}

/** What stands above or below a box shares its rank. */
function ranks({ nodes }: Diagram): string[] {
  const beside = new Map<string, { readonly above: string[]; readonly below: string[] }>();
  for (const { id, place } of nodes) {
    if (place.side === "line") continue;
    const both = beside.get(place.of) ?? { above: [], below: [] };
    both[place.side].push(id);
    beside.set(place.of, both);
  }
  return [...beside].map(([of, { above, below }]) => `  { rank="same"; ${[...above, of, ...below].map(quoted).join("; ")} }`);
}

type Boxes = ReadonlyMap<string, DiagramNode>;

/** An edge of a picture that runs to the right: from row to row along the main line, in two lanes to what stands above and below. */
function across(edge: DiagramEdge, boxes: Boxes, theme: Theme): string {
  const backward = edge.direction === "backward";
  const [user, operand] = backward ? [edge.from, edge.to] : [edge.to, edge.from];
  const place = boxes.get(operand)?.place;
  if (place === undefined || place.side === "line" || place.of !== user) {
    const weight = edge.spine === true ? ['weight="100"'] : [];
    if (!backward) return arrow(edge, [":v:e", ":v:w"], [...weight, ...label(edge.label)]);
    return arrow(edge, [":g:w", ":g:e"], ['constraint="false"', ...backwardLook(theme), ...label(edge.label)]);
  }
  // One edge of each pair may order the rank, else the other would turn it round.
  const loose = ['constraint="false"'];
  if (place.side === "above") {
    if (!backward) return arrow(edge, boxes.get(operand)?.gradient === undefined ? ["", ""] : [":sw", ":nw"], []);
    return arrow(edge, [":ne", ":se"], [...loose, ...backwardLook(theme), ...label(`  ${edge.label}`)]);
  }
  if (!backward) return arrow(edge, [":nw", ":sw"], loose);
  return arrow(edge, [":se", ":ne"], [...backwardLook(theme), ...label(`  ${edge.label}`)]);
}

/** An edge of a picture that runs down: forward at the left, backward at the right. */
function down(edge: DiagramEdge, boxes: Boxes, theme: Theme): string {
  const backward = edge.direction === "backward";
  const [user, operand] = backward ? [edge.from, edge.to] : [edge.to, edge.from];
  const place = boxes.get(operand)?.place;
  if (place === undefined || place.side === "line" || place.of !== user) {
    if (!backward) return arrow(edge, [":sw", ":nw"], [...(edge.spine === true ? ['weight="100"'] : []), ...label(`${edge.label} `)]);
    return arrow(edge, [":ne", ":se"], ['constraint="false"', ...backwardLook(theme), ...label(`  ${edge.label}`)]);
  }
  const [near, far] = place.side === "above" ? ["e", "w"] : ["w", "e"];
  if (!backward) return arrow(edge, [`:v:${near}`, `:v:${far}`], place.side === "above" ? [] : ['constraint="false"']);
  return arrow(edge, [`:g:${far}`, `:g:${near}`], [...(place.side === "above" ? ['constraint="false"'] : []), ...backwardLook(theme), ...label(edge.label)]);
}

function arrow({ from, to }: DiagramEdge, [tail, head]: readonly [string, string], attributes: readonly string[]): string {
  return `${quoted(from)}${tail} -> ${quoted(to)}${head}${attributes.length === 0 ? "" : ` [${attributes.join(" ")}]`}`;
}

function backwardLook(theme: Theme): string[] {
  return ['style="dashed"', `color=${quoted(theme.backward)}`, `fontcolor=${quoted(theme.backward)}`, 'fontsize="10"', 'penwidth="1.4"'];
}

/** A space on either side keeps the text clear of arrow heads. */
function label(text: string): string[] {
  return text.trim() === "" ? [] : [`label=${quoted(` ${clip(text, longestEdgeLabel)} `)}`];
}
