import { type Like, ShapeError, type Tensor, ValueError, isTensor, tensor } from "@nabla/autodiff";
import { describe, indexAt } from "@nabla/autodiff/argument";
import { type Layer, type Network, checkNetwork } from "./layer.ts";

/** Examples in rows and their targets in rows. */
export interface Data {
  readonly x: Like;
  readonly y: Like;
}

/** The same as tensors. */
export type Examples = { readonly x: Tensor; readonly y: Tensor };

/** The examples that a function with a network is given. Throws ValueError for what is no network or no data, ShapeError when they do not fit. */
export function examplesFor(caller: string, net: Network, x: Like, y: Like): Examples {
  checkNetwork(caller, net);
  const examples = { x: asTensor(caller, x, "x"), y: asTensor(caller, y, "y") };
  checkOrder(caller, net, examples);
  checkData(caller, net, examples.x);
  checkTargets(caller, net, examples.x, examples.y);
  return examples;
}

/** Throws ShapeError for targets where the data should be. */
function checkOrder(caller: string, { layers }: Network, { x, y }: Examples): void {
  const [inputs, outputs] = [layers[0]?.inputs, layers.at(-1)?.outputs];
  if (inputs !== outputs && x.shape[1] === outputs && y.shape[1] === inputs)
    throw new ShapeError(
      `${caller}: x has shape [${x.shape.join(", ")}] and y has [${y.shape.join(", ")}], but the network has ${inputs} inputs and ${outputs} outputs; did you exchange x and y?`,
    );
}

/** The same, of finite numbers. Throws ValueError for NaN and Infinity, naming the place. */
export function finiteExamplesFor(caller: string, net: Network, x: Like, y: Like): Examples {
  const examples = examplesFor(caller, net, x, y);
  checkFinite(caller, "x", examples.x);
  checkFinite(caller, "y", examples.y);
  return examples;
}

/** Data as a tensor; a tensor is kept as it is. An error names the data by `label`. */
export function asTensor(caller: string, x: Like, label: string): Tensor {
  if (isTensor(x)) return x;
  if (x === undefined || x === null) throw new ValueError(`${caller}: ${label} is ${String(x)}; give a tensor, or nested arrays of numbers`);
  try {
    return tensor(x);
  } catch (error) {
    const reason = `${caller}: ${label}: ${error instanceof Error ? error.message.replace(/^tensor: /, "") : String(error)}`;
    throw error instanceof ShapeError ? new ShapeError(reason) : new ValueError(reason);
  }
}

/** Throws ShapeError unless `x` is a batch for the network. */
export function checkData(caller: string, { layers }: Pick<Network, "layers">, x: Tensor): void {
  if (!isTensor(x)) throw new ValueError(`${caller}: x is ${describe(x)}; give a tensor with one row per example, such as tensor([[0, 1]])`);
  const [m, width] = x.shape;
  const inputs = (layers[0] as Layer).inputs;
  if (m === 0) throw new ShapeError(`${caller}: the batch is empty; give at least one example`);
  if (x.shape.length !== 2 || width !== inputs)
    throw new ShapeError(`${caller}: x has shape [${x.shape.join(", ")}], want [examples, ${inputs}], one row per example, for a network of ${inputs} inputs`);
}

/** Throws ValueError at the first entry that is NaN or infinite, naming its place. */
export function checkFinite(caller: string, label: string, t: Tensor): void {
  const at = t.data?.findIndex((entry) => !Number.isFinite(entry)) ?? -1;
  if (t.data === undefined || at < 0) return;
  throw new ValueError(`${caller}: ${label}[${indexAt(at, t.shape).join("][")}] is ${t.data[at]}; replace or remove missing values first`);
}

/** Throws ShapeError unless the targets have one row per example and one column per output. */
export function checkTargets(caller: string, { layers }: Pick<Network, "layers">, x: Tensor, y: Tensor): void {
  const outputs = layers.at(-1)?.outputs;
  if (y.shape.length !== 2 || y.shape[0] !== x.shape[0] || y.shape[1] !== outputs)
    throw new ShapeError(`${caller}: y has shape [${y.shape.join(", ")}], want [${x.shape[0]}, ${outputs}]: one row per example of x, one column per output`);
}

/** Throws ShapeError unless `x` is one example for the network. */
export function checkExample(caller: string, { layers }: Pick<Network, "layers">, x: Tensor): void {
  if (!isTensor(x)) throw new ValueError(`${caller}: x is ${describe(x)}; give a tensor with one number per input, such as tensor([0, 1])`);
  const inputs = (layers[0] as Layer).inputs;
  if (x.shape.length !== 1 || x.shape[0] !== inputs)
    throw new ShapeError(`${caller}: x has shape [${x.shape.join(", ")}], want [${inputs}], one number per input`);
}
