import { type Like, like } from "../ops/like.ts";
import { type Tensor } from "../tensor.ts";

/** The values of names while a formula runs: those of the scope, and above them those that the formula assigns. */
export interface Names {
  get(label: string): Tensor | undefined;
  set(label: string, value: Tensor): void;
  labels(): readonly string[];
}

/** The names of a scope. A value becomes a tensor when the formula first asks for it, so what is not asked for may be anything. */
export function namesOf(scope: Readonly<Record<string, Like>>): Names {
  const values = new Map<string, Tensor>();
  return {
    get(label) {
      const known = values.get(label);
      const given = known === undefined && Object.hasOwn(scope, label) ? scope[label] : undefined;
      if (given === undefined) return known;
      const made = like(given, `formula: the value of ${label}`);
      values.set(label, made);
      return made;
    },
    set: (label, value) => void values.set(label, value),
    labels: () => [...new Set([...values.keys(), ...Object.keys(scope)])],
  };
}

/** The same names inside the brackets of an index, where `end` is the last position of the axis. */
export function withEnd(names: Names, end: number): Names {
  return { ...names, get: (label) => (label === "end" ? like(end) : names.get(label)) };
}
