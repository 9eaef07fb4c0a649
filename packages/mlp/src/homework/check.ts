import { type Like, ValueError, isTensor } from "@nabla/autodiff";
import { checkChoice, checkOptions, describe } from "@nabla/autodiff/argument";
import { type Cost, type CostName, divisor } from "../cost.ts";
import { exerciseFor } from "../exercise.ts";
import { type Network } from "../layer.ts";
import { checkNumbers } from "../number.ts";
import { type Penalty, checkPenalty } from "../penalty.ts";
import { nearness } from "./matches.ts";
import { type Homework, type Orientation, type WeightOrder, read } from "./read.ts";
import { start } from "./start.ts";
import { type State } from "./state.ts";
import { type HomeworkRow, isWrong } from "./row.ts";
import { walk } from "./walk.ts";

/** What somebody's gradients say about how he computed them. */
export interface HomeworkReport {
  readonly cost: string;
  /** Everything that was handed in is right. */
  readonly agrees: boolean;
  /** The first wrong row, from the outputs backwards. */
  readonly first: HomeworkRow | undefined;
  /** From the outputs backwards; each is judged given his own δ of the layers above, so that a wrong one does not accuse those below. */
  readonly rows: readonly HomeworkRow[];
  /** The names of the mistakes in all rows and alternatives, each once. */
  readonly mistakes: readonly string[];
  /** Other ways to explain everything with as few mistakes: by rows. */
  readonly alternatives: readonly (readonly HomeworkRow[])[];
  /** Whether several explanations give the same numbers: mistakes that look alike, or one that changes nothing here, such as a missing 1/m where m is 1. */
  readonly undecidable: boolean;
  /** How the deltas were read: of the cost itself, or of each example alone, so that the mean stands in BP3 and BP4. */
  readonly deltas: "of the cost" | "per example";
  readonly examples: Orientation;
}

/** How to read somebody's gradients. */
export interface HomeworkOptions extends Penalty {
  /** His learning rate, to recognise weights that were updated too early; solved for when absent. */
  readonly learningRate?: number;
  /** "source first" where his weights are [n_in, n_out]. */
  readonly weights?: WeightOrder;
  /** How many digits his numbers have. */
  readonly precision?: "float64" | "float32";
}

/**
 * Checks somebody else's gradients: names the first wrong layer, from the outputs backwards, its equation, and the likely mistake, by trying
 * the known ones up to three at once. What no set of them explains is "unknown".
 *
 * Throws ShapeError for gradients that fit in neither orientation, ValueError when there are none, or for a learning rate that is not above 0.
 *
 * @example
 * checkHomework(network({ sizes: [1, 1], activations: ["identity"] }), "quadratic", [[1], [2]], [[5], [5]], { db: [[0]] }).mistakes // => ["never computed"]
 */
export function checkHomework(net: Network, cost: CostName | Cost, x: Like, y: Like, theirs: Homework, options: HomeworkOptions = {}): HomeworkReport {
  const {
    learningRate,
    precision = "float64",
    weights = "target first",
    ...penalty
  } = checkOptions("checkHomework", options, ["lambda", "lasso", "learningRate", "weights", "precision"]);
  checkChoice("checkHomework", "weights", weights, ["target first", "source first"]);
  checkChoice("checkHomework", "precision", precision, ["float64", "float32"]);
  checkPenalty("checkHomework", penalty);
  if (learningRate !== undefined) checkNumbers("checkHomework", "a number above 0", { learningRate });
  const { cost: chosen, x: data, y: targets } = exerciseFor("checkHomework", net, cost, x, y);
  if (typeof theirs !== "object" || theirs === null || Array.isArray(theirs) || isTensor(theirs))
    throw new ValueError(`checkHomework: give their numbers as { deltas, dW, db }, any of them with one entry per layer, got ${describe(theirs)}`);
  const shape = targets.shape as readonly [number, number];
  const readings = read(net, theirs, shape[0], weights);
  const givesDeltas = theirs.deltas?.some((each) => each !== undefined && each !== null) === true;
  const scales = givesDeltas ? [...new Set([1, divisor(chosen.normalisation, shape) === 1 ? 1 : shape[0]])] : [1];
  const base = start(net, chosen, data, targets, { penalty, learningRate });
  const walks = readings.flatMap(({ orientation, layers }) =>
    scales.map((scale) => ({ orientation, scale, states: walk({ ...base, scale, near: nearness[precision] }, layers) })),
  );
  // Whose output delta is right as ∂C/∂z of the whole cost does not mean it per example.
  const plain = walks.filter(
    ({ scale, states }) => scale === 1 && states[0]?.rows.find(({ quantity, verdict }) => quantity === "δ" && verdict !== "not given")?.verdict === "right",
  );
  const best = (plain.length > 0 ? plain : walks).reduce((least, each) => ((each.states[0]?.count ?? 0) < (least.states[0]?.count ?? 0) ? each : least));
  const [chosenState, ...others] = best.states as [State, ...State[]];
  const { rows } = chosenState;
  const wrong = rows.filter(isWrong);
  return {
    cost: chosen.name,
    agrees: wrong.length === 0,
    first: wrong[0],
    rows,
    mistakes: [...new Set(best.states.flatMap((each) => each.rows.filter(isWrong).flatMap(({ explanations }) => explanations.flat().map(({ name }) => name))))],
    alternatives: others.map((each) => each.rows),
    undecidable: others.length > 0 || rows.some(({ explanations, unseen }) => explanations.length > 1 || unseen.length > 0),
    deltas: best.scale === 1 ? "of the cost" : "per example",
    examples: best.orientation,
  };
}
