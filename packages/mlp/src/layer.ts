import { ShapeError, type Tensor, ValueError, isTensor } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { type ActivationFunction } from "./activation.ts";

/** A fully connected layer: z = a Wᵀ + b, then its activation. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: ActivationFunction;
  /** The share of this layer's activations that training drops; 0 when absent. */
  readonly dropout?: number;
}

/** Weights [n_out, n_in] and biases [n_out] of each layer: a plain record on which grad and every other transformation works. */
export type Parameters = {
  readonly layers: readonly { readonly W: Tensor; readonly b: Tensor }[];
};

/** Layers with their parameters. Immutable: training gives a new one. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly parameters: Parameters;
}

/** Throws ValueError unless there are layers, as those of a network. */
export function checkLayers(caller: string, net: Pick<Network, "layers">): void {
  const layers: unknown = typeof net === "object" ? net?.layers : undefined;
  const sound = (layer: Layer): boolean => typeof layer?.activation?.of === "function" && Number.isInteger(layer.inputs) && Number.isInteger(layer.outputs);
  if (Array.isArray(layers) && layers.length > 0 && layers.every(sound)) return;
  throw new ValueError(
    `${caller}: the network must be one made by network({ sizes, activations }), got ${describe(net)}${typeof net === "object" && net !== null && !isTensor(net) ? " without such layers" : ""}`,
  );
}

/** Throws ValueError or ShapeError unless there are layers with parameters that fit. */
export function checkNetwork(caller: string, net: Network): void {
  checkLayers(caller, net);
  checkParameters(caller, net.layers, net.parameters);
}

/** Throws ValueError or ShapeError unless parameters fit the layers. */
export function checkParameters(caller: string, layers: readonly Layer[], parameters: Parameters): void {
  checkEntries(caller, layers, parameters);
  parameters.layers.forEach((layer, l) => {
    for (const label of ["W", "b"] as const)
      if (!isTensor(layer[label]))
        throw new ValueError(`${caller}: layers[${l}].${label} is ${describe(layer[label])}; parameters are tensors, see withParameters`);
  });
  checkShapes(caller, layers, parameters);
}

/** Throws unless there is one record per layer. */
export function checkEntries(caller: string, layers: readonly Layer[], parameters: { readonly layers: readonly unknown[] }): void {
  const entries: unknown = typeof parameters === "object" ? parameters?.layers : undefined;
  if (!Array.isArray(entries)) throw new ValueError(`${caller}: parameters must be { layers: [{ W, b }, ...] }, got ${describe(parameters)}`);
  if (entries.length !== layers.length) throw new ShapeError(`${caller}: ${layers.length} layers need as many entries { W, b }, got ${entries.length}`);
  const bad = entries.findIndex((each) => typeof each !== "object" || each === null || Array.isArray(each) || isTensor(each));
  if (bad >= 0) throw new ValueError(`${caller}: layers[${bad}] must be { W, b }, got ${describe(entries[bad])}`);
}

export function checkShapes(caller: string, layers: readonly Layer[], parameters: Parameters): void {
  layers.forEach(({ inputs, outputs }, l) => {
    const { W, b } = parameters.layers[l] as Parameters["layers"][number];
    if (W.shape.join() !== `${outputs},${inputs}`)
      throw new ShapeError(`${caller}: layers[${l}].W has shape [${W.shape.join(", ")}], want [${outputs}, ${inputs}] (outputs, inputs)`);
    if (b.shape.join() !== String(outputs)) throw new ShapeError(`${caller}: layers[${l}].b has shape [${b.shape.join(", ")}], want [${outputs}]`);
  });
}
