import { type Like, type Tensor, ValueError, grad, values } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { dependsAlone } from "./activation.ts";
import { type Cost, type CostName } from "./cost.ts";
import { checkWritten, jacobian } from "./delta/forms.ts";
import { type Matrix, entry, rowsOf } from "./delta/matrix.ts";
import { exerciseFor } from "./exercise.ts";
import { type Network, checkLayers } from "./layer.ts";
import { forward } from "./pass.ts";
import { checkNumbers } from "./number.ts";
import { type WeightPlace, layerAt } from "./weight.ts";

/** One way from a weight to the cost. */
export interface WeightPath {
  /** The neuron it takes in each layer, from the weight's own to the last. */
  readonly neurons: readonly number[];
  /** ∂C/∂a_t, ∂a_t/∂a_s, ..., ∂a_p/∂a_j, ∂a_j/∂w_jk: the order in which backpropagation multiplies. */
  readonly factors: readonly number[];
  readonly product: number;
}

/** All paths of one weight. */
export interface PathSum {
  readonly place: WeightPlace;
  /** How many there are, listed or not. */
  readonly count: number;
  /** In the order of their neurons; no more than the limit. */
  readonly paths: readonly WeightPath[];
  /** Every path is listed. */
  readonly complete: boolean;
  /** The sum of the products over all paths, listed or not: ∂C/∂w. */
  readonly sum: number;
}

/**
 * For each layer the number of paths from one of its weights to the cost, and the number of paths from all weights together, counted layer by
 * layer from the top. Biases are not counted.
 *
 * @example
 * pathCounts(network({ sizes: [3, 5, 5, 3], activations: ["tanh", "tanh", "softmax"] })) // => { perWeight: [15, 3, 1], total: 315 }
 */
export function pathCounts(net: Pick<Network, "layers">): { readonly perWeight: readonly number[]; readonly total: number } {
  checkLayers("pathCounts", net);
  const { layers } = net;
  const perWeight: number[] = [];
  let above = 1;
  for (const { outputs } of layers.toReversed()) {
    perWeight.unshift(above);
    above *= outputs;
  }
  return { perWeight, total: layers.reduce((total, { inputs, outputs }, l) => total + inputs * outputs * (perWeight[l] ?? 0), 0) };
}

/**
 * The derivative of a cost by one weight as the sum over all paths from it to the cost of the products of local derivatives,
 * ∂C/∂w_jk = Σ ∂C/∂a_t ∂a_t/∂a_s ... ∂a_p/∂a_j ∂a_j/∂w_jk. One example. Up to `limit` paths are listed; count and sum cover all of them. A layer
 * above may be softmax: its local derivatives come from the full Jacobian.
 *
 * Throws ValueError for more than one example, a limit that is not a whole number, a step activation, one that nobody
 * derived, NaN or Infinity in the data, labels that the cost is not made for, or softmax in the weight's own layer, where w_jk moves every a of the
 * layer and no path begins at a_j alone; ShapeError for a weight that is not there, or when data and network do not fit. Source: Nielsen 2015, equation 53.
 *
 * @example
 * const net = network({ sizes: [1, 2, 1], activations: ["identity", "identity"], initialiser: (_, n, k) => ones([n, k]) });
 * pathSum(net, "quadratic", [[3]], [[0]], { layer: 1, to: 0, from: 0 }).paths // => [{ neurons: [0, 0], factors: [6, 1, 3], product: 18 }]
 */
export function pathSum(net: Network, cost: CostName | Cost, x: Like, y: Like, place: WeightPlace, options: { readonly limit?: number } = {}): PathSum {
  const { limit = 1000 } = checkOptions("pathSum", options, ["limit"]);
  const { cost: chosen, x: data, y: targets } = exerciseFor("pathSum", net, cost, x, y);
  if (data.shape[0] !== 1) throw new ValueError(`pathSum: x has ${data.shape[0]} examples; paths belong to one example, so give one row`);
  checkNumbers("pathSum", "a whole number of at least 0", { "the limit": limit });
  checkPlace(net, place);
  checkWritten(
    "pathSum",
    "element",
    net.layers.slice(place.layer - 1).map(({ activation }) => activation),
  );
  const { layer, to, from } = place;
  const pass = forward(net, data);
  const z = pass.z.map((each) => rowsOf(each)[0] ?? []);
  const a = pass.a.map((each) => rowsOf(each)[0] ?? []);
  const byOutput = Array.from(values(grad((h: Tensor) => chosen.of(h, targets))(pass.a.at(-1) as Tensor)));
  const local = net.layers.map(({ activation }, l) => jacobian(activation, z[l] ?? [], a[l + 1] ?? []));
  /** ∂a_p^{l+1}/∂a_j^l by [p][j], for the layers above the weight's own. */
  const steps = net.layers.slice(layer).map((_, above) => step(local[layer + above] ?? [], rowsOf(net.parameters.layers[layer + above]?.W as Tensor)));
  const own = entry(local[layer - 1] ?? [], to, to) * (from === "bias" ? 1 : entry(a, layer - 1, from));
  const paths: WeightPath[] = [];
  const walk = (neurons: readonly number[], factors: readonly number[]): void => {
    if (paths.length >= limit) return;
    const next = steps[neurons.length - 1];
    const here = neurons.at(-1) ?? 0;
    if (next === undefined) {
      const all = [byOutput[here] ?? Number.NaN, ...factors];
      paths.push({ neurons, factors: all, product: all.reduce((product, factor) => product * factor, 1) });
    } else next.forEach((row, p) => walk([...neurons, p], [row[here] ?? Number.NaN, ...factors]));
  };
  walk([to], [own]);
  const count = pathCounts(net).perWeight[layer - 1] ?? 0;
  const reached = steps.reduceRight<readonly number[]>((above, rows) => throughStep(rows, above), byOutput);
  return { place, count, paths, complete: paths.length === count, sum: (reached[to] ?? Number.NaN) * own };
}

/** ∂a_p/∂a_j = Σ_k ∂a_p/∂z_k w_kj; local[k][p] is ∂a_p/∂z_k. */
function step(local: Matrix, W: Matrix): Matrix {
  return local.map((_, p) => (W[0] ?? []).map((__, j) => local.reduce((total, row, k) => total + (row[p] ?? Number.NaN) * entry(W, k, j), 0)));
}

/** Σ_p above_p ∂a_p/∂a_j: the paths from j onwards, all at once. */
function throughStep(rows: Matrix, above: readonly number[]): readonly number[] {
  return (rows[0] ?? []).map((_, j) => rows.reduce((total, row, p) => total + (above[p] ?? Number.NaN) * (row[j] ?? Number.NaN), 0));
}

/** Throws unless paths begin at a weight. */
function checkPlace(net: Network, place: WeightPlace): void {
  const { activation } = layerAt("pathSum", net, place);
  if (!dependsAlone(activation))
    throw new ValueError(
      `pathSum: layer ${place.layer} is ${activation.name}, where one weight moves every activation of its layer, so no path begins at neuron ${place.to} alone; take a weight below it`,
    );
}
