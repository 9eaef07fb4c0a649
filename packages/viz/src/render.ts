import { DiagramError } from "./diagram-error.ts";
import { markup } from "./escape.ts";
import { fontFamily, fontName } from "./font.ts";

/** What a picture shows, for those who cannot see it: `describe` writes it. */
export interface Alternative {
  readonly title: string;
  readonly description?: string;
}

/** More boxes would take minutes, or overflow the stack of Graphviz in WebAssembly. */
const mostNodes = 5000;

/**
 * DOT text as an SVG document, by Graphviz compiled to WebAssembly: nothing to install on the system. Loaded when first called.
 *
 * Throws DiagramError when this is no text, the peer @viz-js/viz is not installed, the picture has more than 5000 boxes, or Graphviz refuses the text, with
 * its message.
 *
 * @example
 * (await toSvg("digraph { a -> b }")).startsWith("<svg") // => true
 */
export async function toSvg(dot: string, alternative?: Alternative): Promise<string> {
  if (typeof dot !== "string") throw new DiagramError("toSvg draws DOT text; for a picture write toSvg(toDot(picture), describe(picture))");
  const nodes = dot.match(/^ {2}"(?:[^"\\]|\\.)*" \[/gm)?.length ?? 0;
  if (nodes > mostNodes)
    throw new DiagramError(
      `${nodes} boxes are more than the ${mostNodes} that can be laid out here; fold it (foldGroups), or give the DOT text to the program dot`,
    );
  const { instance } = await load(() => import("@viz-js/viz"), "@viz-js/viz");
  const graphviz = await instance();
  const result = attempt("Graphviz gave up", () => graphviz.render(dot, { format: "svg" }));
  // Where Graphviz cannot read a label it draws an empty box, says so, and still reports success.
  const serious = result.errors.filter(({ level }) => level !== "warning");
  if (result.status === "failure" || serious.length > 0)
    throw new DiagramError(`Graphviz cannot draw this: ${serious.map(({ message }) => message.trim()).join("; ")}`);
  const svg = result.output.slice(result.output.indexOf("<svg")).replaceAll(`font-family="${fontName}"`, `font-family="${fontFamily}"`);
  return described(svg, alternative);
}

/** Title and description as the first children, which screen readers announce. Without an alternative the graph's own name is the title. */
function described(svg: string, alternative: Alternative | undefined): string {
  const end = svg.indexOf(">");
  const own = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? "";
  const title = alternative === undefined ? own : markup(alternative.title);
  const description = alternative?.description === undefined ? "" : `<desc>${markup(alternative.description)}</desc>`;
  return `${svg.slice(0, end)} role="img">\n<title>${title}</title>${description}${svg.slice(end + 1)}`;
}

/** How a picture becomes pixels. */
export interface PngOptions {
  /** TrueType files that have the mathematical signs, regular and bold, as wide as Helvetica. DejaVu Sans Condensed when absent. */
  readonly fontFiles?: readonly string[];
  /** Name of the family in those files; "DejaVu Sans Condensed" when absent. */
  readonly fontFamily?: string;
  /** Pixels per unit of the SVG; 2 when absent. */
  readonly scale?: number;
}

/**
 * An SVG document as PNG bytes, drawn with the font files given or those of the peer dejavu-fonts-ttf: without one, text would silently be
 * missing. In Node.
 *
 * Throws DiagramError when the peer @resvg/resvg-js or every font is absent, or the SVG cannot be read.
 *
 * @example
 * (await toPng('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'))[1] // => 80
 */
export async function toPng(svg: string, { fontFiles, fontFamily: family = condensed, scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  const { Resvg } = await load(() => import("@resvg/resvg-js"), "@resvg/resvg-js");
  const files = [...(fontFiles ?? (await dejaVu()))];
  if (files.length === 0) throw new DiagramError("toPng needs at least one font file; leave fontFiles out to use the package dejavu-fonts-ttf");
  const named = svg.replaceAll(`font-family="${fontFamily}"`, `font-family="${family}"`);
  const font = { fontFiles: files, loadSystemFonts: false, defaultFontFamily: family, sansSerifFamily: family };
  return attempt("this SVG cannot be drawn", () => new Resvg(named, { fitTo: { mode: "zoom", value: scale }, font }).render().asPng());
}

/** Of the free fonts with every sign the one whose text is as wide as Helvetica's. */
const condensed = "DejaVu Sans Condensed";

async function dejaVu(): Promise<string[]> {
  // Named in variables so that bundlers for browsers leave them alone.
  const name = "node:module";
  const { createRequire } = (await load(() => import(name), "node:module, which browsers do not have")) as NodeModule;
  const { resolve } = createRequire((import.meta as { readonly url?: string }).url ?? "file:///");
  return load(async () => ["", "-Bold"].map((weight) => resolve(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${weight}.ttf`)), "dejavu-fonts-ttf");
}

/** What is needed of node:module; the package has no types of Node, since the rest runs in browsers. */
interface NodeModule {
  createRequire(from: string): { resolve(path: string): string };
}

/** What f gives. Throws DiagramError with the message of whatever f throws. */
function attempt<R>(failure: string, f: () => R): R {
  try {
    return f();
  } catch (error) {
    throw new DiagramError(`${failure}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function load<M>(get: () => Promise<M>, label: string): Promise<M> {
  try {
    return await get();
  } catch (error) {
    throw new DiagramError(`this needs the package ${label}: npm install ${label} (${error instanceof Error ? error.message : String(error)})`);
  }
}
