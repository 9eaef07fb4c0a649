import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { broadcastShape, size } from "../shape.ts";
import { type Tensor, constant, recallDepth } from "../tensor.ts";
import { add, div, mul, neg, square, sub } from "./arithmetic.ts";
import { broadcast, reshapeTo, sum, sumOver } from "./broadcast.ts";
import { combinationSign, logCombination } from "./combination.ts";
import { arange, ones, zeros } from "./creation.ts";
import { concat, stack } from "./join.ts";
import { matmul } from "./linalg.ts";
import { logaddexp } from "./logaddexp.ts";
import { prod } from "./product.ts";
import { type Peeled, ask, isAll, isSame, peel } from "./recognise.ts";
import { where } from "./selection.ts";
import { logSoftmaxOver } from "./softmax.ts";

/*
 * A value as weight · exp(exponent), which leaves the range of numbers nowhere: exponentials, sigmoids and softmaxes, and products, quotients,
 * sums, means, matrix products, joins and choices of these with anything else. An identity that the textbooks write in a dozen ways, such as
 * the logarithm of a mixture, is one thing in this form.
 */

interface Scaled {
  /** Of any sign; absent where it is 1. */
  readonly weight: Tensor | undefined;
  readonly exponent: Tensor;
}

/** One term of a sum; without an exponent it is a plain value. */
interface Term {
  readonly weight: Tensor | undefined;
  readonly exponent: Tensor | undefined;
}

/** Σ weights · exp(exponents) / over. */
interface Combination {
  readonly weights: Tensor | undefined;
  readonly exponents: Tensor;
  readonly attrs: ReduceAttrs;
  readonly over: number;
  rewrap(core: Tensor): Tensor;
}

/** The largest number of products that a matrix product is taken apart into. */
const mostProducts = 2 ** 22;

/** x as weight · exp(exponent), if an exponential is in it. */
function scaled(x: Tensor, depth: number = recallDepth): Scaled | undefined {
  const core = exponentialCore(x, depth);
  const form = core && formOf(core, depth - 1);
  if (core === undefined || form === undefined) return undefined;
  const weight = form.weight && core.rewrap(form.weight);
  return { weight: core.negated ? negative(weight, x) : weight, exponent: core.rewrap(form.exponent) };
}

/** log(x) without x, if an exponential is in it; NaN where x is negative. */
export function logOf(x: Tensor): Tensor | undefined {
  return inSight(() => recognisedLog(x));
}

function recognisedLog(x: Tensor): Tensor | undefined {
  const core = exponentialCore(x, recallDepth);
  if (core === undefined) return undefined;
  if (!core.negated) {
    const known = exponentOf(core, recallDepth - 1);
    if (known !== undefined) return core.rewrap(known);
    const whole = combination(core, recallDepth - 1);
    if (whole !== undefined) return core.rewrap(logOfCombination(whole, false));
  }
  const form = scaled(x);
  if (form === undefined) return undefined;
  return form.weight === undefined ? form.exponent : logCombination(form.exponent, form.weight, { axes: [], keepDims: false });
}

/** Thrown where a value goes on below what identities see: to take a part of it for a plain number would mix an exact form with a lost one. */
const outOfSight = new Error("internal: deeper than identities look");

/** What `f` recognises; undefined where something is out of sight. */
function inSight<T>(f: () => T | undefined): T | undefined {
  try {
    return f();
  } catch (error) {
    if (error === outOfSight) return undefined;
    throw error;
  }
}

function exponentialCore(x: Tensor, depth: number): Peeled | undefined {
  if (x.recall?.exponential === false) return undefined;
  const core = peel(x);
  if ((depth <= 0 && core !== undefined) || x.recall?.depth === 0) throw outOfSight;
  return core;
}

function negative(weight: Tensor | undefined, x: Tensor): Tensor {
  return neg(weight ?? broadcast(ones([]), x.shape));
}

function formOf(core: Peeled, depth: number): Scaled | undefined {
  const { op, inputs, attrs } = core;
  const exponent = exponentOf(core, depth);
  if (exponent !== undefined) return { weight: undefined, exponent };
  const [a, b, c] = inputs as readonly [Tensor, Tensor, Tensor];
  switch (op) {
    case mul.op:
    case div.op: {
      const [left, right] = [scaled(a, depth), scaled(b, depth)];
      if (left === undefined && right === undefined) return undefined;
      return op === mul.op ? product(left ?? plain(a), right ?? plain(b)) : quotient(left ?? plain(a), right ?? plain(b));
    }
    case square.op: {
      const base = scaled(a, depth);
      return base && { weight: base.weight && square(base.weight), exponent: mul(2, base.exponent) };
    }
    case where.op: {
      const [left, right] = [scaled(b, depth), scaled(c, depth)];
      if (left === undefined && right === undefined) return undefined;
      return joined([left ?? plain(b), right ?? plain(c)], (parts) => where(a, ...(parts as [Tensor, Tensor])), [b, c]);
    }
    case concat.op: {
      const forms = inputs.map((part) => scaled(part, depth));
      if (forms.every((form) => form === undefined)) return undefined;
      return joined(
        forms.map((form, at) => form ?? plain(inputs[at] as Tensor)),
        (parts) => concat(parts, attrs as { readonly axis: number }),
        inputs,
      );
    }
    case prod.op: {
      const factors = scaled(a, depth);
      const { axes, keepDims } = attrs as ReduceAttrs;
      return factors && { weight: factors.weight && prod(factors.weight, { axis: axes, keepDims }), exponent: sumOver(factors.exponent, axes, keepDims) };
    }
    default: {
      const whole = combination(core, depth);
      if (whole === undefined) return undefined;
      const weight = whole.weights && whole.rewrap(combinationSign(whole.exponents, whole.weights, whole.attrs));
      return { weight, exponent: logOfCombination(whole, true) };
    }
  }
}

