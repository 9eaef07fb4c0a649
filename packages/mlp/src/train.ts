import { type Key, type Tensor, ValueError, item, splitKey, sum, values } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { activations, checkDifferentiable } from "./activation.ts";
import { batcher, checkBatchSize, divided } from "./batch.ts";
import { type Cost, type CostName, categoricalCrossEntropy, costOf } from "./cost.ts";
import { type Batch, type Ending, type EpochScores, type Scores, checkCallback, descent } from "./descent.ts";
import { type EarlyStopping, watcher } from "./early-stopping.ts";
import { type Weighting, checkWeights, exampleWeights } from "./example-weight.ts";
import { type Data, type Examples, finiteExamplesFor } from "./examples.ts";
import { epochKeys, keyOf } from "./key.ts";
import { checkLabels } from "./label.ts";
import { type Metric, type MetricName, checkApart, metricOf, readings } from "./metric.ts";
import { type Network, type Parameters } from "./layer.ts";
import { forward } from "./pass.ts";
import { checkNumbers } from "./number.ts";
import { checkPenalty } from "./penalty.ts";
import { objective } from "./objective.ts";
import { optimiserFrom } from "./optimiser/recipe.ts";
import { resumed } from "./optimiser/resumption.ts";
import { type Schedule } from "./optimiser/schedule.ts";
import { type Optimiser } from "./optimiser/transformation.ts";

/** What one pass over the data brought, and the network after it. */
export interface Epoch extends EpochScores {
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
  /** Examples per update; all of them, as they stand, when absent. The last batch of an epoch may be smaller. */
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
  readonly history: readonly EpochScores[];
  /** The epoch whose parameters these are: the best one with early stopping, else the last. */
  readonly epoch: number;
  readonly stopped: Ending;
  /** What the optimiser remembered at the end of that epoch. */
  readonly state: unknown;
}

/**
 * Stochastic gradient descent: shuffled minibatches, W ← W - η ∂C/∂W (uphill for a cost to maximise), or the step of an optimiser. The network
 * given is not changed. Weights of examples and classes hold for the training; scores on the data held out and metrics count every example once.
 *
 * Throws before any training: ShapeError for data that do not fit the network or an empty batch; ValueError for NaN or Infinity in the
 * data, labels that the cost is not made for, class weights of targets that name no class, a state of other parameters, a learning rate that is not above 0, a number of epochs or a batch size that is not a whole
 * number of at least 1, an unknown option, cost or metric, a cost that no parameter reaches, a step activation, one output that cannot tell classes apart (a softmax, or under a categorical cost), dropout without a key.
 * Throws ValueError with a diagnosis when the cost or a gradient becomes NaN or infinite on the way.
 *
 * @example
 * const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]] };
 * const start = network({ sizes: [2, 4, 1], activations: ["tanh", "sigmoid"], key: 1 });
 * accuracy(fit(start, xor, { cost: "binaryCrossEntropy", learningRate: 1, epochs: 300 }).network, xor) // => 1
 */
export function fit(net: Network, data: Data, options: FitOptions): Trained {
  checkOptions("fit", options, fitOptions);
  const { epochs, batchSize, onEpoch, lambda = 0, lasso = 0 } = options;
  const all = examplesOf("fit", net, data);
  const cost = costOf("fit", options.cost);
  checkLabels("fit", cost, all.y);
  const measures = metricsOf(options.metrics);
  const optimiser = optimiserFrom("fit", options);
  checkNumbers("fit", "a whole number of at least 1", { epochs });
  checkPenalty("fit", { lambda, lasso });
  checkBatchSize("fit", batchSize);
  checkCallback("fit", "onEpoch", onEpoch);
  checkTrainable(net, options.key);
  checkOneOutput(net, cost);
  const root = keyOf("fit", options.key);
  const weights = exampleWeights("fit", cost.labels, all.y, options);
  const { training, held } = split(net, cost, weights === undefined ? all : { ...all, weights }, options.validation, root);
  const examples = training.x.shape[0] as number;
  const bare = objective(net, cost);
  const total = objective(net, cost, { lambda, lasso, examples });
  const penalises = lambda > 0 || lasso > 0;
  const drops = net.layers.some(({ dropout }) => dropout !== undefined);
  const batches = batcher(training, examples, batchSize);
  function* epoch(count: number, key: Key): Iterable<Batch<Parameters>> {
    const parts = batches(key);
    const keys = drops ? splitKey(key, parts.length) : [];
    for (const [at, part] of parts.entries()) {
      const { x, y, weights: own } = part();
      const counts = own === undefined ? (x.shape[0] as number) : item(sum(own));
      const extra = { key: keys[at], weights: own };
      // Weights of 0 throughout: nothing here counts.
      if (counts > 0)
        yield {
          place: `epoch ${count}, batch ${at + 1}`,
          examples: counts,
          cost: (parameters) => total(parameters, x, y, undefined, extra),
          ...(penalises ? { bare: (parameters: Parameters) => bare(parameters, x, y, undefined, extra) } : {}),
        };
    }
  }
  const keysOfEpochs = epochKeys("fit", root, epochs);
  function* passes(): Iterable<Iterable<Batch<Parameters>>> {
    let count = 0;
    for (const key of keysOfEpochs) yield epoch(++count, key);
  }
  const at = (parameters: Parameters): Network => ({ layers: net.layers, parameters });
  const reached = descent<Parameters>({
    caller: "fit",
    optimiser,
    sense: cost.sense,
    summed: cost.normalisation === "sum",
    start: { parameters: net.parameters, state: resumed("fit", optimiser, net.parameters, options.state) },
    epochs: passes(),
    scores: (parameters) => ({
      metrics: measures.length === 0 ? {} : readings("fit", measures, outputs(at(parameters), training.x), training.y),
      validation: held && evaluate(at(parameters), cost, measures, held),
    }),
    watch: options.earlyStopping === undefined ? undefined : watcher("fit", options.earlyStopping, cost, measures, held !== undefined),
    onEpoch: onEpoch && ((line, parameters) => onEpoch({ ...line, network: at(parameters) })),
  });
  return { network: at(reached.parameters), history: reached.history, epoch: reached.epoch, stopped: reached.stopped, state: reached.state };
}

