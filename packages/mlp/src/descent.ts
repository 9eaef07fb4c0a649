import { type Tensor, type Tree, ValueError } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { type Watch } from "./early-stopping.ts";
import { type Optimiser } from "./optimiser/transformation.ts";
import { type Position, checkReached, step } from "./step.ts";

/** A cost and the metrics asked for, on some data. */
export interface Scores {
  readonly cost: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What one pass over the data brought. The cost is that of the batches before their updates, penalties included; the metrics are of the parameters after it. */
export interface EpochScores extends Scores {
  /** 1 for the first. */
  readonly epoch: number;
  /** On the data held out: the bare cost, without penalties and dropout. */
  readonly validation: Scores | undefined;
}

/** Why training ended: all epochs, or steps, were made; early stopping; a callback said "stop". */
export type Ending = "epochs" | "early" | "callback";

/** One update. */
export interface Batch<T extends Tree> {
  /** Where it stands, such as "epoch 1, batch 2". */
  readonly place: string;
  /** For how many examples it speaks. */
  readonly examples: number;
  /** What goes down. */
  cost(parameters: T): Tensor;
  /** The same without its penalties, where it has any. */
  bare?(parameters: T): Tensor;
}

/** Training of any parameters. */
export interface Training<T extends Tree> {
  readonly caller: string;
  readonly optimiser: Optimiser;
  readonly sense: "minimise" | "maximise";
  /** The cost of an epoch is the sum of those of its batches, not their mean. */
  readonly summed: boolean;
  readonly start: Position<T>;
  /** One epoch after another. */
  readonly epochs: Iterable<Iterable<Batch<T>>>;
  /** Looks at the parameters after an epoch. */
  scores(parameters: T): Pick<EpochScores, "metrics" | "validation">;
  readonly watch: Watch | undefined;
  readonly onStep?: ((step: { readonly step: number; readonly value: number; readonly parameters: T }) => unknown) | undefined;
  readonly onEpoch?: ((line: EpochScores, parameters: T) => unknown) | undefined;
}

/** Where training ended: at its last epoch, or with a watch at the best one. */
export interface Descent<T extends Tree> extends Position<T> {
  /** The value before each step. */
  readonly values: readonly number[];
  readonly history: readonly EpochScores[];
  /** The epoch whose parameters these are. */
  readonly epoch: number;
  readonly stopped: Ending;
}

/** The loop of all training: updates, and after each epoch a look at what they brought. */
export function descent<T extends Tree>({ caller, start, epochs, summed, watch, ...training }: Training<T>): Descent<T> {
  const course = { caller, optimiser: training.optimiser, sense: training.sense };
  const values: number[] = [];
  const history: EpochScores[] = [];
  let position = start;
  let best = { ...start, epoch: 0 };
  let stopped: Ending = "epochs";
  for (const batches of epochs) {
    const epoch = history.length + 1;
    let [sum, share] = [0, 0];
    for (const batch of batches) {
      if (values.length === 0 && batch.bare !== undefined) checkReached(caller, batch.bare, position.parameters);
      const reached = step(course, batch.place, batch.cost, position);
      position = { parameters: reached.parameters, state: reached.state };
      values.push(reached.value);
      sum += reached.value * (summed ? 1 : batch.examples);
      share += batch.examples;
      if (said(caller, "onStep", training.onStep?.({ step: values.length, value: reached.value, parameters: position.parameters }))) stopped = "callback";
      if (stopped === "callback") break;
    }
    const line = { epoch, cost: summed ? sum : sum / share, ...training.scores(position.parameters) };
    history.push(line);
    const verdict = watch?.(line);
    if (verdict?.better !== false) best = { ...position, epoch };
    if (said(caller, "onEpoch", training.onEpoch?.(line, position.parameters))) stopped = "callback";
    else if (stopped === "epochs" && verdict?.stop === true) stopped = "early";
    if (stopped !== "epochs") break;
  }
  return { ...best, values, history, stopped };
}

/** Whether a callback said "stop". */
function said(caller: string, label: string, answer: unknown): boolean {
  if (answer instanceof Promise) throw new ValueError(`${caller}: ${label} returned a promise, and training does not wait; make the callback synchronous`);
  return answer === "stop";
}

/** Throws ValueError for a callback that is no function. */
export function checkCallback(caller: string, label: string, given: unknown): void {
  if (given !== undefined && typeof given !== "function") throw new ValueError(`${caller}: ${label} must be a function, got ${describe(given)}`);
}
