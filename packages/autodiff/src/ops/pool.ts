import { checkOptions } from "./options.ts";
import { type Shape, ShapeError, ValueError, describe, showList } from "../shape.ts";
import { type WindowAttrs } from "../kernel/window.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { type Defined, defined, reshapeTo } from "./broadcast.ts";
import { gather, scatterAdd } from "./indexing.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";

/** A window over the last two axes; a number stands for both. `stride` is the window's size when absent, `padding` 0. */
export interface PoolAttrs {
  readonly kernel: number | readonly number[];
  readonly stride?: number | readonly number[] | null;
  readonly padding?: number | readonly number[] | null;
}

const showWindow = ({ kernel, stride }: WindowAttrs): string => `${kernel.join("×")} step ${stride.join("×")}`;

export function pooledShape([x]: readonly Tensor[], { kernel, stride, padding }: WindowAttrs): Shape {
  const { shape } = x as Tensor;
  const slide = (axis: 0 | 1): number => Math.floor(((shape[shape.length - 2 + axis] as number) + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
  return [...shape.slice(0, -2), slide(0), slide(1)];
}

/** The position of each window's first maximum, or of a NaN, row-major in its image: constant between ties. */
const peaksOp: Op<WindowAttrs> = {
  name: "maxPool2dPositions",
  kind: "window",
  notation: callWith("argmaxPool2d", "\\operatorname{argmaxPool2d}", showWindow),
  summary: (values, positions, count) => positions[first(values, count)] as number,
  calculus: { rule: "constant" },
  shape: pooledShape,
};

function first(values: Float64Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count && !Number.isNaN(values[best]); i++) if (!((values[i] as number) <= (values[best] as number))) best = i;
  return best;
}

const maxPoolOp: Op<WindowAttrs> = {
  name: "maxPool2d",
  kind: "window",
  notation: callWith("maxPool2d", "\\operatorname{maxPool2d}", showWindow),
  summary: (values, _positions, count) => values[first(values, count)] as number,
  calculus: {
    rule: "general",
    vjp: (_operand, g, _y, [x], attrs) => {
      const image = x as Tensor;
      const flat = imagesFlat(image.shape);
      const positions = flatten(apply(peaksOp, [image], attrs), image.shape);
      return reshapeTo(scatterAdd(flatten(g, image.shape), { indices: positions, axis: 1, shape: flat }), image.shape);
    },
    jvp: ([dx], y, [x], attrs) => {
      const image = x as Tensor;
      const positions = flatten(apply(peaksOp, [image], attrs), image.shape);
      return reshapeTo(gather(reshapeTo(dx as Tensor, imagesFlat(image.shape)), { indices: positions, axis: 1 }), y.shape);
    },
  },
  shape: pooledShape,
};

/** [images, H W] */
function imagesFlat(shape: Shape): Shape {
  const area = (shape.at(-2) as number) * (shape.at(-1) as number);
  return [shape.slice(0, -2).reduce((product, extent) => product * extent, 1), area];
}

/** [images, windows] */
function flatten(pooled: Tensor, shape: Shape): Tensor {
  const images = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  const windows = pooled.shape.slice(-2).reduce((product, extent) => product * extent, 1);
  return reshapeTo(pooled, [images, windows]);
}

/** Canonical attributes of a window. Throws ValueError and ShapeError for one that cannot slide over `x`. */
export function windowAttrs(caller: string, x: Tensor, options: PoolAttrs): WindowAttrs {
  const { kernel, stride, padding } = checkOptions(caller, options, ["kernel", "stride", "padding"]);
  const call = `${caller}(${showOperand(x)})`;
  const pair = (label: string, given: number | readonly number[], least: number): readonly [number, number] => {
    const [height, width] = Array.isArray(given) ? (given as readonly number[]) : [given, given];
    const good = [height, width].every((each) => Number.isInteger(each) && (each as number) >= least) && (!Array.isArray(given) || given.length === 2);
    if (!good)
      throw new ValueError(
        `${call}: ${label} must be a whole number of at least ${least}, or two of them, got ${Array.isArray(given) ? showList(given) : describe(given)}`,
      );
    return [height as number, width as number];
  };
  if (x.shape.length < 2) throw new ShapeError(`${call}: an image needs two axes, [.., height, width]`);
  const size = pair("kernel", kernel, 1);
  const attrs: WindowAttrs = { kernel: size, stride: pair("stride", stride ?? size, 1), padding: pair("padding", padding ?? 0, 0) };
  for (const axis of [0, 1] as const) {
    const room = (x.shape.at(axis - 2) as number) + 2 * attrs.padding[axis];
    if (size[axis] > room)
      throw new ShapeError(
        `${call}: the window's extent ${size[axis]} exceeds axis ${axis - 2} of the padded image, ${room}; use a smaller kernel or more padding`,
      );
    if (2 * attrs.padding[axis] > size[axis])
      throw new ValueError(
        `${call}: padding ${attrs.padding[axis]} is more than half of the window's extent ${size[axis]}, so a window could lie outside the image`,
      );
  }
  return attrs;
}

/**
 * The maximum of each window over the last two axes of [.., H, W]. Padding counts as -Infinity; partial windows at the end are left out.
 *
 * Derivative: the adjoint goes to the first maximum in row-major order; to the NaN where the window holds one.
 * Throws ShapeError when the window does not fit, ValueError for bad attributes.
 *
 * @example
 * nested(maxPool2d([[1, 2], [3, 4]], { kernel: 2 })) // => [[4]]
 */
export const maxPool2d: Defined<(x: Like, attrs: PoolAttrs) => Tensor> = defined(
  maxPoolOp,
  (x: Like, attrs: PoolAttrs): Tensor => {
    const t = like(x, "maxPool2d");
    return apply(maxPoolOp, [t], windowAttrs("maxPool2d", t, attrs));
  },
  2,
);
