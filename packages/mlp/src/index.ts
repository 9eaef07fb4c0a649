import { library } from "@nabla/autodiff/argument";

library((import.meta as { readonly url?: string }).url);

export { type Activation, type ActivationFunction, type ActivationName, activations, isElementwise } from "./activation.ts";
export { type CompareOptions, type Comparison, type ComparisonRow, type TapeDeltas, compare, tapeDeltas } from "./compare.ts";
export { comparisonMarkdown, comparisonTable } from "./comparison-table.ts";
export {
  type Cost,
  type CostName,
  type Normalisation,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  costs,
  logLikelihood,
  meanSquaredError,
  normalised,
  quadratic,
  sumOfSquares,
} from "./cost.ts";
export { type CustomCostOptions, costOfFormula, custom } from "./custom.ts";
export { type BackpropagateOptions, type ClosedForm, backpropagate } from "./delta/backpropagate.ts";
export { type Matrix } from "./delta/matrix.ts";
export { type FormName } from "./delta/forms.ts";
export { type Derivative, type PreciseOutput, type PreciseSlope } from "./derivative.ts";
export { type DoubleDouble } from "./double-double.ts";
export * as doubleDouble from "./double-double.ts";
export { type HomeworkOptions, type HomeworkReport, checkHomework } from "./homework/check.ts";
export { type Mistake } from "./homework/mistakes.ts";
export { type Judgement } from "./homework/judge.ts";
export { type Homework, type Orientation, type WeightOrder } from "./homework/read.ts";
export { homeworkMarkdown, homeworkText } from "./homework/report.ts";
export { type HomeworkRow } from "./homework/row.ts";
export { dropout } from "./dropout.ts";
export { type Explanation, explain } from "./explain.ts";
export { type Initialiser, type InitialiserName, gaussian, he, initialisers, lecun, orthogonal, xavier, zero } from "./initialiser.ts";
export { type Labels, anyNumber, signs, zeroToOne, zeroUp } from "./label.ts";
export { categoricalFocal, focal, kullbackLeibler, poisson } from "./likelihood.ts";
export { hinge, huber, quantile } from "./margin.ts";
export { type Measured } from "./measured.ts";
export { type Metric, type MetricName, accuracy, metrics } from "./metric.ts";
export { type Measure, type Minimised, type MinimiseOptions, minimise } from "./minimise.ts";
export { type Layer, type Network, type Parameters } from "./layer.ts";
export { type NetworkSpec, network, withParameters, withoutDropout } from "./network.ts";
export { example, layerName, namedParameters } from "./notation.ts";
export { type Pass, forward, predict } from "./pass.ts";
export { type PathSum, type WeightPath, pathCounts, pathSum } from "./paths.ts";
export { type PlainNetwork, plainNetwork } from "./plain-network.ts";
export { type Penalty } from "./penalty.ts";
export { type Pairing, type ShortDelta, pairings } from "./pairing.ts";
export { type LostDigits, type Residual, type WorstEntry } from "./residual.ts";
export { type EarlyStopping } from "./early-stopping.ts";
export { type Weighting } from "./example-weight.ts";
export { type Data } from "./examples.ts";
export { type Ending, type EpochScores, type Scores } from "./descent.ts";
export { type Epoch, type FitOptions, type Trained, fit } from "./train.ts";
export { summary } from "./summary.ts";
export { type WeightPlace, readWeight, withWeight } from "./weight.ts";
export { type TermwiseSpec, termwise } from "./term.ts";
export { type Objective, type ObjectiveExtra, type Penalties, objective } from "./objective.ts";
export { type Optimiser, type Update, chain, descend } from "./optimiser/transformation.ts";
export { type Schedule, cosineDecay, exponentialDecay, piecewise, warmUp } from "./optimiser/schedule.ts";
export { addDecayedWeights, clipByGlobalNorm, clipByValue, globalNorm, scale, scaleByLearningRate } from "./optimiser/scaling.ts";
export {
  type AdaGradScaling,
  type AdamScaling,
  type AdamState,
  type RmsScaling,
  type RmsState,
  scaleByAdaGrad,
  scaleByAdam,
  scaleByRms,
  trace,
} from "./optimiser/moment.ts";
export {
  type AdaGradOptions,
  type AdamOptions,
  type Rates,
  type RmsPropOptions,
  type SgdOptions,
  adaGrad,
  adam,
  adamW,
  rmsProp,
  sgd,
} from "./optimiser/recipe.ts";
export { type Comparison as RowComparison, type Curve, type Kind as RowKind, type Row, type Source, type Verdict } from "./textbooks/row.ts";
export { textbookRows } from "./textbooks/rows.ts";
export { type CheckedEquation, checkEquations } from "./textbooks/check.ts";
export { type EquationLine, equationLines, equationMarkdown, equationTable } from "./textbooks/equation-table.ts";
