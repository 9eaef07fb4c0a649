import { eachGroup } from "../kernel/groups.ts";
import { type Dense } from "../kernel/dense.ts";
import { type Shape, size } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { add, mul, neg, sub } from "./arithmetic.ts";
import { broadcast, showAxes, sumOver } from "./broadcast.ts";
import { callWith, precedence } from "./notation.ts";

interface AlongAttrs {
  readonly axes: readonly number[];
  readonly [key: string]: unknown;
}

const along = ({ axes }: AlongAttrs): string => showAxes({ axes, keepDims: false });
const sameAsFirst = ([g]: readonly Tensor[]): Shape => (g as Tensor).shape;

/**
 * Writes g - sum(w g) of a group into `out`, for weights of sum 1. The sum is of distances from the entry that weighs most: it has no
 * distance from itself, and no other weighs more than half, so that neither g nearly constant nor a weight that rounds to 1 costs digits.
 */
function deviations(g: Float64Array, w: Float64Array, positions: Int32Array, out: Float64Array): void {
  let lead = positions[0] as number;
  for (const at of positions) if ((w[at] as number) > (w[lead] as number)) lead = at;
  const from = g[lead] as number;
  let [moment, total] = [0, 0];
  for (const at of positions) {
    moment += (w[at] as number) * ((g[at] as number) - from);
    total += w[at] as number;
  }
  // Divided by a sum that is 1, so that a weight moved alone moves the mean of all.
  const mean = moment / total;
  if (Number.isFinite(mean)) for (const at of positions) out[at] = (g[at] as number) - from - mean;
  else againstOthers(g, w, positions, lead, out);
}

/** g (1 - w) - sum of the other w g, by running sums from both ends: beside an infinity there are no distances. */
function againstOthers(g: Float64Array, w: Float64Array, positions: Int32Array, lead: number, out: Float64Array): void {
  let rest = 0;
  let before = 0;
  for (const at of positions) {
    if (at !== lead) rest += w[at] as number;
    out[at] = -before;
    before += (w[at] as number) * (g[at] as number);
  }
  let after = 0;
  for (const at of positions.toReversed()) {
    out[at] = (g[at] as number) * (at === lead ? rest : 1 - (w[at] as number)) + ((out[at] as number) - after);
    after += (w[at] as number) * (g[at] as number);
  }
}

/** Up to a constant along the axes, which the softmax that gave the weights does not pass on: w moves only so that its sum stays 1. */
const deviationOp: Op<AlongAttrs> = {
  name: "weightedDeviation",
  kind: "composite",
  notation: callWith("weighted deviation", "\\operatorname{weighted\\ deviation}", along),
  work: ([shape]) => 5 * size(shape as Shape),
  compute: ([g, w], _to, { axes }) => {
    const out = new Float64Array((g as Dense).data.length);
    eachGroup(g as Dense, axes, (positions) => deviations((g as Dense).data, (w as Dense).data, positions, out));
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, v, d, [, w], { axes }) => {
      const all = broadcast(sumOver(v, axes, true), v.shape);
      return operand === 0 ? sub(v, mul(w as Tensor, all)) : neg(mul(all, d));
    },
    jvp: ([dg, dw], d, [, w], { axes }) => {
      const moved = dg === 0 || dg === undefined ? undefined : weightedDeviation(dg, w as Tensor, axes);
      if (dw === 0 || dw === undefined) return moved ?? 0;
      const mean = broadcast(sumOver(mul(dw, d), axes, true), d.shape);
      return moved === undefined ? neg(mean) : sub(moved, mean);
    },
  },
  shape: sameAsFirst,
};

/** w (g - sum(w g)): the symmetric Jacobian diag(w) - w wᵀ of a softmax times g, and so its own adjoint. Up to a constant by w, as above. */
const jacobianOp: Op<AlongAttrs> = {
  name: "softmaxJacobian",
  kind: "composite",
  notation: {
    text: ([g]) => `(∂softmax/∂x)ᵀ ${g}`,
    latex: ([g]) => `\\left(\\frac{\\partial \\operatorname{softmax}}{\\partial x}\\right)^{\\mathsf T} ${g}`,
    precedence: precedence.product,
    operands: [precedence.power, precedence.atom],
  },
  work: ([shape]) => 6 * size(shape as Shape),
  compute: ([g, w], _to, { axes }) => {
    const { data } = w as Dense;
    const out = new Float64Array(data.length);
    eachGroup(g as Dense, axes, (positions) => {
      deviations((g as Dense).data, data, positions, out);
      for (const at of positions) out[at] = (out[at] as number) * (data[at] as number);
    });
    return out;
  },
  calculus: {
    rule: "general",
    // By w: v_k (g_k - mean) - mean(v) g_k, which is the product of both deviations up to a constant.
    vjp: (operand, v, _y, [g, w], { axes }) =>
      operand === 0 ? softmaxJacobian(v, w as Tensor, axes) : mul(weightedDeviation(v, w as Tensor, axes), weightedDeviation(g as Tensor, w as Tensor, axes)),
    jvp: ([dg, dw], y, [g, w], { axes }) => {
      const moved = dg === 0 || dg === undefined ? undefined : softmaxJacobian(dg, w as Tensor, axes);
      if (dw === 0 || dw === undefined) return moved ?? 0;
      const shares = mul(dw, weightedDeviation(g as Tensor, w as Tensor, axes));
      const turned = sub(shares, mul(w as Tensor, broadcast(sumOver(shares, axes, true), y.shape)));
      return moved === undefined ? turned : add(moved, turned);
    },
  },
  shape: sameAsFirst,
};

/** g - sum(w g) along canonical axes, for the weights w of a softmax. */
export function weightedDeviation(g: Tensor, w: Tensor, axes: readonly number[]): Tensor {
  return apply(deviationOp, [g, w], { axes });
}

/** What the Jacobian of a softmax with the outputs w makes of g, along canonical axes. */
export function softmaxJacobian(g: Tensor, w: Tensor, axes: readonly number[]): Tensor {
  return apply(jacobianOp, [g, w], { axes });
}
