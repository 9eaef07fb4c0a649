import { type Tensor, leakyRelu, reshape, transpose } from "@nabla/autodiff";
import { type Activation, type Cost, type CostName, type Network, costs, network, withParameters } from "@nabla/mlp";
import { recorded, toTensor } from "./load.ts";
import { Skip } from "./report.ts";

/** The network of a case, as the reference files describe it. */
export interface NetworkAttrs {
  readonly sizes: readonly number[];
  readonly activations: readonly string[];
  readonly cost: string;
  readonly lambda: number;
  readonly negativeSlope?: number;
}

/** Networks are transposed here and nowhere else: examples stand in columns in the files and in rows in the library. */
export function rows(columns: unknown): Tensor {
  return transpose(toTensor(columns));
}

/** A bias of the library as the column that the files hold. */
export function asColumn(b: Tensor | undefined): Tensor | undefined {
  return b && reshape(b, { shape: [b.shape[0] as number, 1] });
}

/** A network with the recorded weights and biases. */
export function build({ sizes, activations, negativeSlope = 0.01 }: NetworkAttrs, W: readonly unknown[], b: readonly unknown[]): Network {
  const named = activations.map((each): Activation => (each === "leakyRelu" && negativeSlope !== 0.01 ? leaky(negativeSlope) : (each as Activation)));
  const layers = W.map((weights, l) => ({ W: toTensor(weights), b: reshape(toTensor(b[l]), { shape: [recorded(b[l]).data.length] }) }));
  return withParameters(network({ sizes, activations: named }), { layers });
}

function leaky(negativeSlope: number): Activation {
  return { name: "leakyRelu", symbol: "leakyRelu", of: (z) => leakyRelu(z, { negativeSlope }), prime: (z) => (z > 0 ? 1 : negativeSlope) };
}

/** Our costs by the names of the reference files. */
const costNames: ReadonlyMap<string, CostName> = new Map([
  ["mse", "quadratic"],
  ["sse", "sumOfSquares"],
  ["binaryCrossEntropy", "binaryCrossEntropy"],
  ["categoricalCrossEntropy", "categoricalCrossEntropy"],
  ["logLikelihood", "logLikelihood"],
]);

export function costOf({ cost }: NetworkAttrs): Cost {
  const label = costNames.get(cost);
  if (label === undefined) throw new Skip(`cost ${cost} does not exist yet`);
  return costs[label];
}
