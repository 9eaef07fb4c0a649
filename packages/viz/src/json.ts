import { type Diagram, checkDiagram } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { type NetworkDiagram } from "./network-picture.ts";

/** Grows when a field changes its meaning or goes; a new optional field does not change it. */
const version = 1;

/**
 * A picture as JSON: `{ "format": "nabla diagram", "version": 1, ... }` with the fields of Diagram, or "nabla network" with those of
 * NetworkDiagram. What JSON has no number for is the word NaN, Infinity or -Infinity.
 *
 * @example
 * fromJson(toJson({ title: "t", subtitle: "", nodes: [], edges: [] })) // => { title: "t", subtitle: "", nodes: [], edges: [] }
 */
export function toJson(picture: Diagram | NetworkDiagram): string {
  const format = "columns" in picture ? "nabla network" : "nabla diagram";
  const words = (_: string, value: unknown): unknown => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  return `${JSON.stringify({ format, version, ...picture }, words, 2)}\n`;
}

/**
 * The picture that `toJson` wrote.
 *
 * Throws DiagramError for what is not such a picture, naming the field, and for a version that is newer than this one.
 *
 * @example
 * fromJson("{}") // => throws DiagramError: not a picture: format is undefined
 */
export function fromJson(text: string): Diagram | NetworkDiagram {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new DiagramError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { format, version: found, ...picture } = fields(data, "the picture");
  if (format !== "nabla diagram" && format !== "nabla network")
    throw new DiagramError(`not a picture: format is ${JSON.stringify(format)}, want "nabla diagram" or "nabla network"`);
  if (found !== version)
    throw new DiagramError(`the picture has version ${JSON.stringify(found)}, and this program reads version ${version}; update @nabla/viz`);
  if (format === "nabla network") return record(networkFields)(picture, "") as NetworkDiagram;
  return checkDiagram(record(diagramFields)(picture, "") as Diagram);
}

/** Checks one value at a place and gives it back, with words turned into numbers. */
type Reader = (value: unknown, place: string) => unknown;

interface Fields {
  readonly needed: Readonly<Record<string, Reader>>;
  readonly optional?: Readonly<Record<string, Reader>>;
}

function fields(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DiagramError(`not a picture: ${place} is ${JSON.stringify(value)}, want an object`);
  return value as Readonly<Record<string, unknown>>;
}

/** Fields that are unknown are left out, as those of a later version are. */
function record({ needed, optional = {} }: Fields): Reader {
  return (value, place) => {
    const given = fields(value, place === "" ? "the picture" : place);
    const at = (key: string): string => (place === "" ? key : `${place}.${key}`);
    return Object.fromEntries([
      ...Object.entries(needed).map(([key, read]) => [key, read(given[key], at(key))]),
      ...Object.entries(optional).flatMap(([key, read]) => (given[key] === undefined ? [] : [[key, read(given[key], at(key))]])),
    ]) as unknown;
  };
}

const list =
  (of: Reader): Reader =>
  (value, place) => {
    if (!Array.isArray(value)) throw wanted("a list", value, place);
    return value.map((each, at) => of(each, `${place}[${at}]`));
  };

const text: Reader = (value, place) => {
  if (typeof value !== "string") throw wanted("text", value, place);
  return value;
};

const flag: Reader = (value, place) => {
  if (typeof value !== "boolean") throw wanted("true or false", value, place);
  return value;
};

const number: Reader = (value, place) => {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  throw wanted("a number", value, place);
};

const oneOf =
  (...words: readonly string[]): Reader =>
  (value, place) => {
    if (typeof value !== "string" || !words.includes(value)) throw wanted(`one of ${words.join(", ")}`, value, place);
    return value;
  };

function wanted(what: string, value: unknown, place: string): DiagramError {
  return new DiagramError(`not a picture: ${place} is ${JSON.stringify(value)}, want ${what}`);
}

const cells = list(list(number));
const texts = list(text);
const roles = oneOf("input", "parameter", "operation", "prediction", "cost", "constant", "gradient");

const place: Reader = (value, at) =>
  fields(value, at)["side"] === "line"
    ? record({ needed: { side: oneOf("line") } })(value, at)
    : record({ needed: { side: oneOf("above", "below"), of: text } })(value, at);

const node = record({
  needed: { id: text, role: roles, name: text, operation: text, shape: text, place },
  optional: {
    value: cells,
    gradient: record({ needed: { symbol: text }, optional: { value: cells, summands: number, hidden: flag } }),
    equation: record({ needed: { tag: text, rule: text }, optional: { agrees: flag } }),
    note: text,
    folded: texts,
    members: texts,
    group: text,
    lines: list(record({ needed: { label: text, text } })),
    bars: list(record({ needed: { symbol: text, size: number } })),
  },
});

const edge = record({
  needed: { from: text, to: text, direction: oneOf("forward", "backward"), label: text },
  optional: { spine: flag, message: number, marked: flag },
});

const diagramFields: Fields = {
  needed: { title: text, subtitle: text, nodes: list(node), edges: list(edge) },
  optional: { frames: texts, notes: texts },
};

const neuron = record({ needed: { id: text, label: text }, optional: { value: text, bias: text, share: number, output: text } });
const column = record({ needed: { role: roles, caption: text, details: texts, neurons: list(neuron), hidden: number } });
const connection = record({ needed: { from: text, to: text }, optional: { weight: number, label: text, marked: flag } });

const networkFields: Fields = {
  needed: { title: text, subtitle: text, columns: list(column), connections: list(connection) },
  optional: { notes: texts, ink: flag },
};
