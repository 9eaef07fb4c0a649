import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { type Scalar } from "../scalar.ts";
import { sameShape, size } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { broadcast, reshapeTo, sum } from "./broadcast.ts";
import { equal, greaterEqual, lessEqual, logicalAnd, logicalNot } from "./comparison.ts";
import { arange } from "./creation.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { logdet } from "./inverse.ts";
import { concat } from "./join.ts";
import { mask } from "./mask.ts";
import { det } from "./matrix.ts";
import { call } from "./notation.ts";
import { ask, peel } from "./recognise.ts";
import { where } from "./selection.ts";
import { logSoftmaxOver, logSumOver } from "./softmax.ts";

/**
 * log(x), the natural logarithm; -Infinity at 0, NaN below.
 *
 * Shape: kept. Derivative: 1/x. Exact forms are found behind the operand: log σ, log softmax, log(1 - σ), log(sum(exp)), log(1 + x),
 * log(1 ± exp(x)), log(det), log(exp), log(a^y) for a constant y, and products, ratios and joins of these.
 *
 * @example
 * item(log(1 - 1e-20)) // => 0
 * item(log(sub(1, sigmoid(800)))) // => -800
 */
export const log: Unary = unary({
  name: "log",
  advice:
    "the operand is 0 or negative; if it is a probability that underflowed, write the log on the softmax or sigmoid itself (log(softmax(z)) is exact), else clip it",
  notation: call("log", "\\log"),
  scalar: (k, x) => k.log(x),
  derivative: (x) => div(1, x),
  twin: ([x]) => {
    if (x === undefined) return undefined;
    const exact = exactLog(x);
    if (exact !== undefined) return exact;
    const complement = ask(x, "complement");
    return complement && log1p(neg(complement));
  },
  known: {
    exp: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    argument: ([x]) => x,
  },
});

/**
 * log(1 + x), with all digits near 0.
 *
 * Shape: kept. Derivative: 1/(1 + x). `log1p(exp(x))` is softplus(x).
 *
 * @example
 * item(log1p(1e-20)) // => 1e-20
 */
export const log1p: Unary = unary({
  name: "log1p",
  advice: "the operand is -1 or below, so the logarithm is of 0 or of a negative number; keep it above -1",
  notation: call("log1p"),
  scalar: (k, x) => k.log1p(x),
  derivative: (x) => div(1, add(1, x)),
  twin: ([x]) => {
    if (x === undefined) return undefined;
    const exact = ask(x, "log1p") ?? ask(x, "log1m", true);
    if (exact !== undefined) return exact;
    const complement = ask(x, "complement", true);
    return complement && exactLog(complement);
  },
  known: { argument: ([x]) => x && add(1, x) },
});

/** A logarithm to another base: exact at whole powers of it, and through the natural one wherever that knows better. */
const toBase = (base: 2 | 10, scalar: <S>(k: Scalar<S>, x: S) => S): Unary =>
  unary({
    name: `log${base}`,
    notation: call(`log${base === 2 ? "₂" : "₁₀"}`, `\\log_{${base}}`),
    scalar,
    derivative: (x) => div(1 / Math.log(base), x),
    twin: (x) => {
      const natural = log.op.twin?.(x, {});
      return natural && div(natural, Math.log(base));
    },
    known: { argument: ([x]) => x },
  });

/**
 * The logarithm of x to base 2, exact at powers of 2; -Infinity at 0, NaN below.
 *
 * Shape: kept. Derivative: 1/(x ln 2). The exact forms of log are found behind the operand.
 *
 * @example
 * item(log2(8)) // => 3
 */
export const log2: Unary = toBase(2, (k, x) => k.log2(x));

/**
 * The logarithm of x to base 10; -Infinity at 0, NaN below.
 *
 * Shape: kept. Derivative: 1/(x ln 10). The exact forms of log are found behind the operand.
 *
 * @example
 * item(log10(1000)) // => 3
 */
export const log10: Unary = toBase(10, (k, x) => k.log10(x));

const xlogyCounts = (x: Tensor, y: Tensor): Tensor => logicalNot(logicalAnd(equal(x, 0), lessEqual(y, 0)));

/**
 * x log(y) entry by entry, after broadcasting; 0 at x = 0, also for y <= 0 (the limit 0 log 0 = 0 of entropies).
 *
 * Derivatives: log(y) and x/y, both a zero that is meant at x = 0 with y <= 0. Edges: NaN where y is NaN, or negative with x not 0. The
 * exact forms of log are found behind y. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(xlogy([0, 2], [0, 1])) // => [0, 0]
 */
export const xlogy: Binary = binary({
  name: "xlogy",
  advice:
    "the second operand is 0 or negative where the first is not 0; if it is a probability that underflowed, write the log on the softmax or sigmoid itself",
  notation: call("xlogy"),
  scalar: (k, x, y) => k.select(k.equal(x, k.lit(0)), k.select(k.equal(y, y), k.lit(0), y), k.mul(x, k.log(y))),
  partials: [(x, y) => ({ mask: xlogyCounts(x, y), partial: log(y) }), (x, y) => ({ mask: xlogyCounts(x, y), partial: div(x, y) })],
  twin: ([x, y]) => {
    const exact = y && log.op.twin?.([y], {});
    return x && y && exact && mask(xlogyCounts(x, y), mul(x, exact));
  },
});

