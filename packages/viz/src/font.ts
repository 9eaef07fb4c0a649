/** The one font that DOT names: Graphviz knows its widths on every system. */
export const fontName = "Helvetica";

/**
 * What an SVG names: fonts of the same widths first, then one that is narrow enough and has every mathematical sign, then those that have the signs
 * where a system lacks it.
 */
export const fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', 'Segoe UI Symbol', 'STIX Two Math', 'Noto Sans Math', sans-serif";

/** What Graphviz writes on each text for the font that DOT names. */
export const graphvizFamily: RegExp = / font-family="Helvetica,[^"]*"/g;
