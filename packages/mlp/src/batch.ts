import { type Key, ShapeError, type Tensor, permutation, tensor, values } from "@nabla/autodiff";

/** Throws ShapeError unless the size of a batch is a whole number of at least 1. */
export function checkBatchSize(caller: string, batchSize: number | undefined): void {
  if (batchSize !== undefined && (!Number.isInteger(batchSize) || batchSize < 1))
    throw new ShapeError(`${caller}: the batch size must be a whole number of at least 1, got ${String(batchSize)}; an empty batch has no cost`);
}

/** The numbers of the examples of each batch of one pass, in an order that the key decides; the last batch may be short. */
export function shuffled(key: Key, examples: number, batchSize: number): readonly Int32Array[] {
  const order = permutation(key, examples);
  return Array.from({ length: Math.ceil(examples / batchSize) }, (_, at) => order.subarray(at * batchSize, (at + 1) * batchSize));
}

/** Reads rows of a tensor, many times. */
export function rowReader(t: Tensor): (rows: Int32Array) => Tensor {
  const source = t.data ?? values(t);
  const [, ...rest] = t.shape;
  const width = rest.reduce((product, extent) => product * extent, 1);
  return (rows) => {
    const out = new Float64Array(rows.length * width);
    rows.forEach((row, at) => out.set(source.subarray(row * width, (row + 1) * width), at * width));
    return tensor(out, [rows.length, ...rest]);
  };
}
