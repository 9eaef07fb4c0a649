import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import {
  type Shape,
  ShapeError,
  broadcastShape,
  checkArguments,
  checkFlag,
  checkShape,
  mostEntries,
  resolveAxes,
  sameShape,
  showShape,
  size,
  stridesOf,
} from "../shape.ts";
import { type Op, type Tensor, apply, showCall, showOperand } from "../tensor.ts";
import { type Like, like } from "./like.ts";
import { floatMask } from "./mask.ts";
import { callWith, hidden } from "./notation.ts";
import { checkOptions } from "./options.ts";

/** A public function that carries the op it applies, so that the registry can be computed from the module's exports. */
export type Defined<F> = F & { readonly op: Op };

/** `most` arguments are taken, and more are refused in the name of `caller`. */
export function defined<F extends (...args: never[]) => Tensor>(op: Op, f: F, most: number, caller: string = op.name): Defined<F> {
  const checked = (...given: Parameters<F>): Tensor => {
    if (given.length > most) checkArguments(caller, most, given);
    return f(...given);
  };
  return Object.assign(checked as F, { op });
}

interface ReshapeAttrs {
  readonly shape: Shape;
  /** Inserted by another op, so printers and pictures hide it. */
  readonly implicit: boolean;
  readonly [key: string]: unknown;
}

const reshapeOp: Op<ReshapeAttrs> = {
  name: "reshape",
  kind: "view",
  notation: hidden("reshape"),
  layout: (_from, to) => ({ offset: 0, strides: stridesOf(to) }),
  calculus: { rule: "multilinear", adjoint: (_operand, g, [x]) => floatMask(g, (t) => reshapeTo(t, (x as Tensor).shape)) },
  shape: (_x, { shape }) => shape,
  wrapper: "view",
};

/** The same entries in row-major order under another shape; no node when the shape is the same. */
export function reshapeTo(x: Tensor, shape: Shape, implicit: boolean = true): Tensor {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape, implicit });
}

/**
 * The same entries in row-major order under another shape; one extent may be -1 and follows from the rest.
 *
 * Derivative: reshaped back. Throws ShapeError when the number of entries differs.
 *
 * @example
 * nested(reshape([1, 2, 3, 4], { shape: [2, -1] })) // => [[1, 2], [3, 4]]
 */
export const reshape: Defined<(x: Like, attrs: { readonly shape: Shape }) => Tensor> = defined(
  reshapeOp,
  (x: Like, attrs: { readonly shape: Shape }): Tensor => {
    const { shape } = checkOptions("reshape", attrs, ["shape"]);
    const t = like(x, "reshape");
    const free = Array.isArray(shape) ? shape.indexOf(-1) : -1;
    if (free >= 0 && shape.indexOf(-1, free + 1) >= 0)
      throw new ShapeError(`reshape(${showOperand(t)}) to ${showShape(shape)}: only one extent can follow from the rest; write the others as numbers`);
    const fixed = size(checkShape("reshape", Array.isArray(shape) ? shape.filter((_, axis) => axis !== free) : shape));
    const entries = size(t.shape);
    const to = free < 0 ? shape : shape.map((extent, axis) => (axis === free ? entries / fixed : extent));
    if (size(to) !== entries || to.some((extent) => !Number.isInteger(extent)))
      throw new ShapeError(
        `reshape(${showOperand(t)}) to ${showShape(shape)}: ${entries} entries do not fill ${free < 0 ? `${size(shape)}` : `a multiple of ${fixed}`}; choose extents whose product is ${entries}`,
      );
    return reshapeTo(t, [...to], false);
  },
  2,
);

interface BroadcastAttrs {
  readonly shape: Shape;
  /** Inserted by a binary op, so printers and pictures hide it. */
  readonly implicit: boolean;
  readonly [key: string]: unknown;
}

const broadcastOp: Op<BroadcastAttrs> = {
  name: "broadcastTo",
  kind: "view",
  notation: hidden("broadcastTo"),
  layout: (from, to) => {
    const strides = stridesOf(from);
    const lead = to.length - from.length;
    return { offset: 0, strides: to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : (strides[axis - lead] as number))) };
  },
  calculus: { rule: "multilinear", adjoint: (_operand, g, [x]) => sumTo(g, (x as Tensor).shape) },
  shape: (_x, { shape }) => shape,
  wrapper: "view",
};

/** Repeats entries along axes of extent 1 and along new leading axes; no node when the shape is the same. */
export function broadcast(x: Tensor, shape: Shape, implicit: boolean = true): Tensor {
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape, implicit });
}

/**
 * Repeats entries along axes of extent 1 and along new leading axes, as NumPy does.
 *
 * Derivative: the adjoint is summed over the repeated axes. Throws ShapeError when an extent is neither equal nor 1.
 *
 * @example
 * nested(broadcastTo([1, 2], { shape: [2, 2] })) // => [[1, 2], [1, 2]]
 */
