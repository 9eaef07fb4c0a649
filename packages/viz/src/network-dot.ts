import { mix } from "./colour.ts";
import { clip, measure, quoted } from "./escape.ts";
import { font, plain, tableLabel } from "./html.ts";
import { arrow, heading, lineSign, noteRows, thick } from "./legend.ts";
import { type Column, type Connection, type NetworkDiagram, type Neuron, gap, shownFirst } from "./network-picture.ts";
import { preamble } from "./preamble.ts";
import { type Point, seatLabels } from "./seats.ts";
import { type Theme } from "./theme.ts";

/** Measures in inches. A picture with numbers has room for them. */
interface Grid {
  readonly diameter: number;
  readonly rowGap: number;
  readonly columnGap: number;
}
const bare: Grid = { diameter: 0.54, rowGap: 0.74, columnGap: 2.7 };
const numbered: Grid = { diameter: 0.8, rowGap: 1.6, columnGap: 3 };

/** Points; a longer name would leave its circle. */
const longestName = 8;
const longestCaption = 40;

/** Widths of lines in points: thinnest, and thickest for the largest weight. */
const thinnest = 0.5;
const thickest = 5;
const thickestBare = 2.4;

/** A network as DOT text for `neato`, which keeps the positions given. */
export function networkDot(picture: NetworkDiagram, theme: Theme): string {
  const { title, columns, connections, ink = false } = picture;
  const numbers = connections.some(({ label }) => label !== undefined) || columns.some(({ neurons }) => neurons.some(({ value }) => value !== undefined));
  const grid = numbers ? numbered : bare;
  const places = new Map(columns.flatMap((column, l) => column.neurons.map((neuron, row) => [neuron.id, placeOf(column, l, row, grid)] as const)));
  const top = [...places.values()].reduce((highest, { y }) => Math.max(highest, y), 0) + grid.diameter / 2;
  const largest = connections.reduce((most, { weight = 0 }) => (Number.isFinite(weight) ? Math.max(most, Math.abs(weight)) : most), 0);
  const lines = connections.map((connection) => ({ connection, look: lookOf(connection, largest, grid, theme, ink) }));
  return [
    ...preamble(title, theme, ['layout="neato"', 'splines="line"', 'outputorder="edgesfirst"', 'labelloc="t"', 'labeljust="l"']),
    `  graph [label=${networkLabel(picture, theme)}];`,
    `  node [shape="circle" fixedsize="true" width=${quoted(measure(grid.diameter))} fontsize=${quoted(grid === bare ? "12" : "13")} style="filled" penwidth="1.4"];`,
    `  edge [arrowhead=${quoted(grid === bare ? "none" : "normal")} arrowsize="0.7" penwidth="0.8" color=${quoted(theme.faint)}];`,
    "",
    ...columns.flatMap((column, l) => [
      ...caption(column, l, { x: l * grid.columnGap, y: top }, theme),
      ...column.neurons.flatMap((neuron) => circle(neuron, column, places.get(neuron.id) ?? origin, grid, theme, ink)),
      ...ellipsis(column, l, grid, theme),
    ]),
    "",
    ...lines.map(({ connection: { from, to }, look }) => `  ${quoted(from)} -> ${quoted(to)}${look === "" ? "" : ` [${look}]`};`),
    ...weightLabels(connections, places, grid, theme),
    "}",
    "",
  ].join("\n");
}

const origin: Point = { x: 0, y: 0 };

function placeOf({ neurons, hidden }: Column, l: number, row: number, { rowGap, columnGap }: Grid): Point {
  const slots = neurons.length + (hidden > 0 ? 1 : 0);
  const slot = hidden > 0 && row >= shownFirst ? row + 1 : row;
  return { x: l * columnGap, y: ((slots - 1) / 2 - slot) * rowGap };
}

/** Text without a shape, centred at a point. */
function words(id: string, { x, y }: Point, text: string, color: string, look: string): string {
  return `  ${quoted(id)} [pos=${quoted(`${measure(x)},${measure(y)}!`)} shape="plaintext" style="" fixedsize="false" width="0" height="0" margin="0" fontcolor=${quoted(color)} ${look} label=${quoted(text)}];`;
}

function caption({ caption: text, details }: Column, l: number, { x, y }: Point, theme: Theme): string[] {
  return [
    words(`c${l}`, { x, y: y + 0.58 }, clip(text, longestCaption), theme.ink, 'fontname="Helvetica-Bold" fontsize="12"'),
    words(`d${l}`, { x, y: y + 0.36 }, clip(details.join(" · "), longestCaption), theme.muted, 'fontsize="10"'),
  ];
}

