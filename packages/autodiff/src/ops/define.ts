import { type Attrs } from "../kernel/dense.ts";
import { type Scalar } from "../scalar.ts";
import { type Shape } from "../shape.ts";
import { type Calculus, type Known, type Notation, type Op, type Partial, type Tensor, apply } from "../tensor.ts";
import { type Defined, broadcastPair, defined } from "./broadcast.ts";
import { type Like, like } from "./like.ts";

/*
 * How an op is written down. Its name, notation, shape rule, kernel and calculus stand together, in one exported constant:
 *
 *   unary({ name, notation, scalar: (k, x) => ..., derivative: (x, y) => ... })
 *   binary({ name, notation, scalar: (k, a, b) => ..., partials: [(a, b, y) => ..., (a, b, y) => ...] })
 *
 * `x`, `a`, `b` are the operands and `y` the result. A derivative is written in ops, so that it differentiates again, and is
 * chosen so that its own derivative keeps its digits (tanh' is sech^2, not 1 - tanh^2). It is a tensor of the operand's shape, 0, 1,
 * or `{ mask, partial }` where a branch not taken contributes a zero that is meant. Broadcasting, zeros and sums over uses of a value
 * are never a rule's business. `twin` returns another node of the same real value when this op would lose digits on these operands;
 * `known` tells the ops outside what is exactly known of functions of this one's result.
 */

interface Common {
  readonly name: string;
  readonly notation: Notation;
  readonly twin?: Op["twin"];
  readonly known?: Known;
  readonly wrapper?: "view" | "sign";
  readonly exponential?: boolean;
  readonly advice?: string;
  /** On which operands the result is worth remembering for identities; always when absent, if there is a `known`. */
  readonly recalled?: (x: readonly Tensor[]) => boolean;
}

export type Unary = Defined<(x: Like) => Tensor>;
export type Binary = Defined<(a: Like, b: Like) => Tensor>;

const sameAsFirst = ([x]: readonly Tensor[]): Shape => (x as Tensor).shape;

/** Properties that identities need, only where given, so that absent stays absent. */
function identities({
  twin,
  known,
  wrapper,
  recalled = known && (() => true),
  exponential,
  advice,
}: Common): Pick<Op, "twin" | "known" | "wrapper" | "recalled" | "exponential" | "advice"> {
  return {
    ...(twin && { twin }),
    ...(known && { known }),
    ...(recalled && { recalled }),
    ...(wrapper && { wrapper }),
    ...(exponential && { exponential }),
    ...(advice !== undefined && { advice }),
  };
}

/** The op of a function of one scalar, with attributes. */
export function unaryOp<A extends Attrs>(
  spec: Common & { scalar<S>(k: Scalar<S>, x: S, attrs: A): S; derivative?(x: Tensor, y: Tensor, attrs: A): Partial },
): Op {
  const { derivative } = spec;
  const calculus: Calculus<A> =
    derivative === undefined ? { rule: "constant" } : { rule: "partials", partial: (_operand, y, [x], attrs) => derivative(x as Tensor, y, attrs) };
  const op: Op<A> = {
    name: spec.name,
    notation: spec.notation,
    kind: "elementwise",
    arity: 1,
    scalar: spec.scalar,
    calculus,
    shape: sameAsFirst,
    ...identities(spec),
  };
  return op;
}

/** A function of one scalar applied to every entry. Without `derivative` it is piecewise constant. */
export function unary(spec: Common & { scalar<S>(k: Scalar<S>, x: S): S; derivative?(x: Tensor, y: Tensor): Partial }): Unary {
  const op = unaryOp(spec);
  return defined(op, (x: Like): Tensor => apply(op, [like(x, spec.name)]), 1);
}

/** A function of two scalars applied to every pair, after broadcasting. Without `partials` it is piecewise constant. */
export function binary(
  spec: Common & {
    scalar<S>(k: Scalar<S>, a: S, b: S): S;
    readonly partials?: readonly [(a: Tensor, b: Tensor, y: Tensor) => Partial, (a: Tensor, b: Tensor, y: Tensor) => Partial];
  },
): Binary {
  const { partials } = spec;
  const calculus: Calculus =
    partials === undefined
      ? { rule: "constant" }
      : { rule: "partials", partial: (operand, y, [a, b]) => (operand === 0 ? partials[0] : partials[1])(a as Tensor, b as Tensor, y) };
  const op: Op = {
    name: spec.name,
    notation: spec.notation,
    kind: "elementwise",
    arity: 2,
    scalar: spec.scalar,
    calculus,
    shape: sameAsFirst,
    ...identities(spec),
  };
  return defined(op, (a: Like, b: Like): Tensor => apply(op, broadcastPair(spec.name, like(a, spec.name), like(b, spec.name))), 2);
}
