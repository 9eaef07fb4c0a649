import { type Key, type Like, ValueError, splitKey, zeros } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { type Activation, activationOf, activations as known } from "./activation.ts";
import { checkRate } from "./dropout.ts";
import { asTensor } from "./examples.ts";
import { type Initialiser, type InitialiserName, drawn, he, initialiserOf, xavier } from "./initialiser.ts";
import { keyOf } from "./key.ts";
import { type Layer, type Network, checkEntries, checkLayers, checkNetwork, checkShapes } from "./layer.ts";
import { checkNumbers } from "./number.ts";

/** What a network is made of. */
export interface NetworkSpec {
  /** Neurons per layer, inputs first: [64, 32, 10]. */
  readonly sizes: readonly number[];
  /** One activation per layer after the inputs. */
  readonly activations: readonly Activation[];
  /** He for relu and Xavier for the rest when absent. */
  readonly initialiser?: InitialiserName | Initialiser;
  /** The share of activations that training drops: one rate for every hidden layer, or one per layer. None when absent. */
  readonly dropout?: number | readonly number[];
  /** The seed of the weights; a key, or a whole number to make one from. 0 when absent. */
  readonly key?: Key | number;
}

/**
 * A fully connected network with seeded weights and zero biases.
 *
 * Throws ValueError for fewer than two sizes, a size that is not a whole number above 0, an unknown activation or initialiser, a number of
 * activations that differs from the number of layers, or a rate of dropout outside [0, 1).
 *
 * @example
 * network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] }).parameters.layers[0]?.W.shape // => [3, 2]
 */
export function network(spec: NetworkSpec): Network {
  const { sizes, activations, initialiser, dropout = 0, key = 0 } = checkOptions("network", spec, ["sizes", "activations", "initialiser", "dropout", "key"]);
  if (!Array.isArray(sizes) || sizes.length < 2)
    throw new ValueError(`network: sizes must name at least inputs and outputs, such as [64, 32, 10], got ${describe(sizes)}`);
  sizes.forEach((size: number, l) => {
    checkNumbers("network", "a whole number of at least 1", { [`the number of neurons of layer ${l}`]: size });
  });
  if (!Array.isArray(activations))
    throw new ValueError(`network: activations must be a list, one for each layer after the inputs, such as ["relu", "softmax"], got ${describe(activations)}`);
  if (activations.length !== sizes.length - 1)
    throw new ValueError(`network: ${sizes.length - 1} layers need as many activations, got ${activations.length}; give one per layer after the inputs`);
  const keys = splitKey(keyOf("network", key), sizes.length - 1);
  if (!Array.isArray(dropout)) checkRate("network", dropout as number);
  const rates: readonly number[] = Array.isArray(dropout) ? dropout : activations.map((_, l) => (l === activations.length - 1 ? 0 : (dropout as number)));
  rates.forEach((rate) => checkRate("network", rate));
  if (rates.length !== activations.length)
    throw new ValueError(`network: ${activations.length} layers need as many rates of dropout, got ${rates.length}; or one number for the hidden layers`);
  const layers = activations.map((activation, l): Layer => {
    const layer = { inputs: sizes[l] as number, outputs: sizes[l + 1] as number, activation: activationOf("network", activation) };
    const rate = rates[l] ?? 0;
    return rate === 0 ? layer : { ...layer, dropout: rate };
  });
  const draw = initialiser === undefined ? undefined : initialiserOf("network", initialiser);
  const parameters = layers.map(({ inputs, outputs, activation }, l) => ({
    W: drawn(`network, layer ${l + 1}`, draw ?? (activation === known.relu ? he : xavier), keys[l] as Key, outputs, inputs),
    b: zeros([outputs]),
  }));
  return { layers, parameters: { layers: parameters } };
}

/**
 * The same layers with other parameters: weights of your own, or those that training found.
 *
 * Throws ShapeError when a shape does not fit its layer; ValueError for NaN or Infinity.
 *
 * @example
 * withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[2]], b: [1] }] }).parameters.layers[0]?.b.data?.[0] // => 1
 */
export function withParameters(net: Pick<Network, "layers">, parameters: { readonly layers: readonly { readonly W: Like; readonly b: Like }[] }): Network {
  checkLayers("withParameters", net);
  checkEntries("withParameters", net.layers, parameters);
  const layers = parameters.layers.map(({ W, b }, l) => ({
    W: asTensor("withParameters", W, `layers[${l}].W`),
    b: asTensor("withParameters", b, `layers[${l}].b`),
  }));
  checkShapes("withParameters", net.layers, { layers });
  layers.forEach((layer, l) => {
    for (const [label, { data }] of Object.entries(layer)) {
      const bad = data?.find((entry) => !Number.isFinite(entry));
      if (bad !== undefined) throw new ValueError(`withParameters: layers[${l}].${label} holds ${bad}; weights and biases are finite numbers`);
    }
  });
  return { layers: net.layers, parameters: { layers } };
}

/**
 * The network as it predicts: without dropout, also in training. Closed forms are compared on this one.
 *
 * @example
 * withoutDropout(network({ sizes: [2, 2, 1], activations: ["tanh", "sigmoid"], dropout: 0.5 })).layers[0]?.dropout // => undefined
 */
export function withoutDropout(net: Network): Network {
  checkNetwork("withoutDropout", net);
  const { layers, parameters } = net;
  return { layers: layers.map(({ inputs, outputs, activation }) => ({ inputs, outputs, activation })), parameters };
}
