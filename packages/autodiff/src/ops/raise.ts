import { type Notation, type Op, type Tensor, apply } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { unaryOp } from "./define.ts";
import { precedence } from "./notation.ts";

export interface PowerAttrs {
  readonly exponent: number;
  readonly [key: string]: unknown;
}

/** How a power is written. */
export const raisedNotation: Notation = {
  text: ([a, b]) => `${a}^${b}`,
  latex: ([a, b]) => `${a}^{${b}}`,
  precedence: precedence.power,
  operands: [precedence.atom, precedence.atom],
};

/** x^c for one number c, in which no identity looks for anything: what the rules and expansions below the identities are written with. */
export const raiseOp: Op<PowerAttrs> = {
  name: "power",
  advice: "a negative base with a fractional exponent, 0 with a negative one, or an overflow; keep the base positive",
  kind: "elementwise",
  arity: 1,
  notation: {
    ...raisedNotation,
    text: ([a], { exponent }) => `${a}^${exponent < 0 ? `(${exponent})` : exponent}`,
    latex: ([a], { exponent }) => `${a}^{${exponent}}`,
  },
  scalar: (k, x, { exponent }) => k.pow(x, k.lit(exponent)),
  calculus: {
    rule: "partials",
    partial: (_operand, _y, [x], { exponent }) => {
      if (exponent === 0) return 0;
      if (exponent === 1) return 1;
      return mul(exponent, exponent === 2 ? (x as Tensor) : raise(x as Tensor, exponent - 1));
    },
  },
  shape: ([x]) => (x as Tensor).shape,
};

export function raise(x: Tensor, exponent: number): Tensor {
  return apply(raiseOp, [x], { exponent });
}

const excessOp = unaryOp<PowerAttrs>({
  name: "powerExcess",
  notation: {
    text: ([x], { exponent }) => `(1 + ${x})^${exponent} - 1`,
    latex: ([x], { exponent }) => `\\left(1 + ${x}\\right)^{${exponent}} - 1`,
    precedence: precedence.sum,
    operands: [precedence.sum],
  },
  scalar: (k, x, { exponent }) => {
    const near = k.less(k.abs(x), k.lit(0.5));
    const grown = k.expm1(k.mul(k.lit(exponent), k.log1p(x)));
    return k.select(near, grown, k.sub(k.pow(k.add(k.lit(1), x), k.lit(exponent)), k.lit(1)));
  },
  derivative: (x, _y, { exponent }) => mul(exponent, raise(add(1, x), exponent - 1)),
});

/** (1 + x)^c - 1, with all digits near x = 0. */
export function powerExcess(x: Tensor, exponent: number): Tensor {
  return apply(excessOp, [x], { exponent });
}
