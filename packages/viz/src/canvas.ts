import { type Axis } from "./axis.ts";
import { DiagramError } from "./diagram-error.ts";
import { colour, markup, measure, wrap } from "./escape.ts";
import { fontFamily } from "./font.ts";
import { type Fields, length, maybe, readOptions } from "./schema.ts";
import { type Theme, type ThemeName, light, themeOf, themeReader } from "./theme.ts";

/** How a plot is drawn. */
export interface PlotOptions {
  /** `light` when absent. */
  readonly theme?: Theme | ThemeName;
  /** Pixels; each plot has a width of its own when absent. */
  readonly width?: number;
  readonly height?: number;
}

const optionFields: Fields<PlotOptions> = { theme: maybe(themeReader), width: maybe(length), height: maybe(length) };

/** The options of a plot. Throws DiagramError for others, naming the caller. */
export function plotOptions(caller: string, options: PlotOptions): Omit<PlotOptions, "theme"> & { readonly theme: Theme } {
  const { theme, ...rest } = readOptions(caller, options, optionFields);
  return { ...rest, theme: themeOf(theme) };
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
  /** Without what a heading of several lines adds. */
  readonly height: number;
  readonly theme?: Theme;
}

/** Where the marks of a plot begin, below its title and subtitle of one line each; longer ones move them down. */
export const top = 70;

/** A line of the title or of the subtitle. */
interface HeadingLine {
  readonly text: string;
  readonly y: number;
}

interface Heading {
  readonly title: readonly HeadingLine[];
  readonly titleSize: number;
  readonly subtitle: readonly HeadingLine[];
  /** Pixels that it takes beyond one line each. */
  readonly extra: number;
}

/** Pixels at the left and at the right of a heading. */
const side = 24;
const titleStyle = { height: 21, character: 9.6, most: 4 };
const [titleSize, leastTitleSize] = [17, 15];
const subtitleStyle = { height: 15, character: 6.2, most: 3 };

/** Title and subtitle in as many lines as they need; a title that is hardly too long for one becomes smaller. */
function headingOf(title: string, subtitle: string, width: number): Heading {
  const lines = (content: string, { character, most }: typeof titleStyle): string[] =>
    wrap(content, Math.max(4, Math.floor((width - 2 * side) / character)), most);
  const fitting = Math.floor((titleSize * (width - 2 * side)) / (titleStyle.character * [...title].length));
  const shrunk = fitting >= leastTitleSize && fitting < titleSize;
  const [above, below] = [shrunk ? wrap(title, title.length, 1) : lines(title, titleStyle), lines(subtitle, subtitleStyle)];
  const down = titleStyle.height * Math.max(0, above.length - 1);
  return {
    titleSize: shrunk ? fitting : titleSize,
    title: above.map((line, at) => ({ text: line, y: 30 + titleStyle.height * at })),
    subtitle: below.map((line, at) => ({ text: line, y: 50 + down + subtitleStyle.height * at })),
    extra: down + subtitleStyle.height * Math.max(0, below.length - 1),
  };
}

/** The height of a plot without what its heading adds: its own, or what a given height leaves. */
export function heightBelow(
  { title, subtitle = "" }: { readonly title: string; readonly subtitle?: string },
  width: number,
  own: number,
  given?: number,
): number {
  return given === undefined ? own : given - headingOf(title, subtitle, width).extra;
}

/** The same for a plot whose marks have their own height. Throws DiagramError where a given height would cut them off. */
export function heightAround(plot: string, heading: Parameters<typeof heightBelow>[0], width: number, own: number, given?: number): number {
  const height = heightBelow(heading, width, own, given);
  if (given === undefined || height >= own) return height;
  throw new DiagramError(`${plot}: a height of ${measure(given)} cuts off what is drawn; give at least ${Math.ceil(given + own - height)}, or leave it out`);
}

/** A plot as an SVG document with its title, subtitle and description. */
export function sheet({ title, subtitle, description, width, height, theme = light }: Sheet, marks: readonly string[]): string {
  const heading = headingOf(title, subtitle, width);
  const [w, h] = [measure(width), measure(height + heading.extra)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" font-family="${fontFamily}">`,
    `<title>${markup(title)}</title>`,
    `<desc>${markup(description, Number.POSITIVE_INFINITY)}</desc>`,
    `<rect width="100%" height="100%" fill="${colour(theme.page)}"/>`,
    ...heading.title.map((line) => text(side, line.y, line.text, `font-size="${heading.titleSize}" font-weight="bold" fill="${colour(theme.ink)}"`)),
    ...heading.subtitle.map((line) => text(side, line.y, line.text, `font-size="11" fill="${colour(theme.muted)}"`)),
    ...(heading.extra > 0 ? [`<g transform="translate(0 ${measure(heading.extra)})">`, ...marks, "</g>"] : marks),
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
  const across = ys.ticks.map(({ value }) => stroke(left, ys.at(value), right, ys.at(value), theme.grid));
  return [...across, ...beside(ys, left, theme), stroke(left, floor, right, floor, theme.muted), ...below(xs, floor, theme)];
}

/** Marks and numbers around a field that has no lines across. */
export function ticks(xs: Axis, ys: Axis, { left, floor }: Omit<Frame, "right">, theme: Theme): string[] {
  const marks = ys.ticks.map(({ value }) => stroke(left - 5, ys.at(value), left, ys.at(value), theme.muted));
  return [...below(xs, floor, theme), ...marks, ...beside(ys, left, theme)];
}

function below(xs: Axis, floor: number, { muted }: Theme): string[] {
  return xs.ticks.flatMap(({ value, text: label }) => [
    stroke(xs.at(value), floor, xs.at(value), floor + 5, muted),
    text(xs.at(value), floor + 18, label, `font-size="11" text-anchor="middle" fill="${muted}"`),
  ]);
}

function beside(ys: Axis, left: number, { muted }: Theme): string[] {
  return ys.ticks.map(({ value, text: label }) => text(left - 9, ys.at(value) + 4, label, `font-size="11" text-anchor="end" fill="${muted}"`));
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
