import { DiagramError } from "./diagram-error.ts";
import { type Role } from "./diagram.ts";
import { ellipsisId, neuronId, shownOf, spotOf } from "./network-spot.ts";
import { numerals, subscript, superscript } from "./numerals.ts";
import { type Fields, either, finite, flag, list, maybe, number, oneOf, readOptions, record, text, whole } from "./schema.ts";
import { type ToldPaths, type WeightPaths, type WrittenPath, tellPaths } from "./weight-paths.ts";

/** A fully connected network as it is to be drawn. Lists by layer start with the first layer that has weights. */
export interface NetworkPicture {
  /** Neurons per layer, inputs first. */
  readonly sizes: readonly number[];
  /** One per layer after the inputs, written under its column. */
  readonly activations?: readonly string[];
  readonly title?: string;
  readonly subtitle?: string;
  /** Names of neurons by layer, inputs first; x₁ and a¹₁ when absent. */
  readonly names?: readonly (readonly string[])[];
  /** By layer the weights [n_out][n_in]: sign as colour and dash, size as width; numbers on the lines when they are few. */
  readonly weights?: readonly (readonly (readonly number[])[])[];
  /** By layer a bias for each neuron, written under it when the numbers of the weights are. */
  readonly biases?: readonly (readonly number[])[];
  /** What each neuron holds for one example, inputs first: written into it, and shown by its fill. */
  readonly sample?: readonly (readonly number[])[];
  /** The number of the input layer: 0 when absent, 1 as Nielsen counts. With 1 the inputs are activations as well, a¹₁. */
  readonly inputLayer?: 0 | 1;
  /** Names on the lines where there are no weights: true for w²₁₁, or by layer [n_out][n_in]. */
  readonly weightNames?: boolean | readonly (readonly (readonly string[])[])[];
  /** What comes out of each output neuron, at the end of an arrow. */
  readonly outputs?: readonly string[];
  /** "ink": black circles on white, as in a textbook, instead of a colour for each role. */
  readonly look?: "roles" | "ink";
  /** Above each column, the caption and a line under it, in place of those that say sizes and activations. */
  readonly captions?: readonly (readonly [caption: string, ...details: string[]])[];
  /** Paths through the network that stand out, such as all those from one weight to the cost. */
  readonly highlight?: Highlight;
  /**
   * What `pathSum` of `@nabla/mlp` gives: each path is marked and numbered, its lines bear the local derivatives in place of the weights, and
   * the products with their sum stand under the title: up to 40 of them, and how many more there are and what they add.
   */
  readonly paths?: WeightPaths;
}

/** Paths by the positions of their neurons in consecutive layers, counted from 0. */
export interface Highlight {
  /** The layer in which every path begins; the inputs are 0. */
  readonly from: number;
  readonly paths: readonly (readonly number[])[];
  /** Lines under the title, such as the product along each path and their sum. */
  readonly notes?: readonly string[];
}

/** A neuron that is drawn. */
export interface Neuron {
  readonly id: string;
  readonly label: string;
  /** What it holds, under its name. */
  readonly value?: string;
  /** Under the circle. */
  readonly bias?: string;
  /** What it holds, from -1 to 1 of the largest in its layer: its fill. */
  readonly share?: number;
  /** At the end of an arrow that leaves it. */
  readonly output?: string;
}

/** One layer: the neurons that are drawn, top first. */
export interface Column {
  readonly role: Role;
  readonly caption: string;
  /** Lines under the column. */
  readonly details: readonly string[];
  readonly neurons: readonly Neuron[];
  /** How many neurons the ellipsis stands for, after the third; 0 for none. */
  readonly hidden: number;
}

/** A line from a neuron to one of the next layer; a path through neurons that are not drawn leads through the ellipsis, `m` and the layer's number. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly weight?: number;
  readonly label?: string;
  /** Part of a path that stands out. */
  readonly marked?: boolean;
  /** The local derivative by which paths are multiplied on this line. */
  readonly factor?: number;
}

