import { checkOptions } from "@nabla/autodiff/argument";
import { type Key, ShapeError, type Tensor, type Tree, ValueError, randomKey, splitKey, treeLeaves, treeMap } from "@nabla/autodiff";
import { checkBatchSize, rowReader, shuffled } from "./batch.ts";
import { type Schedule } from "./optimiser/schedule.ts";
import { sgd } from "./optimiser/recipe.ts";
import { type Optimiser } from "./optimiser/transformation.ts";
import { type Position, step } from "./step.ts";

/** How to go down a function of your own. */
export interface MinimiseOptions<T extends Tree, D extends Tree> {
  /** η of plain gradient descent, or a schedule of it; or give an `optimiser`. */
  readonly learningRate?: number | Schedule;
  readonly optimiser?: Optimiser;
  readonly steps: number;
  /** "maximise" goes up. */
  readonly sense?: "minimise" | "maximise";
  /** Tensors with one row per example, which the function gets as its second argument: all of them, or `batchSize` in an order of their own in each pass. */
  readonly data?: D;
  readonly batchSize?: number;
  /** The seed of the shuffling. 0 when absent. */
  readonly key?: Key | number;
  /** Called after each step with the value before it and the parameters after it; "stop" ends the descent. */
  onStep?(step: { readonly step: number; readonly value: number; readonly parameters: T }): void | "stop";
}

/** Where the descent ended. */
export interface Minimised<T extends Tree> {
  readonly parameters: T;
  /** The value before each step. */
  readonly history: readonly number[];
}

/**
 * Goes down a function of your own, of any tree of parameters, by the steps of an optimiser.
 *
 * Throws ValueError for a learning rate or a number of steps that is none, and ShapeError for data of unequal numbers of rows, before any step;
 * ValueError with a diagnosis when the value or a gradient becomes NaN or infinite.
 *
 * @example
 * minimise((p: { readonly x: Tensor }) => square(sub(p.x, 3)), { x: tensor(0) }, { learningRate: 0.25, steps: 60 }).parameters.x // => 3.0000
 */
export function minimise<T extends Tree, D extends Tree = never>(
  f: (parameters: T, data: D) => Tensor,
  parameters: T,
  options: MinimiseOptions<T, D>,
): Minimised<T> {
  checkOptions("minimise", options, ["learningRate", "optimiser", "steps", "sense", "data", "batchSize", "key", "onStep"]);
  const { steps, sense = "minimise", onStep } = options;
  if (!Number.isInteger(steps) || steps < 1) throw new ValueError(`minimise: steps must be a whole number of at least 1, got ${String(steps)}`);
  const optimiser = optimiserFrom("minimise", options);
  const next = batches(options);
  const course = { caller: "minimise", optimiser, sense };
  const history: number[] = [];
  let position: Position<T> = { parameters, state: optimiser.init(parameters) };
  for (let count = 1; count <= steps; count++) {
    const batch = next();
    const reached = step(
      course,
      () => `step ${count}`,
      (given: T) => f(given, batch),
      position,
    );
    position = reached;
    history.push(reached.value);
    if (onStep?.({ step: count, value: reached.value, parameters: reached.parameters }) === "stop") break;
  }
  return { parameters: position.parameters, history };
}

/** The optimiser that the options mean. Throws ValueError for both a rate and an optimiser, for neither, or for a rate that is not above 0. */
export function optimiserFrom(
  caller: string,
  { learningRate, optimiser }: { readonly learningRate?: number | Schedule; readonly optimiser?: Optimiser },
): Optimiser {
  if (optimiser !== undefined && learningRate !== undefined)
    throw new ValueError(`${caller}: give a learning rate or an optimiser, not both; the optimiser has its own`);
  if (optimiser !== undefined) {
    if (typeof optimiser !== "object" || typeof optimiser.update !== "function")
      throw new ValueError(`${caller}: the optimiser must be one made by sgd(...), adam(...) or chain(...), got ${JSON.stringify(optimiser)}`);
    return optimiser;
  }
  if (typeof learningRate !== "function" && (learningRate === undefined || !Number.isFinite(learningRate) || learningRate <= 0))
    throw new ValueError(`${caller}: the learning rate must be a number above 0, got ${String(learningRate)}; 0.1 is a common start`);
  return sgd({ learningRate });
}

/** A function that gives the batch of the next step. */
function batches<T extends Tree, D extends Tree>({ data, batchSize, key = 0 }: MinimiseOptions<T, D>): () => D {
  checkBatchSize("minimise", batchSize);
  if (data === undefined) {
    if (batchSize !== undefined)
      throw new ValueError("minimise: there is a batch size but no data to take batches of; give data: tensors with one row per example");
    return () => undefined as never;
  }
  const leaves = treeLeaves(data);
  const examples = leaves[0]?.tensor.shape[0] ?? 0;
  for (const { path, tensor } of leaves)
    if (tensor.shape[0] !== examples || examples === 0)
      throw new ShapeError(
        `minimise: ${path === "" ? "data" : path} has ${tensor.shape[0] ?? 0} rows and ${leaves[0]?.path} ${examples}; each needs one row per example, at least one`,
      );
  if (batchSize === undefined) return () => data;
  const readers = new Map(leaves.map(({ path, tensor }) => [path, rowReader(tensor)]));
  let root = typeof key === "number" ? randomKey(key) : key;
  let waiting: Int32Array[] = [];
  return () => {
    if (waiting.length === 0) {
      const [now, later] = splitKey(root) as readonly [Key, Key];
      root = later;
      waiting = shuffled(now, examples, batchSize).toReversed();
    }
    const rows = waiting.pop() ?? new Int32Array();
    return treeMap(data, (tensor, path) => readers.get(path)?.(rows) ?? tensor);
  };
}
