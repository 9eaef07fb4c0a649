import { type Op, type Tensor, apply } from "../tensor.ts";
import { ValueError, describe } from "../shape.ts";
import { mul, sub } from "./arithmetic.ts";
import { type Defined, broadcastPair, defined } from "./broadcast.ts";
import { equal, greaterEqual, logicalAnd, logicalNot, notEqual } from "./comparison.ts";
import { type Like, like } from "./like.ts";
import { log, xlogy } from "./logarithm.ts";
import { precedence } from "./notation.ts";
import { ask } from "./recognise.ts";

const raised = {
  text: ([a, b]: readonly string[]) => `${a}^${b}`,
  latex: ([a, b]: readonly string[]) => `${a}^{${b}}`,
  precedence: precedence.power,
  operands: [precedence.atom, precedence.atom],
};

const powOp: Op = {
  name: "pow",
  advice: "a negative base with a fractional exponent, 0 with a negative one, or an overflow; keep the base positive",
  kind: "elementwise",
  arity: 2,
  notation: raised,
  scalar: (k, a, b) => k.pow(a, b),
  calculus: {
    rule: "partials",
    partial: (operand, y, x) => {
      const [base, exponent] = x as readonly [Tensor, Tensor];
      // x^0 is the constant 1, also at 0 and NaN; 0^y is the constant 0 for y > 0 and jumps at y = 0.
      if (operand === 0) return { mask: notEqual(exponent, 0), partial: mul(exponent, pow(base, sub(exponent, 1))) };
      return { mask: logicalNot(logicalAnd(equal(base, 0), greaterEqual(exponent, 0))), partial: mul(y, log(base)) };
    },
  },
  shape: ([base]) => (base as Tensor).shape,
  // A base whose logarithm is known is positive: the likelihood a^y (1 - a)^(1 - y) of one outcome.
  known: { log: ([base, exponent]) => (base && exponent && !exponent.tracked && ask(base, "log") ? xlogy(exponent, base) : undefined) },
  recalled: ([base]) => base?.recall !== undefined,
};

interface PowerAttrs {
  readonly exponent: number;
  readonly [key: string]: unknown;
}

const powerOp: Op<PowerAttrs> = {
  name: "power",
  advice: "a negative base with a fractional exponent, 0 with a negative one, or an overflow; keep the base positive",
  kind: "elementwise",
  arity: 1,
  notation: { ...raised, text: ([a], { exponent }) => `${a}^${exponent < 0 ? `(${exponent})` : exponent}`, latex: ([a], { exponent }) => `${a}^{${exponent}}` },
  scalar: (k, x, { exponent }) => k.pow(x, k.lit(exponent)),
  calculus: {
    rule: "partials",
    partial: (_operand, _y, [x], { exponent }) => {
      if (exponent === 0) return 0;
      if (exponent === 1) return 1;
      return mul(exponent, exponent === 2 ? (x as Tensor) : apply(powerOp, [x as Tensor], { exponent: exponent - 1 }));
    },
  },
  shape: ([x]) => (x as Tensor).shape,
  known: {
    base: ([x], { exponent }) => (exponent === 2 ? x : undefined),
    log: ([x], { exponent }) => (x && exponent !== 0 && ask(x, "log") ? mul(exponent, log(x)) : undefined),
  },
  recalled: () => true,
};

/**
 * x^y entry by entry, after broadcasting; or x^exponent for one number, `pow(x, { exponent: 3 })`.
 *
 * Derivatives: y x^(y-1), which is 0 at y = 0 for every x; x^y log(x), which is 0 at x = 0 for y >= 0. Edges: x^0 = 1 and 1^y = 1 also
 * for NaN; NaN for a negative base with a fractional exponent. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(pow([2, 3], { exponent: 3 })) // => [8, 27]
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
