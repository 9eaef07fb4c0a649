import { DiagramError } from "./diagram-error.ts";
import { type Fields, either, finite, flag, list, maybe, number, oneOf, readOptions, record, text, whole } from "./schema.ts";
import { type WeightPaths } from "./weight-paths.ts";

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

/** The network that is to be drawn. Throws DiagramError for lists that do not fit its sizes. */
export function readNetworkOptions(picture: NetworkPicture): NetworkPicture {
  if (typeof picture === "object" && picture !== null && "layers" in picture)
    throw new DiagramError(
      "fromNetwork: this is a network, which has layers; take its numbers out of it by fromNetwork(plainNetwork(net)), or give fromNetwork({ sizes: [2, 2, 1] })",
    );
  const read = readOptions("fromNetwork", picture, networkFields);
  check(read);
  return read;
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
