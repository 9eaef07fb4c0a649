import { checkOptions } from "./options.ts";
import { checkArguments, ShapeError, resolveAxis, sameShape, size } from "../shape.ts";
import { type Op, type Tensor, apply, showCall, showOperand } from "../tensor.ts";
import { type Defined, defined, reshapeTo } from "./broadcast.ts";
import { zeros } from "./creation.ts";
import { section } from "./layout.ts";
import { type Like, likes } from "./like.ts";
import { floatMask } from "./mask.ts";
import { callWith } from "./notation.ts";

interface ConcatAttrs {
  readonly axis: number;
  readonly [key: string]: unknown;
}

const starts = new WeakMap<readonly Tensor[], readonly number[]>();

/** Where each operand begins along the axis; the same list belongs to one node, and is asked about once for each operand. */
function startsOf(x: readonly Tensor[], axis: number): readonly number[] {
  let found = starts.get(x);
  if (found === undefined) {
    let next = 0;
    found = x.map(({ shape }) => {
      const start = next;
      next += shape[axis] as number;
      return start;
    });
    starts.set(x, found);
  }
  return found;
}

const concatOp: Op<ConcatAttrs> = {
  name: "concat",
  kind: "composite",
  notation: callWith("concat", "\\operatorname{concat}", ({ axis }) => `axis ${axis}`),
  work: () => 0,
  recalled: (parts) => parts.some(({ recall }) => recall !== undefined),
  compute: (inputs, to, { axis }) => {
    const out = new Float64Array(size(to));
    const step = size(to.slice(axis + 1));
    const row = step * (to[axis] as number);
    let offset = 0;
    for (const { data, shape } of inputs) {
      const width = step * (shape[axis] as number);
      for (let from = 0, at = offset; from < data.length; from += width, at += row) out.set(data.subarray(from, from + width), at);
      offset += width;
    }
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, g, _y, x, { axis }) => {
      const part = x[operand] as Tensor;
      const before = startsOf(x, axis)[operand] as number;
      return floatMask(g, (t) =>
        section(
          t,
          t.shape.map((_, each) => (each === axis ? before : 0)),
          part.shape,
        ),
      );
    },
    jvp: (dx, _y, x, attrs) =>
      apply(
        concatOp,
        dx.map((each, operand) => (each === 0 ? zeros((x[operand] as Tensor).shape) : each)),
        attrs,
      ),
  },
  shape: (x, { axis }) => {
    const [first] = x as readonly [Tensor];
    x.forEach((each, position) => {
      const fits = each.shape.length === first.shape.length && each.shape.every((extent, other) => other === axis || extent === first.shape[other]);
      if (!fits)
        throw new ShapeError(
          `${showCall("concat", x)} on axis ${axis}: operand ${position} is ${showOperand(each)} but operand 0 is ${showOperand(first)}; all axes but axis ${axis} must be equal`,
        );
    });
    return first.shape.map((extent, each) => (each === axis ? x.reduce((sum, { shape }) => sum + (shape[axis] as number), 0) : extent));
  },
};

/**
 * Joins tensors along an existing axis.
 *
 * Derivative: each operand receives its part. Throws ShapeError when another axis differs or no tensor is given.
 *
 * @example
 * nested(concat([[1, 2], [3]], { axis: 0 })) // => [1, 2, 3]
 */
export const concat: Defined<(xs: readonly Like[], attrs: { readonly axis: number }) => Tensor> = defined(
  concatOp,
  (xs: readonly Like[], attrs: { readonly axis: number }): Tensor => {
    const { axis } = checkOptions("concat", attrs, ["axis"]);
    const all = likes(xs, "concat");
    const [first] = all;
    if (first === undefined) throw new ShapeError("concat(): no tensors to join; give a list of at least one");
    return apply(concatOp, all, { axis: resolveAxis(showCall("concat", all), axis, first.shape) });
  },
  2,
);

/**
 * Joins tensors of one shape along a new axis.
 *
 * Derivative: each operand receives its part. Throws ShapeError when the shapes differ or no tensor is given.
 *
 * @example
 * nested(stack([[1, 2], [3, 4]], { axis: 1 })) // => [[1, 3], [2, 4]]
 */
export function stack(xs: readonly Like[], attrs: { readonly axis: number }): Tensor {
  checkArguments("stack", 2, arguments);
  const { axis } = checkOptions("stack", attrs, ["axis"]);
  const all = likes(xs, "stack");
  const [first] = all;
  if (first === undefined) throw new ShapeError("stack(): no tensors to join; give a list of at least one");
  const at = resolveAxis(showCall("stack", all), axis, [...first.shape, 1]);
  return concat(
    all.map((each) => {
      if (!sameShape(each.shape, first.shape))
        throw new ShapeError(`${showCall("stack", all)}: ${showOperand(each)} and ${showOperand(first)} differ; stack needs equal shapes`);
      return reshapeTo(each, [...each.shape.slice(0, at), 1, ...each.shape.slice(at)]);
    }),
    { axis: at },
  );
}
