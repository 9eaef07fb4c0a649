import { ValueError } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";

/** The ranges of numbers that functions ask for, in the words of their errors. */
export type Range =
  | "a finite number"
  | "a number above 0"
  | "a number of at least 0"
  | "a number from 0 to 1"
  | "a number from 0 to below 1"
  | "a number between 0 and 1"
  | "a whole number of at least 0"
  | "a whole number of at least 1";

const ranges: Readonly<Record<Range, (x: number) => boolean>> = {
  "a finite number": () => true,
  "a number above 0": (x) => x > 0,
  "a number of at least 0": (x) => x >= 0,
  "a number from 0 to 1": (x) => x >= 0 && x <= 1,
  "a number from 0 to below 1": (x) => x >= 0 && x < 1,
  "a number between 0 and 1": (x) => x > 0 && x < 1,
  "a whole number of at least 0": (x) => Number.isInteger(x) && x >= 0,
  "a whole number of at least 1": (x) => Number.isInteger(x) && x >= 1,
};

/** Throws ValueError unless every number that is named lies in a range. */
export function checkNumbers(caller: string, range: Range, numbers: Readonly<Record<string, unknown>>, hint: string = ""): void {
  for (const [label, value] of Object.entries(numbers))
    if (typeof value !== "number" || !Number.isFinite(value) || !ranges[range](value))
      throw new ValueError(`${caller}: ${label} must be ${range}, got ${describe(value)}${hint === "" ? "" : `; ${hint}`}`);
}
