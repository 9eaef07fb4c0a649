import { sameShape } from "../shape.ts";
import { type Partial, type Tensor } from "../tensor.ts";
import { broadcast, sum } from "./broadcast.ts";
import { logicalOr, productCounts } from "./comparison.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { mask, maskOf } from "./mask.ts";
import { infix, postfix, precedence } from "./notation.ts";
import { ask, isAll, isSame, peel } from "./recognise.ts";

/**
 * -x.
 *
 * Shape: kept. Derivative: -1.
 *
 * @example
 * item(neg(2)) // => -2
 */
export const neg: Unary = unary({
  name: "neg",
  notation: { text: ([x]) => `-${x}`, latex: ([x]) => `-${x}`, precedence: precedence.sign, operands: [precedence.sign + 1] },
  scalar: (k, x) => k.neg(x),
  derivative: () => -1,
  twin: ([x]) => (x?.op.wrapper === "sign" ? x.inputs[0] : undefined),
  wrapper: "sign",
});

/**
 * a + b, after broadcasting.
 *
 * Derivatives: 1 and 1. Keeps the digits of `1 + -y` where y knows its complement (a sigmoid, a softmax, an exp).
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(add([1, 2], 3)) // => [4, 5]
 */
export const add: Binary = binary({
  name: "add",
  notation: infix("+", "+", precedence.sum),
  scalar: (k, a, b) => k.add(a, b),
  partials: [() => 1, () => 1],
  twin: ([a, b]) => complementSum(a as Tensor, b as Tensor) ?? complementSum(b as Tensor, a as Tensor),
  known: {
    complement: ([a, b]) => {
      const rest = addedToOne(a as Tensor, b as Tensor);
      return rest && neg(rest);
    },
    reciprocal: ([a, b]) => {
      const rest = addedToOne(a as Tensor, b as Tensor);
      return rest && ask(rest, "logistic");
    },
  },
  recalled: ([a, b]) => addedToOne(a as Tensor, b as Tensor) !== undefined || isExponential([a, b]) || squaresAndMore(a as Tensor, b as Tensor),
});

function isExponential(x: readonly (Tensor | undefined)[]): boolean {
  return x.some((each) => each?.recall?.exponential === true);
}

/** Squares added to squares or to a constant, which a root looks for. */
function squaresAndMore(a: Tensor, b: Tensor): boolean {
  return (isSquares(a) && (isSquares(b) || b.recall === undefined)) || (isSquares(b) && a.recall === undefined);
}

/** A square, or a sum of squares. */
function isSquares(x: Tensor | undefined): boolean {
  if (x?.recall === undefined || x.recall.depth === 0) return false;
  const { op, inputs } = x.recall;
  if (op === add.op) return inputs.every(isSquares);
  // A product of matrices is remembered for exponentials, or as that of a row with itself.
  if (op === sum.op || op.kind === "contract") return op === sum.op ? isSquares(inputs[0]) : !x.recall.exponential;
  return ask(x, "base") !== undefined;
}

/** x of 1 + x or x + 1. */
function addedToOne(a: Tensor, b: Tensor): Tensor | undefined {
  return isAll(a, 1) ? b : isAll(b, 1) ? a : undefined;
}

/** 1 + -y as the complement of y, -1 + y as its negative. */
function complementSum(unit: Tensor, y: Tensor): Tensor | undefined {
  if (isAll(unit, 1)) return complementOf(y, true) ?? ask(y, "successor");
  if (!isAll(unit, -1)) return undefined;
  const complement = complementOf(y);
  return complement && neg(complement);
}

/** 1 - y, or 1 + y when y is written as the negative of what knows it; the square of a tanh knows it through the tanh. */
function complementOf(y: Tensor, negated: boolean = false): Tensor | undefined {
  const known = ask(y, "complement", negated);
  if (known !== undefined) return known;
  const base = ask(y, "base", negated);
  return base && (ask(base, "squareComplement") ?? ask(base, "squareComplement", true));
}

