import { type Tree, ValueError, treeLeaves } from "@nabla/autodiff";

/** The tensors of a tree that somebody gave, with their paths. Throws ValueError for what is no tree of tensors, or holds none. */
export function leavesOf(caller: string, what: string, tree: Tree): ReturnType<typeof treeLeaves> {
  const leaves = readable(caller, what, tree);
  if (leaves.length === 0) throw new ValueError(`${caller}: ${what} holds no tensor; give a tensor, or tensors in nested records and arrays`);
  return leaves;
}

function readable(caller: string, what: string, tree: Tree): ReturnType<typeof treeLeaves> {
  try {
    return treeLeaves(tree, what);
  } catch (error) {
    throw new ValueError(`${caller}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
