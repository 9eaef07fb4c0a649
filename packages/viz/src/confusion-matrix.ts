import { type PlotOptions, checkRoom, heightAround, plotOptions, rectangle, sheet, text, top } from "./canvas.ts";
import { contrast, mix } from "./colour.ts";
import { DiagramError } from "./diagram-error.ts";
import { clip, colour, measure } from "./escape.ts";
import { type Fields, list, number, readOptions, text as word } from "./schema.ts";
import { type Theme } from "./theme.ts";

/** How often examples of each class were taken for each class. */
export interface Confusion {
  readonly title: string;
  readonly classes: readonly string[];
  /** `counts[true class][predicted class]`. */
  readonly counts: readonly (readonly number[])[];
}

const confusionFields: Fields<Confusion> = { title: word, classes: list(word, 1), counts: list(list(number)) };

/** A share in per cent that says 0 and 100 only where it is. */
function share(part: number, whole: number): string {
  if (whole === 0) return "none";
  const written = ((100 * part) / whole).toFixed(1);
  if (part > 0 && written === "0.0") return "<0.1 %";
  return part < whole && written === "100.0" ? ">99.9 %" : `${written} %`;
}

/** The one of the theme's ink and page that reads better on a colour; black or white where neither reads well. */
function readable(fill: string, { ink, page }: Theme): string {
  const better = (one: string, other: string): string => (contrast(one, fill) >= contrast(other, fill) ? one : other);
  const own = better(ink, page);
  return contrast(own, fill) >= 4.5 ? own : better("#000000", "#FFFFFF");
}

const leastLeft = 96;
const longestClass = 24;
/** Pixels right of the cells, and of a character of a name and of a count. */
const margins = 110;
const [letterWidth, digitWidth] = [6.4, 7.4];
/** More classes have smaller cells. */
const manyClasses = 12;

const longestOf = (texts: readonly string[]): number => texts.reduce((longest, each) => Math.max(longest, [...each].length), 0);

/** The side of a cell in which counts have room, and short names while the classes are few. */
function cellFor(classes: readonly string[], counts: Confusion["counts"]): number {
  const few = classes.length <= manyClasses;
  const names = few ? letterWidth * Math.min(longestOf(classes), 8) + 8 : 0;
  const digits = digitWidth * Math.min(longestOf(counts.flat().map(String)), 9) + 8;
  return Math.ceil(Math.max(few ? 44 : 30, names, digits));
}

/**
 * A confusion matrix as an SVG document: a row for each true class, a column for each predicted one, each cell tinted by its share of the
 * row. The diagonal is what is right; mistakes have the colour of gradients, so that they stand out.
 *
 * Throws DiagramError when the counts are not a square of whole numbers as large as the classes.
 *
 * @example
 * confusionMatrix({ title: "cats", classes: ["cat", "dog"], counts: [[5, 1], [2, 4]] }).includes("75.0 % right") // => true
 */
export function confusionMatrix(confusion: Confusion, options: PlotOptions = {}): string {
  const { title, classes, counts } = readOptions("confusionMatrix", confusion, confusionFields);
  const longest = Math.min(longestOf(classes), longestClass);
  const left = Math.max(leastLeft, 32 + letterWidth * longest);
  const { theme, width = left + margins + cellFor(classes, counts) * classes.length, height } = plotOptions("confusionMatrix", options);
  const plot = `confusionMatrix ${JSON.stringify(title)}`;
  const n = classes.length;
  const twice = classes.find((name, at) => classes.indexOf(name) < at);
  if (twice !== undefined) throw new DiagramError(`${plot}: two classes are called ${JSON.stringify(twice)}; names must differ`);
  if (counts.length !== n || counts.some((row) => row.length !== n)) throw new DiagramError(`${plot}: ${n} classes need ${n} rows of ${n} counts`);
  counts.forEach((row, i) =>
    row.forEach((count, j) => {
      if (!Number.isInteger(count) || count < 0)
        throw new DiagramError(`${plot}: ${count} examples of ${classes[i] ?? ""} taken for ${classes[j] ?? ""}; a count is a whole number`);
    }),
  );
  const cell = (width - left - margins) / n;
  checkRoom(plot, "width", width, cell * n);
  // Names that are longer than their cell is wide stand aslant.
  const aslant = letterWidth * longest > cell - 4;
  const rise = aslant ? Math.SQRT1_2 * letterWidth * longest : 0;
  const start = top + 34 + rise;
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const total = sums.reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const cells = counts.flatMap((row, i) =>
    row.flatMap((count, j) => {
      const strength = (sums[i] ?? 0) === 0 ? 0 : count / (sums[i] ?? 1);
      const fill =
        count === 0
          ? theme.roles.constant.fill
          : i === j
            ? mix(theme.roles.input.fill, theme.positive, strength)
            : mix(theme.tint[0], theme.backward, Math.sqrt(strength));
      const ink = readable(fill, theme);
      const [x, y] = [left + j * cell, start + i * cell];
      const label = text(
        x + cell / 2 - 0.5,
        y + cell / 2 + 4,
        String(count),
        `font-size="${measure(Math.max(5, Math.min(12, (1.62 * (cell - 4)) / String(count).length)), 1)}" text-anchor="middle" fill="${colour(count === 0 ? theme.muted : ink)}"`,
      );
      return [rectangle(x, y, cell - 1, cell - 1, fill), label];
    }),
  );
  const names = classes.flatMap((name, i) => [
    text(left - 10, start + (i + 0.5) * cell + 4, clip(name, longestClass), `font-size="11" text-anchor="end" fill="${theme.ink}"`),
    aslant
      ? text(
          0,
          0,
          clip(name, longestClass),
          `transform="translate(${measure(left + (i + 0.5) * cell + 3)} ${measure(start - 8)}) rotate(-45)" font-size="11" fill="${theme.ink}"`,
        )
      : text(left + (i + 0.5) * cell, start - 8, clip(name, longestClass), `font-size="11" text-anchor="middle" fill="${theme.ink}"`),
    text(left + n * cell + 10, start + (i + 0.5) * cell + 4, share(counts[i]?.[i] ?? 0, sums[i] ?? 0), `font-size="11" fill="${theme.muted}"`),
  ]);
  const heads = [
    text(left, start - rise - 26, "predicted", `font-size="11" font-style="italic" fill="${theme.muted}"`),
    text(left - 10, start - 8, "true", `font-size="11" text-anchor="end" font-style="italic" fill="${theme.muted}"`),
    text(left + n * cell + 10, start - 8, "right", `font-size="11" font-style="italic" fill="${theme.muted}"`),
  ];
  const worst = counts
    .flatMap((row, i) => row.map((count, j) => ({ i, j, count })))
    .filter(({ i, j }) => i !== j)
    .toSorted((a, b) => b.count - a.count)[0];
  const mistake =
    worst === undefined || worst.count === 0
      ? "No example was taken for another class."
      : `The most frequent mistake takes ${classes[worst.i] ?? ""} for ${classes[worst.j] ?? ""}, ${worst.count} times.`;
  const subtitle = `${share(right, total)} right: ${right} of ${total} examples`;
  const description = `${subtitle}. ${mistake}`;
  const below = heightAround(plot, { title, subtitle }, width, start + n * cell + 24, height);
  return sheet({ title, subtitle, description, width, height: below, theme }, [...heads, ...names, ...cells]);
}
