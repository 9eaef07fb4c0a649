import { type DotOptions, toDot } from "../dot.ts";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { DiagramError } from "../diagram-error.ts";
import { type NetworkDiagram } from "../network-diagram.ts";
import { markup } from "../escape.ts";
import { toSvg } from "../render.ts";
import { withoutRemedy } from "../remedy.ts";
import { type Look } from "./shell.ts";

/** What the drawings of a page look like, each look said once. */
export interface Palette {
  readonly look: Look;
  /** Colours of both themes, by the name of a CSS variable. */
  readonly names: Map<string, string>;
  /** Declarations of CSS, by the name of a class. */
  readonly looks: Map<string, string>;
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
  /** Its name where it is a fold that can be opened. */
  readonly fold?: string;
}

/**
 * A picture as an SVG whose colours follow the theme: its text in both differs in nothing but colours, and each pair becomes one variable. Boxes and arrows carry what the script needs, and no ids, since a page has several drawings.
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
  const painted = new Map<string, string>();
  const dot = inBoth(toDot(drawn, { theme: palette.look.day, direction }), toDot(drawn, { theme: palette.look.night, direction }), (day, night) => {
    const pair = `${day},${night}`;
    const paint = painted.get(pair) ?? `#${(firstPaint + painted.size).toString(16)}`;
    painted.set(pair, paint);
    return paint;
  });
  const pairs = new Map([...painted].map(([pair, paint]) => [paint, pair]));
  const both = (await toSvg(dot, alternative)).replaceAll(
    /(fill|stroke)="(#[0-9a-f]{6})"/g,
    (_, attribute: string, paint: string) => `${attribute}="${variable(palette, pairs.get(paint) ?? paint)}"`,
  );
  const known = new Map(boxes.map((box) => [`b${box.key}`, box]));
  const bare = shorter(both)
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .replaceAll(/ (xml:space|font-family|xmlns:xlink)="[^"]*"/g, "")
    .replaceAll(/<g id="[^"]*" class="(node|edge)([^"]*)">\s*<title>([^<]*)<\/title>/g, (_, kind: string, more: string, title: string) => {
      if (kind === "node") return nodeTag(known.get(title));
      const ends = [...title.matchAll(/b(\d+)(?=:|&|$)/g)].map(([, key]) => Number(key));
      // What is drawn with its head at the start begins at the gradient that it ends in.
      return edgeTag(more.includes("backward") ? ends.toReversed() : ends);
    })
    .replaceAll(/<g id="[^"]*"><a[^>]*>/g, "<g>")
    .replaceAll("</a>", "")
    .replaceAll(/<g id="[^"]*" class="([^"]*)"([^>]*)>\s*<title>[^<]*<\/title>/g, '<g class="$1"$2>')
    .replaceAll("&#160;", " ")
    .replaceAll("&#45;", "-");
  const whole = /viewBox="([^"]*)"/.exec(bare)?.[1] ?? "0 0 1 1";
  return gathered(tight(dressed(bare, palette)))
    .replace(/^<svg width="[^"]*" height="[^"]*"/, `<svg data-whole="${whole}"`)
    .replace('role="img"', 'role="img" tabindex="-1"');
}

/** The first of the colours that stand for pairs, none of which has a name that Graphviz would write instead. */
const firstPaint = 0xa10001;

/** The text of a picture with one colour in place of each pair of those that it has by day and by night: it differs in nothing else. */
function inBoth(day: string, night: string, paint: (day: string, night: string) => string): string {
  const colours = /(?<=\b(?:COLOR|BGCOLOR|color|fontcolor|fillcolor|bgcolor)=")#[0-9A-Fa-f]{6}(?=")/g;
  const nights = day === night ? [] : [...night.matchAll(colours)];
  let at = 0;
  const both = day.replaceAll(colours, (colour) => paint(colour, nights[at++]?.[0] ?? colour));
  if (nights.length > 0 && at !== nights.length)
    throw new DiagramError("the light and the dark picture differ in more than colours; please report this picture");
  return both;
}

