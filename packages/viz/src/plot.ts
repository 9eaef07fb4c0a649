import { type Axis, evenAxis, logarithmicAxis, tickText } from "./axis.ts";
import { DiagramError } from "./diagram-error.ts";
import { type PlotOptions, checkRoom, extent, grid, heightBelow, margin, marksAcross, plotOptions, sheet, text, top } from "./canvas.ts";
import { clip, measure } from "./escape.ts";
import { type Fields, type Reader, list, maybe, number, oneOf, readOptions, record, text as word, wanted } from "./schema.ts";
import { type Theme } from "./theme.ts";
import { seriesLook } from "./series-look.ts";

/** One line of a plot. */
export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Lines over common axes. */
export interface Curves {
  readonly title: string;
  readonly series: readonly Series[];
  /** `epoch` when absent. */
  readonly xLabel?: string;
  /** `cost` when absent. */
  readonly yLabel?: string;
  /** A logarithmic vertical axis, every y above 0; `both`: the horizontal one too, every x above 0, so that a power law is a straight line. */
  readonly log?: boolean | "both";
}

/** A point as it is given; what cannot be drawn is refused by its line, or breaks it. */
const point: Reader = (value, place) => {
  if (!Array.isArray(value) || value.length !== 2) throw wanted("a point [x, y]", value, place);
  return list(number)(value, place);
};
export const seriesReader: Reader = list(record({ label: word, points: list(point) }));
const curveFields: Fields<Curves> = {
  title: word,
  series: seriesReader,
  xLabel: maybe(word),
  yLabel: maybe(word),
  log: maybe(oneOf(true, false, "both")),
};

const leastLeft = 64;
const bottom = 50;
/** Characters of a name at the end of a line, and the share of the width that they may take. */
const [shortLabel, longestLabel, labelShare] = [24, 48, 0.35];
/** Points that a character of a label takes. */
const characterWidth = 6.6;
const labelGap = 15;

/**
 * Training curves as an SVG document: lines with their names at their ends, so that no legend is needed, and a description in words.
 *
 * Throws DiagramError when there is no point, a coordinate is not finite, or a logarithmic axis meets a value that is not above 0.
 *
 * @example
 * trainingCurve({ title: "cost", series: [{ label: "training", points: [[1, 0.5], [2, 0.25]] }] }).startsWith("<svg") // => true
 */
export function trainingCurve(curves: Curves, options: PlotOptions = {}): string {
  const { title, series, xLabel = "epoch", yLabel = "cost", log = false } = readOptions("trainingCurve", curves, curveFields);
  const { theme, width = 640, height: given } = plotOptions("trainingCurve", options);
  const subtitle = `${yLabel}${log === false ? "" : log === "both" ? ", both axes logarithmic" : ", logarithmic"}`;
  const height = heightBelow({ title, subtitle }, width, Math.max(380, top + bottom + labelGap * series.length), given);
  const plot = `trainingCurve ${JSON.stringify(title)}`;
  const drawn = series.filter(({ points }) => points.length > 0);
  const points = checked(curves);
  const room = Math.max(shortLabel, Math.min(longestLabel, Math.floor((labelShare * width) / characterWidth)));
  const right = width - 34 - characterWidth * drawn.reduce((most, { label }) => Math.max(most, [...clip(label, room)].length), 0);
  const floor = height - bottom;
  checkRoom(plot, "height", height, floor - top);
  const vertical = { of: plot, data: extent(points.map(([, y]) => y)), pixels: [floor, top] } as const;
  const ys = log !== false ? logarithmicAxis(vertical) : evenAxis({ ...vertical, data: withZero(vertical.data) }, { count: 5, round: true });
  const left = margin(ys, leastLeft);
  checkRoom(plot, "width", width, right - left);
  const horizontal = { of: plot, data: extent(points.map(([x]) => x)), pixels: [left, right] } as const;
  const xs =
    log === "both"
      ? logarithmicAxis(horizontal)
      : evenAxis(horizontal, { count: marksAcross(right - left), round: false, whole: points.every(([x]) => Number.isInteger(x)) });
  const gap = Math.min(labelGap, (floor - top) / Math.max(1, drawn.length - 1));
  const ends = spread(
    drawn.map(({ points: line }) => ys.at(line.at(-1)?.[1] ?? 0)),
    gap,
    [top, floor],
  );
  const marks = [
    ...grid(xs, ys, { left, right, floor }, theme),
    text(
      (left + right) / 2,
      height - 12,
      clip(xLabel, Math.floor((right - left) / characterWidth)),
      `font-size="11" text-anchor="middle" fill="${theme.muted}"`,
    ),
    ...drawn.flatMap((each, at) => line({ ...each, label: clip(each.label, room) }, at, { y: ends[at] ?? 0, size: Math.min(12, gap) }, xs, ys, theme)),
  ];
  return sheet(
    {
      title,
      subtitle,
      description: description(drawn, xLabel, yLabel),
      width,
      height,
      theme,
    },
    marks,
  );
}

