import { type PlotOptions, heightAround, plotOptions, rectangle, sheet, text, top } from "./canvas.ts";
import { mix } from "./colour.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip } from "./escape.ts";
import { numeral } from "./numerals.ts";
import { type Fields, list, maybe, number, readOptions, record, text as word, whole } from "./schema.ts";
import { type Theme } from "./theme.ts";

/** Weights laid out as the pixels that they multiply. */
export interface WeightImages {
  readonly title: string;
  /** Rows of numbers, all of one size, each with a name such as `neuron 3`. */
  readonly images: readonly { readonly label: string; readonly rows: readonly (readonly number[])[] }[];
  /** Images in a row; 8 when absent. */
  readonly columns?: number;
}

const imageFields: Fields<WeightImages> = {
  title: word,
  images: list(record({ label: word, rows: list(list(number, 1), 1) }), 1),
  columns: maybe(whole(1)),
};

const side = 84;
/** The least side of an image. */
const least = 12;
const gap = 14;
const left = 24;

/**
 * The weights of neurons as images, an SVG document: blue where a pixel speaks for the neuron, orange where it speaks against, pale where it
 * does not matter. All images share one scale, which the legend gives.
 *
 * Throws DiagramError when there is no image, the images differ in size, or a weight is not finite.
 *
 * @example
 * weightImages({ title: "W", images: [{ label: "neuron 1", rows: [[1, -1], [0, 0.5]] }] }).startsWith("<svg") // => true
 */
export function weightImages(pictures: WeightImages, options: PlotOptions = {}): string {
  const { title, images, columns = 8 } = readOptions("weightImages", pictures, imageFields);
  const { theme, width, height } = plotOptions("weightImages", options);
  const plot = `weightImages ${JSON.stringify(title)}`;
  const [first] = images;
  const [tall, wide] = [first?.rows.length ?? 0, first?.rows[0]?.length ?? 0];
  for (const { label, rows } of images) {
    if (rows.length !== tall || rows.some((row) => row.length !== wide))
      throw new DiagramError(`${plot}: ${label} must have ${tall} rows of ${wide} numbers as the first image has`);
    if (rows.some((row) => row.some((weight) => !Number.isFinite(weight)))) throw new DiagramError(`${plot}: ${label} has a weight that is not finite`);
  }
  const largest = images.flatMap(({ rows }) => rows.flat()).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const perRow = Math.min(columns, images.length, width === undefined ? images.length : Math.floor((width - left) / (side + gap)));
  if (perRow < 1) throw new DiagramError(`${plot}: a width of ${width} holds no image; give at least ${left + side + gap}`);
  const pixel = side / Math.max(tall, wide);
  // A single row or column would be a hair.
  const [across, down] = [Math.max(pixel, least / wide), Math.max(pixel, least / tall)];
  const cellHeight = down * tall + 30;
  const start = top + 16;
  const marks = images.flatMap(({ label, rows }, at) => {
    const x = left + (at % perRow) * (side + gap);
    const y = start + Math.floor(at / perRow) * cellHeight;
    const pixels = rows.flatMap((row, i) =>
      row.map((weight, j) => rectangle(x + j * across, y + i * down, across + 0.15, down + 0.15, shade(weight, largest, theme))),
    );
    return [...pixels, text(x + (across * wide) / 2, y + down * tall + 15, clip(label, 14), `font-size="10" text-anchor="middle" fill="${theme.muted}"`)];
  });
  const full = left + Math.max(perRow * (side + gap), 320);
  const end = start + Math.ceil(images.length / perRow) * cellHeight;
  const description = `${images.length} images of ${tall} by ${wide} weights, the largest of size ${numeral(largest)}.`;
  const whole = width ?? full + 10;
  const below = heightAround(plot, { title }, whole, end + 8, height);
  return sheet({ title, subtitle: "", description, width: whole, height: below, theme }, [...scale(largest, theme), ...marks]);
}

/** Pale at zero, strong at the largest size: blue above, orange below. */
function shade(weight: number, largest: number, theme: Theme): string {
  return mix(theme.roles.constant.fill, weight < 0 ? theme.negative : theme.positive, largest === 0 ? 0 : Math.abs(weight) / largest);
}

function scale(largest: number, theme: Theme): string[] {
  const steps = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];
  const label = (x: number, content: string, anchor: string): string => text(x, 55, content, `font-size="11" text-anchor="${anchor}" fill="${theme.muted}"`);
  const from = left + 52;
  return [
    label(from - 8, numeral(-largest), "end"),
    ...steps.map((share, at) => rectangle(from + at * 16, 44, 16.2, 14, shade(share, 1, theme))),
    label(from + steps.length * 16 + 8, numeral(largest), "start"),
  ];
}
