import { checkOptions } from "./options.ts";
import { type Contraction, type Reach } from "../kernel/contract.ts";
import { type Shape, ShapeError, ValueError, checkShape, describe, showList, stridesOf, checkArguments } from "../shape.ts";
import { type Op, type Tensor, apply, showCall } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { type Defined, defined, reshapeTo } from "./broadcast.ts";
import { type Like, isTensor, like } from "./like.ts";
import { call } from "./notation.ts";

type Face = "result" | "image" | "filter";

/** A convolution as a trilinear form of image, filter and result: fixing two of them gives the third. */
interface ConvolutionAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly faces: readonly Face[];
  readonly target: Face;
  readonly shapes: Readonly<Record<Face, Shape>>;
  readonly [key: string]: unknown;
}

const convolutionOp: Op<ConvolutionAttrs> = {
  name: "convolution",
  kind: "contract",
  notation: call("conv"),
  contraction: (_shapes, _to, { stride, padding, dilation, groups, faces, target, shapes }): Contraction => {
    const spatial = stride.length;
    const outer = shapes.result.slice(2);
    const window = shapes.filter.slice(2);
    const outputs = (shapes.filter[0] as number) / groups;
    const inputs = shapes.filter[1] as number;
    // Loops: example, group, output channel, place in the result, input channel, place in the window.
    const extents = [shapes.result[0] as number, groups, outputs, ...outer, inputs, ...window];
    const none = extents.map(() => 0);
    const place = (loop: number, amount: number): number[] => none.map((_, at) => (at === loop ? amount : 0));
    const plus = (...parts: readonly number[][]): number[] => none.map((_, at) => parts.reduce((sum, part) => sum + (part[at] as number), 0));
    const [r, i, f] = [stridesOf(shapes.result), stridesOf(shapes.image), stridesOf(shapes.filter)];
    const windowAt = (axis: number): number => 4 + spatial + axis;
    const coordinates = stride.map((step, axis) => plus(place(3 + axis, step), place(windowAt(axis), dilation[axis] as number)));
    const reaches: Record<Face, Reach> = {
      result: {
        offset: 0,
        strides: plus(
          place(0, r[0] as number),
          place(1, outputs * (r[1] as number)),
          place(2, r[1] as number),
          ...outer.map((_, axis) => place(3 + axis, r[2 + axis] as number)),
        ),
      },
      filter: {
        offset: 0,
        strides: plus(
          place(1, outputs * (f[0] as number)),
          place(2, f[0] as number),
          place(3 + spatial, f[1] as number),
          ...window.map((_, axis) => place(windowAt(axis), f[2 + axis] as number)),
        ),
      },
      image: {
        offset: padding.reduce((sum, width, axis) => sum - width * (i[2 + axis] as number), 0),
        strides: plus(
          place(0, i[0] as number),
          place(1, inputs * (i[1] as number)),
          place(3 + spatial, i[1] as number),
          ...coordinates.map((coordinate, axis) => coordinate.map((amount) => amount * (i[2 + axis] as number))),
        ),
        ...(padding.some((width) => width > 0) && {
          axes: coordinates.map((strides, axis) => ({ offset: -(padding[axis] as number), strides, extent: shapes.image[2 + axis] as number })),
        }),
      },
    };
    return { extents, out: reaches[target], operands: faces.map((face) => reaches[face]) };
  },
  calculus: {
    rule: "multilinear",
    adjoint: (operand, g, x, attrs) => {
      const other = 1 - operand;
      return apply(convolutionOp, [g, x[other] as Tensor], {
        ...attrs,
        faces: [attrs.target, attrs.faces[other] as Face],
        target: attrs.faces[operand] as Face,
      });
    },
  },
  shape: (_x, { shapes, target }) => shapes[target],
};

/** How a filter moves; a number stands for every axis. */
export interface ConvolutionOptions {
  readonly stride?: number | readonly number[];
  readonly padding?: number | readonly number[];
  readonly dilation?: number | readonly number[];
  readonly groups?: number;
}

type Convolution = (x: Like, w: Like, biasOrAttrs?: Like | ConvolutionOptions, attrs?: ConvolutionOptions) => Tensor;

