import { numbers, type Scalar } from "../scalar.ts";
import { type Shape, stridesOf } from "../shape.ts";
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

/** Strides into the result, one per axis of the operand: 0 along a folded axis. */
function reducedStrides(shape: Shape, axes: readonly number[]): number[] {
  const strides = stridesOf(shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)));
  return strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

/** The shape after folding `axes`. */
export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttrs): Shape {
  return keepDims ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)) : shape.filter((_, axis) => !axes.includes(axis));
}
