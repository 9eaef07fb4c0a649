import { type Axis } from "./axis.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip, colour, markup, measure } from "./escape.ts";
import { fontFamily } from "./font.ts";
import { type Fields, length, maybe, readOptions } from "./schema.ts";
import { type Theme, light, themeReader } from "./theme.ts";

/** How a plot is drawn. */
export interface PlotOptions {
  /** `light` when absent. */
  readonly theme?: Theme;
  /** Pixels; each plot has a width of its own when absent. */
  readonly width?: number;
  readonly height?: number;
}

const optionFields: Fields<PlotOptions> = { theme: maybe(themeReader), width: maybe(length), height: maybe(length) };

/** The options of a plot. Throws DiagramError for others, naming the caller. */
export function plotOptions(caller: string, options: PlotOptions): PlotOptions {
  return readOptions(caller, options, optionFields);
}

/** Pixels below which marks would lie on top of each other. */
const leastRoom = 40;

/** Throws DiagramError where a width or a height leaves no room between labels. */
export function checkRoom(plot: string, side: "width" | "height", whole: number, room: number): void {
  if (room >= leastRoom) return;
  throw new DiagramError(`${plot}: a ${side} of ${measure(whole)} leaves no room between the labels; give at least ${Math.ceil(whole + leastRoom - room)}`);
}

/** What every plot has around its marks. */
export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  /** In words, for those who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly theme?: Theme;
}

/** Where the marks of a plot begin, below its title and subtitle. */
export const top = 70;

/** A plot as an SVG document with its title, subtitle and description. */
export function sheet({ title, subtitle, description, width, height, theme = light }: Sheet, marks: readonly string[]): string {
  const [w, h] = [measure(width), measure(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" font-family="${fontFamily}">`,
    `<title>${markup(title)}</title>`,
    `<desc>${markup(description)}</desc>`,
    `<rect width="100%" height="100%" fill="${colour(theme.page)}"/>`,
    text(24, 30, clip(title, Math.max(4, Math.floor((width - 48) / 9.5))), `font-size="17" font-weight="bold" fill="${colour(theme.ink)}"`),
    ...(subtitle === "" ? [] : [text(24, 50, subtitle, `font-size="11" fill="${colour(theme.muted)}"`)]),
    ...marks,
    "</svg>",
    "",
  ].join("\n");
}

export function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${measure(x, 1)}" y="${measure(y, 1)}" ${attributes}>${markup(content)}</text>`;
}

export function stroke(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${measure(x1, 1)}" y1="${measure(y1, 1)}" x2="${measure(x2, 1)}" y2="${measure(y2, 1)}" stroke="${colour(color)}"/>`;
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${measure(x, 1)}" y="${measure(y, 1)}" width="${measure(width, 1)}" height="${measure(height, 1)}" fill="${colour(fill)}" shape-rendering="crispEdges"/>`;
}

/** Where the axes lie on the sheet. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly floor: number;
}

/** Lines across at the marks of the vertical axis, and the marks of the horizontal one below. */
export function grid(xs: Axis, ys: Axis, { left, right, floor }: Frame, theme: Theme): string[] {
  return [
    ...ys.ticks.flatMap(({ value, text: label }) => [
      stroke(left, ys.at(value), right, ys.at(value), theme.grid),
      text(left - 9, ys.at(value) + 4, label, `font-size="11" text-anchor="end" fill="${theme.muted}"`),
    ]),
    stroke(left, floor, right, floor, theme.muted),
    ...xs.ticks.flatMap(({ value, text: label }) => [
      stroke(xs.at(value), floor, xs.at(value), floor + 5, theme.muted),
      text(xs.at(value), floor + 18, label, `font-size="11" text-anchor="middle" fill="${theme.muted}"`),
    ]),
  ];
}

/** How many marks of a horizontal axis have room beside each other. */
export function marksAcross(width: number): number {
  return Math.max(2, Math.min(7, Math.floor(width / 48)));
}

/** Pixels that the marks of a vertical axis take at its left, at least as many as given. */
export function margin({ ticks }: Axis, atLeast: number): number {
  return ticks.reduce((most, { text: label }) => Math.max(most, 18 + 6.4 * label.length), atLeast);
}

/** Least and largest of some numbers. */
export function extent(values: readonly number[]): readonly [number, number] {
  return [
    values.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
    values.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY),
  ];
}
