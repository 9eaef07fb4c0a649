import { type Op, type Tensor, observed } from "./tensor.ts";
import { callerPlace } from "./libraries.ts";
import { type Definition, type Observer } from "./op.ts";

/** What the user wrote where a tensor was made. */
export interface Written {
  /** The op that the user called; a twin or an expansion that computes in its place belongs to it. */
  readonly node: Tensor;
  /** The same op where it ran: a copy of it on other operands, or itself. */
  readonly copied: Tensor;
  /** The tensor belongs to a derivative of that op. */
  readonly derivative: boolean;
  /** The user's own rule that calls the op, by its name. */
  readonly rule: string | undefined;
}

/** How the tensors of a run came to be. */
export interface Births {
  /** Where in the caller's source it was made: `file:line:column`, when the stack tells; of a derivative, where the op was called. */
  lineOf(t: Tensor): string | undefined;
  writtenFor(t: Tensor): Written;
}

/** What a function gave, with the births of the tensors that it made. */
export interface Observed<R> {
  readonly result: R;
  readonly births: Births;
}

/** An op while it is applied; what it makes on the way is made inside. */
interface Making {
  readonly op: Op;
  readonly outer: Making | undefined;
  readonly stack: Error | undefined;
  made: Tensor | undefined;
}

/** A node whose rule made a tensor, or of which it is a copy. */
interface Origin {
  readonly of: Tensor;
  readonly as: "derivative" | "copy";
}

interface Birth {
  /** Where the user's code stood, written out when asked for; a derivative and a copy have the line of their origin. */
  readonly stack: Error | undefined;
  readonly making: Making | undefined;
  readonly origin: Origin | undefined;
}

/** A user's call may lie below many frames of libraries: those of a sweep, of a network, or of a formula's parts inside parts. */
const mostFrames = 200;

/**
 * Runs f and remembers how every tensor that it makes came to be; `see` is shown each result of an op, and `differentiated` what is differentiated.
 * Slow, so only where something is looked for.
 */
export function withBirths<R>(
  f: (births: Births) => R,
  see: (made: Tensor, definition: Definition, births: Births) => void = () => {},
  differentiated: (t: Tensor) => void = () => {},
): Observed<R> {
  const known = new WeakMap<Tensor, Birth>();
  const births = birthsOf(known);
  let making: Making | undefined;
  let origin: Origin | undefined;
  const stack = (): Error | undefined => (origin === undefined || isRule(origin) ? new Error("here") : undefined);
  const note = (made: Tensor): void => {
    if (!known.has(made)) known.set(made, { stack: making === undefined ? stack() : making.stack, making, origin });
  };
  const observer: Observer = {
    made: note,
    differentiated,
    applied: (definition, make) => {
      const outer = making;
      const mine: Making = { op: definition.op, outer, stack: outer === undefined || outer.op.holds !== undefined ? stack() : outer.stack, made: undefined };
      making = mine;
      try {
        const made = make();
        mine.made = made;
        // A twin that nothing tracks is the result itself, and becomes what the user called.
        const birth = known.get(made);
        if (birth === undefined || isWithin(birth.making, mine)) known.set(made, { stack: mine.stack, making: mine, origin });
        see(made, definition, births);
        return made;
      } finally {
        making = outer;
      }
    },
    standing: (of, as, stand) => {
      const before = origin;
      origin = { of, as };
      try {
        return stand();
      } finally {
        origin = before;
      }
    },
  };
  // Only some engines have it.
  const stacks = Error as unknown as { stackTraceLimit: number | undefined };
  const limit = stacks.stackTraceLimit;
  stacks.stackTraceLimit = mostFrames;
  try {
    return { result: observed(observer, () => f(births)), births };
  } finally {
    stacks.stackTraceLimit = limit;
  }
}

function birthsOf(known: WeakMap<Tensor, Birth>): Births {
  const writtenFor = (t: Tensor): Written => {
    let node = t;
    let copied: Tensor | undefined;
    let derivative = false;
    for (;;) {
      const birth = known.get(node);
      const outermost = calledBy(birth?.making)?.made;
      const called = outermost ?? node;
      const found = { node: called, copied: called === node ? (copied ?? called) : called, derivative };
      if (birth?.origin === undefined) return { ...found, rule: undefined };
      const { of, as } = birth.origin;
      // The rule is the user's own, and so is its op.
      if (isRule(birth.origin)) return { ...found, rule: of.op.name };
      if (as === "derivative") derivative = true;
      copied = as === "copy" && of.inputs.length === node.inputs.length ? (copied ?? node) : undefined;
      node = of;
    }
  };
  return { writtenFor, lineOf: (t) => callerLine(known.get(writtenFor(t).node)?.stack?.stack) };
}

/** Whether what an origin makes is made by a rule of the user's own. */
function isRule({ of, as }: Origin): boolean {
  return as === "derivative" && of.op.holds === "value";
}

function isWithin(making: Making | undefined, outer: Making): boolean {
  return making !== undefined && (making === outer || isWithin(making.outer, outer));
}

/** The op that the user called: the outermost of those being applied, but for blocks that hold ops of the user's. */
function calledBy(making: Making | undefined): Making | undefined {
  let called = making;
  while (called?.outer !== undefined && called.outer.op.holds === undefined) called = called.outer;
  return called;
}

/** The first frame of a stack that lies outside the libraries. */
function callerLine(stack: string | undefined): string | undefined {
  for (const frame of stack?.split("\n") ?? []) {
    const place = callerPlace(frame);
    if (place !== undefined) return place;
  }
  return undefined;
}
