import { add, mul, sub, treeZip } from "@nabla/autodiff";
import { type Parameters } from "../network.ts";
import { type Optimiser, checkRates, decayed } from "./optimiser.ts";

/** Stochastic gradient descent with momentum. */
export interface SgdOptions {
  readonly learningRate: number;
  /** How much of the velocity is kept; 0 when absent. */
  readonly momentum?: number;
  /** How much of a new gradient the velocity leaves out; 0 when absent. */
  readonly dampening?: number;
  /** Look ahead along the velocity. */
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
}

/**
 * p ← p - η g; with momentum μ, v ← μ v + (1 - dampening) g starting from v = g, and p ← p - η v (Nesterov: g + μ v).
 *
 * Throws ValueError for a learning rate that is not above 0, or a momentum, dampening or decay out of range.
 *
 * @example
 * sgd({ learningRate: 0.1 }).name // => "sgd"
 */
export function sgd({ learningRate, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 }: SgdOptions): Optimiser<Parameters | undefined> {
  checkRates("sgd", {
    "learning rate": [learningRate, 0, Infinity],
    momentum: [momentum, 0, 1],
    dampening: [dampening, 0, 1],
    "weight decay": [weightDecay, 0, Infinity],
  });
  return {
    name: "sgd",
    init: () => undefined,
    update: (gradient, velocity, parameters) => {
      const g = decayed(gradient, parameters, weightDecay);
      if (momentum === 0) return { parameters: treeZip(parameters, g, (p, each) => sub(p, mul(learningRate, each))), state: undefined };
      const v = velocity === undefined ? g : treeZip(velocity, g, (old, each) => add(mul(momentum, old), mul(1 - dampening, each)));
      const step = nesterov ? treeZip(g, v, (each, speed) => add(each, mul(momentum, speed))) : v;
      return { parameters: treeZip(parameters, step, (p, each) => sub(p, mul(learningRate, each))), state: v };
    },
  };
}
