import { checkOptions } from "./options.ts";
import { type Key, checkKey, uniformBits } from "../random.ts";
import { checkArguments, type Shape, ShapeError, ValueError, checkFlag, checkShape, describe } from "../shape.ts";
import { type Tensor, showOperand } from "../tensor.ts";
import { broadcastPair } from "./broadcast.ts";
import { less } from "./comparison.ts";
import { take } from "./indexing.ts";
import { type Like, isNumbers, like } from "./like.ts";
import { permutation, uniform } from "./random.ts";

/**
 * 1 with the given probability and 0 else, entry by entry: u < p for uniform u. The probability may be a tensor that broadcasts to the shape.
 *
 * Derivative: 0, also by the probability: the draw is piecewise constant in it. Throws ValueError for a key that `randomKey` did not make
 * or a probability outside 0 to 1, ShapeError where the probabilities do not broadcast to the shape.
 *
 * @example
 * nested(bernoulli(randomKey(1), { shape: [4], probability: 0.3 })) // => [1, 0, 0, 0]
 */
export function bernoulli(key: Key, attrs: { readonly shape: Shape; readonly probability?: Like }): Tensor {
  checkArguments("bernoulli", 2, arguments);
  const { shape, probability = 0.5 } = checkOptions("bernoulli", attrs, ["shape", "probability"]);
  const p = like(probability, "bernoulli");
  const bad = p.data?.findIndex((each) => !(each >= 0 && each <= 1)) ?? -1;
  if (bad >= 0) throw new ValueError(`bernoulli: a probability lies between 0 and 1, got ${p.data?.[bad]} (entry ${bad}); divide counts by their sum`);
  const draws = uniform(checkKey("bernoulli", key), { shape: checkShape("bernoulli", shape) });
  const [u, chance] = broadcastPair("bernoulli", draws, p);
  if (u !== draws) throw new ShapeError(`bernoulli: the probabilities ${showOperand(p)} do not broadcast to the shape ${showOperand(draws)}`);
  return less(u, chance);
}

/** How entries are chosen. */
export interface ChoiceAttrs {
  readonly count: number;
  /** Whether an entry may be chosen again; true when absent. */
  readonly replace?: boolean;
  /** How likely each entry of axis 0 is, up to a common factor; all alike when absent. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Entries of x along axis 0, chosen at random: rows of a matrix, numbers of a vector. A whole number n stands for 0 to n - 1.
 *
 * Derivative: that of take, so chosen entries receive the adjoint. Throws ValueError for a key that `randomKey` did not make, more entries
 * than there are without replacement, weights of another length, negative, or all 0.
 *
 * @example
 * nested(choice(randomKey(1), 10, { count: 3 })) // => [1, 4, 5]
 * choice(randomKey(1), [5, 6, 7], { count: 3, replace: false }).data?.toSorted() // => [5, 6, 7]
 */
export function choice(key: Key, x: Like, attrs: ChoiceAttrs): Tensor {
  checkArguments("choice", 3, arguments);
  const { count, replace = true, weights } = checkOptions("choice", attrs, ["count", "replace", "weights"]);
  checkKey("choice", key);
  checkFlag("choice", "replace", replace);
  checkShape("choice", [count]);
  const from = typeof x === "number" ? like(Array.from({ length: checkShape("choice", [x])[0] as number }, (_, i) => i)) : like(x, "choice");
  const [n] = from.shape;
  if (n === undefined) throw new ShapeError(`choice(${showOperand(from)}): a scalar has no axis to choose along; give a vector, a matrix or a whole number`);
  const chances = weights === undefined ? undefined : checkWeights(weights, n);
  const possible = chances?.filter((each) => each > 0).length ?? n;
  if (count > 0 && (replace ? possible === 0 : count > possible))
    throw new ValueError(`choice(${showOperand(from)}): ${count} entries cannot be chosen from ${possible}${replace ? "" : " without replacement"}`);
  return take(from, { indices: chosen(key, n, count, replace, chances), axis: 0 });
}

function checkWeights(weights: ArrayLike<number>, n: number): readonly number[] {
  if (!Array.isArray(weights) && !isNumbers(weights)) throw new ValueError(`choice: weights are a list of numbers, got ${describe(weights)}`);
  const given = Array.from(weights);
  if (given.length !== n) throw new ValueError(`choice: ${n} entries need as many weights, got ${given.length}`);
  const bad = given.findIndex((each) => !(typeof each === "number" && each >= 0 && each < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw new ValueError(`choice: weight ${bad} is ${describe(given[bad])}; weights are finite numbers, 0 or more`);
  const top = given.reduce((most, each) => Math.max(most, each), 0);
  return top === 0 ? given : given.map((each) => each / top);
}

function chosen(key: Key, n: number, count: number, replace: boolean, weights: readonly number[] | undefined): number[] {
  if (weights === undefined && !replace) return Array.from(permutation(key, n).subarray(0, count));
  const draws = uniformBits(key, count);
  if (weights === undefined) return Array.from(draws, (draw) => Math.floor(draw * n));
  const sums = sumsOf(weights);
  return Array.from(draws, (draw) => {
    const at = position(sums, draw);
    if (!replace) drop(sums, at);
    return at;
  });
}

/** The weights, the sums of their pairs, of fours, eights and so on; the last is the total alone. */
type Sums = readonly Float64Array[];

function sumsOf(weights: readonly number[]): Sums {
  let level = Float64Array.from(weights);
  const sums = [level];
  while (level.length > 1) {
    const below = level;
    level = Float64Array.from({ length: Math.ceil(below.length / 2) }, (_, at) => pairSum(below, at));
    sums.push(level);
  }
  return sums;
}

function pairSum(below: Float64Array, at: number): number {
  return (below[2 * at] as number) + (below[2 * at + 1] ?? 0);
}

/** The entry into whose share of the total a draw from [0, 1) falls; never one of weight 0. */
function position(sums: Sums, draw: number): number {
  let target = draw * (sums.at(-1)?.[0] ?? 0);
  let at = 0;
  for (let depth = sums.length - 2; depth >= 0; depth--) {
    const level = sums[depth] as Float64Array;
    const first = level[2 * at] as number;
    // Sums are rounded: a target beyond all shares means the last that is not 0.
    const inFirst = target < first || (level[2 * at + 1] ?? 0) === 0;
    if (!inFirst) target -= first;
    at = 2 * at + (inFirst ? 0 : 1);
  }
  return at;
}

/** An entry that is gone. Its sums are added anew, since a subtraction would leave its rounding behind. */
function drop(sums: Sums, entry: number): void {
  let at = entry;
  (sums[0] as Float64Array)[at] = 0;
  for (let depth = 1; depth < sums.length; depth++) {
    at = Math.floor(at / 2);
    (sums[depth] as Float64Array)[at] = pairSum(sums[depth - 1] as Float64Array, at);
  }
}
