import { weights } from "../scalar.ts";
import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { type Dense } from "../kernel/dense.ts";
import { eachGroup } from "../kernel/groups.ts";
import { type Shape, resolveAxis, sameShape, size } from "../shape.ts";
import { type Masked, type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { add, div, mul, neg, sub, times } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, broadcast, defined, reduction, reshapeTo, showAxes, sumOver } from "./broadcast.ts";
import { arange } from "./creation.ts";
import { equal, greater, less, logicalAnd, logicalNot } from "./comparison.ts";
import { growth } from "./growth.ts";
import { type Like, like } from "./like.ts";
import { callWith, precedence } from "./notation.ts";
import { mask } from "./mask.ts";
import { checkOptions } from "./options.ts";
import { sumOfOthers } from "./others.ts";
import { isSame } from "./recognise.ts";
import { where } from "./selection.ts";
import { softmaxJacobian, weightedDeviation } from "./weighted-deviation.ts";

/** The axes along which exponentials are summed. */
interface AlongAttrs {
  readonly axes: readonly number[];
  readonly [key: string]: unknown;
}

const sameAsFirst = ([x]: readonly Tensor[]): Shape => (x as Tensor).shape;
const along = ({ axes }: AlongAttrs): string => showAxes({ axes, keepDims: false });

/** The largest entry, NaN if any is NaN. */
function peak(data: Float64Array, positions: Int32Array): number {
  let top = -Infinity;
  for (const at of positions) top = Math.max(top, data[at] as number);
  return top;
}

/**
 * By how much logsumexp is above the peak: log1p of what the others add, without the peak's own 1, so that a lead of 40 keeps its digits. NaN
 * for an infinite peak, since top - top is.
 */
function excess(data: Float64Array, positions: Int32Array, top: number): number {
  let rest = 0;
  let peaks = 0;
  for (const at of positions) {
    if (data[at] === top) peaks++;
    else rest += Math.exp((data[at] as number) - top);
  }
  return Math.log1p(peaks - 1 + rest + (top - top));
}

/** Writes exp(x - max) of a group into `out` and gives their sum. */
function exponentials(data: Float64Array, positions: Int32Array, out: Float64Array): number {
  const top = peak(data, positions);
  let total = 0;
  for (const at of positions) total += out[at] = Math.exp((data[at] as number) - top);
  return total;
}

const softmaxOp: Op<AlongAttrs> = {
  name: "softmax",
  kind: "composite",
  notation: callWith("softmax", "\\operatorname{softmax}", along),
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      const total = exponentials(data, positions, out);
      for (const at of positions) out[at] = (out[at] as number) / total;
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (_operand, g, y, _x, { axes }) => softmaxJacobian(g, y, axes),
    jvp: ([dx], y, _x, { axes }) => softmaxJacobian(dx as Tensor, y, axes),
  },
  shape: sameAsFirst,
  expand: ([x], { axes }) => div(growth(x as Tensor), broadcast(sumOver(growth(x as Tensor), axes, true), (x as Tensor).shape)),
  known: {
    log: ([x], { axes }) => logSoftmaxOver(x as Tensor, axes),
    complement: ([x], { axes }) => apply(complementOp, [x as Tensor], { axes }),
  },
  recalled: () => true,
  exponential: true,
};

const complementOp: Op<AlongAttrs> = {
  name: "softmaxComplement",
  kind: "composite",
  notation: { ...callWith("1 - softmax", "1 - \\operatorname{softmax}", along), precedence: precedence.sum },
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      const total = exponentials(data, positions, out);
      // Only the largest entry can pass 1/2; for it the others are summed, so that no digit cancels.
      const others = positions.map((at) => at).filter((at) => (out[at] as number) <= total / 2);
      const rest = others.reduce((sum, at) => sum + (out[at] as number), 0);
      for (const at of positions) out[at] = (out[at] as number) > total / 2 ? rest / total : 1 - (out[at] as number) / total;
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [x], { axes }) => neg(softmaxJacobian(g, softmaxOver(x as Tensor, axes), axes)),
    jvp: ([dx], _y, [x], { axes }) => neg(softmaxJacobian(dx as Tensor, softmaxOver(x as Tensor, axes), axes)),
  },
  shape: sameAsFirst,
  expand: ([x], { axes }) => sub(1, softmaxOver(x as Tensor, axes)),
  known: {
    complement: ([x], { axes }) => softmaxOver(x as Tensor, axes),
    log: ([x], { axes }) => apply(logComplementOp, [x as Tensor], { axes }),
  },
  recalled: () => true,
  exponential: true,
};

/**
 * log(1 - softmax(x)). Only the dominant entry of a line, p > 1/2, needs care: for it the others are summed on a scale of their own, so
 * that a lead of 800 gives -800 where 1 - p is 0.
 */