/** A picture of a network as plain data. */
export interface NetworkDiagram {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly Column[];
  readonly connections: readonly Connection[];
  /** The paths of a weight, in a table under the title. */
  readonly paths?: readonly WrittenPath[];
  /** Lines under it. */
  readonly notes?: readonly string[];
  /** Black on white instead of a colour for each role. */
  readonly ink?: boolean;
}

/** A neuron of this name is a gap: dots, and no lines. */
export const gap = "⋮";

/** More lines carry no numbers. */
const mostLabels = 60;
/** More lines carry short numbers, without the weight's name. */
const mostNames = 12;

const networkFields: Fields<NetworkPicture> = {
  sizes: list(whole(1), 2),
  activations: maybe(list(text)),
  title: maybe(text),
  subtitle: maybe(text),
  names: maybe(list(list(text))),
  weights: maybe(list(list(list(finite)))),
  biases: maybe(list(list(finite))),
  sample: maybe(list(list(number))),
  inputLayer: maybe(oneOf(0, 1)),
  weightNames: maybe(either(flag, list(list(list(text))))),
  outputs: maybe(list(text)),
  look: maybe(oneOf("roles", "ink")),
  captions: maybe(list(list(text, 1))),
  paths: maybe(
    record({
      place: record({ layer: whole(1), to: whole(0), from: either(whole(0), oneOf("bias")) }),
      count: whole(0),
      paths: list(record({ neurons: list(whole(0), 1), factors: list(number), product: number })),
      complete: flag,
      sum: number,
    }),
  ),
  highlight: maybe(record({ from: whole(0), paths: list(list(whole(0))), notes: maybe(list(text)) })),
};

/**
 * A network as columns of neurons named xⱼ and aˡⱼ; wide layers have an ellipsis that says how many neurons it hides.
 *
 * Throws DiagramError for fewer than two layers, a size that is not a whole number above 0, or lists that do not fit the sizes.
 *
 * @example
 * fromNetwork({ sizes: [64, 32, 10] }).columns[0]?.hidden // => 59
 */
export function fromNetwork(picture: NetworkPicture): NetworkDiagram {
  if (typeof picture === "object" && picture !== null && "layers" in picture)
    throw new DiagramError(
      "fromNetwork: this is a network, which has layers; take its numbers out of it by fromNetwork(plainNetwork(net)), or give fromNetwork({ sizes: [2, 2, 1] })",
    );
  check(readOptions("fromNetwork", picture, networkFields));
  const { sizes, title = "", subtitle = "", look = "roles", highlight } = picture;
  const shown = sizes.map(shownOf);
  const numbered = lineCount(sizes) <= mostLabels;
  const told = picture.paths && tellPaths(picture.paths, sizes, (l, j) => nameOf(picture, l, j), picture.inputLayer ?? 0);
  const columns = shown.map((drawn, l): Column => {
    const role = l === 0 ? "input" : l === sizes.length - 1 ? "prediction" : "operation";
    const neurons = drawn.map((j) => neuron(picture, l, j, numbered, told));
    return { role, ...captions(picture, l), neurons, hidden: (sizes[l] ?? 0) - drawn.length };
  });
  const notes = [...(highlight?.notes ?? []), ...(told?.notes ?? [])];
  return {
    title,
    subtitle,
    columns,
    connections: connectionsOf(picture, shown, told),
    ...(told !== undefined && { paths: told.written }),
    ...(notes.length > 0 && { notes }),
    ...(look === "ink" && { ink: true }),
  };
}

const lineCount = (sizes: readonly number[]): number => sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] ?? 0), 0);

