import { add } from "../ops/arithmetic.ts";
import { zeros } from "../ops/creation.ts";
import { ShapeError, checkFunction, sameShape, checkArguments } from "../shape.ts";
import { adjointsOf } from "../sweep/remembered.ts";
import { trace } from "../sweep/trace.ts";
import { type Tensor, asUser, checkLive, detach, showOperand } from "../tensor.ts";
import { type TreeLike, namedLeaves, treeMap, zipTrees } from "../tree.ts";
import { settled, watchTree } from "./grad.ts";

/** A value and the map from a cotangent of it to the gradient with respect to the argument. */
export interface Pullback<A, B> {
  readonly value: B;
  pullback(cotangent: B): A;
}

/**
 * The vector-Jacobian product of f at x: f's value and a function that takes a cotangent (of the value's structure and shapes) to
 * cotangentᵀ J. The pullback can be called more than once.
 *
 * Throws ShapeError when a cotangent's shape differs from the value's, ValueError when their structures differ or f gives no tensors.
 *
 * @example
 * nested(vjp((x: Tensor) => square(x), tensor([1, 2])).pullback(tensor([1, 10]))) // => [2, 40]
 */
export function vjp<A extends TreeLike<A> = Tensor, B extends TreeLike<B> = Tensor>(f: (x: A) => B, x: A): Pullback<A, B> {
  checkArguments("vjp", 2, arguments, "vjp(f, x).pullback(cotangent), with several arguments of f in one record or list");
  return pulledBack("vjp", f, x);
}

/** The same as a part of what `caller` does. */
export function pulledBack<A extends TreeLike<A>, B extends TreeLike<B>>(caller: string, f: (x: A) => B, x: A): Pullback<A, B> {
  checkFunction(caller, f);
  const watched: Tensor[] = [];
  const given = watchTree(x, "", watched, `${caller}: the argument`);
  const result = asUser(() => f(given));
  const outputs = namedLeaves(`${caller}: what f returned`, result).map(({ tensor }) => tensor);
  checkLive(caller, outputs);
  const { order, records } = trace(outputs, watched);
  return {
    value: records ? result : treeMap(result, detach),
    pullback: (...cotangents) => {
      checkArguments(`${caller} pullback`, 1, cotangents, "pullback(cotangent), with the cotangents of several values in one record or list");
      const [cotangent] = cotangents;
      const seeds = new Map<number, Tensor>();
      zipTrees(caller, ["the value", "the cotangent"], result, cotangent, (output, seed, path) => {
        if (!sameShape(output.shape, seed.shape))
          throw new ShapeError(
            `${caller}: the cotangent${path === "" ? "" : ` ${path}`} is ${showOperand(seed)} but the value is ${showOperand(output)}; they must have one shape`,
          );
        if (output.tracked) {
          const earlier = seeds.get(output.id);
          seeds.set(output.id, earlier === undefined ? seed : add(earlier, seed));
        }
        return output;
      });
      const adjoints = adjointsOf({ order: [...order], records }, seeds, watched);
      const gradients = new Map(watched.map((leaf, at) => [leaf, settled(adjoints[at] ?? zeros(leaf.shape), watched)]));
      return treeMap(given, (leaf) => gradients.get(leaf) as Tensor);
    },
  };
}
