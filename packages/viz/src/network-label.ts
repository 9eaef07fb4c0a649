import { clip, labelText } from "./escape.ts";
import { textWidth } from "./font.ts";
import { font } from "./html.ts";
import { arrow, lineSign, thick } from "./legend.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { numeral } from "./numerals.ts";
import { type Row, meaningCell, pictureLabel, wrapped } from "./picture-label.ts";
import { type Theme } from "./theme.ts";
import { type WrittenPath } from "./weight-paths.ts";

/** Title, subtitle, paths, notes, and what lines and fills mean where they mean something, above a drawing of so many points. */
export function networkLabel(picture: NetworkDiagram, points: number, theme: Theme): string {
  const drawing = Math.max(560, points);
  return pictureLabel(picture, pathTable(picture.paths ?? [], theme), signs(picture, drawing, theme), drawing, theme);
}

interface Entry {
  readonly sign?: string;
  readonly meaning: string;
}

/** What lines and fills mean, in as few rows as fit the width; none where they mean nothing. */
function signs({ columns, connections, paths = [] }: NetworkDiagram, width: number, theme: Theme): Row[] {
  const weighted = connections.some(({ weight, marked = false }) => weight !== undefined && !marked);
  const filled = columns.some(({ neurons }) => neurons.some(({ share }) => share !== undefined));
  const marked = connections.some((connection) => connection.marked === true);
  const dashed = connections.some(({ factor = 0 }) => factor < 0);
  const multiplied = connections.find(({ factor, label }) => factor !== undefined && label !== undefined)?.label;
  const entries: Entry[] = [
    ...(weighted
      ? [
          { sign: lineSign(theme.positive, [26]), meaning: "positive weight" },
          { sign: lineSign(theme.negative, [6, 6, 6]), meaning: "negative weight" },
          { meaning: "width shows size" },
        ]
      : []),
    ...(filled ? [{ meaning: "fill shows the activation: blue above 0, orange below" }] : []),
    ...(marked ? [{ sign: arrow(theme.backward, [24], "▸", thick), meaning: paths.length > 0 ? "path to the cost" : "path that stands out" }] : []),
    ...(dashed ? [{ sign: arrow(theme.backward, [6, 6, 6], "▸", thick), meaning: "path whose factor is below 0" }] : []),
    ...(multiplied === undefined ? [] : [{ meaning: `${multiplied}: paths along the line × their factor` }]),
  ];
  const widthOf = (row: readonly Entry[]): number =>
    row.reduce((sum, { sign, meaning }) => sum + (sign === undefined ? 4 : 42) + textWidth(`${meaning}    `, 10), 0);
  const cell = ({ sign, meaning }: Entry): string => `${sign === undefined ? "" : `<TD>${sign}</TD>`}${meaningCell(meaning, theme)}`;
  return wrapped(entries, width, widthOf).map((row) => ({ width: widthOf(row), cells: (end) => [row.map(cell).join("") + end] }));
}

const longestName = 24;
/** More paths stand in two columns. */
const mostRows = 20;

/** Each path with its factors and its product, the products below each other. */
function pathTable(paths: readonly WrittenPath[], theme: Theme): Row[] {
  if (paths.length === 0) return [];
  const wordsOf = ({ sign, through, factors, product }: WrittenPath): readonly (readonly [content: string, align: "LEFT" | "RIGHT"])[] => [
    [sign, "RIGHT"],
    [through.map((each) => clip(each, longestName)).join(" → "), "LEFT"],
    [`${factors.map(numeral).join(" × ")}   `, "LEFT"],
    ["=", "LEFT"],
    [numeral(product), "RIGHT"],
  ];
  const line = (path: WrittenPath): string =>
    wordsOf(path)
      .map(([content, align]) => `<TD ALIGN="${align}">${font(labelText(content), theme.ink, 11)}</TD>`)
      .join("");
  const widths = paths
    .map(wordsOf)
    .reduce<readonly number[]>((most, row) => row.map(([content], at) => Math.max(most[at] ?? 0, 4 + textWidth(content, 11))), []);
  const one = widths.reduce((sum, width) => sum + width, 0);
  const height = paths.length > mostRows ? Math.ceil(paths.length / 2) : paths.length;
  const gutter = 30;
  const cells = (end: string): string[] =>
    paths.slice(0, height).map((path, at) => {
      const beside = paths[at + height];
      return `${line(path)}${beside === undefined ? "" : `<TD WIDTH="${gutter}"></TD>${line(beside)}`}${end}`;
    });
  return [{ width: height < paths.length ? 2 * one + gutter : one, cells }];
}
