import { mix } from "./colour.ts";
import { clip, measure, quoted, wrap } from "./escape.ts";
import { networkLabel } from "./network-label.ts";
import { type Column, type Connection, type NetworkDiagram, type Neuron, gap } from "./network-diagram.ts";
import { ellipsisId, shownFirst } from "./network-spot.ts";
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
/** More labelled lines between two columns stand in each other's way: each widens the gap a little. */
const roomyLines = 9;
const lineRoom = 0.12;

/** A longer name would leave its circle, and a longer value at the usual size. */
const longestName = 8;
/** A longer name beside its circle, or output, is cut. */
const longestOutside = 40;
/** Points that a character of a caption and of the line under it takes. */
const [captionWidth, detailWidth] = [7, 5.4];

/** Widths of lines in points: thinnest, and thickest for the largest weight. */
const thinnest = 0.5;
const thickest = 5;
const thickestBare = 2.4;

/** A network as DOT text for `neato`, which keeps the positions given. */
export function networkDot(picture: NetworkDiagram, theme: Theme): string {
  const { title, columns, connections, ink = false } = picture;
  const numbers = connections.some(({ label }) => label !== undefined) || columns.some(({ neurons }) => neurons.some(({ value }) => value !== undefined));
  const grid = numbers ? { ...numbered, columnGap: numbered.columnGap + lineRoom * Math.max(0, mostLabelled(picture) - roomyLines) } : bare;
  const places = new Map(
    columns.flatMap((column, l) => [
      ...column.neurons.map((neuron, row) => [neuron.id, placeOf(column, l, row, grid)] as const),
      ...(column.hidden > 0 ? [[ellipsisId(l), gapOf(column, l, grid)] as const] : []),
    ]),
  );
  const top = [...places.values()].reduce((highest, { y }) => Math.max(highest, y), 0) + grid.diameter / 2;
  const largest = connections.reduce((most, { weight = 0 }) => (Number.isFinite(weight) ? Math.max(most, Math.abs(weight)) : most), 0);
  const beside = connections.some(({ marked }) => marked === true);
  const lines = connections.toSorted(behindMarked).map((connection) => ({ connection, look: lookOf(connection, { largest, grid, theme, ink, beside }) }));
  return [
    ...preamble(title, theme, ['layout="neato"', 'splines="line"', 'outputorder="edgesfirst"', 'labelloc="t"', 'labeljust="l"']),
    `  graph [label=${networkLabel(picture, ((columns.length - 1) * grid.columnGap + grid.diameter) * 72, theme)}];`,
    `  node [shape="circle" fixedsize="true" width=${quoted(measure(grid.diameter))} fontsize=${quoted(grid === bare ? "12" : "13")} style="filled" penwidth="1.4"];`,
    `  edge [arrowhead=${quoted(grid === bare ? "none" : "normal")} arrowsize="0.7" penwidth="0.8" color=${quoted(theme.faint)}];`,
    "",
    ...columns.flatMap((column, l) => [
      ...caption(column, l, { x: l * grid.columnGap, y: top }, grid, theme),
      ...column.neurons.flatMap((neuron) => circle(neuron, column, places.get(neuron.id) ?? origin, grid, theme, ink)),
      ...ellipsis(column, l, grid, theme),
    ]),
    "",
    ...lines.map(({ connection: { from, to }, look }) => `  ${quoted(from)} -> ${quoted(to)}${look === "" ? "" : ` [${look}]`};`),
    ...weightLabels(picture, places, grid, theme),
    "}",
    "",
  ].join("\n");
}

