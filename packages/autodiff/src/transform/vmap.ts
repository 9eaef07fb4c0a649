import { checkOptions } from "../ops/options.ts";
import { ShapeError, ValueError, checkFunction, describe, showList, checkArguments } from "../shape.ts";
import { type Tensor, asUser, checkLive, endTrace, showOperand, symbol } from "../tensor.ts";
import { type Tree, type TreeLike, type TreeList, namedLeaves, mapTree, treeMap } from "../tree.ts";
import { batchGraph, repeated } from "./batch.ts";

/** Which arguments carry a batch axis in front. */
export interface VmapOptions {
  /** True for each argument that is mapped over; all of them when absent. */
  readonly over?: readonly boolean[];
}

/**
 * A function of one example as a function of a batch: every mapped argument has the examples along a new axis 0, and so has the result.
 * f is traced once, on the shapes of one example, and its graph is rebuilt for the batch, one node for one node; there is no loop.
 *
 * A draw inside f is the same for every example. Throws ShapeError when the arguments hold different numbers of examples or one is a scalar,
 * ValueError when none is mapped over, `over` is no list of true or false, or f gives no tensors; TraceError when f reads numbers.
 *
 * @example
 * nested(vmap((x: Tensor) => sum(square(x)))(tensor([[1, 2], [3, 4]]))) // => [5, 25]
 * nested(vmap(grad((x: Tensor) => sum(square(x))))(tensor([[1, 2], [3, 4]]))) // => [[2, 4], [6, 8]]
 */
export function vmap<Args extends TreeList<Args> = readonly [x: Tensor, ...others: Tensor[]], R extends TreeLike<R> = Tensor>(
  f: (...args: Args) => R,
  options: VmapOptions = {},
): (...args: Args) => R {
  checkArguments("vmap", 2, arguments, "vmap(f, options)(x)");
  checkFunction("vmap", f);
  const { over } = checkOptions("vmap", options, ["over"]);
  if (over !== undefined && !(Array.isArray(over) && Array.from(over as readonly unknown[]).every((each) => typeof each === "boolean")))
    throw new ValueError(`vmap: \`over\` is a list of true or false, one for each argument, got ${Array.isArray(over) ? showList(over) : describe(over)}`);
  return (...args) => {
    if (over !== undefined && over.length > args.length)
      throw new ValueError(`vmap: \`over\` speaks of ${over.length} arguments, but ${args.length} were given`);
    const given = new Map<Tensor, Tensor>();
    let count: number | undefined;
    const examples = (args as readonly Tree[]).map((arg, position) => {
      if (over !== undefined && over[position] !== true) return arg;
      return mapTree(`vmap: argument ${position}`, arg, (leaf, path) => {
        const [extent] = leaf.shape;
        if (extent === undefined)
          throw new ShapeError(
            `vmap: argument ${position}${path === "" ? "" : ` at ${path}`} is a scalar; a mapped argument has its examples along axis 0; leave it out with \`over\` when all examples share it`,
          );
        if (count !== undefined && extent !== count)
          throw new ShapeError(`vmap: argument ${position} (${showOperand(leaf)}) holds ${extent} examples along axis 0, but the ones before it hold ${count}`);
        count = extent;
        const example = symbol(leaf.name ?? (path === "" ? `argument ${position}` : path), leaf.shape.slice(1));
        given.set(example, leaf);
        return example;
      });
    }) as unknown as Args;
    if (count === undefined) throw new ValueError("vmap: no argument is mapped; name at least one in `over`");
    const size = count;
    const result = asUser(() => f(...examples));
    endTrace("vmap", given.keys());
    const leaves = namedLeaves("vmap: what f returned", result).map(({ tensor }) => tensor);
    const batched = batchGraph(leaves, given, size);
    const byLeaf = new Map(leaves.map((leaf, at) => [leaf, batched[at]]));
    checkLive(
      "vmap",
      batched.map(({ tensor }) => tensor),
    );
    return treeMap(result, (leaf) => repeated(byLeaf.get(leaf) ?? { tensor: leaf, batched: false }, size));
  };
}
