import { type Shape, size } from "../shape.ts";
import { type Attrs, type Dense } from "./dense.ts";

/** A whole-matrix algorithm, run for each matrix of a batch. */
export interface Factor<A extends Attrs = Attrs> {
  readonly kind: "factor";
  /** How many trailing axes of each operand, and of the result, one run takes; the axes before them are the batch. */
  readonly core: { readonly operands: readonly number[]; readonly result: number };
  matrix(operands: readonly Dense[], to: Shape, attrs: A): Float64Array;
  /** Scalar operations of one run. */
  work(cores: readonly Shape[]): number;
}

export function factor(kernel: Factor, inputs: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const out = new Float64Array(count);
  const core = shape.slice(shape.length - kernel.core.result);
  const length = size(core);
  const runs = size(shape.slice(0, shape.length - kernel.core.result));
  const shapes = inputs.map((input, which) => input.shape.slice(input.shape.length - (kernel.core.operands[which] as number)));
  for (let run = 0; run < runs; run++) {
    const operands = inputs.map((input, which) => {
      const part = shapes[which] as Shape;
      const extent = size(part);
      return { data: input.data.subarray(run * extent, (run + 1) * extent), shape: part };
    });
    out.set(kernel.matrix(operands, core, attrs), run * length);
  }
  return out;
}
