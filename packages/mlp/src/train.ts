import { type Key, type Like, type Tensor, ValueError, item, permutation, randomKey, splitKey, sum, values } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { checkBatchSize, rowReader, shuffled } from "./batch.ts";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { checkFinite, checkTargets } from "./compare.ts";
import { type EarlyStopping, type Watch, watcher } from "./early-stopping.ts";
import { type Weighting, checkWeights, exampleWeights } from "./example-weight.ts";
import { checkLabels } from "./label.ts";
import { type Metric, type MetricName, metricOf } from "./metric.ts";
import { optimiserFrom } from "./minimise.ts";
import { type Network, type Parameters, asTensor, checkData, predict } from "./network.ts";
import { objective } from "./objective.ts";
import { type Schedule } from "./optimiser/schedule.ts";
import { type Optimiser } from "./optimiser/transformation.ts";
import { type Position, step } from "./step.ts";

/** Examples in rows and their targets in rows. */
export interface Data {
  readonly x: Like;
  readonly y: Like;
}

/** A cost and the metrics asked for, on some data. */
export interface Scores {
  readonly cost: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What one pass over the data brought. The cost is that of the batches before their updates, penalties included; the metrics are of the network after it. */
export interface Epoch extends Scores {
  /** 1 for the first. */
  readonly epoch: number;
  /** On the data held out: the bare cost, without penalties and dropout. */
  readonly validation: Scores | undefined;
  readonly network: Network;
}

/** How to train. */
export interface FitOptions extends Weighting {
  readonly cost: CostName | Cost;
  /** η of plain gradient descent, or a schedule of it by updates; or give an `optimiser`. */
  readonly learningRate?: number | Schedule;
  readonly optimiser?: Optimiser;
  /** λ of the ridge term λ/(2m) Σ w² over weights, never biases; m is the number of training examples, whatever the batch. 0 when absent. */
  readonly lambda?: number;
  /** λ of the lasso term λ/m Σ |w|, likewise. */
  readonly lasso?: number;
  readonly epochs: number;
  /** Examples per update; all of them when absent. The last batch of an epoch may be smaller. */
  readonly batchSize?: number;
  /** The seed of the shuffling, of the split and of dropout. 0 when absent; a network with dropout needs one. */
  readonly key?: Key | number;
  /** Data to look at after each epoch, or the share of the examples to hold out for it. */
  readonly validation?: number | Data;
  readonly metrics?: readonly (MetricName | Metric)[];
  readonly earlyStopping?: EarlyStopping;
  /** What the optimiser remembered at the end of an earlier run, to go on from. */
  readonly state?: unknown;
  /** Called after each epoch; "stop" ends the training. */
  onEpoch?(epoch: Epoch): void | "stop";
}

const fitOptions: readonly (keyof FitOptions)[] = [
  "cost",
  "learningRate",
  "optimiser",
  "lambda",
  "lasso",
  "epochs",
  "batchSize",
  "key",
  "validation",
  "metrics",
  "earlyStopping",
  "state",
  "onEpoch",
  "sampleWeights",
  "classWeights",
];

/** A trained network with the scores of each epoch. */
export interface Trained {
  readonly network: Network;
  readonly history: readonly Omit<Epoch, "network">[];
  /** The epoch whose parameters these are: the best one with early stopping, else the last. */
  readonly epoch: number;
  readonly stopped: "epochs" | "early" | "callback";
  /** What the optimiser remembered at the end of that epoch. */
  readonly state: unknown;
}

/**
 * Stochastic gradient descent: shuffled minibatches, W ← W - η ∂C/∂W (uphill for a cost to maximise), or the step of an optimiser. The network given is not changed.
 *
 * Throws before any training: ShapeError for data that do not fit the network or an empty batch; ValueError for NaN or Infinity in the
 * data, labels that the cost is not made for, a learning rate that is not above 0, a number of epochs or a batch size that is not a whole
 * number of at least 1, an unknown option, cost or metric, a cost that no parameter reaches, a step activation, dropout without a key.
 * Throws ValueError with a diagnosis when the cost or a gradient becomes NaN or infinite on the way.
 *
 * @example
 * const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]] };
 * const start = network({ sizes: [2, 4, 1], activations: ["tanh", "sigmoid"], key: 1 });
 * accuracy(fit(start, xor, { cost: "binaryCrossEntropy", learningRate: 1, epochs: 300 }).network, xor) // => 1
 */
export function fit(net: Network, data: Data, options: FitOptions): Trained {
  checkOptions("fit", options, fitOptions);
  const cost = costOf(options.cost);
  const measures = (options.metrics ?? []).map(metricOf);
  const optimiser = optimiserFrom("fit", options);
  checkTrainable(net, options);
  const root = rootKey(options.key);
  const all = checked("fit", net, cost, data);
  const weightsOfAll = exampleWeights("fit", all.y, options);
  const { training, weights, held } = split(net, cost, { ...all, weights: weightsOfAll }, options.validation, root);
  const examples = training.x.shape[0] as number;
  const batchSize = Math.min(options.batchSize ?? examples, examples);
  const total = objective(net, cost, { ridge: options.lambda ?? 0, lasso: options.lasso ?? 0, examples, subtract: cost.sense === "maximise" });
  const [xRows, yRows, weightRows] = [rowReader(training.x), rowReader(training.y), weights && rowReader(weights)];
  const drops = net.layers.some(({ dropout }) => dropout !== undefined);
  const course = { caller: "fit", optimiser, sense: cost.sense };
  const watch: Watch | undefined = options.earlyStopping && watcher(options.earlyStopping, cost, measures, held !== undefined);
  const at = (parameters: Parameters): Network => ({ layers: net.layers, parameters });
  const scored = (given: Network, x: Tensor, y: Tensor): Readonly<Record<string, number>> =>
    measures.length === 0 ? {} : scores(measures, predict(given, x), y);
  const history: Omit<Epoch, "network">[] = [];
  let position: Position<Parameters> = { parameters: net.parameters, state: options.state ?? optimiser.init(net.parameters) };
  let best = { ...position, epoch: 0 };
  let stopped: Trained["stopped"] = "epochs";
  for (const [before, key] of splitKey(root, options.epochs).entries()) {
    const epoch = before + 1;
    const rows = shuffled(key, examples, batchSize);
    const keys = drops ? splitKey(key, rows.length) : [];
    let [sumOfCosts, share] = [0, 0];
    for (const [batch, chosen] of rows.entries()) {
      const own = weightRows?.(chosen);
      const counts = own === undefined ? chosen.length : item(sum(own));
      // Weights of 0 throughout: nothing here counts.
      if (counts === 0) continue;
      const [x, y] = [xRows(chosen), yRows(chosen)];
      const reached = step(
        course,
        () => `epoch ${epoch}, batch ${batch + 1}`,
        (parameters: Parameters) => total(parameters, x, y, undefined, { key: keys[batch], weights: own }),
        position,
      );
      position = reached;
      sumOfCosts += reached.value * (cost.normalisation === "sum" ? 1 : counts);
      share += counts;
    }
    const current = at(position.parameters);
    const validation = held && evaluate(current, cost, measures, held);
    const line = { epoch, cost: cost.normalisation === "sum" ? sumOfCosts : sumOfCosts / share, metrics: scored(current, training.x, training.y), validation };
    history.push(line);
    const verdict = watch?.(line);
    if (verdict?.better !== false) best = { ...position, epoch };
    const answer: unknown = options.onEpoch?.({ ...line, network: current });
    if (answer instanceof Promise) throw new ValueError("fit: onEpoch returned a promise, and training does not wait; make the callback synchronous");
    if (answer === "stop") stopped = "callback";
    else if (verdict?.stop === true) stopped = "early";
    if (stopped !== "epochs") break;
  }
  return { network: at(best.parameters), history, epoch: best.epoch, stopped, state: best.state };
}

/** The bare cost and the metrics of a network on some data. */
function evaluate(net: Network, cost: Cost, measures: readonly Metric[], { x, y }: Examples): Scores {
  const a = predict(net, x);
  return { cost: item(cost.of(a, y)), metrics: scores(measures, a, y) };
}

const scores = (measures: readonly Metric[], a: Tensor, y: Tensor): Readonly<Record<string, number>> =>
  Object.fromEntries(measures.map((metric) => [metric.name, metric.of(a, y)]));

interface Examples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Data as tensors. Throws what `fit` throws for data. */
function checked(caller: string, net: Network, cost: Cost, { x, y }: Data): Examples {
  const [data, targets] = [asTensor(x, "x"), asTensor(y, "y")];
  checkData(caller, net, data);
  checkTargets(caller, net, data, targets);
  checkFinite(caller, "x", data);
  checkFinite(caller, "y", targets);
  checkLabels(caller, cost, targets);
  return { x: data, y: targets };
}

interface Split {
  readonly training: Examples;
  readonly weights: Tensor | undefined;
  readonly held: Examples | undefined;
}

function split(
  net: Network,
  cost: Cost,
  { x, y, weights }: Examples & { readonly weights: Tensor | undefined },
  validation: number | Data | undefined,
  key: Key,
): Split {
  if (validation === undefined) return { training: { x, y }, weights, held: undefined };
  if (typeof validation === "object") return { training: { x, y }, weights, held: checked("fit, validation data", net, cost, validation) };
  const examples = x.shape[0] as number;
  const apart = Math.round(validation * examples);
  if (!(validation > 0 && validation < 1) || apart < 1 || apart >= examples)
    throw new ValueError(
      `fit: validation must be data { x, y } or a share between 0 and 1 that leaves examples on both sides, got ${String(validation)} of ${examples} examples`,
    );
  const order = permutation(key, examples);
  const part = (rows: Int32Array): Examples => ({ x: rowReader(x)(rows), y: rowReader(y)(rows) });
  const kept = order.subarray(apart);
  const left = weights && rowReader(weights)(kept);
  if (left !== undefined) checkWeights(`fit, the ${kept.length} examples that validation leaves`, values(left));
  return { training: part(kept), weights: left, held: part(order.subarray(0, apart)) };
}

function rootKey(key: Key | number | undefined): Key {
  return typeof key === "object" ? key : randomKey(key ?? 0);
}

function checkTrainable(net: Network, { epochs, batchSize, key }: FitOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1) throw new ValueError(`fit: epochs must be a whole number of at least 1, got ${String(epochs)}`);
  checkBatchSize("fit", batchSize);
  net.layers.forEach(({ activation: { name, untrainable }, dropout }, l) => {
    if (untrainable !== undefined) throw new ValueError(`fit: layer ${l + 1} has the activation ${name}, which cannot be trained: ${untrainable}`);
    if (dropout !== undefined && key === undefined)
      throw new ValueError(`fit: layer ${l + 1} drops activations at random, which takes a key; give fit a key, such as key: 1`);
  });
}
