import { DiagramError } from "./diagram-error.ts";
import { type Diagram, checkEnds } from "./diagram.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { pictureFields } from "./picture-schema.ts";
import { number, record } from "./schema.ts";

const { diagram: diagramFields, network: networkFields } = pictureFields(number);
const [readDiagram, readNetwork] = [record(diagramFields), record(networkFields)];

export function isNetwork(picture: Diagram | NetworkDiagram): picture is NetworkDiagram {
  return "columns" in picture;
}

const readSound = (caller: string, diagram: Diagram): Diagram => checkEnds(caller, readDiagram(diagram, { caller, key: "the picture" }) as Diagram);

/**
 * The diagram itself, when it can be drawn.
 *
 * Throws DiagramError when a field is absent or of another kind, two boxes share an id, an id has characters that DOT cannot hold, or an edge or a
 * place names a box that is not there.
 *
 * @example
 * checkDiagram({ title: "t", subtitle: "", nodes: [], edges: [] }).title // => "t"
 */
export function checkDiagram(diagram: Diagram): Diagram {
  return readDiagramOf("checkDiagram", diagram);
}

/** A diagram that can be drawn; a picture of a network is refused. */
export function readDiagramOf(caller: string, diagram: Diagram): Diagram {
  if (!Array.isArray(diagram?.nodes) || !Array.isArray(diagram.edges))
    throw new DiagramError(`${caller}: this is no diagram, which has nodes and edges; make one with fromTape(tape) or fromGraph(results)`);
  return readSound(caller, diagram);
}

/** A picture that can be drawn. Throws DiagramError for anything else, naming the caller, the field, and what makes pictures. */
export function readPicture<P extends Diagram | NetworkDiagram>(caller: string, picture: P): P {
  if (typeof picture !== "object" || picture === null || !("edges" in picture || "columns" in picture))
    throw new DiagramError(`${caller}: ${otherwise(picture)}`);
  return isNetwork(picture) ? (readNetwork(picture, { caller, key: "the picture" }) as P) : (readSound(caller, picture) as P);
}

/** What was given in place of a picture, and what to do with it. */
function otherwise(given: unknown): string {
  const has = (key: string): boolean => typeof given === "object" && given !== null && key in given;
  if (has("nodes") && has("output")) return "this is a tape; make a picture of it with fromTape(tape)";
  if (has("tape")) return "this is a lesson; make a picture of it with fromTape(lesson.tape, lesson)";
  if (has("layers"))
    return "this is a network; make a picture of its neurons with fromNetwork(plainNetwork(net)), or of a lesson with fromTape(lesson.tape, lesson)";
  return "this is no picture, which has nodes and edges or columns and connections; make one with fromTape(tape), fromGraph(results) or fromNetwork({ sizes })";
}
