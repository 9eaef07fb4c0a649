import { type Dense } from "../kernel/dense.ts";
import { eachGroup } from "../kernel/groups.ts";
import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { weights as costs } from "../scalar.ts";
import { type Shape, size } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { add, mul, neg, sub, times } from "./arithmetic.ts";
import { broadcast, reshapeTo, showAxes, sumOver } from "./broadcast.ts";
import { isFinite, logicalOr, notEqual } from "./comparison.ts";
import { mask } from "./mask.ts";
import { callWith } from "./notation.ts";
import { sumOfOthers } from "./others.ts";
import { logSumOver, softmaxOver } from "./softmax.ts";

/*
 * Linear combinations of exponentials, S = Σ w exp(u) / over, whose terms leave the range of numbers while log|S| does not. Weights have
 * any sign, and none at all stand for ones.
 */

interface CombinationAttrs extends ReduceAttrs {
  /** A number that the sum is divided by: that of the entries, where it is a mean. */
  readonly over: number;
  /** Of the size of a negative sum too. */
  readonly absolute: boolean;
}

/** w exp(h), also where exp(h) alone leaves the range. */
const term = (w: number, h: number): number => w * Math.exp(h / 2) * Math.exp(h / 2);

/** The exponent of the largest term of a group; those of weight 0 are none. */
function largest(u: Float64Array, w: Float64Array | undefined, positions: Int32Array): number {
  let top = -Infinity;
  for (const at of positions) if (w?.[at] !== 0) top = Math.max(top, (u[at] as number) + (w === undefined ? 0 : Math.log(Math.abs(w[at] as number))));
  return top;
}

/** Σ w exp(u - shift) over a group. */
function total(u: Float64Array, w: Float64Array | undefined, positions: Int32Array, shift: number): number {
  let sum = 0;
  for (const at of positions) if (w?.[at] !== 0) sum += term(w?.[at] ?? 1, (u[at] as number) - shift);
  return sum;
}

/** Σ w exp(u) - over, summed with what each addition rounds off, so that it keeps its digits where the sum is nearly `over`. */
function excess(u: Float64Array, w: Float64Array | undefined, positions: Int32Array, over: number): number {
  let [sum, lost] = [-over, 0];
  const include = (part: number): void => {
    const next = sum + part;
    lost += Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum;
    sum = next;
  };
  for (const at of positions) {
    const [weight, exponent] = [w?.[at] ?? 1, u[at] as number];
    if (Math.abs(exponent) < 0.5) {
      include(weight);
      include(weight * Math.expm1(exponent));
    } else if (weight !== 0) include(weight * Math.exp(exponent));
  }
  return sum + lost;
}

