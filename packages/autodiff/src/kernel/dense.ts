import { type Shape } from "../shape.ts";

/** What a kernel sees of a tensor: its numbers in row-major order and its shape. */
export interface Dense {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** Attributes of one node: plain data. Each op knows the shape of its own. */
export type Attrs = Readonly<Record<string, unknown>>;

/**
 * Visits every index of `shape` but its last axis, in row-major order, with the position that each of `strides` gives it.
 * `row(positions)` handles the last axis; `positions` is reused between calls.
 */
export function eachRow(shape: Shape, strides: readonly (readonly number[])[], offsets: readonly number[], row: (positions: number[]) => void): void {
  const last = shape.length - 1;
  const index = new Array<number>(Math.max(last, 0)).fill(0);
  const positions = [...offsets];
  if (shape.some((extent) => extent === 0)) return;
  for (;;) {
    row(positions);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      const extent = shape[axis] as number;
      const next = (index[axis] as number) + 1;
      const wrapped = next === extent;
      index[axis] = wrapped ? 0 : next;
      for (let which = 0; which < positions.length; which++) {
        const stride = (strides[which] as readonly number[])[axis] as number;
        positions[which] = (positions[which] as number) + (wrapped ? -stride * (extent - 1) : stride);
      }
      if (!wrapped) break;
    }
    if (axis < 0) return;
  }
}
