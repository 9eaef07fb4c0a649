import { type Kernel, compute } from "./kernel.ts";
import { type Attrs, type Dense } from "./kernel/dense.ts";
import { type Shape, ValueError, checkFunction, checkSettled, describe, showShape } from "./shape.ts";

/**
 * One value of a computation: how it was made and, once known, what it is. Immutable. The tape, the traced graph, the symbolic formula
 * and the source of a drawing are all this one structure.
 */
export interface Tensor {
  /** Order of creation, so sorting by it is a topological order. */
  readonly id: number;
  readonly op: Op;
  /** Operands; empty for a leaf and for an untracked result, which forgets them at birth. */
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  /** Depends on a watched value or on a symbolic input. */
  readonly tracked: boolean;
  /** Present when every leaf below is concrete. Row-major; never written to after birth. Read it with `values`. */
  readonly data: Float64Array | undefined;
  readonly name: string | undefined;
  /** The scope it was made in, such as "layer 1". */
  readonly scope: string | undefined;
  /** Another node of the same real value that sweeps and compilers go through: the rounding-safe twin, or a composite's expansion. */
  readonly via: Tensor | undefined;
  /** What an untracked result was made by, over bare data and a bounded number of levels deep, so that identities still find it. */
  readonly recall: Recall | undefined;
  /** The reverse sweep over a symbolic graph that made it. */
  readonly sweep: Sweep | undefined;
}

/** A reverse sweep over a symbolic graph, so that pictures can tell the backward pass from the forward one. */
export interface Sweep {
  /** 1 for a gradient, 2 for the gradient of a gradient. */
  readonly order: number;
  /** What was differentiated. */
  readonly outputs: readonly Tensor[];
  /** The adjoint of every node that it passed, twins among them; none where nothing flows. */
  readonly adjoints: ReadonlyMap<Tensor, Tensor>;
  /**
   * What a node hands on to an operand as a formula over the names given: the partial for an elementwise op (`b`, `σ′(z)`, `1`), and for others
   * the map itself with `·` in place of the adjoint (`Wᵀ ·`).
   */
  localDerivative(t: Tensor, slot: number, naming: (t: Tensor) => string | undefined): string;
}

/** How a value was made. */
export interface Definition {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
}

/** A definition seen through wrappers (views, sign changes, names) that were applied on top of it. */
export interface Recall extends Definition {
  readonly wrappers: Wrapper | undefined;
  /** How many levels are remembered, this one among them; 0 where no more than that there was something. */
  readonly depth: number;
  /** An exponential is below, so that logarithms and quotients may know more. */
  readonly exponential: boolean;
}

/** One wrapper, outermost first; `below` is the one applied before it. */
export interface Wrapper {
  readonly op: Op;
  readonly attrs: Attrs;
  /** The operands after the wrapped one, such as the indices of a take. */
  readonly rest: readonly Tensor[];
  readonly below: Wrapper | undefined;
}

/** A partial derivative where `mask` is not 0, and a zero that is meant elsewhere. */
export interface Masked {
  readonly mask: Tensor;
  readonly partial: Tensor | 1 | -1;
}

/** The local derivative of an elementwise op: a tensor, or a value so common that it deserves no node. */
export type Partial = Tensor | Masked | 0 | 1 | -1;

/** How an op differentiates, as data: vjp and jvp both follow from each form. Rules are written in ops, so gradients differentiate again. */
export type Calculus<A extends Attrs = Attrs> =
  | { readonly rule: "partials"; partial(operand: number, y: Tensor, x: readonly Tensor[], attrs: A): Partial }
  | { readonly rule: "multilinear"; adjoint(operand: number, g: Tensor, x: readonly Tensor[], attrs: A): Tensor }
  | {
      readonly rule: "general";
      vjp(operand: number, g: Tensor, y: Tensor, x: readonly Tensor[], attrs: A): Tensor | 0;
      /** 0 where an operand does not move; at least one does. */
      jvp?(dx: readonly (Tensor | 0)[], y: Tensor, x: readonly Tensor[], attrs: A): Tensor | 0;
    }
  | { readonly rule: "expansion"; expand(x: readonly Tensor[], attrs: A): Tensor }
  | { readonly rule: "constant" }
  | { readonly rule: "leaf" };