/**
 * a - b, after broadcasting.
 *
 * Derivatives: 1 and -1. Keeps the digits of `1 - y` and `y - 1` where y knows its complement (a sigmoid, a softmax, an exp, tanh^2).
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(sub([1, 2], 3)) // => [-2, -1]
 */
export const sub: Binary = binary({
  name: "sub",
  notation: infix("-", "-", precedence.sum, false),
  scalar: (k, a, b) => k.sub(a, b),
  partials: [() => 1, () => -1],
  twin: ([a, b]) => {
    if (isAll(a as Tensor, 1)) return complementOf(b as Tensor);
    const complement = isAll(b as Tensor, 1) ? complementOf(a as Tensor) : undefined;
    return complement === undefined ? belowOf(a as Tensor, b as Tensor) : neg(complement);
  },
  known: {
    complement: ([a, b]) => (isAll(a as Tensor, 1) ? b : undefined),
  },
  recalled: ([a, b]) => isAll(a as Tensor, 1) || isExponential([a, b]),
});

/** Whether a value was made by adding, as 1 + t was: its complement then has no fewer digits than itself, also where it is nearly 0. */
export function isSum(x: Tensor): boolean {
  const core = peel(x);
  return core?.op === add.op || core?.op === sub.op;
}

/** a - b where b was made of a: u - logsumexp(u), in which a lead of 40 would leave nothing. */
function belowOf(a: Tensor, b: Tensor): Tensor | undefined {
  const core = peel(b);
  return core === undefined || core.negated ? undefined : core.op.known?.below?.(core.inputs, core.attrs, a, core.rewrap);
}

/**
 * a * b entry by entry, after broadcasting.
 *
 * Derivatives: b and a. A constant 0 times a logarithm is 0, also at log(0): the convention 0 log 0 = 0.
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(mul([1, 2], 3)) // => [3, 6]
 */
export const mul: Binary = binary({
  name: "mul",
  advice: "0 met an infinity, or the product overflows; scale the factors",
  notation: infix("⊙", "\\odot", precedence.product),
  scalar: (k, a, b) => k.mul(a, b),
  partials: [(_a, b) => b, (a) => a],
  twin: ([a, b]) => zeroLog(a as Tensor, b as Tensor) ?? zeroLog(b as Tensor, a as Tensor),
  known: { base: ([a, b]) => (isSame(a as Tensor, b as Tensor) ? a : undefined) },
  recalled: remembersOperand,
});

/** An operand whose making is remembered: a weighted exponential, a ratio of exponentials, a square. */
function remembersOperand([a, b]: readonly Tensor[]): boolean {
  return a?.recall !== undefined || b?.recall !== undefined || isSame(a as Tensor, b as Tensor);
}

/** c * log(x) with the log masked where the constant c is 0. */
function zeroLog(c: Tensor, logarithm: Tensor): Tensor | undefined {
  if (c.tracked || c.data === undefined || !c.data.includes(0)) return undefined;
  const { data } = logarithm;
  if (data !== undefined && c.data.every((entry, at) => entry !== 0 || Number.isFinite(data[at]))) return undefined;
  const argument = ask(logarithm, "argument") ?? ask(logarithm, "argument", true);
  return argument && mul(c, mask(productCounts(c, broadcast(argument, c.shape)), logarithm));
}

/**
 * a / b entry by entry, after broadcasting; Infinity and NaN for zero divisors as IEEE 754 says.
 *
 * Derivatives: 1/b and -(a/b)/b. `1 / (1 + exp(x))` is sigmoid(-x).
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(div([1, 2], 4)) // => [0.25, 0.5]
 */
