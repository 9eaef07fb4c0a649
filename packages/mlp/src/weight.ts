import { ShapeError, type Tensor, ValueError, tensor, values } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { type Layer, type Network, checkNetwork } from "./layer.ts";
import { withParameters } from "./network.ts";
import { checkNumbers } from "./number.ts";

/** One number of a network: the weight w_jk of layer l from neuron k of the layer before to neuron j, or with `from: "bias"` the bias b_j. */
export interface WeightPlace {
  /** 1 for the first layer after the inputs. */
  readonly layer: number;
  /** j, from 0. */
  readonly to: number;
  /** k, from 0. */
  readonly from: number | "bias";
}

/**
 * One weight or bias.
 *
 * Throws ShapeError for a layer or a neuron that does not exist.
 *
 * @example
 * const net = withParameters(network({ sizes: [2, 1], activations: ["sigmoid"] }), { layers: [{ W: [[5, 7]], b: [1] }] });
 * readWeight(net, { layer: 1, to: 0, from: 1 }) // => 7
 */
export function readWeight(net: Network, place: WeightPlace): number {
  const { data, at } = locate("readWeight", net, place);
  return data[at] as number;
}

/**
 * The same network with one weight or bias replaced.
 *
 * Throws ShapeError for a layer or a neuron that does not exist; ValueError for a value that is not finite.
 *
 * @example
 * const net = network({ sizes: [2, 1], activations: ["sigmoid"] });
 * readWeight(withWeight(net, { layer: 1, to: 0, from: "bias" }, 3), { layer: 1, to: 0, from: "bias" }) // => 3
 */
export function withWeight(net: Network, place: WeightPlace, value: number): Network {
  checkNumbers("withWeight", "a finite number", { "the value": value });
  const { which, data, at, of } = locate("withWeight", net, place);
  data[at] = value;
  const layers = net.parameters.layers.map((each, l) => (l === place.layer - 1 ? { ...each, [which]: tensor(data, of.shape) } : each));
  return withParameters(net, { layers });
}

interface Located {
  readonly which: "W" | "b";
  readonly of: Tensor;
  readonly data: Float64Array;
  readonly at: number;
}

function locate(caller: string, net: Network, place: WeightPlace): Located {
  checkNetwork(caller, net);
  const { inputs } = layerAt(caller, net, place);
  const { W, b } = net.parameters.layers[place.layer - 1] as Network["parameters"]["layers"][number];
  if (place.from === "bias") return { which: "b", of: b, data: values(b), at: place.to };
  return { which: "W", of: W, data: values(W), at: place.to * inputs + place.from };
}

/** The layer of a weight. Throws ValueError for what is no place, ShapeError for a layer or a neuron that does not exist. */
export function layerAt(caller: string, { layers }: Pick<Network, "layers">, place: WeightPlace): Layer {
  if (typeof place !== "object" || place === null)
    throw new ValueError(`${caller}: the place is ${describe(place)}; name a weight by { layer: 1, to: 0, from: 0 }, a bias by from: "bias"`);
  const { layer, to, from } = place;
  const found = layers[layer - 1];
  if (found === undefined)
    throw new ShapeError(`${caller}: there is no layer ${String(layer)}; the layers are 1 to ${layers.length}, counted after the inputs`);
  within(caller, to, found.outputs, `neuron ${String(to)} of layer ${layer}`);
  if (from !== "bias") within(caller, from, found.inputs, `neuron ${String(from)} of layer ${layer - 1}`);
  return found;
}

function within(caller: string, index: number, count: number, what: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new ShapeError(`${caller}: there is no ${what}; its neurons are 0 to ${count - 1}`);
}