/** How an op is written. `precedence`: 1 sum, 2 product, 3 sign, 4 power, 5 postfix, 6 call or name. */
export interface Notation<A extends Attrs = Attrs> {
  text(operands: readonly string[], attrs: A): string;
  latex(operands: readonly string[], attrs: A): string;
  readonly precedence: number;
  /** The least precedence that each operand may have without parentheses; the last entry serves for all that follow. What is written
   * as its operand alone binds as that operand does. */
  readonly operands: readonly number[];
}

/** Everything there is to know about an operation, in one place. */
export type Op<A extends Attrs = Attrs> = Kernel<A> & {
  readonly name: string;
  readonly notation: Notation<A>;
  readonly calculus: Calculus<A>;
  /** The result's shape. Throws ShapeError naming the operands. */
  shape(x: readonly Tensor[], attrs: A): Shape;
  /** The expansion in ops that explains a composite, also where it has a kernel and a rule of its own. */
  expand?(x: readonly Tensor[], attrs: A): Tensor;
  /** A node of the same real value that keeps the digits which this op would lose on these operands. It asks them what is `known`. */
  twin?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** Exact forms of functions of this op's result. */
  readonly known?: Known<A>;
  /** Whether identities look for this op on these operands: its untracked results then keep `recall`. "masks" are kept inside sweeps too. */
  readonly recalled?: "masks" | ((x: readonly Tensor[]) => boolean);
  /** Its result is positive and may leave the range of numbers, while its logarithm, which is `known`, does not. */
  readonly exponential?: boolean;
  /** Identities look through it to its first operand: views and names keep every value, "sign" changes the sign of all. */
  readonly wrapper?: "view" | "sign";
  /** What to do when the result is NaN or infinite, for a diagnosis. */
  readonly advice?: string;
  /** Its operand is a symmetric matrix, and it differentiates among symmetric ones only. */
  readonly symmetric?: boolean;
};

/**
 * What is known exactly of functions of a result y, given how y was made; undefined where nothing better than the plain formula is.
 * An outer op asks, the inner op answers, so that an identity is written once for all the ways in which people write it.
 */
export interface Known<A extends Attrs = Attrs> {
  log?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  exp?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  square?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 - y */
  complement?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 - y^2 */
  squareComplement?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(-y) */
  logNegative?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(1 + y) */
  log1p?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(1 - y) */
  log1m?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 / y */
  reciprocal?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 / (1 + y) */
  logistic?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** y / total, where y is one of the terms of the total */
  share?(y: Tensor, total: Tensor): Tensor | undefined;
  /** above - y, where y, under the views of `rewrap`, was made of `above` */
  below?(x: readonly Tensor[], attrs: A, above: Tensor, rewrap: (core: Tensor) => Tensor): Tensor | undefined;
  /** 1 + y */
  successor?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** u with y = u^2 */
  base?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** x where y is a logarithm of x, so that a constant 0 times y is a zero that is meant, also at x = 0 */
  argument?(x: readonly Tensor[], attrs: A): Tensor | undefined;
}

/** Data was asked of a symbolic tensor. */
export class TraceError extends Error {
  override readonly name: string = "TraceError";
}

const none: Attrs = Object.freeze({});
const nothing: readonly Tensor[] = Object.freeze([]);

/** How deep identities look: log(sum(w * exp(x)) / n) needs to see the exp. Results that are not tracked remember as much. */
export const recallDepth = 5;

let created = 0;
let recording = true;
let recognising = true;
let currentScope: string | undefined;
let currentSweep: Sweep | undefined;
let observer: ((made: Tensor) => void) | undefined;

const given: Op["notation"] = { text: () => "", latex: () => "", precedence: 6, operands: [] };
const unmade = (): never => {
  throw new Error("internal: a leaf is not applied");
};

const constantOp: Op = { name: "constant", kind: "leaf", notation: given, calculus: { rule: "leaf" }, shape: unmade };
const inputOp: Op = { name: "input", kind: "leaf", notation: given, calculus: { rule: "leaf" }, shape: unmade };
/** An alias is written as what it watches. */
const same = ([watched = ""]: readonly string[]): string => watched;
const watchOp: Op = { name: "watch", kind: "leaf", notation: { text: same, latex: same, precedence: 6, operands: [0] }, calculus: { rule: "multilinear", adjoint: (_operand, g) => g }, shape: unmade }; // prettier-ignore

