import { type Axis, evenAxis, tickText } from "./axis.ts";
import { type PlotOptions, checkRoom, extent, grid, heightBelow, margin, marksAcross, plotOptions, sheet, stroke, text, top } from "./canvas.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip, colour, measure } from "./escape.ts";
import { type Series, seriesReader } from "./plot.ts";
import { type Fields, list, maybe, readOptions, record, text as word } from "./schema.ts";
import { type Theme } from "./theme.ts";
import { seriesLook } from "./series-look.ts";

/** Functions over a common axis, such as an activation and its derivative. */
export interface FunctionPanel {
  /** Above the panel. */
  readonly title: string;
  readonly series: readonly Series[];
  /** `z` when absent. */
  readonly xLabel?: string;
}

/** Panels side by side that share their vertical axis. */
export interface Functions {
  readonly title: string;
  readonly subtitle?: string;
  readonly panels: readonly FunctionPanel[];
}

const panelFields: Fields<FunctionPanel> = { title: word, series: seriesReader, xLabel: maybe(word) };
const functionFields: Fields<Functions> = { title: word, subtitle: maybe(word), panels: list(record(panelFields), 1) };

const leastLeft = 52;
/** The lowest line of names ends this far above the panel. */
const namesTop = top + 28;
const lineHeight = 18;
const bottom = 46;
const longestLabel = 30;
/** Pixels of a line's sample before its name, and of a character of it. */
const [sample, characterWidth] = [34, 7];
/** Of its size what a character of a panel's title takes. */
const titleWidth = 0.585;

/**
 * Functions as an SVG document: activations with their derivatives, panel by panel on one vertical axis, with lines through zero. A point
 * whose height is not finite breaks its line, as where a step jumps.
 *
 * Throws DiagramError when a panel has no finite point.
 *
 * @example
 * functionPlot({ title: "step", panels: [{ title: "perceptron", series: [{ label: "output", points: [[-1, 0], [0, 0], [0, NaN], [0, 1], [1, 1]] }] }] }).startsWith("<svg") // => true
 */
export function functionPlot(functions: Functions, options: PlotOptions = {}): string {
  const { title, subtitle = "", panels } = readOptions("functionPlot", functions, functionFields);
  const { theme, width = 340 * panels.length + 60, height: given } = plotOptions("functionPlot", options);
  const height = heightBelow({ title, subtitle }, width, 360, given);
  const plot = `functionPlot ${JSON.stringify(title)}`;
  const finite = panels.map(({ title: panel, series }) => {
    const points = series.flatMap((each) => each.points).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    if (points.length === 0) throw new DiagramError(`${plot}: panel ${JSON.stringify(panel)} has no finite point to draw`);
    return points;
  });
  const floor = height - bottom;
  const data = extent(finite.flatMap((points) => points.map(([, y]) => y)));
  const left = margin(evenAxis({ of: plot, data, pixels: [floor, namesTop] }, { count: 5, round: true }), leastLeft);
  const each = (width - 24) / panels.length - left;
  checkRoom(plot, "width", width, each);
  const names = panels.map((panel) => placed(panel, each));
  const panelTop = namesTop + lineHeight * Math.max(1, ...names.map((spots) => 1 + Math.max(0, ...spots.map(({ row }) => row))));
  checkRoom(plot, "height", height, floor - panelTop);
  const ys = evenAxis({ of: plot, data, pixels: [floor, panelTop] }, { count: 5, round: true });
  const marks = panels.flatMap((panel, at) => {
    const start = left + at * (each + left);
    const xs = evenAxis(
      { of: plot, data: extent((finite[at] ?? []).map(([x]) => x)), pixels: [start, start + each] },
      { count: marksAcross(each), round: false },
    );
    return panelMarks(panel, names[at] ?? [], xs, ys, { start, end: start + each, floor, panelTop }, theme);
  });
  const description = panels.map((panel) => `${panel.title}: ${panel.series.map(inWords).join("; ")}.`).join(" ");
  return sheet({ title, subtitle, description, width, height, theme }, marks);
}

