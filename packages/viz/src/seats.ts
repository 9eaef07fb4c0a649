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
const level = [0.5, 0.45, 0.55, 0.4, 0.6, 0.36, 0.64, 0.32, 0.68, 0.28, 0.72, 0.24, 0.76];
const slanted = [0.32, 0.29, 0.26, 0.36, 0.4, 0.68, 0.71, 0.74, 0.64, 0.6, 0.5, 0.45, 0.55, 0.23, 0.77, 0.2, 0.8, 0.17, 0.83, 0.14, 0.86];

/** Square inches of covered text that are as bad as another line that is hidden. */
const hiddenLine = 0.002;
/** Steps in which a line is looked at. */
const steps = 60;
/** Rounds of taking the best seats: where one label makes room, another may find it in the next. */
const rounds = 3;

/**
 * Seats for labels on straight lines, such that none covers another or one of the things given where there is room for that, and that few other
 * lines pass behind it.
 */
export function seatLabels(lines: readonly LabelledLine[], things: readonly Seat[]): Map<string, Seat> {
  const seats = new Map<string, Seat>();
  // Lines that fan out from or into one neuron do not cross.
  const fan = new Set(lines.filter((line) => lonely(line.start, lines, "start") || lonely(line.end, lines, "end")).map(({ key }) => key));
  const along = (start: Point, end: Point, share: number): Point => ({ x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share });
  const points = lines.map(({ start, end }) => Array.from({ length: steps + 1 }, (_, step) => along(start, end, step / steps)));
  for (let round = 0; round < rounds; round++)
    lines.forEach(({ key, start, end, text }, at) => {
      const shares = Math.abs(start.y - end.y) < 0.01 || fan.has(key) ? level : slanted;
      const others = [...things, ...[...seats].flatMap(([owner, seat]) => (owner === key ? [] : [seat]))];
      const costs = shares.map((share): readonly [seat: Seat, cost: number] => {
        const seat = { ...along(start, end, share), width: widthOf(text), height };
        const covered = others.reduce((sum, other) => sum + overlap(seat, other), 0);
        const passed = points.filter((line, which) => which !== at && line.some((point) => isInside(point, seat))).length;
        return [seat, covered + passed * hiddenLine];
      });
      const [best] = costs.reduce((least, each) => (each[1] < least[1] - 1e-9 ? each : least));
      seats.set(key, best);
    });
  return seats;
}

const isInside = ({ x, y }: Point, seat: Seat): boolean => Math.abs(x - seat.x) < seat.width / 2 && Math.abs(y - seat.y) < seat.height / 2;

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
