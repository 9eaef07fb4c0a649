export { type Activation, type ActivationFunction, type ActivationName, activations } from "./activation.ts";
export { type CompareOptions, type Comparison, type ComparisonRow, type TapeDeltas, compare, tapeDeltas } from "./compare.ts";
export { comparisonMarkdown, comparisonTable } from "./comparison-table.ts";
export {
  type Cost,
  type CostName,
  type Normalisation,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  costs,
  custom,
  logLikelihood,
  quadratic,
  sumOfSquares,
} from "./cost.ts";
export { type BackpropagateOptions, type ClosedForm, backpropagate } from "./delta/backpropagate.ts";
export { type FormName } from "./delta/forms.ts";
export { type DoubleDouble } from "./double-double.ts";
export * as doubleDouble from "./double-double.ts";
export { type Explanation, explain } from "./explain.ts";
export { type HomeworkOptions, type HomeworkReport, checkHomework } from "./homework/check.ts";
export { type Mistake } from "./homework/mistakes.ts";
export { type Homework } from "./homework/read.ts";
export { homeworkMarkdown, homeworkText } from "./homework/report.ts";
export { type HomeworkRow } from "./homework/walk.ts";
export { type Initialiser, he, lecun, xavier, zero } from "./initialiser.ts";
export { accuracy } from "./metric.ts";
export {
  type Layer,
  type Network,
  type NetworkSpec,
  type Parameters,
  type Pass,
  example,
  forward,
  layerName,
  namedParameters,
  network,
  predict,
  withParameters,
} from "./network.ts";
export { type Pairing, pairings } from "./pairing.ts";
export { type Data, type Epoch, type FitOptions, type Trained, fit } from "./train.ts";
export { type Objective, objective } from "./objective.ts";
export { type LostDigits, type Residual, type WorstEntry } from "./residual.ts";
export { type Optimiser, type Update } from "./optimiser/optimiser.ts";
export { type AdaGradOptions, type AdaGradState, type RmsPropOptions, type RmsPropState, adaGrad, rmsProp } from "./optimiser/adaptive.ts";
export { type AdamOptions, type AdamState, adam, adamW } from "./optimiser/adam.ts";
export { type SgdOptions, sgd } from "./optimiser/sgd.ts";
