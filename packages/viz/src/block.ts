import { type Cells } from "./diagram.ts";
import { font, plain } from "./html.ts";
import { numerals } from "./numerals.ts";

/** A block with more rows or columns than `most` shows its first `first`, dots, and its last. */
const most = 4;
const first = 2;

/** How many rows of a block are drawn, the dots among them. */
export function rowsShown(cells: Cells | undefined): number {
  return Math.min(Math.max(cells?.length ?? 1, 1), most);
}

/** Numbers between two bars, right-aligned; a single number without bars. A large block shows its corners, as textbooks do. */
export function block(cells: Cells, color: string, background: (entry: number) => string | undefined): string {
  const columns = cells[0]?.length ?? 0;
  if (cells.length === 0 || columns === 0) return font("empty", color, 9);
  const down = shown(cells.length);
  const across = shown(columns);
  const texts = numerals(down.kept.map((i) => across.kept.map((j) => cells[i]?.[j] ?? Number.NaN)));
  const rows = down.kept.map((i, row) => {
    const entries = across.kept.map((j, column) => {
      const fill = background(cells[i]?.[j] ?? Number.NaN);
      const text = texts[row]?.[column] ?? "";
      // A plus is wider than Graphviz believes.
      const room = text.includes("+") ? " " : "";
      return `<TD ALIGN="RIGHT"${fill === undefined ? "" : ` BGCOLOR="${fill}"`}>${font(text + room, color, 11)}</TD>`;
    });
    return withGap(entries, across.gap, dots("⋯", color));
  });
  const gapRow = withGap(
    across.kept.map(() => dots("⋮", color)),
    across.gap,
    dots("⋱", color),
  );
  const lines = withGap(rows, down.gap, gapRow).map((row) => `<TR>${row.join("")}</TR>`);
  if (cells.length === 1 && columns === 1) return `<TABLE ${plain} CELLPADDING="2">${lines.join("")}</TABLE>`;
  return `<TABLE BORDER="1" SIDES="LR" COLOR="${color}" CELLBORDER="0" CELLSPACING="1" CELLPADDING="2">${lines.join("")}</TABLE>`;
}

/** Which positions are kept, and whether dots stand after the first of them. */
function shown(count: number): { readonly kept: readonly number[]; readonly gap: boolean } {
  return count > most ? { kept: [0, 1, count - 1], gap: true } : { kept: Array.from({ length: count }, (_, i) => i), gap: false };
}

function withGap<T>(entries: readonly T[], gap: boolean, dots: T): T[] {
  return gap ? [...entries.slice(0, first), dots, ...entries.slice(first)] : [...entries];
}

const dots = (sign: string, color: string): string => `<TD>${font(sign, color, 11)}</TD>`;
