import { ancestors } from "./graph.ts";
import { ones } from "./ops/creation.ts";
import { dataOf } from "./ops/like.ts";
import { type Located, located } from "./caller.ts";
import { type Kink, kinksOf } from "./kink.ts";
import { text } from "./print/text.ts";
import { type Shape, checkFunction, indexAt } from "./shape.ts";
import { checkCost } from "./sweep/cost.ts";
import { reverse } from "./sweep/reverse.ts";
import { whyUnreached } from "./sweep/unreached.ts";
import { type Tensor, asUser, effectiveInputs, showOperand } from "./tensor.ts";
import { watchTree } from "./transform/grad.ts";
import { type Tree } from "./tree.ts";

type LineOf = Located<unknown>["lineOf"];

/** The first place where a number became NaN or infinite. */
export interface Fault {
  readonly pass: "forward" | "backward";
  readonly op: string;
  readonly formula: string;
  readonly scope: string | undefined;
  /** Names and shapes of the operands, with their values at the index where they have the result's shape. */
  readonly operands: readonly string[];
  readonly index: readonly number[];
  /** What came out there: the value, or what the operand received of the adjoint. */
  readonly value: number;
  /** Where the op was called, `file:line:column`, when the stack tells. */
  readonly line: string | undefined;
  readonly reason: string | undefined;
}

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
export function diagnose<Args extends readonly Tree[]>(f: (...args: Args) => Tensor, ...args: Args): Diagnosis {
  checkFunction("diagnose", f);
  const watched: Tensor[] = [];
  const given = args.map((arg, position) =>
    watchTree(arg, args.length > 1 ? `argument ${position}` : "", watched, `diagnose: argument ${position}`),
  ) as unknown as Args;
  const { result: cost, lineOf }: Located<unknown> = located(() => asUser(() => f(...given)));
  checkCost("diagnose", cost);
  dataOf(cost, "diagnose");
  const forward = finite(cost) ? undefined : forwardFault(cost, lineOf);
  const { fault: backward, adjoints } = sweep(cost, watched, lineOf);
  const fault = forward ?? backward;
  const unreached = watched
    .filter(({ id }) => !adjoints.has(id))
    .map((leaf) => `${leaf.name ?? "an argument"} receives no gradient: ${whyUnreached(cost, leaf)}`);
  const none = unreached.length === watched.length && watched.length > 0 ? ["no argument receives a gradient"] : [];
  const kinks = kinksOf(cost, lineOf);
  const first = fault === undefined ? "every value and every gradient is finite" : sentence(fault);
  return { fault, unreached, kinks, message: [first, ...none, ...unreached, ...kinks.map(({ message }) => message)].join("\n") };
}

const finite = ({ data }: Tensor): boolean => data === undefined || data.every((entry) => Number.isFinite(entry));

/** From the cost down through operands that are not finite, to the first op whose operands all are. */
function forwardFault(cost: Tensor, lineOf: LineOf): Fault {
  let node = cost;
  for (;;) {
    const bad = effectiveInputs(node).find((input) => !finite(input));
    if (bad === undefined) break;
    node = bad;
  }
  const at = (node.data ?? new Float64Array()).findIndex((entry) => !Number.isFinite(entry));
  return faultOf("forward", node, at, node.data?.[at] ?? Number.NaN, node.shape, lineOf);
}

interface Swept {
  readonly fault: Fault | undefined;
  readonly adjoints: ReadonlySet<number>;
}

/** The reverse sweep, watched: the first node that turns a finite adjoint into one that is not, if that reaches an argument. */
function sweep(cost: Tensor, watched: readonly Tensor[], lineOf: LineOf): Swept {
  let first: Fault | undefined;
  let reached = false;
  const starts = new Set(watched.map(({ id }) => id));
  const adjoints = new Set<number>();
  const visitor = {
    inputsOf: effectiveInputs,
    visit: (node: Tensor, g: Tensor): void => {
      if (!starts.has(node.id)) return;
      adjoints.add(node.id);
      if (!finite(g)) reached = true;
    },
    share: (node: Tensor, operand: number, g: Tensor, share: Tensor): void => {
      if (first !== undefined || !finite(g) || finite(share)) return;
      const at = (share.data ?? new Float64Array()).findIndex((entry) => !Number.isFinite(entry));
      first = faultOf("backward", node, at, share.data?.[at] ?? Number.NaN, (effectiveInputs(node)[operand] as Tensor).shape, lineOf);
    },
  };
  if (cost.tracked) reverse({ order: ancestors([cost], 0), records: false }, new Map([[cost.id, ones([])]]), [], visitor);
  return { fault: reached ? first : undefined, adjoints };
}

function faultOf(pass: Fault["pass"], node: Tensor, at: number, value: number, shape: Shape, lineOf: LineOf): Fault {
  const operands = node.inputs.map((input) => {
    const entry = input.data?.length === (node.data?.length ?? -1) ? input.data?.[at] : undefined;
    return `${showOperand(input)}${entry === undefined ? "" : ` = ${entry}`}`;
  });
  const formula = node.inputs.length === 0 ? (node.name ?? "a constant") : text(node);
  const line = lineOf(node);
  return {
    pass,
    op: node.op.name,
    formula,
    scope: node.scope,
    operands,
    index: indexAt(at, shape),
    value,
    line,
    reason: node.inputs.length === 0 ? "the number was given so; check the data" : node.op.advice,
  };
}

function sentence({ pass, formula, scope, operands, index, value, line, reason }: Fault): string {
  const where = `${scope === undefined ? "" : ` in ${scope}`}${line === undefined ? "" : ` at ${line}`}`;
  const place = index.length === 0 ? "" : ` at index [${index.join(", ")}]`;
  const what = pass === "forward" ? `${formula}${where} is ${value}${place}` : `the derivative through ${formula}${where} is ${value}${place}`;
  return `${what}${operands.length === 0 ? "" : ` (${operands.join(", ")})`}${reason === undefined ? "" : `: ${reason}`}`;
}
