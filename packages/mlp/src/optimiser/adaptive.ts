import { add, div, full, mul, sqrt, square, sub, treeMap, treeZip } from "@nabla/autodiff";
import { type Parameters } from "../network.ts";
import { type Optimiser, averaged, checkRates, decayed, zerosLike } from "./optimiser.ts";

/** RMSProp. */
export interface RmsPropOptions {
  readonly learningRate: number;
  /** Decay of the running mean of squares; 0.99 when absent. */
  readonly alpha?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
  /** Divide by the deviation around the running mean instead of the root mean square. */
  readonly centered?: boolean;
  readonly weightDecay?: number;
}

/** Running means of squares and of gradients, and the velocity. */
export interface RmsPropState {
  readonly squares: Parameters;
  readonly mean: Parameters;
  readonly velocity: Parameters;
}

/**
 * RMSProp (Tieleman, Hinton 2012): v ← α v + (1 - α) g², q = g/(√v + ε), with momentum u ← μ u + q; p ← p - η q or η u. Centered: v - c²
 * with c the running mean of g.
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * rmsProp({ learningRate: 0.01 }).name // => "rmsProp"
 */
export function rmsProp({
  learningRate,
  alpha = 0.99,
  epsilon = 1e-8,
  momentum = 0,
  centered = false,
  weightDecay = 0,
}: RmsPropOptions): Optimiser<RmsPropState> {
  checkRates("rmsProp", {
    "learning rate": [learningRate, 0, Infinity],
    alpha: [alpha, 0, 1],
    epsilon: [epsilon, 0, Infinity],
    momentum: [momentum, 0, 1],
    "weight decay": [weightDecay, 0, Infinity],
  });
  return {
    name: "rmsProp",
    init: (parameters) => ({ squares: zerosLike(parameters), mean: zerosLike(parameters), velocity: zerosLike(parameters) }),
    update: (gradient, state, parameters) => {
      const g = decayed(gradient, parameters, weightDecay);
      const squares = averaged(
        alpha,
        state.squares,
        treeMap(g, (each) => square(each)),
      );
      const mean = centered ? averaged(alpha, state.mean, g) : state.mean;
      const spread = centered ? treeZip(squares, mean, (v, c) => sub(v, square(c))) : squares;
      const quotient = treeZip(g, spread, (each, v) => div(each, add(sqrt(v), epsilon)));
      const velocity = momentum > 0 ? treeZip(state.velocity, quotient, (u, q) => add(mul(momentum, u), q)) : quotient;
      return { parameters: treeZip(parameters, velocity, (p, u) => sub(p, mul(learningRate, u))), state: { squares, mean, velocity } };
    },
  };
}

/** AdaGrad. */
export interface AdaGradOptions {
  readonly learningRate: number;
  readonly learningRateDecay?: number;
  readonly initialAccumulator?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/** The sums of squares and the number of updates so far. */
export interface AdaGradState {
  readonly squares: Parameters;
  readonly steps: number;
}

/**
 * AdaGrad (Duchi, Hazan, Singer 2011): s ← s + g², p ← p - η/(1 + (t - 1) decay) g/(√s + ε).
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * adaGrad({ learningRate: 0.01 }).name // => "adaGrad"
 */
export function adaGrad({
  learningRate,
  learningRateDecay = 0,
  initialAccumulator = 0,
  epsilon = 1e-10,
  weightDecay = 0,
}: AdaGradOptions): Optimiser<AdaGradState> {
  checkRates("adaGrad", {
    "learning rate": [learningRate, 0, Infinity],
    "learning rate decay": [learningRateDecay, 0, Infinity],
    "initial accumulator": [initialAccumulator, 0, Infinity],
    epsilon: [epsilon, 0, Infinity],
    "weight decay": [weightDecay, 0, Infinity],
  });
  return {
    name: "adaGrad",
    init: (parameters) => ({ squares: treeMap(parameters, ({ shape }) => full(shape, initialAccumulator)), steps: 0 }),
    update: (gradient, state, parameters) => {
      const g = decayed(gradient, parameters, weightDecay);
      const squares = treeZip(state.squares, g, (s, each) => add(s, square(each)));
      const rate = learningRate / (1 + state.steps * learningRateDecay);
      const quotient = treeZip(g, squares, (each, s) => div(each, add(sqrt(s), epsilon)));
      return { parameters: treeZip(parameters, quotient, (p, q) => sub(p, mul(rate, q))), state: { squares, steps: state.steps + 1 } };
    },
  };
}
