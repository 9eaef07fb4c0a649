import { DiagramError } from "./diagram-error.ts";
import { spotOf } from "./network-spot.ts";
import { numeral, subscript, superscript } from "./numerals.ts";
import { isSum, mostWritten, pathText, restOf, sumText, total } from "./path-sum.ts";

/** All paths from one weight to the cost, as `pathSum` of `@nabla/mlp` gives them. */
export interface WeightPaths {
  /** Layer 1 is the first after the inputs; neurons are counted from 0. */
  readonly place: { readonly layer: number; readonly to: number; readonly from: number | "bias" };
  /** How many there are, listed or not. */
  readonly count: number;
  /** The neurons of each from the weight's own layer to the last, and its factors from ∂C/∂a of the output back to ∂a/∂w of the weight. */
  readonly paths: readonly { readonly neurons: readonly number[]; readonly factors: readonly number[]; readonly product: number }[];
  /** Every path is listed. */
  readonly complete: boolean;
  /** The derivative of the cost by the weight, from all paths at once. */
  readonly sum: number;
}

/** A path from a weight to the cost as a line of a picture's table. */
export interface WrittenPath {
  /** What stands for it on the lines: ① and on, or plain numbers where there are many. */
  readonly sign: string;
  /** The weight, the neurons, and the cost. */
  readonly through: readonly string[];
  /** The local derivatives in that order. */
  readonly factors: readonly number[];
  readonly product: number;
}

/** A line that paths run along. */
export interface PathLine {
  /** The local derivative, where the line joins two neurons and not an ellipsis. */
  readonly factor?: number;
  /** The paths that run along it, and what they are multiplied by there. */
  readonly label: string;
}

/** What the paths of a weight say on a network's lines, behind its outputs, and under its title. */
export interface ToldPaths {
  /** By the ids of both ends, with a space between. */
  readonly lines: ReadonlyMap<string, PathLine>;
  readonly outputs: ReadonlyMap<number, string>;
  readonly written: readonly WrittenPath[];
  readonly notes: readonly string[];
}

/** Longer lists of numbers on a line say only how many they are. */
const longestList = 12;

/** As many as the font has. */
const circled = "①②③④⑤⑥⑦⑧⑨⑩";

/**
 * The chain rule of one weight for a network's picture: the factors of a path are the local derivatives on its lines.
 *
 * Throws DiagramError where a path does not fit the layers.
 */
export function tellPaths(told: WeightPaths, sizes: readonly number[], nameOf: (l: number, j: number) => string, inputLayer: 0 | 1): ToldPaths {
  const { place, paths } = told;
  const { layer, to: target, from: source } = place;
  const passes = new Map<string, Passing>();
  const ends = new Map<number, number>();
  const pass = (line: string, factor: number, at: number): void => {
    const found = passes.get(line) ?? { passing: [], factor };
    found.passing.push(at);
    passes.set(line, found);
  };
  paths.forEach(({ neurons, factors }, at) => {
    check(neurons, factors, place, sizes);
    const outward = factors.toReversed();
    const spots = neurons.map((j, step) => spotOf(sizes, layer + step, j));
    if (source !== "bias") pass(`${spotOf(sizes, layer - 1, source)} ${spots[0]}`, outward[0] ?? Number.NaN, at);
    spots.slice(1).forEach((spot, step) => pass(`${spots[step]} ${spot}`, outward[step + 1] ?? Number.NaN, at));
    ends.set(neurons.at(-1) ?? 0, outward.at(-1) ?? Number.NaN);
  });
  const weight = `${source === "bias" ? "b" : "w"}${superscript(layer + inputLayer)}${subscript(target + 1)}${source === "bias" ? "" : subscript(source + 1)}`;
  const written = paths.slice(0, mostWritten).map(({ neurons, factors, product }, at): WrittenPath => {
    const through = [weight, ...neurons.map((j, step) => nameOf(layer + step, j)), "C"];
    return { sign: circled[at] !== undefined && told.count <= circled.length ? circled[at] : `(${at + 1})`, through, factors: factors.toReversed(), product };
  });
  return {
    lines: new Map(
      [...passes].map(([line, { passing, factor }]): [string, PathLine] => [
        line,
        line.includes("m") ? { label: counted(passing.length) } : { factor, label: `${numbersOf(passing, told.count)} × ${numeral(factor)}` },
      ]),
    ),
    outputs: new Map([...ends].map(([j, factor]) => [j, `× ∂C/∂${nameOf(sizes.length - 1, j)} = ${numeral(factor)}`])),
    written,
    notes: [...unwritten(told), sumText(`∂C/∂${weight}`, told.count, told.sum) + verdictOf(told)],
  };
}

interface Passing {
  readonly passing: number[];
  readonly factor: number;
}

/** A path in words: `① w¹₁₁ → a¹₁ → C:  0.5 × 2.0 = 1.0`. */
export function numberedPath(path: WrittenPath): string {
  return `${path.sign} ${pathText(path)}`;
}

const counted = (paths: number): string => (paths === 1 ? "1 path" : `${paths} paths`);

/** `①③`, `①–④` or `(1–3, 7)`. */
function numbersOf(passing: readonly number[], count: number): string {
  const few = count <= circled.length;
  const sign = (at: number): string => (few ? (circled[at] ?? "") : String(at + 1));
  const runs: [first: number, last: number][] = [];
  for (const at of passing) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === at - 1) run[1] = at;
    else runs.push([at, at]);
  }
  const list = runs.map(([first, last]) => (first === last ? sign(first) : `${sign(first)}${last === first + 1 ? (few ? "" : ", ") : "–"}${sign(last)}`));
  const text = list.join(few ? "" : ", ");
  if (few) return text;
  return text.length > longestList ? counted(passing.length) : `(${text})`;
}

const productsOf = ({ paths }: WeightPaths): number[] => paths.map(({ product }) => product);

/** What the paths that are not written add. */
function unwritten(told: WeightPaths): string[] {
  const products = productsOf(told);
  const [written, others] = [products.slice(0, mostWritten), products.slice(mostWritten)];
  return restOf(told.count - written.length, told.complete ? total(others) : told.sum - total(written));
}

/** Whether the products sum to the derivative, where all of them are known. */
function verdictOf(told: WeightPaths): string {
  if (!told.complete) return "";
  const products = productsOf(told);
  return isSum(products, told.sum) ? "  ✓ as backpropagated" : `  ✗ the listed products sum to ${numeral(total(products))}`;
}

function check(
  neurons: readonly number[],
  factors: readonly number[],
  { layer, to: target, from: source }: WeightPaths["place"],
  sizes: readonly number[],
): void {
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
