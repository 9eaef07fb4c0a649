import { eye, zeros } from "../ops/creation.ts";
import { permute, section } from "../ops/layout.ts";
import { concat } from "../ops/join.ts";
import { reshapeTo } from "../ops/broadcast.ts";
import { ValueError, checkFunction, describe, size } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { isTensor, returned } from "../ops/like.ts";
import { checkOptions } from "../ops/options.ts";
import { type Tree, treeLeaves, treeMap } from "../tree.ts";
import { slopeOf } from "./grad.ts";
import { pushedForward } from "./jvp.ts";
import { pulledBack } from "./vjp.ts";
import { vmap } from "./vmap.ts";

/** How a Jacobian is built. */
export interface JacobianOptions {
  /** reverse: one row for each entry of the result; forward: one column for each entry of the argument. The shorter when absent. */
  readonly mode?: "reverse" | "forward";
  /** Seeds per batch; all at once when absent. Fewer take less memory. */
  readonly chunk?: number;
}

/**
 * The Jacobian of f at x: for each tensor of x all partial derivatives, of the shape of the result followed by that of the tensor. It is one
 * batched sweep over one-hot seeds, in chunks if asked; it differentiates again.
 *
 * Throws ValueError when f returns more than one tensor, for an unknown mode or option, or a chunk that is not a whole number of at least 1.
 *
 * @example
 * nested(jacobian((x: Tensor) => square(x))(tensor([1, 2]))) // => [[2, 0], [0, 4]]
 */
export function jacobian<A extends Tree>(f: (x: A) => Tensor, options: JacobianOptions = {}): (x: A) => A {
  return jacobianOf("jacobian", f, options);
}

/** The same as a part of what `caller` does. */
function jacobianOf<A extends Tree>(caller: string, f: (x: A) => Tensor, options: JacobianOptions): (x: A) => A {
  checkFunction(caller, f);
  const { mode, chunk } = checkOptions(caller, options, ["mode", "chunk"]);
  if (chunk !== undefined && (!Number.isInteger(chunk) || chunk < 1))
    throw new ValueError(`${caller}: the chunk must be a whole number of at least 1, got ${describe(chunk)}`);
  if (mode !== undefined && mode !== "reverse" && mode !== "forward")
    throw new ValueError(`${caller}: the mode is ${describe(mode)}; give "reverse" or "forward"`);
  return (x) => {
    const { value, pullback } = pulledBack(caller, f, x);
    returned(caller, "f", value);
    const [rows, columns] = [size(value.shape), treeLeaves(x).reduce((total, { tensor }) => total + size(tensor.shape), 0)];
    const chosen = mode ?? (rows <= columns ? "reverse" : "forward");
    if (chosen === "reverse") {
      const pulled = inChunks(rows, chunk, (seeds) =>
        vmap((seed: Tensor) => pullback(seed))(reshapeTo(seeds, [seeds.shape[0] as number, ...value.shape])),
      ) as A;
      return treeMap(pulled, (leaf) => reshapeTo(leaf, [...value.shape, ...leaf.shape.slice(1)]));
    }
    let which = -1;
    return treeMap(x, (leaf) => {
      const moving = ++which;
      const length = size(leaf.shape);
      const along = (seed: Tensor): Tensor => pushedForward(caller, f, x, oneHotTree(x, seed, moving)).tangent;
      const tangents = inChunks(length, chunk, (seeds) => vmap(along)(reshapeTo(seeds, [seeds.shape[0] as number, ...leaf.shape]))) as Tensor;
      const order = [...value.shape.map((_, axis) => axis + 1), 0];
      return reshapeTo(permute(tangents, order), [...value.shape, ...leaf.shape]);
    });
  };
}

/** A tangent that moves one tensor of x, told by its number. */
function oneHotTree<A extends Tree>(x: A, seed: Tensor, moving: number): A {
  let which = -1;
  return treeMap(x, (leaf) => (++which === moving ? seed : zeros(leaf.shape)));
}

/** Calls `f` with the rows of the identity, some at a time, and joins what it gives along axis 0. */
function inChunks(count: number, chunk: number | undefined, f: (seeds: Tensor) => Tree): Tree {
  const identity = eye(count);
  const step = Math.max(1, chunk ?? count);
  const parts = Array.from({ length: Math.max(1, Math.ceil(count / step)) }, (_, at) =>
    f(section(identity, [at * step, 0], [Math.min(step, count - at * step), count])),
  );
  const [first] = parts as [Tree];
  const leaves = parts.map((part) => treeLeaves(part));
  let at = 0;
  return treeMap(first, () => {
    const which = at++;
    return concat(
      leaves.map((part) => part[which]?.tensor as Tensor),
      { axis: 0 },
    );
  });
}

/**
 * The Hessian of a scalar function of one tensor: all second derivatives, of the shape of x twice. Forward over reverse.
 *
 * Throws GradientError when f does not return a scalar, ValueError when the argument is not one tensor, or for what jacobian refuses.
 *
 * @example
 * nested(hessian((x: Tensor) => sum(pow(x, { exponent: 3 })))(tensor([1, 2]))) // => [[6, 0], [0, 12]]
 */
export function hessian(f: (x: Tensor) => Tensor, options: JacobianOptions = { mode: "forward" }): (x: Tensor) => Tensor {
  const all = jacobianOf("hessian", slopeOf("hessian", f), options);
  return (x) => {
    if (!isTensor(x)) throw new ValueError(`hessian: the argument is ${describe(x)}, not one tensor; hvp takes records, and concat joins vectors`);
    return all(x);
  };
}

/**
 * The Hessian of a scalar function times a vector of the structure of x, without the Hessian: forward over reverse.
 *
 * Throws GradientError when f does not return a scalar, ShapeError when v has not the shapes of x, ValueError when it has not its structure.
 *
 * @example
 * nested(hvp((x: Tensor) => sum(pow(x, { exponent: 3 })))(tensor([1, 2]), tensor([1, 1]))) // => [6, 12]
 */
export function hvp<A extends Tree>(f: (x: A) => Tensor): (x: A, v: A) => A {
  const slope = slopeOf("hvp", f);
  return (x, v) => pushedForward("hvp", slope, x, v).tangent;
}
