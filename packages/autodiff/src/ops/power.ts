import { type Op, type Tensor, apply } from "../tensor.ts";
import { ValueError, describe } from "../shape.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { type Defined, broadcastPair, defined } from "./broadcast.ts";
import { equal, greater, greaterEqual, logicalAnd, logicalNot, logicalOr, notEqual } from "./comparison.ts";
import { type Like, like } from "./like.ts";
import { log, xlogy } from "./logarithm.ts";
import { type PowerAttrs, powerExcess, raiseOp, raisedNotation } from "./raise.ts";
import { ask, isAll } from "./recognise.ts";
import { sqrt } from "./root.ts";
import { abs } from "./selection.ts";

const powOp: Op = {
  name: "pow",
  advice: "a negative base with a fractional exponent, 0 with a negative one, or an overflow; keep the base positive",
  kind: "elementwise",
  arity: 2,
  notation: raisedNotation,
  scalar: (k, a, b) => k.pow(a, b),
  calculus: {
    rule: "partials",
    partial: (operand, y, x) => {
      const [base, exponent] = x as readonly [Tensor, Tensor];
      // x^0 is the constant 1, also at 0 and NaN; 0^y is the constant 0 for y > 0 and jumps at y = 0.
      if (operand === 0) return { mask: movesWithBase(base, exponent), partial: mul(exponent, pow(base, sub(exponent, 1))) };
      return { mask: logicalNot(logicalAnd(equal(base, 0), greaterEqual(exponent, 0))), partial: mul(y, log(base)) };
    },
  },
  shape: ([base]) => (base as Tensor).shape,
  twin: ([base, exponent]) => (exponent && isAll(exponent, 0.5) ? rootTwin(base) : undefined),
  // A base whose logarithm is known is positive: the likelihood a^y (1 - a)^(1 - y) of one outcome.
  known: {
    log: ([base, exponent]) => (base && exponent && ask(base, "log") ? (exponent.tracked ? mul(exponent, log(base)) : xlogy(exponent, base)) : undefined),
  },
  recalled: ([base]) => base?.recall !== undefined,
};

/**
 * Where y x^(y - 1) is a number that happens to be 0 rather than a zero that is meant: an exponent that moves makes the mixed derivative 1/x at
 * y = 0, if that is a number.
 */
function movesWithBase(base: Tensor, exponent: Tensor): Tensor {
  const moving = notEqual(exponent, 0);
  return exponent.tracked ? logicalOr(moving, greater(abs(base), 1e-300)) : moving;
}

const powerOp: Op<PowerAttrs> = {
  ...raiseOp,
  twin: ([x], { exponent }) => (exponent === 0.5 ? rootTwin(x) : undefined),
  known: {
    base: ([x], { exponent }) => (exponent === 2 ? x : undefined),
    log: ([x], { exponent }) => (x && exponent !== 0 && ask(x, "log") ? mul(exponent, log(x)) : undefined),
    // The complement of a square is that of its base, where one is known.
    complement: ([x], { exponent }) => (x && exponent !== 2 && exponent !== 1 && exponent !== 0 ? neg(powerExcess(x, exponent)) : undefined),
  },
  recalled: () => true,
};

/** What a square root knows better. */
function rootTwin(x: Tensor | undefined): Tensor | undefined {
  return x && sqrt.op.twin?.([x], {});
}

/**
 * x^y entry by entry, after broadcasting; or by one number, `pow(x, 3)`, which may be written `pow(x, { exponent: 3 })` too.
 *
 * Derivatives: y x^(y-1), which is 0 at y = 0 for every x; x^y log(x), which is 0 at x = 0 for y >= 0. Edges: x^0 = 1 and 1^y = 1 also
 * for NaN; NaN for a negative base with a fractional exponent. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(pow([2, 3], 3)) // => [8, 27]
 * nested(pow([2, 3], [2, 0])) // => [4, 1]
 */
export const pow: Defined<(x: Like, y: Like | { readonly exponent: number }) => Tensor> = defined(
  powOp,
  (x: Like, y: Like | { readonly exponent: number }): Tensor => {
    const base = like(x, "pow");
    const number = typeof y === "object" && y !== null && !Array.isArray(y) && "exponent" in y ? y.exponent : constantScalar(y);
    if (number !== undefined) {
      if (typeof number !== "number") throw new ValueError(`pow: the exponent must be a number, got ${describe(number)}`);
      return apply(powerOp, [base], { exponent: number });
    }
    return apply(powOp, broadcastPair("pow", base, like(y as Like, "pow")));
  },
  2,
);

/** An exponent that is one known number needs no logarithm of the base. */
function constantScalar(y: Like | { readonly exponent: number }): number | undefined {
  if (typeof y === "number") return y;
  const t = like(y as Like, "pow");
  return !t.tracked && t.shape.length === 0 ? t.data?.[0] : undefined;
}
