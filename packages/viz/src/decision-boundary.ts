import { evenAxis } from "./axis.ts";
import { type PlotOptions, checkRoom, heightBelow, margin, marksAcross, plotOptions, rectangle, sheet, text, top, ticks } from "./canvas.ts";
import { mix } from "./colour.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip, colour, measure } from "./escape.ts";
import { type Fields, finite, flag, list, maybe, number, pair, readOptions, record, text as word } from "./schema.ts";
import { type Theme } from "./theme.ts";

/** What a network of two inputs and one output says over a rectangle of inputs, with the examples. */
export interface Decision {
  readonly title: string;
  readonly subtitle?: string;
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  /** Outputs at the middles of a grid of cells, `values[row][column]`, the lowest row first. */
  readonly values: readonly (readonly number[])[];
  readonly points?: readonly { readonly at: readonly [x: number, y: number]; readonly positive: boolean }[];
  /** The output at which the decision changes; 0.5 when absent. */
  readonly threshold?: number;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

const decisionFields: Fields<Decision> = {
  title: word,
  subtitle: maybe(word),
  x: list(number, 2),
  y: list(number, 2),
  values: list(list(finite, 2), 2),
  points: maybe(list(record({ at: pair, positive: flag }))),
  threshold: maybe(finite),
  xLabel: maybe(word),
  yLabel: maybe(word),
};

const leastLeft = 56;
const bottom = 56;

/**
 * The decision of a network of two inputs, an SVG document: its output as colour, the boundary as a line through the points where it is
 * `threshold`, and the examples by shape and colour.
 *
 * Throws DiagramError when the outputs are not at least two rows of two finite numbers, when x or y is no range from a finite number to a
 * larger one, or when an example lies outside them.
 *
 * @example
 * decisionBoundary({ title: "left or right", x: [0, 1], y: [0, 1], values: [[0, 1], [0, 1]] }).includes('class="boundary"') // => true
 */
export function decisionBoundary(decision: Decision, options: PlotOptions = {}): string {
  const read = readOptions("decisionBoundary", decision, decisionFields);
  const { title, subtitle = "", x, y, values, points = [], threshold = 0.5, xLabel = "x₁", yLabel = "x₂" } = read;
  const { theme, width = 460, height: given } = plotOptions("decisionBoundary", options);
  const height = heightBelow({ title, subtitle }, width, 470, given);
  const plot = `decisionBoundary ${JSON.stringify(title)}`;
  const [rows, columns] = [values.length, values[0]?.length ?? 0];
  const other = values.findIndex((row) => row.length !== columns);
  if (other >= 0)
    throw new DiagramError(`${plot}: row ${other} of the values has ${values[other]?.length} outputs, the first has ${columns}; give all rows as many`);
  checkPlace(plot, read);
  const [right, floor] = [width - 24, height - bottom];
  checkRoom(plot, "height", height, floor - top - 24);
  const ys = evenAxis({ of: plot, data: y, pixels: [floor, top + 24] }, { count: 5, round: false });
  const left = margin(ys, leastLeft);
  checkRoom(plot, "width", width, right - left);
  const xs = evenAxis({ of: plot, data: x, pixels: [left, right] }, { count: marksAcross(right - left), round: false });
  const [wide, tall] = [(right - left) / columns, (floor - top - 24) / rows];
  const cells = values.flatMap((row, i) =>
    row.map((value, j) => rectangle(left + j * wide, floor - (i + 1) * tall, wide + 0.2, tall + 0.2, shade(value - threshold, theme))),
  );
  const segments = boundary(values, threshold).map(([[x0, y0], [x1, y1]]) => {
    const place = (column: number, row: number): string => `${measure(left + (column + 0.5) * wide, 1)} ${measure(floor - (row + 0.5) * tall, 1)}`;
    return `M${place(x0, y0)}L${place(x1, y1)}`;
  });
  const line =
    segments.length === 0
      ? []
      : [`<path class="boundary" d="${segments.join("")}" fill="none" stroke="${colour(theme.ink)}" stroke-width="2" stroke-linecap="round"/>`];
  const counts = [true, false].map((sign) => points.filter(({ positive }) => positive === sign).length);
  const description = `The output over ${xLabel} from ${x[0]} to ${x[1]} and ${yLabel} from ${y[0]} to ${y[1]}; the line is where it is ${threshold}. ${counts[0] ?? 0} examples of one class are circles, ${counts[1] ?? 0} of the other are squares.`;
  return sheet({ title, subtitle, description, width, height, theme }, [
    ...legend(threshold, theme),
    ...cells,
    ...line,
    ...ticks(xs, ys, { left, floor }, theme),
    text((left + right) / 2, height - 14, clip(xLabel, 30), `font-size="12" text-anchor="middle" fill="${theme.muted}"`),
    text(24, top + 16, clip(yLabel, 30), `font-size="12" fill="${theme.muted}"`),
    ...points.map(({ at: [px, py], positive }) => mark(xs.at(px), ys.at(py), positive, theme, points.length > 400 ? 2.5 : points.length > 100 ? 4 : 6)),
  ]);
}

function checkPlace(plot: string, { x, y, points = [] }: Decision): void {
  const refuse = (reason: string): never => {
    throw new DiagramError(`${plot}: ${reason}`);
  };
  for (const [axis, range] of Object.entries({ x, y })) {
    const [low, high] = range;
    if (range.length > 2) refuse(`${axis} has ${range.length} numbers; give its range, [low, high]`);
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) refuse(`${axis} goes from ${low} to ${high}; give a finite number and a larger one`);
  }
  const inside = (value: number, [low, high]: Decision["x"]): boolean => value >= low && value <= high;
  const stray = points.find(({ at }) => !inside(at[0], x) || !inside(at[1], y));
  if (stray !== undefined) refuse(`the example (${stray.at.join(", ")}) lies outside x from ${x.join(" to ")} and y from ${y.join(" to ")}`);
}

