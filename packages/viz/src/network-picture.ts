import { type Column, type NetworkDiagram, type Neuron } from "./network-diagram.ts";
import { connectionsOf, isNumbered } from "./network-lines.ts";
import { type NetworkPicture, readNetworkOptions } from "./network-options.ts";
import { neuronId, shownOf } from "./network-spot.ts";
import { numerals, subscript, superscript } from "./numerals.ts";
import { type ToldPaths, tellPaths } from "./weight-paths.ts";

/**
 * A network as columns of neurons named xⱼ and aˡⱼ; wide layers have an ellipsis that says how many neurons it hides.
 *
 * Throws DiagramError for fewer than two layers, a size that is not a whole number above 0, or lists that do not fit the sizes.
 *
 * @example
 * fromNetwork({ sizes: [64, 32, 10] }).columns[0]?.hidden // => 59
 */
export function fromNetwork(picture: NetworkPicture): NetworkDiagram {
  readNetworkOptions(picture);
  const { sizes, title = "", subtitle = "", look = "roles", highlight } = picture;
  const shown = sizes.map(shownOf);
  const numbered = isNumbered(sizes);
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
