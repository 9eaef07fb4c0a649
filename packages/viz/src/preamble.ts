import { quoted } from "./escape.ts";
import { fontName } from "./font.ts";
import { type Theme } from "./theme.ts";

/** How every DOT text starts. The graph's own name becomes the title of the SVG. */
export function preamble(title: string, theme: Theme, attributes: readonly string[]): string[] {
  const name = title.replaceAll(/[\\"&<>\s]+/g, " ").trim();
  const font = `fontname=${quoted(fontName)}`;
  return [
    `digraph ${quoted(name === "" ? "nabla" : name)} {`,
    `  graph [bgcolor=${quoted(theme.page)} ${font} pad="0.25" tooltip=${quoted(title)} ${attributes.join(" ")}];`,
    `  node [${font}];`,
    `  edge [${font}];`,
  ];
}