/** A line from each neuron that is drawn to each of the next layer, and those of paths from and to an ellipsis. */
function connectionsOf(picture: NetworkPicture, shown: readonly (readonly number[])[], told: ToldPaths | undefined): Connection[] {
  const { sizes, weights, names, weightNames = false, inputLayer = 0 } = picture;
  const total = lineCount(sizes);
  const numbered = total <= mostLabels;
  const named = total <= mostNames;
  const texts = numbered ? (weights ?? []).map((layer) => numerals(named ? layer : layer.map((row) => row.map(hundredths)))) : [];
  const weightName = (l: number, j: number, k: number): string =>
    (weightNames === false || weightNames === true ? undefined : weightNames[l]?.[j]?.[k]) ??
    `w${superscript(l + 1 + inputLayer)}${subscript(j + 1)}${subscript(k + 1)}`;
  const marked = markedLines(picture);
  const isGap = (l: number, j: number): boolean => names?.[l]?.[j] === gap;
  return shown.slice(1).flatMap((targets, l) => [
    ...(shown[l] ?? []).flatMap((k) =>
      targets.flatMap((j): Connection[] => {
        if (isGap(l, k) || isGap(l + 1, j)) return [];
        const weight = weights?.[l]?.[j]?.[k];
        const [from, to] = [neuronId(l, k), neuronId(l + 1, j)];
        const path = told?.lines.get(`${from} ${to}`);
        if (path !== undefined) {
          const { label, factor } = path;
          return [{ from, to, marked: true, ...(weight !== undefined && { weight }), ...(factor !== undefined && { factor }), ...(numbered && { label }) }];
        }
        const stands = marked.has(`${from} ${to}`);
        // Of a path that is not listed nobody knows the derivative.
        if (stands && told !== undefined) return [{ from, to, marked: true, ...(weight !== undefined && { weight }) }];
        const ends = { from, to, ...(stands && { marked: true }) };
        if (weight === undefined) return [weightNames !== false && numbered ? { ...ends, label: weightName(l, j, k) } : ends];
        if (!numbered) return [{ ...ends, weight }];
        const text = texts[l]?.[j]?.[k] ?? "";
        return [{ ...ends, weight, label: named ? `${weightName(l, j, k)} = ${text}` : text }];
      }),
    ),
    ...throughEllipses(l, shown, marked, told, numbered),
  ]);
}

/** The lines of paths that begin or end in the ellipsis of layer l or of the one above. */
function throughEllipses(
  l: number,
  shown: readonly (readonly number[])[],
  marked: ReadonlySet<string>,
  told: ToldPaths | undefined,
  numbered: boolean,
): Connection[] {
  const spots = (layer: number): string[] => [...(shown[layer] ?? []).map((j) => neuronId(layer, j)), ellipsisId(layer)];
  return spots(l).flatMap((from) =>
    spots(l + 1).flatMap((to): Connection[] => {
      const path = told?.lines.get(`${from} ${to}`);
      if ((from !== ellipsisId(l) && to !== ellipsisId(l + 1)) || (path === undefined && !marked.has(`${from} ${to}`))) return [];
      return [{ from, to, marked: true, ...(numbered && path !== undefined && { label: path.label }) }];
    }),
  );
}

