import { type Activation, type ActivationName } from "@nabla/mlp";
import { ValueError } from "@nabla/autodiff";

/** `64-32-10` as sizes. Throws ValueError for anything else. */
export function readSizes(text: string): number[] {
  if (!/^\d+(-\d+)+$/.test(text)) throw new ValueError(`--network ${text}: write neurons per layer joined by dashes, such as 2-2-1`);
  return text.split("-").map(Number);
}

/** `relu,softmax`, or one name for every layer. Throws ValueError when the number of names does not fit. */
export function readActivations(text: string, layers: number): Activation[] {
  const names = text.split(",").map((each) => each.trim() as ActivationName);
  if (names.length !== 1 && names.length !== layers)
    throw new ValueError(`--activations ${text}: ${layers} layers need ${layers} names, or one for all, got ${names.length}`);
  return Array.from({ length: layers }, (_, l) => names[names.length === 1 ? 0 : l] ?? "sigmoid");
}
