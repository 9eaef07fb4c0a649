import { type Births, type Observed, withBirths } from "./caller.ts";
import { type Definition } from "./op.ts";
import { text } from "./print/text.ts";
import { indexAt } from "./shape.ts";
import { type Tensor, showOperand } from "./tensor.ts";

/** The first place where a number became NaN or infinite. */
export interface Fault {
  /** backward: in a derivative, forward mode included. */
  readonly pass: "forward" | "backward";
  readonly op: string;
  readonly formula: string;
  readonly scope: string | undefined;
  /** Names and shapes of the operands, with their values at the index where they have the result's shape. */
  readonly operands: readonly string[];
  readonly index: readonly number[];
  /** What came out there: the value, or what the op made of the adjoint. */
  readonly value: number;
  /** Where the op was called, `file:line:column`, when the stack tells. */
  readonly line: string | undefined;
  readonly reason: string | undefined;
  /** One sentence for a person. */
  readonly message: string;
}

/** A run whose faults are known. */
export interface Faulty<R> extends Observed<R> {
  /** Where the numbers of a tensor began to be NaN or infinite; undefined when all are finite. */
  faultOf(t: Tensor): Fault | undefined;
  /** The first of all, whether or not it reached anything. */
  readonly first: Fault | undefined;
  /** The first of something that was differentiated, whose derivative may be finite. */
  readonly differentiated: Fault | undefined;
}

/**
 * Runs f and follows NaN and Infinity from op to op, from where they began. They travel with the numbers, which aliases share; what a mask
 * drops goes no further.
 */
export function withFaults<R>(f: (faultOf: (t: Tensor) => Fault | undefined, births: Births) => R): Faulty<R> {
  const known = new WeakMap<Float64Array, Fault>();
  let first: Fault | undefined;
  let differentiated: Fault | undefined;
  const faultOf = (t: Tensor): Fault | undefined => {
    if (t.data === undefined || allFinite(t)) return undefined;
    const fault = known.get(t.data) ?? givenSo(t);
    known.set(t.data, fault);
    return fault;
  };
  // A number that was given is called by the first name that it gets.
  const inherited = (source: Tensor, made: Tensor): Fault | undefined =>
    (source.data && known.get(source.data)) ?? faultOf(made.name !== undefined && source.name === undefined ? made : source);
  const see = (made: Tensor, definition: Definition, births: Births): void => {
    if (made.data === undefined || allFinite(made)) return;
    const source = definition.inputs.find((input) => !allFinite(input));
    // What a block holds says more than the block.
    if (source === undefined && definition.op.holds !== undefined && known.has(made.data)) return;
    const fault = source === undefined ? begun(made, definition, births) : inherited(source, made);
    if (fault === undefined) return;
    known.set(made.data, fault);
    first ??= fault;
  };
  const { result, births } = withBirths(
    (each) => f(faultOf, each),
    see,
    (t) => (differentiated ??= faultOf(t)),
  );
  return { result, births, faultOf, first, differentiated };
}

function allFinite({ data }: Tensor): boolean {
  return data === undefined || data.every((entry) => Number.isFinite(entry));
}

function firstBad({ data }: Tensor): number {
  return (data ?? new Float64Array()).findIndex((entry) => !Number.isFinite(entry));
}

/** A fault of numbers that no op made. */
function givenSo(t: Tensor): Fault {
  const at = firstBad(t);
  return told({
    pass: "forward",
    op: t.op.name,
    formula: t.name ?? "a constant",
    scope: t.scope,
    operands: [],
    index: indexAt(at, t.shape),
    value: t.data?.[at] ?? Number.NaN,
    line: undefined,
    reason: "the number was given so; check the data",
  }, undefined); // prettier-ignore
}

/** A fault that an op made of operands that are all finite. */
function begun(made: Tensor, { op, inputs, attrs }: Definition, births: Births): Fault {
  const at = firstBad(made);
  const { node, copied, derivative, rule } = births.writtenFor(made);
  // An untracked result has forgotten its operands, and a copy is of a node that has no numbers.
  const whole = { ...made, op, inputs, attrs };
  const written = node === made ? whole : node;
  const values = written.op === op && !derivative ? inputs : copied.inputs;
  const operands = written.inputs.map((each, slot) => {
    const { name } = each;
    const { shape, data } = values[slot] ?? each;
    const entry = data?.length === (made.data?.length ?? -1) ? data?.[at] : undefined;
    return `${showOperand({ name, shape })}${entry === undefined ? "" : ` = ${entry}`}`;
  });
  return told(
    {
      pass: derivative || rule !== undefined ? "backward" : "forward",
      op: written.op.name,
      formula: text(written),
      scope: written.scope,
      operands,
      index: indexAt(at, made.shape),
      value: made.data?.[at] ?? Number.NaN,
      line: births.lineOf(made),
      reason: likely(values, made.data?.[at] ?? Number.NaN, written.op.advice ?? op.advice, written.op.name),
    },
    rule,
  );
}

/** Why an op gives such a number, from its operands, from what it says itself, or from the number. */
function likely(operands: readonly Tensor[], value: number, advice: string | undefined, op: string): string {
  const empty = operands.find(({ shape }) => shape.includes(0));
  if (empty !== undefined) return `${showOperand(empty)} has no entries; check what was selected`;
  if (advice !== undefined) return advice;
  return Number.isNaN(value)
    ? `the operands are finite, but lie outside the domain of ${op}, or infinities met on the way`
    : "the result is beyond 1.8e308, the largest number, or the function has a pole there; scale the operands";
}

function told(fault: Omit<Fault, "message">, rule: string | undefined): Fault {
  const { pass, formula, scope, operands, index, value, line, reason } = fault;
  const where = `${rule === undefined ? "" : ` in the rule of ${rule}`}${scope === undefined ? "" : ` in ${scope}`}${line === undefined ? "" : ` at ${line}`}`;
  const place = index.length === 0 ? "" : ` at index [${index.join(", ")}]`;
  const what = pass === "forward" || rule !== undefined ? formula : `the derivative through ${formula}`;
  const message = `${what}${where} is ${value}${place}${operands.length === 0 ? "" : ` (${operands.join(", ")})`}${reason === undefined ? "" : `: ${reason}`}`;
  return { ...fault, message };
}
