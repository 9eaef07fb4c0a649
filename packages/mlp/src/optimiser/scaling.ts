import { type Tree, add, clip as clipped, div, item, mul, norm, treeMap, treeZip } from "@nabla/autodiff";
import { checkFunction, checkOptions } from "@nabla/autodiff/argument";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { leavesOf } from "../leaves.ts";
import { checkNumbers } from "../number.ts";
import { type Optimiser, checkState, stateless } from "./transformation.ts";

/**
 * Times a constant; -η as the last of a chain goes downhill.
 *
 * Throws ValueError for a factor that is not finite.
 *
 * @example
 * scale(-0.1).update(tensor(2), undefined, tensor(0)).updates // => -0.2
 */
export function scale(factor: number): Optimiser {
  checkNumbers("scale", "a finite number", { "the factor": factor });
  return stateless("scale", (gradient) => treeMap(gradient, (g) => mul(factor, g)));
}

/**
 * Times -η, with η a number or a schedule of the updates so far.
 *
 * Throws ValueError for a learning rate that is not above 0.
 *
 * @example
 * scaleByLearningRate((step) => 1 / (step + 1)).update(tensor(2), { steps: 1 }, tensor(0)).updates // => -1
 */
export function scaleByLearningRate(learningRate: number | Schedule): Optimiser<{ readonly steps: number }> {
  return downhill("scaleByLearningRate", learningRate);
}

/** `scaleByLearningRate` as a part of what errors call `caller`. */
export function downhill(caller: string, learningRate: number | Schedule): Optimiser<{ readonly steps: number }> {
  const schedule = scheduleOf(caller, learningRate);
  return {
    name: "scaleByLearningRate",
    init: () => ({ steps: 0 }),
    update: (gradient, state) => {
      checkState(caller, state, ["steps"]);
      const { steps } = state;
      const factor = -schedule(steps);
      return { updates: treeMap(gradient, (g) => mul(factor, g)), state: { steps: steps + 1 } };
    },
  };
}

/**
 * g + decay p: L2 decay as part of the gradient. On every parameter, weights and biases alike, or `only` on those whose path is chosen.
 *
 * Throws ValueError for a decay that is not a number of at least 0.
 *
 * @example
 * addDecayedWeights(0.5).update(tensor(1), undefined, tensor(2)).updates // => 2
 * addDecayedWeights(0.5, { only: (path) => path.endsWith("W") }).update({ b: tensor(1) }, undefined, { b: tensor(2) }).updates.b // => 1
 */
export function addDecayedWeights(decay: number, options: { readonly only?: (path: string) => boolean } = {}): Optimiser {
  checkNumbers("addDecayedWeights", "a number of at least 0", { "the weight decay": decay });
  const { only } = checkOptions("addDecayedWeights", options, ["only"]);
  if (only !== undefined) checkFunction("addDecayedWeights, only", only);
  return stateless("addDecayedWeights", (gradient, parameters) =>
    decay === 0 ? gradient : treeZip(gradient, parameters, (g, p, path) => (only?.(path) === false ? g : add(g, mul(decay, p)))),
  );
}

/**
 * Shrinks all together when their norm is above `most`, so that it is `most`; the direction stays. Source: Pascanu, Mikolov, Bengio 2013.
 *
 * Throws ValueError for a bound that is not above 0.
 *
 * @example
 * clipByGlobalNorm(1).update({ w: tensor([3, 4]) }, undefined, { w: tensor([0, 0]) }).updates.w // => [0.6, 0.8]
 */
export function clipByGlobalNorm(most: number): Optimiser {
  checkNumbers("clipByGlobalNorm", "a number above 0", { "the bound": most });
  return stateless("clipByGlobalNorm", (gradient) => {
    const size = globalNorm(gradient);
    // g / size first: most / size may be too small for a double.
    return size > most ? treeMap(gradient, (g) => mul(most, div(g, size))) : gradient;
  });
}

/**
 * Each entry brought into [-most, most].
 *
 * Throws ValueError for a bound that is not above 0.
 *
 * @example
 * clipByValue(1).update(tensor([-3, 0.5]), undefined, tensor([0, 0])).updates // => [-1, 0.5]
 */
export function clipByValue(most: number): Optimiser {
  checkNumbers("clipByValue", "a number above 0", { "the bound": most });
  return stateless("clipByValue", (gradient) => treeMap(gradient, (g) => clipped(g, { min: -most, max: most })));
}

/**
 * √Σ g² over every entry of every tensor; entries of 1e200 or 1e-200 neither overflow nor vanish.
 *
 * @example
 * globalNorm({ w: tensor([3]), b: tensor(4) }) // => 5
 */
export function globalNorm(tree: Tree): number {
  return Math.hypot(...leavesOf("globalNorm", "the argument", tree).map(({ tensor }) => item(norm(tensor))));
}