/** The logarithm of what is positive for certain. */
function exponentOf(core: Peeled, depth: number): Tensor | undefined {
  return core.op.known?.log?.(core.inputs, core.attrs) ?? logOfReciprocal(core) ?? logOfPair(core, depth);
}

/** log(exp(u) + exp(v)), either of which may be a positive constant. */
function logOfPair({ op, inputs }: Peeled, depth: number): Tensor | undefined {
  if (op !== add.op) return undefined;
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const [left, right] = [scaled(a, depth), scaled(b, depth)];
  if ((left === undefined && right === undefined) || left?.weight !== undefined || right?.weight !== undefined) return undefined;
  const [u, v] = [left?.exponent ?? logOfConstant(a), right?.exponent ?? logOfConstant(b)];
  return u && v && logaddexp(u, v);
}

function logOfConstant(c: Tensor): Tensor | undefined {
  if (c.tracked || c.recall !== undefined || c.data?.every((each) => each > 0) !== true) return undefined;
  return constant(c.data.map(Math.log), c.shape);
}

/** log(1 + exp(u)) as a softplus, of which the reciprocal is a sigmoid. */
function logOfReciprocal({ op, inputs, attrs }: Peeled): Tensor | undefined {
  const reciprocal = op.known?.reciprocal?.(inputs, attrs);
  const logarithm = reciprocal && ask(reciprocal, "log");
  return logarithm && neg(logarithm);
}

const plain = (x: Tensor): Term => ({ weight: isAll(x, 1) ? undefined : x, exponent: undefined });

const nothing = (): Term => ({ weight: undefined, exponent: constant(Float64Array.of(-Infinity), []) });

/** Both with `join`, or the one that is there. */
function either(a: Tensor | undefined, b: Tensor | undefined, join: (a: Tensor, b: Tensor) => Tensor): Tensor | undefined {
  return a === undefined ? b : b === undefined ? a : join(a, b);
}

function product(a: Term, b: Term): Scaled {
  return { weight: either(a.weight, b.weight, mul), exponent: either(a.exponent, b.exponent, add) as Tensor };
}

function quotient(a: Term, b: Term): Scaled {
  const weight = b.weight === undefined ? a.weight : div(a.weight ?? 1, b.weight);
  const exponent = b.exponent === undefined ? a.exponent : a.exponent === undefined ? neg(b.exponent) : sub(a.exponent, b.exponent);
  return { weight, exponent: exponent as Tensor };
}

/** Terms side by side, or one or the other. */
function joined(given: readonly Term[], join: (parts: readonly Tensor[]) => Tensor, like: readonly Tensor[]): Scaled {
  // A constant 0 is an exponential too: as a weight it would meet exponentials that are infinite beside tiny ones.
  const terms = given.map((each): Term => (each.exponent === undefined && each.weight && isAll(each.weight, 0) ? nothing() : each));
  const filled = (part: Tensor | undefined, by: Tensor, at: number): Tensor => broadcast(part ?? by, (like[at] as Tensor).shape);
  const weight = terms.every((each) => each.weight === undefined) ? undefined : join(terms.map((each, at) => filled(each.weight, ones([]), at)));
  return { weight, exponent: join(terms.map((each, at) => filled(each.exponent, zeros([]), at))) };
}

function combination(core: Peeled, depth: number): Combination | undefined {
  const { op, inputs, attrs } = core;
  const rewrap = (whole: Tensor): Tensor => whole;
  switch (op) {
    case sum.op: {
      const terms = scaled(inputs[0] as Tensor, depth);
      return terms && { weights: terms.weight, exponents: terms.exponent, attrs: attrs as ReduceAttrs, over: 1, rewrap };
    }
    case div.op:
      return meanOf(inputs, depth) ?? shareOf(inputs, depth);
    case add.op:
    case sub.op: {
      const terms = termsOf(core, depth);
      if (terms.every(({ exponent }) => exponent === undefined)) return undefined;
      const shape = (inputs[0] as Tensor).shape;
      const side = joined(
        terms,
        (parts) => stack(parts, { axis: 0 }),
        terms.map(() => zeros(shape)),
      );
      return { weights: side.weight, exponents: side.exponent, attrs: { axes: [0], keepDims: false }, over: 1, rewrap };
    }
    case matmul.op:
      return contraction(inputs as readonly [Tensor, Tensor], depth);
    default:
      return undefined;
  }
}

