import { mendedArrows } from "./arrows.ts";
import { DiagramError } from "./diagram-error.ts";
import { markup } from "./escape.ts";
import { checkFontFile, condensed, dejaVu } from "./font-file.ts";
import { fontFamily, graphvizFamily } from "./font.ts";
import { missing } from "./peer.ts";
import { type Fields, anything, list, maybe, readOptions, text } from "./schema.ts";

/** What a picture shows, for those who cannot see it: `describe` writes it. */
export interface Alternative {
  readonly title: string;
  readonly description?: string;
}

const alternativeFields: Fields<Alternative> = { title: text, description: maybe(text) };

/** More boxes would take minutes, or overflow the stack of Graphviz in WebAssembly. */
const mostNodes = 5000;

/**
 * DOT text as an SVG document, by Graphviz compiled to WebAssembly: nothing to install on the system. Loaded when first called.
 *
 * Throws DiagramError when this is no text, the peer @viz-js/viz is not installed, a page forbids WebAssembly, the picture has more than 5000 boxes, or
 * Graphviz refuses the text, with its message.
 *
 * @example
 * (await toSvg("digraph { a -> b }")).startsWith("<svg") // => true
 */
export async function toSvg(dot: string, alternative?: Alternative): Promise<string> {
  const shown = alternative === undefined ? undefined : readOptions("toSvg", alternative, alternativeFields);
  if (typeof dot !== "string") throw new DiagramError("toSvg: this is no DOT text; for a picture write toSvg(toDot(picture), describe(picture))");
  if (/^\uFEFF?\s*<(?:svg|\?xml|!doctype)/i.test(dot))
    throw new DiagramError("toSvg: this is an SVG document or a page already, and no DOT text; for pixels write toPng(svg)");
  const nodes = dot.match(/^ {2}"(?:[^"\\]|\\.)*" \[/gm)?.length ?? 0;
  if (nodes > mostNodes)
    throw new DiagramError(
      `toSvg: ${nodes} boxes are more than the ${mostNodes} that can be laid out here; fold it (foldGroups), or give the DOT text to the program dot`,
    );
  const { instance } = await import("@viz-js/viz").catch(missing("@viz-js/viz"));
  const graphviz = await instance().catch(refusedToStart);
  const result = attempt("toSvg: Graphviz gave up", () => graphviz.render(dot, { format: "svg" }));
  // Where Graphviz cannot read a label it draws an empty box, says so, and still reports success.
  const serious = result.errors.filter(({ level }) => level !== "warning");
  if (result.status === "failure" || serious.length > 0)
    throw new DiagramError(`toSvg: Graphviz cannot draw this: ${serious.map(({ message }) => message.trim()).join("; ")}`);
  const svg = result.output.slice(result.output.indexOf("<svg")).replaceAll(graphvizFamily, "");
  return described(mendedArrows(svg), shown);
}

/** Throws DiagramError for a Graphviz that cannot be started; a page may forbid WebAssembly. */
function refusedToStart(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  if (/unsafe-eval|content security policy/i.test(message))
    throw new DiagramError(
      "toSvg: the page's Content-Security-Policy forbids WebAssembly, which Graphviz is compiled to; allow 'wasm-unsafe-eval' in its script-src, or draw the picture before and show the SVG",
    );
  throw new DiagramError(`toSvg: Graphviz cannot be started: ${message}`);
}

