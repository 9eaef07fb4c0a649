import { describe } from "@nabla/autodiff/argument";
import { type Diagram, checkEnds } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { readPicture } from "./picture.ts";
import { pictureFields } from "./picture-schema.ts";
import { type Reader, number, object, record } from "./schema.ts";

/** Grows when a field changes its meaning or goes; a new optional field does not change it. */
const version = 1;

/**
 * A picture as JSON: `{ "format": "nabla diagram", "version": 1, ... }` with the fields of Diagram, or "nabla network" with those of
 * NetworkDiagram. What JSON has no number for is the word NaN, Infinity or -Infinity.
 *
 * Throws DiagramError when this is no picture.
 *
 * @example
 * fromJson(toJson({ title: "t", subtitle: "", nodes: [], edges: [] })) // => { title: "t", subtitle: "", nodes: [], edges: [] }
 */
export function toJson(picture: Diagram | NetworkDiagram): string {
  const read = readPicture("toJson", picture);
  const format = "columns" in read ? "nabla network" : "nabla diagram";
  const words = (_: string, value: unknown): unknown => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  return `${JSON.stringify({ format, version, ...read }, words, 2)}\n`;
}

/** A number, or a word for one that JSON does not have. */
const numberOrWord: Reader = (value, place) => (value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : number(value, place));

const { diagram: diagramFields, network: networkFields } = pictureFields(numberOrWord);

/**
 * The picture that `toJson` wrote.
 *
 * Throws DiagramError for what is not such a picture, naming the field, and for a version that is newer than this one.
 *
 * @example
 * fromJson("{}") // => throws DiagramError: fromJson: format is undefined, want "nabla diagram" or "nabla network"
 */
export function fromJson(text: string): Diagram | NetworkDiagram {
  if (typeof text !== "string") throw new DiagramError(`fromJson: this is no text but ${describe(text)}; give what toJson(picture) wrote`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new DiagramError(`fromJson: this is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const place = { caller: "fromJson", key: "the picture" };
  const { format, version: found, ...picture } = object(data, place) as Readonly<Record<string, unknown>>;
  if (format !== "nabla diagram" && format !== "nabla network")
    throw new DiagramError(`fromJson: format is ${JSON.stringify(format)}, want "nabla diagram" or "nabla network"`);
  if (found !== version)
    throw new DiagramError(`fromJson: the picture has version ${JSON.stringify(found)}, and this program reads version ${version}; update @nabla/viz`);
  if (format === "nabla network") return record(networkFields)(picture, place) as NetworkDiagram;
  return checkEnds("fromJson", record(diagramFields)(picture, place) as Diagram);
}
