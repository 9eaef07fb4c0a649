/**
 * For authors of packages on top of this one: what refuses wrong arguments, so that all speak in the same words. Who calls the library
 * needs none of it.
 *
 * @module
 */

import { ValueError, describe } from "./shape.ts";

export { library } from "./libraries.ts";
export { nearest } from "./nearest.ts";
export { checkOptions } from "./ops/options.ts";
export { isKey } from "./random.ts";
export { checkFunction, describe, indexAt } from "./shape.ts";
export { namedLeaves } from "./tree.ts";

/**
 * The choice given, one of those that there are.
 *
 * Throws ValueError for any other, naming them.
 *
 * @example
 * checkChoice("jacobian", "mode", "reverse", ["reverse", "forward"]) // => "reverse"
 */
export function checkChoice<T extends string>(caller: string, option: string, given: T, choices: readonly T[]): T {
  if (choices.includes(given)) return given;
  throw new ValueError(`${caller}: ${option} is ${describe(given)}; use ${choices.map((each) => JSON.stringify(each)).join(" or ")}`);
}
