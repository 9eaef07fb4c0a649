import { ones, zeros } from "../ops/creation.ts";
import { checkOptions } from "../ops/options.ts";
import { type Nested } from "../summary.ts";
import { ValueError, checkFunction, describe, checkArguments } from "../shape.ts";
import { checkCost } from "../sweep/cost.ts";
import { adjointsOf } from "../sweep/remembered.ts";
import { unreachedFrom } from "../sweep/unreached.ts";
import { GradientError, type Trace, trace } from "../sweep/trace.ts";
import { type Tensor, asUser, checkLive, detach, noteDifferentiated, watch } from "../tensor.ts";
import { type Tree, type TreeLike, mapTree, treeMap } from "../tree.ts";

/** What happens when the cost does not depend on a tensor that it is differentiated by. */
export interface UnusedOptions {
  /** "zero", when absent: its gradient is zero. "error": a GradientError names it, with why. */
  readonly unused?: "zero" | "error";
}

/** Which arguments to differentiate, by position; the first when absent. */
export interface WrtOptions<W extends number | readonly number[]> extends UnusedOptions {
  readonly wrt: W;
}

/** The gradient has the structure and the types of the arguments named by `wrt`; that of an argument which may be a number too is a tensor. */
export type GradientOf<Args extends readonly unknown[], W extends number | readonly number[] = 0> = W extends number
  ? Exclude<Args[W], Nested | undefined>
  : { readonly [K in keyof W]: W[K] extends number ? Exclude<Args[W[K]], Nested | undefined> : never };

/** Arguments of which the first may hold tensors: numbers, texts and nothing have no gradient. */
export type Differentiable<Args extends readonly unknown[]> =
  | readonly [object, ...unknown[]]
  | (Args[0] extends object ? readonly unknown[] : Tensor extends Args[0] ? readonly unknown[] : readonly [object, ...unknown[]]);

/** The positions of arguments that there are, as types; any where their number is open. */
export type PositionOf<Args extends readonly unknown[]> = number extends Args["length"]
  ? number
  : Exclude<{ readonly [K in keyof Args]: K extends `${infer At extends number}` ? At : never }[number], undefined>;

/** `wrt` as it was given, or the positions that it could have named. */
export type WrtWithin<Args extends readonly unknown[], W> = W extends number
  ? number extends W
    ? W
    : W extends PositionOf<Args>
      ? W
      : PositionOf<Args>
  : { readonly [K in keyof W]: WrtWithin<Args, W[K]> };

/** A cost with its gradient. */
export interface ValueAndGradient<G> {
  readonly value: Tensor;
  readonly gradient: G;
}

/**
 * The gradient of a scalar function with respect to its first argument (or to those that `wrt` names): a function of the same arguments.
 * An argument is a tensor or a record or array of tensors, nested as you like; the gradient has the same structure. What the cost does
 * not depend on has gradient zero, or is refused by name with `{ unused: "error" }`. Nest it for higher orders.
 *
 * Throws GradientError when f does not return a scalar tensor, ValueError when an argument to differentiate is not a tree of tensors, `wrt`
 * names no argument, or an option is unknown.
 *
 * @example
 * item(grad((x: Tensor) => mul(x, x))(tensor(3))) // => 6
 * item(grad(grad((x: Tensor) => tanh(x)))(tensor(0.5))) // => -0.7268619813835873
 */
export function grad<Args extends Differentiable<Args> = [x: Tensor, ...others: Tensor[]]>(
  f: (...args: Args) => Tensor,
  options?: UnusedOptions,
): (...args: Args) => GradientOf<Args>;
export function grad<Args extends readonly unknown[] = [x: Tensor, ...others: Tensor[]], const W extends number | readonly number[] = number>(
  f: (...args: Args) => Tensor,
  options: WrtOptions<W> & { readonly wrt: WrtWithin<Args, W> },
): (...args: Args) => GradientOf<Args, W>;
export function grad<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  options: Partial<WrtOptions<number | readonly number[]>> = {},
): (...args: Args) => unknown {
  checkArguments("grad", 2, arguments, "grad(f, options)(x)");
  const both = differentiated("grad", f, options);
  return (...args) => both(...args).gradient;
}

/**
 * Value and gradient of a scalar function in one pass; see `grad`.
 *
 * @example
 * item(valueAndGrad((x: Tensor) => mul(x, x))(tensor(3)).value) // => 9
 */
export function valueAndGrad<Args extends Differentiable<Args> = [x: Tensor, ...others: Tensor[]]>(
  f: (...args: Args) => Tensor,
  options?: UnusedOptions,
): (...args: Args) => ValueAndGradient<GradientOf<Args>>;
export function valueAndGrad<Args extends readonly unknown[] = [x: Tensor, ...others: Tensor[]], const W extends number | readonly number[] = number>(
  f: (...args: Args) => Tensor,
  options: WrtOptions<W> & { readonly wrt: WrtWithin<Args, W> },
): (...args: Args) => ValueAndGradient<GradientOf<Args, W>>;
export function valueAndGrad<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  options: Partial<WrtOptions<number | readonly number[]>> = {},
): (...args: Args) => ValueAndGradient<unknown> {
  checkArguments("valueAndGrad", 2, arguments, "valueAndGrad(f, options)(x)");
  return differentiated("valueAndGrad", f, options);
}

