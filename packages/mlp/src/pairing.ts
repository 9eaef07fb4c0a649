import { type ActivationFunction } from "./activation.ts";
import { type Cost } from "./cost.ts";

/** One row of the output delta by a short formula, before the cost's division. */
export type ShortDelta = (a: readonly number[], y: readonly number[]) => number[];

/** A cost and an output activation whose product dC/da σ′ collapses. */
export interface Pairing {
  readonly cost: string;
  readonly output: string;
  /** How the collapsed delta reads. */
  readonly rule: string;
  readonly delta: ShortDelta;
}

const difference: ShortDelta = (a, y) => a.map((each, j) => each - (y[j] ?? 0));

/** The pairs that textbooks collapse; only a pair, never a cost or an activation alone, owns a short delta. */
export const pairings: readonly Pairing[] = [
  { cost: "binaryCrossEntropy", output: "sigmoid", rule: "a - y", delta: difference },
  { cost: "logLikelihood", output: "sigmoid", rule: "y - a", delta: (a, y) => a.map((each, j) => (y[j] ?? 0) - each) },
  { cost: "quadratic", output: "identity", rule: "a - y", delta: difference },
  { cost: "sumOfSquares", output: "identity", rule: "a - y", delta: difference },
  {
    cost: "categoricalCrossEntropy",
    output: "softmax",
    rule: "a Σy - y",
    delta: (a, y) => {
      const total = y.reduce((sum, each) => sum + each, 0);
      return a.map((each, j) => each * total - (y[j] ?? 0));
    },
  },
];

/** The short delta of a cost over an output activation, if there is one. */
export function pairingOf(cost: Cost, output: ActivationFunction): Pairing | undefined {
  return pairings.find((pairing) => pairing.cost === cost.name && pairing.output === output.name);
}
