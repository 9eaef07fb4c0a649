import { seatedLabels } from "./edge-labels.ts";

/** Further than this from its line, in points, a head looks lost. */
const longestGap = 0.5;

/**
 * What Graphviz draws of arrows, mended: an arrow between two boxes of one rank is straight and reaches its head, and labels stand on top of all
 * lines, in a halo of the page's colour, so that no line runs through them.
 */
export function mendedArrows(svg: string): string {
  const page = /<polygon fill="(#[0-9A-Fa-f]{6})"/.exec(svg)?.[1];
  const halo = page === undefined ? "" : ` stroke="${page}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
  const arrows: string[] = [];
  const mended = svg.replaceAll(/<g id="[^"]*" class="edge[^"]*">[\s\S]*?<\/g>/g, (edge) => {
    const arrow = joined(edge);
    arrows.push(arrow);
    return arrow.replaceAll(/<text [^>]*>[^<]*<\/text>\n?/g, "");
  });
  const labels = seatedLabels(mended, arrows, halo);
  const end = mended.lastIndexOf("</g>");
  return labels.length === 0 ? mended : `${mended.slice(0, end)}<g class="labels">\n${labels.join("")}</g>\n${mended.slice(end)}`;
}

/** Between boxes that stand this close, in points, an arrow is a straight line; a longer one may have to lead round a box. */
const longestStraight = 110;

/** An arrow whose line reaches its head. */
function joined(edge: string): string {
  const head = /<polygon [^>]*points="(\S+) (\S+) (\S+) \1"/.exec(edge);
  const line = / d="M([^C"]+)C[^"]* ([-\d.]+,[-\d.]+)"/.exec(edge);
  if (head === null || line === null) return edge;
  const [left, tip, right] = head.slice(1, 4).map(point) as [Point, Point, Point];
  // Within a rank, lines are drawn from head to tail as well.
  const ends = line.slice(1, 3).map(point) as [Point, Point];
  const isTurned = distance(ends[0], tip) < distance(ends[1], tip);
  const [start, end] = isTurned ? (ends.toReversed() as [Point, Point]) : ends;
  const base = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  if (distance(base, end) <= longestGap) return edge;
  if (distance(start, tip) > longestStraight)
    return isTurned
      ? edge.replace(/ d="M[^C]*C/, ` d="M${at(base)}C${at(base)} ${at(end)} ${at(end)} `)
      : edge.replace(/( d="[^"]*)"/, `$1 ${at(end)} ${at(base)} ${at(base)}"`);
  const [length, width, whole] = [distance(base, tip), distance(left, right) / 2, distance(start, tip)];
  const [alongX, alongY] = [(tip.x - start.x) / whole, (tip.y - start.y) / whole];
  const foot = { x: tip.x - alongX * length, y: tip.y - alongY * length };
  const [one, other] = [-width, width].map((side) => at({ x: foot.x + alongY * side, y: foot.y - alongX * side })) as [string, string];
  return edge
    .replace(/ d="[^"]*"/, ` d="M${at(start)}C${at(start)} ${at(foot)} ${at(foot)}"`)
    .replace(/ points="[^"]*"/, ` points="${one} ${at(tip)} ${other} ${one}"`);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
const at = ({ x, y }: Point): string => `${x.toFixed(2)},${y.toFixed(2)}`;

function point(text: string): Point {
  const [x = 0, y = 0] = text.split(",").map(Number);
  return { x, y };
}
