import { clip, labelText, wrap } from "./escape.ts";
import { font, plain, tableLabel, tableOf } from "./html.ts";
import { arrow, heading, lineSign, noteRows, thick } from "./legend.ts";
import { type NetworkDiagram } from "./network-picture.ts";
import { numeral } from "./numerals.ts";
import { type Theme } from "./theme.ts";
import { type WrittenPath } from "./weight-paths.ts";

/** A title, subtitle or note of more lines is cut. */
const mostLines = 4;

/** A row of the label that is a table, and about how many points it takes. */
interface Row {
  readonly width: number;
  /** The table's rows, each with this cell at its end. */
  cells(end: string): readonly string[];
}

const encoder = new TextEncoder();
/** Points that Graphviz reserves for a text: it knows the widths of bytes. */
const reserved = (text: string, points: number): number => encoder.encode(text).length * 0.53 * points;

/**
 * Title, subtitle, paths, notes, and what lines and fills mean where they mean something, above a drawing of so many points. Lines that are much
 * longer than the drawing are broken.
 */
export function networkLabel(picture: NetworkDiagram, points: number, theme: Theme): string {
  const { paths = [] } = picture;
  const drawing = Math.max(560, points);
  const lines = (content: string, character: number): string[] => wrap(content, Math.floor((1.2 * drawing) / character), mostLines);
  const [title, subtitle] = [lines(picture.title, 9.6), lines(picture.subtitle, 6.4)];
  const notes = (picture.notes ?? []).flatMap((note) => lines(note, 5.8));
  const [table, legend] = [pathTable(paths, theme), signs(picture, drawing, theme)];
  const widest = [...table, ...legend].reduce(
    (most, { width }) => Math.max(most, width),
    Math.max(0, ...title.map((line) => reserved(line, 18)), ...[...subtitle, ...notes].map((line) => reserved(line, 11))),
  );
  // Graphviz would tear the cells of a narrower table apart: a last one takes what is left.
  const filled = ({ width, cells }: Row): string =>
    `<TD ALIGN="LEFT">${tableOf(`${plain} CELLPADDING="2"`, cells(widest - width < 1 ? "" : `<TD WIDTH="${Math.round(widest - width)}"></TD>`))}</TD>`;
  return tableLabel(`${plain} CELLPADDING="3"`, [
    // Bold letters of some fonts are broader than Graphviz takes them to be: the spaces are room for them.
    ...title.flatMap((line) => heading(line + " ".repeat(Math.ceil(line.length / 8)), "", theme)),
    ...subtitle.flatMap((line) => heading("", line, theme)),
    ...table.map(filled),
    ...noteRows(notes, theme),
    ...legend.map(filled),
    '<TD HEIGHT="10"></TD>',
  ]);
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
  const sizeOf = ({ sign, meaning }: Entry): number => (sign === undefined ? 4 : 42) + reserved(`${meaning}    `, 10);
  const rows: Entry[][] = [];
  for (const entry of entries) {
    const row = rows.at(-1);
    if (row === undefined || sizeOf(entry) + row.reduce((sum, each) => sum + sizeOf(each), 0) > width) rows.push([entry]);
    else row.push(entry);
  }
  const cell = ({ sign, meaning }: Entry): string =>
    `${sign === undefined ? "" : `<TD>${sign}</TD>`}<TD ALIGN="LEFT">${font(`${labelText(meaning)}    `, theme.muted, 10)}</TD>`;
  return rows.map((row) => ({ width: row.reduce((sum, each) => sum + sizeOf(each), 0), cells: (end) => [row.map(cell).join("") + end] }));
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
    .reduce<readonly number[]>((most, row) => row.map(([content], at) => Math.max(most[at] ?? 0, 4 + reserved(content, 11))), []);
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
