import { ValueError } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { checkNumbers } from "../number.ts";
import { type AdaGradScaling, type AdamScaling, type RmsScaling, adaGradOf, adaGradScaling, adamOf, adamScaling, rmsOf, rmsScaling, trace } from "./moment.ts";
import { addDecayedWeights, downhill } from "./scaling.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { type Optimiser, checkOptimiser, named } from "./transformation.ts";

/** What every optimiser takes. */
export interface Rates {
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
export function sgd(options: SgdOptions): Optimiser<readonly unknown[]> {
  return descentOf("sgd", options);
}

/** `sgd` as what errors call `caller`. */
function descentOf(caller: string, options: SgdOptions): Optimiser<readonly unknown[]> {
  const { learningRate, weightDecay = 0 } = checkRates(caller, options, ["momentum", "dampening", "nesterov"]);
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  checkNumbers(caller, "a number from 0 to 1", { "the momentum": momentum, "the dampening": dampening });
  return named("sgd", [addDecayedWeights(weightDecay), trace({ momentum, dampening, nesterov }), downhill(caller, learningRate)]);
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
export function adam(options: AdamOptions): Optimiser<readonly unknown[]> {
  const { learningRate, weightDecay = 0, ...scaling } = checkRates("adam", options, adamScaling);
  return named("adam", [addDecayedWeights(weightDecay), adamOf("adam", scaling), downhill("adam", learningRate)]);
}

/**
 * AdamW (Loshchilov, Hutter 2019): Adam whose weight decay shrinks the parameters directly, p ← p - η d p, beside the step.
 *
 * Throws ValueError as adam does.
 *
 * @example
 * adamW({ learningRate: 0.01, weightDecay: 0.1 }).name // => "adamW"
 */
export function adamW(options: AdamOptions): Optimiser<readonly unknown[]> {
  const { learningRate, weightDecay = 0, ...scaling } = checkRates("adamW", options, adamScaling);
  return named("adamW", [adamOf("adamW", scaling), addDecayedWeights(weightDecay), downhill("adamW", learningRate)]);
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
export function rmsProp(options: RmsPropOptions): Optimiser<readonly unknown[]> {
  const { learningRate, weightDecay = 0, momentum = 0, ...scaling } = checkRates("rmsProp", options, ["momentum", ...rmsScaling]);
  checkNumbers("rmsProp", "a number from 0 to 1", { "the momentum": momentum });
  return named("rmsProp", [addDecayedWeights(weightDecay), rmsOf("rmsProp", scaling), trace({ momentum }), downhill("rmsProp", learningRate)]);
}

/** AdaGrad. */
export interface AdaGradOptions extends Rates, AdaGradScaling {
  readonly learningRateDecay?: number;
}

/**
 * AdaGrad (Duchi, Hazan, Singer 2011): s ← s + g², p ← p - η/(1 + (t - 1) decay) g/(√s + ε).
 *
 * Throws ValueError for a learning rate that is not above 0 or a rate out of range.
 *
 * @example
 * adaGrad({ learningRate: 0.01 }).name // => "adaGrad"
 */
export function adaGrad(options: AdaGradOptions): Optimiser<readonly unknown[]> {
  const { learningRate, learningRateDecay = 0, weightDecay = 0, ...scaling } = checkRates("adaGrad", options, ["learningRateDecay", ...adaGradScaling]);
  checkNumbers("adaGrad", "a number of at least 0", { "the learning rate decay": learningRateDecay });
  const rate = scheduleOf("adaGrad", learningRate);
  return named("adaGrad", [
    addDecayedWeights(weightDecay),
    adaGradOf("adaGrad", scaling),
    downhill("adaGrad", (step) => rate(step) / (1 + step * learningRateDecay)),
  ]);
}

/** The options of an optimiser. Throws ValueError for an unknown one, a learning rate that is not above 0 or a decay below 0. */
function checkRates<T extends Rates>(caller: string, options: T, others: readonly (string & keyof T)[]): T {
  const { learningRate, weightDecay = 0 } = checkOptions(caller, options, ["learningRate", "weightDecay", ...others]);
  scheduleOf(caller, learningRate);
  checkNumbers(caller, "a number of at least 0", { "the weight decay": weightDecay });
  return options;
}

/** The optimiser that the options mean. Throws ValueError for both a rate and an optimiser, for neither, or for a rate that is not above 0. */
export function optimiserFrom(
  caller: string,
  { learningRate, optimiser }: { readonly learningRate?: number | Schedule; readonly optimiser?: Optimiser },
): Optimiser {
  if (optimiser !== undefined && learningRate !== undefined)
    throw new ValueError(`${caller}: give a learning rate or an optimiser, not both; the optimiser has its own`);
  if (optimiser !== undefined) {
    checkOptimiser(caller, "the optimiser", optimiser);
    return optimiser;
  }
  if (typeof learningRate !== "function") checkNumbers(caller, "a number above 0", { "the learning rate": learningRate }, "0.1 is a common start");
  return descentOf(caller, { learningRate: learningRate as number | Schedule });
}
