import { ShapeError, type Tree, type TreeLeaf, ValueError, add, isTensor, treeLeaves, treeZip } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { leavesOf } from "../leaves.ts";

/** What one update gives: the moves to add to the parameters, and the state that the next update needs. */
export interface Update<T extends Tree, S> {
  readonly updates: T;
  readonly state: S;
}

/**
 * A gradient transformation: two pure functions. It takes gradients, or what another transformation made of them, and gives something
 * of the same structure. A chain of them whose last scales by -η is an optimiser: what it gives is added to the parameters.
 */
export interface Optimiser<S = unknown> {
  readonly name: string;
  init(parameters: Tree): S;
  update<T extends Tree>(gradient: T, state: S, parameters: T): Update<T, S>;
}

/**
 * One transformation after the other, each on what the one before gave.
 *
 * Throws ValueError when there is none.
 *
 * @example
 * chain(clipByGlobalNorm(1), scaleByAdam(), scale(-0.01)).name // => "clipByGlobalNorm, scaleByAdam, scale"
 */
export function chain(...parts: readonly Optimiser[]): Optimiser<readonly unknown[]> {
  if (parts.length === 0) throw new ValueError("chain: there is no transformation; give at least one, such as scale(-0.1)");
  parts.forEach((part, at) => {
    checkOptimiser("chain", `part ${at}`, part);
  });
  return {
    name: parts.map(({ name }) => name).join(", "),
    init: (parameters) => parts.map((part) => part.init(parameters)),
    update: (gradient, states, parameters) => {
      if (!Array.isArray(states) || states.length !== parts.length)
        throw new ValueError(
          `chain: the state is ${describe(states)}; give what init(parameters) or the update before gave, one for each of ${parts.length} parts`,
        );
      const fresh: unknown[] = [];
      const updates = parts.reduce((moves, part, at) => {
        const { updates: next, state } = updated("chain", part, moves, states[at], parameters);
        fresh.push(state);
        return next;
      }, gradient);
      return { updates, state: fresh };
    },
  };
}

/** Throws ValueError unless something is a gradient transformation. */
export function checkOptimiser(caller: string, what: string, given: Optimiser): void {
  if (typeof given === "object" && typeof given?.init === "function" && typeof given.update === "function") return;
  throw new ValueError(
    `${caller}: ${what} must be a gradient transformation, such as sgd({ learningRate: 0.1 }), or your own { name, init, update }, got ${describe(given)}`,
  );
}

/** A chain under a name of its own. */
export function named(name: string, parts: readonly Optimiser[]): Optimiser<readonly unknown[]> {
  return { ...chain(...parts), name };
}

/**
 * One step: the parameters moved by what the optimiser makes of the gradient, and its new state.
 *
 * Throws ValueError where gradients, or updates of an optimiser of somebody's own, are of another structure than the parameters, ShapeError where
 * they are of another shape.
 *
 * @example
 * const p = { w: tensor(2) };
 * const { init } = sgd({ learningRate: 0.5 });
 * descend(sgd({ learningRate: 0.5 }), { w: tensor(1) }, init(p), p).parameters.w // => 1.5
 */
export function descend<T extends Tree, S>(optimiser: Optimiser<S>, gradient: T, state: S, parameters: T): { readonly parameters: T; readonly state: S } {
  checkOptimiser("descend", "the optimiser", optimiser);
  leavesOf("descend", "the argument of parameters", parameters);
  checkAlike("descend: the argument of gradients", leavesOf("descend", "the argument of gradients", gradient), parameters);
  return moved("descend", optimiser, gradient, state, parameters);
}

/** The step of `descend` for a function of another name. */
export function moved<T extends Tree, S>(
  caller: string,
  optimiser: Optimiser<S>,
  gradient: T,
  state: S,
  parameters: T,
): { readonly parameters: T; readonly state: S } {
  const { updates, state: next } = updated(caller, optimiser, gradient, state, parameters);
  const what = `what the optimiser ${optimiser.name} gives as updates`;
  checkAlike(`${caller}: ${what}`, leavesOf(caller, what, updates), parameters);
  return { parameters: treeZip(parameters, updates, (p, u) => add(p, u)), state: next };
}

/** Throws ValueError unless there is one tensor for each parameter, ShapeError unless it has its shape, because a smaller one would broadcast. */
function checkAlike(what: string, given: readonly TreeLeaf[], parameters: Tree): void {
  const shapes = new Map(given.map(({ path, tensor }) => [path, tensor.shape]));
  const leaves = treeLeaves(parameters);
  const names = (paths: Iterable<string>): string => [...paths].map((path) => (path === "" ? "a tensor by itself" : path)).join(", ");
  for (const { path, tensor } of leaves) {
    const shape = shapes.get(path);
    if (shape === undefined || shapes.size !== leaves.length)
      throw new ValueError(`${what} has the tensors ${names(shapes.keys())}, want one for each parameter: ${names(leaves.map((each) => each.path))}`);
    if (shape.join() !== tensor.shape.join())
      throw new ShapeError(
        `${what}${path === "" ? "" : ` of ${path}`} has shape [${shape.join(", ")}], but the parameter has [${tensor.shape.join(", ")}]; give one of that shape, which no step changes`,
      );
  }
}

/** What one transformation makes of gradients. Throws ValueError where a user's own gives something else. */
export function updated<T extends Tree, S>(caller: string, optimiser: Optimiser<S>, gradient: T, state: S, parameters: T): Update<T, S> {
  const found: unknown = optimiser.update(gradient, state, parameters);
  if (typeof found === "object" && found !== null && "updates" in found && !isTensor(found)) return found as Update<T, S>;
  const hint = found === undefined ? "; did you forget return?" : "";
  const entries =
    typeof found === "object" && found !== null && !Array.isArray(found) && !isTensor(found) && Object.keys(found).length > 0
      ? ` of ${Object.keys(found).join(", ")}`
      : "";
  const got = found instanceof Promise ? "a promise; an update does not wait, make it synchronous" : `${describe(found)}${entries}${hint}`;
  throw new ValueError(`${caller}: the optimiser ${optimiser.name} must give { updates, state }, got ${got}`);
}

/** Throws ValueError unless a state is a record with these entries, as `init` and `update` give it. */
export function checkState<S extends object>(caller: string, state: S, keys: readonly (string & keyof S)[]): void {
  if (typeof state !== "object" || state === null || !keys.every((key) => key in state))
    throw new ValueError(`${caller}: the state is ${describe(state)}; give what init(parameters) or the update before gave, { ${keys.join(", ")} }`);
}

/** A transformation without state. */
export function stateless(name: string, of: <T extends Tree>(gradient: T, parameters: T) => T): Optimiser {
  return { name, init: () => undefined, update: (gradient, state, parameters) => ({ updates: of(gradient, parameters), state }) };
}
