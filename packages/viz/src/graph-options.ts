import { type GraphPicture } from "./from-steps.ts";
import { role } from "./picture-schema.ts";
import { type Fields, anything, dictionary, flag, limit, list, maybe, number, oneOf, record, text } from "./schema.ts";

/** What a lesson has beside what a picture says. */
interface Lesson {
  readonly tape?: unknown;
  readonly comparison?: unknown;
}

/** The options of a picture of a graph. A lesson may stand in their place, or be spread into them. */
export const graphFields: Fields<GraphPicture & Lesson> = {
  title: maybe(text),
  subtitle: maybe(text),
  fold: maybe(oneOf("named", "none", "groups")),
  open: maybe(list(text)),
  values: maybe(flag),
  paths: maybe(list(record({ through: list(text), factors: list(number) }))),
  most: maybe(limit),
  names: maybe(dictionary(text)),
  roles: maybe(dictionary(role)),
  operations: maybe(dictionary(text)),
  symbols: maybe(dictionary(text)),
  equations: maybe(dictionary(record({ tag: text, rule: text, agrees: maybe(flag) }))),
  labels: maybe(dictionary(text)),
  tape: anything,
  comparison: anything,
};
