import { type Cells } from "../diagram.ts";
import { markup } from "../escape.ts";
import { numerals } from "../numerals.ts";

/** Rows and columns that a person reads; the rest are counted. */
const mostRows = 8;
const mostColumns = 6;

/** Numbers as they stand on a page: one alone, or rows between brackets. */
export function matrix(cells: Cells): string {
  const rows = cells.length;
  const columns = cells[0]?.length ?? 0;
  if (rows * columns === 0) return '<span class="n">empty</span>';
  const shown = numerals(cells.slice(0, mostRows).map((row) => row.slice(0, mostColumns)));
  if (rows === 1 && columns === 1) return `<span class="n">${markup(shown[0]?.[0] ?? "")}</span>`;
  const more = columns > mostColumns ? "<td>…</td>" : "";
  const body = shown.map((row) => `<tr>${row.map((each) => `<td>${markup(each)}</td>`).join("")}${more}</tr>`).join("");
  const rest = rows > mostRows ? `<tr><td>⋮</td></tr>` : "";
  return `<table class="m" role="img" aria-label="${markup(spoken(cells))}">${body}${rest}</table>${
    rows > mostRows || columns > mostColumns ? `<small class="hint">${rows}×${columns}</small>` : ""
  }`;
}

/** Longer blocks are spoken by their size. */
const mostSpoken = 8;

/** Numbers in one line, for those who listen. */
export function spoken(cells: Cells): string {
  const rows = cells.length;
  const columns = cells[0]?.length ?? 0;
  if (rows * columns > mostSpoken) return `${rows} by ${columns} numbers`;
  return numerals(cells)
    .map((row) => row.join(", "))
    .join("; ");
}
