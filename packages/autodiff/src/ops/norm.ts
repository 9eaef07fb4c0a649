import { checkOptions } from "./options.ts";
import { type Dense } from "../kernel/dense.ts";
import { eachGroup } from "../kernel/groups.ts";
import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { ShapeError, ValueError, describe, size } from "../shape.ts";
import { type Masked, type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { div, mul, times } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, broadcast, defined, reduction, reshapeTo, showAxes, sumOver } from "./broadcast.ts";
import { notEqual } from "./comparison.ts";
import { full } from "./creation.ts";
import { max } from "./extremum.ts";
import { concat } from "./join.ts";
import { permute } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { raise } from "./raise.ts";
import { abs, sign } from "./selection.ts";

interface NormAttrs extends ReduceAttrs {
  readonly ord: number;
}

const normOp: Op<NormAttrs> = {
  name: "norm",
  kind: "composite",
  notation: callWith<NormAttrs>("norm", "\\operatorname{norm}", ({ ord, ...axes }) =>
    [...(ord === 2 ? [] : [`order ${ord}`]), ...[showAxes(axes)].filter((each) => each !== "")].join(", "),
  ),
  // Divided by the largest entry first, so that squares neither overflow nor vanish.
  compute: ([input], to, { axes, ord }) => {
    const { data } = input as Dense;
    const out = new Float64Array(size(to));
    eachGroup(input as Dense, axes, (positions, at) => {
      let top = 0;
      for (const each of positions) top = Math.max(top, Math.abs(data[each] as number));
      if (!(top > 0 && Number.isFinite(top))) {
        out[at] = top;
        return;
      }
      let total = 0;
      for (const each of positions) total += (Math.abs(data[each] as number) / top) ** ord;
      out[at] = ord === 2 ? top * Math.sqrt(total) : top * total ** (1 / ord);
    });
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (_operand, g, y, [x], attrs) => times(slope(x as Tensor, y, attrs), spread(g, x as Tensor, attrs)),
    jvp: ([dx], y, [x], attrs) => reshapeTo(sumOver(times(slope(x as Tensor, y, attrs), dx as Tensor), attrs.axes, false), y.shape),
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
  expand: ([x], { axes, keepDims, ord }) => raise(sumOver(raise(abs(x as Tensor), ord), axes, keepDims), 1 / ord),
};

/** sign(x) (|x| / y)^(ord - 1), and 0 at the zero vector, where the least subgradient is. */
function slope(x: Tensor, y: Tensor, attrs: NormAttrs): Masked {
  const whole = spread(y, x, attrs);
  const ratio = div(x, whole);
  const partial = attrs.ord === 2 ? ratio : attrs.ord === 1 ? sign(x) : mul(sign(x), raise(abs(ratio), attrs.ord - 1));
  return { mask: notEqual(whole, 0), partial };
}

function spread(r: Tensor, x: Tensor, { axes }: NormAttrs): Tensor {
  return broadcast(reshapeTo(r, reducedShape(x.shape, { axes, keepDims: true })), x.shape);
}

/** The Euclidean norm over canonical axes. */
export function normOver(x: Tensor, attrs: ReduceAttrs): Tensor {
  return apply(normOp, [x], { ...attrs, ord: 2 });
}

/** The Euclidean norm of the entries along canonical axes and of one more number, with the axes kept. It has no kink unless that is 0. */
export function smoothedNormOver(x: Tensor, axes: readonly number[], by: number): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const reduced = reducedShape(x.shape, { axes, keepDims: true });
  if (by === 0) return normOver(x, { axes, keepDims: true });
  const line = reshapeTo(permute(x, [...kept, ...axes]), [...reduced, size(axes.map((axis) => x.shape[axis] as number))]);
  return normOver(concat([line, full([...reduced, 1], by)], { axis: -1 }), { axes: [reduced.length], keepDims: false });
}

/**
 * The vector norm (Σ |x|^ord)^(1/ord) over the named axes, all when absent; ord 2 when absent, 1, any number above 1, or "Infinity" for
 * the largest size. Entries of 1e200 or 1e-200 neither overflow nor vanish.
 *
 * Derivative: x / norm(x) for ord 2, and 0 at the zero vector; ties of ord Infinity share evenly. Throws ValueError for an order below 1
 * or an unknown axis.
 *
 * @example
 * item(norm([3, 4])) // => 5
 */
export const norm: Defined<(x: Like, attrs?: ReductionAttrs & { readonly ord?: number | "Infinity" }) => Tensor> = defined(
  normOp,
  (x: Like, attrs: ReductionAttrs & { readonly ord?: number | "Infinity" } = {}): Tensor => {
    const { ord = 2, ...rest } = checkOptions("norm", attrs, ["ord", "axis", "keepDims"]);
    const t = like(x, "norm");
    const order = ord === "Infinity" ? Number.POSITIVE_INFINITY : ord;
    if (typeof order !== "number" || !(order >= 1)) throw new ValueError(`norm: the order must be a number of at least 1 or "Infinity", got ${describe(ord)}`);
    const canonical = reduction("norm", t, rest);
    if (order !== Number.POSITIVE_INFINITY) return apply(normOp, [t], { ...canonical, ord: order });
    const empty = canonical.axes.find((axis) => t.shape[axis] === 0);
    if (empty !== undefined) throw new ShapeError(`norm(${showOperand(t)}): there is no largest size over no entries; axis ${empty} is empty`);
    return max(abs(t), rest);
  },
  2,
);
