import { checkOptions, describe } from "@nabla/autodiff/argument";
import { DiagramError } from "./diagram-error.ts";

/** Where a value was found, for the sentence that refuses it. Paths are written only then, since a picture has many places. */
export interface Place {
  readonly caller: string;
  readonly key: string;
  readonly above?: Place;
}

/** Gives a value back when it is what it should be, or what it stands for. Throws DiagramError otherwise, naming the caller and the place. */
export type Reader = (value: unknown, place: Place) => unknown;

/** A reader for each field. */
export type Fields<T = Readonly<Record<string, unknown>>> = { readonly [K in keyof T]-?: Reader };

/** The refusal of a value: `toDot: nodes[0].id is 3, want text`. */
export function wanted(what: string, value: unknown, place: Place): DiagramError {
  return new DiagramError(`${place.caller}: ${pathOf(place)} is ${describe(value)}, want ${what}`);
}

function pathOf({ key, above }: Place): string {
  if (above === undefined) return key;
  const before = above.above === undefined ? "" : pathOf(above);
  return key.startsWith("[") ? `${before}${key}` : before === "" ? key : `${before}.${key}`;
}

/**
 * An argument that is one object with these fields and no others, since a misspelt one would change nothing, silently. Throws DiagramError for
 * anything else.
 */
export function readOptions<T extends object>(caller: string, given: T, fields: Fields<T>): T {
  try {
    checkOptions(caller, given, Object.keys(fields) as (string & keyof T)[]);
  } catch (error) {
    throw new DiagramError(error instanceof Error ? error.message : String(error));
  }
  return record(fields)(given, { caller, key: "the argument" }) as T;
}

/** An object with these fields; others, such as those of a later version, are left out. */
export function record(fields: Fields): Reader {
  const names = Object.entries(fields);
  return (value, place) => {
    const given = object(value, place) as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    let same = true;
    for (const [key, reader] of names) {
      const entry = reader(given[key], { caller: place.caller, key, above: place });
      if (entry !== undefined) read[key] = entry;
      if (entry !== given[key]) same = false;
    }
    return same && Object.keys(given).every((key) => key in fields) ? given : read;
  };
}

export const object: Reader = (value, place) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wanted("an object", value, place);
  return value;
};

/** Under any name a value of one kind. */
export const dictionary =
  (of: Reader): Reader =>
  (value, place) => {
    for (const [key, each] of Object.entries(object(value, place) as object)) of(each, { caller: place.caller, key, above: place });
    return value;
  };

export const maybe =
  (of: Reader): Reader =>
  (value, place) =>
    value === undefined ? undefined : of(value, place);

export const list =
  (of: Reader, least: number = 0): Reader =>
  (value, place) => {
    if (!Array.isArray(value)) throw wanted("a list", value, place);
    if (value.length < least) throw wanted(`at least ${least} ${least === 1 ? "entry" : "entries"}`, value, place);
    let same = true;
    const read = Array.from(value as readonly unknown[], (each, at) => {
      const entry = of(each, { caller: place.caller, key: `[${at}]`, above: place });
      if (entry !== each) same = false;
      return entry;
    });
    return same ? value : read;
  };

/** Two finite numbers. */
export const pair: Reader = (value, place) => {
  if (!Array.isArray(value) || value.length !== 2) throw wanted("two numbers", value, place);
  return list(finite)(value, place);
};

export const text: Reader = (value, place) => {
  if (typeof value !== "string") throw wanted("text", value, place);
  return value;
};

export const flag: Reader = (value, place) => {
  if (typeof value !== "boolean") throw wanted("true or false", value, place);
  return value;
};

/** Any number, NaN too. */
export const number: Reader = (value, place) => {
  if (typeof value !== "number") throw wanted("a number", value, place);
  return value;
};

export const finite: Reader = (value, place) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wanted("a finite number", value, place);
  return value;
};

export const whole =
  (least: number): Reader =>
  (value, place) => {
    if (!Number.isInteger(value) || (value as number) < least) throw wanted(`a whole number of at least ${least}`, value, place);
    return value;
  };

/** How many there may be at most; Infinity where there is no limit. */
export const limit: Reader = (value, place) => (value === Number.POSITIVE_INFINITY ? value : whole(1)(value, place));

/** Pixels of a side. */
export const length: Reader = (value, place) => {
  if (typeof value !== "number" || !(value > 0 && value <= 1e5)) throw wanted("a number of pixels, above 0 and at most 100000", value, place);
  return value;
};

export const oneOf =
  (...words: readonly (string | number | boolean)[]): Reader =>
  (value, place) => {
    if (!words.includes(value as string)) throw wanted(`one of ${words.map((each) => JSON.stringify(each)).join(", ")}`, value, place);
    return value;
  };

export const either =
  (one: Reader, other: Reader): Reader =>
  (value, place) => {
    try {
      return one(value, place);
    } catch {
      return other(value, place);
    }
  };

/** Whatever it is, it is looked at elsewhere. */
export const anything: Reader = (value) => value;
