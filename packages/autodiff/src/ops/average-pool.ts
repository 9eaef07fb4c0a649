import { checkOptions } from "./options.ts";
import { type Contraction, type Reach } from "../kernel/contract.ts";
import { type WindowAttrs } from "../kernel/window.ts";
import { type Shape, checkFlag, size, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { type Defined, defined } from "./broadcast.ts";
import { ones } from "./creation.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";
import { type PoolAttrs, pooledShape, windowAttrs } from "./pool.ts";

/** The sum of each window, or with the faces exchanged each window's number spread over its entries. */
interface WindowSumAttrs extends WindowAttrs {
  readonly target: "windows" | "image";
  readonly image: Shape;
  readonly windows: Shape;
}

const windowSumOp: Op<WindowSumAttrs> = {
  name: "windowSum",
  kind: "contract",
  notation: callWith("windowSum", "\\operatorname{windowSum}", ({ kernel }) => kernel.join("×")),
  contraction: (_shapes, _to, { kernel, stride, padding, target, image, windows }): Contraction => {
    const images = size(image.slice(0, -2));
    const [height, width] = image.slice(-2) as [number, number];
    const [rows, columns] = windows.slice(-2) as [number, number];
    const [h, w] = [stridesOf(image).at(-2) as number, 1];
    // Loops: image, row, column, row and column in the window.
    const faces: Record<WindowSumAttrs["target"], Reach> = {
      windows: { offset: 0, strides: [rows * columns, columns, 1, 0, 0] },
      image: {
        offset: -padding[0] * h - padding[1] * w,
        strides: [height * width, stride[0] * h, stride[1] * w, h, w],
        axes: [
          { offset: -padding[0], strides: [0, stride[0], 0, 1, 0], extent: height },
          { offset: -padding[1], strides: [0, 0, stride[1], 0, 1], extent: width },
        ],
      },
    };
    return { extents: [images, rows, columns, ...kernel], out: faces[target], operands: [faces[target === "windows" ? "image" : "windows"]] };
  },
  calculus: {
    rule: "multilinear",
    adjoint: (_operand, g, _x, attrs) => apply(windowSumOp, [g], { ...attrs, target: attrs.target === "windows" ? "image" : "windows" }),
  },
  shape: (_x, attrs) => attrs[attrs.target],
};

/** avgPool2d's attributes. */
export interface AveragePoolAttrs extends PoolAttrs {
  /** Divide by the window's whole size, or by the entries inside the image; true when absent. */
  readonly countIncludePad?: boolean;
}

/**
 * The mean of each window over the last two axes of [.., H, W]; padding counts as zeros, or not at all with `countIncludePad: false`.
 * Partial windows at the end are left out.
 *
 * Derivative: the adjoint spread evenly over the window. Throws ShapeError when the window does not fit, ValueError for bad attributes.
 *
 * @example
 * nested(avgPool2d([[1, 2], [3, 6]], { kernel: 2 })) // => [[3]]
 */
export const avgPool2d: Defined<(x: Like, attrs: AveragePoolAttrs) => Tensor> = defined(
  windowSumOp,
  (x: Like, options: AveragePoolAttrs): Tensor => {
    const { countIncludePad = true, ...given } = checkOptions("avgPool2d", options, ["countIncludePad", "kernel", "stride", "padding"]);
    const t = like(x, "avgPool2d");
    const geometry = windowAttrs("avgPool2d", t, given);
    const attrs = { ...geometry, target: "windows", image: t.shape, windows: pooledShape([t], geometry) };
    return div(
      apply(windowSumOp, [t], attrs),
      checkFlag("avgPool2d", "countIncludePad", countIncludePad) ? geometry.kernel[0] * geometry.kernel[1] : apply(windowSumOp, [ones(t.shape)], attrs),
    );
  },
  2,
  "avgPool2d",
);