const logComplementOp: Op<AlongAttrs> = {
  name: "logSoftmaxComplement",
  kind: "composite",
  notation: callWith("log(1 - softmax)", "\\log\\left(1 - \\operatorname{softmax}\\right)", along),
  work: ([shape]) => size(shape as Shape) * (2 * weights.transcendental + 2 * weights.simple),
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      const top = peak(data, positions);
      const total = positions.reduce((sum, at) => sum + Math.exp((data[at] as number) - top), 0);
      for (const at of positions) {
        const p = Math.exp((data[at] as number) - top) / total;
        if (!(p > 0.5)) {
          out[at] = Math.log1p(-p);
          continue;
        }
        const others = positions.filter((other) => other !== at);
        const second = peak(data, others);
        const rest = others.reduce((sum, other) => sum + Math.exp((data[other] as number) - second), 0);
        out[at] = others.length === 0 ? -Infinity : second - top + Math.log(rest) - Math.log(total);
      }
    });
    return out;
  },
  // By z_k of entry i: -p_i at k = i, and p_i times the softmax among the others of i elsewhere.
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [x], { axes }) => {
      const { p, q, dominant, rest, others } = complementParts(x as Tensor, axes);
      const plain = mul(p, sumOfOthers(mask(rest, div(mul(g, p), q)), axes));
      const led = mask(rest, mul(others, broadcast(sumOver(mask(dominant, mul(g, p)), axes, true), p.shape)));
      return sub(add(plain, led), mul(g, p));
    },
    jvp: ([dx], _y, [x], { axes }) => {
      const t = dx as Tensor;
      const { p, q, dominant, rest, others } = complementParts(x as Tensor, axes);
      const plain = mask(rest, mul(div(p, q), sumOfOthers(mul(p, t), axes)));
      const led = mask(dominant, mul(p, broadcast(sumOver(mul(others, t), axes, true), p.shape)));
      return sub(add(plain, led), mul(t, p));
    },
  },
  shape: sameAsFirst,
  known: { exp: ([x], { axes }) => apply(complementOp, [x as Tensor], { axes }) },
  recalled: () => true,
};

/** The softmax, its complement, where an entry dominates its line and where none does, and the softmax among those that do not. */
function complementParts(
  x: Tensor,
  axes: readonly number[],
): { readonly p: Tensor; readonly q: Tensor; readonly dominant: Tensor; readonly rest: Tensor; readonly others: Tensor } {
  const p = softmaxOver(x, axes);
  const dominant = greater(p, 0.5);
  return {
    p,
    q: apply(complementOp, [x], { axes }),
    dominant,
    rest: logicalNot(dominant),
    others: softmaxOver(where(dominant, Number.NEGATIVE_INFINITY, x), axes),
  };
}

const logSoftmaxOp: Op<AlongAttrs> = {
  name: "logSoftmax",
  kind: "composite",
  notation: callWith("log softmax", "\\log\\operatorname{softmax}", along),
  compute: ([input], _to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(data.length);
    eachGroup(input as Dense, axes, (positions) => {
      const top = peak(data, positions);
      const above = excess(data, positions, top);
      for (const at of positions) out[at] = (data[at] as number) - top - above;
    });
    return out;
  },
  calculus: {
    rule: "general",
    // g (1 - p) - p (sum of the other g) rather than g - p sum(g): for a one-hot g both terms keep their digits when p rounds to 1.
    vjp: (_operand, g, _y, [x], { axes }) => {
      const p = softmaxOver(x as Tensor, axes);
      const q = apply(complementOp, [x as Tensor], { axes });
      return sub(mul(g, q), mul(p, sumOfOthers(g, axes)));
    },
    jvp: ([dx], _y, [x], { axes }) => weightedDeviation(dx as Tensor, softmaxOver(x as Tensor, axes), axes),
  },
  shape: sameAsFirst,
  expand: ([x], { axes }) => sub(x as Tensor, broadcast(logSumOver(x as Tensor, { axes, keepDims: true }), (x as Tensor).shape)),
  known: {
    exp: ([x], { axes }) => softmaxOver(x as Tensor, axes),
    argument: ([x], { axes }) => softmaxOver(x as Tensor, axes),
  },
  recalled: () => true,
};

