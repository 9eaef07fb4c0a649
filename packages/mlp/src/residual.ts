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
  readonly largestDifference: number;
  /** largest |difference| / largest finite |closed form| over the tensor: what decides. */
  readonly scaledError: number;
  /** Information: where they differ most elementwise; undefined where every entry is the same. */
  readonly worst: WorstEntry | undefined;
  /** Information: which of the two lost digits; undefined where every entry is the same, or where double-double has no form of it. */
  readonly lost: LostDigits | undefined;
  /**
   * No entry is NaN, nor infinite on one side alone; and the scaled error is within the tolerance, or the closed form alone lost digits, and the tape is within it of the
   * closed form in double-double.
   */
  readonly agrees: boolean;
}

/**
 * Compares a tensor by the tape with the same by a closed form, both flat and of a shape; `precise` gives an entry of the closed form in
 * double-double and is asked only where the two differ.
 */
export function residual(tape: ArrayLike<number>, closed: ArrayLike<number>, shape: readonly number[], precise: (at: number) => number | undefined): Residual {
  let difference = 0;
  let scale = 0;
  // No digits of double-double excuse NaN or an overflow on one side.
  let broken = false;
  let worst = -1;
  let worstError = 0;
  const differing: number[] = [];
  for (let at = 0; at < closed.length; at++) {
    const [left, right] = [tape[at] ?? Number.NaN, closed[at] ?? Number.NaN];
    if (Number.isFinite(right)) scale = Math.max(scale, Math.abs(right));
    if (left === right) continue;
    broken ||= !Number.isFinite(left) || !Number.isFinite(right);
    difference = Math.max(difference, Math.abs(left - right));
    const error = relativeError(left, right);
    if (worst < 0 || error > worstError) [worst, worstError] = [at, error];
    if (error > tolerance) differing.push(at);
  }
  const scaledError = difference === 0 ? 0 : difference / scale;
  if (worst < 0) return { largestDifference: difference, scaledError, worst: undefined, lost: undefined, agrees: scaledError <= tolerance };
  const [left, right] = [tape[worst] ?? Number.NaN, closed[worst] ?? Number.NaN];
  const lost = lostDigits(differing, tape, closed, precise);
  return {
    largestDifference: difference,
    scaledError,
    worst: { index: place(worst, shape), tape: left, closed: right, precise: precise(worst), relativeError: worstError, ulps: ulps(left, right) },
    lost,
    agrees: !broken && (scaledError <= tolerance || lost === "closed form"),
  };
}

function lostDigits(
  differing: readonly number[],
  tape: ArrayLike<number>,
  closed: ArrayLike<number>,
  precise: (at: number) => number | undefined,
): LostDigits | undefined {
  let [tapeLost, closedLost] = [false, false];
  for (const at of differing) {
    const exact = precise(at);
    if (exact === undefined) return undefined;
    tapeLost ||= lostAt(tape[at] ?? Number.NaN, exact);
    closedLost ||= lostAt(closed[at] ?? Number.NaN, exact);
  }
  if (tapeLost) return closedLost ? "both" : "tape";
  return closedLost ? "closed form" : "neither";
}

/** Below the normal range a double has fewer digits to lose. */
function lostAt(found: number, exact: number): boolean {
  return !(Math.abs(found - exact) <= tolerance * Math.abs(exact) + 2 ** -1022);
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

function place(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = at;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
