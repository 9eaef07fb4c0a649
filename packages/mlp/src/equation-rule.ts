import { dependsAlone } from "./activation.ts";
import { type Cost } from "./cost.ts";
import { type Network } from "./layer.ts";
import { layerName } from "./notation.ts";
import { pairingOf } from "./pairing.ts";

/** The right sides of a layer's equations, with its names. */
export interface EquationRules {
  readonly delta: string;
  readonly b: string;
  readonly W: string;
  /** What the gradient by a is multiplied by: "⊙ σ′(z¹)", or the Jacobian from the left where outputs depend on each other. */
  readonly slope: string;
}

/** The four equations of a layer, counted from 1, as a text writes them for one example in columns. */
export function equationRules(net: Network, cost: Cost, layer: number): EquationRules {
  const { activation, outputs } = net.layers[layer - 1] as Network["layers"][number];
  const depth = net.layers.length;
  const [z, a, delta] = [layerName("z", layer), layerName("a", layer), layerName("δ", layer)];
  const jacobian = !dependsAlone(activation);
  const slope = jacobian ? `J(${z})ᵀ ·` : activation.symbol === "" ? "× 1" : `⊙ ${activation.symbol}′(${z})`;
  const through = (gradient: string): string => (jacobian ? slope.replace("·", gradient) : slope === "× 1" ? gradient : `${gradient} ${slope}`);
  const pairing = layer === depth ? pairingOf(cost, activation) : undefined;
  const above = `(${layerName("W", layer + 1)})ᵀ${layerName("δ", layer + 1)}`;
  return {
    delta: layer < depth ? through(above) : pairing === undefined ? through(`∂C/∂${a}`) : shared(pairing.rule.replace(/\ba\b/, a), cost, outputs),
    b: delta,
    W: `${delta} (${layer === 1 ? "x" : layerName("a", layer - 1)})ᵀ`,
    slope,
  };
}

/** A short delta of one example with the division that is left of a mean over entries. */
function shared(rule: string, { normalisation }: Cost, outputs: number): string {
  return normalisation === "mean over entries" && outputs > 1 ? `(${rule}) / ${outputs}` : rule;
}