export const broadcastTo: Defined<(x: Like, attrs: { readonly shape: Shape }) => Tensor> = defined(
  broadcastOp,
  (x: Like, attrs: { readonly shape: Shape }): Tensor => {
    const { shape } = checkOptions("broadcastTo", attrs, ["shape"]);
    const t = like(x, "broadcastTo");
    const joined = broadcastShape(t.shape, checkShape("broadcastTo", shape));
    if (joined === undefined || !sameShape(joined, shape))
      throw new ShapeError(`broadcastTo(${showOperand(t)}) to ${showShape(shape)}: ${misfit(t.shape, shape)}; only an extent of 1 can be repeated`);
    return broadcast(t, [...shape], false);
  },
  2,
);

const sumOp: Op<ReduceAttrs> = {
  name: "sum",
  kind: "reduce",
  notation: callWith("sum", "\\operatorname{sum}", showAxes),
  identity: 0,
  combine: (k, total, x) => k.add(total, x),
  calculus: {
    rule: "multilinear",
    adjoint: (_operand, g, [x], { axes }) => {
      const { shape } = x as Tensor;
      return broadcast(reshapeTo(g, reducedShape(shape, { axes, keepDims: true })), shape);
    },
  },
  shape: ([x], attrs) => reducedShape((x as Tensor).shape, attrs),
  recalled: ([x]) => x?.recall !== undefined,
};

/** `axis 0`, `axes 0 1`, as notations write the axes of a reduction. Empty for a sum over everything of a vector or scalar. */
export function showAxes({ axes, keepDims, whole }: ReduceAttrs): string {
  if (whole === true) return keepDims ? "kept" : "";
  const which = axes.length === 1 ? `axis ${axes[0]}` : `axes ${axes.join(" ")}`;
  return keepDims ? `${which}, kept` : which;
}

/** Sum over canonical axes. */
export function sumOver(x: Tensor, axes: readonly number[], keepDims: boolean): Tensor {
  return axes.length === 0 ? x : apply(sumOp, [x], { axes, keepDims });
}

/** Undoes a broadcast: sums over the axes along which `shape` was repeated. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.shape.length - shape.length;
  const axes = g.shape.flatMap((extent, axis) => (axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : []));
  return reshapeTo(sumOver(g, axes, false), shape);
}

/** What a reduction accepts. */
export interface ReductionAttrs {
  readonly axis?: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

/** Canonical attributes of a reduction: ascending axes counted from the front. */
export function reduction(caller: string, x: Tensor, attrs: ReductionAttrs): ReduceAttrs {
  const { axis, keepDims = false } = checkOptions(caller, attrs, ["axis", "keepDims"]);
  const axes = resolveAxes(`${caller}(${showOperand(x)})`, axis, x.shape);
  return { axes, keepDims: checkFlag(caller, "keepDims", keepDims), whole: axes.length === x.shape.length };
}

/**
 * Sum over the named axes, all when absent; 0 over no entries.
 *
 * Derivative: the adjoint repeated along the summed axes. Throws ValueError for an unknown axis.
 *
 * @example
 * nested(sum([[1, 2], [3, 4]], { axis: 0 })) // => [4, 6]
 */
export const sum: Defined<(x: Like, attrs?: ReductionAttrs) => Tensor> = defined(
  sumOp,
  (x: Like, attrs: ReductionAttrs = {}): Tensor => {
    const t = like(x, "sum");
    const canonical = reduction("sum", t, attrs);
    return canonical.axes.length === 0 ? t : apply(sumOp, [t], canonical);
  },
  2,
);

/** Two operands in their common shape. Throws ShapeError naming both, the axis and both extents. */
export function broadcastPair(caller: string, a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape === undefined)
    throw new ShapeError(`${showCall(caller, [a, b])}: ${misfit(a.shape, b.shape)}; make them equal, or give one of them extent 1 there`);
  if (shape !== a.shape && size(shape) > mostEntries)
    throw new ShapeError(`${showCall(caller, [a, b])}: a result of shape ${showShape(shape)} has ${size(shape)} entries, more than memory can hold`);
  return [broadcast(a, shape), broadcast(b, shape)];
}

/** `axis -1 is 3 on the left but 2 on the right`: the first axis from the end on which two shapes differ. */
function misfit(a: Shape, b: Shape): string {
  for (let back = 1; back <= Math.max(a.length, b.length); back++) {
    const left = a[a.length - back];
    const right = b[b.length - back];
    if (left !== right && left !== 1 && (right !== 1 || left === undefined))
      return left === undefined ? `there is no axis -${back} on the left` : `axis -${back} is ${left} on the left but ${right ?? "absent"} on the right`;
  }
  return "the shapes differ";
}
