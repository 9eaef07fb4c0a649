import { type Attrs } from "../kernel/dense.ts";
import { sameShape, size, stridesOf } from "../shape.ts";
import { type Definition, type Known, type Op, type Tensor, type Wrapper, apply } from "../tensor.ts";

/** A value seen through views, names and sign changes. */
export interface Peeled {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
  /** An odd number of sign changes stands outside. */
  readonly negated: boolean;
  /** Views stand outside. */
  readonly viewed: boolean;
  /** Puts the views back around another value of the core's shape. */
  rewrap(core: Tensor): Tensor;
}

/** How a value was made, seen through wrappers and twins; undefined for a leaf, a watched value, or a result that nothing looks for. */
export function peel(t: Tensor): Peeled | undefined {
  const outer: Wrapper[] = [];
  let at = t;
  for (;;) {
    // An expansion is looked into, unless identities look for the op itself.
    if (at.via !== undefined && !(at.op.calculus.rule === "expansion" && at.op.recalled !== undefined)) at = at.via;
    else if (at.recall?.depth === 0) return undefined;
    else if (at.recall !== undefined) {
      for (let wrapper = at.recall.wrappers; wrapper !== undefined; wrapper = wrapper.below) outer.push(wrapper);
      return peeled(at.recall.op, at.recall.inputs, at.recall.attrs, outer);
    } else if (at.inputs.length === 0) return undefined;
    else if (at.op.wrapper !== undefined) {
      const [wrapped, ...rest] = at.inputs as readonly [Tensor, ...Tensor[]];
      outer.push({ op: at.op, attrs: at.attrs, rest, below: undefined });
      at = wrapped;
    } else return peeled(at.op, at.inputs, at.attrs, outer);
  }
}

function peeled(op: Op, inputs: readonly Tensor[], attrs: Attrs, outer: readonly Wrapper[]): Peeled {
  const views = outer.filter((wrapper) => wrapper.op.wrapper === "view");
  return {
    op,
    inputs,
    attrs,
    viewed: views.length > 0,
    negated: (outer.length - views.length) % 2 === 1,
    rewrap: (core) => views.reduceRight((inner, { op: view, attrs: given, rest }) => apply(view, [inner, ...rest], given), core),
  };
}

/** The exact form of a function of `t`, or of -t when `negated`, if the op that made it knows one. */
export function ask(t: Tensor, question: Exclude<keyof Known, "share" | "below">, negated: boolean = false): Tensor | undefined {
  const core = peel(t);
  if (core === undefined || core.negated !== negated) return undefined;
  const answer = core.op.known?.[question]?.(core.inputs, core.attrs);
  return answer === undefined ? undefined : core.rewrap(answer);
}

/** Whether every entry of a constant is `value`. A result that happens to be `value` at this point is not a constant: how it was made counts more. */
export function isAll(t: Tensor, value: number): boolean {
  if (t.tracked || t.recall !== undefined || t.data === undefined || t.data.length === 0) return false;
  return t.data.every((entry) => entry === value);
}

/**
 * One value, of which every derivative is the same too: the same node behind names and changes of shape, constants of the same numbers, or the
 * same op on the same operands, such as a softmax's two exp(z - max(z)). Tracked values that merely share their numbers are not one: x and
 * stopGradient(x), or one tensor that was given for two arguments.
 */
export function isSame(a: Tensor, b: Tensor, depth: number = 3): boolean {
  if (a === b) return true;
  if (!sameShape(a.shape, b.shape)) return false;
  if (!a.tracked && !b.tracked && sameNumbers(a.data, b.data)) return true;
  const [at, other] = [unmoved(a), unmoved(b)];
  if (at === other) return true;
  if (!sameShape(at.shape, other.shape)) return false;
  const [left, right] = [definitionOf(at), definitionOf(other)];
  if (depth === 0 || left === undefined || right === undefined || left.op !== right.op || left.inputs.length !== right.inputs.length) return false;
  return sameAttrs(left.attrs, right.attrs) && left.inputs.every((each, at) => isSame(each, right.inputs[at] as Tensor, depth - 1));
}

/** What a value was before it was named or its shape was changed; the entries and their order are its own. */
export function unmoved(t: Tensor): Tensor {
  let at = t;
  for (;;) {
    const { op, attrs, shape } = at;
    const below = at.via ?? at.inputs[0];
    if (below === undefined || (at.via === undefined && (op.kind !== "view" || op.wrapper === undefined || size(below.shape) !== size(shape)))) return at;
    if (at.via === undefined && op.kind === "view") {
      const { offset, strides, bounds } = op.layout(below.shape, shape, attrs);
      if (offset !== 0 || bounds !== undefined || !sameShape(strides, stridesOf(shape))) return at;
    }
    at = below;
  }
}

function sameNumbers(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  return a !== undefined && b !== undefined && (a === b || a.every((each, at) => each === b[at]));
}

/** A watched value is what it is, whatever it watches. */
function definitionOf(t: Tensor): Definition | undefined {
  if (t.inputs.length > 0) return t.op.kind === "leaf" ? undefined : t;
  return t.recall?.wrappers === undefined && t.recall?.depth !== 0 ? t.recall : undefined;
}

function sameAttrs(a: Attrs, b: Attrs): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => a[key] === b[key] || (Array.isArray(a[key]) && JSON.stringify(a[key]) === JSON.stringify(b[key])))
  );
}