const logsumexpOp: Op<ReduceAttrs> = {
  name: "logsumexp",
  kind: "composite",
  notation: callWith("logsumexp", "\\operatorname{logsumexp}", showAxes),
  work: ([shape], to) => size(shape as Shape) * (weights.transcendental + 3 * weights.simple) + size(to) * (weights.transcendental + weights.simple),
  compute: ([input], to, { axes }) => {
    const { data } = input as Dense;
    const out = new Float64Array(size(to)).fill(-Infinity);
    eachGroup(input as Dense, axes, (positions, at) => {
      const top = peak(data, positions);
      out[at] = Number.isFinite(top) ? top + excess(data, positions, top) : top;
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (_operand, g, y, [x], { axes }) => times(shares(x as Tensor, y, axes), spread(g, x as Tensor, axes)),
    jvp: ([dx], y, [x], { axes }) => reshapeTo(sumOver(times(shares(x as Tensor, y, axes), dx as Tensor), axes, false), y.shape),
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
  known: {
    below: ([x], attrs, above, rewrap) => {
      const u = x as Tensor;
      return isSame(above, u) && sitsOver(u, attrs, rewrap) ? logSoftmaxOver(u, attrs.axes) : undefined;
    },
  },
  recalled: () => true,
};

/** Whether views put what was reduced from u back over the lines that it was taken from, told by numbering the lines. */
export function sitsOver(u: Tensor, attrs: ReduceAttrs, rewrap: (core: Tensor) => Tensor, part: (whole: Tensor) => Tensor = (whole) => whole): boolean {
  const { axes } = attrs;
  const lines = arange(size(reducedShape(u.shape, { axes, keepDims: false })));
  const placed = rewrap(reshapeTo(lines, reducedShape(u.shape, attrs)));
  const wanted = part(broadcast(reshapeTo(lines, reducedShape(u.shape, { axes, keepDims: true })), u.shape));
  return sameShape(placed.shape, wanted.shape) && placed.data?.every((each, at) => each === wanted.data?.[at]) === true;
}

/** exp(x - y), the softmax; beside an infinite entry the finite ones have no share. */
function shares(x: Tensor, y: Tensor, axes: readonly number[]): Masked {
  const dead = logicalAnd(equal(spread(y, x, axes), Number.POSITIVE_INFINITY), less(x, Number.POSITIVE_INFINITY));
  return { mask: logicalNot(dead), partial: softmaxOver(x, axes) };
}

/** A reduced adjoint repeated along the axes that were reduced. */
function spread(g: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  return broadcast(reshapeTo(g, reducedShape(x.shape, { axes, keepDims: true })), x.shape);
}

/** softmax over canonical axes. */
export function softmaxOver(x: Tensor, axes: readonly number[]): Tensor {
  return apply(softmaxOp, [x], { axes });
}

/** log softmax over canonical axes. */
export function logSoftmaxOver(x: Tensor, axes: readonly number[]): Tensor {
  return apply(logSoftmaxOp, [x], { axes });
}

/** logsumexp over canonical axes. */
export function logSumOver(x: Tensor, attrs: ReduceAttrs): Tensor {
  return apply(logsumexpOp, [x], attrs);
}

export type AxisAttrs = { readonly axis?: number };

/**
 * softmax(x)_i = exp(x_i) / sum_j exp(x_j) along one axis, the last when absent; shifted by the maximum, so nothing overflows.
 *
 * Shape: kept. Range: (0, 1), sums to 1. Derivative: the full Jacobian diag(y) - y yᵀ.
 * Exact forms: `log(softmax(x))` is logSoftmax(x), and `1 - softmax(x)` keeps its digits where the softmax rounds to 1.
 * Edges: NaN for a line of -Infinity. Throws ValueError for an unknown axis. Source: Goodfellow, Bengio, Courville 2016, eq. 6.29.
 *
 * @example
 * nested(softmax([0, 0])) // => [0.5, 0.5]
 */
export const softmax: Defined<(x: Like, attrs?: AxisAttrs) => Tensor> = defined(
  softmaxOp,
  (x: Like, attrs: AxisAttrs = {}): Tensor => {
    const { axis = -1 } = checkOptions("softmax", attrs, ["axis"]);
    const t = like(x, "softmax");
    return softmaxOver(t, [resolveAxis(`softmax(${showOperand(t)})`, axis, t.shape)]);
  },
  2,
);

/**
 * logSoftmax(x)_i = x_i - log(sum_j exp(x_j)) along one axis, the last when absent.
 *
 * Shape: kept. Range: (-∞, 0]. Derivative: the Jacobian 1 - 1 yᵀ, with y the softmax; its rows keep their digits where y rounds to 1.
 * Edges: NaN for a line of -Infinity. Throws ValueError for an unknown axis.
 *
 * @example
 * nested(logSoftmax([800, 0])) // => [0, -800]
 */
export const logSoftmax: Defined<(x: Like, attrs?: AxisAttrs) => Tensor> = defined(
  logSoftmaxOp,
  (x: Like, attrs: AxisAttrs = {}): Tensor => {
    const { axis = -1 } = checkOptions("logSoftmax", attrs, ["axis"]);
    const t = like(x, "logSoftmax");
    return logSoftmaxOver(t, [resolveAxis(`logSoftmax(${showOperand(t)})`, axis, t.shape)]);
  },
  2,
);

/**
 * logsumexp(x) = log(sum(exp(x))) over the named axes, all when absent; shifted by the maximum, so nothing overflows.
 *
 * Derivative: the softmax. Edges: -Infinity over no entries or over only -Infinity. Throws ValueError for an unknown axis.
 *
 * @example
 * item(logsumexp([1000, 1000])) // => 1000.6931471805599
 */
export const logsumexp: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  logsumexpOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "logsumexp");
    return logSumOver(t, reduction("logsumexp", t, attrs));
  },
  2,
);