/** Title and description as the first children, which screen readers announce. Without an alternative the graph's own name is the title. */
function described(svg: string, alternative: Alternative | undefined): string {
  const end = svg.indexOf(">");
  const own = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? "";
  const title = alternative === undefined ? own : markup(alternative.title);
  const description = alternative?.description === undefined ? "" : `<desc>${markup(alternative.description, Number.POSITIVE_INFINITY)}</desc>`;
  return `${svg.slice(0, end)} font-family="${fontFamily}" role="img">\n<title>${title}</title>${description}${svg.slice(end + 1)}`;
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

const pngFields: Fields<PngOptions> = { fontFiles: maybe(list(text)), fontFamily: maybe(text), scale: anything };

/** More pixels take gigabytes to draw. */
const mostPixels = 1e8;

/**
 * An SVG document as PNG bytes, drawn with the font files given or those of the peer dejavu-fonts-ttf: without one, text would silently be
 * missing. In Node.
 *
 * Throws DiagramError when this is no text, the scale is not finite and above 0, the picture would have more than 1e8 pixels, the peer
 * @resvg/resvg-js or a font is absent, this is a browser, or the SVG cannot be read.
 *
 * @example
 * (await toPng('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'))[1] // => 80
 */
export async function toPng(svg: string, options: PngOptions = {}): Promise<Uint8Array> {
  const { fontFiles, fontFamily: family = condensed, scale = 2 } = readOptions("toPng", options, pngFields);
  if (typeof svg !== "string") throw new DiagramError("toPng: this is no SVG document, which is text; write toPng(await toSvg(toDot(picture)))");
  if (!/^\uFEFF?\s*</.test(svg)) {
    const begins = JSON.stringify(svg.trim().slice(0, 24));
    const hint = /^\s*(?:strict\s+)?(?:di)?graph\b[^<]*\{/i.test(svg)
      ? "this is DOT text; write toPng(await toSvg(dot))"
      : "give what toSvg or a plot returns: toPng(await toSvg(toDot(picture)))";
    throw new DiagramError(`toPng: the text begins with ${begins}, so it is no SVG document; ${hint}`);
  }
  if (!(typeof scale === "number" && scale > 0 && scale < Number.POSITIVE_INFINITY))
    throw new DiagramError(`toPng: the scale is ${String(scale)}; give the pixels per unit of the SVG, a finite number above 0 such as 2`);
  const { Resvg } = (await import("@resvg/resvg-js").catch(missing("@resvg/resvg-js"))) as Partial<typeof import("@resvg/resvg-js")>;
  // The field `browser` of the package puts an empty module in its place.
  if (Resvg === undefined) throw new DiagramError("toPng: pixels are drawn in Node; in a browser show the SVG itself, or draw it on a canvas");
  const files = [...(fontFiles ?? (await dejaVu()))];
  if (files.length === 0) throw new DiagramError("toPng: give at least one font file; leave fontFiles out to use the package dejavu-fonts-ttf");
  for (const file of files) await checkFontFile(file);
  // Letters of mathematical alphabets, which that font lacks, as plain ones: a person can read those.
  const shown = fontFiles === undefined ? svg.replaceAll(/[\u{1D400}-\u{1D7FF}]/gu, (letter) => letter.normalize("NFKC")) : svg;
  const named = shown.replaceAll(`font-family="${fontFamily}"`, `font-family="${family}"`);
  const font = { fontFiles: files, loadSystemFonts: false, defaultFontFamily: family, sansSerifFamily: family };
  const drawing = attempt("toPng: this SVG cannot be drawn", () => new Resvg(named, { fitTo: { mode: "zoom", value: scale }, font }));
  const [wide, tall] = [Math.ceil(drawing.width * scale), Math.ceil(drawing.height * scale)];
  if (wide * tall > mostPixels)
    throw new DiagramError(
      `toPng: ${drawing.width} by ${drawing.height} units at scale ${scale} are ${wide} by ${tall} pixels, more than 1e8 in all; give a smaller scale, at most ${largestScale(drawing)}`,
    );
  return attempt("toPng: this SVG cannot be drawn", () => drawing.render().asPng());
}

/** Two digits of the scale that just fits. */
function largestScale({ width, height }: { readonly width: number; readonly height: number }): number {
  const most = Math.sqrt(mostPixels / (width * height));
  const unit = 10 ** (Math.floor(Math.log10(most)) - 1);
  return Number((Math.floor(most / unit) * unit).toPrecision(2));
}

/** What f gives. Throws DiagramError with the message of whatever f throws. */
function attempt<R>(failure: string, f: () => R): R {
  try {
    return f();
  } catch (error) {
    throw new DiagramError(`${failure}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
