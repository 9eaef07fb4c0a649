import { ValueError } from "@nabla/autodiff";

/** The names of a function's options: a record, so that the compiler sees that none is missing. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/** Throws ValueError for an option that does not exist, naming the one that was probably meant, and all. */
export function checkOptionNames<T>(caller: string, given: T, names: OptionNames<T>): void {
  const known = Object.keys(names);
  const unknown = Object.keys(given ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw new ValueError(`${caller}: there is no option ${unknown}; ${meant === undefined ? "" : `did you mean ${meant}? `}the options are ${known.join(", ")}`);
}

/** Throws ValueError for a choice that does not exist. */
export function checkChoice(caller: string, option: string, given: string, choices: readonly string[]): void {
  if (choices.includes(given)) return;
  throw new ValueError(`${caller}: ${option} is ${JSON.stringify(given)}; use ${choices.map((each) => JSON.stringify(each)).join(" or ")}`);
}

/** The word that shares the largest part of its pairs of neighbouring letters with what was written. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const own = pairsOf(written);
  const likeness = (word: string): number => {
    const pairs = pairsOf(word);
    return [...pairs].filter((pair) => own.has(pair)).length / (pairs.size + own.size);
  };
  const [best] = known.toSorted((one, other) => likeness(other) - likeness(one));
  return best !== undefined && likeness(best) > 0 ? best : undefined;
}

function pairsOf(word: string): Set<string> {
  const letters = [...word.toLowerCase()];
  return new Set(letters.slice(1).map((letter, at) => `${letters[at]}${letter}`));
}
