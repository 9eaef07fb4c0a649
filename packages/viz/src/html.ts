import { colour } from "./escape.ts";

/** Attributes of a table that only arranges. */
export const plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"';

/** Coloured markup of one size; Graphviz refuses an empty tag. */
export function font(content: string, color: string, points: number): string {
  return content === "" ? "" : `<FONT COLOR="${colour(color)}" POINT-SIZE="${points}">${content}</FONT>`;
}

/** An HTML-like label of a table: one row a line, so that a change of one row is one line of a diff. */
export function tableLabel(attributes: string, rows: readonly string[]): string {
  return `<\n    <TABLE ${attributes}>\n${rows.map((row) => `      <TR>${row}</TR>`).join("\n")}\n    </TABLE>>`;
}
