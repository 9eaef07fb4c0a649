import { ValueError, describe } from "./shape.ts";
import { type Tensor } from "./tensor.ts";
import { isTensor } from "./ops/like.ts";

/** Tensors in nested records and arrays, such as the parameters of a network. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** One tensor of a tree and where it stands: `layers[0].W`, or the empty path for the tree itself. */
export interface TreeLeaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/**
 * Every tensor of a tree with its path, in the order of the keys.
 *
 * Throws ValueError for anything that is not a tensor, an array or a plain record, naming the path.
 *
 * @example
 * treeLeaves({ layers: [{ W: tensor(1) }] })[0]?.path // => "layers[0].W"
 */
export function treeLeaves(tree: Tree, what?: string): readonly TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  treeMap(
    tree,
    (tensor, path) => {
      leaves.push({ path, tensor });
      return tensor;
    },
    what,
  );
  return leaves;
}

/**
 * A tree of the same structure with `f` applied to each tensor.
 *
 * Throws ValueError for anything that is not a tensor, an array or a plain record, naming the path, or `what` when it is the whole.
 *
 * @example
 * treeMap({ W: tensor(2) }, (t) => square(t)).W.data?.[0] // => 4
 */
export function treeMap<T extends Tree>(tree: T, f: (tensor: Tensor, path: string) => Tensor, what: string = "an argument to differentiate"): T {
  const open = new Set<object>();
  const visit = (part: Tree, path: string): Tree => {
    if (isTensor(part)) return f(part, path);
    if (typeof part === "object" && part !== null && open.has(part))
      throw new ValueError(`${path === "" ? "an argument" : path} contains itself; parameters are tensors in nested records and arrays, without circles`);
    open.add(part);
    const made = inside(part, path);
    open.delete(part);
    return made;
  };
  const inside = (part: Exclude<Tree, Tensor>, path: string): Tree => {
    if (Array.isArray(part)) return part.map((each: Tree, position) => visit(each, `${path}[${position}]`));
    if (typeof part !== "object" || part === null || !isPlain(part))
      throw new ValueError(
        `${path === "" ? what : path} is ${describe(part)}; it must be a tensor, or tensors in nested records and arrays; wrap numbers with tensor(...)`,
      );
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, visit(each, path === "" ? key : `${path}.${key}`)]));
  };
  return visit(tree, "") as T;
}

/**
 * A tree of the structure of `a` with `f` applied to each tensor of `a` and its partner in `b`.
 *
 * Throws ValueError when the structures differ, naming the path.
 *
 * @example
 * treeZip({ W: tensor(2) }, { W: tensor(3) }, (p, g) => sub(p, g)).W.data?.[0] // => -1
 */
export function treeZip<T extends Tree>(a: T, b: Tree, f: (left: Tensor, right: Tensor, path: string) => Tensor): T {
  const shown = (path: string): string => (path === "" ? "a tensor by itself" : path);
  const differ = (path: string, here: string, there: string): ValueError =>
    new ValueError(`the two structures differ: ${shown(path)} is in the ${here} but not in the ${there}; give both the same keys and lengths`);
  const visit = (left: Tree, right: Tree | undefined, path: string): Tree => {
    if (isTensor(left)) {
      if (right === undefined || !isTensor(right)) throw differ(path, "first", "second");
      return f(left, right, path);
    }
    const within = (key: string | number): string => (typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
    if (right === undefined || isTensor(right) || Array.isArray(left) !== Array.isArray(right)) throw differ(firstLeaf(left, path), "first", "second");
    const [ours, theirs] = [entriesOf(left), entriesOf(right)];
    for (const [key, part] of theirs) if (!ours.has(key)) throw differ(firstLeaf(part, within(key)), "second", "first");
    const made = [...ours].map(([key, part]) => [key, visit(part, theirs.get(key), within(key))] as const);
    return Array.isArray(left) ? made.map(([, part]) => part) : Object.fromEntries(made);
  };
  // Both are walked once before, so that what is no tree, or contains itself, is refused in its own sentence.
  treeMap(a, (tensor) => tensor);
  treeMap(b, (tensor) => tensor);
  return visit(a, b, "") as T;
}

function entriesOf(part: Exclude<Tree, Tensor>): ReadonlyMap<string | number, Tree> {
  return Array.isArray(part) ? new Map((part as readonly Tree[]).map((each, at) => [at, each])) : new Map(Object.entries(part));
}

/** Where the first tensor below a part stands. */
function firstLeaf(part: Tree, path: string): string {
  const [leaf] = treeLeaves(part);
  const rest = leaf?.path ?? "";
  return rest === "" || rest.startsWith("[") ? `${path}${rest}` : path === "" ? rest : `${path}.${rest}`;
}

function isPlain(part: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(part);
  return prototype === null || prototype === Object.prototype;
}
