import { ValueError } from "@nabla/autodiff";
import { checkFunction, checkOptions, describe } from "@nabla/autodiff/argument";
import { checkNumbers } from "../number.ts";

/** A number for each update, counted from 0: a learning rate that changes. */
export type Schedule = (step: number) => number;

/**
 * rate · decay^(step / every); in steps of `every` when `staircase`.
 *
 * Throws ValueError for a number that is not above 0.
 *
 * @example
 * exponentialDecay({ rate: 1, decay: 0.5, every: 10 })(20) // => 0.25
 */
export function exponentialDecay(options: { readonly rate: number; readonly decay: number; readonly every: number; readonly staircase?: boolean }): Schedule {
  const { rate, decay, every, staircase = false } = checkOptions("exponentialDecay", options, ["rate", "decay", "every", "staircase"]);
  checkNumbers("exponentialDecay", "a number above 0", { rate, decay, every });
  return (step) => rate * decay ** (staircase ? Math.floor(step / every) : step / every);
}

/**
 * From `rate` along half a cosine to `last` (0 when absent) in `steps` updates, and there it stays. Source: Loshchilov, Hutter 2017, eq. 5.
 *
 * Throws ValueError for a rate or steps that are not above 0, or a `last` below 0.
 *
 * @example
 * cosineDecay({ rate: 1, steps: 100 })(50) // => 0.5
 */
export function cosineDecay(options: { readonly rate: number; readonly steps: number; readonly last?: number }): Schedule {
  const { rate, steps, last = 0 } = checkOptions("cosineDecay", options, ["rate", "steps", "last"]);
  checkNumbers("cosineDecay", "a number above 0", { rate, steps });
  checkNumbers("cosineDecay", "a number of at least 0", { last });
  return (step) => last + ((rate - last) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/**
 * From `first` straight to `rate` in `steps` updates, then what `after` says of the updates since, or `rate` for ever.
 *
 * Throws ValueError for a rate that is not above 0, steps that are not a whole number of at least 1, or a `first` below 0.
 *
 * @example
 * warmUp({ rate: 1, steps: 4 })(1) // => 0.5
 */
export function warmUp(options: { readonly rate: number; readonly steps: number; readonly first?: number; readonly after?: Schedule }): Schedule {
  const { rate, steps, first = rate / steps, after } = checkOptions("warmUp", options, ["rate", "steps", "first", "after"]);
  checkNumbers("warmUp", "a number above 0", { rate });
  checkNumbers("warmUp", "a whole number of at least 1", { steps });
  checkNumbers("warmUp", "a number of at least 0", { first });
  if (after !== undefined) checkFunction("warmUp", after);
  return (step) => {
    if (step >= steps) return after === undefined ? rate : after(step - steps);
    return steps === 1 ? rate : first + ((rate - first) * step) / (steps - 1);
  };
}

/**
 * `rate`, multiplied by a factor at each boundary that has been reached.
 *
 * Throws ValueError for a rate that is not above 0, a boundary that is not a whole number of at least 0, or a factor below 0.
 *
 * @example
 * piecewise({ rate: 1, factors: { 10: 0.5, 20: 0.5 } })(20) // => 0.25
 */
export function piecewise(options: { readonly rate: number; readonly factors: Readonly<Record<number, number>> }): Schedule {
  const { rate, factors } = checkOptions("piecewise", options, ["rate", "factors"]);
  checkNumbers("piecewise", "a number above 0", { rate });
  if (typeof factors !== "object" || factors === null)
    throw new ValueError(`piecewise: factors must be a record of factors by update, such as { 1000: 0.1 }, got ${describe(factors)}`);
  const boundaries = Object.entries(factors).map(([at, factor]) => [Number(at), factor] as const);
  for (const [at, factor] of boundaries) {
    checkNumbers("piecewise", "a whole number of at least 0", { "a boundary": at });
    checkNumbers("piecewise", "a number of at least 0", { [`the factor at ${at}`]: factor });
  }
  return (step) => boundaries.reduce((scaled, [at, factor]) => (step >= at ? scaled * factor : scaled), rate);
}

/** A learning rate as a schedule. Throws ValueError for a number that is not above 0; a schedule is asked at every update. */
export function scheduleOf(caller: string, rate: number | Schedule): Schedule {
  if (typeof rate === "function")
    return (step) => {
      const found = rate(step);
      if (!Number.isFinite(found) || found < 0)
        throw new ValueError(`${caller}: the schedule gives ${describe(found)} for update ${step}; a rate is a number of at least 0`);
      return found;
    };
  checkNumbers(caller, "a number above 0", { "the learning rate": rate });
  return () => rate;
}
