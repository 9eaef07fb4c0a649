import { type Key, ShapeError, type Tensor, type Tree, type TreeLike, ValueError, isTensor, item } from "@nabla/autodiff";
import { checkChoice, checkFunction, checkOptions, describe } from "@nabla/autodiff/argument";
import { batcher, checkBatchSize, divided, examplesIn } from "./batch.ts";
import { type Batch, type Ending, type EpochScores, type Scores, checkCallback, descent } from "./descent.ts";
import { type EarlyStopping, watcher } from "./early-stopping.ts";
import { epochKeys, keyOf } from "./key.ts";
import { leavesOf } from "./leaves.ts";
import { checkApart, checkMeasure, readings } from "./metric.ts";
import { checkNumbers } from "./number.ts";
import { optimiserFrom } from "./optimiser/recipe.ts";
import { resumed } from "./optimiser/resumption.ts";
import { type Schedule } from "./optimiser/schedule.ts";
import { type Optimiser } from "./optimiser/transformation.ts";
import { checkPenalty, penalised } from "./penalty.ts";

/** A number to watch, of parameters and data of your own. */
export interface Measure<T, D> {
  readonly name: string;
  /** Whether more is better. */
  readonly sense: "minimise" | "maximise";
  of(parameters: T, data: D): number;
}

/** How to go down a function of your own. An epoch is one pass over the data; where there is no `batchSize`, each step is one. */
export interface MinimiseOptions<T, D> {
  /** η of plain gradient descent, or a schedule of it by steps; or give an `optimiser`. */
  readonly learningRate?: number | Schedule;
  readonly optimiser?: Optimiser;
  /** How many updates, or give `epochs`. */
  readonly steps?: number;
  readonly epochs?: number;
  /** "maximise" goes up. */
  readonly sense?: "minimise" | "maximise";
  /** Tensors with one row per example, which the function gets as its second argument: all of them, or `batchSize` in an order of their own in each epoch. */
  readonly data?: D;
  readonly batchSize?: number;
  /** λ of the ridge term λ/(2m) Σ p²; m is the number of training examples, 1 without data. 0 when absent. */
  readonly lambda?: number;
  /** λ of the lasso term λ/m Σ |p|, likewise. */
  readonly lasso?: number;
  /** Which parameters the two terms hold for, by path, such as "layers[0].W"; all when absent. */
  penalises?(path: string): boolean;
  /** The seed of the shuffling and of the split. 0 when absent. */
  readonly key?: Key | number;
  /** Data to look at after each epoch, or the share of the rows to hold out for it. */
  readonly validation?: number | D;
  /** Numbers to watch after each epoch. */
  readonly metrics?: readonly Measure<T, D>[];
  readonly earlyStopping?: EarlyStopping;
  /** What the optimiser remembered at the end of an earlier run, to go on from. */
  readonly state?: unknown;
  /** Called after each step with the value before it and the parameters after it; "stop" ends the descent. */
  onStep?(step: { readonly step: number; readonly value: number; readonly parameters: T }): void | "stop";
  /** Called after each epoch; "stop" ends the descent. */
  onEpoch?(epoch: EpochScores & { readonly parameters: T }): void | "stop";
}

const minimiseOptions: readonly (keyof MinimiseOptions<never, never>)[] = [
  "learningRate",
  "optimiser",
  "steps",
  "epochs",
  "sense",
  "data",
  "batchSize",
  "lambda",
  "lasso",
  "penalises",
  "key",
  "validation",
  "metrics",
  "earlyStopping",
  "state",
  "onStep",
  "onEpoch",
];

/** Where the descent ended. */
export interface Minimised<T> {
  readonly parameters: T;
  /** The value before each step, penalties included. */
  readonly history: readonly number[];
  /** The scores after each epoch. */
  readonly epochs: readonly EpochScores[];
  /** The epoch whose parameters these are: the best one with early stopping, else the last. */
  readonly epoch: number;
  readonly stopped: Ending;
  /** What the optimiser remembered at the end of that epoch. */
  readonly state: unknown;
}

/**
 * Goes down a function of your own, of any tree of parameters, by the steps of an optimiser: the training of `fit` for whatever is no
 * network. The function gives one number; with data it gets a batch of them as its second argument.
 *
 * Throws before any step: ValueError for options or parameters that are none, ShapeError for data of unequal numbers of rows; ValueError with
 * a diagnosis when the value or a gradient becomes NaN or infinite, or no parameter reaches the value.
 *
 * @example
 * minimise((p: { readonly x: Tensor }) => square(sub(p.x, 3)), { x: tensor(0) }, { learningRate: 0.25, steps: 60 }).parameters.x // => 3.0000
 * const data = { x: tensor([0, 1, 2, 3]), y: tensor([1, 3, 5, 7]) };
 * const error = (slope: Tensor, { x, y }: typeof data): Tensor => mean(square(sub(mul(slope, x), y)));
 * const { stopped } = minimise(error, tensor(0), { learningRate: 0.05, epochs: 500, data, batchSize: 1, validation: 0.25, earlyStopping: { patience: 5 } });
 * stopped // => "early"
 */
