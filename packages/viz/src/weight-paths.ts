import { DiagramError } from "./diagram-error.ts";
import { numeral, subscript, superscript } from "./numerals.ts";

/** All paths from one weight to the cost, as `pathSum` of `@nabla/mlp` gives them. */
export interface WeightPaths {
  /** Layer 1 is the first after the inputs; neurons are counted from 0. */
  readonly place: { readonly layer: number; readonly target: number; readonly source: number | "bias" };
  /** How many there are, listed or not. */
  readonly count: number;
  /** The neurons of each from the weight's own layer to the last, and its factors from ∂C/∂a of the output back to ∂a/∂w of the weight. */
  readonly paths: readonly { readonly neurons: readonly number[]; readonly factors: readonly number[]; readonly product: number }[];
  /** Every path is listed. */
  readonly complete: boolean;
  /** The derivative of the cost by the weight, from all paths at once. */
  readonly sum: number;
}

/** What the paths of a weight say on a network's lines, behind its outputs, and under its title. */
export interface ToldPaths {
  /** By layer of the upper neuron, its position and that of the lower one: the numbers of the paths that pass, and the local derivative. */
  readonly lines: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<number, string>;
  readonly notes: readonly string[];
}

/** Whom a line connects, counted from 0. */
export const lineKey = (layer: number, target: number, source: number): string => `${layer} ${target} ${source}`;

/** More paths are added up, but neither numbered nor written. */
const mostWritten = 6;
/** Of the largest product: what rounding may make of a sum. */
const tolerance = 1e-12;

const numberSigns = "①②③④⑤⑥";

/**
 * The chain rule of one weight for a network's picture: the factors of a path are the local derivatives on its lines.
 *
 * Throws DiagramError where a path does not fit the layers.
 */
export function tellPaths({ place, count, paths, complete, sum }: WeightPaths, sizes: readonly number[], nameOf: (l: number, j: number) => string): ToldPaths {
  const { layer, target, source } = place;
  const passes = new Map<string, { readonly numbers: string[]; readonly factor: number }>();
  const ends = new Map<number, { readonly numbers: string[]; readonly factor: number }>();
  const pass = <K>(known: Map<K, { readonly numbers: string[]; readonly factor: number }>, key: K, factor: number, at: number): void => {
    const found = known.get(key) ?? { numbers: [], factor };
    found.numbers.push(numberSigns[at] ?? "");
    known.set(key, found);
  };
  paths.forEach(({ neurons, factors }, at) => {
    check(neurons, factors, place, sizes);
    const outward = factors.toReversed();
    if (source !== "bias") pass(passes, lineKey(layer, target, source), outward[0] ?? Number.NaN, at);
    neurons.slice(1).forEach((j, step) => pass(passes, lineKey(layer + step + 1, j, neurons[step] ?? 0), outward[step + 1] ?? Number.NaN, at));
    pass(ends, neurons.at(-1) ?? 0, outward.at(-1) ?? Number.NaN, at);
  });
  const said = ({ numbers, factor }: { readonly numbers: readonly string[]; readonly factor: number }, before: string): string =>
    `${numbers.join("")} ${before}${numeral(factor)}`.trim();
  const weight = `${source === "bias" ? "b" : "w"}${superscript(layer)}${subscript(target + 1)}${source === "bias" ? "" : subscript(source + 1)}`;
  const written = paths.slice(0, mostWritten).map(({ neurons, factors, product }, at) => {
    const through = [weight, ...neurons.map((j, step) => nameOf(layer + step, j)), "C"].join(" → ");
    return `${numberSigns[at] ?? ""} ${through}:  ${factors.toReversed().map(numeral).join(" × ")} = ${numeral(product)}`;
  });
  const rest = count > written.length ? [`and ${count - written.length} more paths`] : [];
  const products = paths.map(({ product }) => product);
  const total = products.reduce((all, product) => all + product, 0);
  const scale = products.reduce((most, product) => Math.max(most, Math.abs(product)), 0);
  const verdict = complete ? (Math.abs(total - sum) <= tolerance * scale ? "  ✓ as backpropagated" : `  ✗ the listed products sum to ${numeral(total)}`) : "";
  return {
    lines: new Map([...passes].map(([key, each]) => [key, said(each, "× ")])),
    outputs: new Map([...ends].map(([j, each]) => [j, said(each, `∂C/∂${nameOf(sizes.length - 1, j)} = `)])),
    notes: [...written, ...rest, `∂C/∂${weight} = ${count === 1 ? "the product" : `sum over ${count} paths`} = ${numeral(sum)}${verdict}`],
  };
}

function check(neurons: readonly number[], factors: readonly number[], { layer, target, source }: WeightPaths["place"], sizes: readonly number[]): void {
  const shown = `fromNetwork: the path over the neurons ${neurons.join(" → ")} from layer ${layer}`;
  if (neurons[0] !== target) throw new DiagramError(`${shown} begins at neuron ${neurons[0] ?? "nothing"}, and its weight belongs to neuron ${target}`);
  if (neurons.length !== sizes.length - layer || factors.length !== neurons.length + 1)
    throw new DiagramError(
      `${shown} has ${neurons.length} neurons and ${factors.length} factors, want ${sizes.length - layer} and ${sizes.length - layer + 1} in a ${sizes.join("-")} network`,
    );
  const outside = neurons.findIndex((j, step) => j >= (sizes[layer + step] ?? 0));
  if (outside >= 0) throw new DiagramError(`${shown} passes neuron ${neurons[outside]} of a layer that has ${sizes[layer + outside] ?? 0}, counted from 0`);
  if (source !== "bias" && source >= (sizes[layer - 1] ?? 0))
    throw new DiagramError(`${shown} has a weight from neuron ${source} of a layer that has ${sizes[layer - 1] ?? 0}, counted from 0`);
}
