/** A place in a drawing, in points. */
interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A label of an arrow as Graphviz sets it: the middle of its baseline. */
interface Label extends Point {
  /** Which of the arrows it belongs to. */
  readonly arrow: number;
  readonly look: string;
  readonly text: string;
  readonly size: number;
}

/** Where a label may stand along its own line, best first. */
const shares = [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82];
/** Parts into which a curve is cut to see what it passes. */
const parts = 24;
/** Nobody finds the line of a label that is further away. */
const nearEnough = 6;
const rounds = 3;
/** A label that hides this much stays where it is: less than the end of one line. */
const tolerable = 1.5;

/**
 * The labels of arrows, as elements of an SVG document, in places where no other line, box or label is. Graphviz keeps labels clear of boxes, but lets
 * lines run through them, and sets some of them far from their own line. A label that stands well stays.
 */
export function seatedLabels(svg: string, arrows: readonly string[], halo: string): string[] {
  const lines = arrows.map(lineOf);
  const nodes = [...svg.matchAll(/<g id="[^"]*" class="node[^"]*">([\s\S]*?)<\/g>(?=\n(?:<!--|<\/g>))/g)];
  const boxes = [...nodes.flatMap(([, node = ""]) => boxesOf(node)), ...arrows.flatMap(headOf)];
  const page = around(pointsOf(/<polygon [^>]*points="([^"]*)"/.exec(svg)?.[1] ?? ""));
  const labels = arrows.flatMap(labelsOf);
  const seats: Point[] = [...labels];
  const places = labels.map(boxOf);
  const cost = (place: Box, at: number): number => {
    if (page !== undefined && outside(place, page)) return Number.POSITIVE_INFINITY;
    const { arrow } = labels[at] as Label;
    const passed = lines.reduce((sum, line, other) => (other === arrow ? sum : sum + line.filter((each) => inside(each, place)).length), 0);
    const hidden = boxes.reduce((sum, box) => sum + overlap(place, box), 0);
    const shared = places.reduce((sum, other, which) => (which === at ? sum : sum + overlap(place, other)), 0);
    const own = lines[arrow] ?? [];
    const away = own.reduce((least, each) => Math.min(least, gap(each, place)), Number.POSITIVE_INFINITY);
    return passed + hidden + shared + (own.length === 0 ? 0 : Math.max(0, away - nearEnough));
  };
  // Where one label makes room, another may find it in the next round.
  for (let round = 0; round < rounds; round++)
    labels.forEach((label, at) => {
      let least = cost(places[at] as Box, at);
      if (least <= tolerable) return;
      for (const seat of seatsAlong(lines[label.arrow] ?? [], label)) {
        const place = boxOf({ ...label, ...seat });
        const price = cost(place, at);
        if (price < least - 0.5) [least, seats[at], places[at]] = [price, seat, place];
      }
    });
  return labels.map(({ look, text }, at) => {
    const { x, y } = seats[at] as Point;
    const moved = look.replace(/ x="[^"]*"/, ` x="${rounded(x)}"`).replace(/ y="[^"]*"/, ` y="${rounded(y)}"`);
    return `<text${moved}${halo}>${text}</text>\n`;
  });
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

function labelsOf(arrow: string, at: number): Label[] {
  return [...arrow.matchAll(/<text( [^>]*)>([^<]*)<\/text>/g)].map(([, look = "", text = ""]) => {
    const number = (name: string): number => Number(new RegExp(` ${name}="([^"]*)"`).exec(look)?.[1] ?? 0);
    // Graphviz writes the second of two spaces as an entity.
    return { arrow: at, look, text: text.replaceAll("&#160;", " ").trim(), x: number("x"), y: number("y"), size: number("font-size") };
  });
}

/** What the letters of a label cover. */
function boxOf({ x, y, size, text }: Omit<Label, "arrow" | "look">): Box {
  const letters = [...text.replaceAll(/&[^;]*;/g, "x")].length;
  const half = (letters * 0.56 * size) / 2 + 1;
  return { left: x - half, right: x + half, top: y - 0.8 * size, bottom: y + 0.2 * size };
}

/** Above, below and on the line, and at both sides of it where it is steep. */
function seatsAlong(line: readonly Point[], label: Label): Point[] {
  const { left, right } = boxOf(label);
  const side = (right - left) / 2 + 4;
  return shares.flatMap((share): Point[] => {
    const at = line[Math.round(share * (line.length - 1))];
    if (at === undefined) return [];
    const middle = at.y + 0.3 * label.size;
    return [
      { x: at.x, y: at.y - 3 },
      { x: at.x, y: at.y + label.size },
      { x: at.x, y: middle },
      { x: at.x + side, y: middle },
      { x: at.x - side, y: middle },
    ];
  });
}

/** Points along the curve of an arrow and of its head. */
function lineOf(arrow: string): Point[] {
  const [start, ...rest] = pointsOf(/<path [^>]* d="([^"]*)"/.exec(arrow)?.[1] ?? "");
  if (start === undefined) return [];
  const curve = [start];
  for (let at = 0; at + 2 < rest.length; at += 3) {
    const [from, one, two, to] = [curve.at(-1), rest[at], rest[at + 1], rest[at + 2]] as [Point, Point, Point, Point];
    for (let part = 1; part <= parts; part++) curve.push(bezier(from, one, two, to, part / parts));
  }
  return curve;
}

function bezier(from: Point, one: Point, two: Point, to: Point, t: number): Point {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: a * from.x + b * one.x + c * two.x + d * to.x, y: a * from.y + b * one.y + c * two.y + d * to.y };
}

/** The tip of an arrow. */
function headOf(arrow: string): Box[] {
  const tip = around(pointsOf(/<polygon [^>]*points="([^"]*)"/.exec(arrow)?.[1] ?? ""));
  return tip === undefined ? [] : [tip];
}

/** The outline of a box, and the words that stand beside it. */
function boxesOf(node: string): Box[] {
  const outline = around([...node.matchAll(/ (?:d|points)="([^"]*)"/g)].flatMap(([, text = ""]) => pointsOf(text)));
  const words = labelsOf(node, 0).map(({ look, ...label }) => boxOf(look.includes('text-anchor="start"') ? { ...label, x: label.x + startOf(label) } : label));
  return [...(outline === undefined ? [] : [outline]), ...words.filter((word) => outline === undefined || outside(word, outline))];
}

const startOf = (label: Omit<Label, "arrow" | "look">): number => (boxOf(label).right - boxOf(label).left) / 2;

function pointsOf(text: string): Point[] {
  return [...text.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

function around(points: readonly Point[]): Box | undefined {
  if (points.length === 0) return undefined;
  const [first] = points as [Point];
  return points.reduce<Box>(
    ({ left, top, right, bottom }, { x, y }) => ({ left: Math.min(left, x), top: Math.min(top, y), right: Math.max(right, x), bottom: Math.max(bottom, y) }),
    { left: first.x, right: first.x, top: first.y, bottom: first.y },
  );
}

const inside = ({ x, y }: Point, { left, top, right, bottom }: Box): boolean => x > left && x < right && y > top && y < bottom;
const outside = (box: Box, page: Box): boolean => box.left < page.left || box.right > page.right || box.top < page.top || box.bottom > page.bottom;
const gap = ({ x, y }: Point, { left, top, right, bottom }: Box): number => Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));

function overlap(one: Box, other: Box): number {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 0 && down > 0 ? across * down : 0;
}
