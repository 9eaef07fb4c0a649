import { type Key, type Tensor, ValueError, div, greaterEqual, isTensor, uniform, where } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { checkNumbers } from "./number.ts";

/**
 * Sets each entry to 0 with probability `rate` and divides the others by 1 - rate (the inverted form), so that the mean stays and nothing
 * has to be scaled when predicting. Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, section 10.
 *
 * Shape: kept. Derivative: 1/(1 - rate) for what was kept, 0 for the rest. Throws ValueError without a key, or for a rate outside [0, 1).
 *
 * @example
 * dropout(tensor([3, 3, 3, 3]), { rate: 0.5, key: randomKey(1) }) // => [0, 0, 6, 6]
 * dropout(tensor([3]), { rate: 0.5 }) // => throws ValueError: dropout
 */
export function dropout(a: Tensor, options: { readonly rate: number; readonly key?: Key | undefined }): Tensor {
  if (!isTensor(a)) throw new ValueError(`dropout: the activations are ${describe(a)}; give a tensor`);
  const { rate, key } = checkOptions("dropout", options, ["rate", "key"]);
  checkRate("dropout", rate);
  if (rate === 0) return a;
  if (key === undefined)
    throw new ValueError("dropout: which entries are dropped is drawn from a key, and there is none; make one with randomKey(seed), a new one for every step");
  return where(greaterEqual(uniform(key, { shape: a.shape }), rate), div(a, 1 - rate), 0);
}

/** Throws ValueError unless a rate of dropout lies in [0, 1). */
export function checkRate(caller: string, rate: number): void {
  checkNumbers(caller, "a number from 0 to below 1", { "a rate of dropout": rate }, "0.5 drops every second entry");
}
