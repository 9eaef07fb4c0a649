import { numbers, type Scalar } from "../scalar.ts";
import { type Shape, size, stridesOf } from "../shape.ts";
import { type Attrs, type Dense, eachRow } from "./dense.ts";

/** Which axes are folded, ascending; they stay with extent 1 when `keepDims`. */
export interface ReduceAttrs extends Attrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  /** All axes were meant, so a notation need not list them. */
  readonly whole?: boolean;
}

/** Folds whole axes with one associative operation. */
export interface Reduce {
  readonly kind: "reduce";
  /** The result over no entries; absent where there is none, and then an empty axis is refused. */
  readonly identity?: number;
  combine<S>(k: Scalar<S>, total: S, x: S): S;
}

export function reduce(kernel: Reduce, [input]: readonly Dense[], attrs: Attrs, count: number): Float64Array {
  const { data, shape } = input as Dense;
  const { axes } = attrs as ReduceAttrs;
  const out = new Float64Array(count);
  if (kernel.identity !== undefined) out.fill(kernel.identity);
  if (data.length === 0) return out;
  if (shape.length === 0) {
    out[0] = data[0] as number;
    return out;
  }
  if (kernel.identity !== undefined) {
    // Axes at the end that are folded together are one row.
    let lead = shape.length;
    while (lead > 0 && axes.includes(lead - 1)) lead--;
    if (lead === 0) {
      out[0] = kernel.combine(numbers, kernel.identity, folded(kernel, data, 0, data.length));
      return out;
    }
    if (lead < shape.length) {
      sumRows(kernel, data, [...shape.slice(0, lead), size(shape.slice(lead))], axes, out);
      return out;
    }
  }
  const targets = reducedStrides(shape, axes);
  const last = shape.length - 1;
  const width = shape[last] as number;
  const step = targets[last] as number;
  // Without an identity the first entry met starts the fold.
  const started = kernel.identity === undefined ? new Uint8Array(count) : undefined;
  let source = 0;
  eachRow(shape, [targets], [0], (positions) => {
    let target = positions[0] as number;
    for (let i = 0; i < width; i++, target += step) {
      const x = data[source++] as number;
      if (started !== undefined && started[target] === 0) {
        started[target] = 1;
        out[target] = x;
      } else out[target] = kernel.combine(numbers, out[target] as number, x);
    }
  });
  return out;
}

/** So many entries are added one after the other; the sums of longer rows are added in pairs, whose rounding grows with the logarithm only. */
const block = 128;

function sumRows(kernel: Reduce, data: Float64Array, shape: Shape, axes: readonly number[], out: Float64Array): void {
  const width = shape.at(-1) as number;
  let source = 0;
  eachRow(shape, [reducedStrides(shape, [...axes, shape.length - 1])], [0], (positions) => {
    const target = positions[0] as number;
    out[target] = kernel.combine(numbers, out[target] as number, folded(kernel, data, source, source + width));
    source += width;
  });
}

function folded(kernel: Reduce, data: Float64Array, from: number, to: number): number {
  if (to - from > block) {
    const half = from + Math.ceil((to - from) / (2 * block)) * block;
    return kernel.combine(numbers, folded(kernel, data, from, half), folded(kernel, data, half, to));
  }
  let total = data[from] as number;
  for (let at = from + 1; at < to; at++) total = kernel.combine(numbers, total, data[at] as number);
  return total;
}

/** Strides into the result, one per axis of the operand: 0 along a folded axis. */
function reducedStrides(shape: Shape, axes: readonly number[]): number[] {
  const strides = stridesOf(shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)));
  return strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

/** The shape after folding `axes`. */
export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttrs): Shape {
  return keepDims ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)) : shape.filter((_, axis) => !axes.includes(axis));
}
