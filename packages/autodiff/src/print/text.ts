import { checkTensor } from "../ops/like.ts";
import { checkArguments, checkFunction } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { type Naming, type Style, expression } from "./expression.ts";

const unicode: Style = {
  operation: (notation, operands, attrs) => notation.text(operands, attrs),
  name: (name) => name,
  number: String,
  array: (shape) => `[${shape.join("×")}]`,
  list: (parts) => `[${parts.join(", ")}]`,
  enclosed: (inner) => `(${inner})`,
  ellipsis: "…",
};

/**
 * A tensor as a formula in Unicode over the names of named tensors: how the user wrote it, whatever computes in its place. The outermost
 * tensor is written out even if it has a name; a constant is its number, up to four of them, or its shape; depth beyond 40 is an ellipsis, and so is an
 * operand of more than 500 characters.
 *
 * Throws ValueError when t is no tensor.
 *
 * @example
 * text(square(sub(input("a", [2]), input("y", [2])))) // => "(a - y)²"
 */
export function text(t: Tensor, naming: Naming = (each) => each.name): string {
  checkArguments("text", 2, arguments);
  checkTensor("text", t);
  checkFunction("text", naming, "text(t, (each) => each.name)");
  return expression(t, unicode, naming);
}
