import { type Command } from "commander";
import { ValueError, normal, randomKey, sigmoid, splitKey } from "@nabla/autodiff";
import { nearest } from "@nabla/autodiff/argument";
import { type ActivationName, type Cost, type CostName, type Network, activations, costs, network } from "@nabla/mlp";

/** More weights than these take longer than somebody waits at a terminal. */
const mostWeights = 10_000_000;

/** A network as the command line describes it. */
export interface NetworkOptions {
  readonly network: string;
  readonly activations?: string;
  readonly cost: string;
  readonly seed: string;
}

/** A command with the options that describe a network, which may have a network of its own. */
export function networkOptions(command: Command, network?: string): Command {
  return command
    .option("--network <sizes>", "neurons per layer, inputs first, such as 2-2-1", network)
    .option("--activations <names>", `one per layer after the inputs, or one for all: ${Object.keys(activations).join(", ")}`, "sigmoid")
    .option("--cost <name>", Object.keys(costs).join(", "), "binaryCrossEntropy")
    .option("--seed <number>", "seed of weights and data", "1");
}

/** `64-32-10` as sizes. Throws ValueError for anything else, and for more weights than a command has patience for. */
export function readSizes(text: string): number[] {
  if (!/^\d+(-\d+)+$/.test(text)) throw new ValueError(`--network ${text}: write neurons per layer joined by dashes, such as 2-2-1`);
  const sizes = text.split("-").map(Number);
  if (sizes.includes(0)) throw new ValueError(`--network ${text}: every layer needs at least one neuron`);
  const weights = sizes.slice(1).reduce((total, size, l) => total + size * (sizes[l] ?? 0), 0);
  if (weights > mostWeights)
    throw new ValueError(`--network ${text}: this has ${weights} weights, and the command takes up to ${mostWeights}; call @nabla/mlp for a larger one`);
  return sizes;
}

/** `relu,softmax`, or one name for every layer. Throws ValueError for an unknown name, or when their number does not fit. */
export function readActivations(text: string, layers: number): ActivationName[] {
  const names = text.split(",").map((each) => each.trim());
  const stray = names.find((each) => !Object.hasOwn(activations, each));
  if (stray !== undefined) throw new ValueError(`--activations ${text}: there is no ${JSON.stringify(stray)}; ${choices(stray, Object.keys(activations))}`);
  if (names.length !== 1 && names.length !== layers)
    throw new ValueError(`--activations ${text}: ${layers} layers need ${layers} names, or one for all, got ${names.length}`);
  return Array.from({ length: layers }, (_, l) => names[names.length === 1 ? 0 : l] as ActivationName);
}

/** What was probably meant, and what there is. */
export function choices(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return `${meant === undefined ? "" : `did you mean ${meant}? `}choose one of ${known.join(", ")}`;
}

/** The name of a cost. Throws ValueError for one that does not exist. */
export function readCost(text: string): CostName {
  if (!Object.hasOwn(costs, text)) throw new ValueError(`--cost ${text}: ${choices(text, Object.keys(costs))}`);
  return text as CostName;
}

function readSeed(text: string): number {
  const seed = /^[-+]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(seed)) throw new ValueError(`--seed ${JSON.stringify(text)}: write a whole number of up to 15 digits, such as 1`);
  return seed;
}

/** A network with data for it. */
export interface Seeded {
  readonly net: Network;
  readonly inputs: number[][];
  readonly targets: number[][];
}

/** A seeded network with as many random examples, whose targets are labels of the cost; of softmax outputs, one class each. */
export function seeded({ network: sizesText, activations: names, cost, seed }: NetworkOptions, examples: number): Seeded {
  const sizes = readSizes(sizesText);
  const [weights, data, labels] = splitKey(randomKey(readSeed(seed)), 3);
  if (weights === undefined || data === undefined || labels === undefined) throw new Error("internal: three keys were asked for");
  const net = network({ sizes, activations: readActivations(names ?? "sigmoid", sizes.length - 1), key: weights });
  const rows = (values: Float64Array, width: number): number[][] =>
    Array.from({ length: examples }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
  const [inputs, outputs] = [sizes[0] ?? 1, sizes.at(-1) ?? 1];
  const shares = rows(sigmoid(normal(labels, { shape: [examples, outputs] })).data ?? new Float64Array(), outputs);
  const drawn = net.layers.at(-1)?.activation.name === "softmax" ? shares.map(largestAsOne) : shares;
  return {
    net,
    inputs: rows(normal(data, { shape: [examples, inputs] }).data ?? new Float64Array(), inputs),
    targets: drawn.map((row) => row.map((share) => labelFrom(share, costs[readCost(cost)]))),
  };
}

/** Throws ValueError for an activation that stops every gradient, with the reason. */
export function checkGradient({ layers }: Network, purpose: "check" | "draw"): void {
  const flat = layers.find(({ activation }) => activation.untrainable !== undefined)?.activation;
  if (flat !== undefined) throw new ValueError(`--activations ${flat.name}: there is no gradient to ${purpose}; ${flat.untrainable}`);
}

const largestAsOne = (row: readonly number[]): number[] => row.map((each) => Number(each === Math.max(...row)));

/** A label that the cost admits, from a number between 0 and 1: the number itself, or the side of one half on which it lies. */
const labelFrom = (share: number, { labels }: Cost): number => (labels?.admits(share) === false ? (share > 0.5 ? 1 : -1) : share);
