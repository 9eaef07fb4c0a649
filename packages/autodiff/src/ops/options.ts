import { ValueError, describe } from "../shape.ts";
import { isTensor } from "./like.ts";

/**
 * The options given, which must be one object and carry no name but those known: a misspelt option would change nothing, silently.
 * Throws ValueError.
 */
export function checkOptions<T extends object>(caller: string, given: T, known: readonly (string & keyof T)[]): T {
  const written = `{ ${known.map((each) => `${each}: ...`).join(", ")} }`;
  if (typeof given !== "object" || given === null || Array.isArray(given) || isTensor(given))
    throw new ValueError(`${caller}: options come last, in one object such as ${written}; got ${describe(given)}`);
  const unknown = Object.keys(given).find((key) => !(known as readonly string[]).includes(key));
  if (unknown !== undefined) throw new ValueError(`${caller}: there is no option ${unknown}; the options are ${known.join(", ")}, as in ${written}`);
  return given;
}
