/** The one font that DOT names: Graphviz knows its widths on every system. */
export const fontName = "Helvetica";

/** What an SVG names: fonts of the same widths first, then one that is narrow enough. */
export const fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif";
