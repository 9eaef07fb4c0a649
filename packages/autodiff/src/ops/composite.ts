import { checkArguments, ValueError, describe } from "../shape.ts";
import { checkTaken } from "../graph.ts";
import { type Notation, type Op, type Tensor, apply } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { type Like, like, returned } from "./like.ts";
import { call } from "./notation.ts";
import { checkParts } from "./options.ts";

/** A block of the user's own. */
export interface CompositeSpec {
  readonly name: string;
  /** How formulas write it, from the text of the operands; a call of the name when absent. */
  readonly notation?: Partial<Pick<Notation, "text" | "latex">>;
  /** What it is, in ops. Its value and its derivatives of every order follow. */
  expand(...inputs: readonly Tensor[]): Tensor;
}

/**
 * An op of the user's own, made of others: computed and differentiated through its expansion, but written and drawn as one node.
 *
 * Throws ValueError when the name is empty, `expand` is not a function, or there is anything else in the block; the op itself when `expand` gives no tensor.
 *
 * @example
 * item(composite({ name: "mse", expand: (a, y) => mean(square(sub(a, y))) })([1, 2], [1, 4])) // => 2
 */
export function composite(spec: CompositeSpec): Defined<(...inputs: readonly Like[]) => Tensor> {
  checkArguments("composite", 1, arguments, "composite({ name, expand })(x)");
  if (typeof spec !== "object" || spec === null) throw new ValueError(`composite: give { name, expand }, a block made of ops; got ${describe(spec)}`);
  checkParts("composite", "a block", spec, ["name", "notation", "expand"], "give { name, expand }, and notation if formulas write it otherwise");
  const { name, notation, expand } = spec;
  if (typeof name !== "string" || name === "") throw new ValueError(`composite: the name must be a non-empty string, got ${describe(name)}`);
  if (typeof expand !== "function") throw new ValueError(`composite ${name}: expand must be a function of tensors, got ${describe(expand)}`);
  const op: Op = {
    name,
    kind: "composite",
    holds: "derivative",
    notation: { ...call(name), ...notation },
    calculus: { rule: "expansion", expand: (x) => returned(name, "expand", expand(...x)) },
    shape: () => {
      throw new Error("internal: the shape of a composite is that of its expansion");
    },
  };
  // How many operands it was found to use.
  const met = new Set<number>();
  const block = (...inputs: readonly Like[]): Tensor => {
    const operands = inputs.map((each) => like(each, name));
    if (!met.has(operands.length)) checkTaken(name, expand, operands);
    met.add(operands.length);
    return apply(op, operands);
  };
  return defined(op, block, Number.POSITIVE_INFINITY);
}
