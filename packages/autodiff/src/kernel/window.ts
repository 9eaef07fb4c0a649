import { type Shape } from "../shape.ts";
import { type Attrs, type Dense } from "./dense.ts";

/** A window that slides over the last two axes; `padding` entries on either side of each are outside the image. */
export interface WindowAttrs extends Attrs {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** Summarises each window of an image `[..., H, W]` by one number. */
export interface Window<A extends WindowAttrs = WindowAttrs> {
  readonly kind: "window";
  /** `values` and `positions` (row-major in the image) hold the `count` entries of the window that lie inside the image. */
  summary(values: Float64Array, positions: Int32Array, count: number, attrs: A): number;
}

export function window(kernel: Window, [input]: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const { data, shape: from } = input as Dense;
  const geometry = attrs as WindowAttrs;
  const [height, width] = from.slice(-2) as [number, number];
  const [rows, columns] = shape.slice(-2) as [number, number];
  const out = new Float64Array(count);
  const values = new Float64Array(geometry.kernel[0] * geometry.kernel[1]);
  const positions = new Int32Array(values.length);
  for (let at = 0; at < count; at++) {
    const image = Math.floor(at / (rows * columns)) * height * width;
    const top = (Math.floor(at / columns) % rows) * geometry.stride[0] - geometry.padding[0];
    const left = (at % columns) * geometry.stride[1] - geometry.padding[1];
    let inside = 0;
    for (let y = Math.max(top, 0); y < Math.min(top + geometry.kernel[0], height); y++)
      for (let x = Math.max(left, 0); x < Math.min(left + geometry.kernel[1], width); x++) {
        positions[inside] = y * width + x;
        values[inside++] = data[image + y * width + x] as number;
      }
    out[at] = kernel.summary(values, positions, inside, geometry);
  }
  return out;
}
