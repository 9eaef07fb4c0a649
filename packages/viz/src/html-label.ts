import { block, rowsShown } from "./block.ts";
import { mix } from "./colour.ts";
import { type Diagram, type DiagramNode, type Equation, type GradientRow } from "./diagram.ts";
import { clip, colour, labelText } from "./escape.ts";
import { bold, font, plain, tableLabel, tableOf } from "./html.ts";
import { barsBand, linesBand } from "./summary.ts";
import { type RoleStyle, type Theme } from "./theme.ts";

/**
 * Points of a band with so many rows of numbers: a little more than Graphviz would take by itself, and even. The rows of all boxes are even
 * so that their middles do not differ by half a point, which would tilt the arrows.
 */
const bandHeight = (rows: number): number => Math.ceil(18.2 * rows + 7.2);
const headerHeight = 24;
const lastHeight = 18;

/** Longer text is cut in the box and stands whole in its tooltip. */
const longestName = 48;
const longestOperation = 44;
const longestRule = 56;
/** Points by which a character may be wider than Graphviz believes, in fonts that stand in for Helvetica. */
const extra = 0.4;
const longestBeside = 28;
const longestFormula = 32;

/** Tints from small to large; few, so that one colour can be told from the next. */
const tints = 6;

/** What all boxes of a diagram share. */
export interface LabelStyle {
  readonly theme: Theme;
  readonly direction: "LR" | "TB";
  /** The largest size of a gradient entry, which the deepest tint stands for. */
  readonly largest: number;
  /** Rows of numbers in the tallest box of the main line: its boxes are equally tall, so that both lanes run straight. */
  readonly valueRows: number;
  readonly gradientRows: number;
  /** The largest size of a gradient among the bars of folded boxes. */
  readonly longestBar: number;
  /** Some arrows run back, in a lane below the values. */
  readonly answered: boolean;
  /** Many boxes: value and gradient stand side by side, and no arrow runs back. */
  readonly dense: boolean;
}

/** More boxes than this leave no room for arrows back. */
const mostRoomy = 25;

export function labelStyle({ nodes, edges }: Diagram, theme: Theme, direction: "LR" | "TB"): LabelStyle {
  const line = nodes.filter(({ place }) => place.side === "line");
  return {
    theme,
    direction,
    largest: largestGradient(nodes),
    valueRows: line.reduce((most, { value }) => Math.max(most, rowsShown(value)), 1),
    gradientRows: line.reduce((most, { gradient }) => Math.max(most, rowsShown(gradient?.value)), 1),
    longestBar: nodes.flatMap(({ bars = [] }) => bars).reduce((most, { size }) => (Number.isFinite(size) ? Math.max(most, size) : most), 0),
    answered: edges.some(({ direction: way }) => way === "backward"),
    dense: nodes.length > mostRoomy,
  };
}

/**
 * The whole label of a box: header, value row at port v, gradient row at port g, and the equation with its verdict or a note.
 *
 * `beside` is the local derivative of the arrow to a box above or below its use. It is part of the box, between the two arrows: Graphviz
 * loses arrows within a rank, or aborts, where labels of their own take part in the layout.
 */
export function boxLabel(node: DiagramNode, style: LabelStyle, beside: string | undefined): string {
  const { theme } = style;
  const role = theme.roles[node.role];
  const onLine = node.place.side === "line";
  const rows = [header(node, role, theme)];
  if (node.reference !== undefined) return tableLabel(`${outline(role)} CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"`, rows);
  if (node.lines !== undefined) {
    rows.push(linesBand(node.lines, theme));
    if (node.bars !== undefined) rows.push(barsBand(node.bars, style.longestBar, theme));
    else if (style.answered) rows.push('<TD PORT="g" HEIGHT="18"></TD>');
  } else if (style.dense) rows.push(sideBySide(node, style));
  else {
    const height = onLine ? bandHeight(style.valueRows) : undefined;
    const numbers = node.value === undefined ? "" : block(node.value, theme.ink, () => undefined);
    const shape = node.shape === "" && node.value === undefined ? "scalar" : node.shape;
    rows.push(band({ port: "v", background: theme.cell, left: font(labelText(clip(shape, longestName)), theme.muted, 9), right: numbers, height }));
    if (node.gradient !== undefined) rows.push(gradientBand(node, node.gradient, style));
  }
  if (node.equation !== undefined) rows.push(verdict(node.equation, theme));
  else if (node.note !== undefined) rows.push(lastRow(font(labelText(clip(node.note, longestRule)), theme.muted, 9)));
  const frame = `${outline(role)} CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"`;
  return beside === undefined ? tableLabel(frame, rows) : tableLabel(`${plain} CELLPADDING="0"`, withBeside(node.place, tableOf(frame, rows), beside, style));
}

/** The box with text at the side of its use: in the middle between the two arrows, which leaves it clear of both. */
function withBeside({ side }: DiagramNode["place"], box: string, text: string, { theme, direction }: LabelStyle): string[] {
  const words = font(labelText(clip(text, longestBeside)), theme.backward, 10);
  const framed = `<TD PORT="box">${box}</TD>`;
  if (direction === "TB") {
    const note = `<TD VALIGN="BOTTOM" CELLPADDING="4">${words}</TD>`;
    return [side === "above" ? framed + note : note + framed];
  }
  const note = `<TD HEIGHT="34">${words}</TD>`;
  return side === "above" ? [framed, note] : [note, framed];
}

/** Border and fill of a role, as attributes of a table. */
export function outline({ border, fill, width, dashed }: RoleStyle): string {
  return `BORDER="${width}" COLOR="${colour(border)}" BGCOLOR="${colour(fill)}" STYLE="ROUNDED${dashed ? ",DASHED" : ""}"`;
}

