import { numbers, type Scalar } from "../scalar.ts";
import { type Shape } from "../shape.ts";
import { type Attrs, type Dense } from "./dense.ts";

/** One axis, from the front or from the end. */
export interface ScanAttrs extends Attrs {
  readonly axis: number;
  readonly reverse: boolean;
}

/** Folds along one axis and keeps every partial result. */
export interface Scan {
  readonly kind: "scan";
  combine<S>(k: Scalar<S>, total: S, x: S): S;
}

export function scan(kernel: Scan, [input]: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const { data } = input as Dense;
  const { axis, reverse } = attrs as ScanAttrs;
  const out = new Float64Array(count);
  const extent = shape[axis] as number;
  const step = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  if (count === 0) return out;
  for (let line = 0; line < count / extent; line++) {
    const start = Math.floor(line / step) * step * extent + (line % step);
    const stride = reverse ? -step : step;
    let at = reverse ? start + (extent - 1) * step : start;
    let total = data[at] as number;
    out[at] = total;
    for (let i = 1; i < extent; i++) {
      at += stride;
      total = kernel.combine(numbers, total, data[at] as number);
      out[at] = total;
    }
  }
  return out;
}
