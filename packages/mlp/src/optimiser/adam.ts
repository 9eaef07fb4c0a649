import { add, div, maximum, mul, sqrt, square, sub, treeMap, treeZip } from "@nabla/autodiff";
import { type Parameters } from "../network.ts";
import { type Optimiser, averaged, checkRates, combine, decayed, zerosLike } from "./optimiser.ts";

/** Adam and AdamW. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Decay of the running mean of gradients; 0.9 when absent. */
  readonly beta1?: number;
  /** Decay of the running mean of their squares; 0.999 when absent. */
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /** Keep the largest second moment so far (Reddi, Kale, Kumar 2018). */
  readonly amsgrad?: boolean;
}

/** The two running means, the largest second one, and the number of updates so far. */
export interface AdamState {
  readonly mean: Parameters;
  readonly variance: Parameters;
  readonly largest: Parameters;
  readonly steps: number;
}

/**
 * Adam (Kingma, Ba 2014): m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², p ← p - η/(1 - β₁ᵗ) m / (√v/√(1 - β₂ᵗ) + ε). Weight decay is
 * added to the gradient.
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * adam({ learningRate: 0.01 }).name // => "adam"
 */
export function adam(options: AdamOptions): Optimiser<AdamState> {
  return moments("adam", options, false);
}

/**
 * AdamW (Loshchilov, Hutter 2019): Adam whose weight decay shrinks the parameters directly, p ← p - η d p, before the step.
 *
 * Throws ValueError as adam does.
 *
 * @example
 * adamW({ learningRate: 0.01, weightDecay: 0.1 }).name // => "adamW"
 */
export function adamW(options: AdamOptions): Optimiser<AdamState> {
  return moments("adamW", options, true);
}

function moments(
  name: string,
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, amsgrad = false }: AdamOptions,
  decoupled: boolean,
): Optimiser<AdamState> {
  checkRates(name, {
    "learning rate": [learningRate, 0, Infinity],
    beta1: [beta1, 0, 1],
    beta2: [beta2, 0, 1],
    epsilon: [epsilon, 0, Infinity],
    "weight decay": [weightDecay, 0, Infinity],
  });
  return {
    name,
    init: (parameters) => ({ mean: zerosLike(parameters), variance: zerosLike(parameters), largest: zerosLike(parameters), steps: 0 }),
    update: (gradient, state, given) => {
      const parameters = decoupled && weightDecay > 0 ? treeMap(given, (p) => mul(1 - learningRate * weightDecay, p)) : given;
      const g = decoupled ? gradient : decayed(gradient, parameters, weightDecay);
      const steps = state.steps + 1;
      const mean = averaged(beta1, state.mean, g);
      const variance = averaged(
        beta2,
        state.variance,
        treeMap(g, (each) => square(each)),
      );
      const largest = amsgrad ? treeZip(state.largest, variance, (old, fresh) => maximum(old, fresh)) : variance;
      const rate = learningRate / (1 - beta1 ** steps);
      const spread = Math.sqrt(1 - beta2 ** steps);
      return {
        parameters: combine(parameters, mean, largest, (p, m, v) => sub(p, mul(rate, div(m, add(div(sqrt(v), spread), epsilon))))),
        state: { mean, variance, largest, steps },
      };
    },
  };
}