export function minimise<T extends TreeLike<T>, D extends TreeLike<D> = never>(
  f: (parameters: T, data: D) => Tensor,
  parameters: T,
  options: MinimiseOptions<T, D>,
): Minimised<T> {
  checkFunction("minimise", f);
  leavesOf("minimise", "the argument of parameters", parameters);
  checkOptions("minimise", options, minimiseOptions as readonly (keyof MinimiseOptions<T, D>)[]);
  const { sense = "minimise", batchSize, lambda = 0, lasso = 0, metrics = [], onStep, onEpoch } = options;
  checkChoice("minimise", "sense", sense, ["minimise", "maximise"]);
  checkPenalty("minimise", { lambda, lasso });
  for (const [label, callback] of Object.entries({ onStep, onEpoch, penalises: options.penalises })) checkCallback("minimise", label, callback);
  if (!Array.isArray(metrics)) throw new ValueError(`minimise: metrics must be a list of { name, sense, of(parameters, data) }, got ${describe(metrics)}`);
  for (const metric of metrics as readonly Measure<T, D>[]) checkMeasure("minimise", metric);
  checkApart("minimise", metrics);
  const optimiser = optimiserFrom("minimise", options);
  const root = keyOf("minimise", options.key);
  const { training, examples, held } = split(options, root);
  const rounds = roundsOf(options, Math.ceil(examples / (batchSize ?? examples)));
  const value = (given: T, data: D): Tensor => numberOf(f(given, data));
  const total = (given: T, data: D): Tensor => {
    const weights = leavesOf("minimise", "the argument of parameters", given).filter(({ path }) => options.penalises?.(path) !== false);
    return penalised(
      value(given, data),
      weights.map(({ tensor }) => tensor),
      { lambda, lasso },
      examples,
      sense === "maximise",
    );
  };
  const penalties = lambda > 0 || lasso > 0;
  const batches = training === undefined ? () => [() => undefined as never] : batcher(training, examples, batchSize);
  const keysOfEpochs = epochKeys("minimise", root, rounds.epochs);
  function* epochs(): Iterable<Iterable<Batch<T>>> {
    let made = 0;
    function* epoch(key: Key): Iterable<Batch<T>> {
      for (const part of batches(key)) {
        if (made === rounds.steps) return;
        const data = part();
        yield {
          place: `step ${++made}`,
          examples: rowsIn(data),
          cost: (given) => (penalties ? total : value)(given, data),
          ...(penalties ? { bare: (given: T) => value(given, data) } : {}),
        };
      }
    }
    for (const key of keysOfEpochs) yield epoch(key);
  }
  const scored = (given: T, data: D): Scores["metrics"] => readings("minimise", metrics, given, data);
  const { values, history, ...reached } = descent<T>({
    caller: "minimise",
    optimiser,
    sense,
    summed: false,
    start: { parameters, state: resumed("minimise", optimiser, parameters, options.state) },
    epochs: epochs(),
    scores: (given) => ({
      metrics: scored(given, training as D),
      validation: held === undefined ? undefined : { cost: item(value(given, held)), metrics: scored(given, held) },
    }),
    watch: options.earlyStopping === undefined ? undefined : watcher("minimise", options.earlyStopping, { sense }, metrics, held !== undefined),
    onStep,
    onEpoch: onEpoch && ((line, given) => onEpoch({ ...line, parameters: given })),
  });
  return { ...reached, history: values, epochs: history };
}

/** What the user's function gave. Throws for anything but a tensor of one number. */
function numberOf(found: unknown): Tensor {
  if (!isTensor(found)) throw new ValueError(`minimise: the function must give a tensor, got ${describe(found)}; did you forget return?`);
  if (found.shape.length > 0)
    throw new ShapeError(`minimise: the function must give one number, got shape [${found.shape.join(", ")}]; sum or average what it gives`);
  return found;
}

/** How many epochs to make, and how many steps at most. */
function roundsOf(
  { steps, epochs }: { readonly steps?: number; readonly epochs?: number },
  perEpoch: number,
): { readonly epochs: number; readonly steps: number } {
  if (steps !== undefined && epochs !== undefined) throw new ValueError("minimise: give steps or epochs, not both; an epoch is one pass over the data");
  if (epochs === undefined) {
    checkNumbers("minimise", "a whole number of at least 1", { steps });
    return { epochs: Math.ceil((steps as number) / perEpoch), steps: steps as number };
  }
  checkNumbers("minimise", "a whole number of at least 1", { epochs });
  return { epochs, steps: epochs * perEpoch };
}

/** The data to learn from, how many examples they are, and the data held out. */
function split<T extends TreeLike<T>, D extends TreeLike<D>>(
  { data, batchSize, validation }: MinimiseOptions<T, D>,
  key: Key,
): { readonly training: D | undefined; readonly examples: number; readonly held: D | undefined } {
  checkBatchSize("minimise", batchSize);
  const held = typeof validation === "number" ? undefined : validation;
  if (held !== undefined) examplesIn("minimise, validation data", held);
  if (data === undefined) {
    if (batchSize !== undefined)
      throw new ValueError("minimise: there is a batch size but no data to take batches of; give data: tensors with one row per example");
    if (typeof validation === "number")
      throw new ValueError("minimise: there is a share to hold out but no data to take it from; give data: tensors with one row per example");
    return { training: data, examples: 1, held };
  }
  const examples = examplesIn("minimise", data);
  if (typeof validation !== "number") return { training: data, examples, held };
  const parts = divided("minimise", data, examples, validation, key);
  return { training: parts.training, examples: parts.kept, held: parts.held };
}

/** How many rows a batch has; 1 where there are no data. */
function rowsIn(data: Tree | undefined): number {
  return data === undefined ? 1 : examplesIn("minimise", data);
}
