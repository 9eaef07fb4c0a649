import { type Births, withBirths } from "./caller.ts";
import { ancestors, opened } from "./graph.ts";
import { difference } from "./difference.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { swapLast } from "./ops/layout.ts";
import { dataOf } from "./ops/like.ts";
import { checkOptions } from "./ops/options.ts";
import { uniform } from "./ops/random.ts";
import { sum } from "./ops/broadcast.ts";
import { isFinite } from "./ops/comparison.ts";
import { where } from "./ops/selection.ts";
import { randomKey } from "./random.ts";
import { ValueError, checkArguments, checkFunction, describe, indexAt } from "./shape.ts";
import { pushed } from "./sweep/forward.ts";
import { pulled } from "./sweep/reverse.ts";
import { GradientError } from "./sweep/trace.ts";
import { type Tensor, apply, asRule, asUser, constant, effectiveInputs, observed } from "./tensor.ts";
import { slopeOf, watchTree } from "./transform/grad.ts";
import { type Tree, type TreeLike, treeLeaves, treeMap } from "./tree.ts";

/** How closely a gradient is checked. */
export interface CheckOptions {
  /** Allowed relative difference; 1e-6 when absent. */
  readonly relative?: number;
  /** Allowed absolute difference; 1e-8 when absent. */
  readonly absolute?: number;
  /** 2: the gradient's own derivative along a direction is checked, against differences of the gradient; 1 when absent. */
  readonly order?: 1 | 2;
}

/** The entry whose gradient is furthest from its difference, in units of what is allowed. */
export interface CheckedEntry {
  /** Where the entry stands: `W[1, 2]`. */
  readonly place: string;
  readonly autodiff: number;
  readonly difference: number;
  /** The difference's own error, by extrapolation. */
  readonly differenceError: number;
  readonly allowed: number;
  /** The one-sided differences disagree, or grow without end: no single derivative exists. */
  readonly kink: boolean;
}

/** The first op, operands before uses, whose own rule disagrees with differences of the op alone. */
export interface Culprit {
  readonly op: string;
  readonly name: string | undefined;
  readonly scope: string | undefined;
  /** Where the op was called, `file:line:column`, when the stack tells. */
  readonly line: string | undefined;
  readonly operand: number;
  readonly mode: "reverse" | "forward";
  readonly rule: number;
  readonly difference: number;
}

/** What a check found. */
export interface GradientCheck {
  readonly passes: boolean;
  readonly entries: number;
  readonly worst: CheckedEntry | undefined;
  /** Entries at a kink, a jump or an infinite slope, and at order 2 an infinite gradient, which are not compared. */
  readonly kinks: readonly string[];
  readonly culprit: Culprit | undefined;
  /** One sentence for a person. */
  readonly message: string;
}

/**
 * Checks the gradient of a scalar function against differences, entry by entry. The step is chosen for each entry, the error of the
 * difference itself is estimated, and a kink is not taken for a mistake; where every entry sits at one, the gradient has to lie between the
 * derivatives of the two sides. The graph is walked as well, and the first op whose own rule is
 * wrong is named.
 *
 * Throws GradientError when f does not return a scalar, ValueError for another order than 1 or 2, a difference allowed that is not a finite
 * number of at least 0, or an argument that is not a tree of tensors; TraceError when a tensor of it is symbolic.
 *
 * @example
 * checkGradient((x: Tensor) => sum(tanh(x)), tensor([0.5, -1])).passes // => true
 */
