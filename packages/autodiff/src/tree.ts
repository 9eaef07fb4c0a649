import { ours } from "./copies.ts";
import { checkArguments, ValueError, checkFunction, describe, promised } from "./shape.ts";
import { type Nested } from "./summary.ts";
import { type Tensor } from "./tensor.ts";
import { type Like, isTensor } from "./ops/like.ts";

/** Tensors in nested records and arrays, such as the parameters of a network. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/**
 * The bound of a type of trees, `A extends TreeLike<A>`: all that is a `Tree`, and also an interface all of whose leaves are tensors, which
 * is none for want of an index signature.
 */
export type TreeLike<A> = Tree | (object & { readonly [K in keyof A]: TreeOf<A[K]> });

/** The same for a list of arguments; a `Like` is one, so that ops can be handed over as they are. */
export type TreeList<Args> = readonly Tree[] | (readonly unknown[] & { readonly [K in keyof Args]: [Like] extends [Args[K]] ? Like : TreeOf<Args[K]> });

/** A part of a tree as it has to be, so that what is no tensor is refused where it stands. */
export type TreeOf<A> = [Tree] extends [A]
  ? Tree
  : A extends Tensor
    ? Tensor
    : A extends Nested | string | bigint | boolean | symbol | null | undefined | ((...x: never[]) => unknown)
      ? Tree
      : { readonly [K in keyof A]: TreeOf<A[K]> };

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
export function treeLeaves<T extends TreeLike<T>>(tree: T): readonly TreeLeaf[] {
  checkArguments("treeLeaves", 1, arguments);
  return namedLeaves("treeLeaves: the tree", tree);
}

/**
 * Every tensor of a tree with its path, as `treeLeaves`, of a tree that errors call `what`.
 *
 * Throws ValueError for anything that is not a tensor, an array or a plain record, naming `what` and the path.
 *
 * @example
 * namedLeaves("vjp: the cotangent", { a: tensor(1) })[0]?.path // => "a"
 */
export function namedLeaves<T extends TreeLike<T>>(what: string, tree: T): readonly TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  mapTree(what, tree, (tensor, path) => {
    leaves.push({ path, tensor });
    return tensor;
  });
  return leaves;
}

/**
 * A tree of the same structure with `f` applied to each tensor; an op, such as `square`, is given the tensor without its path.
 * Another function that takes a tensor alone is written `(t) => stopGradient(t)`.
 *
 * Throws ValueError for anything that is not a tensor, an array or a plain record, naming the path, and when `f` is no function.
 *
 * @example
 * treeMap({ W: tensor(2) }, square).W.data?.[0] // => 4
 */
export function treeMap<T extends TreeLike<T>>(tree: T, f: (tensor: Tensor, path: string) => Tensor): T {
  checkArguments("treeMap", 2, arguments);
  checkFunction("treeMap", f, "treeMap(tree, (tensor) => ...)");
  return mapTree("treeMap: the tree", tree, isOp(f) ? (tensor) => f(tensor) : f);
}

/** Whether a function is an op of the library, which takes operands and no path behind them. */
function isOp(f: (...args: never[]) => Tensor): f is (...operands: Tensor[]) => Tensor {
  return "op" in f;
}

/** Nobody nests deeper, and the walk is recursive. */
const mostLevels = 1000;

/** The same of a tree that errors call `what`; a whole tree may stand in the place of each tensor. */
export function mapTree<T extends TreeLike<T>>(what: string, tree: T, f: (tensor: Tensor, path: string) => Tree): T {
  const open = new Set<object>();
  const refused = (path: string, problem: string): ValueError => new ValueError(`${what}${path === "" ? "" : ` at ${path}`} ${problem}`);
  const visit = (part: Tree | undefined, path: string): Tree => {
    if (isTensor(part)) return f(ours(what, part), path);
    if (typeof part !== "object" || part === null || !(Array.isArray(part) || isPlain(part)))
      throw refused(
        path,
        `is ${describe(part)}; ${part instanceof Promise ? promised : typeof part === "function" ? "call it, and return what it gives" : "it must be a tensor, or tensors in nested records and arrays; wrap numbers with tensor(...)"}`,
      );
    if (open.size === mostLevels) throw new ValueError(`${what} is nested deeper than ${mostLevels} levels; keep its tensors in a list`);
    if (open.has(part)) throw refused(path, "contains itself; it must be tensors in nested records and arrays, without circles");
    open.add(part);
    const made = inside(part, path);
    open.delete(part);
    return made;
  };
  const inside = (part: Exclude<Tree, Tensor>, path: string): Tree => {
    // By position: map would step over the holes of a sparse array.
    if (Array.isArray(part)) return Array.from(part as readonly Tree[], (each, position) => visit(each, `${path}[${position}]`));
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, visit(each, path === "" ? key : `${path}.${key}`)]));
  };
  return visit(tree, "") as T;
}

/**
 * A tree of the structure of `a` with `f` applied to each tensor of `a` and its partner in `b`; an op, such as `mul`, is given the two without their path.
 *
 * Throws ValueError when the structures differ, naming the path, and when `f` is no function.
 *
 * @example
 * treeZip({ W: tensor(2) }, { W: tensor(3) }, (p, g) => sub(p, g)).W.data?.[0] // => -1
 */
export function treeZip<T extends TreeLike<T>, U extends TreeLike<U>>(a: T, b: U, f: (left: Tensor, right: Tensor, path: string) => Tensor): T {
  checkArguments("treeZip", 3, arguments);
  checkFunction("treeZip", f, "treeZip(a, b, (left, right) => ...)");
  return zipTrees("treeZip", ["the first", "the second"], a, b, isOp(f) ? (left, right) => f(left, right) : f);
}

/** The same of two trees that errors of `caller` call by these names. */
export function zipTrees<T extends TreeLike<T>, U extends TreeLike<U>>(
  caller: string,
  [first, second]: readonly [string, string],
  a: T,
  b: U,
  f: (left: Tensor, right: Tensor, path: string) => Tensor,
): T {
  const shown = (path: string): string => (path === "" ? "a tensor by itself" : path);
  const differ = (path: string, here: string, there: string): ValueError =>
    new ValueError(`${caller}: the two structures differ: ${shown(path)} is in ${here} but not in ${there}; give both the same keys and lengths`);
  const visit = (left: Tree, right: Tree | undefined, path: string): Tree => {
    if (isTensor(left)) {
      if (right === undefined || !isTensor(right)) throw differ(path, first, second);
      return f(left, right, path);
    }
    const within = (key: string | number): string => (typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
    if (right === undefined || isTensor(right) || Array.isArray(left) !== Array.isArray(right)) throw differ(firstLeaf(left, path), first, second);
    const [ours, theirs] = [entriesOf(left), entriesOf(right)];
    for (const [key, part] of theirs) if (!ours.has(key)) throw differ(firstLeaf(part, within(key)), second, first);
    const made = [...ours].map(([key, part]) => [key, visit(part, theirs.get(key), within(key))] as const);
    return Array.isArray(left) ? made.map(([, part]) => part) : Object.fromEntries(made);
  };
  // Both are walked once before, so that what is no tree, or contains itself, is refused in its own sentence.
  namedLeaves(`${caller}: ${first}`, a);
  namedLeaves(`${caller}: ${second}`, b);
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
