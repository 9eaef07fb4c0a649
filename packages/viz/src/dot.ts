import { type Diagram, type DiagramEdge, type DiagramNode, checkDiagram } from "./diagram.ts";
import { markup, quoted } from "./escape.ts";
import { boxLabel, font, graphLabel, largestGradient } from "./label.ts";
import { type Theme, light } from "./theme.ts";

/** The one font whose widths Graphviz knows on every system; a list of fallbacks is put into the SVG afterwards. */
export const fontName = "Helvetica";

/** How DOT text is written. */
export interface DotOptions {
  readonly theme?: Theme;
  /** LR: the main line runs to the right. TB: down, for a portrait page. */
  readonly direction?: "LR" | "TB";
}

/**
 * A diagram as DOT text: boxes with HTML-like labels, forward edges between value rows, dashed backward edges between gradient rows. The
 * same diagram gives the same bytes.
 *
 * Throws DiagramError when an edge ends at no box.
 *
 * @example
 * toDot({ title: "t", subtitle: "", nodes: [], edges: [] }).startsWith("digraph") // => true
 */
export function toDot(diagram: Diagram, { theme = light, direction = "LR" }: DotOptions = {}): string {
  checkDiagram(diagram);
  const largest = largestGradient(diagram);
  const byId = new Map(diagram.nodes.map((node) => [node.id, node]));
  const lines = [
    "digraph nabla {",
    `  graph [rankdir=${quoted(direction)} bgcolor=${quoted(theme.page)} fontname=${quoted(fontName)} nodesep="0.4" ranksep="0.45" pad="0.25" labelloc="t" labeljust="l" tooltip=${quoted(diagram.title)}`,
    `    label=${graphLabel(diagram, theme)}];`,
    `  node [shape="plain" fontname=${quoted(fontName)} fontsize="11" fontcolor=${quoted(theme.ink)}];`,
    `  edge [fontname=${quoted(fontName)} fontsize="9" color=${quoted(theme.forward)} arrowsize="0.65" penwidth="1.2"];`,
    ...diagram.nodes.map(
      (node) => `  ${quoted(node.id)} [class=${quoted(`role-${node.role}`)} tooltip=${quoted(node.name)} label=${boxLabel(node, theme, largest)}];`,
    ),
    ...ranks(diagram.nodes),
    ...diagram.edges.map((edge) => `  ${edgeText(edge, byId, theme)};`),
    "}",
    "",
  ];
  return lines.join("\n");
}

/** What stands above or below a box shares its rank. */
function ranks(nodes: readonly DiagramNode[]): string[] {
  const groups = new Map<string, { readonly above: string[]; readonly below: string[] }>();
  for (const { id, place } of nodes) {
    if (place.side === "line") continue;
    const group = groups.get(place.of) ?? { above: [], below: [] };
    group[place.side].push(id);
    groups.set(place.of, group);
  }
  return [...groups].map(([of, { above, below }]) => `  { rank="same"; ${[...above, of, ...below].map(quoted).join("; ")} }`);
}

/** Compass points of the two ends: along the main line from row to row, and in two lanes to what stands above and below. */
function edgeText({ from, to, direction, label }: DiagramEdge, byId: ReadonlyMap<string, DiagramNode>, theme: Theme): string {
  const [tail, head] = [byId.get(from), byId.get(to)];
  const backward = direction === "backward";
  const beside = (backward ? head : tail)?.place;
  const onLine = tail?.place.side === "line" && head?.place.side === "line";
  const arrow = (a: string, b: string, attributes: readonly string[]): string =>
    `${quoted(from)}${a} -> ${quoted(to)}${b}${attributes.length === 0 ? "" : ` [${attributes.join(" ")}]`}`;
  if (!backward) {
    if (onLine) return arrow(":v:e", ":v:w", ['weight="100"', `label=${raised(label, theme)}`]);
    const above = beside?.side !== "below";
    if (tail?.role === "constant") return arrow("", "", []);
    return above ? arrow(":sw", ":nw", []) : arrow(":nw", ":sw", ['constraint="false"']);
  }
  const look = ['style="dashed"', `color=${quoted(theme.backward)}`, 'penwidth="1.4"'];
  if (onLine) return arrow(":g:w", ":g:e", [...look, 'constraint="false"', `label=${seated(label, theme)}`]);
  const text = `label=<${font(`  ${markup(label)}`, theme.backward, 10)}>`;
  return beside?.side === "below" ? arrow(":se", ":ne", [...look, text]) : arrow(":ne", ":se", [...look, 'constraint="false"', text]);
}

/** A label above its line. */
function raised(label: string, theme: Theme): string {
  return `<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD>${font(` ${markup(label)} `, theme.muted, 9)}</TD></TR><TR><TD HEIGHT="9"></TD></TR></TABLE>>`;
}

/** A label on its line, in the colour of the page. */
function seated(label: string, theme: Theme): string {
  return `<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="${theme.page}"><TR><TD>${font(` ${markup(label)} `, theme.backward, 10)}</TD></TR></TABLE>>`;
}