function node(
  op: Op,
  inputs: readonly Tensor[],
  attrs: Attrs,
  shape: Shape,
  tracked: boolean,
  data: Float64Array | undefined,
  name: string | undefined,
  via: Tensor | undefined,
  recall: Recall | undefined,
): Tensor {
  const made: Tensor = { id: ++created, op, inputs, attrs, shape, tracked, data, name, scope: currentScope, via, recall, sweep: currentSweep };
  if (observer !== undefined) observer(made);
  return made;
}

/** Runs `f` and shows every tensor that it makes to `see`, at the moment it is made. */
export function observed<R>(see: (made: Tensor) => void, f: () => R): R {
  const before = observer;
  observer = see;
  try {
    return f();
  } finally {
    observer = before;
  }
}

/** A concrete leaf that owns `data`. The caller must not keep writing to it. */
export function constant(data: Float64Array, shape: Shape, name?: string): Tensor {
  return node(constantOp, nothing, none, shape, false, data, name, undefined, undefined);
}

/** A symbolic leaf: ops on it build a graph without data. */
export function symbol(name: string, shape: Shape): Tensor {
  return node(inputOp, nothing, none, shape, true, undefined, name, undefined, undefined);
}

/** A tracked alias of a value, opaque to identities: the point at which a differentiation begins. */
export function watch(x: Tensor, name: string | undefined = x.name): Tensor {
  return node(watchOp, x.tracked ? [x] : nothing, none, x.shape, true, x.data, name, undefined, undefined);
}

/** The same numbers without their history. */
export function detach(x: Tensor): Tensor {
  if (!x.tracked && x.recall === undefined) return x;
  if (x.data === undefined) throw new TraceError(`internal: a symbolic tensor (${inputsBelow(x)}) cannot be detached`);
  return constant(x.data, x.shape, x.name);
}

/** Applies an op: the value at once when every operand is concrete, and the node of the graph when any is tracked. */
export function apply(op: Op, inputs: readonly Tensor[], attrs: Attrs = none, name?: string): Tensor {
  const expansion = op.calculus.rule === "expansion" ? op.calculus.expand(inputs, attrs) : undefined;
  const shape = expansion?.shape ?? op.shape(inputs, attrs);
  let tracked = false;
  let concrete = true;
  for (const input of inputs) {
    if (input.tracked) tracked = true;
    if (input.data === undefined) concrete = false;
  }
  // What is symbolic must be recorded even inside a forgetting sweep: there is no data to forget down to.
  const keeps = tracked && (recording || !concrete);
  const via = recognising && op.twin !== undefined ? op.twin(inputs, attrs) : undefined;
  const through = via ?? expansion;
  if (through !== undefined) {
    if (keeps) return node(op, inputs, attrs, shape, true, through.data, name, through, undefined);
    const recall = via === undefined && op.recalled !== undefined ? remembered(op, inputs, attrs) : through.recall;
    return name === undefined && recall === through.recall ? through : { ...through, name: name ?? through.name, recall };
  }
  const data = concrete ? compute(op, inputs as readonly Dense[], shape, attrs) : undefined;
  if (keeps) return node(op, inputs, attrs, shape, true, data, name, undefined, undefined);
  // A constant that another op broadcast is still called what the user called it.
  const kept = name ?? (attrs["implicit"] === true ? inputs[0]?.name : undefined);
  return node(constantOp, nothing, none, shape, false, data, kept, undefined, remembered(op, inputs, attrs));
}

function remembered(op: Op, inputs: readonly Tensor[], attrs: Attrs): Recall | undefined {
  if (op.wrapper !== undefined) {
    const [wrapped, ...rest] = inputs;
    const below = wrapped?.recall;
    return below === undefined ? undefined : { ...below, wrappers: { op, attrs, rest, below: below.wrappers } };
  }
  if (op.recalled === undefined || (op.recalled !== "masks" && !(recognising && op.recalled(inputs)))) return undefined;
  const seen = inputs.map((input) => lowered(input, recallDepth - 1));
  let depth = 0;
  let exponential = op.exponential === true;
  for (const { recall } of seen) {
    if (recall === undefined) continue;
    depth = Math.max(depth, recall.depth);
    exponential ||= recall.exponential;
  }
  return { op, attrs, inputs: seen, wrappers: undefined, depth: depth + 1, exponential };
}

