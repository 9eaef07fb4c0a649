import { ValueError } from "@nabla/autodiff";
import { describe, nearest } from "@nabla/autodiff/argument";

/** What a name means in a table. Throws ValueError for a name that is not there, with the one that was probably meant, and for what is no name. */
export function known<T>(caller: string, kind: string, given: unknown, table: Readonly<Record<string, T>>, own: string): T {
  if (typeof given === "string" && Object.hasOwn(table, given)) return table[given] as T;
  const names = Object.keys(table);
  const meant = typeof given === "string" ? nearest(given, names) : undefined;
  const wrong = typeof given === "string" ? `there is no ${kind} ${describe(given)}` : `the ${kind} is ${describe(given)}`;
  throw new ValueError(`${caller}: ${wrong}; ${meant === undefined ? "" : `did you mean ${meant}? `}use one of ${names.join(", ")}, or ${own}`);
}
