import { type PlotOptions, plotOptions, rectangle, sheet, text, top } from "./canvas.ts";
import { mix } from "./colour.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip } from "./escape.ts";
import { numeral } from "./numerals.ts";
import { type Fields, list, maybe, number, readOptions, record, text as word, whole } from "./schema.ts";
import { type Theme, light } from "./theme.ts";

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
  const { theme = light, width, height } = plotOptions("weightImages", options);
  const plot = `weightImages ${JSON.stringify(title)}`;
  const [first] = images;
  const [tall, wide] = [first?.rows.length ?? 0, first?.rows[0]?.length ?? 0];
  for (const { label, rows } of images) {
    if (rows.length !== tall || rows.some((row) => row.length !== wide))
      throw new DiagramError(`${plot}: ${label} must have ${tall} rows of ${wide} numbers as the first image has`);
    if (rows.some((row) => row.some((weight) => !Number.isFinite(weight)))) throw new DiagramError(`${plot}: ${label} has a weight that is not finite`);
  }
  const largest = images.flatMap(({ rows }) => rows.flat()).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const perRow = Math.min(columns, images.length);
  const pixel = side / Math.max(tall, wide);
  const cellHeight = pixel * tall + 30;
  const start = top + 16;
  const marks = images.flatMap(({ label, rows }, at) => {
    const x = left + (at % perRow) * (side + gap);
    const y = start + Math.floor(at / perRow) * cellHeight;
    const pixels = rows.flatMap((row, i) =>
      row.map((weight, j) => rectangle(x + j * pixel, y + i * pixel, pixel + 0.15, pixel + 0.15, shade(weight, largest, theme))),
    );
    return [...pixels, text(x + (pixel * wide) / 2, y + pixel * tall + 15, clip(label, 14), `font-size="10" text-anchor="middle" fill="${theme.muted}"`)];
  });
  const full = left + Math.max(perRow * (side + gap), 320);
  const end = start + Math.ceil(images.length / perRow) * cellHeight;
  const description = `${images.length} images of ${tall} by ${wide} weights, the largest of size ${numeral(largest)}.`;
  return sheet({ title, subtitle: "", description, width: width ?? full + 10, height: height ?? end + 8, theme }, [...scale(largest, theme), ...marks]);
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