function convolution(caller: string, spatial: number): Convolution {
  return (image, filter, third, fourth) => {
    const x = like(image, caller);
    const w = like(filter, caller);
    const given = typeof third === "object" && !Array.isArray(third) && !isTensor(third) ? (third as ConvolutionOptions) : (fourth ?? {});
    if (given === third && fourth !== undefined) checkArguments(caller, 3, [image, filter, third, fourth]);
    const bias = third === undefined || third === given ? undefined : like(third as Like, caller);
    const attrs = attributes(caller, x, w, spatial, given);
    const y = apply(convolutionOp, [x, w], attrs);
    if (bias === undefined) return y;
    if (bias.shape.join() !== String(w.shape[0]))
      throw new ShapeError(`${showCall(caller, [x, w, bias])}: the bias must have shape [${w.shape[0]}], one number per output channel (axis 0 of w)`);
    return add(y, reshapeTo(bias, [bias.shape[0] as number, ...w.shape.slice(2).map(() => 1)]));
  };
}

function attributes(caller: string, x: Tensor, w: Tensor, spatial: number, options: ConvolutionOptions): ConvolutionAttrs {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = checkOptions(caller, options, ["stride", "padding", "dilation", "groups"]);
  const shown = showCall(caller, [x, w]);
  const list = (label: string, value: number | readonly number[], least: number): readonly number[] => {
    const all = Array.isArray(value) ? (value as readonly number[]) : Array.from({ length: spatial }, () => value as number);
    if (all.length !== spatial || all.some((each) => !Number.isInteger(each) || each < least))
      throw new ValueError(
        `${shown}: ${label} must be ${spatial} whole numbers of at least ${least}, got ${Array.isArray(value) ? showList(value) : describe(value)}`,
      );
    return all;
  };
  if (x.shape.length !== spatial + 2 || w.shape.length !== spatial + 2)
    throw new ShapeError(`${shown}: x needs [examples, channels, ..] and w [outputs, channels / groups, ..], ${spatial + 2} axes each`);
  const [steps, widths, gaps] = [list("stride", stride, 1), list("padding", padding, 0), list("dilation", dilation, 1)];
  const [channels, outputs, each] = [x.shape[1] as number, w.shape[0] as number, w.shape[1] as number];
  if (!Number.isInteger(groups) || groups < 1 || outputs % groups !== 0)
    throw new ValueError(`${shown}: groups must be a whole number that divides the ${outputs} output channels, got ${describe(groups)}`);
  if (channels !== each * groups)
    throw new ShapeError(`${shown}: x has ${channels} channels (axis 1) but w takes ${each} (axis 1) in each of ${groups} groups; they must be equal`);
  const outer = steps.map((step, axis) => {
    const room = (x.shape[2 + axis] as number) + 2 * (widths[axis] as number);
    const reach = ((w.shape[2 + axis] as number) - 1) * (gaps[axis] as number) + 1;
    if (reach > room)
      throw new ShapeError(
        `${shown}: the filter reaches over ${reach} entries on axis ${2 + axis}, but the padded image has ${room}; pad more or use a smaller filter`,
      );
    return Math.floor((room - reach) / step) + 1;
  });
  return {
    stride: steps,
    padding: widths,
    dilation: gaps,
    groups,
    faces: ["image", "filter"],
    target: "result",
    shapes: { image: x.shape, filter: w.shape, result: checkShape(shown, [x.shape[0] as number, outputs, ...outer]) },
  };
}

/**
 * Cross-correlation of x [N, C, L] with filters w [O, C/groups, K], zero padding on both ends, and a bias [O] when given.
 *
 * Shape: [N, O, floor((L + 2 padding - dilation (K - 1) - 1) / stride) + 1]. Derivatives: the other two of image, filter and result.
 * Throws ShapeError when channels or extents do not fit, ValueError for bad attributes.
 *
 * @example
 * nested(conv1d([[[1, 2, 3]]], [[[1, 1]]])) // => [[[3, 5]]]
 */
export const conv1d: Defined<Convolution> = defined(convolutionOp, convolution("conv1d", 1), 4, "conv1d");

/**
 * Cross-correlation of x [N, C, H, W] with filters w [O, C/groups, KH, KW], zero padding on all sides, and a bias [O] when given.
 *
 * Shape and derivatives as conv1d, on both axes. Throws as conv1d.
 *
 * @example
 * nested(conv2d([[[[1, 2], [3, 4]]]], [[[[1, 0], [0, 1]]]])) // => [[[[5]]]]
 */
export const conv2d: Defined<Convolution> = defined(convolutionOp, convolution("conv2d", 2), 4, "conv2d");