function variable({ names }: Palette, pair: string): string {
  const name = names.get(pair) ?? `--c${names.size}`;
  names.set(pair, name);
  return `var(${name})`;
}

/** The palette as rules of CSS. */
export function paletteRules({ names, looks }: Palette): string {
  const colours = [...names].map(([pair, name]) => `${name}:light-dark(${pair})`).join(";");
  return `:root{${colours}}\n${[...looks].map(([look, name]) => `.${name}{${look}}`).join("")}\n`;
}

const worn = "fill|stroke|stroke-width|stroke-linejoin|paint-order|stroke-dasharray|font-size|font-weight|font-style|text-decoration";

/** The shapes of a drawing with a class in place of what they look like. */
function dressed(svg: string, { looks }: Palette): string {
  return svg.replaceAll(/<(path|rect|polygon|polyline|ellipse|line|text)( [^>]*?)(\/?)>/g, (_, tag: string, attributes: string, end: string) => {
    const declarations: string[] = [];
    const rest = attributes.replaceAll(new RegExp(` (${worn})="([^"]*)"`, "g"), (_whole, property: string, value: string) => {
      const pixels = /size|width|dash/.test(property) ? value.replaceAll(/[\d.]+/g, "$&px") : value;
      if (`${property}:${value}` !== "stroke:none") declarations.push(`${property}:${pixels}`);
      return "";
    });
    if (declarations.length === 0) return `<${tag}${rest}${end}>`;
    const look = declarations.toSorted().join(";");
    const name = looks.get(look) ?? `l${looks.size}`;
    looks.set(look, name);
    return `<${tag} class="${name}"${rest}${end}>`;
  });
}

/**
 * A box with its shapes before its texts, which stand on them, and neighbours of one look as one path, without rectangles on others of their look. Its
 * points are counted from its corner, which takes fewer digits.
 */
function gathered(svg: string): string {
  return svg.replaceAll(/(<g class="node"[^>]*)>((?:<(?:path|rect|text) [^>]*>(?:[^<]*<\/text>)?)*)<\/g>/g, (whole, tag: string, inside: string) => {
    const corner = /<rect [^>]*x="([^"]+)" y="([^"]+)"/.exec(inside)?.slice(1).map(Number);
    const parts = inside.match(/<(?:path|rect) [^>]*>|<text [^>]*>[^<]*<\/text>/g) ?? [];
    const [x, y] = corner ?? [];
    // A curve says its own points from where it begins.
    if (x === undefined || y === undefined || /d="[^"]*c/.test(inside)) return whole;
    const shapes = uncovered(parts.filter((part) => !part.startsWith("<text")));
    const texts = parts.filter((part) => part.startsWith("<text"));
    const joined = shapes.join("").replaceAll(/(<path class="(\w+)" d="[^"]*)"\/>(?:<path class="\2" d="[^"]*"\/>)+/g, together);
    return `${tag} transform="translate(${x} ${y})">${moved(joined + texts.join(""), x, y)}</g>`;
  });
}

const together = (paths: string, first: string): string => `${first}${[...paths.slice(first.length).matchAll(/d="([^"]*)"/g)].map(([, d]) => d).join("")}"/>`;

/** Shapes without the rectangles that lie in one of the same look. */
function uncovered(shapes: readonly string[]): string[] {
  const seen: { readonly look: string; readonly sides: readonly number[] }[] = [];
  return shapes.filter((shape) => {
    const [, look = "", ...corners] = /^<path class="(\w+)" d="M([\d.-]+),([\d.-]+)V([\d.-]+)H([\d.-]+)V\3z"\/>$/.exec(shape) ?? [];
    if (look === "") return true;
    const [left = 0, bottom = 0, top = 0, right = 0] = corners.map(Number);
    const hidden = seen.some(({ look: other, sides: [l = 0, t = 0, r = 0, b = 0] }) => other === look && l <= left && t <= top && right <= r && bottom <= b);
    if (!hidden) seen.push({ look, sides: [left, top, right, bottom] });
    return !hidden;
  });
}

