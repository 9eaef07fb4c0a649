import { type Diagram, type DiagramEdge, type DiagramNode } from "./diagram.ts";
import { wholeName } from "./describe.ts";
import { clip, measure, quoted } from "./escape.ts";
import { mix } from "./colour.ts";
import { type LabelStyle, boxLabel, labelStyle } from "./html-label.ts";
import { graphLabel } from "./legend.ts";
import { networkDot } from "./network-dot.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { isNetwork, readPicture } from "./picture.ts";
import { preamble } from "./preamble.ts";
import { rowsOf } from "./rows.ts";
import { type Fields, type Reader, maybe, oneOf, readOptions } from "./schema.ts";
import { type Theme, type ThemeName, themeOf, themeReader } from "./theme.ts";

/** How DOT text is written. */
export interface DotOptions {
  /** `light` when absent. */
  readonly theme?: Theme | ThemeName;
  /** LR: the main line runs to the right. TB: down, for a portrait page. A network always runs to the right. */
  readonly direction?: "LR" | "TB";
}

/** To the right, or down. */
export const directionReader: Reader = maybe(oneOf("LR", "TB"));
const optionFields: Fields<DotOptions> = { theme: maybe(themeReader), direction: directionReader };

/** Longer labels would push the boxes apart. */
const longestEdgeLabel = 40;

/**
 * A picture as DOT text. A computation has boxes with forward edges between value rows and dashed backward edges between gradient rows; a
 * network has its neurons at fixed positions. The same picture gives the same bytes.
 *
 * Throws DiagramError when this is no picture, theme or direction, an edge ends at no box, two boxes share an id, or a theme holds something that is not a colour.
 *
 * @example
 * toDot({ title: "t", subtitle: "", nodes: [], edges: [] }).startsWith("digraph") // => true
 */
export function toDot(picture: Diagram | NetworkDiagram, options: DotOptions = {}): string {
  const { theme: chosen, direction = "LR" } = readOptions("toDot", options, optionFields);
  const theme = themeOf(chosen);
  const read = readPicture("toDot", picture);
  return isNetwork(read) ? networkDot(read, theme) : diagramDot(read, theme, direction);
}

function diagramDot(diagram: Diagram, theme: Theme, direction: "LR" | "TB"): string {
  const style = labelStyle(diagram, theme, direction);
  const messages = diagram.edges.reduce((most, { message = 0 }) => (Number.isFinite(message) ? Math.max(most, message) : most), 0);
  const drawn = messages > 0 && style.dense ? { ...diagram, edges: diagram.edges.filter((edge) => edge.direction === "forward") } : diagram;
  const notes = besides(drawn);
  const scene: Scene = { boxes: new Map(diagram.nodes.map((node) => [node.id, node])), notes, branching: branching(drawn), messages, style };
  const within = style.dense ? dense : direction === "LR" ? across : down;
  const rows = direction === "LR" ? rowsOf(drawn) : undefined;
  const rowOf = (id: string): number => rows?.get(id) ?? 0;
  const edgeOf = (edge: DiagramEdge): string =>
    rowOf(edge.from) === rowOf(edge.to) ? within(edge, scene) : between(edge, rowOf(edge.from) < rowOf(edge.to), scene);
  const box = (node: DiagramNode): string =>
    `  ${quoted(node.id)} [class=${quoted(`role-${node.role}`)} tooltip=${quoted(tooltip(node))} label=${boxLabel(node, style, notes.get(node.id))}];`;
  return [
    ...preamble(diagram.title, theme, [`rankdir=${quoted(direction)}`, 'nodesep="0.25"', 'ranksep="0.45"', 'labelloc="t"', 'labeljust="l"']),
    `  graph [label=${graphLabel(diagram, style)}];`,
    `  node [shape="plain" fontsize="11" fontcolor=${quoted(theme.ink)}];`,
    `  edge [fontsize="9" color=${quoted(theme.forward)} fontcolor=${quoted(theme.muted)} arrowsize="0.65" penwidth="1.2"];`,
    "",
    ...inChunks(framed(diagram, theme), (part) => (typeof part === "string" ? part : box(part))),
    "",
    ...(style.dense ? [] : ranks(drawn)),
    ...(rows === undefined ? [] : stacked(drawn, rowOf)),
    ...inChunks(drawn.edges, (edge) => `  ${edgeOf(edge)};`),
    "}",
    "",
  ].join("\n");
}

/** The boxes, those of an open group inside a frame with its name. */
function framed({ nodes, frames = [] }: Diagram, theme: Theme): readonly (DiagramNode | string)[] {
  if (frames.length === 0) return nodes;
  const inside = frames.map((frame) => nodes.filter(({ group }) => group === frame));
  const taken = new Set(inside.flat());
  return [
    ...nodes.filter((node) => !taken.has(node)),
    ...frames.flatMap((frame, at) => [
      `  subgraph ${quoted(`cluster_${at}`)} {`,
      `  graph [label=${quoted(clip(frame, longestEdgeLabel))} style="rounded,dashed" color=${quoted(theme.faint)} fontcolor=${quoted(theme.muted)} fontsize="11" labelloc="t" labeljust="l" margin="14"];`,
      ...(inside[at] ?? []),
      "  }",
    ]),
  ];
}