/** The same value remembering at most `depth` levels, so that a chain of results never holds a chain of arrays. */
function lowered(x: Tensor, depth: number): Tensor {
  const bare = x.tracked ? constant(x.data as Float64Array, x.shape, x.name) : x;
  if (bare.recall === undefined || bare.recall.depth <= depth) return bare;
  if (depth === 0) return { ...bare, recall: { ...bare.recall, inputs: nothing, wrappers: undefined, depth } };
  return { ...bare, recall: { ...bare.recall, depth, inputs: bare.recall.inputs.map((input) => lowered(input, depth - 1)) } };
}

/** The nodes that sweeps go through: a twin or an expansion stands in for what the user wrote. */
export function effectiveInputs(t: Tensor): readonly Tensor[] {
  return t.via === undefined ? t.inputs : [t.via];
}

/** Runs `f` as a user's code runs: everything tracked is recorded and identities are recognised. */
export function asUser<R>(f: () => R): R {
  return withModes(true, true, f);
}

/** Runs the rules of a sweep. They are exact as written, so no identity is looked for; unless `records`, results forget their operands. */
export function asRule<R>(records: boolean, f: () => R): R {
  return withModes(records, false, f);
}

/** Whether what runs now is recorded: true in a user's code, and in the rules of a sweep that somebody may differentiate. */
export function isRecording(): boolean {
  return recording;
}

function withModes<R>(records: boolean, recognises: boolean, f: () => R): R {
  const before = [recording, recognising] as const;
  recording = records;
  recognising = recognises;
  try {
    return f();
  } finally {
    [recording, recognising] = before;
  }
}

/**
 * Everything that `f` makes belongs to `label`: errors name it, and pictures draw it as one group. Scopes nest with a slash.
 *
 * Throws ValueError when the label is empty, f is no function, or it returns a promise.
 *
 * @example
 * scope("layer 1", () => add(1, input("x", []))).scope // => "layer 1"
 */
export function scope<R>(label: string, f: () => R): R {
  checkFunction("scope", f, 'scope("layer 1", () => ...)');
  if (typeof label !== "string" || label === "") throw new ValueError(`scope: the label must be a non-empty string, got ${describe(label)}`);
  const before = currentScope;
  currentScope = before === undefined ? label : `${before}/${label}`;
  try {
    return checkSettled("scope", f());
  } finally {
    currentScope = before;
  }
}

/** What `f` makes belongs to the scope of `t`, as the adjoints of a layer belong to the layer. */
export function inScopeOf(t: Tensor, f: () => void): void {
  const before = currentScope;
  currentScope = t.scope ?? before;
  try {
    f();
  } finally {
    currentScope = before;
  }
}

/** What `f` makes remembers the sweep. */
export function inSweep<R>(sweep: Sweep, f: () => R): R {
  const before = currentSweep;
  currentSweep = sweep;
  try {
    return f();
  } finally {
    currentSweep = before;
  }
}

/** `W1 [3, 2]`, or `[3, 2]` for a tensor without a name: how errors write an operand. */
export function showOperand(x: Pick<Tensor, "name" | "shape">): string {
  return x.name === undefined ? showShape(x.shape) : `${x.name} ${showShape(x.shape)}`;
}

/** `matmul(W1 [3, 2], x [4]) in layer 1`: how errors begin. */
export function showCall(caller: string, x: readonly Pick<Tensor, "name" | "shape">[]): string {
  return `${caller}(${x.map(showOperand).join(", ")})${currentScope === undefined ? "" : ` in ${currentScope}`}`;
}

/** The names of the symbolic inputs that a tensor depends on. */
export function inputsBelow(t: Tensor): string {
  const seen = new Set<Tensor>([t]);
  const names: string[] = [];
  for (const each of seen) {
    if (each.op === inputOp) names.push(each.name ?? "an unnamed input");
    for (const input of each.inputs) seen.add(input);
  }
  return names.join(", ");
}
