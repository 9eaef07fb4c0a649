import { indexAt } from "@nabla/autodiff/argument";

/** The scaled error up to which autodiff and a closed form agree. */
export const tolerance = 1e-12;

/** The entry at which two computations of one tensor differ most, relative to the closed form. */
export interface WorstEntry {
  readonly index: readonly number[];
  readonly tape: number;
  readonly closed: number;
  /** The closed form in double-double, rounded once; undefined where a part of it has none. */
  readonly precise: number | undefined;
  /** |tape - closed| / |closed|. */
  readonly relativeError: number;
  /** How many doubles lie between them. */
  readonly ulps: number;
}

/** Which computation lost digits: its own relative error against the closed form in double-double is above the tolerance somewhere. */
export type LostDigits = "neither" | "tape" | "closed form" | "both";

/** How far two computations of one tensor lie apart. */
export interface Residual {
  /** Infinity where one of them is NaN or infinite and the other is not the same. */
  readonly largestDifference: number;
  /** largest |difference| / largest finite |closed form| over the tensor. */
  readonly scaledError: number;
  /** Information: where they differ most elementwise; undefined where every entry is the same. */
  readonly worst: WorstEntry | undefined;
  /** Information: which of the two lost digits; undefined where every entry is the same, or where double-double has no form of it. */
  readonly lost: LostDigits | undefined;
  /**
   * Every entry of the tape is within the tolerance, of the tensor's largest entry, of the closed form in doubles or of the one in double-double.
   * NaN and Infinity are within nothing. undefined where no entry is wrong and of some nobody can tell: the closed form is NaN or infinite
   * there and double-double has none either, or terms cancel and the tape is off by no more than the rounding of those terms.
   */
  readonly agrees: boolean | undefined;
}

/** What a closed form of more digits says of one entry, and how many units of rounding doubles may be off that compute the same. */
export type Judge = (at: number) => { readonly value: number; readonly size: number } | undefined;

/** Four units of rounding for each of a running error bound: so far off may a program be that takes its steps in another order. */
const rounding = 2 ** -51;

/**
 * Compares a tensor by the tape with the same by a closed form, both flat and of a shape; `precise` gives an entry of the closed form in
 * double-double and is asked only where the two differ.
 */
export function residual(tape: ArrayLike<number>, closed: ArrayLike<number>, shape: readonly number[], precise: Judge): Residual {
  let [largestDifference, largestClosed] = [0, 0];
  // The same without the entries that differ: a closed form that broke sets no scale.
  let scale = 0;
  let [worst, worstError] = [-1, 0];
  const differing: (Entry & { readonly at: number })[] = [];
  for (let at = 0; at < closed.length; at++) {
    const [left, right] = [tape[at] ?? Number.NaN, closed[at] ?? Number.NaN];
    const size = Number.isFinite(right) ? Math.abs(right) : 0;
    largestClosed = Math.max(largestClosed, size);
    const error = relativeError(left, right);
    if (error <= tolerance) scale = Math.max(scale, size);
    else differing.push({ at, left, right, exact: precise(at) });
    if (left === right) continue;
    const apart = Math.abs(left - right);
    largestDifference = Math.max(largestDifference, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
    if (worst < 0 || error > worstError) [worst, worstError] = [at, error];
  }
  const scaledError = largestDifference === 0 ? 0 : largestDifference / largestClosed;
  for (const { right, exact } of differing) scale = Math.max(scale, Math.abs(exact?.value ?? (Number.isFinite(right) ? right : 0)));
  const verdicts = differing.map((entry) => judged(entry, scale));
  const [left, right] = [tape[worst] ?? Number.NaN, closed[worst] ?? Number.NaN];
  return {
    largestDifference,
    scaledError,
    worst:
      worst < 0
        ? undefined
        : {
            index: indexAt(worst, shape),
            tape: left,
            closed: right,
            precise: precise(worst)?.value,
            relativeError: worstError,
            ulps: ulps(left, right),
          },
    lost: worst < 0 ? undefined : lostDigits(differing),
    agrees: verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true,
  };
}

/** An entry at which the tape and the closed form differ, and what more digits say. */
interface Entry {
  readonly left: number;
  readonly right: number;
  readonly exact: ReturnType<Judge>;
}

/** Whether the tape is right there; undefined where its number is finite and nothing can tell. */
function judged({ left, right, exact }: Entry, scale: number): boolean | undefined {
  if (Math.abs(left - right) <= tolerance * scale) return true;
  if (exact === undefined) return Number.isFinite(right) || !Number.isFinite(left) ? false : undefined;
  const off = Math.abs(left - exact.value);
  if (off <= tolerance * scale) return true;
  return off <= rounding * exact.size ? undefined : false;
}

function lostDigits(differing: readonly Entry[]): LostDigits | undefined {
  let [tapeLost, closedLost] = [false, false];
  for (const { left, right, exact } of differing) {
    if (exact === undefined) return undefined;
    tapeLost ||= lostAt(left, exact);
    closedLost ||= lostAt(right, exact);
  }
  if (tapeLost) return closedLost ? "both" : "tape";
  return closedLost ? "closed form" : "neither";
}

/** Below the normal range a double has fewer digits to lose, and where terms cancel to 0 double-double keeps the last of its own. */
function lostAt(found: number, { value, size }: NonNullable<ReturnType<Judge>>): boolean {
  return !(Math.abs(found - value) <= tolerance * Math.abs(value) + 2 ** -1022 + 2 ** -96 * size);
}

/** |x - y| / |y|; Infinity where one of them is no number, or only y is 0. */
function relativeError(x: number, y: number): number {
  if (x === y) return 0;
  const error = Math.abs(x - y) / Math.abs(y);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** How many steps from double to double lead from x to y; +0 and -0 are one. NaN where one of them is none. */
export function ulps(x: number, y: number): number {
  return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : Math.abs(Number(rank(x) - rank(y)));
}

/** The place of a double among all doubles in order. */
function rank(x: number): bigint {
  const [bits = 0n] = new BigInt64Array(new Float64Array([x]).buffer);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}
