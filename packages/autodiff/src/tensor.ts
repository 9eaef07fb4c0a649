import { copies, thisCopy } from "./copies.ts";
import { compute } from "./kernel.ts";
import { type Attrs, type Dense } from "./kernel/dense.ts";
import { type Observer, type Op, type Recall, type Sweep, type Tensor } from "./op.ts";
import { checkArguments, type Shape, ShapeError, ValueError, checkFunction, checkSettled, describe, showShape, size } from "./shape.ts";
import { rowsOf, summary } from "./summary.ts";

export { type Calculus, type Definition, type Known, type Masked, type Notation, type Op, type Partial, type Sweep, type Tensor, type Wrapper } from "./op.ts";

/** What a rule of the user's was given, and the last tensor made before it ran. */
interface Handed {
  readonly given: ReadonlySet<unknown>;
  readonly since: number;
}

/** Data was asked of a symbolic tensor. */
export class TraceError extends Error {
  override readonly name: string = "TraceError";
}

const none: Attrs = Object.freeze({});
const nothing: readonly Tensor[] = Object.freeze([]);

const inspection: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** How deep identities look: log(sum(w * exp(x)) / n) needs to see the exp. Results that are not tracked remember as much. */
export const recallDepth = 5;

let created = 0;
let recording = true;
let recognising = true;
let currentScope: string | undefined;
let currentSweep: Sweep | undefined;
let handed: Handed | undefined;
let observer: Observer | undefined;

const given: Op["notation"] = { text: () => "", latex: () => "", precedence: 6, operands: [] };
const unmade = (): never => {
  throw new Error("internal: a leaf is not applied");
};

const constantOp: Op = { name: "constant", kind: "leaf", notation: given, calculus: { rule: "leaf" }, shape: unmade };
const inputOp: Op = { name: "input", kind: "leaf", notation: given, calculus: { rule: "leaf" }, shape: unmade };
/** An alias is written as what it watches. */
const same = ([watched = ""]: readonly string[]): string => watched;
const watchOp: Op = { name: "watch", kind: "leaf", notation: { text: same, latex: same, precedence: 6, operands: [0] }, calculus: { rule: "multilinear", adjoint: (_operand, g) => g }, shape: unmade }; // prettier-ignore

/**
 * The maker of tensors, for what JavaScript itself does with one: it is shown in one line, and an operator that would make a number of it is
 * refused, since the NaN that came of it would be found much later. A class, since nothing else makes objects with a prototype as fast.
 */
class Made implements Tensor {
  declare readonly id: number;
  declare readonly op: Op;
  declare readonly inputs: readonly Tensor[];
  declare readonly attrs: Attrs;
  declare readonly shape: Shape;
  declare readonly tracked: boolean;
  declare readonly data: Float64Array | undefined;
  declare readonly name: string | undefined;
  declare readonly scope: string | undefined;
  declare readonly via: Tensor | undefined;
  declare readonly recall: Recall | undefined;
  declare readonly sweep: Sweep | undefined;

  constructor(
    id: number,
    op: Op,
    inputs: readonly Tensor[],
    attrs: Attrs,
    shape: Shape,
    tracked: boolean,
    data: Float64Array | undefined,
    name: string | undefined,
    scope: string | undefined,
    via: Tensor | undefined,
    recall: Recall | undefined,
    sweep: Sweep | undefined,
  ) {
    this.id = id;
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.shape = shape;
    this.tracked = tracked;
    this.data = data;
    this.name = name;
    this.scope = scope;
    this.via = via;
    this.recall = recall;
    this.sweep = sweep;
  }

  /** Without it a loop up to the length would run no time, and Array.from would give an empty list. */
  get length(): never {
    throw new ValueError(
      `length: a tensor, ${showOperand(this)}, is no list; its extents are x.shape, its numbers values(x), and nested(x) has them in arrays`,
    );
  }

  toString(): string {
    return summary(this.name, this.shape, this.data, () => inputsBelow(this));
  }

  toJSON(): unknown {
    if (this.data === undefined) throw new TraceError(`JSON.stringify: ${showOperand(this)} has no numbers yet: it depends on ${inputsBelow(this)}`);
    return rowsOf(this.shape, this.data);
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    const met = hint === "number" ? "an operator or a function of numbers, such as * or < or Math.exp, met" : "+ or == met";
    const write = hint === "number" ? "mul(x, x), less(x, y), exp(x)" : "add(x, y), equal(x, y), or `${x}` for text";
    throw new ValueError(`${met} a tensor, ${showOperand(this)}; write ops: ${write}; item(x) is the number of a tensor of one entry`);
  }

  get [copies](): object {
    return thisCopy;
  }

  /** What Node's console shows. */
  [inspection](): string {
    return this.toString();
  }
}

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
  const made = new Made(++created, op, inputs, attrs, shape, tracked, data, name, currentScope, via, recall, currentSweep);
  if (observer !== undefined) observer.made(made);
  return made;
}

/** Runs `f` and shows to `by` every tensor that it makes; nobody watches when absent. */
export function observed<R>(by: Observer | undefined, f: () => R): R {
  const before = observer;
  observer = by;
  try {
    return f();
  } finally {
    observer = before;
  }
}

