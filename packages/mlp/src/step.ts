import { type Tensor, type Tree, ValueError, diagnose, item, neg, treeLeaves, treeMap, valueAndGrad } from "@nabla/autodiff";
import { type Optimiser, moved } from "./optimiser/transformation.ts";

/** Where training stands. */
export interface Position<T extends Tree> {
  readonly parameters: T;
  /** What the optimiser remembers. */
  readonly state: unknown;
}

/** How to go on from there. */
export interface Course {
  readonly caller: string;
  readonly optimiser: Optimiser;
  readonly sense: "minimise" | "maximise";
}

/**
 * One step down f, or up it: the value before the step, and where it leads.
 *
 * Throws ValueError when the value or a gradient is NaN or infinite, with the diagnosis: the op, the place and the reason; or when no
 * parameter reaches the value.
 */
export function step<T extends Tree>(
  { caller, optimiser, sense }: Course,
  place: string,
  f: (parameters: T) => Tensor,
  { parameters, state }: Position<T>,
): Position<T> & { readonly value: number } {
  const { value, gradient } = valueAndGrad(f)(parameters);
  const reached = item(value);
  if (!Number.isFinite(reached)) throw notFinite(`${caller}: the cost became ${reached} in ${place}`, f, parameters);
  const bad = treeLeaves(gradient).find(({ tensor }) => tensor.data?.every((entry) => Number.isFinite(entry)) === false);
  if (bad !== undefined)
    throw notFinite(`${caller}: the gradient${bad.path === "" ? "" : ` of ${bad.path}`} became NaN or infinite in ${place}`, f, parameters);
  checkReached(caller, f, parameters, gradient);
  const downhill: T = sense === "maximise" ? treeMap(gradient, (g) => neg(g)) : gradient;
  return { ...moved(caller, optimiser, downhill, state, parameters), value: reached };
}

/** Throws ValueError when the gradient is one of zeros because no parameter reaches the value. */
export function checkReached<T extends Tree>(
  caller: string,
  f: (parameters: T) => Tensor,
  parameters: T,
  gradient: T = valueAndGrad(f)(parameters).gradient,
): void {
  const leaves = treeLeaves(gradient);
  if (leaves.some(({ tensor }) => tensor.data?.every((entry) => entry === 0) !== true)) return;
  const { unreached } = diagnose(f, parameters);
  if (unreached.length === leaves.length && leaves.length > 0)
    throw new ValueError(`${caller}: no parameter receives a gradient, so there is nothing to train: ${unreached[0]}`);
}

/** Why a number is none. */
function notFinite<T extends Tree>(what: string, f: (parameters: T) => Tensor, parameters: T): ValueError {
  const { fault, message } = diagnose(f, parameters);
  return new ValueError(`${what}; lower the learning rate, clip the gradient, or scale the data${fault === undefined ? "" : `. The first place: ${message}`}`);
}
