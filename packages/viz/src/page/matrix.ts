import { type Cells } from "../diagram.ts";
import { markup } from "../escape.ts";
import { numerals } from "../numerals.ts";

/** Rows and columns that a person reads; the rest are counted. */
const mostRows = 8;
const mostColumns = 6;

/**
 * Numbers as they stand on a page: one alone, or rows that the script lays out between brackets, since the tags of a table would be most of a page.
 */
export function matrix(cells: Cells): string {
  const [rows, columns] = [cells.length, cells[0]?.length ?? 0];
  if (rows * columns === 0) return "<b>empty</b>";
  const shown = numerals(cells.slice(0, mostRows).map((row) => row.slice(0, mostColumns)));
  if (rows === 1 && columns === 1) return `<b>${markup(shown[0]?.[0] ?? "")}</b>`;
  const written = shown.map((row) => (columns > mostColumns ? [...row, "…"] : row).join());
  const lines = rows > mostRows ? [...written, "⋮"] : written;
  const whole = rows > mostRows || columns > mostColumns ? ` data-of="${rows}×${columns}"` : "";
  return `<b class="m"${whole}>${markup(lines.join(";"))}</b>`;
}