/** The tint of a gradient entry: the square root of its share of the largest, in steps. */
export function tint(theme: Theme, share: number): string {
  return tintsOf(theme)[Math.round(Math.sqrt(Math.min(share, 1)) * (tints - 1))] ?? theme.tint[1];
}

/** The tints of a theme, mixed once. */
const mixed = new WeakMap<Theme, readonly string[]>();

function tintsOf(theme: Theme): readonly string[] {
  const known = mixed.get(theme) ?? Array.from({ length: tints }, (_, step) => mix(...theme.tint, step / (tints - 1)));
  mixed.set(theme, known);
  return known;
}

function header({ name, operation }: DiagramNode, { mark, border }: RoleStyle, theme: Theme): string {
  const title = font(`${mark === "" ? "" : `${labelText(mark)} `}${bold(labelText(clip(name, longestName)))}`, border, 13);
  const how = font(labelText(clip(operation, longestOperation)), theme.muted, 9);
  const room = 8 + Math.ceil((clip(name, longestName).length + clip(operation, longestOperation).length) * extra);
  return `<TD><TABLE ${plain} CELLPADDING="1"><TR><TD HEIGHT="${headerHeight}" ALIGN="LEFT">${title}</TD><TD WIDTH="${room}"></TD><TD ALIGN="RIGHT">${how}</TD></TR></TABLE></TD>`;
}

const lastRow = (content: string): string => `<TD HEIGHT="${lastHeight}">${content}</TD>`;

interface Band {
  readonly port: string;
  readonly background: string;
  readonly left: string;
  readonly right: string;
  readonly height: number | undefined;
}

/** One row of a box, inset so that its background does not cover the rounded corners. */
function band({ port, background, left, right, height }: Band): string {
  const tall = height === undefined ? "" : ` HEIGHT="${height}"`;
  const inner = `<TR><TD WIDTH="30"${tall} ALIGN="LEFT">${left}</TD><TD ALIGN="RIGHT">${right}</TD></TR>`;
  return `<TD PORT="${port}" CELLPADDING="4"><TABLE ${plain} CELLPADDING="2" BGCOLOR="${colour(background)}">${inner}</TABLE></TD>`;
}

/** The tint of an entry of a gradient. The derivative of the cost by itself is 1 whatever the network: as a tint it would drown the others. */
function tintOf({ role }: DiagramNode, { theme, largest }: LabelStyle): (entry: number) => string | undefined {
  return (entry) => (role === "cost" || largest === 0 || !Number.isFinite(entry) ? undefined : tint(theme, Math.abs(entry) / largest));
}

/** Value and gradient in one row, where boxes are many. */
function sideBySide(node: DiagramNode, style: LabelStyle): string {
  const { theme } = style;
  const { value, gradient, shape } = node;
  const left =
    value === undefined ? font(labelText(clip(shape === "" ? "scalar" : shape, longestName)), theme.muted, 9) : block(value, theme.ink, () => undefined);
  const cells = [`<TD PORT="v" BGCOLOR="${theme.cell}">${left}</TD>`];
  if (gradient?.value !== undefined) {
    const sum = (gradient.summands ?? 1) > 1 ? `<TD>${font(`Σ${gradient.summands ?? 1}`, theme.muted, 9)}</TD>` : "";
    cells.push(`<TD PORT="g" BGCOLOR="${theme.tint[0]}">${block(gradient.value, theme.backward, tintOf(node, style))}</TD>${sum}`);
  } else if (gradient !== undefined) cells.push(`<TD PORT="g" BGCOLOR="${theme.tint[0]}">${withoutNumbers(gradient, theme)}</TD>`);
  return `<TD CELLPADDING="4"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="1"><TR>${cells.join("")}</TR></TABLE></TD>`;
}

/** A gradient whose numbers are not shown: its formula where there is one, and what is missing where nothing flows. */
function withoutNumbers({ formula, hidden = false }: GradientRow, theme: Theme): string {
  if (formula !== undefined) return font(labelText(clip(formula, longestFormula)), theme.backward, 10);
  return hidden ? "" : font("not computed", theme.muted, 9);
}

function gradientBand(node: DiagramNode, gradient: GradientRow, style: LabelStyle): string {
  const { symbol, value, summands = 1 } = gradient;
  const { theme, gradientRows } = style;
  const sum = summands > 1 ? font(` Σ${summands}`, theme.muted, 9) : "";
  return band({
    port: "g",
    background: theme.tint[0],
    left: font(labelText(clip(symbol, longestName)), theme.backward, 10) + sum,
    right: value === undefined ? withoutNumbers(gradient, theme) : block(value, theme.backward, tintOf(node, style)),
    height: node.place.side === "line" ? bandHeight(gradientRows) : undefined,
  });
}

function verdict({ tag, rule, agrees }: Equation, theme: Theme): string {
  const sign = agrees === undefined ? "" : agrees ? font("<B>✓</B>", theme.good, 10) : font("<B>✗</B>", theme.bad, 10);
  return lastRow(font(`${labelText(clip(tag, longestRule))}  ${labelText(clip(rule, longestRule))}   `, theme.muted, 9) + sign);
}

/** The largest size of a finite gradient entry, the cost's own left out; 0 where others are formulas, since there is nothing to compare. */
function largestGradient(nodes: readonly DiagramNode[]): number {
  let largest = 0;
  if (nodes.some(({ gradient }) => gradient?.formula !== undefined)) return largest;
  for (const { gradient, role } of nodes)
    for (const row of role === "cost" ? [] : (gradient?.value ?? []))
      for (const entry of row) if (Number.isFinite(entry)) largest = Math.max(largest, Math.abs(entry));
  return largest;
}