export function checkGradient<A extends TreeLike<A>>(f: (x: A) => Tensor, x: A, options: CheckOptions = {}): GradientCheck {
  checkArguments("checkGradient", 3, arguments, "checkGradient(f, x, options), with several arguments of f in one record or list");
  checkFunction("checkGradient", f, "checkGradient((x) => ..., x)");
  const { relative = 1e-6, absolute = 1e-8, order = 1 } = checkOptions("checkGradient", options, ["relative", "absolute", "order"]);
  if (order !== 1 && order !== 2) throw new ValueError(`checkGradient: the order is ${describe(order)}; give 1 or 2`);
  for (const [label, allowed] of Object.entries({ relative, absolute }))
    if (!Number.isFinite(allowed) || allowed < 0)
      throw new ValueError(`checkGradient: the ${label} difference allowed must be a finite number, 0 or more, got ${describe(allowed)}`);
  const slope = slopeOf("checkGradient", f);
  const allowance = { relative, absolute };
  if (order === 1) return compared(f, x, allowance, "f");
  const finite = treeLeaves(slope(x)).map(({ tensor }) => isFinite(constant(dataOf(tensor, "checkGradient"), tensor.shape)));
  return compared((at: A) => directed(slope(at), finite), x, allowance, "f's gradient", finite);
}

/** `finite` says for each tensor of x which entries take part; all when absent. */
function compared<A extends TreeLike<A>>(
  f: (x: A) => Tensor,
  x: A,
  { relative, absolute }: Required<Omit<CheckOptions, "order">>,
  subject: string,
  finite?: readonly Tensor[],
): GradientCheck {
  const slopes = treeLeaves(slopeOf("checkGradient", f)(x));
  let worst: CheckedEntry | undefined;
  let excess = -1;
  let entries = 0;
  let between = 0;
  const kinks: string[] = [];
  const infinite: string[] = [];
  treeLeaves(x).forEach(({ path, tensor }, which) => {
    const numbers = dataOf(tensor, "checkGradient");
    const found = dataOf((slopes[which] as { readonly tensor: Tensor }).tensor, "checkGradient");
    numbers.forEach((at, index) => {
      entries++;
      const place = `${path === "" ? (tensor.name ?? "x") : path}${tensor.shape.length === 0 ? "" : `[${indexAt(index, tensor.shape).join(", ")}]`}`;
      if (finite?.[which]?.data?.[index] === 0) {
        infinite.push(place);
        return;
      }
      const moved = (value: number): number => {
        const data = numbers.slice();
        data[index] = value;
        let leaf = -1;
        const near = treeMap(x, (each) => (++leaf === which ? constant(data, each.shape, each.name) : each));
        return dataOf(f(near), "checkGradient")[0] ?? Number.NaN;
      };
      const { slope, error, kink, sides } = difference(moved, at);
      const autodiff = found[index] ?? Number.NaN;
      if (kink) {
        kinks.push(place);
        if (isBetween(autodiff, sides)) between++;
      }
      const allowed = absolute + relative * Math.abs(slope) + 4 * error;
      const off = Math.abs(autodiff - slope) / allowed;
      if (kink || off <= excess) return;
      excess = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
      worst = {
        place,
        autodiff,
        difference: slope,
        differenceError: error,
        allowed,
        kink,
      };
    });
  });
  // Every rule is tried even if the whole agrees: a wrong op far from the cost may move the gradient by less than a difference can see.
  const culprit = firstWrongRule(f, x);
  // What was compared with nothing has not passed; at a kink, a derivative between those of the two sides is one that a convention may choose.
  const chosen = entries > 0 && between === entries;
  const passes = (worst === undefined ? chosen : excess <= 1) && culprit === undefined;
  const message = messageOf(passes, entries, worst, culprit, kinks, infinite, () => unexplained(f, x, worst, subject));
  return { passes, entries, worst, kinks: [...kinks, ...infinite], culprit, message };
}

/** Whether a derivative at a kink lies between those of the two sides, each known to a few digits. */
function isBetween(derivative: number, [least, most]: readonly [number, number]): boolean {
  const room = 1e-3 * Math.max(1, Math.abs(least), Math.abs(most));
  return derivative >= least - room && derivative <= most + room;
}