function checked({ title, series, log = false }: Curves): readonly (readonly [number, number])[] {
  const points = series.flatMap((line) => line.points);
  if (points.length === 0) throw new DiagramError(`trainingCurve ${JSON.stringify(title)}: there is no point to draw`);
  for (const { label, points: line } of series)
    for (const [x, y] of line)
      if (!Number.isFinite(x) || !Number.isFinite(y) || (log !== false && y <= 0) || (log === "both" && x <= 0))
        throw new DiagramError(
          `trainingCurve ${JSON.stringify(title)}: ${label} has the point (${x}, ${y}), which cannot be drawn${log === false ? "" : " on a logarithmic axis"}; leave it out`,
        );
  return points;
}

function line({ label, points }: Series, at: number, end: { readonly y: number; readonly size: number }, xs: Axis, ys: Axis, theme: Theme): string[] {
  const { color, stroke } = seriesLook(at, theme);
  const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${measure(xs.at(x), 1)} ${measure(ys.at(y), 1)}`).join("");
  const [x, y] = points.at(-1) ?? [0, 0];
  return [
    `<path d="${path}" fill="none" ${stroke} stroke-linejoin="round" stroke-linecap="round"/>`,
    `<circle cx="${measure(xs.at(x), 1)}" cy="${measure(ys.at(y), 1)}" r="3.5" fill="${color}"/>`,
    text(xs.at(x) + 10, end.y + 4, label, `font-size="${measure(end.size, 1)}" font-weight="bold" fill="${color}"`),
  ];
}

/** What each line does, in words. */
function description(series: readonly Series[], xLabel: string, yLabel: string): string {
  const say = (value: number): string => tickText(Number(value.toPrecision(4)), decimalsFor(value));
  const sentences = series.map(({ label, points }) => {
    const [[x0, y0], [x1, y1]] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]];
    return `${label}: ${yLabel} goes from ${say(y0)} at ${xLabel} ${say(x0)} to ${say(y1)} at ${xLabel} ${say(x1)}.`;
  });
  return sentences.join(" ");
}

function decimalsFor(value: number): number {
  return Number.isInteger(value) ? 0 : Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))));
}

/** Starts at zero when the data come near it, so that heights can be compared. */
function withZero([low, high]: readonly [number, number]): readonly [number, number] {
  return low > 0 && low < high / 2 ? [0, high] : [low, high];
}

/** Moves labels apart that would overlap, keeping their order and staying within the plot while there is room. */
function spread(positions: readonly number[], gap: number, [highest, lowest]: readonly [number, number]): number[] {
  const order = positions.map((_, at) => at).toSorted((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const out = [...positions];
  order.forEach((here, i) => {
    const before = order[i - 1];
    out[here] = Math.max(out[here] ?? 0, before === undefined ? highest : (out[before] ?? 0) + gap);
  });
  // The lowest may have left the plot: push back up from there.
  let limit = lowest;
  for (const here of order.toReversed()) {
    out[here] = Math.min(out[here] ?? 0, limit);
    limit = (out[here] ?? 0) - gap;
  }
  return out;
}
