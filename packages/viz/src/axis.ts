import { DiagramError } from "./diagram-error.ts";

/** From data to pixels, with the values at which the axis is marked. */
export interface Axis {
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Where an axis lies: its data and its pixels, each from start to end. */
export interface Range {
  /** What it belongs to, for errors: `trainingCurve "digits"`. */
  readonly of: string;
  readonly data: readonly [low: number, high: number];
  readonly pixels: readonly [from: number, to: number];
}

/** Numbers beyond these leave no room to compute with. */
const [least, most] = [1e-300, 1e300];
/** Data that differ by a smaller share of their size are one value to the eye and to a number of 53 bits. */
const flat = 1e-12;

/** How an axis is marked. */
export interface Marking {
  /** About how many round marks. */
  readonly count: number;
  /** It ends at marks, else at the data. */
  readonly round: boolean;
  /** Its data are whole numbers, such as epochs, and so are its marks. */
  readonly whole?: boolean;
}

/** An even axis; data that are one value lie in its middle. Throws DiagramError for a range that has no round marks. */
export function evenAxis({ of, data: [low, high], pixels }: Range, { count, round, whole = false }: Marking): Axis {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const single = !(high - low > flat * size);
  const span = (single ? Math.abs(high) : high - low) || 1;
  if (!(size <= most && span >= least)) throw new DiagramError(`${of}: an axis from ${low} to ${high} cannot be drawn${advice}`);
  if (single && !round) return { at: between(pixels, () => 0.5), ticks: [{ value: low, text: tickText(low, decimalsWritten(low)) }] };
  const step = whole ? wholeStep(span / count) : niceStep(span / count);
  const room = single ? span / 2 : 0;
  const [start, end] = round ? [Math.floor((low - room) / step + 1e-9) * step, Math.ceil((high + room) / step - 1e-9) * step] : [low, high];
  const stop = end > start ? end : start + step;
  const first = Math.ceil(start / step - 1e-9);
  const decimals = decimalsOf(step);
  const ticks = Array.from({ length: Math.floor(stop / step + 1e-9) - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: tickText(value, decimals) };
  });
  return { at: between(pixels, (value) => (value - start) / (stop - start)), ticks };
}

const advice = `; its numbers may be up to ${most} in size, and ${least} apart: scale them`;

/**
 * An axis on which equal steps multiply, marked at 1, 2 and 5 times powers of ten, or at some of the powers where there are many. Throws
 * DiagramError for a range that has none.
 */
export function logarithmicAxis({ of, data: [low, high], pixels }: Range): Axis {
  if (!(low >= least && high <= most)) throw new DiagramError(`${of}: a logarithmic axis from ${low} to ${high} cannot be drawn${advice}`);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const round = powers.flatMap((power) => [1, 2, 5].map((multiple) => multiple * 10 ** power));
  const start = round.findLast((value) => value <= low * 1.0001) ?? low;
  const above = round.find((value) => value >= high * 0.9999 && value > start) ?? high;
  const stride = powers.length <= 8 ? 1 : wholeStep(powers.length / 8);
  const marks = powers.length <= 4 ? round : powers.filter((power) => power % stride === 0).map((power) => 10 ** power);
  const ticks = marks
    .filter((value) => value >= start * 0.9999 && value <= above * 1.0001)
    .map((value) => ({ value, text: tickText(value, Math.max(0, -Math.floor(Math.log10(value) + 1e-9))) }));
  const span = Math.log10(above) - Math.log10(start);
  return { at: between(pixels, (value) => (Math.log10(value) - Math.log10(start)) / span), ticks };
}

/** A number as a tick says it, up to the decimal given: very small and very large ones with a power of ten. */
export function tickText(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e-3 && (size < 1e6 || (decimals > 0 && size < 1e12))) return value.toFixed(Math.min(decimals, 16));
  const digits = decimals + Math.floor(Math.log10(size) + 1e-9);
  return value.toExponential(Math.min(14, Math.max(1, digits))).replace(/\.?0+e/, "e");
}

function between([from, to]: readonly [number, number], share: (value: number) => number): (value: number) => number {
  return (value) => from + share(value) * (to - from);
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= raw * (1 - 1e-9)) ?? 10);
}

/** The next of 1, 2, 5, 10 and on. */
function wholeStep(raw: number): number {
  const step = Math.max(1, niceStep(raw));
  return Number.isInteger(step) ? step : 2 * step;
}

/** Decimals in which a number is written, up to six. */
function decimalsWritten(value: number): number {
  return (/\.(\d+)$/.exec(String(Number(value.toPrecision(6))))?.[1] ?? "").length;
}

/** Decimals of a step: 0.25 has two. */
function decimalsOf(step: number): number {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const scaled = step * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled ? decimals : decimals + 1;
}
