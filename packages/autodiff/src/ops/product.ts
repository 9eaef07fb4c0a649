import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Defined, type ReductionAttrs, broadcast, defined, reduction, reshapeTo, showAxes } from "./broadcast.ts";
import { ones } from "./creation.ts";
import { permute, section } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";

const prodOp: Op<ReduceAttrs> = {
  name: "prod",
  kind: "composite",
  notation: callWith("prod", "\\prod", showAxes),
  // By halves, so that every derivative is a product of the others and zeros need no division.
  calculus: {
    rule: "expansion",
    expand: ([x], attrs) => {
      const t = x as Tensor;
      const kept = t.shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
      const lines = kept.reduce((product, axis) => product * (t.shape[axis] as number), 1);
      const flat = reshapeTo(permute(t, [...kept, ...attrs.axes]), [lines, attrs.axes.reduce((product, axis) => product * (t.shape[axis] as number), 1)]);
      return reshapeTo(halved(flat), reducedShape(t.shape, attrs));
    },
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
  recalled: ([x]) => x?.recall?.exponential === true,
};

/** The product of each row of [lines, n]. */
function halved(rows: Tensor): Tensor {
  const [lines, n] = rows.shape as readonly [number, number];
  if (n === 0) return broadcast(ones([1]), [lines]);
  if (n === 1) return reshapeTo(rows, [lines]);
  const half = Math.floor(n / 2);
  const paired = mul(section(rows, [0, 0], [lines, half]), section(rows, [0, half], [lines, half]));
  const rest = halved(paired);
  return n % 2 === 0 ? rest : mul(rest, reshapeTo(section(rows, [0, n - 1], [lines, 1]), [lines]));
}

/**
 * The product over the named axes, all when absent; 1 over no entries.
 *
 * Derivative: the product of the others, exact with zeros present. Throws ValueError for an unknown axis.
 *
 * @example
 * item(prod([2, 3, 4])) // => 24
 */
export const prod: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  prodOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "prod");
    return apply(prodOp, [t], reduction("prod", t, attrs));
  },
  2,
);
