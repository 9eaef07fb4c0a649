import { type ActivationFunction, activations } from "./activation.ts";
import { type Cost, binaryCrossEntropy, categoricalCrossEntropy, logLikelihood, quadratic, sumOfSquares } from "./cost.ts";

/** One row of the output delta by a short formula, before the cost's division. */
export type ShortDelta = (a: readonly number[], y: readonly number[]) => number[];

/** A cost and an output activation whose product dC/da σ′ collapses. */
export interface Pairing {
  readonly cost: Cost;
  readonly output: ActivationFunction;
  /** How the collapsed delta reads. */
  readonly rule: string;
  /** The textbook's formula: at saturation its difference loses digits. */
  readonly delta: ShortDelta;
}

const difference: ShortDelta = (a, y) => a.map((each, j) => each - (y[j] ?? Number.NaN));
const reversed: ShortDelta = (a, y) => a.map((each, j) => (y[j] ?? Number.NaN) - each);

/** The pairs that textbooks collapse; only a pair, never a cost or an activation alone, owns a short delta. */
export const pairings: readonly Pairing[] = [
  { cost: binaryCrossEntropy, output: activations.sigmoid, rule: "a - y", delta: difference },
  { cost: logLikelihood, output: activations.sigmoid, rule: "y - a", delta: reversed },
  { cost: quadratic, output: activations.identity, rule: "a - y", delta: difference },
  { cost: sumOfSquares, output: activations.identity, rule: "a - y", delta: difference },
  {
    cost: categoricalCrossEntropy,
    output: activations.softmax,
    rule: "a Σy - y",
    delta: (a, y) => {
      const total = y.reduce((sum, each) => sum + each, 0);
      return a.map((each, j) => each * total - (y[j] ?? Number.NaN));
    },
  },
];

/**
 * The short delta of a cost over an output activation, if there is one. A pair is known by its derivative, not by its name: a cost of
 * somebody's own that happens to be called quadratic has none, a known one with another normalisation keeps it.
 */
export function pairingOf(cost: Cost, output: ActivationFunction): Pairing | undefined {
  return pairings.find((pairing) => pairing.cost.derivative === cost.derivative && pairing.output === output);
}
