import { type Tree, ValueError, add, div, full, maximum, mul, sqrt, square, sub, treeMap, treeZip, zeros } from "@nabla/autodiff";
import { type Optimiser, checkRates } from "./transformation.ts";

/**
 * Momentum: v ← μ v + (1 - dampening) g, starting from v = g; gives v, or g + μ v when `nesterov` looks ahead. Sources: Polyak 1964;
 * Sutskever, Martens, Dahl, Hinton 2013.
 *
 * Throws ValueError for a momentum or dampening outside [0, 1].
 *
 * @example
 * trace({ momentum: 0.5 }).update(tensor(1), tensor(2), tensor(0)).updates // => 2
 */
export function trace({
  momentum,
  dampening = 0,
  nesterov = false,
}: {
  readonly momentum: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}): Optimiser<Tree | undefined> {
  checkRates("trace", { momentum: [momentum, 0, 1], dampening: [dampening, 0, 1] });
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

/**
 * m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²; gives m/(1 - β₁ᵗ) / (√v/√(1 - β₂ᵗ) + ε). Source: Kingma, Ba 2014, algorithm 1.
 *
 * Throws ValueError for a β outside [0, 1) or an ε below 0.
 *
 * @example
 * const { init, update } = scaleByAdam();
 * update(tensor([5, -3]), init(tensor([0, 0])), tensor([0, 0])).updates // => [1.0000, -1.0000]
 */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false }: AdamScaling = {}): Optimiser<AdamState> {
  for (const [label, beta] of Object.entries({ beta1, beta2 }))
    if (!(beta >= 0 && beta < 1))
      throw new ValueError(`scaleByAdam: ${label} must be at least 0 and below 1, got ${String(beta)}; at 1 nothing new would count`);
  checkRates("scaleByAdam", { epsilon: [epsilon, 0, Infinity] });
  return {
    name: "scaleByAdam",
    init: (parameters) => ({ mean: zerosLike(parameters), variance: zerosLike(parameters), largest: zerosLike(parameters), steps: 0 }),
    update: (gradient, state) => {
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

/**
 * v ← α v + (1 - α) g²; gives g/(√v + ε), centered g/(√(v - c²) + ε) with c the running mean of g. Source: Tieleman, Hinton 2012, lecture 6e.
 *
 * Throws ValueError for an α outside [0, 1] or an ε below 0.
 *
 * @example
 * const { init, update } = scaleByRms({ alpha: 0.75 });
 * update(tensor([5]), init(tensor([0])), tensor([0])).updates // => [2.0000]
 */
export function scaleByRms({ alpha = 0.99, epsilon = 1e-8, centered = false }: RmsScaling = {}): Optimiser<RmsState> {
  checkRates("scaleByRms", { alpha: [alpha, 0, 1], epsilon: [epsilon, 0, Infinity] });
  return {
    name: "scaleByRms",
    init: (parameters) => ({ squares: zerosLike(parameters), mean: zerosLike(parameters) }),
    update: (gradient, state) => {
      const second = averaged(alpha, squares(gradient), state.squares);
      const mean = centered ? averaged(alpha, gradient, state.mean) : state.mean;
      // By rounding v - c² can fall below 0 where all gradients were alike.
      const spread = centered ? treeZip(second, mean, (v, c) => maximum(sub(v, square(c)), 0)) : second;
      return { updates: treeZip(gradient, spread, (g, v) => div(g, add(sqrt(v), epsilon))), state: { squares: second, mean } };
    },
  };
}

/**
 * s ← s + g² from `initialAccumulator`; gives g/(√s + ε). Source: Duchi, Hazan, Singer 2011.
 *
 * Throws ValueError for a number below 0.
 *
 * @example
 * scaleByAdaGrad().update(tensor([4]), tensor([9]), tensor([0])).updates // => [0.8000]
 */
export function scaleByAdaGrad({
  initialAccumulator = 0,
  epsilon = 1e-10,
}: { readonly initialAccumulator?: number; readonly epsilon?: number } = {}): Optimiser<Tree> {
  checkRates("scaleByAdaGrad", { "initial accumulator": [initialAccumulator, 0, Infinity], epsilon: [epsilon, 0, Infinity] });
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