/** How many lines are joined at once: V8 keeps text that was put together as a tree of its parts until it is joined. */
const chunk = 64;

/** The lines of many parts, joined a few at a time, so that the parts of one are garbage before the next is made. */
function inChunks<T>(parts: readonly T[], line: (part: T) => string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < parts.length; at += chunk)
    lines.push(
      parts
        .slice(at, at + chunk)
        .map(line)
        .join("\n"),
    );
  return lines;
}

/** What the box had to cut, and what it stands for. */
function tooltip(node: DiagramNode): string {
  const { folded = [] } = node;
  return folded.length === 0 ? wholeName(node) : `${wholeName(node)}\nfolded into this box: ${folded.join(", ")}`;
}

/** What stands above or below a box shares its rank. Arrows between them keep their order; where one is missing, an invisible one does. */
function ranks({ nodes, edges }: Diagram): string[] {
  const beside = new Map<string, { readonly above: string[]; readonly below: string[] }>();
  for (const { id, place } of nodes) {
    if (place.side === "line") continue;
    const both = beside.get(place.of) ?? { above: [], below: [] };
    both[place.side].push(id);
    beside.set(place.of, both);
  }
  const answered = new Set(edges.filter(({ direction }) => direction === "backward").map(({ from, to }) => JSON.stringify([from, to])));
  return [...beside].flatMap(([of, { above, below }]) => [
    `  { rank="same"; ${[...above, of, ...below].map(quoted).join("; ")} }`,
    ...below.filter((id) => !answered.has(JSON.stringify([of, id]))).map((id) => `  ${quoted(of)} -> ${quoted(id)} [style="invis"];`),
  ]);
}

/** What an arrow must know of its surroundings. */
interface Scene {
  readonly boxes: ReadonlyMap<string, DiagramNode>;
  /** Local derivatives that stand in the boxes at which their arrows end. */
  readonly notes: ReadonlyMap<string, string>;
  /** Boxes from which arrows lead to several others of the main line: some of them cross the arrows that come back. */
  readonly branching: ReadonlySet<string>;
  /** The largest size of what is sent back along an edge. */
  readonly messages: number;
  readonly style: LabelStyle;
}

/** The first boxes of all rows stand below each other. */
function stacked({ nodes, edges }: Diagram, rowOf: (id: string) => number): string[] {
  const led = new Set(edges.filter(({ from, to, direction }) => direction === "forward" && rowOf(from) === rowOf(to)).map(({ to }) => to));
  const starts = new Map<number, string>();
  for (const { id, place } of nodes) if (place.side === "line" && !led.has(id) && !starts.has(rowOf(id))) starts.set(rowOf(id), id);
  const ids = [...starts].toSorted(([a], [b]) => a - b).map(([, id]) => quoted(id));
  return [`  { rank="same"; ${ids.join("; ")} }`, ...ids.slice(1).map((id, at) => `  ${ids[at] ?? ""} -> ${id} [style="invis"];`)];
}

/** An arrow from one row of a broken line to another. */
function between(edge: DiagramEdge, isDown: boolean, { style: { theme } }: Scene): string {
  const look = edge.direction === "backward" || edge.adjoint === true ? backwardLook(theme) : [];
  return arrow(edge, isDown ? [":s", ":n"] : [":n", ":s"], [loose, ...look, ...label(edge.label)]);
}

function branching({ nodes, edges }: Diagram): Set<string> {
  const lines = new Set(nodes.flatMap(({ id, place }) => (place.side === "line" ? [id] : [])));
  const users = new Map<string, string>();
  const found = new Set<string>();
  for (const { from, to, direction } of edges) {
    if (direction === "backward" || !lines.has(from) || !lines.has(to)) continue;
    if ((users.get(from) ?? to) !== to) found.add(from);
    users.set(from, to);
  }
  return found;
}

/** The two ends of an arrow in forward order, and where the operand stands when it stands beside this use. */
function ends({ direction, from, to }: DiagramEdge, { boxes }: Scene): { readonly operand: string; readonly beside: "above" | "below" | undefined } {
  const [user, operand] = direction === "backward" ? [from, to] : [to, from];
  const place = boxes.get(operand)?.place;
  return { operand, beside: place !== undefined && place.side !== "line" && place.of === user ? place.side : undefined };
}

