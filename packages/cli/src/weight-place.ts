import { ValueError } from "@nabla/autodiff";
import { type Network, type WeightPlace, isElementwise } from "@nabla/mlp";

/**
 * `w1,1,2` as the weight w¹₁₂ of a network, `b1,2` as the bias b¹₂: layer, neuron and source counted from 1. Throws ValueError for anything else, for
 * one that is not there, and in a softmax layer, where no path begins at one neuron.
 */
export function readWeight(text: string, { layers }: Pick<Network, "layers">): WeightPlace {
  const refuse = (reason: string): never => {
    throw new ValueError(`--paths ${text}: ${reason}`);
  };
  const [, kind, layer = 0, target = 0, source] = (/^(w|b)(\d+),(\d+)(?:,(\d+))?$/.exec(text) ?? []).map((each, at) => (at < 2 ? each : Number(each)));
  if (kind === undefined || (kind === "w") !== Number.isInteger(source))
    return refuse("write w and layer, neuron and source counted from 1, such as w1,1,2, or b and layer and neuron, such as b1,2");
  const found = layers[Number(layer) - 1] ?? refuse(`there is no layer ${layer}; the network has layers 1 to ${layers.length}`);
  const inside = (what: string, index: number, count: number): number =>
    index >= 1 && index <= count ? index - 1 : refuse(`layer ${layer} has no ${what} ${index}; they are counted from 1 to ${count}`);
  if (!isElementwise(found.activation))
    refuse(`layer ${layer} is ${found.activation.name}, where one weight moves every neuron, so no path begins at one of them; take a weight below it`);
  return {
    layer: Number(layer),
    to: inside("neuron", Number(target), found.outputs),
    from: kind === "b" ? "bias" : inside("source", Number(source), found.inputs),
  };
}
