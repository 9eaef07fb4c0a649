import { zeros } from "../ops/creation.ts";
import { ShapeError, checkFunction, sameShape, checkArguments } from "../shape.ts";
import { forward } from "../sweep/forward.ts";
import { trace } from "../sweep/trace.ts";
import { type Tensor, asUser, checkLive, detach, showOperand } from "../tensor.ts";
import { type TreeLike, namedLeaves, treeMap, zipTrees } from "../tree.ts";
import { settled, watchTree } from "./grad.ts";

/** A value and its derivative along a direction. */
export interface Pushforward<B> {
  readonly value: B;
  readonly tangent: B;
}

/**
 * The Jacobian-vector product: f's value at x and its derivative along `tangent`, which has the structure and shapes of x. One forward
 * sweep, never a Jacobian.
 *
 * Throws ShapeError when a tangent's shape differs from its argument's, ValueError when their structures differ or f gives no tensors,
 * GradientError at an op that has a reverse rule only.
 *
 * @example
 * item(jvp((x: Tensor) => square(x), tensor(3), tensor(1)).tangent) // => 6
 */
export function jvp<A extends TreeLike<A> = Tensor, B extends TreeLike<B> = Tensor>(f: (x: A) => B, x: A, tangent: A): Pushforward<B> {
  checkArguments("jvp", 3, arguments, "jvp(f, x, tangent), with several arguments of f in one record or list");
  return pushedForward("jvp", f, x, tangent);
}

/** The same as a part of what `caller` does. */
export function pushedForward<A extends TreeLike<A>, B extends TreeLike<B>>(caller: string, f: (x: A) => B, x: A, tangent: A): Pushforward<B> {
  checkFunction(caller, f);
  const watched: Tensor[] = [];
  const given = watchTree(x, "", watched, `${caller}: the argument`);
  const seeds = new Map<number, Tensor>();
  zipTrees(caller, ["the argument", "the tangent"], given, tangent, (leaf, direction, path) => {
    if (!sameShape(leaf.shape, direction.shape))
      throw new ShapeError(
        `${caller}: the tangent${path === "" ? "" : ` ${path}`} is ${showOperand(direction)} but the argument is ${showOperand(leaf)}; they must have one shape`,
      );
    seeds.set(leaf.id, direction);
    return leaf;
  });
  const result = asUser(() => f(given));
  const outputs = namedLeaves(`${caller}: what f returned`, result).map(({ tensor }) => tensor);
  checkLive(caller, outputs);
  const traced = trace(outputs, watched);
  const tangents = forward(caller, traced, seeds, outputs);
  const byOutput = new Map(outputs.map((output, at) => [output, settled(tangents[at] ?? zeros(output.shape), watched)]));
  return { value: traced.records ? result : treeMap(result, detach), tangent: treeMap(result, (output) => byOutput.get(output) as Tensor) };
}
