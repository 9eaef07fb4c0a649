import { type Shape, sameShape, stridesOf } from "../shape.ts";
import { type Attrs, type Dense, eachRow } from "./dense.ts";

/**
 * Where each entry of the result comes from: position `offset + sum(index[axis] * strides[axis])` of the operand. Outside
 * `bounds` (a half-open range per axis of the result) the entry is `fill`.
 */
export interface Layout {
  readonly offset: number;
  readonly strides: readonly number[];
  readonly bounds?: readonly (readonly [from: number, to: number])[];
  readonly fill?: number;
}

/** An affine index map: it moves numbers and computes none, so that compilers can compose it away. One that moves nothing shares the data. */
export interface View<A extends Attrs = Attrs> {
  readonly kind: "view";
  layout(from: Shape, to: Shape, attrs: A): Layout;
}

export function view(kernel: View, [input]: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const { data, shape: from } = input as Dense;
  const layout = kernel.layout(from, shape, attrs);
  if (layout.bounds === undefined && layout.offset === 0 && data.length === count && sameShape(layout.strides, stridesOf(shape))) return data;
  const out = new Float64Array(count);
  if (shape.length === 0) {
    out[0] = data[layout.offset] as number;
    return out;
  }
  const last = shape.length - 1;
  const width = shape[last] as number;
  const step = layout.strides[last] as number;
  if (layout.bounds === undefined) {
    let at = 0;
    eachRow(shape, [layout.strides], [layout.offset], (positions) => {
      let source = positions[0] as number;
      for (let i = 0; i < width; i++, source += step) out[at++] = data[source] as number;
    });
    return out;
  }
  if (layout.fill !== undefined && layout.fill !== 0) out.fill(layout.fill);
  const bounds = layout.bounds;
  const inner = bounds.map(([from0, to0]) => Math.max(to0 - from0, 0));
  const outStrides = stridesOf(shape);
  const sourceStart = bounds.reduce((sum, [from0], axis) => sum + from0 * (layout.strides[axis] as number), layout.offset);
  const targetStart = bounds.reduce((sum, [from0], axis) => sum + from0 * (outStrides[axis] as number), 0);
  eachRow(inner, [layout.strides, outStrides], [sourceStart, targetStart], (positions) => {
    let source = positions[0] as number;
    let target = positions[1] as number;
    for (let i = 0; i < (inner[last] as number); i++, source += step) out[target++] = data[source] as number;
  });
  return out;
}
