import { type AdamScaling, type RmsScaling, scaleByAdaGrad, scaleByAdam, scaleByRms, trace } from "./moment.ts";
import { addDecayedWeights, scaleByLearningRate } from "./scaling.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { type Optimiser, checkRates, named } from "./transformation.ts";

/** What every optimiser takes. */
interface Rates {
  readonly learningRate: number | Schedule;
  /** d of the L2 decay, on weights and biases alike; 0 when absent. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent with momentum. */
export interface SgdOptions extends Rates {
  /** How much of the velocity is kept; 0 when absent. */
  readonly momentum?: number;
  /** How much of a new gradient the velocity leaves out; 0 when absent. */
  readonly dampening?: number;
  /** Look ahead along the velocity. */
  readonly nesterov?: boolean;
}

/**
 * p ← p - η g; with momentum μ, v ← μ v + (1 - dampening) g starting from v = g, and p ← p - η v (Nesterov: g + μ v).
 *
 * Throws ValueError for a learning rate that is not above 0, or a momentum, dampening or decay out of range.
 *
 * @example
 * sgd({ learningRate: 0.1 }).name // => "sgd"
 */
export function sgd({ learningRate, weightDecay = 0, momentum = 0, dampening = 0, nesterov = false }: SgdOptions): Optimiser<readonly unknown[]> {
  checkOptions("sgd", learningRate, { "weight decay": [weightDecay, 0, Infinity], momentum: [momentum, 0, 1], dampening: [dampening, 0, 1] });
  return named("sgd", [addDecayedWeights(weightDecay), trace({ momentum, dampening, nesterov }), scaleByLearningRate(learningRate)]);
}

/** Adam and AdamW. */
export interface AdamOptions extends Rates, AdamScaling {}

/**
 * Adam (Kingma, Ba 2014): p ← p - η/(1 - β₁ᵗ) m / (√v/√(1 - β₂ᵗ) + ε), see `scaleByAdam`. Weight decay is added to the gradient.
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * adam({ learningRate: 0.01 }).name // => "adam"
 */
export function adam({ learningRate, weightDecay = 0, ...scaling }: AdamOptions): Optimiser<readonly unknown[]> {
  checkOptions("adam", learningRate, { "weight decay": [weightDecay, 0, Infinity] });
  return named("adam", [addDecayedWeights(weightDecay), scaleByAdam(scaling), scaleByLearningRate(learningRate)]);
}

/**
 * AdamW (Loshchilov, Hutter 2019): Adam whose weight decay shrinks the parameters directly, p ← p - η d p, beside the step.
 *
 * Throws ValueError as adam does.
 *
 * @example
 * adamW({ learningRate: 0.01, weightDecay: 0.1 }).name // => "adamW"
 */
export function adamW({ learningRate, weightDecay = 0, ...scaling }: AdamOptions): Optimiser<readonly unknown[]> {
  checkOptions("adamW", learningRate, { "weight decay": [weightDecay, 0, Infinity] });
  return named("adamW", [scaleByAdam(scaling), addDecayedWeights(weightDecay), scaleByLearningRate(learningRate)]);
}

/** RMSProp. */
export interface RmsPropOptions extends Rates, RmsScaling {
  readonly momentum?: number;
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
export function rmsProp({ learningRate, weightDecay = 0, momentum = 0, ...scaling }: RmsPropOptions): Optimiser<readonly unknown[]> {
  checkOptions("rmsProp", learningRate, { "weight decay": [weightDecay, 0, Infinity], momentum: [momentum, 0, 1] });
  return named("rmsProp", [addDecayedWeights(weightDecay), scaleByRms(scaling), trace({ momentum }), scaleByLearningRate(learningRate)]);
}

/** AdaGrad. */
export interface AdaGradOptions extends Rates {
  readonly learningRateDecay?: number;
  readonly initialAccumulator?: number;
  readonly epsilon?: number;
}

/**
 * AdaGrad (Duchi, Hazan, Singer 2011): s ← s + g², p ← p - η/(1 + (t - 1) decay) g/(√s + ε).
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * adaGrad({ learningRate: 0.01 }).name // => "adaGrad"
 */
export function adaGrad({ learningRate, learningRateDecay = 0, weightDecay = 0, ...scaling }: AdaGradOptions): Optimiser<readonly unknown[]> {
  checkOptions("adaGrad", learningRate, { "learning rate decay": [learningRateDecay, 0, Infinity], "weight decay": [weightDecay, 0, Infinity] });
  const rate = scheduleOf("adaGrad", learningRate);
  return named("adaGrad", [
    addDecayedWeights(weightDecay),
    scaleByAdaGrad(scaling),
    scaleByLearningRate((step) => rate(step) / (1 + step * learningRateDecay)),
  ]);
}

function checkOptions(caller: string, learningRate: number | Schedule, rates: Parameters<typeof checkRates>[1]): void {
  scheduleOf(caller, learningRate);
  checkRates(caller, rates);
}
