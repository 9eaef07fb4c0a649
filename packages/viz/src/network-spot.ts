/** A layer above this many neurons shows the first three, an ellipsis, and the last two. */
const mostNeurons = 8;
export const shownFirst = 3;
const shownLast = 2;

/** Positions in a layer that are drawn. */
export function shownOf(size: number): number[] {
  const all = Array.from({ length: Math.min(size, mostNeurons + 1) }, (_, i) => i);
  return size > mostNeurons ? [...all.slice(0, shownFirst), ...Array.from({ length: shownLast }, (_, i) => size - shownLast + i)] : all;
}

export const neuronId = (layer: number, index: number): string => `n${layer}_${index + 1}`;

export const ellipsisId = (layer: number): string => `m${layer}`;

/** Where a neuron is found in the picture: at a circle of its own, or in the ellipsis of its layer. */
export function spotOf(sizes: readonly number[], layer: number, index: number): string {
  const size = sizes[layer] ?? 0;
  const hidden = size > mostNeurons && index >= shownFirst && index < size - shownLast;
  return hidden ? ellipsisId(layer) : neuronId(layer, index);
}
