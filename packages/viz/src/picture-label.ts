import { clip, labelText, wrap } from "./escape.ts";
import { textWidth } from "./font.ts";
import { bold, font, plain, tableLabel, tableOf } from "./html.ts";
import { type Theme } from "./theme.ts";

/** A table in the label of a picture, and how many points it takes. */
export interface Row {
  readonly width: number;
  /** The table's rows, each with this cell at its end. */
  cells(end: string): readonly string[];
}

/** What is said above a drawing. */
interface Said {
  readonly title: string;
  readonly subtitle: string;
  readonly notes?: readonly string[];
}

/** A title, subtitle or note of more lines is cut. */
const mostLines = 4;
/** Points that a character takes on average, for breaking lines: of a title, of a subtitle, of a note. */
const [titleCharacter, subtitleCharacter, noteCharacter] = [9.6, 6.4, 5.8];
const [titleSize, subtitleSize, noteSize] = [17, 12, 11];

/**
 * Title, subtitle, tables and notes as the label of the whole graph, above a drawing of so many points, where they cannot disturb the layout. Lines that
 * are much longer than the drawing are broken.
 */
export function pictureLabel(said: Said, before: readonly Row[], after: readonly Row[], points: number, theme: Theme): string {
  const lines = (content: string, character: number): string[] => wrap(content, Math.floor((1.2 * points) / character), mostLines);
  // Bold letters of some fonts are broader than Graphviz takes them to be: the spaces are room for them.
  const title = lines(said.title, titleCharacter).map((line) => line + " ".repeat(Math.ceil(line.length / 8)));
  const subtitle = lines(said.subtitle, subtitleCharacter);
  const notes = (said.notes ?? []).flatMap((note) => lines(note, noteCharacter));
  const widest = Math.max(
    0,
    ...[...before, ...after].map(({ width }) => width),
    ...title.map((line) => textWidth(line, titleSize, true)),
    ...subtitle.map((line) => textWidth(line, subtitleSize)),
    ...notes.map((line) => textWidth(line, noteSize)),
  );
  // Graphviz would tear the cells of a narrower table apart: a last one takes what is left.
  const filled = ({ width, cells }: Row): string =>
    tableOf(`${plain} CELLPADDING="2"`, cells(widest - width < 1 ? "" : `<TD WIDTH="${Math.round(widest - width)}"></TD>`));
  // A verdict gives the subtitle its colour.
  const verdict = said.subtitle.startsWith("✓") ? theme.good : said.subtitle.startsWith("✗") ? theme.bad : theme.muted;
  const rows = [
    ...title.map((line) => font(bold(labelText(line)), theme.ink, titleSize)),
    ...subtitle.map((line) => font(labelText(line), verdict, subtitleSize)),
    ...before.map(filled),
    ...notes.map((line) => font(labelText(line), theme.ink, noteSize)),
    ...after.map(filled),
  ];
  // Room between the label and the picture.
  return tableLabel(`${plain} CELLPADDING="3"`, [...rows.map((row) => `<TD ALIGN="LEFT">${row}</TD>`), '<TD HEIGHT="10"></TD>']);
}

/** A meaning beside its sign: what an entry of a legend says. */
export function meaningCell(meaning: string, theme: Theme): string {
  return `<TD ALIGN="LEFT">${font(`${labelText(clip(meaning, longestMeaning))}    `, theme.muted, 10)}</TD>`;
}
const longestMeaning = 80;

/** Entries in as few lines as fit the width. */
export function wrapped<E>(entries: readonly E[], width: number, widthOf: (line: readonly E[]) => number): E[][] {
  const lines: E[][] = [];
  for (const entry of entries) {
    const line = lines.at(-1);
    if (line === undefined || widthOf([...line, entry]) > width) lines.push([entry]);
    else line.push(entry);
  }
  return lines;
}
