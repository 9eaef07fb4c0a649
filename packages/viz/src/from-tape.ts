import { type Tape } from "@nabla/autodiff";
import { type Diagram } from "./diagram.ts";
import { type GraphPicture, fromSteps } from "./from-steps.ts";
import { checkTape } from "./given.ts";
import { graphFields } from "./graph-options.ts";
import { readOptions } from "./schema.ts";

/**
 * The forward and backward picture of a recorded computation: one box per named value (or per step), forward edges with shapes, backward
 * edges with local derivatives. Where the picture has parameters, its inputs are data and no arrow flows back to them; where it has none,
 * the inputs are what was differentiated by.
 *
 * Throws DiagramError when this is no tape, fold is no way to fold, the tape has no node at its output, or a group to open does not exist.
 *
 * @example
 * const tape = record((x: Tensor) => sum(square(x)), name(tensor([1, 2]), "x"));
 * fromTape(tape).nodes.map(({ name }) => name) // => ["x", "v1", "C"]
 * fromTape(tape, { fold: "named" }).nodes.map(({ name }) => name) // => ["x", "C"]
 */
export function fromTape(tape: Tape, picture: GraphPicture = {}): Diagram {
  return fromSteps("fromTape", checkTape("fromTape", tape), readOptions("fromTape", picture, graphFields));
}
