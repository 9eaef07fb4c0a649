import { colour } from "./escape.ts";

/** Attributes of a table that only arranges. */
export const plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"';

/** Coloured markup of one size; Graphviz refuses an empty tag. */
export function font(content: string, color: string, points: number): string {
  return content === "" ? "" : `<FONT COLOR="${colour(color)}" POINT-SIZE="${points}">${content}</FONT>`;
}

/** Bold markup; nothing for nothing. */
export function bold(content: string): string {
  return content === "" ? "" : `<B>${content}</B>`;
}

/** An HTML-like label of a table: one row a line, so that a change of one row is one line of a diff. */
export function tableLabel(attributes: string, rows: readonly string[]): string {
  return `<\n    ${tableOf(attributes, rows)}>`;
}

/** A table with one row a line. */
export function tableOf(attributes: string, rows: readonly string[]): string {
  return `<TABLE ${attributes}>\n${rows.map((row) => `      <TR>${row}</TR>`).join("\n")}\n    </TABLE>`;
}
