import { ShapeError, type Tree, ValueError, isTensor, treeMap, zeros } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { type Optimiser, updated } from "./transformation.ts";

/**
 * The state that training goes on from, or a new one where none is given.
 *
 * Throws ShapeError where a tensor of it has another shape than these parameters need, because a smaller one would broadcast; ValueError where
 * it has another structure.
 */
export function resumed(caller: string, optimiser: Optimiser, parameters: Tree, given: unknown): unknown {
  const fresh = optimiser.init(parameters);
  if (given === undefined) return fresh;
  // What an update remembers: momentum has no velocity before the first.
  const still = treeMap(parameters, ({ shape }) => zeros(shape));
  compare(`${caller}: the state of ${optimiser.name}`, given, updated(caller, optimiser, still, fresh, parameters).state, "");
  return given;
}

/** Holds a state against one that fits. What is undefined was not made yet, and numbers may be any. */
function compare(what: string, given: unknown, fits: unknown, path: string): void {
  const place = path === "" ? "" : ` at ${path}`;
  const advice = "give what fit or minimise gave for these parameters and this optimiser";
  if (given === undefined || typeof fits !== "object" || fits === null) return;
  if (isTensor(fits)) {
    if (!isTensor(given)) throw new ValueError(`${what}${place} is ${describe(given)}, want a tensor; ${advice}`);
    if (given.shape.join() !== fits.shape.join())
      throw new ShapeError(
        `${what}${place} has shape [${given.shape.join(", ")}], but these parameters need [${fits.shape.join(", ")}]; it is of others: ${advice}`,
      );
    return;
  }
  if (typeof given !== "object" || given === null || isTensor(given) || Array.isArray(given) !== Array.isArray(fits))
    throw new ValueError(`${what}${place} is ${describe(given)}, want ${Array.isArray(fits) ? "a list" : "a record"}; ${advice}`);
  const [ours, theirs] = [Object.keys(fits), Object.keys(given)];
  if (ours.length !== theirs.length || !ours.every((key) => theirs.includes(key)))
    throw new ValueError(`${what}${place} has the entries ${theirs.join(", ")}, want ${ours.join(", ")}; it is of other parameters: ${advice}`);
  for (const key of ours) {
    const within = Array.isArray(fits) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    compare(what, (given as Readonly<Record<string, unknown>>)[key], (fits as Readonly<Record<string, unknown>>)[key], within);
  }
}
