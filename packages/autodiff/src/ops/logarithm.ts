import { type ReduceAttrs } from "../kernel/reduce.ts";
import { type Tensor } from "../tensor.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { sum } from "./broadcast.ts";
import { greaterEqual } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { logdet } from "./inverse.ts";
import { det } from "./matrix.ts";
import { call } from "./notation.ts";
import { ask, peel } from "./recognise.ts";
import { where } from "./selection.ts";
import { logSumOver } from "./softmax.ts";

/**
 * log(x), the natural logarithm; -Infinity at 0, NaN below.
 *
 * Shape: kept. Derivative: 1/x. Exact forms are found behind the operand: log σ, log softmax, log(1 - σ), log(sum(exp)), log(1 + x),
 * log(1 ± exp(x)), log(det), log(exp).
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
  notation: call("log1p"),
  scalar: (k, x) => k.log1p(x),
  derivative: (x) => div(1, add(1, x)),
  twin: ([x]) => x && (ask(x, "log1p") ?? ask(x, "log1m", true)),
});

/** log(x) where the making of x tells it. */
function exactLog(x: Tensor): Tensor | undefined {
  return ask(x, "log") ?? ask(x, "logNegative", true) ?? logOfSum(x) ?? logOfDeterminant(x) ?? logOfRatio(x);
}

/** log(a / b) where both logarithms are known: the softmax written out. */
function logOfRatio(x: Tensor): Tensor | undefined {
  const ratio = peel(x);
  if (ratio === undefined || ratio.negated || ratio.op !== div.op) return undefined;
  const [a, b] = ratio.inputs as readonly [Tensor, Tensor];
  const numerator = exactLog(a);
  const denominator = numerator && exactLog(b);
  return numerator && denominator && ratio.rewrap(sub(numerator, denominator));
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

/** log(det(A)) without the determinant, which over- and underflows. */
function logOfDeterminant(x: Tensor): Tensor | undefined {
  const determinant = peel(x);
  if (determinant === undefined || determinant.negated || determinant.op !== det.op) return undefined;
  return determinant.rewrap(logdet(determinant.inputs[0] as Tensor));
}
