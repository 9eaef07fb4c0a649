/** A place on the page, in inches. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A label's box around its middle. */
export interface Seat extends Point {
  readonly width: number;
  readonly height: number;
}

/** A line that wants its label on it. */
export interface LabelledLine {
  readonly key: string;
  readonly start: Point;
  readonly end: Point;
  readonly text: string;
}

const height = 0.19;
/** Inches that a character takes at 11 points, and one above or below the line. */
const wide = 0.085;
const narrow = 0.056;
const broad = 0.125;

/** Where a label may sit along its line, best first: in the middle of level lines, before the crossing of the others. */
const level = [0.5, 0.4, 0.6, 0.32, 0.68];
const slanted = [0.32, 0.26, 0.4, 0.68, 0.74, 0.5, 0.6, 0.22, 0.78, 0.36, 0.64, 0.45, 0.55, 0.18, 0.82];

/** Seats for labels on straight lines, such that none covers another or a neuron where there is room for that. */
export function seatLabels(lines: readonly LabelledLine[], neurons: readonly Point[], diameter: number): Map<string, Seat> {
  const taken: Seat[] = neurons.map(({ x, y }) => ({ x, y, width: diameter, height: diameter }));
  const seats = new Map<string, Seat>();
  // Lines that fan out from or into one neuron do not cross.
  const fan = new Set(lines.filter((line) => lonely(line.start, lines, "start") || lonely(line.end, lines, "end")).map(({ key }) => key));
  for (const { key, start, end, text } of lines) {
    const shares = Math.abs(start.y - end.y) < 0.01 || fan.has(key) ? level : slanted;
    const candidates = shares.map((share): Seat => ({
      x: start.x + (end.x - start.x) * share,
      y: start.y + (end.y - start.y) * share,
      width: widthOf(text),
      height,
    }));
    let best: Seat | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const covered = taken.reduce((sum, seat) => sum + overlap(candidate, seat), 0);
      if (covered < least) [best, least] = [candidate, covered];
    }
    if (best === undefined) continue;
    seats.set(key, best);
    taken.push(best);
  }
  return seats;
}

/** Whether a line's end is the only one in its column. */
function lonely(point: Point, lines: readonly LabelledLine[], side: "start" | "end"): boolean {
  return lines.every((line) => line[side].x !== point.x || line[side].y === point.y);
}

function overlap(one: Seat, other: Seat): number {
  const across = (one.width + other.width) / 2 - Math.abs(one.x - other.x);
  const down = (one.height + other.height) / 2 - Math.abs(one.y - other.y);
  return across > 0 && down > 0 ? across * down : 0;
}

function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + widthOfOne(character), 0.1);
}

function widthOfOne(character: string): number {
  if (/[①-⑩]/u.test(character)) return broad;
  return /[\u2070-\u209C¹²³.,()\- ]/u.test(character) ? narrow : wide;
}
