import { ShapeError, broadcastShape } from "../shape.ts";
import { type Op, type Tensor, apply, showCall } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { type Defined, broadcast, defined } from "./broadcast.ts";
import { logicalNot } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { type Like, like } from "./like.ts";
import { call, precedence } from "./notation.ts";
import { ask } from "./recognise.ts";

const whereOp: Op = {
  name: "where",
  kind: "elementwise",
  arity: 3,
  notation: call("where"),
  scalar: (k, condition, a, b) => k.select(condition, a, b),
  calculus: {
    rule: "partials",
    partial: (operand, _y, [condition]) => {
      if (operand === 0) return 0;
      return { mask: operand === 1 ? (condition as Tensor) : logicalNot(condition as Tensor), partial: 1 };
    },
  },
  shape: ([condition]) => (condition as Tensor).shape,
  known: {
    complement: ([condition, a, b]) => a && b && (ask(a, "complement") ?? ask(b, "complement")) && where(condition as Tensor, sub(1, a), sub(1, b)),
  },
  recalled: ([, a, b]) => a?.recall?.exponential === true || b?.recall?.exponential === true,
};

/**
 * a where the condition is not 0 (NaN counts as not 0), b elsewhere; all three broadcast together.
 *
 * Derivative: the adjoint goes to the selected operand and a zero that is meant to the other, so a NaN or an Infinity of the branch
 * not taken never leaks: `where(x > 0, log(x), 0)` has gradient 0 at 0. The condition is not differentiated.
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(where([1, 0], [1, 2], 5)) // => [1, 5]
 */
export const where: Defined<(condition: Like, a: Like, b: Like) => Tensor> = defined(
  whereOp,
  (condition: Like, a: Like, b: Like): Tensor => {
    const all = [condition, a, b].map((each) => like(each, "where"));
    const shape = all.map((each) => each.shape).reduce<readonly number[] | undefined>((joined, each) => joined && broadcastShape(joined, each), []);
    if (shape === undefined)
      throw new ShapeError(`${showCall("where", all)}: the three shapes do not broadcast together; make them equal, or give extent 1 to what repeats`);
    return apply(
      whereOp,
      all.map((each) => broadcast(each, shape)),
    );
  },
  3,
);

/**
 * |x|.
 *
 * Shape: kept. Derivative: sign(x), 0 at the kink at 0 (the subgradient of least norm).
 *
 * @example
 * nested(abs([-2, 3])) // => [2, 3]
 */
export const abs: Unary = unary({
  name: "abs",
  notation: { text: ([x]) => `|${x}|`, latex: ([x]) => `\\left|${x}\\right|`, precedence: precedence.atom, operands: [precedence.comparison] },
  scalar: (k, x) => k.abs(x),
  derivative: (x) => sign(x),
});

/**
 * The sign of x: -1, 0 or 1; 0 at NaN.
 *
 * Shape: kept. Derivative: 0 everywhere.
 *
 * @example
 * nested(sign([-2, 0, 3])) // => [-1, 0, 1]
 */
export const sign: Unary = unary({
  name: "sign",
  notation: call("sign", "\\operatorname{sign}"),
  scalar: (k, x) => k.select(k.less(k.lit(0), x), k.lit(1), k.select(k.less(x, k.lit(0)), k.lit(-1), k.lit(0))),
});