/** Shapes and texts, counted from a point. */
function moved(inside: string, x: number, y: number): string {
  const by = (number: string, origin: number): string => String(Number((Number(number) - origin).toFixed(1)));
  return inside
    .replaceAll(/ (x|y)="([^"]*)"/g, (_, axis: string, at: string) => ` ${axis}="${by(at, axis === "x" ? x : y)}"`)
    .replaceAll(/ d="([^"]*)"/g, (_, path: string) => {
      const points = path
        .replaceAll(/(-?[\d.]+),(-?[\d.]+)/g, (_pair, across: string, down: string) => `${by(across, x)},${by(down, y)}`)
        .replaceAll(/(V|H)(-?[\d.]+)/g, (_line, way: string, at: string) => `${way}${by(at, way === "H" ? x : y)}`);
      return ` d="${points}"`;
    });
}

/** Without spaces that nobody sees, and without groups that group nothing. */
function tight(svg: string): string {
  return svg.replaceAll(/>\s+</g, "><").replaceAll(/<g>((?:<(?!\/?g\b)[^>]*>[^<]*)*)<\/g>/g, "$1");
}

/** What is no box of the picture, such as an ellipsis, carries nothing. */
const nodeTag = (box: Marked | undefined): string => (box === undefined ? '<g class="part">' : `<g class="node" data-key="${box.key}"${folded(box)}>`);

/** A box that stands for itself has its own number in both places. */
const folded = ({ key, holds, card, fold }: Marked): string =>
  (holds.length === 1 && holds[0] === key ? "" : ` data-holds="${ranges(holds)}"`) +
  (card === key ? "" : ` data-card="${card}"`) +
  (fold === undefined ? "" : ` data-fold="" role="button" aria-label="${markup(fold)}"`);

/** `3 7-12`. */
function ranges(numbers: readonly number[]): string {
  const parts: (readonly [first: number, last: number])[] = [];
  for (const each of numbers) {
    const [first, last] = parts.at(-1) ?? [each, each];
    if (parts.length > 0 && each === last + 1) parts[parts.length - 1] = [first, each];
    else parts.push([each, each]);
  }
  return parts.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(" ");
}

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
  return {
    ...picture,
    title,
    subtitle: withoutRemedy(picture.subtitle),
    nodes,
    edges: picture.edges.map((edge) => ({ ...edge, from: of(edge.from), to: of(edge.to) })),
  };
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
    .replaceAll(/<polygon ([^>]*?) points="([^\s,]+),([^\s,]+) \2,([^\s,]+) ([^\s,]+),\4 \5,\3 \2,\3"\/>/g, '<path $1 d="M$2,$3V$4H$5V$3z"/>')
    .replaceAll(/<polygon ([^>]*?) points="([^\s"]+) ([^"]+) \2"\/>/g, '<path $1 d="M$2 $3z"/>')
    .replaceAll(/<polyline ([^>]*?) points="([^"]+)"\/>/g, '<path $1 d="M$2"/>')
    .replaceAll(/ d="M([^\sCz]+)C([^"]+)"/g, (_, start: string, curve: string) => ` d="M${start}c${relative(start, curve)}"`);
}

/** The points of a curve from where each of its parts begins, which takes fewer digits. */
function relative(start: string, curve: string): string {
  const numbers = (text: string): number[] => text.split(",").map(Number);
  let at = numbers(start);
  return curve
    .split(" ")
    .map((point, position) => {
      const to = numbers(point);
      const step = to.map((each, axis) => Number((each - (at[axis] ?? 0)).toFixed(1)));
      if (position % 3 === 2) at = to;
      return step.join();
    })
    .join(" ");
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