/** Says that `t` is differentiated by what may drop it. */
export function noteDifferentiated(t: Tensor): void {
  observer?.differentiated(t);
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

/** The same tensor but for its name and what it recalls. */
function changed(t: Tensor, name: string | undefined, recall: Recall | undefined): Tensor {
  return new Made(t.id, t.op, t.inputs, t.attrs, t.shape, t.tracked, t.data, name, t.scope, t.via, recall, t.sweep);
}

/** Applies an op: the value at once when every operand is concrete, and the node of the graph when any is tracked. */
export function apply(op: Op, inputs: readonly Tensor[], attrs: Attrs = none, name?: string): Tensor {
  if (observer === undefined) return applied(op, inputs, attrs, name);
  return observer.applied({ op, inputs, attrs }, () => applied(op, inputs, attrs, name));
}

function applied(op: Op, inputs: readonly Tensor[], attrs: Attrs, name: string | undefined): Tensor {
  const expansion = op.calculus.rule === "expansion" ? op.calculus.expand(inputs, attrs) : undefined;
  const shape = expansion?.shape ?? op.shape(inputs, attrs);
  let tracked = false;
  let concrete = true;
  for (const input of inputs) {
    if (input.tracked) tracked = true;
    if (input.data === undefined) concrete = false;
  }
  if (tracked && !recording && handed !== undefined && inputs.some((input) => isOutside(input, handed as Handed))) recording = true;
  // What is symbolic must be recorded even inside a forgetting sweep: there is no data to forget down to.
  const keeps = tracked && (recording || !concrete);
  const via = recognising && op.twin !== undefined ? op.twin(inputs, attrs) : undefined;
  const through = via ?? expansion;
  if (through !== undefined) {
    if (keeps) return node(op, inputs, attrs, shape, true, through.data, name, through, undefined);
    const recall = via === undefined && op.recalled !== undefined ? remembered(op, inputs, attrs) : through.recall;
    return name === undefined && recall === through.recall ? through : changed(through, name ?? through.name, recall);
  }
  const data = concrete ? computed(op, inputs, shape, attrs) : undefined;
  if (keeps) return node(op, inputs, attrs, shape, true, data, name, undefined, undefined);
  // A constant that another op broadcast is still called what the user called it.
  const kept = name ?? (attrs["implicit"] === true ? inputs[0]?.name : undefined);
  return node(constantOp, nothing, none, shape, false, data, kept, undefined, remembered(op, inputs, attrs));
}

function computed(op: Op, inputs: readonly Tensor[], shape: Shape, attrs: Attrs): Float64Array {
  try {
    return compute(op, inputs as readonly Dense[], shape, attrs);
  } catch (error) {
    // What the engine says names neither the op nor the shape; its stack is another matter.
    if (!(error instanceof RangeError) || error.message.includes("stack")) throw error;
    throw new ShapeError(`${showCall(op.name, inputs)}: a result of shape ${showShape(shape)} has ${size(shape)} entries, more than memory can hold`);
  }
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
  if (depth === 0) return changed(bare, bare.name, { ...bare.recall, inputs: nothing, wrappers: undefined, depth });
  return changed(bare, bare.name, { ...bare.recall, depth, inputs: bare.recall.inputs.map((input) => lowered(input, depth - 1)) });
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

/**
 * Runs a rule of the user's on what it is given. Once it uses another tracked value, somebody outside may differentiate by that: the sweep
 * records from there on, and so do those around it.
 */
export function asRuleOfUser<R>(given: readonly unknown[], f: () => R): R {
  const before = handed;
  handed = { given: new Set(given), since: created };
  try {
    const made = f();
    for (const each of Array.isArray(made) ? (made as readonly unknown[]) : [made]) if (isOutside(each, handed)) recording = true;
    return made;
  } finally {
    handed = before;
  }
}

function isOutside(each: unknown, { given, since }: Handed): boolean {
  if (typeof each !== "object" || each === null) return false;
  const { tracked, id } = each as { readonly tracked?: unknown; readonly id?: unknown };
  return tracked === true && typeof id === "number" && id <= since && !given.has(each);
}

function withModes<R>(records: boolean, recognises: boolean, f: () => R): R {
  const before = [recording, recognising] as const;
  recording = records;
  recognising = recognises;
  try {
    return f();
  } finally {
    const began = recording && !records;
    [recording, recognising] = before;
    if (began) recording = true;
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
  checkArguments("scope", 2, arguments, 'scope("layer 1", () => ...)');
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

/** What `f` makes stands for `t`: its adjoint or its copy, which belongs to the scope of `t` as the adjoints of a layer belong to the layer. */
export function standingFor<R>(t: Tensor, as: "derivative" | "copy", f: () => R): R {
  if (t.scope === undefined && observer === undefined) return f();
  const before = currentScope;
  currentScope = t.scope ?? before;
  try {
    return observer === undefined ? f() : observer.standing(t, as, f);
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
  return symbolsBelow([t])
    .map((each) => each.name ?? "an unnamed input")
    .join(", ");
}

function symbolsBelow(roots: readonly Tensor[]): readonly Tensor[] {
  const seen = new Set<Tensor>(roots);
  for (const each of seen) for (const input of each.via === undefined ? each.inputs : [...each.inputs, each.via]) seen.add(input);
  return [...seen].filter(({ op }) => op === inputOp);
}

/** The symbols of traces that are over, with whose trace it was: they stood for values in a function's run, and stand for nothing after it. */
const ended = new WeakMap<Tensor, string>();

/** Marks the symbols of a trace of `caller` that is over. */
export function endTrace(caller: string, symbols: Iterable<Tensor>): void {
  for (const each of symbols) ended.set(each, caller);
}

/** Throws TraceError when a tensor without numbers was made in a trace that is over. */
export function checkLive(caller: string, made: readonly Tensor[]): void {
  const pending = made.filter(({ data }) => data === undefined);
  const left = pending.length === 0 ? undefined : symbolsBelow(pending).find((each) => ended.has(each));
  if (left === undefined) return;
  throw new TraceError(
    `${caller}: a tensor that depends on ${showOperand(left)} was kept from inside ${ended.get(left)}, whose run has ended; return it from the function instead`,
  );
}
