import { type Tree, add, div, full, maximum, mul, sqrt, square, sub, treeMap, treeZip, zeros } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { checkNumbers } from "../number.ts";
import { type Optimiser, checkState } from "./transformation.ts";

/**
 * Momentum: v ← μ v + (1 - dampening) g, starting from v = g; gives v, or g + μ v when `nesterov` looks ahead. Sources: Polyak 1964;
 * Sutskever, Martens, Dahl, Hinton 2013.
 *
 * Throws ValueError for a momentum or dampening outside [0, 1].
 *
 * @example
 * trace({ momentum: 0.5 }).update(tensor(1), tensor(2), tensor(0)).updates // => 2
 */
export function trace(options: { readonly momentum: number; readonly dampening?: number; readonly nesterov?: boolean }): Optimiser<Tree | undefined> {
  const { momentum, dampening = 0, nesterov = false } = checkOptions("trace", options, ["momentum", "dampening", "nesterov"]);
  checkNumbers("trace", "a number from 0 to 1", { "the momentum": momentum, "the dampening": dampening });
  return {
    name: "trace",
    init: () => undefined,
    update: (gradient, velocity) => {
      if (momentum === 0) return { updates: gradient, state: undefined };
      const fresh = dampening === 0 ? gradient : treeMap(gradient, (g) => mul(1 - dampening, g));
      const v = velocity === undefined ? gradient : treeZip(fresh, velocity, (g, old) => add(mul(momentum, old), g));
      return { updates: nesterov ? treeZip(gradient, v, (g, speed) => add(g, mul(momentum, speed))) : v, state: v };
    },
  };
}

/** The two running means, the largest second one, and the number of updates so far. */
export interface AdamState {
  readonly mean: Tree;
  readonly variance: Tree;
  readonly largest: Tree;
  readonly steps: number;
}

/** What Adam can be told. */
export interface AdamScaling {
  /** Decay of the running mean of gradients; 0.9 when absent. */
  readonly beta1?: number;
  /** Decay of the running mean of their squares; 0.999 when absent. */
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Keep the largest second moment so far (Reddi, Kale, Kumar 2018). */
  readonly amsgrad?: boolean;
}
export const adamScaling = ["beta1", "beta2", "epsilon", "amsgrad"] as const;

/**
 * m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²; gives m/(1 - β₁ᵗ) / (√v/√(1 - β₂ᵗ) + ε). Source: Kingma, Ba 2014, algorithm 1.
 *
 * Throws ValueError for a β outside [0, 1) or an ε below 0.
 *
 * @example
 * const { init, update } = scaleByAdam();
 * update(tensor([5, -3]), init(tensor([0, 0])), tensor([0, 0])).updates // => [1.0000, -1.0000]
 */
export function scaleByAdam(options: AdamScaling = {}): Optimiser<AdamState> {
  return adamOf("scaleByAdam", options);
}

/** `scaleByAdam` as a part of what errors call `caller`. */
export function adamOf(caller: string, options: AdamScaling): Optimiser<AdamState> {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = checkOptions(caller, options, adamScaling);
  checkNumbers(caller, "a number from 0 to below 1", { beta1, beta2 }, "at 1 nothing new would count");
  checkNumbers(caller, "a number of at least 0", { epsilon });
  return {
    name: "scaleByAdam",
    init: (parameters) => ({ mean: zerosLike(parameters), variance: zerosLike(parameters), largest: zerosLike(parameters), steps: 0 }),
    update: (gradient, state) => {
      checkState(caller, state, ["mean", "variance", "largest", "steps"]);
      const steps = state.steps + 1;
      const mean = averaged(beta1, gradient, state.mean);
      const variance = averaged(beta2, squares(gradient), state.variance);
      const largest = amsgrad ? treeZip(variance, state.largest, (fresh, old) => maximum(old, fresh)) : variance;
      const [unbiased, spread] = [1 - beta1 ** steps, Math.sqrt(1 - beta2 ** steps)];
      const updates = treeZip(mean, largest, (m, v) => div(div(m, unbiased), add(div(sqrt(v), spread), epsilon)));
      return { updates, state: { mean, variance, largest, steps } };
    },
  };
}

/** Running means of squares and of gradients. */
export interface RmsState {
  readonly squares: Tree;
  readonly mean: Tree;
}