/** The most lines with labels that leave one column. */
function mostLabelled({ columns, connections }: NetworkDiagram): number {
  const counts = columns.map(({ neurons }) => {
    const ids = new Set(neurons.map(({ id }) => id));
    return connections.filter(({ from, label }) => label !== undefined && ids.has(from)).length;
  });
  return Math.max(0, ...counts);
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

/** Caption and details above a column, in up to two lines each: longer ones would run into the next column's. */
function caption({ caption: text, details }: Column, l: number, { x, y }: Point, { columnGap }: Grid, theme: Theme): string[] {
  const lines = (content: string, points: number): string[] => wrap(content, Math.floor((columnGap * 72) / points) - 1, 2);
  const below = lines(details.join(" · "), detailWidth);
  const above = lines(text, captionWidth);
  const [belowAt, aboveAt] = [y + 0.36 + 0.08 * (below.length - 1), y + 0.58 + 0.16 * (below.length - 1) + 0.09 * (above.length - 1)];
  return [
    words(`c${l}`, { x, y: aboveAt }, above.join("\n"), theme.ink, 'fontname="Helvetica-Bold" fontsize="12"'),
    words(`d${l}`, { x, y: belowAt }, below.join("\n"), theme.muted, 'fontsize="10"'),
  ];
}

function circle(neuron: Neuron, { role }: Column, { x, y }: Point, { diameter }: Grid, theme: Theme, ink: boolean): string[] {
  const { id, label, value, bias, share, output } = neuron;
  if (label === gap) return [words(id, { x, y }, gap, theme.muted, 'fontsize="16"')];
  const { border, fill } = theme.roles[role];
  const ground = share === undefined ? (ink ? theme.page : fill) : mix(theme.page, share < 0 ? theme.negative : theme.positive, 0.06 + 0.36 * Math.abs(share));
  // A long name of an input or an output has room beside its circle.
  const side = [...label].length <= longestName ? 0 : role === "input" ? -1 : role === "prediction" && output === undefined ? 1 : 0;
  const text = [...(side === 0 ? [clip(label, longestName)] : []), ...(value === undefined ? [] : [value])].join("\n");
  const over = (value ?? "").length - longestName;
  const size = over > 0 ? ` fontsize="${over > 1 ? 10 : 11}"` : "";
  const node = `  ${quoted(id)} [pos=${quoted(`${measure(x)},${measure(y)}!`)} label=${quoted(text)} tooltip=${quoted(label)}${size} color=${quoted(ink ? theme.ink : border)} fillcolor=${quoted(ground)} fontcolor=${quoted(theme.ink)}];`;
  // Lines pass below a neuron: the page's colour keeps them off the bias.
  const ownGround = `fontsize="11" style="filled" color=${quoted(theme.page)} fillcolor=${quoted(theme.page)}`;
  const below = bias === undefined ? [] : [words(`b_${id}`, biasPlace({ x, y }, diameter), bias, theme.muted, ownGround)];
  const name = clip(label, longestOutside);
  const beside = side === 0 ? [] : [words(`s_${id}`, { x: x + side * (diameter / 2 + 0.1 + 0.039 * [...name].length), y }, name, theme.ink, 'fontsize="12"')];
  if (output === undefined) return [node, ...below, ...beside];
  const out = words(
    `o_${id}`,
    { x: x + diameter / 2 + Math.max(0.95, 0.6 + 0.045 * Math.min(output.length, longestOutside)), y },
    `  ${clip(output, longestOutside)}`,
    theme.ink,
    'fontsize="12"',
  );
  return [node, ...below, ...beside, out, `  ${quoted(id)} -> ${quoted(`o_${id}`)} [color=${quoted(theme.forward)} arrowhead="normal"];`];
}

const biasPlace = ({ x, y }: Point, diameter: number): Point => ({ x, y: y - diameter / 2 - 0.16 });

/** `⋮ 59 more ⋮`. */
function ellipsis(column: Column, l: number, grid: Grid, theme: Theme): string[] {
  if (column.hidden === 0) return [];
  return [words(ellipsisId(l), gapOf(column, l, grid), `⋮\n ${column.hidden} more \n⋮`, theme.muted, 'fontsize="10"')];
}

/** What the look of a line depends on beside the line itself. */
interface Lines {
  /** The size of the largest weight. */
  readonly largest: number;
  readonly grid: Grid;
  readonly theme: Theme;
  readonly ink: boolean;
  /** Some line stands out. */
  readonly beside: boolean;
}

/**
 * Sign as colour and dash, size as width; without a weight the line stays faint, or inked. A path that stands out has the colour of gradients,
 * and the dash of its local derivative; the others step back.
 */
function lookOf({ weight = Number.NaN, marked = false, factor = weight }: Connection, { largest, grid, theme, ink, beside }: Lines): string {
  if (marked) return `color=${quoted(theme.backward)} penwidth="2.6"${factor < 0 ? ' style="dashed"' : ""} arrowhead="normal"`;
  if (!Number.isFinite(weight)) return ink ? `color=${quoted(theme.ink)} arrowhead="normal"` : "";
  const share = largest === 0 ? 0 : Math.sqrt(Math.abs(weight) / largest);
  const strong = weight < 0 ? theme.negative : theme.positive;
  // Among very many lines the weak ones step back, and beside a path all others.
  const color = beside ? mix(theme.page, strong, 0.4) : grid === bare ? mix(theme.page, strong, 0.25 + 0.75 * share) : strong;
  const width = thinnest + share * ((grid === bare ? thickestBare : thickest) - thinnest);
  return `color=${quoted(color)} penwidth=${quoted(measure(width))}${weight < 0 ? ' style="dashed"' : ""}`;
}

/** The numbers of the weights in small boxes on their lines. */
function weightLabels({ connections, columns }: NetworkDiagram, places: ReadonlyMap<string, Point>, { diameter }: Grid, theme: Theme): string[] {
  // The labels of paths take their seats first.
  const lines = connections
    .toSorted((one, other) => behindMarked(other, one))
    .flatMap(({ from, to, label }) => {
      const [start, end] = [places.get(from), places.get(to)];
      return label === undefined || start === undefined || end === undefined ? [] : [{ key: `${from}_${to}`, start, end, text: label }];
    });
  const circles = [...places.values()].map(({ x, y }) => ({ x, y, width: diameter, height: diameter }));
  // Under a circle stands its bias.
  const biases = columns
    .flatMap(({ neurons }) => neurons)
    .flatMap(({ id, bias }) => {
      const place = places.get(id);
      return bias === undefined || place === undefined ? [] : [{ ...biasPlace(place, diameter), width: 0.085 * [...bias].length, height: 0.17 }];
    });
  const seats = seatLabels(lines, [...circles, ...biases]);
  return connections.flatMap(({ from, to, weight, label, marked = false }) => {
    const seat = seats.get(`${from}_${to}`);
    if (label === undefined || seat === undefined) return [];
    const color = marked ? theme.backward : weight === undefined ? theme.ink : weight < 0 ? theme.negative : theme.positive;
    const size = `fixedsize="true" width=${quoted(measure(seat.width))} height=${quoted(measure(seat.height))}`;
    const look = `shape="box" fontsize="11" fontcolor=${quoted(color)} color=${quoted(theme.page)} fillcolor=${quoted(theme.page)}`;
    return [`  ${quoted(`w_${from}_${to}`)} [pos=${quoted(`${measure(seat.x)},${measure(seat.y)}!`)} ${size} ${look} label=${quoted(label)}];`];
  });
}
