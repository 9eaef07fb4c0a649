import { DiagramError } from "./diagram.ts";
import { markup, measure } from "./escape.ts";
import { type Theme, light } from "./theme.ts";

/** One line of a plot. */
export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Lines over common axes. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** A logarithmic vertical axis; every y must then be above 0. */
  readonly logarithmic?: boolean;
}

/** How a plot is drawn. */
export interface PlotOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

const font = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const margin = { left: 64, top: 56, bottom: 48 };

/** A mapping from data to pixels with the values at which the axis is marked. */
interface Axis {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/**
 * Lines over common axes as an SVG document, with their labels at their ends.
 *
 * Throws DiagramError when there is no point, a coordinate is not finite, or a logarithmic axis meets a value that is not above 0.
 *
 * @example
 * plot({ title: "cost", xLabel: "epoch", yLabel: "cost", series: [{ label: "training", points: [[1, 0.5], [2, 0.25]] }] }).startsWith("<svg") // => true
 */
export function plot({ title, xLabel, yLabel, series, logarithmic = false }: Plot, { theme = light, width = 640, height = 380 }: PlotOptions = {}): string {
  const points = series.flatMap((line) => line.points);
  if (points.length === 0) throw new DiagramError(`plot ${JSON.stringify(title)}: there is no point to draw`);
  for (const [x, y] of points)
    if (!Number.isFinite(x) || !Number.isFinite(y) || (logarithmic && y <= 0))
      throw new DiagramError(
        `plot ${JSON.stringify(title)}: the point (${x}, ${y}) cannot be drawn${logarithmic ? " on a logarithmic axis" : ""}; leave it out`,
      );
  const longestLabel = Math.max(...series.map(({ label }) => [...label].length));
  const right = 24 + 7.2 * longestLabel;
  const inner = { left: margin.left, right: width - right, top: margin.top, bottom: height - margin.bottom };
  const xs = linear(extent(points.map(([x]) => x)), inner.left, inner.right, 6, false);
  const ys = logarithmic
    ? logScale(extent(points.map(([, y]) => y)), inner.bottom, inner.top)
    : linear(withZero(extent(points.map(([, y]) => y))), inner.bottom, inner.top, 5, true);
  const ends = spread(
    series.map(({ points: line }) => ys.at(line.at(-1)?.[1] ?? 0)),
    15,
  );
  const text = (x: number, y: number, content: string, attributes: string): string =>
    `<text x="${measure(x)}" y="${measure(y)}" ${attributes}>${markup(content)}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${measure(width)}" height="${measure(height)}" viewBox="0 0 ${measure(width)} ${measure(height)}" role="img" font-family="${font}">`,
    `<title>${markup(title)}</title>`,
    `<desc>${markup(describe(series, xLabel, yLabel))}</desc>`,
    `<rect width="100%" height="100%" fill="${theme.page}"/>`,
    text(margin.left - 40, 26, title, `font-size="16" font-weight="bold" fill="${theme.ink}"`),
    text(margin.left - 40, 44, yLabel, `font-size="11" fill="${theme.muted}"`),
    ...ys.ticks.flatMap((tick) => [
      `<line x1="${measure(inner.left)}" x2="${measure(inner.right)}" y1="${measure(ys.at(tick))}" y2="${measure(ys.at(tick))}" stroke="${theme.grid}"/>`,
      text(inner.left - 8, ys.at(tick) + 4, tickText(tick), `font-size="11" text-anchor="end" fill="${theme.muted}"`),
    ]),
    `<line x1="${measure(inner.left)}" x2="${measure(inner.right)}" y1="${measure(inner.bottom)}" y2="${measure(inner.bottom)}" stroke="${theme.muted}"/>`,
    ...xs.ticks.flatMap((tick) => [
      `<line x1="${measure(xs.at(tick))}" x2="${measure(xs.at(tick))}" y1="${measure(inner.bottom)}" y2="${measure(inner.bottom + 5)}" stroke="${theme.muted}"/>`,
      text(xs.at(tick), inner.bottom + 19, tickText(tick), `font-size="11" text-anchor="middle" fill="${theme.muted}"`),
    ]),
    text((inner.left + inner.right) / 2, height - 10, xLabel, `font-size="11" text-anchor="middle" fill="${theme.muted}"`),
    ...series.flatMap(({ label, points: line }, which) => {
      const color = theme.series[which % theme.series.length] ?? theme.ink;
      const path = line.map(([x, y], i) => `${i === 0 ? "M" : "L"}${measure(xs.at(x))} ${measure(ys.at(y))}`).join("");
      const [x, y] = line.at(-1) ?? [0, 0];
      return line.length === 0
        ? []
        : [
            `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${which === 0 ? "" : ` stroke-dasharray="${which * 3} 3"`}/>`,
            `<circle cx="${measure(xs.at(x))}" cy="${measure(ys.at(y))}" r="3" fill="${color}"/>`,
            text(xs.at(x) + 9, (ends[which] ?? 0) + 4, label, `font-size="12" fill="${color}"`),
          ];
    }),
    "</svg>",
    "",
  ];
  return parts.join("\n");
}

function describe(series: readonly Series[], xLabel: string, yLabel: string): string {
  const sentences = series.map(({ label, points }) => {
    const [start, end] = [points[0], points.at(-1)];
    return start === undefined || end === undefined
      ? `${label} has no points.`
      : `${label}: ${yLabel} goes from ${tickText(start[1])} at ${xLabel} ${tickText(start[0])} to ${tickText(end[1])} at ${xLabel} ${tickText(end[0])}.`;
  });
  return sentences.join(" ");
}

function extent(values: readonly number[]): readonly [number, number] {
  return [values.reduce((least, each) => Math.min(least, each)), values.reduce((most, each) => Math.max(most, each))];
}

/** Starts at zero when the data come near it, so that heights can be compared. */
function withZero([low, high]: readonly [number, number]): readonly [number, number] {
  return low > 0 && low < high / 2 ? [0, high] : [low, high];
}

function linear([low, high]: readonly [number, number], from: number, to: number, count: number, round: boolean): Axis {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= raw) ?? 10);
  const start = round ? Math.floor(low / step) * step : low;
  const end = round ? Math.ceil(high / step - 1e-9) * step || start + step : high === low ? low + 1 : high;
  const first = Math.ceil(start / step - 1e-9);
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  return { at: (value) => from + ((value - start) / (end - start || 1)) * (to - from), ticks };
}

function logScale([low, high]: readonly [number, number], from: number, to: number): Axis {
  const start = Math.floor(Math.log10(low));
  const end = Math.max(Math.ceil(Math.log10(high)), start + 1);
  return {
    at: (value) => from + ((Math.log10(value) - start) / (end - start)) * (to - from),
    ticks: Array.from({ length: end - start + 1 }, (_, i) => 10 ** (start + i)),
  };
}

function tickText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(1).replace(".0e", "e") : String(Number(value.toPrecision(4)));
}

/** Moves labels apart that would overlap, keeping their order. */
function spread(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, at) => at).toSorted((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const out = [...positions];
  for (let i = 1; i < order.length; i++) {
    const [before, here] = [order[i - 1] ?? 0, order[i] ?? 0];
    out[here] = Math.max(out[here] ?? 0, (out[before] ?? 0) + gap);
  }
  return out;
}