/** Why differences disagree with the whole and with no op: the edge of the domain, or a function that is none of its argument alone. */
function unexplained<A extends TreeLike<A>>(f: (x: A) => Tensor, x: A, worst: CheckedEntry | undefined, subject: string): string {
  const value = dataOf(f(x), "checkGradient")[0] ?? Number.NaN;
  if (!Number.isFinite(value)) return `${subject} is ${value} at x, so there is no difference to compare with; check at a point inside the domain`;
  if (worst !== undefined && !Number.isFinite(worst.difference))
    return `${subject} is not finite beside ${worst.place}, at the edge of its domain, so there is no difference to compare with; check at a point inside it`;
  return "every op's own rule agrees with differences, so f itself may read numbers or change between calls";
}

/** The derivative of the cost along a fixed direction, whose gradient is a Hessian times that direction; entries that are not finite stay out. */
function directed(gradient: Tree, finite: readonly Tensor[]): Tensor {
  const parts = treeLeaves(gradient).map(({ tensor }, at) => {
    const along = uniform(randomKey(at), { shape: tensor.shape, low: 0.5, high: 1.5 });
    return sum(where(finite[at] as Tensor, mul(along, tensor), 0));
  });
  return parts.reduce((total, part) => add(total, part));
}

/** Tries every op of the graph alone, on its own operands, along random directions. */
function firstWrongRule<A extends TreeLike<A>>(f: (x: A) => Tensor, x: A): Culprit | undefined {
  return withBirths((births) => {
    const watched: Tensor[] = [];
    const cost = asUser(() => f(watchTree(x, "", watched, "checkGradient: the argument")));
    return firstWrongIn(cost, Math.min(...watched.map(({ id }) => id)), births);
  }).result;
}

function firstWrongIn(result: Tensor, since: number, births: Births): Culprit | undefined {
  // What is piecewise constant, such as the indices of a sort, is not moved.
  const moving = new Set<Tensor>();
  for (const node of ancestors([result], since)) {
    const inputs = effectiveInputs(node);
    if (node.op.kind === "leaf" || (node.op.calculus.rule !== "constant" && inputs.some((input) => moving.has(input)))) moving.add(node);
    if (node.via !== undefined || node.op.kind === "leaf") continue;
    const block = moving.has(node) ? opened(node) : undefined;
    const inside = block && firstWrongIn(block.result, Math.min(...block.operands.map(({ id }) => id)), births);
    if (inside !== undefined) return inside;
    for (let operand = 0; operand < inputs.length; operand++) {
      const wrong = moving.has(inputs[operand] as Tensor) ? observed(undefined, () => wrongRule(node, inputs, operand)) : undefined;
      if (wrong !== undefined) return { op: node.op.name, name: node.name, scope: node.scope, line: births.lineOf(node), operand, ...wrong };
    }
  }
  return undefined;
}

function wrongRule(node: Tensor, inputs: readonly Tensor[], operand: number): Pick<Culprit, "mode" | "rule" | "difference"> | undefined {
  const moving = inputs[operand] as Tensor;
  const drawn = uniform(randomKey(2 * node.id), { shape: node.shape, low: 0.5, high: 1.5 });
  // Entries that are not finite have no differences; as zeros that are meant they stop no other entry from being compared.
  const finite = isFinite(constant(dataOf(node, "checkGradient"), node.shape));
  if (dataOf(finite, "checkGradient").every((each) => each === 0)) return undefined;
  const partly = dataOf(finite, "checkGradient").includes(0);
  const g = partly ? where(finite, drawn, 0) : drawn;
  const share = asRule(false, () => pulled(node, operand, g));
  const u = direction(node, moving, partly ? share : undefined);
  const weight = (value: Tensor): number => dot(g, value);
  const along = (t: number): number => {
    const data = dataOf(moving, "checkGradient").map((each, at) => each + t * (u.data?.[at] ?? 0));
    const shifted = inputs.map((input, which) => constant(which === operand ? data : dataOf(input, "checkGradient"), input.shape));
    return weight(asRule(false, () => apply(node.op, shifted, node.attrs)));
  };
  const { slope, error, kink } = difference(along, 0);
  // At a kink, and beside the domain, a difference decides nothing.
  if (kink || !Number.isFinite(slope)) return undefined;
  const allowed = 1e-8 + 1e-6 * Math.abs(slope) + 4 * error;
  // An infinite slope is right where the differences do not settle.
  const settled = error <= 1e-8 + 1e-3 * Math.abs(slope);
  const differs = (rule: number): boolean => !(Math.abs(rule - slope) <= allowed) && (settled || Number.isFinite(rule));
  const reverse = share === undefined ? 0 : dot(u, share);
  if (differs(reverse)) return { mode: "reverse", rule: reverse, difference: slope };
  if (node.op.calculus.rule === "general" && node.op.calculus.jvp === undefined) return undefined;
  const tangent = asRule(false, () =>
    pushed(
      node,
      inputs.map((_, which) => (which === operand ? u : 0)),
    ),
  );
  const forward = tangent === undefined ? 0 : weight(tangent);
  return differs(forward) ? { mode: "forward", rule: forward, difference: slope } : undefined;
}