/** An edge of a picture that runs to the right: from row to row along the main line, in two lanes to what stands above and below. */
function across(edge: DiagramEdge, scene: Scene): string {
  const backward = edge.direction === "backward";
  const { operand, beside } = ends(edge, scene);
  const carried = edge.adjoint === true ? backwardLook(scene.style.theme) : [];
  if (beside === undefined) {
    if (!backward) return arrow(edge, [":v:e", ":v:w"], [...weight(edge), ...carried, ...label(edge.label)]);
    // Laid out along the direction with its head at the start: arrows against it would be led round all that run along it.
    return arrow(
      { ...edge, from: edge.to, to: edge.from },
      [":g:e", ":g:w"],
      ['class="backward"', 'dir="back"', ...backwardLook(scene.style.theme), ...label(edge.label, " ", scene.branching.has(operand) ? aside : " ")],
    );
  }
  const box = scene.notes.has(operand) ? ":box" : "";
  if (beside === "above") {
    if (backward) return arrow(edge, [":ne", `${box}:se`], [loose, ...backwardLook(scene.style.theme)]);
    return arrow(edge, box === "" ? ["", ""] : [`${box}:sw`, ":nw"], []);
  }
  if (backward) return arrow(edge, [":se", `${box}:ne`], backwardLook(scene.style.theme));
  return arrow(edge, box === "" ? ["", ""] : [`${box}:nw`, ":sw"], [loose]);
}

/** An edge of a picture that runs down: forward at the left, backward at the right, and from side to side to what stands there. */
function down(edge: DiagramEdge, scene: Scene): string {
  const backward = edge.direction === "backward";
  const { beside } = ends(edge, scene);
  if (beside === undefined) {
    const carried = edge.adjoint === true ? backwardLook(scene.style.theme) : [];
    if (!backward) return arrow(edge, [":sw", ":nw"], [...weight(edge), ...carried, ...label(edge.label)]);
    return arrow(edge, [":ne", ":se"], [loose, ...backwardLook(scene.style.theme), ...label(edge.label, "   ")]);
  }
  const [near, far] = beside === "above" ? ["e", "w"] : ["w", "e"];
  const order = (beside === "above") === backward ? [loose] : [];
  if (!backward) return arrow(edge, [`:v:${near}`, `:v:${far}`], order);
  return arrow(edge, [`:g:${far}`, `:g:${near}`], [...order, ...backwardLook(scene.style.theme)]);
}

/** An edge among many: its colour and width show what is sent back along it. */
function dense(edge: DiagramEdge, { messages, style: { theme } }: Scene): string {
  const { message } = edge;
  if (edge.direction === "backward") return arrow(edge, ["", ""], [loose, ...backwardLook(theme)]);
  if (edge.adjoint === true) return arrow(edge, ["", ""], [...weight(edge), ...backwardLook(theme)]);
  if (message === undefined || messages === 0 || !Number.isFinite(message)) return arrow(edge, ["", ""], weight(edge));
  // In few shades, which are all that can be told apart.
  const share = Math.round(Math.sqrt(message / messages) * shades) / shades;
  return arrow(
    edge,
    ["", ""],
    [...weight(edge), `color=${quoted(mix(theme.tint[1], theme.backward, share))}`, `penwidth=${quoted(measure(0.6 + 2.4 * share))}`],
  );
}

/** Shades of a message, from small to large. */
const shades = 16;

/** One arrow of each pair orders the boxes; the other must not, else it would turn them round. */
const loose = 'constraint="false"';

/** Along a path that stands out. */
const markedWidth = 'penwidth="3.2"';

const weight = ({ spine = false }: DiagramEdge): string[] => (spine ? ['weight="100"'] : []);

function arrow({ from, to, marked = false }: DiagramEdge, [tail, head]: readonly [string, string], look: readonly string[]): string {
  const attributes = marked ? [...look.filter((each) => !each.startsWith("penwidth")), markedWidth] : look;
  return `${quoted(from)}${tail} -> ${quoted(to)}${head}${attributes.length === 0 ? "" : ` [${attributes.join(" ")}]`}`;
}

function backwardLook(theme: Theme): string[] {
  return ['style="dashed"', `color=${quoted(theme.backward)}`, `fontcolor=${quoted(theme.backward)}`, 'fontsize="10"', 'penwidth="1.4"'];
}

/** Room beside a label for lines that cross its own. */
const aside = " ".repeat(10);

/** Spaces keep the text clear of arrow heads. */
function label(text: string, before: string = " ", after: string = " "): string[] {
  return text.trim() === "" ? [] : [`label=${quoted(`${before}${clip(text, longestEdgeLabel)}${after}`)}`];
}

/** Labels of arrows that end beside their start, by the box that bears them. */
function besides({ nodes, edges }: Diagram): Map<string, string> {
  const owner = new Map(nodes.flatMap(({ id, place }) => (place.side === "line" ? [] : [[id, place.of] as const])));
  return new Map(edges.flatMap(({ from, to, direction, label: text }) => (direction === "backward" && owner.get(to) === from ? [[to, text] as const] : [])));
}
