import { type ActivationFunction, activations } from "./activation.ts";
import { type Cost, binaryCrossEntropy, categoricalCrossEntropy, logLikelihood, quadratic, sumOfSquares } from "./cost.ts";
import { type DoubleDouble, exactly, minus, negative, one, plus, times } from "./double-double.ts";

/** One row of the output delta by a short formula, before the cost's division. */
export type ShortDelta = (a: readonly number[], y: readonly number[]) => number[];

/** An activation and what it leaves to 1, of about 32 digits each. */
export interface Precise {
  readonly a: DoubleDouble;
  readonly rest: DoubleDouble;
}

/** A cost and an output activation whose product dC/da σ′ collapses. */
export interface Pairing {
  readonly cost: Cost;
  readonly output: ActivationFunction;
  /** How the collapsed delta reads. */
  readonly rule: string;
  /** The textbook's formula: at saturation its difference loses digits. */
  readonly delta: ShortDelta;
  /** Entry j of the same row with the digits of 1 - a. */
  precise(output: Precise, y: readonly number[], j: number): DoubleDouble;
}

const difference: ShortDelta = (a, y) => a.map((each, j) => each - (y[j] ?? 0));
const reversed: ShortDelta = (a, y) => a.map((each, j) => (y[j] ?? 0) - each);

/** a s - y, from the side on which nothing cancels. */
export function preciseDifference({ a, rest }: Precise, y: number, s: DoubleDouble): DoubleDouble {
  return a[0] < 0.5 ? minus(times(a, s), exactly(y)) : minus(minus(s, exactly(y)), times(rest, s));
}

const plain: Pairing["precise"] = (output, y, j) => preciseDifference(output, y[j] ?? 0, one);

/** The pairs that textbooks collapse; only a pair, never a cost or an activation alone, owns a short delta. */
export const pairings: readonly Pairing[] = [
  { cost: binaryCrossEntropy, output: activations.sigmoid, rule: "a - y", delta: difference, precise: plain },
  { cost: logLikelihood, output: activations.sigmoid, rule: "y - a", delta: reversed, precise: (...entry) => negative(plain(...entry)) },
  { cost: quadratic, output: activations.identity, rule: "a - y", delta: difference, precise: plain },
  { cost: sumOfSquares, output: activations.identity, rule: "a - y", delta: difference, precise: plain },
  {
    cost: categoricalCrossEntropy,
    output: activations.softmax,
    rule: "a Σy - y",
    delta: (a, y) => {
      const total = y.reduce((sum, each) => sum + each, 0);
      return a.map((each, j) => each * total - (y[j] ?? 0));
    },
    precise: (output, y, j) => preciseDifference(output, y[j] ?? 0, y.map(exactly).reduce(plus)),
  },
];

/**
 * The short delta of a cost over an output activation, if there is one. A pair is known by its derivative, not by its name: a cost of
 * somebody's own that happens to be called quadratic has none, a known one with another normalisation keeps it.
 */
export function pairingOf(cost: Cost, output: ActivationFunction): Pairing | undefined {
  return pairings.find((pairing) => pairing.cost.derivative === cost.derivative && pairing.output === output);
}