/** log(x) where the making of x tells it. */
function exactLog(x: Tensor): Tensor | undefined {
  return ask(x, "log") ?? ask(x, "logNegative", true) ?? logOfSum(x) ?? logOfDeterminant(x) ?? logOfRatio(x) ?? logOfProduct(x) ?? logOfJoined(x);
}

/** log(a / b) where both logarithms are known: the softmax written out. */
function logOfRatio(x: Tensor): Tensor | undefined {
  const ratio = peel(x);
  if (ratio === undefined || ratio.negated || ratio.op !== div.op) return undefined;
  const [a, b] = ratio.inputs as readonly [Tensor, Tensor];
  const numerator = exactLog(a);
  if (numerator === undefined) return undefined;
  const normalised = logOfShare(numerator, b);
  if (normalised !== undefined) return ratio.rewrap(normalised);
  const denominator = exactLog(b);
  return denominator && ratio.rewrap(sub(numerator, denominator));
}

/** log(a * b) where both logarithms are known: the likelihood a^y (1 - a)^(1 - y). */
function logOfProduct(x: Tensor): Tensor | undefined {
  const product = peel(x);
  if (product === undefined || product.negated || product.op !== mul.op) return undefined;
  const [a, b] = product.inputs.map(exactLog);
  return a && b && product.rewrap(add(a, b));
}

/** u - log(sum(exp(u))) as a log softmax, where b is that sum put back over the lines that it was taken from. */
function logOfShare(u: Tensor, b: Tensor): Tensor | undefined {
  const total = peel(b);
  if (total === undefined || total.negated || total.op !== sum.op) return undefined;
  const exponent = ask(total.inputs[0] as Tensor, "log");
  if (exponent === undefined || !isSame(exponent, u)) return undefined;
  const { axes } = total.attrs as ReduceAttrs;
  // Where each sum went, told by its number: views can put it over other lines, such as the columns of a square.
  const sums = arange(size(reducedShape(u.shape, { axes, keepDims: false })));
  const placed = total.rewrap(reshapeTo(sums, reducedShape(u.shape, total.attrs as ReduceAttrs)));
  const wanted = broadcast(reshapeTo(sums, reducedShape(u.shape, { axes, keepDims: true })), u.shape);
  const inPlace = sameShape(placed.shape, u.shape) && placed.data?.every((each, at) => each === wanted.data?.[at]) === true;
  return inPlace ? logSoftmaxOver(u, axes) : undefined;
}

/** One value: the same node, or results that share their numbers. */
function isSame(a: Tensor, b: Tensor): boolean {
  return a === b || (a.data !== undefined && a.data === b.data && sameShape(a.shape, b.shape));
}

/** log(sum(exp(u))) and log(sum(w * exp(u))) as a logsumexp of what is under the exponentials. */
function logOfSum(x: Tensor): Tensor | undefined {
  const total = peel(x);
  if (total === undefined || total.negated || total.op !== sum.op) return undefined;
  const [terms] = total.inputs as readonly [Tensor];
  const axes = total.attrs as ReduceAttrs;
  const exponent = ask(terms, "log");
  if (exponent !== undefined) return total.rewrap(logSumOver(exponent, axes));
  const product = peel(terms);
  if (product === undefined || product.negated || product.op !== mul.op) return undefined;
  const [a, b] = product.inputs as readonly [Tensor, Tensor];
  const weighted = weightedBy(a, b) ?? weightedBy(b, a);
  return weighted && total.rewrap(logSumOver(product.rewrap(weighted), axes));
}

/** log(w * exp(u)) = log(w) + u, for weights that are constant and positive. */
function weightedBy(weights: Tensor, exponential: Tensor): Tensor | undefined {
  if (weights.tracked || weights.data === undefined || !weights.data.every((weight) => weight >= 0)) return undefined;
  const exponent = ask(exponential, "log");
  return exponent && add(log(weights), exponent);
}

/** log(concat(a, b)) as concat(log(a), log(b)), where one of them is known: the two outcomes of a sigmoid side by side. */
function logOfJoined(x: Tensor): Tensor | undefined {
  const joined = peel(x);
  if (joined === undefined || joined.negated || joined.op !== concat.op) return undefined;
  if (joined.inputs.every((part) => log.op.twin?.([part], {}) === undefined)) return undefined;
  return joined.rewrap(concat(joined.inputs.map(log), joined.attrs as { readonly axis: number }));
}

/** log(det(A)) without the determinant, which over- and underflows. */
function logOfDeterminant(x: Tensor): Tensor | undefined {
  const determinant = peel(x);
  if (determinant === undefined || determinant.negated || determinant.op !== det.op) return undefined;
  return determinant.rewrap(logdet(determinant.inputs[0] as Tensor));
}
