import { mix } from "./colour.ts";
import { clip, labelText, measure, quoted } from "./escape.ts";
import { font, plain, tableLabel, tableOf } from "./html.ts";
import { arrow, heading, lineSign, noteRows, thick } from "./legend.ts";
import { type Column, type Connection, type NetworkDiagram, type Neuron, gap } from "./network-picture.ts";
import { ellipsisId, shownFirst } from "./network-spot.ts";
import { numeral } from "./numerals.ts";
import { preamble } from "./preamble.ts";
import { type Point, seatLabels } from "./seats.ts";
import { type Theme } from "./theme.ts";
import { type WrittenPath } from "./weight-paths.ts";

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
  const places = new Map(
    columns.flatMap((column, l) => [
      ...column.neurons.map((neuron, row) => [neuron.id, placeOf(column, l, row, grid)] as const),
      ...(column.hidden > 0 ? [[ellipsisId(l), gapOf(column, l, grid)] as const] : []),
    ]),
  );
  const top = [...places.values()].reduce((highest, { y }) => Math.max(highest, y), 0) + grid.diameter / 2;
  const largest = connections.reduce((most, { weight = 0 }) => (Number.isFinite(weight) ? Math.max(most, Math.abs(weight)) : most), 0);
  const lines = connections.toSorted(behindMarked).map((connection) => ({ connection, look: lookOf(connection, largest, grid, theme, ink) }));
  return [
    ...preamble(title, theme, ['layout="neato"', 'splines="line"', 'outputorder="edgesfirst"', 'labelloc="t"', 'labeljust="l"']),
    `  graph [label=${networkLabel(picture, grid, theme)}];`,
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

/** What is drawn later lies above. */
const behindMarked = (one: Connection, other: Connection): number => Number(one.marked ?? false) - Number(other.marked ?? false);

const origin: Point = { x: 0, y: 0 };

function placeOf({ neurons, hidden }: Column, l: number, row: number, { rowGap, columnGap }: Grid): Point {
  const slots = neurons.length + (hidden > 0 ? 1 : 0);
  const slot = hidden > 0 && row >= shownFirst ? row + 1 : row;
  return { x: l * columnGap, y: ((slots - 1) / 2 - slot) * rowGap };
}

/** Where the hidden neurons would stand. */
function gapOf(column: Column, l: number, grid: Grid): Point {
  const { x, y } = placeOf(column, l, shownFirst - 1, grid);
  return { x, y: y - grid.rowGap };
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

/** `⋮ 59 more ⋮`. */
function ellipsis(column: Column, l: number, grid: Grid, theme: Theme): string[] {
  if (column.hidden === 0) return [];
  return [words(ellipsisId(l), gapOf(column, l, grid), `⋮\n ${column.hidden} more \n⋮`, theme.muted, 'fontsize="10"')];
}

/**
 * Sign as colour and dash, size as width; without a weight the line stays faint, or inked. A path that stands out has the colour of gradients,
 * and the dash of its local derivative.
 */
function lookOf({ weight = Number.NaN, marked = false, factor = weight }: Connection, largest: number, grid: Grid, theme: Theme, ink: boolean): string {
  if (marked) return `color=${quoted(theme.backward)} penwidth="2.6"${factor < 0 ? ' style="dashed"' : ""} arrowhead="normal"`;
  if (!Number.isFinite(weight)) return ink ? `color=${quoted(theme.ink)} arrowhead="normal"` : "";
  const share = largest === 0 ? 0 : Math.sqrt(Math.abs(weight) / largest);
  const strong = weight < 0 ? theme.negative : theme.positive;
  // Among very many lines the weak ones step back.
  const color = grid === bare ? mix(theme.page, strong, 0.25 + 0.75 * share) : strong;
  const width = thinnest + share * ((grid === bare ? thickestBare : thickest) - thinnest);
  return `color=${quoted(color)} penwidth=${quoted(measure(width))}${weight < 0 ? ' style="dashed"' : ""}`;
}

/** The numbers of the weights in small boxes on their lines. */
function weightLabels(connections: readonly Connection[], places: ReadonlyMap<string, Point>, { diameter }: Grid, theme: Theme): string[] {
  // The labels of paths take their seats first.
  const lines = connections
    .toSorted((one, other) => behindMarked(other, one))
    .flatMap(({ from, to, label }) => {
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

/** A row of the label that is a table, and about how many points it takes. */
interface Row {
  readonly width: number;
  /** The table's rows, each with this cell at its end. */
  cells(end: string): readonly string[];
}

/** Points that Graphviz reserves for a text: it knows the widths of bytes. */
const encoder = new TextEncoder();
const reserved = (text: string, points: number): number => encoder.encode(text).length * 0.53 * points;

/** Title, subtitle, paths, notes, and what lines and fills mean where they mean something. */
function networkLabel(picture: NetworkDiagram, grid: Grid, theme: Theme): string {
  const { title, subtitle, columns, paths = [], notes = [] } = picture;
  const drawing = Math.max(560, ((columns.length - 1) * grid.columnGap + grid.diameter) * 72);
  const [table, legend] = [pathTable(paths, theme), signs(picture, drawing, theme)];
  const widest = [...table, ...legend].reduce(
    (most, { width }) => Math.max(most, width),
    Math.max(reserved(title, 18), ...[subtitle, ...notes].map((line) => reserved(line, 11))),
  );
  // Graphviz would tear the cells of a narrower table apart: a last one takes what is left.
  const filled = ({ width, cells }: Row): string =>
    `<TD ALIGN="LEFT">${tableOf(`${plain} CELLPADDING="2"`, cells(widest - width < 1 ? "" : `<TD WIDTH="${Math.round(widest - width)}"></TD>`))}</TD>`;
  return tableLabel(`${plain} CELLPADDING="3"`, [
    ...heading(title, subtitle, theme),
    ...table.map(filled),
    ...noteRows(notes, theme),
    ...legend.map(filled),
    '<TD HEIGHT="10"></TD>',
  ]);
}

interface Entry {
  readonly sign?: string;
  readonly meaning: string;
}

/** What lines and fills mean, in as few rows as fit the width; none where they mean nothing. */
function signs({ columns, connections, paths = [] }: NetworkDiagram, width: number, theme: Theme): Row[] {
  const weighted = connections.some(({ weight, marked = false }) => weight !== undefined && !marked);
  const filled = columns.some(({ neurons }) => neurons.some(({ share }) => share !== undefined));
  const marked = connections.some((connection) => connection.marked === true);
  const dashed = connections.some(({ factor = 0 }) => factor < 0);
  const multiplied = connections.find(({ factor, label }) => factor !== undefined && label !== undefined)?.label;
  const entries: Entry[] = [
    ...(weighted
      ? [
          { sign: lineSign(theme.positive, [26]), meaning: "positive weight" },
          { sign: lineSign(theme.negative, [6, 6, 6]), meaning: "negative weight" },
          { meaning: "width shows size" },
        ]
      : []),
    ...(filled ? [{ meaning: "fill shows the activation: blue above 0, orange below" }] : []),
    ...(marked ? [{ sign: arrow(theme.backward, [24], "▸", thick), meaning: paths.length > 0 ? "path to the cost" : "path that stands out" }] : []),
    ...(dashed ? [{ sign: arrow(theme.backward, [6, 6, 6], "▸", thick), meaning: "path whose factor is below 0" }] : []),
    ...(multiplied === undefined ? [] : [{ meaning: `${multiplied}: paths along the line × their factor` }]),
  ];
  const sizeOf = ({ sign, meaning }: Entry): number => (sign === undefined ? 4 : 42) + reserved(`${meaning}    `, 10);
  const rows: Entry[][] = [];
  for (const entry of entries) {
    const row = rows.at(-1);
    if (row === undefined || sizeOf(entry) + row.reduce((sum, each) => sum + sizeOf(each), 0) > width) rows.push([entry]);
    else row.push(entry);
  }
  const cell = ({ sign, meaning }: Entry): string =>
    `${sign === undefined ? "" : `<TD>${sign}</TD>`}<TD ALIGN="LEFT">${font(`${labelText(meaning)}    `, theme.muted, 10)}</TD>`;
  return rows.map((row) => ({ width: row.reduce((sum, each) => sum + sizeOf(each), 0), cells: (end) => [row.map(cell).join("") + end] }));
}

/** More paths stand in two columns. */
const mostRows = 20;

/** Each path with its factors and its product, the products below each other. */
function pathTable(paths: readonly WrittenPath[], theme: Theme): Row[] {
  if (paths.length === 0) return [];
  const wordsOf = ({ sign, through, factors, product }: WrittenPath): readonly (readonly [content: string, align: "LEFT" | "RIGHT"])[] => [
    [sign, "RIGHT"],
    [through.join(" → "), "LEFT"],
    [`${factors.map(numeral).join(" × ")}   `, "LEFT"],
    ["=", "LEFT"],
    [numeral(product), "RIGHT"],
  ];
  const line = (path: WrittenPath): string =>
    wordsOf(path)
      .map(([content, align]) => `<TD ALIGN="${align}">${font(labelText(content), theme.ink, 11)}</TD>`)
      .join("");
  const widths = paths
    .map(wordsOf)
    .reduce<readonly number[]>((most, row) => row.map(([content], at) => Math.max(most[at] ?? 0, 4 + reserved(content, 11))), []);
  const one = widths.reduce((sum, width) => sum + width, 0);
  const height = paths.length > mostRows ? Math.ceil(paths.length / 2) : paths.length;
  const gutter = 30;
  const cells = (end: string): string[] =>
    paths.slice(0, height).map((path, at) => {
      const beside = paths[at + height];
      return `${line(path)}${beside === undefined ? "" : `<TD WIDTH="${gutter}"></TD>${line(beside)}`}${end}`;
    });
  return [{ width: height < paths.length ? 2 * one + gutter : one, cells }];
}
