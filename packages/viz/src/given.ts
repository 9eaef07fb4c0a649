import { type Tape } from "@nabla/autodiff";
import { DiagramError } from "./diagram-error.ts";
import { type Place, wanted } from "./schema.ts";

/** A recording. Throws DiagramError for anything else, such as the lesson that has one. */
export function checkTape(caller: string, tape: Tape): Tape {
  if (typeof tape === "object" && tape !== null && Array.isArray(tape.nodes) && Number.isInteger(tape.output)) return tape;
  throw new DiagramError(`${caller}: this is no tape, which has nodes; give what record(...) returns, or the tape of a lesson: fromTape(lesson.tape, lesson)`);
}

/** Tensors in records and lists of any depth. Throws DiagramError for anything else, such as a tape. */
export function checkResults(caller: string, results: unknown): unknown {
  if (isObject(results) && "nodes" in results && "output" in results) throw new DiagramError(`${caller}: this is a tape; draw it with fromTape(tape)`);
  checkLeaves(results, { caller, key: "the result" });
  return results;
}

function checkLeaves(value: unknown, place: Place): void {
  if (!isObject(value)) throw wanted("a tensor, or a record or a list of tensors", value, place);
  if ("op" in value && "shape" in value) return;
  for (const [key, each] of Object.entries(value)) checkLeaves(each, { caller: place.caller, key: Array.isArray(value) ? `[${key}]` : key, above: place });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