/** A random direction; entries are not moved of which only what is not finite was said. */
function direction(node: Tensor, moving: Tensor, share: Tensor | undefined): Tensor {
  const drawn = uniform(randomKey(2 * node.id + 1), { shape: moving.shape, low: 0.5, high: 1.5 });
  const symmetric = node.op.symmetric === true ? add(drawn, swapLast(drawn)) : drawn;
  return share === undefined ? symmetric : where(isFinite(constant(dataOf(share, "checkGradient"), share.shape)), symmetric, 0);
}

/** Weights times values; what has no weight is not looked at. */
function dot(weights: Tensor, values: Tensor): number {
  const [left, right] = [dataOf(weights, "checkGradient"), dataOf(values, "checkGradient")];
  if (left.length !== right.length) throw new GradientError(`checkGradient: a rule gave ${right.length} entries where ${left.length} were due`);
  return left.reduce((total, each, at) => (each === 0 ? total : total + each * (right[at] ?? 0)), 0);
}

function messageOf(
  passes: boolean,
  entries: number,
  worst: CheckedEntry | undefined,
  culprit: Culprit | undefined,
  kinks: readonly string[],
  infinite: readonly string[],
  otherwise: () => string,
): string {
  if (entries === 0) return "x has no entries, so nothing was compared";
  if (worst === undefined && passes)
    return `${counted(entries, "agrees", "agree")} with a kink: no single derivative exists there, and autodiff's lies between those of the two sides`;
  if (worst === undefined && culprit === undefined)
    return `${counted(entries, "checked", "checked")}; every one sits at a kink${infinite.length === 0 ? "" : " or where the gradient is infinite"}, so no single derivative exists to compare with`;
  const where =
    worst === undefined
      ? "every entry sits at a kink"
      : `the derivative by ${worst.place} is ${worst.autodiff} by autodiff and ${worst.difference} ± ${worst.differenceError.toExponential(1)} by differences (${worst.allowed.toExponential(1)} is allowed)`;
  const left = `${uncompared("kink at", kinks)}${uncompared("the gradient is infinite at", infinite)}`;
  if (passes) return `${counted(entries - kinks.length - infinite.length, "agrees", "agree")}; the worst: ${where}${left}`;
  const blame =
    culprit === undefined
      ? otherwise()
      : `the first op whose own rule is wrong is ${culprit.op}${culprit.name === undefined ? "" : ` (${culprit.name})`}${culprit.scope === undefined ? "" : ` in ${culprit.scope}`}${culprit.line === undefined ? "" : ` at ${culprit.line}`}, operand ${culprit.operand}, ${culprit.mode} rule: ${culprit.rule} against ${culprit.difference}`;
  return `${where}; ${blame}${left}`;
}

function uncompared(what: string, places: readonly string[]): string {
  if (places.length === 0) return "";
  return `; ${what} ${places.slice(0, 3).join(", ")}${places.length > 3 ? ` and ${places.length - 3} more` : ""}, not compared`;
}

function counted(count: number, one: string, several: string): string {
  return count === 1 ? `1 entry ${one}` : `${count} entries ${several}`;
}
