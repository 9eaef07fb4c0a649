import { ValueError, describe } from "../shape.ts";

/** Throws ValueError for options that are no object, and for a name that is none of those known: a misspelt option changes nothing, silently. */
export function checkOptions(caller: string, given: object, known: readonly string[]): void {
  const written = `{ ${known.map((each) => `${each}: ...`).join(", ")} }`;
  if (typeof given !== "object" || given === null)
    throw new ValueError(`${caller}: options come last, in one object such as ${written}; got ${describe(given)}`);
  for (const key of Object.keys(given))
    if (!known.includes(key)) throw new ValueError(`${caller}: there is no option ${key}; the options are ${known.join(", ")}, as in ${written}`);
}