const logOp: Op<CombinationAttrs> = {
  name: "logCombination",
  kind: "composite",
  notation: callWith<CombinationAttrs>("log Σ exp", "\\log\\textstyle\\sum\\exp", ({ over, ...axes }) =>
    [showAxes(axes), ...(over === 1 ? [] : [`over ${over}`])].filter((each) => each !== "").join(", "),
  ),
  work: ([shape], to) => size(shape as Shape) * (2 * costs.transcendental + 5 * costs.simple) + size(to) * costs.transcendental,
  compute: ([exponents, given], to, { axes, over, absolute }) => {
    const { data: u } = exponents as Dense;
    const w = given?.data;
    const out = new Float64Array(size(to)).fill(-Infinity);
    eachGroup(exponents as Dense, axes, (positions, at) => {
      const top = largest(u, w, positions);
      const sized = absolute ? Math.abs : (sum: number): number => sum;
      if (Math.abs(top) === Infinity) {
        out[at] = top < 0 ? top : Math.log(sized(total(u, w, positions, 0)));
        return;
      }
      // Unshifted where nothing leaves the range, so that a sum near 1 has the digits of its logarithm.
      const rest = Math.abs(top) < 300 ? sized(1) * (excess(u, w, positions, over) / over) : Infinity;
      if (Math.abs(rest) < 0.5) out[at] = Math.log1p(rest);
      else if (Math.abs(top) < 300) out[at] = Math.log(sized(total(u, w, positions, 0) / over));
      else out[at] = top + Math.log(sized(total(u, w, positions, top) / over));
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, g, _y, [u, w], { axes }) => {
      const spread = broadcast(reshapeTo(g, reducedShape((u as Tensor).shape, { axes, keepDims: true })), (u as Tensor).shape);
      return operand === 0 ? times(shares(u as Tensor, w, axes), spread) : mul(perWeight(u as Tensor, w as Tensor, axes), spread);
    },
    jvp: ([du, dw], y, [u, w], { axes }) => {
      const moved = du === 0 || du === undefined ? 0 : times(shares(u as Tensor, w, axes), du);
      const weighed = dw === 0 || dw === undefined ? 0 : mul(perWeight(u as Tensor, w as Tensor, axes), dw);
      const all = moved === 0 ? weighed : weighed === 0 ? moved : add(moved, weighed);
      return all === 0 ? 0 : reshapeTo(sumOver(all, axes, false), y.shape);
    },
  },
  shape: ([u], attrs) => reducedShape((u as Tensor).shape, attrs),
  known: { argument: ([u, w], attrs) => (w === undefined ? undefined : combinationSign(u as Tensor, w, attrs)) },
  recalled: () => true,
};

/** What each term is of the sum, which no change of `over` alters. A term of weight 0 is none, however large its exponential. */
function shares(u: Tensor, w: Tensor | undefined, axes: readonly number[]): Tensor {
  return w === undefined ? softmaxOver(u, axes) : shareOf(w, perWeight(u, w, axes));
}

interface AlongAttrs {
  readonly axes: readonly number[];
  readonly [key: string]: unknown;
}

/**
 * r = exp(u) / Σ w exp(u), by which the logarithm of the sum moves with each weight. By u its derivatives are r (1 - w r) for an entry's own
 * and -r w r for the others', written by sums of the others, since 1 - w r would cancel where one term is nearly the whole sum.
 */
const perWeightOp: Op<AlongAttrs> = {
  name: "sharePerWeight",
  kind: "composite",
  notation: callWith<AlongAttrs>("share per weight", "\\operatorname{share\\ per\\ weight}", ({ axes }) => showAxes({ axes, keepDims: false })),
  work: ([shape]) => size(shape as Shape) * (2 * costs.transcendental + 5 * costs.simple),
  compute: ([exponents, given], _to, { axes }) => {
    const { data: u } = exponents as Dense;
    const w = given?.data;
    const out = new Float64Array(u.length);
    eachGroup(exponents as Dense, axes, (positions) => {
      const top = largest(u, w, positions);
      const sum = total(u, w, positions, top);
      for (const at of positions) out[at] = term(1 / sum, (u[at] as number) - top);
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, v, r, [, w], { axes }) => {
      const moved = times(r, v);
      if (operand === 1) return neg(mul(r, broadcast(sumOver(moved, axes, true), r.shape)));
      const others = sumOfOthers(shareOf(w as Tensor, r), axes);
      return sub(times(mul(r, others), v), mul(shareOf(w as Tensor, r), sumOfOthers(moved, axes)));
    },
    jvp: ([du, dw], r, [, w], { axes }) => {
      const weighed = dw === 0 || dw === undefined ? 0 : neg(mul(r, broadcast(sumOver(mul(r, dw), axes, true), r.shape)));
      if (du === 0 || du === undefined) return weighed;
      const share = shareOf(w as Tensor, r);
      const moved = mul(r, sub(mul(du, sumOfOthers(share, axes)), sumOfOthers(mul(share, du), axes)));
      return weighed === 0 ? moved : add(moved, weighed);
    },
  },
  shape: ([u]) => (u as Tensor).shape,
};

function perWeight(u: Tensor, w: Tensor, axes: readonly number[]): Tensor {
  return apply(perWeightOp, [u, w], { axes });
}

/** w r, which is 0 for a weight of 0 whose exponential is beyond the range. Elsewhere that 0 is a number, since the weight may move. */
function shareOf(w: Tensor, r: Tensor): Tensor {
  return mask(logicalOr(notEqual(w, 0), isFinite(r)), mul(w, r));
}

/** -1, 0 or 1: the sign of the sum, NaN where it is none. */
const signOp: Op<ReduceAttrs> = {
  name: "signOfCombination",
  kind: "composite",
  notation: callWith("sign Σ exp", "\\operatorname{sign}\\textstyle\\sum\\exp", showAxes),
  compute: ([exponents, given], to, { axes }) => {
    const { data: u } = exponents as Dense;
    const w = given?.data;
    const out = new Float64Array(size(to));
    eachGroup(exponents as Dense, axes, (positions, at) => {
      const top = largest(u, w, positions);
      out[at] = Math.sign(total(u, w, positions, Math.abs(top) === Infinity ? 0 : top));
    });
    return out;
  },
  calculus: { rule: "constant" },
  shape: ([u], attrs) => reducedShape((u as Tensor).shape, attrs),
};

/** The sign of Σ w exp(u) over canonical axes. */
export function combinationSign(u: Tensor, w: Tensor, { axes, keepDims }: ReduceAttrs): Tensor {
  return apply(signOp, [u, w], { axes, keepDims });
}

/** log(Σ w exp(u) / over) over canonical axes, NaN for a negative sum unless `absolute`; weights that are absent are ones. */
export function logCombination(u: Tensor, w: Tensor | undefined, { axes, keepDims }: ReduceAttrs, over: number = 1, absolute: boolean = false): Tensor {
  if (w === undefined && over === 1) return logSumOver(u, { axes, keepDims });
  return apply(logOp, w === undefined ? [u] : [u, w], { axes, keepDims, over, absolute });
}
