import { type DotOptions, toDot } from "../dot.ts";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { DiagramError } from "../diagram-error.ts";
import { type NetworkDiagram } from "../network-picture.ts";
import { toSvg } from "../render.ts";
import { dark, light } from "../theme.ts";

/** Colours of both themes by the name of a CSS variable. */
export interface Palette {
  readonly names: Map<string, string>;
}

/** What a box of a drawing says of itself to the script. */
export interface Marked {
  readonly id: string;
  /** Its number in the page, since ids may be any text. */
  readonly key: number;
  /** The numbers of the boxes that it stands for where it is folded. */
  readonly holds: readonly number[];
  /** The card that tells of it. */
  readonly card: number;
}

/**
 * A picture as an SVG whose colours follow the theme: it is drawn in both, which differ in nothing but colours, and each pair becomes one
 * variable. Boxes and arrows carry what the script needs, and no ids, since a page has several drawings.
 */
export async function drawing(
  picture: Diagram | NetworkDiagram,
  boxes: readonly Marked[],
  palette: Palette,
  direction: DotOptions["direction"] = "LR",
): Promise<string> {
  const alternative = { title: picture.title };
  // The page has a heading already, so the picture needs no title.
  const drawn = numbered(picture, boxes);
  const [day, night] = [
    await toSvg(toDot(drawn, { theme: light, direction }), alternative),
    await toSvg(toDot(drawn, { theme: dark, direction }), alternative),
  ];
  const colours = /(fill|stroke)="(#[0-9a-f]{6})"/g;
  const nights = [...night.matchAll(colours)];
  let at = 0;
  const both = day.replaceAll(colours, (_, attribute: string, colour: string) => `${attribute}="${variable(palette, colour, nights[at++]?.[2])}"`);
  if (at !== nights.length) throw new DiagramError("the light and the dark picture differ in more than colours; please report this picture");
  const known = new Map(boxes.map((box) => [`b${box.key}`, box]));
  const bare = shorter(both)
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .replaceAll(/ (xml:space|font-family|xmlns:xlink)="[^"]*"/g, "")
    .replaceAll(/<g id="[^"]*" class="(node|edge)[^"]*">\s*<title>([^<]*)<\/title>/g, (_, kind: string, title: string) => {
      if (kind === "node") return nodeTag(known.get(title));
      return edgeTag([...title.matchAll(/b(\d+)(?=:|&|$)/g)].map(([, key]) => Number(key)));
    })
    .replaceAll(/<g id="[^"]*"><a[^>]*>/g, "<g>")
    .replaceAll("</a>", "")
    .replaceAll(/<g id="[^"]*" class="([^"]*)"([^>]*)>\s*<title>[^<]*<\/title>/g, '<g class="$1"$2>')
    .replaceAll("&#160;", " ");
  const whole = /viewBox="([^"]*)"/.exec(bare)?.[1] ?? "0 0 1 1";
  return bare.replace(/^<svg width="[^"]*" height="[^"]*"/, `<svg data-whole="${whole}"`).replace('role="img"', 'role="img" tabindex="-1"');
}

function variable({ names }: Palette, day: string, night: string = day): string {
  const key = `${day},${night}`;
  const name = names.get(key) ?? `--c${names.size}`;
  names.set(key, name);
  return `var(${name})`;
}

/** The palette as a rule of CSS. */
export function paletteRule({ names }: Palette): string {
  return `:root{${[...names].map(([pair, name]) => `${name}:light-dark(${pair})`).join(";")}}\n`;
}

/** What is no box of the picture, such as an ellipsis, carries nothing. */
const nodeTag = (box: Marked | undefined): string =>
  box === undefined ? '<g class="part">' : `<g class="node" data-key="${box.key}" data-holds="${box.holds.join(" ")}" data-card="${box.card}">`;

const edgeTag = ([from, to]: readonly number[]): string => (from === undefined ? '<g class="edge">' : `<g class="edge" data-from="${from}" data-to="${to}">`);

/** The picture with the numbers of its boxes as ids, which the drawing keeps as they are. */
function numbered(picture: Diagram | NetworkDiagram, boxes: readonly Marked[]): Diagram | NetworkDiagram {
  const keys = new Map(boxes.map(({ id, key }) => [id, `b${key}`]));
  const of = (id: string): string => keys.get(id) ?? id;
  const title = "";
  if ("columns" in picture) {
    const columns = picture.columns.map((column) => ({ ...column, neurons: column.neurons.map((neuron) => ({ ...neuron, id: of(neuron.id) })) }));
    return { ...picture, title, columns, connections: picture.connections.map((line) => ({ ...line, from: of(line.from), to: of(line.to) })) };
  }
  const nodes = picture.nodes.map((node): DiagramNode => {
    const place = node.place.side === "line" ? node.place : { ...node.place, of: of(node.place.of) };
    return { ...node, id: of(node.id), place };
  });
  return { ...picture, title, nodes, edges: picture.edges.map((edge) => ({ ...edge, from: of(edge.from), to: of(edge.to) })) };
}

/** The same lines in fewer characters: tenths of a point cannot be seen, and what is the default need not be said. */
function shorter(svg: string): string {
  return svg
    .replaceAll(' text-anchor="start"', "")
    .replaceAll(/ (d|points|x|y|font-size|stroke-width)="([^"]*)"/g, (_, attribute: string, numbers: string) => {
      const tidy = numbers.replaceAll(/-?\d+\.\d+/g, (each) => String(Number(Number(each).toFixed(1)) + 0));
      return ` ${attribute}="${tidy}"`;
    })
    .replaceAll(
      /<path fill="([^"]*)" stroke="none"[^>]*? d="([^"]*)"\/>\n<path fill="none" (stroke="[^"]*")([^>]*?) d="\2"\/>/g,
      (whole: string, fill: string, path: string, stroke: string, rest: string) => rounded(path, `fill="${fill}" ${stroke}${rest}`) ?? whole,
    )
    .replaceAll(/<polygon ([^>]*?) points="([^\s,]+),([^\s,]+) \2,([^\s,]+) ([^\s,]+),\4 \5,\3 \2,\3"\/>/g, '<path $1 d="M$2,$3V$4H$5V$3z"/>');
}

/** Graphviz rounds a corner with this radius, or less in a small box. */
const radius = 12;

/** Four straight sides and four round corners as a rectangle. */
function rounded(path: string, look: string): string | undefined {
  const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  if (points.length !== 25) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const tenths = (length: number): string => String(Number(length.toFixed(1)));
  return `<rect ${look} x="${tenths(left)}" y="${tenths(top)}" width="${tenths(width)}" height="${tenths(height)}" rx="${tenths(Math.min(radius, width / 3, height / 3))}"/>`;
}
