import { type Notation, type Op, type Tensor, apply } from "../tensor.ts";
import { add, isSum, mul, neg } from "./arithmetic.ts";
import { unaryOp } from "./define.ts";
import { precedence } from "./notation.ts";
import { ask } from "./recognise.ts";

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

interface ExcessAttrs extends PowerAttrs {
  /** What is added to the operand to give the base: 1 where the operand is what is above 1. */
  readonly from: 0 | 1;
}

const excessNotation: Notation<ExcessAttrs> = {
  text: ([x], { exponent, from }) => `${from === 0 ? x : `(1 + ${x})`}^${exponent} - 1`,
  latex: ([x], { exponent, from }) => `${from === 0 ? x : `\\left(1 + ${x}\\right)`}^{${exponent}} - 1`,
  precedence: precedence.sum,
  operands: [precedence.power],
};

const excessOp = unaryOp<ExcessAttrs>({
  name: "powerExcess",
  notation: excessNotation,
  scalar: (k, x, { exponent, from }) => {
    const [base, above] = from === 1 ? [k.add(k.lit(1), x), x] : [x, k.sub(x, k.lit(1))];
    const grown = k.expm1(k.mul(k.lit(exponent), k.log1p(above)));
    return k.select(k.less(k.abs(above), k.lit(0.5)), grown, k.sub(k.pow(base, k.lit(exponent)), k.lit(1)));
  },
  derivative: (x, _y, { exponent, from }) => mul(exponent, raise(from === 1 ? add(1, x) : x, exponent - 1)),
});

/** x^c - 1, with all digits near x = 1, also those that x = 1 + t has rounded off. */
export function powerExcess(x: Tensor, exponent: number): Tensor {
  const complement = isSum(x) ? ask(x, "complement") : undefined;
  return complement === undefined ? apply(excessOp, [x], { exponent, from: 0 }) : apply(excessOp, [neg(complement)], { exponent, from: 1 });
}
