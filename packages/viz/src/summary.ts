import { type Bar, type Line } from "./diagram.ts";
import { clip, labelText } from "./escape.ts";
import { font, plain } from "./html.ts";
import { numeral } from "./numerals.ts";
import { type Theme } from "./theme.ts";
import { mix } from "./colour.ts";

/** Points of the longest bar. */
const longestBar = 64;
const longestText = 44;
const longestSymbol = 20;

/** What a folded box says of its insides, as a cell at port v. */
export function linesBand(lines: readonly Line[], theme: Theme): string {
  const rows = lines.map(
    ({ label, text }) =>
      `<TR><TD ALIGN="LEFT">${font(labelText(clip(label, longestSymbol)), theme.muted, 9)}</TD><TD ALIGN="LEFT">${font(`${labelText(clip(text, longestText))}   `, theme.ink, 11)}</TD></TR>`,
  );
  return `<TD PORT="v" CELLPADDING="4"><TABLE ${plain} CELLPADDING="3" BGCOLOR="${theme.cell}">${rows.join("")}</TABLE></TD>`;
}

/** Sizes of gradients as bars, longest for the largest of the picture, as a cell at port g. */
export function barsBand(bars: readonly Bar[], largest: number, theme: Theme): string {
  const rows = bars.map(({ symbol, size }) => {
    const width = Number.isFinite(size) && largest > 0 ? Math.round((size / largest) * longestBar) : 0;
    const ink = mix(theme.tint[1], theme.backward, 0.45);
    const rest = longestBar + 6 - width;
    const filled = width === 0 ? "" : `<TD WIDTH="${width}" HEIGHT="9" FIXEDSIZE="TRUE" BGCOLOR="${ink}"></TD>`;
    const bar = `<TABLE ${plain} CELLPADDING="0"><TR>${filled}<TD WIDTH="${rest}" HEIGHT="9" FIXEDSIZE="TRUE"></TD></TR></TABLE>`;
    return `<TR><TD ALIGN="LEFT">${font(labelText(clip(symbol, longestSymbol)), theme.backward, 10)}</TD><TD ALIGN="RIGHT">${font(numeral(size), theme.backward, 11)}</TD><TD>${bar}</TD></TR>`;
  });
  return `<TD PORT="g" CELLPADDING="4"><TABLE ${plain} CELLPADDING="3" BGCOLOR="${theme.tint[0]}">${rows.join("")}</TABLE></TD>`;
}
