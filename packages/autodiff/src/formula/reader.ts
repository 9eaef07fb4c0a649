import { type MathNode, parse } from "mathjs";
import { type Like, like } from "../ops/like.ts";
import { type Tensor } from "../tensor.ts";
import { FormulaError, translate } from "./translate.ts";

export { FormulaError } from "./translate.ts";

/** A formula ready to be applied to the values of its names. */
export type Formula = (scope?: Readonly<Record<string, Like>>) => Tensor;

/**
 * Reads a formula in the syntax of mathjs and gives a function from the values of its names to a tensor: differentiable, traceable, of
 * any shapes that fit. `*` is the matrix product (a scalar scales, two vectors give their dot product), `.*` `./` `.^` work entry by
 * entry with broadcasting, `'` transposes, indices count from 1 with the end included, `;` separates statements and the last one is the
 * value. mathjs only parses; nothing is evaluated as code.
 *
 * Throws FormulaError for a syntax error, an unknown name or function, or what is not part of the language (conditionals, units,
 * definitions of functions, implicit multiplication), with the place and what to do.
 *
 * @example
 * item(formula("x = 2*y; sum(x.^2)")({ y: [1, 2] })) // => 20
 */
export function formula(source: string): Formula {
  if (typeof source !== "string" || source.trim() === "") throw new FormulaError('formula: the source must be a non-empty string, such as "mean((y - t).^2)"');
  const tree = parsed(source);
  return (scope = {}) => {
    const names = new Map<string, Tensor>();
    for (const [label, value] of Object.entries(scope)) names.set(label, like(value, `formula: ${label}`));
    return translate(tree, names);
  };
}

function parsed(source: string): MathNode {
  try {
    return parse(source);
  } catch (error) {
    throw new FormulaError(`formula: "${source}" cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
