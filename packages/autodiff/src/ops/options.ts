import { nearest } from "../nearest.ts";
import { ValueError, describe } from "../shape.ts";
import { isTensor } from "./like.ts";

/**
 * The options given, which must be one object and carry no name but those known: a misspelt option would change nothing, silently.
 *
 * Throws ValueError for anything but such an object, naming the option that was probably meant, and all that there are.
 *
 * @example
 * const options = { axis: 0 } as { axis?: number; keepDims?: boolean };
 * checkOptions("sum", options, ["axis", "keepDims"]).axis // => 0
 */
export function checkOptions<T extends object>(caller: string, given: T, known: readonly (string & keyof T)[]): T {
  if (typeof given !== "object" || given === null || Array.isArray(given) || isTensor(given)) {
    const some = known.slice(0, 6).map((each) => `${each}: ...`);
    throw new ValueError(`${caller}: options come last, in one object such as { ${some.join(", ")} }; got ${describe(given)}`);
  }
  refuseUnknown(given, known, (unknown, meant) => `${caller}: there is no option ${unknown}; ${meant}the options are ${known.join(", ")}`);
  return given;
}

/** Throws ValueError when a thing such as `a rule` is given a part that it has not, naming the one that was probably meant. */
export function checkParts(caller: string, whole: string, given: object, known: readonly string[], advice: string): void {
  refuseUnknown(given, known, (unknown, meant) => `${caller}: there is no ${unknown} in ${whole}; ${meant}${advice}`);
}

function refuseUnknown(given: object, known: readonly string[], sentence: (unknown: string, meant: string) => string): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw new ValueError(sentence(unknown, meant === undefined ? "" : `did you mean ${meant}? `));
}
