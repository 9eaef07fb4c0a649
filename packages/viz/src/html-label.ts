import { block, rowsShown } from "./block.ts";
import { mix } from "./colour.ts";
import { type Diagram, type DiagramNode, type Equation, type GradientRow } from "./diagram.ts";
import { clip, colour, markup } from "./escape.ts";
import { font, plain, tableLabel } from "./html.ts";
import { type RoleStyle, type Theme } from "./theme.ts";

/** Points of a band with so many rows of numbers, in whole points, a little above what Graphviz would take by itself. */
const bandHeight = (rows: number): number => Math.ceil(18.2 * rows + 7.2);
const headerHeight = 24;
const lastHeight = 17;

/** Longer text is cut in the box and stands whole in its tooltip. */
const longestName = 48;
const longestOperation = 44;
const longestRule = 56;

/** Tints from small to large; few, so that one colour can be told from the next. */
const tints = 6;

/** What all boxes of a diagram share. */
export interface LabelStyle {
  readonly theme: Theme;
  /** The largest size of a gradient entry, which the deepest tint stands for. */
  readonly largest: number;
  /** Rows of numbers in the tallest box of the main line: its boxes are equally tall, so that both lanes run straight. */
  readonly valueRows: number;
  readonly gradientRows: number;
}

export function labelStyle({ nodes }: Diagram, theme: Theme): LabelStyle {
  const line = nodes.filter(({ place }) => place.side === "line");
  return {
    theme,
    largest: largestGradient(nodes),
    valueRows: line.reduce((most, { value }) => Math.max(most, rowsShown(value)), 1),
    gradientRows: line.reduce((most, { gradient }) => Math.max(most, rowsShown(gradient?.value)), 1),
  };
}

/** The whole label of a box: header, value row at port v, gradient row at port g, and the equation with its verdict or a note. */
export function boxLabel(node: DiagramNode, style: LabelStyle): string {
  const { theme } = style;
  const role = theme.roles[node.role];
  const onLine = node.place.side === "line";
  const rows = [header(node, role, theme)];
  if (node.value !== undefined) {
    const height = onLine ? bandHeight(style.valueRows) : undefined;
    const numbers = block(node.value, theme.ink, () => undefined);
    rows.push(band({ port: "v", background: theme.cell, left: font(markup(node.shape), theme.muted, 9), right: numbers, height }));
  }
  if (node.gradient !== undefined) rows.push(gradientBand(node, node.gradient, style));
  if (node.equation !== undefined) rows.push(verdict(node.equation, theme));
  else if (node.note !== undefined) rows.push(lastRow(font(markup(clip(node.note, longestRule)), theme.muted, 9)));
  return tableLabel(`${outline(role)} CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"`, rows);
}

/** Border and fill of a role, as attributes of a table. */
export function outline({ border, fill, width, dashed }: RoleStyle): string {
  return `BORDER="${width}" COLOR="${colour(border)}" BGCOLOR="${colour(fill)}" STYLE="ROUNDED${dashed ? ",DASHED" : ""}"`;
}

/** The tint of a gradient entry: the square root of its share of the largest, in steps. */
export function tint(theme: Theme, share: number): string {
  return mix(...theme.tint, Math.round(Math.sqrt(Math.min(share, 1)) * (tints - 1)) / (tints - 1));
}

function header({ name, operation }: DiagramNode, { mark, border }: RoleStyle, theme: Theme): string {
  const title = font(`${mark === "" ? "" : `${mark} `}<B>${markup(clip(name, longestName)) || " "}</B>`, border, 13);
  const how = font(markup(clip(operation, longestOperation)), theme.muted, 9);
  return `<TD><TABLE ${plain} CELLPADDING="1"><TR><TD HEIGHT="${headerHeight}" ALIGN="LEFT">${title}</TD><TD WIDTH="8"></TD><TD ALIGN="RIGHT">${how}</TD></TR></TABLE></TD>`;
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

function gradientBand({ role, place }: DiagramNode, { symbol, value, summands = 1 }: GradientRow, { theme, largest, gradientRows }: LabelStyle): string {
  const sum = summands > 1 ? font(` Σ${summands}`, theme.muted, 9) : "";
  // The derivative of the cost by itself is 1 whatever the network: as a tint it would drown the others.
  const background = (entry: number): string | undefined =>
    role === "cost" || largest === 0 || !Number.isFinite(entry) ? undefined : tint(theme, Math.abs(entry) / largest);
  return band({
    port: "g",
    background: theme.tint[0],
    left: font(markup(clip(symbol, longestName)), theme.backward, 10) + sum,
    right: value === undefined ? font("not computed", theme.muted, 9) : block(value, theme.backward, background),
    height: place.side === "line" ? bandHeight(gradientRows) : undefined,
  });
}

function verdict({ tag, rule, agrees }: Equation, theme: Theme): string {
  const sign = agrees === undefined ? "" : agrees ? font("<B>✓</B>", theme.good, 10) : font("<B>✗</B>", theme.bad, 10);
  return lastRow(font(`${markup(tag)}  ${markup(clip(rule, longestRule))}   `, theme.muted, 9) + sign);
}

/** The largest size of a finite gradient entry, the cost's own left out. */
function largestGradient(nodes: readonly DiagramNode[]): number {
  let largest = 0;
  for (const { gradient, role } of nodes)
    for (const row of role === "cost" ? [] : (gradient?.value ?? []))
      for (const entry of row) if (Number.isFinite(entry)) largest = Math.max(largest, Math.abs(entry));
  return largest;
}
