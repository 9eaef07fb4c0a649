import { DiagramError } from "./diagram.ts";
import { markup, measure } from "./escape.ts";

/** What a reader sees where the named font is missing. */
const fallbacks = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/** What a picture shows, for those who cannot see it. */
export interface Alternative {
  readonly title: string;
  readonly description?: string;
}

/**
 * DOT text as an SVG document, by Graphviz compiled to WebAssembly: nothing to install on the system. Loaded when first called.
 *
 * Throws DiagramError when the peer @viz-js/viz is not installed or Graphviz refuses the text, with its message.
 *
 * @example
 * (await toSvg("digraph { a -> b }")).startsWith("<svg") // => true
 */
export async function toSvg(dot: string, alternative?: Alternative): Promise<string> {
  const { instance } = await load(() => import("@viz-js/viz"), "@viz-js/viz");
  const graphviz = await instance();
  const result = graphviz.render(dot, { format: "svg" });
  const errors = result.errors.filter(({ level }) => level === "error" || level === undefined);
  if (result.status === "failure" || errors.length > 0)
    throw new DiagramError(`Graphviz cannot draw this: ${result.errors.map(({ message }) => message).join("; ")}`);
  const svg = result.output.slice(result.output.indexOf("<svg")).replaceAll('font-family="Helvetica"', `font-family="${fallbacks}"`);
  return alternative === undefined ? svg : described(svg, alternative);
}

/** Title and description as the first children, which screen readers announce. */
function described(svg: string, { title, description }: Alternative): string {
  const end = svg.indexOf(">") + 1;
  const spoken = `<title>${markup(title)}</title>${description === undefined ? "" : `<desc>${markup(description)}</desc>`}`;
  return `${svg.slice(0, end - 1)} role="img">${spoken}${svg.slice(end)}`;
}

/** How a picture becomes pixels. */
export interface PngOptions {
  /** TrueType files that have the mathematical signs, regular and bold. DejaVu Sans has them all. */
  readonly fontFiles: readonly string[];
  /** Pixels per unit of the SVG; 2 when absent. */
  readonly scale?: number;
  /** Width of the font against Helvetica, for which the boxes were measured; that of DejaVu Sans when absent. */
  readonly fontWidth?: number;
}

/** DejaVu Sans sets the same text about an eighth wider than Helvetica. */
const dejaVuWidth = 1.13;

/**
 * An SVG document as PNG bytes, drawn with the font files given: without one, text would silently be missing.
 *
 * Throws DiagramError when the peer @resvg/resvg-js is not installed or no font file is given.
 *
 * @example
 * await toPng("<svg/>", { fontFiles: [] }).catch((error: Error) => error.name) // => "DiagramError"
 */
export async function toPng(svg: string, { fontFiles, scale = 2, fontWidth = dejaVuWidth }: PngOptions): Promise<Uint8Array> {
  if (fontFiles.length === 0) throw new DiagramError("toPng needs at least one font file; DejaVuSans.ttf of the package dejavu-fonts-ttf has every sign");
  const { Resvg } = await load(() => import("@resvg/resvg-js"), "@resvg/resvg-js");
  const fitted = svg.replaceAll(/font-size="([\d.]+)"/g, (_, size: string) => `font-size="${measure(Number(size) / fontWidth)}"`);
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  return new Resvg(fitted, { fitTo: { mode: "zoom", value: scale }, font }).render().asPng();
}

async function load<M>(get: () => Promise<M>, label: string): Promise<M> {
  try {
    return await get();
  } catch (error) {
    throw new DiagramError(`this needs the package ${label}: npm install ${label} (${error instanceof Error ? error.message : String(error)})`);
  }
}
