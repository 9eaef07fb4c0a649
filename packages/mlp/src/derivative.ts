import { type Measured, difference, given, unit } from "./measured.ts";

/** One output of a network with about 32 digits, and what it leaves to 1 with the digits that the difference would lose. */
export interface PreciseOutput {
  readonly a: Measured;
  readonly rest: Measured;
  /** ln a and ln(1 - a). */
  logA(): Measured;
  logRest(): Measured;
}

/**
 * dC/da of one entry as left/a + right/(1 - a) + plain, because a σ′ that vanishes with a or 1 - a cancels the division. A part that is 0
 * is absent.
 */
export interface PreciseSlope {
  readonly left?: Measured | undefined;
  readonly right?: Measured | undefined;
  readonly plain?: Measured | undefined;
}

/** The textbook's dC/da of one entry, before the division that a cost's normalisation names. */
export interface Derivative {
  (a: number, y: number): number;
  /** The same with about 32 digits: the judge where doubles lose theirs. */
  readonly precise?: (output: PreciseOutput, y: number) => PreciseSlope;
}

/** A textbook's formula together with the same of about 32 digits: who exchanges one exchanges both. */
export function derivativeWith(formula: (a: number, y: number) => number, precise: (output: PreciseOutput, y: number) => PreciseSlope): Derivative {
  return Object.assign((a: number, y: number) => formula(a, y), { precise });
}

/** a - y, from the side on which less cancels. */
export function fromTarget({ a, rest }: PreciseOutput, y: number): Measured {
  return a.value[0] < 0.5 ? difference(a, given(y)) : difference(difference(unit, given(y)), rest);
}

/** s y, absent where y is 0: 0 ln 0 is 0. */
export function fromShare(s: 1 | -1, y: number): Measured | undefined {
  return y === 0 ? undefined : given(s * y);
}

/** s (1 - y), absent where y is 1. */
export function fromRest(s: 1 | -1, y: number): Measured | undefined {
  if (y === 1) return undefined;
  return s === 1 ? difference(unit, given(y)) : difference(given(y), unit);
}
