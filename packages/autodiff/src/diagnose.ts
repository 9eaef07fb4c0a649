import { ancestors } from "./graph.ts";
import { ones } from "./ops/creation.ts";
import { dataOf } from "./ops/like.ts";
import { type Fault, withFaults } from "./fault.ts";
import { type Kink, kinksOf } from "./kink.ts";
import { ValueError, checkFunction } from "./shape.ts";
import { checkCost } from "./sweep/cost.ts";
import { reverse } from "./sweep/reverse.ts";
import { unreachedFrom } from "./sweep/unreached.ts";
import { type Tensor, asUser, effectiveInputs } from "./tensor.ts";
import { watchTree } from "./transform/grad.ts";
import { type Tree, type TreeList } from "./tree.ts";

/** What a diagnosis found. */
export interface Diagnosis {
  readonly fault: Fault | undefined;
  /** Arguments that receive no gradient, each with why. */
  readonly unreached: readonly string[];
  /** Where the run sits exactly at a kink, so that a convention chose the derivative. */
  readonly kinks: readonly Kink[];
  /** Sentences for a person. */
  readonly message: string;
}

/**
 * Runs f and its reverse sweep and says where the first NaN or Infinity came from: the op, its operands, the index, the caller's line, and
 * the likely reason; which arguments receive no gradient, and why; and which entries sit at a kink, with the derivative that the convention
 * chose there. Infinities that a mask drops are no fault.
 *
 * Throws GradientError when f does not return a scalar tensor, ValueError when an argument is not a tree of tensors,
 * TraceError when one is symbolic.
 *
 * @example
 * diagnose((x: Tensor) => sum(log(x)), name(tensor([1, 0]), "x")).fault?.formula // => "log(x)"
 */
export function diagnose<Args extends TreeList<Args>>(f: (...args: Args) => Tensor, ...args: Args): Diagnosis {
  checkFunction("diagnose", f);
  const watched: Tensor[] = [];
  const given = (args as readonly Tree[]).map((arg, position) =>
    watchTree(arg, args.length > 1 ? `argument ${position}` : "", watched, `diagnose: argument ${position}`),
  ) as unknown as Args;
  const { fault, cost, adjoints, stopped, kinks } = run(f, given, watched);
  const left = stopped === undefined ? watched.filter(({ id }) => !adjoints.has(id)) : [];
  const why = left.length === 0 ? undefined : unreachedFrom(cost);
  const unreached = left.map((leaf) => `${leaf.name ?? "an argument"} receives no gradient: ${why?.(leaf)}`);
  const none = unreached.length === watched.length && watched.length > 0 ? ["no argument receives a gradient"] : [];
  const first = fault === undefined ? (stopped ?? "every value and every gradient is finite") : fault.message;
  return { fault, unreached, kinks, message: [first, ...none, ...unreached, ...kinks.map(({ message }) => message)].join("\n") };
}

interface Run {
  readonly fault: Fault | undefined;
  readonly cost: Tensor;
  /** What the adjoint of the cost reached of the arguments. */
  readonly adjoints: ReadonlySet<number>;
  /** Why there is no gradient, when a rule refused. */
  readonly stopped: string | undefined;
  readonly kinks: readonly Kink[];
}

/** f and the reverse sweep: the fault of the cost, or else that of the first argument whose adjoint has one. */
function run<Args extends TreeList<Args>>(f: (...args: Args) => Tensor, given: Args, watched: readonly Tensor[]): Run {
  const starts = new Set(watched.map(({ id }) => id));
  return withFaults((faultOf, births) => {
    const cost: unknown = asUser(() => f(...given));
    checkCost("diagnose", cost);
    dataOf(cost, "diagnose");
    const forward = faultOf(cost);
    const adjoints = new Set<number>();
    let backward: Fault | undefined;
    let stopped: string | undefined;
    const visit = (node: Tensor, g: Tensor): void => {
      if (!starts.has(node.id)) return;
      adjoints.add(node.id);
      backward ??= faultOf(g);
    };
    try {
      if (cost.tracked) reverse({ order: ancestors([cost], 0), records: false }, new Map([[cost.id, ones([])]]), [], { inputsOf: effectiveInputs, visit });
    } catch (error) {
      // A rule that refuses a matrix at which nothing has a derivative.
      if (!(error instanceof ValueError)) throw error;
      stopped = `there is no gradient: ${error.message}`;
    }
    return { fault: forward ?? backward, cost, adjoints, stopped, kinks: kinksOf(cost, births) };
  }).result;
}
