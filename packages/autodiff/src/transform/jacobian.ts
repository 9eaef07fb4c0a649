import { zeros } from "../ops/creation.ts";
import { permute } from "../ops/layout.ts";
import { concat } from "../ops/join.ts";
import { reshapeTo } from "../ops/broadcast.ts";
import { ShapeError, ValueError, checkFunction, describe, mostEntries, size, checkArguments } from "../shape.ts";
import { type Tensor, constant, noteDifferentiated } from "../tensor.ts";
import { returned } from "../ops/like.ts";
import { checkOptions } from "../ops/options.ts";
import { type Tree, type TreeLike, mapTree, treeLeaves, treeMap } from "../tree.ts";
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
export function jacobian<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor, options?: JacobianOptions): (x: A) => A;
export function jacobian(f: (x: Tensor) => Tensor, options?: JacobianOptions): (x: Tensor) => Tensor;
export function jacobian<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor, options: JacobianOptions = {}): (x: A) => A {
  checkArguments("jacobian", 2, arguments, "jacobian(f, options)(x)");
  return jacobianOf("jacobian", f, options);
}

/** The same as a part of what `caller` does. */
function jacobianOf<A extends TreeLike<A>>(caller: string, f: (x: A) => Tensor, options: JacobianOptions): (x: A) => A {
  checkFunction(caller, f);
  const { mode, chunk } = checkOptions(caller, options, ["mode", "chunk"]);
  if (chunk !== undefined && (!Number.isInteger(chunk) || chunk < 1))
    throw new ValueError(`${caller}: the chunk must be a whole number of at least 1, got ${describe(chunk)}`);
  if (mode !== undefined && mode !== "reverse" && mode !== "forward")
    throw new ValueError(`${caller}: the mode is ${describe(mode)}; give "reverse" or "forward"`);
  return (...given) => {
    checkArguments(`${caller}(f)`, 1, given, together(caller));
    const [x] = given;
    const { value, pullback } = pulledBack(caller, f, x);
    noteDifferentiated(returned(caller, "f", value));
    const [rows, columns] = [size(value.shape), treeLeaves(x).reduce((total, { tensor }) => total + size(tensor.shape), 0)];
    const chosen = mode ?? (rows <= columns ? "reverse" : "forward");
    checkRoom(caller, rows, columns, chosen === "reverse" ? rows : columns, chunk);
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

/** Throws ShapeError where the result, or the one-hot seeds of a sweep, have more entries than memory can hold. */
function checkRoom(caller: string, rows: number, columns: number, seeds: number, chunk: number = seeds): void {
  if (rows * columns > mostEntries)
    throw new ShapeError(
      `${caller}: ${rows} entries by ${columns} are ${rows * columns} derivatives, more than memory can hold; take products with it instead: vjp, jvp or hvp`,
    );
  if (seeds * Math.min(chunk, seeds) > mostEntries)
    throw new ShapeError(
      `${caller}: ${Math.min(chunk, seeds)} seeds of ${seeds} entries at once are more than memory can hold; take fewer, such as { chunk: ${Math.max(1, Math.floor(2 ** 24 / seeds))} }`,
    );
}

/** How a function of several arguments is written as one of one. */
function together(caller: string): string {
  return `${caller}(({ a, b }) => ...)({ a, b }), with several arguments in one record or list`;
}

/** A tangent that moves one tensor of x, told by its number. */
function oneHotTree<A extends TreeLike<A>>(x: A, seed: Tensor, moving: number): A {
  let which = -1;
  return treeMap(x, (leaf) => (++which === moving ? seed : zeros(leaf.shape)));
}

/** Some rows of the identity. */
function oneHotRows(first: number, rows: number, count: number): Tensor {
  const data = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) data[row * count + first + row] = 1;
  return constant(data, [rows, count]);
}

/** Calls `f` with the rows of the identity, some at a time, and joins what it gives along axis 0. */
function inChunks(count: number, chunk: number | undefined, f: (seeds: Tensor) => Tree): Tree {
  const step = Math.max(1, chunk ?? count);
  const parts = Array.from({ length: Math.max(1, Math.ceil(count / step)) }, (_, at) => f(oneHotRows(at * step, Math.min(step, count - at * step), count)));
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

/** A tree of the structure of A, twice: in the place of each tensor stands what belongs to the whole of A. */
export type HessianOf<A, Whole = A> = Tree extends A ? Tree : A extends Tensor ? Whole : { readonly [K in keyof A]: HessianOf<A[K], Whole> };

/**
 * The Hessian of a scalar function: all second derivatives. Of one tensor it has the shape of x twice; of records and arrays of tensors the
 * structure twice, so that `h.W.b` holds the derivatives by W, then by b, with the axes of W before those of b. Forward over reverse, one
 * sweep forward for each tensor of x, unless the mode is reverse.
 *
 * Throws GradientError when f does not return a scalar, ValueError for what jacobian refuses.
 *
 * @example
 * nested(hessian((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2]))) // => [[6, 0], [0, 12]]
 *
 * @example
 * nested(hessian(({ a, b }: { a: Tensor; b: Tensor }) => mul(square(a), b))({ a: tensor(3), b: tensor(1) }).a.b) // => 6
 */
export function hessian<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor, options?: JacobianOptions): (x: A) => HessianOf<A>;
export function hessian(f: (x: Tensor) => Tensor, options?: JacobianOptions): (x: Tensor) => Tensor;
export function hessian<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor, options: JacobianOptions = {}): (x: A) => HessianOf<A> {
  checkArguments("hessian", 2, arguments, "hessian(f)(x)");
  const slope = slopeOf("hessian", f);
  const { mode = "forward", chunk } = checkOptions("hessian", options, ["mode", "chunk"]);
  const each: JacobianOptions = chunk === undefined ? { mode } : { mode, chunk };
  const of = (which: number): ((x: A) => A) => jacobianOf("hessian", (x: A) => treeLeaves(slope(x))[which]?.tensor as Tensor, each);
  // What cannot be had is refused before an argument is there.
  of(0);
  return (...given) => {
    checkArguments("hessian(f)", 1, given, together("hessian"));
    const [x] = given;
    let which = 0;
    return mapTree("hessian: the argument", x, () => of(which++)(x)) as unknown as HessianOf<A>;
  };
}

/**
 * The Hessian of a scalar function times a vector of the structure of x, without the Hessian: forward over reverse.
 *
 * Throws GradientError when f does not return a scalar, ShapeError when v has not the shapes of x, ValueError when it has not its structure.
 *
 * @example
 * nested(hvp((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2]), tensor([1, 1]))) // => [6, 12]
 */
export function hvp<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor): (x: A, v: A) => A;
export function hvp(f: (x: Tensor) => Tensor): (x: Tensor, v: Tensor) => Tensor;
export function hvp<A extends TreeLike<A> = Tensor>(f: (x: A) => Tensor): (x: A, v: A) => A {
  checkArguments("hvp", 1, arguments, "hvp(f)(x, v)");
  const slope = slopeOf("hvp", f);
  return (...given) => {
    checkArguments("hvp(f)", 2, given, "hvp(f)(x, v), with several arguments of f in one record or list");
    const [x, v] = given;
    return pushedForward("hvp", slope, x, v).tangent;
  };
}
