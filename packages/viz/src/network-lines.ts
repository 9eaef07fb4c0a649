import { type Connection, gap } from "./network-diagram.ts";
import { type NetworkPicture } from "./network-options.ts";
import { ellipsisId, neuronId, spotOf } from "./network-spot.ts";
import { numerals, subscript, superscript } from "./numerals.ts";
import { type ToldPaths } from "./weight-paths.ts";

/** More lines carry no numbers. */
const mostLabels = 60;
/** More lines carry short numbers, without the weight's name. */
const mostNames = 12;

/** Whether there is room for numbers on the lines, and under the neurons. */
export const isNumbered = (sizes: readonly number[]): boolean => lineCount(sizes) <= mostLabels;

/** All lines between neighbouring layers, drawn or not. */
const lineCount = (sizes: readonly number[]): number => sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] ?? 0), 0);

/** A line from each neuron that is drawn to each of the next layer, and those of paths from and to an ellipsis. */
export function connectionsOf(picture: NetworkPicture, shown: readonly (readonly number[])[], told: ToldPaths | undefined): Connection[] {
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
