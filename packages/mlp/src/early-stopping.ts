import { ValueError } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { checkNumbers } from "./number.ts";

/** When training stops by itself; the parameters of the best epoch are then given back. */
export interface EarlyStopping {
  /** How many epochs in a row may pass without a better one. */
  readonly patience: number;
  /** What counts as better: a change of more than this; NaN never does. 0 when absent. */
  readonly minimumChange?: number;
  /** "cost" when absent, or the name of a metric; on the validation data where there are some, else on the training data. */
  readonly monitor?: string;
}

interface Line {
  readonly cost: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly validation: Pick<Line, "cost" | "metrics"> | undefined;
}

/** Looks at each epoch: was it better than all before, and is it time to stop? */
export type Watch = (line: Line) => { readonly better: boolean; readonly stop: boolean };

interface Sensed {
  readonly sense: "minimise" | "maximise";
}

/** Throws ValueError for a patience or a change that is none, or a metric that is not among those that training computes. */
export function watcher(
  caller: string,
  options: EarlyStopping,
  cost: Sensed,
  measures: readonly (Sensed & { readonly name: string })[],
  validates: boolean,
): Watch {
  const { patience, minimumChange = 0, monitor = "cost" } = checkOptions(`${caller}, early stopping`, options, ["patience", "minimumChange", "monitor"]);
  checkNumbers(caller, "a whole number of at least 1", { "the patience of early stopping": patience });
  checkNumbers(caller, "a number of at least 0", { minimumChange });
  const watched = monitor === "cost" ? cost : measures.find(({ name }) => name === monitor);
  if (watched === undefined)
    throw new ValueError(`${caller}: early stopping watches ${describe(monitor)}, which is not computed; watch "cost", or name it in metrics as well`);
  const sign = watched.sense === "maximise" ? -1 : 1;
  let best: number | undefined;
  let since = 0;
  return (line) => {
    const scores = validates && line.validation !== undefined ? line.validation : line;
    const reached = sign * (monitor === "cost" ? scores.cost : (scores.metrics[monitor] ?? Number.NaN));
    const better = !Number.isNaN(reached) && (best === undefined || reached < best - minimumChange);
    if (better) best = reached;
    since = better ? 0 : since + 1;
    // As long as every epoch gave NaN, the latest is the one to keep.
    return { better: better || best === undefined, stop: since >= patience };
  };
}
