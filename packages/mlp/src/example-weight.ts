import { type Like, ShapeError, type Tensor, ValueError, tensor, values } from "@nabla/autodiff";
import { describe, indexAt } from "@nabla/autodiff/argument";
import { asTensor } from "./examples.ts";
import { type Labels, signs } from "./label.ts";

/** How much examples count: each for itself, or by its class. */
export interface Weighting {
  /** One number per example. */
  readonly sampleWeights?: Like;
  /**
   * One number per class: per output of one-hot targets, or for 0 and 1 of a single output. Where the cost's labels are `signs`, -1 stands
   * for 0: one number for -1 and one for 1, or per output of rows with a single 1.
   */
  readonly classWeights?: readonly number[];
}

/**
 * The weight [m] of each example, the product of both kinds; undefined where none is given. Soft targets weigh as their shares say.
 *
 * Throws ShapeError for another number of weights; ValueError for one below 0 or not finite, when all are 0, or for class weights of targets
 * that name no class: outside 0 to 1, or, of several outputs, rows that do not sum to 1.
 */
export function exampleWeights(caller: string, labels: Labels | undefined, y: Tensor, { sampleWeights, classWeights }: Weighting): Tensor | undefined {
  if (sampleWeights === undefined && classWeights === undefined) return undefined;
  const [m, n] = y.shape as readonly [number, number];
  const given = sampleWeights === undefined ? undefined : asTensor(caller, sampleWeights, "sampleWeights");
  if (given !== undefined && given.shape.join() !== String(m))
    throw new ShapeError(`${caller}: sampleWeights has shape [${given.shape.join(", ")}], want [${m}], one per example`);
  const classes = n === 1 ? 2 : n;
  if (classWeights !== undefined && !Array.isArray(classWeights))
    throw new ValueError(`${caller}: classWeights must be a list of ${classes} numbers, one per class, got ${describe(classWeights)}`);
  if (classWeights !== undefined && classWeights.length !== classes)
    throw new ShapeError(`${caller}: there are ${classes} classes and ${classWeights.length} class weights; give one per class`);
  const own = given === undefined ? new Float64Array(m).fill(1) : values(given);
  const shares = classWeights === undefined ? undefined : classShares(caller, labels, y);
  const byClass = (row: number): number => (classWeights ?? []).reduce((sum, weight, j) => sum + weight * (shares?.[row * classes + j] ?? 0), 0);
  const weights = shares === undefined ? own : own.map((weight, row) => weight * byClass(row));
  checkWeights(caller, weights);
  return tensor(weights);
}

/** How much of each example lies in each class, [m, classes] row by row. Throws ValueError for targets that say no such thing. */
function classShares(caller: string, labels: Labels | undefined, y: Tensor): Float64Array {
  const [m, n] = y.shape as readonly [number, number];
  const given = values(y);
  const targets = labels === signs ? given.map((entry) => (entry + 1) / 2) : given;
  const outside = targets.findIndex((entry) => !(entry >= 0 && entry <= 1));
  if (outside >= 0)
    throw new ValueError(
      `${caller}: classWeights need targets that name a class, 0 or 1 or a share between, and y[${indexAt(outside, y.shape).join("][")}] is ${given[outside]}; give sampleWeights, recode the targets, or take a cost whose labels are -1 and 1`,
    );
  if (n === 1) return Float64Array.from({ length: 2 * m }, (_, at) => (at % 2 === 0 ? 1 - (targets[at >> 1] ?? 0) : (targets[at >> 1] ?? 0)));
  for (let row = 0; row < m; row++) {
    const sum = targets.subarray(row * n, (row + 1) * n).reduce((total, entry) => total + entry, 0);
    // Shares in float32 sum to 1 within about 1e-7.
    if (Math.abs(sum - 1) > 1e-6)
      throw new ValueError(
        `${caller}: classWeights need one class per example, and the shares of row y[${row}], [${given.subarray(row * n, (row + 1) * n).join(", ")}], sum to ${sum}, not 1; give sampleWeights`,
      );
  }
  return targets;
}

/** Throws ValueError for a weight below 0 or not finite, or when all are 0: a mean divides by their sum. */
export function checkWeights(caller: string, weights: Float64Array): void {
  const bad = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad >= 0) throw new ValueError(`${caller}: example ${bad} has the weight ${weights[bad]}; a weight is a number of at least 0`);
  if (weights.every((weight) => weight === 0)) throw new ValueError(`${caller}: every weight is 0, so there is nothing to learn from`);
}