export const div: Binary = binary({
  name: "div",
  advice: "the divisor is 0 or so small that the quotient overflows; add a small number to it, or choose with where before dividing",
  notation: infix("/", "/", precedence.product, false),
  scalar: (k, a, b) => k.div(a, b),
  partials: [(_a, b) => div(1, b), (_a, b, y) => neg(div(y, b))],
  twin: ([a, b]) => (isAll(a as Tensor, 1) ? ask(b as Tensor, "reciprocal") : shareOf(a as Tensor, b as Tensor)),
  recalled: remembersOperand,
});

/** a / total where a is one of its terms, or the difference of them: a softmax or a tanh written out. */
function shareOf(a: Tensor, total: Tensor): Tensor | undefined {
  const core = peel(a);
  if (core === undefined || core.negated) return undefined;
  const term = core.op === sub.op ? peel(core.inputs[0] as Tensor) : core;
  return term?.op.known?.share?.(a, total);
}

/**
 * 1 / x; Infinity at 0, -Infinity at -0.
 *
 * Shape: kept. Derivative: -1/x², written as the square of the result. `reciprocal(1 + exp(x))` is sigmoid(-x).
 *
 * @example
 * item(reciprocal(4)) // => 0.25
 */
export const reciprocal: Unary = unary({
  name: "reciprocal",
  advice: "the operand is 0 or so small that its reciprocal overflows; add a small number to it, or choose with where before",
  notation: { text: ([x]) => `1 / ${x}`, latex: ([x]) => `1 / ${x}`, precedence: precedence.product, operands: [precedence.product + 1] },
  scalar: (k, x) => k.div(k.lit(1), x),
  derivative: (_x, y) => neg(square(y)),
  twin: ([x]) => x && ask(x, "reciprocal"),
});

/**
 * x^2.
 *
 * Shape: kept. Derivative: 2x.
 *
 * @example
 * item(square(3)) // => 9
 */
export const square: Unary = unary({
  name: "square",
  notation: postfix("²", "^{2}", precedence.power),
  scalar: (k, x) => k.mul(x, x),
  derivative: (x) => mul(2, x),
  twin: ([x]) => ask(x as Tensor, "square"),
  known: { base: ([x]) => x },
});

/** A local derivative times an adjoint or a tangent; masks on either side float outward. undefined: nothing flows. */
export function times(partial: Exclude<Partial, 0>, g: Tensor): Tensor;
export function times(partial: Partial, g: Tensor): Tensor | undefined;
export function times(partial: Partial, g: Tensor): Tensor | undefined {
  if (partial === 0) return undefined;
  if (partial === 1) return g;
  if (partial !== -1 && "mask" in partial) {
    return mask(partial.mask, times(partial.partial, g));
  }
  const dead = maskOf(g);
  if (dead !== undefined) return mask(dead.condition, times(partial, dead.value));
  if (partial === -1) return neg(g);
  if (isAll(g, 1)) return partial;
  const own = maskOf(partial);
  if (own !== undefined) return mask(own.condition, mul(own.value, g));
  return mul(partial, g);
}

/** The sum of two adjoints or tangents. Where both are masked, a zero is meant where it is in both. */
export function accumulate(a: Tensor | undefined, b: Tensor): Tensor {
  if (a === undefined) return b;
  const left = maskOf(a);
  const right = left && maskOf(b);
  if (left === undefined || right === undefined) return add(a, b);
  if (sameNumbers(left.condition, right.condition)) return mask(left.condition, add(left.value, right.value));
  return mask(logicalOr(left.condition, right.condition), add(a, b));
}

/** Whether two conditions are one, or constants of the same numbers, as a mask and its memory are. */
function sameNumbers(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  const [left, right] = [a.data, b.data];
  return left !== undefined && right !== undefined && (left === right || (sameShape(a.shape, b.shape) && left.every((each, at) => each === right[at])));
}

/** The sum of two tangents, of which at least one moves. */
export function sumOfTangents(a: Tensor | 0, b: Tensor | 0): Tensor {
  return a === 0 ? (b as Tensor) : b === 0 ? a : accumulate(a, b);
}