/** What the root of the mean square can be told. */
export interface RmsScaling {
  /** Decay of the running mean of squares; 0.99 when absent. */
  readonly alpha?: number;
  readonly epsilon?: number;
  /** Divide by the deviation around the running mean instead of the root mean square. */
  readonly centered?: boolean;
}
export const rmsScaling = ["alpha", "epsilon", "centered"] as const;

/**
 * v ← α v + (1 - α) g²; gives g/(√v + ε), centered g/(√(v - c²) + ε) with c the running mean of g. Source: Tieleman, Hinton 2012, lecture 6e.
 *
 * Throws ValueError for an α outside [0, 1] or an ε below 0.
 *
 * @example
 * const { init, update } = scaleByRms({ alpha: 0.75 });
 * update(tensor([5]), init(tensor([0])), tensor([0])).updates // => [2.0000]
 */
export function scaleByRms(options: RmsScaling = {}): Optimiser<RmsState> {
  return rmsOf("scaleByRms", options);
}

/** `scaleByRms` as a part of what errors call `caller`. */
export function rmsOf(caller: string, options: RmsScaling): Optimiser<RmsState> {
  const { alpha = 0.99, epsilon = 1e-8, centered = false } = checkOptions(caller, options, rmsScaling);
  checkNumbers(caller, "a number from 0 to 1", { alpha });
  checkNumbers(caller, "a number of at least 0", { epsilon });
  return {
    name: "scaleByRms",
    init: (parameters) => ({ squares: zerosLike(parameters), mean: zerosLike(parameters) }),
    update: (gradient, state) => {
      checkState(caller, state, ["squares", "mean"]);
      const second = averaged(alpha, squares(gradient), state.squares);
      const mean = centered ? averaged(alpha, gradient, state.mean) : state.mean;
      // By rounding v - c² can fall below 0 where all gradients were alike.
      const spread = centered ? treeZip(second, mean, (v, c) => maximum(sub(v, square(c)), 0)) : second;
      return { updates: treeZip(gradient, spread, (g, v) => div(g, add(sqrt(v), epsilon))), state: { squares: second, mean } };
    },
  };
}

/** What AdaGrad can be told. */
export interface AdaGradScaling {
  /** What s starts from; 0 when absent. */
  readonly initialAccumulator?: number;
  readonly epsilon?: number;
}
export const adaGradScaling = ["initialAccumulator", "epsilon"] as const;

/**
 * s ← s + g² from `initialAccumulator`; gives g/(√s + ε). Source: Duchi, Hazan, Singer 2011.
 *
 * Throws ValueError for a number below 0.
 *
 * @example
 * scaleByAdaGrad().update(tensor([4]), tensor([9]), tensor([0])).updates // => [0.8000]
 */
export function scaleByAdaGrad(options: AdaGradScaling = {}): Optimiser<Tree> {
  return adaGradOf("scaleByAdaGrad", options);
}

/** `scaleByAdaGrad` as a part of what errors call `caller`. */
export function adaGradOf(caller: string, options: AdaGradScaling): Optimiser<Tree> {
  const { initialAccumulator = 0, epsilon = 1e-10 } = checkOptions(caller, options, adaGradScaling);
  checkNumbers(caller, "a number of at least 0", { "the initial accumulator": initialAccumulator, epsilon });
  return {
    name: "scaleByAdaGrad",
    init: (parameters) => treeMap(parameters, ({ shape }) => full(shape, initialAccumulator)),
    update: (gradient, state) => {
      const sums = treeZip(gradient, state, (g, s) => add(s, square(g)));
      return { updates: treeZip(gradient, sums, (g, s) => div(g, add(sqrt(s), epsilon))), state: sums };
    },
  };
}

function zerosLike(tree: Tree): Tree {
  return treeMap(tree, ({ shape }) => zeros(shape));
}

function squares<T extends Tree>(tree: T): T {
  return treeMap(tree, (each) => square(each));
}

/** keep · old + (1 - keep) · fresh, the running average of a tree. */
function averaged<T extends Tree>(keep: number, fresh: T, old: Tree): T {
  return treeZip(fresh, old, (now, before) => add(mul(keep, before), mul(1 - keep, now)));
}
