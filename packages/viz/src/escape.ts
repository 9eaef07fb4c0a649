import { DiagramError } from "./diagram-error.ts";

/** Control characters that would make an SVG invalid, and halves of surrogate pairs. Tabs and newlines stay. */
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/g;
const loneSurrogates = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Longer text says nothing more in a picture, and old Graphviz fails on very long attributes. */
const longest = 400;

/** Anything that `clean` would change, apart from length: most text has none of it, and a test is cheaper than a replacement. */
// oxlint-disable-next-line no-control-regex -- the same characters
const suspicious = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uD800-\uDFFF\uFFFE\uFFFF]/;

/** Text without what no output can hold, and of bounded length. */
export function clean(text: string, most: number = longest): string {
  if (text.length <= most && !suspicious.test(text)) return text;
  const kept = text.replace(controls, "").replace(loneSurrogates, "\uFFFD");
  return kept.length > most ? `${kept.slice(0, most).replace(loneSurrogates, "")}…` : kept;
}

/** The first characters of a text in one line, with an ellipsis for the rest. Graphviz in WebAssembly crashes on a label of line breaks alone. */
export function clip(text: string, most: number): string {
  if (text.length <= most && !suspicious.test(text) && !/[\t\n]/.test(text)) return text;
  const characters = [...clean(text).replaceAll(/[\t\n]/g, " ")];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

/** A text in lines of at most so many characters, broken between words where there are any; an ellipsis stands for what the last cannot hold. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of clean(text)
    .split(/\s+/)
    .filter((each) => each !== "")) {
    const line = lines.at(-1);
    if (line !== undefined && [...line].length + 1 + [...word].length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else for (let rest = [...word]; rest.length > 0; rest = rest.slice(width)) lines.push(rest.slice(0, width).join(""));
  }
  return lines.length > most ? [...lines.slice(0, most - 1), clip(lines.slice(most - 1).join(" "), width)] : lines;
}

/** A DOT string in quotes. Backslashes first, since \N, \G and the like expand; then quotes and entities, which are expanded as well. */
export function quoted(text: string): string {
  if (text.length <= longest && !suspicious.test(text) && !/[\\"&\n]/.test(text)) return `"${text}"`;
  return `"${clean(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;").replaceAll("\n", "\\n")}"`;
}

/** Text inside an HTML-like label. Graphviz expands \N, \G and the like there too, after it has read tags and entities. */
export function labelText(text: string): string {
  const marked = markup(text);
  return marked.includes("\\") ? marked.replaceAll("\\", "\\\\") : marked;
}

/** Text inside an XML document: it never becomes a tag or an entity. What is read aloud may be longer than what is seen. */
export function markup(text: string, most: number = longest): string {
  const kept = clean(text, most);
  if (!/[&<>"\t\n]/.test(kept)) return kept;
  return kept
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[\t\n]/g, " ");
}

/** A colour as #RRGGBB. Throws DiagramError for anything else. */
export function colour(value: string): string {
  if (value.length !== 7 || !/^#[0-9A-Fa-f]{6}$/.test(value)) throw new DiagramError(`${JSON.stringify(value)} is not a colour; write #RRGGBB`);
  return value;
}

/** A number in fixed notation. Throws DiagramError for NaN and infinities, which make Graphviz draw nothing. */
export function measure(value: number, digits: number = 2): string {
  if (!Number.isFinite(value)) throw new DiagramError(`${value} is not a length; give a finite number`);
  return String(Number(value.toFixed(digits)));
}
