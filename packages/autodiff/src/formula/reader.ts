import { type MathNode, parse } from "mathjs";
import { type Like, isTensor } from "../ops/like.ts";
import { checkArguments, describe } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { FormulaError } from "./error.ts";
import { namesOf } from "./names.ts";
import { placeOf, placesOf } from "./places.ts";
import { translate } from "./translate.ts";

/** A formula ready to be applied to the values of its names. */
export type Formula = (scope?: Readonly<Record<string, Like>>) => Tensor;

/**
 * Reads a formula in the syntax of mathjs and gives a function from the values of its names to a tensor: differentiable, traceable, of
 * any shapes that fit. `*` is the matrix product (a scalar scales, two vectors give their dot product), `.*` `./` `.^` work entry by
 * entry with broadcasting, `'` transposes, indices count from 1 with the end included, `;` separates statements and the last one is the
 * value. Names in the scope take precedence over constants. mathjs only parses; nothing is evaluated as code.
 *
 * Throws FormulaError with the column and what to do: when reading, for a syntax error, an unknown function, or what is not part of the
 * language (conditionals, units, definitions of functions, implicit multiplication); when applied, for a name without a value and for
 * shapes that do not fit.
 *
 * @example
 * item(formula("x = 2*y; sum(x.^2)")({ y: [1, 2] })) // => 20
 * nested(grad((x: Tensor) => formula("x'*x")({ x }))(tensor([1, 2]))) // => [2, 4]
 */
export function formula(source: string): Formula {
  checkArguments("formula", 1, arguments);
  if (typeof source !== "string" || source.trim() === "") throw new FormulaError('formula: the source must be a non-empty string, such as "mean((y - t).^2)"');
  const tree = parsed(source);
  const meaning = translate(tree, placesOf(tree, source));
  return (scope = {}) => {
    if (typeof scope !== "object" || scope === null || Array.isArray(scope) || isTensor(scope))
      throw new FormulaError(`formula: values are given by name, in one object such as { x: [1, 2] }; got ${describe(scope)}`);
    return meaning(namesOf(scope));
  };
}

function parsed(source: string): MathNode {
  try {
    return parse(source);
  } catch (error) {
    const told = (error instanceof Error ? error.message : String(error)).replace(/\(char (\d+)\)$/, (_, at) => `(${placeOf(source, Number(at) - 1)})`);
    throw new FormulaError(`formula: "${source}" cannot be read: ${told}`, { cause: error });
  }
}
