import { ones, zeros } from "../ops/creation.ts";
import { ShapeError, ValueError, checkFunction, describe, showShape } from "../shape.ts";
import { adjointsOf } from "../sweep/remembered.ts";
import { whyUnreached } from "../sweep/unreached.ts";
import { GradientError, type Trace, trace } from "../sweep/trace.ts";
import { type Tensor, asUser, detach, watch } from "../tensor.ts";
import { isTensor } from "../ops/like.ts";
import { type Tree, treeMap } from "../tree.ts";

/** What happens when the cost does not depend on a tensor that it is differentiated by. */
export interface UnusedOptions {
  /** "zero", when absent: its gradient is zero. "error": a GradientError names it, with why. */
  readonly unused?: "zero" | "error";
}

/** Which arguments to differentiate, by position; the first when absent. */
export interface WrtOptions<W extends number | readonly number[]> extends UnusedOptions {
  readonly wrt: W;
}

/** The gradient has the structure and the types of the arguments named by `wrt`. */
export type GradientOf<Args extends readonly unknown[], W extends number | readonly number[]> = W extends number
  ? Args[W]
  : { readonly [K in keyof W]: W[K] extends number ? Args[W[K]] : never };

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
 * Throws GradientError when f does not return a scalar tensor, ValueError when an argument to differentiate is not a tree of tensors.
 *
 * @example
 * item(grad((x: Tensor) => mul(x, x))(tensor(3))) // => 6
 * item(grad(grad((x: Tensor) => tanh(x)))(tensor(0.5))) // => -0.7268619813835873
 */
export function grad<Args extends readonly [unknown, ...unknown[]]>(f: (...args: Args) => Tensor, options?: UnusedOptions): (...args: Args) => Args[0];
export function grad<Args extends readonly unknown[], const W extends number | readonly number[]>(
  f: (...args: Args) => Tensor,
  options: WrtOptions<W>,
): (...args: Args) => GradientOf<Args, W>;
export function grad<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  options: Partial<WrtOptions<number | readonly number[]>> = {},
): (...args: Args) => unknown {
  const both = valueAndGrad(f, { wrt: 0, ...options });
  return (...args) => both(...args).gradient;
}

/**
 * Value and gradient of a scalar function in one pass; see `grad`.
 *
 * @example
 * item(valueAndGrad((x: Tensor) => mul(x, x))(tensor(3)).value) // => 9
 */
export function valueAndGrad<Args extends readonly [unknown, ...unknown[]]>(
  f: (...args: Args) => Tensor,
  options?: UnusedOptions,
): (...args: Args) => ValueAndGradient<Args[0]>;
export function valueAndGrad<Args extends readonly unknown[], const W extends number | readonly number[]>(
  f: (...args: Args) => Tensor,
  options: WrtOptions<W>,
): (...args: Args) => ValueAndGradient<GradientOf<Args, W>>;
export function valueAndGrad<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  { wrt = 0, unused = "zero" }: Partial<WrtOptions<number | readonly number[]>> = {},
): (...args: Args) => ValueAndGradient<unknown> {
  checkFunction("grad", f);
  if (unused !== "zero" && unused !== "error") throw new ValueError(`grad: unused is ${describe(unused)}; give "zero" or "error"`);
  const positions = typeof wrt === "number" ? [wrt] : wrt;
  return (...args) => {
    const watched: Tensor[] = [];
    const given = args.map((arg, position) =>
      positions.includes(position) ? watchTree(arg as Tree, args.length > 1 ? `argument ${position}` : "", watched) : arg,
    ) as unknown as Args;
    for (const position of positions)
      if (!(position in args))
        throw new ValueError(
          `grad: wrt names argument ${describe(position)}, but ${args.length === 0 ? "none was given" : `${args.length} were given (0 to ${args.length - 1})`}`,
        );
    // The cost is dropped before the sweep, so that the sweep can give its memory back on the way.
    const run = evaluate(f, given, watched, unused === "error");
    const adjoints = adjointsOf(run.traced, run.seeds, watched);
    const { cost } = run;
    const missing = cost && watched.find((_, at) => adjoints[at] === undefined);
    if (missing !== undefined)
      throw new GradientError(`grad: ${missing.name ?? "the argument"} receives no gradient: ${whyUnreached(cost as Tensor, missing)}`);
    const gradients = new Map(watched.map((leaf, at) => [leaf, settled(adjoints[at] ?? zeros(leaf.shape), watched, run.traced.records)]));
    const gradientAt = (position: number): unknown => treeMap(given[position] as Tree, (leaf) => gradients.get(leaf) as Tensor);
    return { value: run.value, gradient: typeof wrt === "number" ? gradientAt(wrt) : wrt.map(gradientAt) };
  };
}

interface Evaluated {
  readonly value: Tensor;
  /** The cost with its graph, where it was asked for. */
  readonly cost: Tensor | undefined;
  readonly traced: Trace;
  readonly seeds: ReadonlyMap<number, Tensor>;
}

function evaluate<Args extends readonly unknown[]>(f: (...args: Args) => Tensor, args: Args, watched: readonly Tensor[], keeps: boolean): Evaluated {
  const cost = asUser(() => f(...args));
  if (!isTensor(cost))
    throw new GradientError(
      `grad: f must return a scalar tensor, got ${describe(cost)}; return the cost, for example mean(square(error)), with ops instead of operators: mul(x, x), not x * x`,
    );
  if (cost.shape.length > 0 && !(cost.data?.length === 1 || cost.shape.every((extent) => extent === 1)))
    throw new GradientError(`grad: f must return a scalar, got shape ${showShape(cost.shape)}; sum or average it, or use vjp with a cotangent`);
  if (cost.shape.length > 0)
    throw new ShapeError(`grad: f returned shape ${showShape(cost.shape)}, one entry but not a scalar; reshape it to [] or reduce over all axes`);
  const traced = trace([cost], watched);
  return {
    value: traced.records ? cost : detach(cost),
    cost: keeps ? cost : undefined,
    traced,
    seeds: new Map(cost.tracked ? [[cost.id, ones(cost.shape)]] : []),
  };
}

/** Tracked aliases of the tensors of an argument, named by their paths and collected in `watched`. */
export function watchTree<T extends Tree>(tree: T, label: string, watched: Tensor[]): T {
  return treeMap(tree, (leaf, path) => {
    const alias = watch(leaf, leaf.name ?? (path === "" ? (label === "" ? undefined : label) : path));
    watched.push(alias);
    return alias;
  });
}

/** A derivative keeps its history only if it depends on something tracked outside the call. */
export function settled(derivative: Tensor, watched: readonly Tensor[], records: boolean): Tensor {
  if (!derivative.tracked || (records && trace([derivative], watched).records)) return derivative;
  return detach(derivative);
}
