import { type Key, ShapeError, type Tensor, type Tree, ValueError, permutation, tensor, treeMap, values } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { leavesOf } from "./leaves.ts";
import { checkNumbers } from "./number.ts";

/** How many examples there are in tensors with one row per example. Throws ShapeError where they have different numbers of rows, or none. */
export function examplesIn(caller: string, data: Tree): number {
  const leaves = leavesOf(caller, "data", data);
  const examples = leaves[0]?.tensor.shape[0] ?? 0;
  for (const { path, tensor: rows } of leaves)
    if (rows.shape[0] !== examples || examples === 0)
      throw new ShapeError(
        `${caller}: ${path === "" ? "data" : path} has ${rows.shape[0] ?? 0} rows and ${leaves[0]?.path} ${examples}; each needs one row per example, at least one`,
      );
  return examples;
}

/** Throws ValueError unless the size of a batch is a whole number of at least 1. */
export function checkBatchSize(caller: string, batchSize: number | undefined): void {
  if (batchSize !== undefined) checkNumbers(caller, "a whole number of at least 1", { "the batch size": batchSize }, "an empty batch has no cost");
}

/**
 * A function that gives the batches of one pass over the data, in an order that a key decides, each row once; the last batch may be short.
 * Without a size, all rows at once as they stand.
 */
export function batcher<D extends Tree>(data: D, examples: number, batchSize: number | undefined): (key: Key) => readonly (() => D)[] {
  if (batchSize === undefined) return () => [() => data];
  const read = rowReader(data);
  return (key) => {
    const order = permutation(key, examples);
    return Array.from({ length: Math.ceil(examples / batchSize) }, (_, at) => () => read(order.subarray(at * batchSize, (at + 1) * batchSize)));
  };
}

/** Data in two parts: what is held out, a share that a key chooses, and the rest. Throws ValueError for a share that leaves no example on a side. */
export function divided<D extends Tree>(
  caller: string,
  data: D,
  examples: number,
  share: number,
  key: Key,
): { readonly training: D; readonly kept: number; readonly held: D } {
  const apart = typeof share === "number" ? Math.round(share * examples) : Number.NaN;
  if (typeof share !== "number" || !(share > 0 && share < 1) || apart < 1 || apart >= examples)
    throw new ValueError(
      `${caller}: validation must be data { x, y } or a share between 0 and 1 that leaves examples on both sides, got ${describe(share)} of ${examples} examples`,
    );
  const order = permutation(key, examples);
  const read = rowReader(data);
  return { training: read(order.subarray(apart)), kept: examples - apart, held: read(order.subarray(0, apart)) };
}

/** Reads rows of every tensor, many times. */
function rowReader<D extends Tree>(data: D): (rows: Int32Array) => D {
  const readers = new Map(leavesOf("data", "data", data).map(({ path, tensor: rows }) => [path, readerOf(rows)]));
  return (rows) => treeMap(data, (whole, path) => readers.get(path)?.(rows) ?? whole);
}

function readerOf(t: Tensor): (rows: Int32Array) => Tensor {
  const source = t.data ?? values(t);
  const [, ...rest] = t.shape;
  const width = rest.reduce((product, extent) => product * extent, 1);
  return (rows) => {
    const out = new Float64Array(rows.length * width);
    rows.forEach((row, at) => out.set(source.subarray(row * width, (row + 1) * width), at * width));
    return tensor(out, [rows.length, ...rest]);
  };
}