/** The name of a line, and where it stands above its panel. */
interface Spot {
  readonly name: string;
  readonly row: number;
  readonly x: number;
}

/** The names of a panel's lines in as many rows as they need. */
function placed({ series }: FunctionPanel, width: number): Spot[] {
  let [row, x] = [0, 0];
  return series.map(({ label }): Spot => {
    const name = clip(label, Math.min(longestLabel, Math.max(2, Math.floor((width - sample) / characterWidth))));
    const long = sample + characterWidth * [...name].length;
    if (x > 0 && x + long > width) [row, x] = [row + 1, 0];
    const spot = { name, row, x };
    x += long;
    return spot;
  });
}

/** Where a panel lies. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly floor: number;
  readonly panelTop: number;
}

function panelMarks({ title, series, xLabel = "z" }: FunctionPanel, names: readonly Spot[], xs: Axis, ys: Axis, place: Place, theme: Theme): string[] {
  const { start, end, floor, panelTop } = place;
  const crosses = (axis: Axis, from: number, to: number): boolean => {
    const at = axis.at(0);
    return Number.isFinite(at) && at > Math.min(from, to) && at < Math.max(from, to);
  };
  const size = Math.max(9, Math.min(13, Math.floor((end - start) / (titleWidth * [...title].length))));
  return [
    text(
      start,
      top + 8,
      clip(title, Math.max(4, Math.floor((end - start) / (titleWidth * size)))),
      `font-size="${size}" font-weight="bold" fill="${colour(theme.ink)}"`,
    ),
    ...grid(xs, ys, { left: start, right: end, floor }, theme),
    ...(crosses(xs, start, end) ? [stroke(xs.at(0), panelTop, xs.at(0), floor, theme.faint)] : []),
    ...(crosses(ys, floor, panelTop) ? [stroke(start, ys.at(0), end, ys.at(0), theme.faint)] : []),
    text((start + end) / 2, floor + 36, clip(xLabel, Math.floor((end - start) / characterWidth)), `font-size="11" text-anchor="middle" fill="${theme.muted}"`),
    ...series.flatMap(({ points }, at) => {
      const { color, stroke: look } = seriesLook(at, theme);
      const { name = "", row = 0, x = 0 } = names[at] ?? {};
      const y = top + 24 + lineHeight * row;
      const runs = runsOf(points, xs, ys);
      return [
        `<path d="${pathOf(runs)}" fill="none" ${look} stroke-linejoin="round" stroke-linecap="round"/>`,
        ...runs.flatMap(([first, second]) =>
          first === undefined || second !== undefined ? [] : [`<circle cx="${first.x}" cy="${first.y}" r="2.6" fill="${color}"/>`],
        ),
        `<line x1="${measure(start + x, 1)}" y1="${y}" x2="${measure(start + x + 20, 1)}" y2="${y}" ${look}/>`,
        text(start + x + 26, y + 4, name, `font-size="11" fill="${color}"`),
      ];
    }),
  ];
}

/** A place on the sheet, as it is written. */
interface Dot {
  readonly x: string;
  readonly y: string;
}

/** The points of a line between those that are not finite. */
function runsOf(points: Series["points"], xs: Axis, ys: Axis): readonly (readonly Dot[])[] {
  const runs: Dot[][] = [[]];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) runs.push([]);
    else runs.at(-1)?.push({ x: measure(xs.at(x), 1), y: measure(ys.at(y), 1) });
  }
  return runs;
}

const pathOf = (runs: readonly (readonly Dot[])[]): string => runs.flatMap((run) => run.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${x} ${y}`)).join("");

function inWords({ label, points }: Series): string {
  const ends = [points[0], points.at(-1)].map((point) => `${say(point?.[1] ?? Number.NaN)} at ${say(point?.[0] ?? Number.NaN)}`);
  return `${label} goes from ${ends.join(" to ")}`;
}

function say(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Number.isFinite(value) ? tickText(rounded, Number.isInteger(rounded) ? 0 : 3) : "nothing";
}
