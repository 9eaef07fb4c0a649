import { type Cost, binaryCrossEntropy, quadratic } from "../../cost.ts";
import { type Sample, everyActivation, everyHidden } from "../sample.ts";
import { type Terms, crossEntropy, halfSquares } from "../tape.ts";
import { byCrossEntropy, bySquares } from "./equations.ts";

/** The networks of an equation that leaves the activation open: of widths that all differ, and the text's own. */
export const everyNetwork = (): Sample[] => [...everyActivation(), ...everyActivation({ sizes: [3, 5, 5, 3] })];

/** A cost of the text: for one sample as a sum of terms, and as the library's mean over samples. */
export interface TextCost {
  readonly name: string;
  readonly terms: Terms;
  readonly mean: Cost;
  /** ∂C/∂a of one output of one sample. */
  readonly byA: (a: number, y: number) => number;
  /** Networks whose outputs lie in its domain. */
  samples(): Sample[];
}

/** The costs of the text: (17) with any output, (19) with outputs between 0 and 1. */
export const costs: readonly TextCost[] = [
  { name: "(17)", terms: halfSquares, mean: quadratic, byA: bySquares, samples: everyNetwork },
  { name: "(19)", terms: crossEntropy, mean: binaryCrossEntropy, byA: byCrossEntropy, samples: () => everyHidden({ output: "sigmoid" }) },
];
