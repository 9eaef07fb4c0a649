import { ValueError, describe } from "../shape.ts";
import { type Tensor, apply } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { lessEqual, logicalAnd } from "./comparison.ts";
import { unaryOp } from "./define.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { checkOptions } from "./options.ts";

type ClipAttrs = { readonly min: number; readonly max: number; readonly [key: string]: unknown };

const clipOp = unaryOp<ClipAttrs>({
  name: "clip",
  notation: callWith<ClipAttrs>("clip", "\\operatorname{clip}", ({ min, max }) => `${min} to ${max}`),
  scalar: (k, x, { min, max }) => k.min(k.max(x, k.lit(min)), k.lit(max)),
  derivative: (x, _y, { min, max }) => ({ mask: logicalAnd(lessEqual(min, x), lessEqual(x, max)), partial: 1 }),
});

/**
 * min(max(x, min), max); a bound that is null or absent does not bound.
 *
 * Shape: kept. Derivative: 1 on the closed interval, 0 outside. NaN passes, with derivative 0. Throws ValueError for a bound that is
 * neither a number nor null.
 *
 * @example
 * nested(clip([-2, 0.5, 2], { min: 0, max: 1 })) // => [0, 0.5, 1]
 */
export const clip: Defined<(x: Like, attrs: { readonly min?: number | null; readonly max?: number | null }) => Tensor> = defined(
  clipOp,
  (x: Like, attrs: { readonly min?: number | null; readonly max?: number | null }): Tensor => {
    const { min, max } = checkOptions("clip", attrs, ["min", "max"]);
    for (const bound of [min, max])
      if (bound !== null && bound !== undefined && (typeof bound !== "number" || Number.isNaN(bound)))
        throw new ValueError(`clip: a bound must be a number or null, got ${describe(bound)}`);
    return apply(clipOp, [like(x, "clip")], { min: min ?? Number.NEGATIVE_INFINITY, max: max ?? Number.POSITIVE_INFINITY });
  },
  2,
);