const outputs = (net: Network, x: Tensor): Tensor => forward(net, x).a.at(-1) as Tensor;

/** The bare cost and the metrics of a network on some data. */
function evaluate(net: Network, cost: Cost, measures: readonly Metric[], { x, y }: Examples): Scores {
  const a = outputs(net, x);
  return { cost: item(cost.of(a, y)), metrics: readings("fit", measures, a, y) };
}

function metricsOf(given: FitOptions["metrics"] = []): readonly Metric[] {
  if (!Array.isArray(given)) throw new ValueError(`fit: metrics must be a list, such as ["accuracy"], got ${describe(given)}`);
  const measures = given.map((metric: MetricName | Metric) => metricOf("fit", metric));
  checkApart("fit", measures);
  return measures;
}

function examplesOf(caller: string, net: Network, data: Data): Examples {
  if (typeof data !== "object" || data === null) throw new ValueError(`${caller}: the data must be { x, y }, got ${describe(data)}`);
  return finiteExamplesFor(caller, net, data.x, data.y);
}

/** Examples with their weights, where there are any. */
type Weighed = { readonly x: Tensor; readonly y: Tensor; readonly weights?: Tensor };

function split(
  net: Network,
  cost: Cost,
  all: Weighed,
  validation: number | Data | undefined,
  key: Key,
): { readonly training: Weighed; readonly held: Examples | undefined } {
  if (validation === undefined) return { training: all, held: undefined };
  if (typeof validation === "object") {
    const held = examplesOf("fit, validation data", net, validation);
    checkLabels("fit, validation data", cost, held.y);
    return { training: all, held };
  }
  const { training, kept, held } = divided("fit", all, all.x.shape[0] as number, validation, key);
  if (training.weights !== undefined) checkWeights(`fit, the ${kept} examples that validation leaves`, values(training.weights));
  return { training, held };
}

/** Throws ValueError where one output cannot tell classes apart, whatever the weights: training would do nothing, or make it 1 for everything. */
function checkOneOutput({ layers }: Network, cost: Cost): void {
  layers.forEach(({ activation, outputs: count }, l) => {
    if (activation === activations.softmax && count === 1)
      throw new ValueError(
        `fit: layer ${l + 1} is a softmax of one neuron, which is 1 whatever the weights; use sigmoid, or for two classes two outputs and one-hot targets`,
      );
  });
  if (layers.at(-1)?.outputs === 1 && cost.derivative === categoricalCrossEntropy.derivative)
    throw new ValueError(
      `fit: ${cost.name} over one output is least where the output is 1 for every example, because y = 0 counts nothing; use binaryCrossEntropy, or two outputs and one-hot targets`,
    );
}

/** Throws ValueError for a network that cannot be trained as it is. */
function checkTrainable({ layers }: Network, key: FitOptions["key"]): void {
  checkDifferentiable("fit", layers);
  layers.forEach(({ dropout }, l) => {
    if (dropout !== undefined && key === undefined)
      throw new ValueError(`fit: layer ${l + 1} drops activations at random, which takes a key; give fit a key, such as key: 1`);
  });
}
