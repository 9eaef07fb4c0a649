import { colour } from "./escape.ts";
import { type Theme } from "./theme.ts";

/** Told apart without colour. */
const dashes = ["", "6 4", "2 3", "10 3 2 3"];

/** How the line of a series is told from the others: its colour, and its stroke as attributes. */
export function seriesLook(at: number, theme: Theme): { readonly color: string; readonly stroke: string } {
  const color = colour(theme.series[at % theme.series.length] ?? theme.ink);
  const dash = dashes[at % dashes.length] ?? "";
  return { color, stroke: `stroke="${color}" stroke-width="2.2"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}` };
}
