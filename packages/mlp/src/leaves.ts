import { type TreeLeaf, type TreeLike, ValueError } from "@nabla/autodiff";
import { namedLeaves } from "@nabla/autodiff/argument";

/** The tensors of a tree that somebody gave, with their paths. Throws ValueError for what is no tree of tensors, or holds none. */
export function leavesOf<T extends TreeLike<T>>(caller: string, what: string, tree: T): readonly TreeLeaf[] {
  const leaves = namedLeaves(`${caller}: ${what}`, tree);
  if (leaves.length === 0) throw new ValueError(`${caller}: ${what} holds no tensor; give a tensor, or tensors in nested records and arrays`);
  return leaves;
}
