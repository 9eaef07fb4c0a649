import { type Like, ShapeError, type Tensor, ValueError, tensor, values } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { asTensor } from "./examples.ts";

/** How much examples count: each for itself, or by its class. */
export interface Weighting {
  /** One number per example. */
  readonly sampleWeights?: Like;
  /** One number per class: per output of one-hot targets, or for 0 and 1 of a single output. */
  readonly classWeights?: readonly number[];
}

/**
 * The weight [m] of each example, the product of both kinds; undefined where none is given. Soft targets weigh as their shares say.
 *
 * Throws ShapeError for another number of weights, ValueError for one below 0 or not finite, or when all are 0.
 */
export function exampleWeights(caller: string, y: Tensor, { sampleWeights, classWeights }: Weighting): Tensor | undefined {
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
  const targets = values(y);
  const byClass = (row: number): number => {
    if (classWeights === undefined) return 1;
    if (n === 1) return (classWeights[0] ?? 0) * (1 - (targets[row] ?? 0)) + (classWeights[1] ?? 0) * (targets[row] ?? 0);
    return classWeights.reduce((sum, weight, j) => sum + weight * (targets[row * n + j] ?? 0), 0);
  };
  const weights = own.map((weight, row) => weight * byClass(row));
  checkWeights(caller, weights);
  return tensor(weights);
}

/** Throws ValueError for a weight below 0 or not finite, or when all are 0: a mean divides by their sum. */
export function checkWeights(caller: string, weights: Float64Array): void {
  const bad = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad >= 0) throw new ValueError(`${caller}: example ${bad} has the weight ${weights[bad]}; a weight is a number of at least 0`);
  if (weights.every((weight) => weight === 0)) throw new ValueError(`${caller}: every weight is 0, so there is nothing to learn from`);
}
