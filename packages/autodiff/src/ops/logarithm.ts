import { type Scalar } from "../scalar.ts";
import { type Tensor } from "../tensor.ts";
import { add, div, isSum, mul, neg } from "./arithmetic.ts";
import { equal, greaterEqual, lessEqual, logicalAnd, logicalNot } from "./comparison.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { logdet } from "./inverse.ts";
import { mask } from "./mask.ts";
import { det } from "./matrix.ts";
import { call } from "./notation.ts";
import { ask, peel } from "./recognise.ts";
import { logOf } from "./scaled.ts";
import { where } from "./selection.ts";

/**
 * log(x), the natural logarithm; -Infinity at 0, NaN below.
 *
 * Shape: kept. Derivative: 1/x. Exact forms are found behind the operand: log σ, log softmax, log(1 - σ), log(1 + x), log(1 ± exp(x)),
 * log(det), log(exp), log(a^y), and linear combinations, means, products, ratios and joins of exponentials, such as log(dot(w, exp(z))).
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
    if (complement === undefined) return logOf(x);
    return isSum(x) ? log1p(neg(complement)) : (logOf(x) ?? logBeside(x, complement));
  },
  known: {
    exp: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    argument: ([x]) => x,
  },
});

/**
 * log(x) of an x whose complement c = 1 - x is known too, as those of a power or a tanh are: near 1 it is c that has the digits, near 0 it is
 * x. Only x moves, since c is made of it.
 */
const logBeside: Binary = binary({
  name: "logBeside",
  notation: call("log", "\\log"),
  scalar: (k, x, c) => k.select(k.less(k.abs(c), k.lit(0.5)), k.log1p(k.neg(c)), k.log(x)),
  partials: [(x) => div(1, x), () => 0],
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
    return complement && (exactLog(complement) ?? logOf(complement));
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
  return ask(x, "log") ?? ask(x, "logNegative", true) ?? logOfDeterminant(x);
}

/** log(det(A)) without the determinant, which over- and underflows. */
function logOfDeterminant(x: Tensor): Tensor | undefined {
  const determinant = peel(x);
  if (determinant === undefined || determinant.negated || determinant.op !== det.op) return undefined;
  return determinant.rewrap(logdet(determinant.inputs[0] as Tensor));
}
