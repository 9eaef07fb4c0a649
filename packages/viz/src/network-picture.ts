import { DiagramError } from "./diagram-error.ts";
import { type Role } from "./diagram.ts";
import { numerals, subscript, superscript } from "./numerals.ts";

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
  /** What each neuron holds for one example, inputs first, written into it. */
  readonly sample?: readonly (readonly number[])[];
}

/** A neuron that is drawn. */
export interface Neuron {
  readonly id: string;
  readonly label: string;
  /** What it holds, under its name. */
  readonly value?: string;
  /** Under the circle. */
  readonly bias?: string;
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

/** A line from a neuron to one of the next layer. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly weight?: number;
  readonly label?: string;
}

/** A picture of a network as plain data. */
export interface NetworkDiagram {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly Column[];
  readonly connections: readonly Connection[];
}

/** A layer above this many neurons shows the first three, an ellipsis, and the last two. */
const mostNeurons = 8;
export const shownFirst = 3;
const shownLast = 2;
/** More lines carry no numbers. */
const mostLabels = 60;
/** More lines carry short numbers, without the weight's name. */
const mostNames = 12;

/**
 * A network as columns of neurons named xⱼ and aˡⱼ; wide layers have an ellipsis that says how many neurons it hides.
 *
 * Throws DiagramError for fewer than two layers, a size that is not a whole number above 0, or lists that do not fit the sizes.
 *
 * @example
 * fromNetwork({ sizes: [64, 32, 10] }).columns[0]?.hidden // => 59
 */
export function fromNetwork(picture: NetworkPicture): NetworkDiagram {
  check(picture);
  const { sizes, weights, title = "", subtitle = "" } = picture;
  const total = sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] ?? 0), 0);
  const numbered = total <= mostLabels;
  const shown = sizes.map(indices);
  const named = total <= mostNames;
  const texts = numbered ? (weights ?? []).map((layer) => numerals(named ? layer : layer.map((row) => row.map(hundredths)))) : [];
  const connections = shown.slice(1).flatMap((targets, l) =>
    (shown[l] ?? []).flatMap((k) =>
      targets.map((j): Connection => {
        const weight = weights?.[l]?.[j]?.[k];
        const ends = { from: idOf(l, k), to: idOf(l + 1, j) };
        if (weight === undefined) return ends;
        if (!numbered) return { ...ends, weight };
        const text = texts[l]?.[j]?.[k] ?? "";
        return { ...ends, weight, label: named ? `w${superscript(l + 1)}${subscript(j + 1)}${subscript(k + 1)} = ${text}` : text };
      }),
    ),
  );
  const columns = shown.map((drawn, l): Column => {
    const role = l === 0 ? "input" : l === sizes.length - 1 ? "prediction" : "operation";
    const neurons = drawn.map((j) => neuron(picture, l, j, numbered));
    return { role, ...captions(picture, l), neurons, hidden: (sizes[l] ?? 0) - drawn.length };
  });
  return { title, subtitle, columns, connections };
}

const idOf = (layer: number, index: number): string => `n${layer}_${index + 1}`;

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** Positions in a layer that are drawn. */
function indices(size: number): number[] {
  const all = Array.from({ length: Math.min(size, mostNeurons + 1) }, (_, i) => i);
  return size > mostNeurons ? [...all.slice(0, shownFirst), ...Array.from({ length: shownLast }, (_, i) => size - shownLast + i)] : all;
}

function neuron({ names, biases, sample }: NetworkPicture, l: number, j: number, numbered: boolean): Neuron {
  const value = numerals([sample?.[l] ?? []])[0]?.[j];
  const bias = l > 0 && numbered ? numerals([biases?.[l - 1] ?? []])[0]?.[j] : undefined;
  return {
    id: idOf(l, j),
    label: names?.[l]?.[j] ?? (l === 0 ? `x${subscript(j + 1)}` : `a${superscript(l)}${subscript(j + 1)}`),
    ...(value !== undefined && { value }),
    ...(bias !== undefined && { bias: `b${superscript(l)}${subscript(j + 1)} = ${bias}` }),
  };
}

function captions({ sizes, activations }: NetworkPicture, l: number): Pick<Column, "caption" | "details"> {
  const last = sizes.length - 1;
  const size = sizes[l] ?? 0;
  const what = l === 0 ? "input" : "neuron";
  const activation = l > 0 ? activations?.[l - 1] : undefined;
  const caption = l === 0 ? "input layer" : l === last ? "output layer" : last === 2 ? "hidden layer" : `hidden layer ${l}`;
  return { caption, details: [`${size} ${what}${size === 1 ? "" : "s"}`, ...(activation === undefined ? [] : [activation])] };
}

function check({ sizes, activations, weights, biases, names, sample }: NetworkPicture): void {
  if (sizes.length < 2) throw new DiagramError(`a network picture needs at least inputs and outputs, got ${sizes.length} layers`);
  sizes.forEach((size, l) => {
    if (!Number.isInteger(size) || size < 1) throw new DiagramError(`layer ${l} has ${size} neurons; a size is a whole number of at least 1`);
  });
  const layers = sizes.length - 1;
  const fits = (what: string, list: readonly unknown[] | undefined, want: number): void => {
    if (list !== undefined && list.length !== want)
      throw new DiagramError(`${what}: ${list.length} entries for ${want} places in a ${sizes.join("-")} network`);
  };
  fits("activations", activations, layers);
  fits("weights", weights, layers);
  fits("biases", biases, layers);
  fits("names", names, sizes.length);
  fits("sample", sample, sizes.length);
  names?.forEach((list, l) => fits(`names of layer ${l}`, list, sizes[l] ?? 0));
  sample?.forEach((list, l) => fits(`sample of layer ${l}`, list, sizes[l] ?? 0));
  biases?.forEach((list, l) => fits(`biases of layer ${l + 1}`, list, sizes[l + 1] ?? 0));
  weights?.forEach((layer, l) => {
    if (layer.length !== sizes[l + 1] || layer.some((row) => row.length !== sizes[l]))
      throw new DiagramError(`the weights of layer ${l + 1} must be ${sizes[l + 1]} rows of ${sizes[l]} numbers`);
  });
}