function circle(
  { id, label, value, bias, share, output }: Neuron,
  { role }: Column,
  { x, y }: Point,
  { diameter }: Grid,
  theme: Theme,
  ink: boolean,
): string[] {
  if (label === gap) return [words(id, { x, y }, gap, theme.muted, 'fontsize="16"')];
  const { border, fill } = theme.roles[role];
  const ground = share === undefined ? (ink ? theme.page : fill) : mix(theme.page, share < 0 ? theme.negative : theme.positive, 0.06 + 0.36 * Math.abs(share));
  const text = [clip(label, longestName), ...(value === undefined ? [] : [value])].join("\n");
  const node = `  ${quoted(id)} [pos=${quoted(`${measure(x)},${measure(y)}!`)} label=${quoted(text)} tooltip=${quoted(label)} color=${quoted(ink ? theme.ink : border)} fillcolor=${quoted(ground)} fontcolor=${quoted(theme.ink)}];`;
  const below = bias === undefined ? [] : [words(`b_${id}`, { x, y: y - diameter / 2 - 0.16 }, bias, theme.muted, 'fontsize="11"')];
  if (output === undefined) return [node, ...below];
  const out = words(
    `o_${id}`,
    { x: x + diameter / 2 + Math.max(0.95, 0.6 + 0.045 * output.length), y },
    `  ${clip(output, longestCaption)}`,
    theme.ink,
    'fontsize="12"',
  );
  return [node, ...below, out, `  ${quoted(id)} -> ${quoted(`o_${id}`)} [color=${quoted(theme.forward)} arrowhead="normal"];`];
}

/** `⋮ 59 more ⋮` where the hidden neurons would stand. */
function ellipsis(column: Column, l: number, grid: Grid, theme: Theme): string[] {
  if (column.hidden === 0) return [];
  const { x } = placeOf(column, l, 0, grid);
  const above = placeOf(column, l, shownFirst - 1, grid).y;
  return [words(`m${l}`, { x, y: above - grid.rowGap }, `⋮\n${column.hidden} more\n⋮`, theme.muted, 'fontsize="10"')];
}

/** Sign as colour and dash, size as width; without a weight the line stays faint, or inked. A path that stands out has the colour of gradients. */
function lookOf({ weight, marked = false }: Connection, largest: number, grid: Grid, theme: Theme, ink: boolean): string {
  if (marked) return `color=${quoted(theme.backward)} penwidth="2.6"${weight !== undefined && weight < 0 ? ' style="dashed"' : ""} arrowhead="normal"`;
  if (weight === undefined || !Number.isFinite(weight)) return ink ? `color=${quoted(theme.ink)} arrowhead="normal"` : "";
  const share = largest === 0 ? 0 : Math.sqrt(Math.abs(weight) / largest);
  const strong = weight < 0 ? theme.negative : theme.positive;
  // Among very many lines the weak ones step back.
  const color = grid === bare ? mix(theme.page, strong, 0.25 + 0.75 * share) : strong;
  const width = thinnest + share * ((grid === bare ? thickestBare : thickest) - thinnest);
  return `color=${quoted(color)} penwidth=${quoted(measure(width))}${weight < 0 ? ' style="dashed"' : ""}`;
}

/** The numbers of the weights in small boxes on their lines. */
function weightLabels(connections: readonly Connection[], places: ReadonlyMap<string, Point>, { diameter }: Grid, theme: Theme): string[] {
  const lines = connections.flatMap(({ from, to, label }) => {
    const [start, end] = [places.get(from), places.get(to)];
    return label === undefined || start === undefined || end === undefined ? [] : [{ key: `${from}_${to}`, start, end, text: label }];
  });
  const seats = seatLabels(lines, [...places.values()], diameter);
  return connections.flatMap(({ from, to, weight, label, marked = false }) => {
    const seat = seats.get(`${from}_${to}`);
    if (label === undefined || seat === undefined) return [];
    const color = marked ? theme.backward : weight === undefined ? theme.ink : weight < 0 ? theme.negative : theme.positive;
    const size = `fixedsize="true" width=${quoted(measure(seat.width))} height=${quoted(measure(seat.height))}`;
    const look = `shape="box" fontsize="11" fontcolor=${quoted(color)} color=${quoted(theme.page)} fillcolor=${quoted(theme.page)}`;
    return [`  ${quoted(`w_${from}_${to}`)} [pos=${quoted(`${measure(seat.x)},${measure(seat.y)}!`)} ${size} ${look} label=${quoted(label)}];`];
  });
}

/** Title, subtitle, notes, and what lines and fills mean where they mean something. */
function networkLabel({ title, subtitle, columns, connections, notes = [] }: NetworkDiagram, theme: Theme): string {
  const weighted = connections.some(({ weight }) => weight !== undefined);
  const filled = columns.some(({ neurons }) => neurons.some(({ share }) => share !== undefined));
  const marked = connections.some((connection) => connection.marked === true);
  const says = (sign: string, meaning: string): string => `<TD>${sign}</TD><TD ALIGN="LEFT">${font(`${meaning}    `, theme.muted, 10)}</TD>`;
  const signs = [
    ...(weighted
      ? [says(lineSign(theme.positive, [26]), "positive weight"), says(lineSign(theme.negative, [6, 6, 6]), "negative weight"), says("", "width shows size")]
      : []),
    ...(filled ? [says("", "fill shows the activation: blue above 0, orange below")] : []),
    ...(marked ? [says(arrow(theme.backward, [24], "▸", thick), "path that stands out")] : []),
  ];
  const legend = signs.length > 0 ? [`<TD ALIGN="LEFT"><TABLE ${plain} CELLPADDING="2"><TR>${signs.join("")}</TR></TABLE></TD>`] : [];
  return tableLabel(`${plain} CELLPADDING="3"`, [...heading(title, subtitle, theme), ...noteRows(notes, theme), ...legend, '<TD HEIGHT="10"></TD>']);
}