/** Neutral at the threshold, blue above, orange below. */
function shade(distance: number, theme: Theme): string {
  return mix(theme.roles.constant.fill, distance < 0 ? theme.negative : theme.positive, Math.min(1, Math.abs(distance) * 2) * 0.55);
}

function mark(x: number, y: number, positive: boolean, theme: Theme, size: number): string {
  const look = `fill="${colour(positive ? theme.positive : theme.negative)}" stroke="${colour(theme.page)}" stroke-width="${size < 6 ? 0.6 : 1.6}"`;
  if (positive) return `<circle cx="${measure(x, 1)}" cy="${measure(y, 1)}" r="${size}" ${look}/>`;
  const half = size - 0.5;
  return `<rect x="${measure(x - half, 1)}" y="${measure(y - half, 1)}" width="${2 * half}" height="${2 * half}" ${look}/>`;
}

function legend(threshold: number, theme: Theme): string[] {
  const says = (x: number, label: string): string => text(x, top - 1, label, `font-size="11" fill="${theme.muted}"`);
  const at = String(Number(threshold.toPrecision(4)));
  // A sample of 20 pixels, and a name whose length depends on the number.
  const step = 54 + 6.6 * at.length;
  const start = 32;
  return [
    mark(start, top - 5, true, theme, 6),
    says(start + 12, `above ${at}`),
    mark(start + step, top - 5, false, theme, 6),
    says(start + step + 12, `below ${at}`),
    `<line x1="${start + 2 * step - 8}" y1="${top - 5}" x2="${start + 2 * step + 16}" y2="${top - 5}" stroke="${colour(theme.ink)}" stroke-width="2"/>`,
    says(start + 2 * step + 22, `output = ${at}`),
  ];
}

type Spot = readonly [column: number, row: number];

/** Where the values between four neighbours cross the threshold: marching squares, with straight lines inside each square. */
function boundary(values: readonly (readonly number[])[], threshold: number): (readonly [Spot, Spot])[] {
  const found: (readonly [Spot, Spot])[] = [];
  const at = (row: number, column: number): number => (values[row]?.[column] ?? 0) - threshold;
  for (let row = 0; row + 1 < values.length; row++)
    for (let column = 0; column + 1 < (values[0]?.length ?? 0); column++) {
      const corners: readonly (readonly [Spot, number])[] = [
        [[column, row], at(row, column)],
        [[column + 1, row], at(row, column + 1)],
        [[column + 1, row + 1], at(row + 1, column + 1)],
        [[column, row + 1], at(row + 1, column)],
      ];
      const crossings = corners.flatMap(([spot, value], corner): Spot[] => {
        const [next, other] = corners[(corner + 1) % 4] as readonly [Spot, number];
        if (value < 0 === other < 0) return [];
        const share = value / (value - other);
        return [[spot[0] + (next[0] - spot[0]) * share, spot[1] + (next[1] - spot[1]) * share]];
      });
      // Four crossings are a saddle: the middle says which two belong together.
      const [a, b, c, d] = crossings;
      if (a === undefined || b === undefined) continue;
      if (c === undefined || d === undefined) found.push([a, b]);
      else {
        const middle = corners.reduce((sum, [, value]) => sum + value, 0) < 0;
        const first = (corners[0] as readonly [Spot, number])[1] < 0;
        if (middle === first) found.push([a, b], [c, d]);
        else found.push([a, d], [b, c]);
      }
    }
  return found;
}