/** Σ w exp(u) / Σ exp(u): of w by the softmax of u, which may round to 1 in both sums. */
function shareOf([a, b]: readonly Tensor[], depth: number): Combination | undefined {
  const [left, right] = [exponentialCore(a as Tensor, depth), exponentialCore(b as Tensor, depth)];
  if (left === undefined || right === undefined || left.op !== sum.op || right.op !== sum.op) return undefined;
  const [part, whole] = [combination(left, depth - 1), combination(right, depth - 1)];
  if (part === undefined || whole === undefined || whole.weights !== undefined || left.negated || right.negated) return undefined;
  const { axes, keepDims } = part.attrs;
  if (String(axes) !== String(whole.attrs.axes) || keepDims !== whole.attrs.keepDims || !isSame(part.exponents, whole.exponents)) return undefined;
  const reduced = reducedShape(part.exponents.shape, part.attrs);
  const lines = reshapeTo(arange(size(reduced)), reduced);
  if (!isSame(left.rewrap(lines), right.rewrap(lines))) return undefined;
  return { ...part, exponents: logSoftmaxOver(part.exponents, axes), rewrap: left.rewrap };
}

/** A sum divided by one positive number. */
function meanOf([a, b]: readonly Tensor[], depth: number): Combination | undefined {
  const over = b?.tracked === false && b.recall === undefined ? b.data?.[0] : undefined;
  if (over === undefined || !(over > 0 && over < Infinity) || b?.data?.some((each) => each !== over) === true) return undefined;
  const inner = exponentialCore(a as Tensor, depth);
  if (inner === undefined || inner.negated || inner.op !== sum.op) return undefined;
  const whole = combination(inner, depth - 1);
  return whole && { ...whole, over, rewrap: inner.rewrap };
}

/** The logarithm of a sum without its term exp(u); undefined where that is none of its terms, or others are no exponentials. */
export function logOfOthers(core: Peeled, u: Tensor): Tensor | undefined {
  const terms = core.op === add.op ? inSight(() => termsOf(core, recallDepth - 1)) : undefined;
  if (terms === undefined) return undefined;
  const own = terms.findIndex(({ weight, exponent }) => weight === undefined && exponent !== undefined && isSame(core.rewrap(exponent), u));
  const others = terms.filter((_, at) => at !== own);
  if (own < 0 || others.some(({ weight }) => weight !== undefined)) return undefined;
  const exponents = others.map(({ exponent }) => exponent ?? broadcast(zeros([]), (core.inputs[0] as Tensor).shape));
  return core.rewrap(
    exponents.length === 1 ? (exponents[0] as Tensor) : logCombination(stack(exponents, { axis: 0 }), undefined, { axes: [0], keepDims: false }),
  );
}

/** What a chain of additions and subtractions adds up. */
function termsOf(core: Peeled, depth: number): Term[] {
  const { op, inputs } = core;
  return inputs.flatMap((each, at) => {
    const inner = exponentialCore(each, depth);
    const nested = inner !== undefined && (inner.op === add.op || inner.op === sub.op) && inner.op.known?.reciprocal?.(inner.inputs, inner.attrs) === undefined;
    const found = nested
      ? termsOf(inner, depth - 1).map(({ weight, exponent }): Term => ({
          weight: weight && inner.rewrap(weight),
          exponent: exponent && inner.rewrap(exponent),
        }))
      : [scaled(each, depth) ?? plain(each)];
    const turned = (op === sub.op && at === 1) !== (nested && inner.negated);
    return turned ? found.map(({ weight, exponent }): Term => ({ weight: negative(weight, each), exponent })) : found;
  });
}

/** A matrix product as the sum over its inner axis of products that are laid out. */
function contraction([a, b]: readonly [Tensor, Tensor], depth: number): Combination | undefined {
  const [left, right] = [scaled(a, depth), scaled(b, depth)];
  if (left === undefined && right === undefined) return undefined;
  const columns = b.shape.at(-1) as number;
  const inner = a.shape.at(-1) as number;
  const lay = (t: Tensor | undefined, shape: readonly number[]): Tensor | undefined => t && reshapeTo(t, shape);
  const [rows, others] = [
    [...a.shape, 1],
    [...b.shape.slice(0, -2), 1, inner, columns],
  ];
  const [p, q] = [left ?? plain(a), right ?? plain(b)];
  const weights = either(lay(p.weight, rows), lay(q.weight, others), mul);
  const exponents = either(lay(p.exponent, rows), lay(q.exponent, others), add) as Tensor;
  const whole = broadcastShape(rows, others);
  if (whole === undefined || size(whole) > mostProducts) return undefined;
  return {
    weights: weights && broadcast(weights, whole),
    exponents: broadcast(exponents, whole),
    attrs: { axes: [whole.length - 2], keepDims: false },
    over: 1,
    rewrap: (made) => made,
  };
}

function logOfCombination({ weights, exponents, attrs, over, rewrap }: Combination, absolute: boolean): Tensor {
  return rewrap(logCombination(exponents, weights, attrs, over, absolute));
}
