import {
  type Key,
  type Like,
  ShapeError,
  type Tensor,
  ValueError,
  item,
  neg,
  permutation,
  randomKey,
  splitKey,
  tensor,
  treeMap,
  valueAndGrad,
  values,
} from "@nabla/autodiff";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { checkFinite, checkTargets } from "./compare.ts";
import { type Network, asTensor, checkData } from "./network.ts";
import { objective } from "./objective.ts";
import { type Optimiser } from "./optimiser/optimiser.ts";
import { sgd } from "./optimiser/sgd.ts";

/** Examples in rows and their targets in rows. */
export interface Data {
  readonly x: Like;
  readonly y: Like;
}

/** What one pass over the data brought. */
export interface Epoch {
  /** 1 for the first. */
  readonly epoch: number;
  /** Mean of the batch costs before their updates, weighted by batch size. */
  readonly cost: number;
  readonly network: Network;
}

/** How to train. */
export interface FitOptions {
  readonly cost: CostName | Cost;
  /** η of plain gradient descent; or give an `optimiser`. */
  readonly learningRate?: number;
  readonly optimiser?: Optimiser;
  /** λ of the ridge term λ/(2m) Σ w², m being the size of the batch. 0 when absent. */
  readonly lambda?: number;
  readonly epochs: number;
  /** Examples per update; all of them when absent. The last batch of an epoch may be smaller. */
  readonly batchSize?: number;
  /** The seed of the shuffling. 0 when absent. */
  readonly key?: Key | number;
  /** Called after each epoch, for progress. */
  onEpoch?(epoch: Epoch): void;
}

/** A trained network with the cost of each epoch. */
export interface Trained {
  readonly network: Network;
  readonly history: readonly Pick<Epoch, "epoch" | "cost">[];
}

/**
 * Stochastic gradient descent: shuffled minibatches, W ← W - η ∂C/∂W (uphill for a cost to maximise), or the step of an optimiser. The network given is not changed.
 *
 * Throws before any training: ShapeError for data that do not fit the network or an empty batch; ValueError for NaN or Infinity in the
 * data, a learning rate that is not above 0, a number of epochs or a batch size that is not a whole number of at least 1, an unknown cost.
 * Throws ValueError when the cost becomes NaN or infinite on the way.
 *
 * @example
 * const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]] };
 * const start = network({ sizes: [2, 4, 1], activations: ["tanh", "sigmoid"], key: 1 });
 * fit(start, xor, { cost: "binaryCrossEntropy", learningRate: 1, epochs: 3 }).history.length // => 3
 */
export function fit(net: Network, data: Data, options: FitOptions): Trained {
  const cost = costOf(options.cost);
  const x = asTensor(data.x, "x");
  const y = asTensor(data.y, "y");
  checkTraining(net, x, y, options);
  const examples = x.shape[0] as number;
  const batchSize = Math.min(options.batchSize ?? examples, examples);
  const optimiser = options.optimiser ?? sgd({ learningRate: options.learningRate ?? Number.NaN });
  const keys = splitKey(typeof options.key === "object" ? options.key : randomKey(options.key ?? 0), options.epochs);
  const xs = values(x);
  const ys = values(y);
  const history: Pick<Epoch, "epoch" | "cost">[] = [];
  let { parameters } = net;
  let state = optimiser.init(parameters);
  const slope = valueAndGrad(objective(net, cost, options.lambda));
  keys.forEach((key, position) => {
    const order = permutation(key, examples);
    let total = 0;
    for (let from = 0; from < examples; from += batchSize) {
      const rows = order.subarray(from, from + batchSize);
      const { value, gradient } = slope(parameters, pick(xs, x, rows), pick(ys, y, rows));
      const reached = item(value);
      if (!Number.isFinite(reached))
        throw new ValueError(`fit: the cost became ${reached} in epoch ${position + 1}; lower the learning rate, or scale the data`);
      total += reached * rows.length;
      const downhill = cost.sense === "maximise" ? treeMap(gradient, (each) => neg(each)) : gradient;
      ({ parameters, state } = optimiser.update(downhill, state, parameters));
    }
    const epoch = { epoch: position + 1, cost: total / examples };
    history.push(epoch);
    options.onEpoch?.({ ...epoch, network: { layers: net.layers, parameters } });
  });
  return { network: { layers: net.layers, parameters }, history };
}

function pick(source: Float64Array, { shape }: Tensor, rows: Int32Array): Tensor {
  const width = shape[1] as number;
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, at) => out.set(source.subarray(row * width, (row + 1) * width), at * width));
  return tensor(out, [rows.length, width]);
}

function checkTraining(net: Network, x: Tensor, y: Tensor, { learningRate, optimiser, epochs, batchSize }: FitOptions): void {
  checkData("fit", net, x);
  checkTargets("fit", net, x, y);
  checkFinite("fit", "x", x);
  checkFinite("fit", "y", y);
  if (optimiser !== undefined && learningRate !== undefined)
    throw new ValueError("fit: give a learning rate or an optimiser, not both; the optimiser has its own");
  if (optimiser === undefined && (learningRate === undefined || !Number.isFinite(learningRate) || learningRate <= 0))
    throw new ValueError(`fit: the learning rate must be a number above 0, got ${String(learningRate)}; 0.1 is a common start`);
  if (!Number.isInteger(epochs) || epochs < 1) throw new ValueError(`fit: epochs must be a whole number of at least 1, got ${String(epochs)}`);
  if (batchSize !== undefined && (!Number.isInteger(batchSize) || batchSize < 1))
    throw new ShapeError(`fit: the batch size must be a whole number of at least 1, got ${String(batchSize)}; an empty batch has no cost`);
}
