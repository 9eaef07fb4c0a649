/** The one font that DOT names: Graphviz knows its widths on every system. */
export const fontName = "Helvetica";

/**
 * What an SVG names: fonts of the same widths first, then one that is narrow enough and has every mathematical sign, then those that have the signs
 * where a system lacks it.
 */
export const fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', 'Segoe UI Symbol', 'STIX Two Math', 'Noto Sans Math', sans-serif";

/** What Graphviz writes on each text for the font that DOT names. */
export const graphvizFamily: RegExp = / font-family="Helvetica,[^"]*"/g;

/** Widths of the letters of Helvetica from space to tilde, in thousandths of an em. */
const widths =
  "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
    .split(" ")
    .map(Number);
const [first, otherWidth, boldShare] = [32, 556, 1.08];
const encoder = new TextEncoder();

/** Points that Graphviz reserves for a line of text: outside ASCII it counts bytes. */
export function textWidth(text: string, points: number, isBold: boolean = false): number {
  const thousandths = encoder.encode(text).reduce((sum, byte) => sum + (widths[byte - first] ?? otherWidth), 0);
  return (thousandths / 1000) * points * (isBold ? boldShare : 1);
}