/** Lines that stand out, by the ids of their ends: those of the highlight, and every line above a weight whose paths are too many to be listed. */
function markedLines({ sizes, highlight, paths }: NetworkPicture): ReadonlySet<string> {
  const lines = new Set<string>();
  for (const path of highlight?.paths ?? [])
    path.slice(1).forEach((j, step) => {
      const layer = (highlight?.from ?? 0) + step;
      lines.add(`${spotOf(sizes, layer, path[step] ?? 0)} ${spotOf(sizes, layer + 1, j)}`);
    });
  if (paths === undefined || paths.complete) return lines;
  const { layer, to: target, from: source } = paths.place;
  const spots = (l: number): Set<string> => new Set(Array.from({ length: sizes[l] ?? 0 }, (_, j) => spotOf(sizes, l, j)));
  let below = new Set([spotOf(sizes, layer, target)]);
  if (source !== "bias") for (const to of below) lines.add(`${spotOf(sizes, layer - 1, source)} ${to}`);
  for (let l = layer + 1; l < sizes.length; l++) {
    const above = spots(l);
    for (const from of below) for (const to of above) lines.add(`${from} ${to}`);
    below = above;
  }
  return lines;
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** What a neuron is called: x₁, a¹₁ or the name given. */
function nameOf({ names, inputLayer = 0 }: NetworkPicture, l: number, j: number): string {
  return names?.[l]?.[j] ?? (l + inputLayer === 0 ? `x${subscript(j + 1)}` : `a${superscript(l + inputLayer)}${subscript(j + 1)}`);
}

function neuron(picture: NetworkPicture, l: number, j: number, numbered: boolean, told: ToldPaths | undefined): Neuron {
  const { sizes, biases, sample, inputLayer = 0, outputs } = picture;
  const held = sample?.[l] ?? [];
  const value = numerals([held])[0]?.[j];
  const largest = held.reduce((most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most), 0);
  const share = largest === 0 ? 0 : (held[j] ?? 0) / largest;
  const bias = l > 0 && numbered ? numerals([biases?.[l - 1] ?? []])[0]?.[j] : undefined;
  const output = l === sizes.length - 1 ? (told?.outputs.get(j) ?? outputs?.[j]) : undefined;
  return {
    id: neuronId(l, j),
    label: nameOf(picture, l, j),
    ...(value !== undefined && { value, share: Number.isFinite(share) ? share : 0 }),
    ...(bias !== undefined && { bias: `b${superscript(l + inputLayer)}${subscript(j + 1)} = ${bias}` }),
    ...(output !== undefined && { output }),
  };
}

function captions({ sizes, activations, inputLayer, captions: given }: NetworkPicture, l: number): Pick<Column, "caption" | "details"> {
  const own = given?.[l];
  if (own !== undefined) return { caption: own[0], details: own.slice(1) };
  const last = sizes.length - 1;
  const size = sizes[l] ?? 0;
  const what = l === 0 ? "input" : "neuron";
  const activation = l > 0 ? activations?.[l - 1] : undefined;
  const caption = l === 0 ? "input layer" : l === last ? "output layer" : last === 2 ? "hidden layer" : `hidden layer ${l}`;
  const number = inputLayer === undefined ? [] : [`${l === last ? "L" : "l"} = ${l + inputLayer}`];
  return { caption, details: [...number, `${size} ${what}${size === 1 ? "" : "s"}`, ...(activation === undefined ? [] : [activation])] };
}

function check({ sizes, activations, weights, biases, names, sample, outputs, captions: given, highlight }: NetworkPicture): void {
  const layers = sizes.length - 1;
  const fits = (what: string, list: readonly unknown[] | undefined, want: number): void => {
    if (list !== undefined && list.length !== want)
      throw new DiagramError(`fromNetwork: ${what}: ${list.length} entries for ${want} places in a ${sizes.join("-")} network`);
  };
  fits("activations", activations, layers);
  fits("weights", weights, layers);
  fits("biases", biases, layers);
  fits("names", names, sizes.length);
  fits("sample", sample, sizes.length);
  fits("captions", given, sizes.length);
  fits("outputs", outputs, sizes.at(-1) ?? 0);
  for (const path of highlight?.paths ?? [])
    path.forEach((j, step) => {
      const size = sizes[(highlight?.from ?? 0) + step] ?? 0;
      if (!Number.isInteger(j) || j < 0 || j >= size)
        throw new DiagramError(
          `fromNetwork: the path ${path.join(" → ")} from layer ${highlight?.from ?? 0} passes neuron ${j} of a layer that has ${size}, counted from 0`,
        );
    });
  names?.forEach((list, l) => fits(`names of layer ${l}`, list, sizes[l] ?? 0));
  sample?.forEach((list, l) => fits(`sample of layer ${l}`, list, sizes[l] ?? 0));
  biases?.forEach((list, l) => fits(`biases of layer ${l + 1}`, list, sizes[l + 1] ?? 0));
  weights?.forEach((layer, l) => {
    if (layer.length !== sizes[l + 1] || layer.some((row) => row.length !== sizes[l]))
      throw new DiagramError(`fromNetwork: the weights of layer ${l + 1} must be ${sizes[l + 1]} rows of ${sizes[l]} numbers`);
  });
}
