import { type Shape, ValueError } from "../shape.ts";
import { type Attrs, type Dense, eachRow } from "./dense.ts";

/**
 * Reading or writing at positions that another operand holds. Entry i of `space` stands for position
 * `sum(i * strides) + step * index[sum(i * indexStrides)]` of the larger tensor, the index counted from the end when negative.
 */
export interface Addresses {
  readonly space: Shape;
  readonly strides: readonly number[];
  readonly indexStrides: readonly number[];
  readonly step: number;
  readonly extent: number;
}

/** Operands: values, then indices. `gather` reads the addresses; `scatter` adds to them. */
export interface Index<A extends Attrs = Attrs> {
  readonly kind: "index";
  /** As errors call it. */
  readonly name: string;
  readonly direction: "gather" | "scatter";
  addresses(values: Shape, indices: Shape, to: Shape, attrs: A): Addresses;
}

export function index(kernel: Index, inputs: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const [values, indices] = inputs as readonly [Dense, Dense];
  const { space, strides, indexStrides, step, extent } = kernel.addresses(values.shape, indices.shape, shape, attrs);
  const out = new Float64Array(count);
  const gathers = kernel.direction === "gather";
  const visit = (at: number, base: number, indexAt: number): void => {
    const given = indices.data[indexAt] as number;
    if (!Number.isInteger(given) || given < -extent || given >= extent)
      throw new ValueError(
        `${kernel.name}: index ${given} is outside an axis of ${extent} entries; the indices are 0 to ${extent - 1}, or -${extent} to -1 from the end`,
      );
    const far = base + step * (given < 0 ? given + extent : given);
    if (gathers) out[at] = values.data[far] as number;
    else out[far] = (out[far] as number) + (values.data[at] as number);
  };
  if (space.length === 0) {
    visit(0, 0, 0);
    return out;
  }
  const last = space.length - 1;
  const width = space[last] as number;
  let at = 0;
  eachRow(space, [strides, indexStrides], [0, 0], (positions) => {
    let base = positions[0] as number;
    let indexAt = positions[1] as number;
    for (let i = 0; i < width; i++, base += strides[last] as number, indexAt += indexStrides[last] as number) visit(at++, base, indexAt);
  });
  return out;
}