/** The gradient of a function of one argument, as a part of what `caller` does. */
export function slopeOf<A extends TreeLike<A>>(caller: string, f: (x: A) => Tensor): (x: A) => A {
  const both = differentiated(caller, f, {});
  return (x) => both(x).gradient as A;
}

function differentiated<Args extends readonly unknown[]>(
  caller: string,
  f: (...args: Args) => Tensor,
  options: Partial<WrtOptions<number | readonly number[]>>,
): (...args: Args) => ValueAndGradient<unknown> {
  checkFunction(caller, f);
  const { wrt = 0, unused = "zero" } = checkOptions(caller, options, ["wrt", "unused"]);
  if (unused !== "zero" && unused !== "error") throw new ValueError(`${caller}: unused is ${describe(unused)}; give "zero" or "error"`);
  const positions = positionsOf(caller, wrt);
  return (...args) => {
    for (const position of positions)
      if (position >= args.length)
        throw new ValueError(
          `${caller}: wrt names argument ${position}, but ${args.length === 0 ? "none was given" : `${args.length} were given (0 to ${args.length - 1})`}`,
        );
    const watched: Tensor[] = [];
    const given = args.map((arg, position) => {
      if (!positions.includes(position)) return arg;
      return watchTree(arg as Tree, args.length > 1 ? `argument ${position}` : "", watched, `${caller}: argument ${position}`);
    }) as unknown as Args;
    // The cost is dropped before the sweep, so that the sweep can give its memory back on the way.
    const run = evaluate(caller, f, given, watched, unused === "error");
    const adjoints = adjointsOf(run.traced, run.seeds, watched);
    const { cost } = run;
    const missing = cost && watched.find((_, at) => adjoints[at] === undefined);
    if (missing !== undefined)
      throw new GradientError(`${caller}: ${missing.name ?? "the argument"} receives no gradient: ${unreachedFrom(cost as Tensor)(missing)}`);
    const gradients = new Map(watched.map((leaf, at) => [leaf, settled(adjoints[at] ?? zeros(leaf.shape), watched)]));
    const gradientAt = (position: number): unknown => treeMap(given[position] as Tree, (leaf) => gradients.get(leaf) as Tensor);
    return { value: run.value, gradient: typeof wrt === "number" ? gradientAt(wrt) : wrt.map(gradientAt) };
  };
}

/** Throws ValueError unless `wrt` is a position or a list of positions. */
function positionsOf(caller: string, wrt: number | readonly number[]): readonly number[] {
  const positions = Array.isArray(wrt) ? Array.from(wrt as readonly number[]) : [wrt as number];
  const bad = positions.findIndex((each) => !Number.isInteger(each) || each < 0);
  if (bad >= 0) throw new ValueError(`${caller}: wrt names arguments by position, 0 for the first, or a list such as [0, 2]; got ${describe(positions[bad])}`);
  return positions;
}

interface Evaluated {
  readonly value: Tensor;
  /** The cost with its graph, where it was asked for. */
  readonly cost: Tensor | undefined;
  readonly traced: Trace;
  readonly seeds: ReadonlyMap<number, Tensor>;
}

function evaluate<Args extends readonly unknown[]>(
  caller: string,
  f: (...args: Args) => Tensor,
  args: Args,
  watched: readonly Tensor[],
  keeps: boolean,
): Evaluated {
  const cost = asUser(() => f(...args));
  checkCost(caller, cost);
  checkLive(caller, [cost]);
  noteDifferentiated(cost);
  const traced = trace([cost], watched);
  return {
    value: traced.records ? cost : detach(cost),
    cost: keeps ? cost : undefined,
    traced,
    seeds: new Map(cost.tracked ? [[cost.id, ones(cost.shape)]] : []),
  };
}

/** Tracked aliases of the tensors of an argument, named by their paths and collected in `watched`. */
export function watchTree<T extends TreeLike<T>>(tree: T, label: string, watched: Tensor[], what: string): T {
  return mapTree(what, tree, (leaf, path) => {
    const alias = watch(leaf, leaf.name ?? (path === "" ? (label === "" ? undefined : label) : path));
    watched.push(alias);
    return alias;
  });
}

/** A derivative keeps its history only if it depends on something tracked outside the call. */
export function settled(derivative: Tensor, watched: readonly Tensor[]): Tensor {
  return derivative.tracked && !trace([derivative], watched).records ? detach(derivative) : derivative;
}
