import { type Tensor, ValueError, add, mul, treeMap, treeZip, zeros } from "@nabla/autodiff";
import { type Parameters } from "../network.ts";

/** One update: new parameters and the state that the next update needs. */
export interface Update<S> {
  readonly parameters: Parameters;
  readonly state: S;
}

/** A way to go downhill, as two pure functions. */
export interface Optimiser<S = unknown> {
  readonly name: string;
  init(parameters: Parameters): S;
  update(gradient: Parameters, state: S, parameters: Parameters): Update<S>;
}

/** Zeros in the shapes of the parameters. */
export function zerosLike(parameters: Parameters): Parameters {
  return treeMap(parameters, ({ shape }) => zeros(shape));
}

/** g + decay p: L2 decay as part of the gradient, weights and biases alike. */
export function decayed(gradient: Parameters, parameters: Parameters, decay: number): Parameters {
  return decay === 0 ? gradient : treeZip(gradient, parameters, (g, p) => add(g, mul(decay, p)));
}

/** keep a + (1 - keep) b, the running average of a tree. */
export function averaged(keep: number, a: Parameters, b: Parameters): Parameters {
  return treeZip(a, b, (old, fresh) => add(mul(keep, old), mul(1 - keep, fresh)));
}

/** f of three trees, tensor by tensor. */
export function combine(a: Parameters, b: Parameters, c: Parameters, f: (a: Tensor, b: Tensor, c: Tensor) => Tensor): Parameters {
  const third: Tensor[] = [];
  treeMap(c, (each) => {
    third.push(each);
    return each;
  });
  let at = 0;
  return treeZip(a, b, (left, right) => f(left, right, third[at++] as Tensor));
}

/** Throws ValueError unless every named number lies in its range. */
export function checkRates(optimiser: string, rates: Readonly<Record<string, readonly [value: number, least: number, most: number]>>): void {
  for (const [label, [value, least, most]] of Object.entries(rates)) {
    if (!Number.isFinite(value) || value < least || value > most || (label === "learning rate" && value === 0)) {
      const range = label === "learning rate" ? "a number above 0" : `a number from ${least}${Number.isFinite(most) ? ` to ${most}` : " up"}`;
      throw new ValueError(`${optimiser}: the ${label} must be ${range}, got ${String(value)}`);
    }
  }
}
