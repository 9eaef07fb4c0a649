import { checkOptions } from "./options.ts";
import { ValueError, describe } from "../shape.ts";
import { type Notation, type Op, type Tensor, apply } from "../tensor.ts";
import { add, mul, neg } from "./arithmetic.ts";
import { type Defined, defined } from "./broadcast.ts";
import { clip } from "./clip.ts";
import { isFinite } from "./comparison.ts";
import { type Unary, unary, unaryOp } from "./define.ts";
import { type Like, like } from "./like.ts";
import { sigmoid } from "./logistic.ts";
import { call, precedence } from "./notation.ts";
import { raise } from "./raise.ts";
import { where } from "./selection.ts";

interface BellAttrs {
  /** Of the powers of x, the lowest first. */
  readonly coefficients: readonly number[];
  readonly rate: number;
  readonly [key: string]: unknown;
}

const bellNotation: Notation<BellAttrs> = {
  text: ([x], { coefficients, rate }) => `${polynomial(coefficients, (power) => `${x}^${power}`)} exp(-${rate} ${x}^2)`,
  latex: ([x], { coefficients, rate }) => `${polynomial(coefficients, (power) => `${x}^{${power}}`)} \\exp\\left(-${rate} ${x}^{2}\\right)`,
  precedence: precedence.product,
  operands: [precedence.atom],
};

/**
 * p(x) exp(-rate x²) for a polynomial p. Its derivative is another one, with p′ - 2 rate x p, so that no order multiplies a power of x that
 * overflows with an exponential that vanishes.
 */
const bellOp: Op<BellAttrs> = unaryOp<BellAttrs>({
  name: "bell",
  notation: bellNotation,
  scalar: (k, x, { coefficients, rate }) => {
    // Beyond 40 the exponential is 0.
    const near = k.select(k.less(k.abs(x), k.lit(40)), x, k.lit(0));
    const factor = coefficients.reduceRight((sum, each) => k.add(k.mul(sum, near), k.lit(each)), k.lit(0));
    return k.mul(factor, k.exp(k.mul(k.lit(-rate), k.mul(x, x))));
  },
  derivative: (x, _y, { coefficients, rate }) => {
    const at = (power: number): number => coefficients[power] ?? 0;
    const next = Array.from({ length: coefficients.length + 1 }, (_, power) => (power + 1) * at(power + 1) - 2 * rate * at(power - 1));
    return bell(x, next, rate);
  },
});

function bell(x: Tensor, coefficients: readonly number[], rate: number): Tensor {
  return apply(bellOp, [x], { coefficients, rate });
}

/** `(0.798 - 0.399 x^2)`: a polynomial to three digits. */
function polynomial(coefficients: readonly number[], write: (power: number) => string): string {
  const terms = coefficients.flatMap((each, power) => (each === 0 ? [] : [`${Number(each.toPrecision(3))}${power === 0 ? "" : ` ${write(power)}`}`]));
  return terms.length === 1 ? String(terms[0]) : `(${terms.join(" + ").replaceAll("+ -", "- ")})`;
}

/** The height of exp(-x²/2) as the density φ of the normal distribution. */
const height = 1 / Math.sqrt(2 * Math.PI);

/** The derivative of erf: 2/√π exp(-x²). */
const erfPrime = (x: Tensor): Tensor => bell(x, [2 / Math.sqrt(Math.PI)], 1);

/**
 * erf(x) = 2/√π ∫₀ˣ exp(-t²) dt.
 *
 * Shape: kept. Range: (-1, 1). Derivative: 2/√π exp(-x²). Source: DLMF 7.2.1.
 *
 * @example
 * item(erf(0)) // => 0
 */
export const erf: Unary = unary({
  name: "erf",
  notation: call("erf"),
  scalar: (k, x) => k.erf(x),
  derivative: (x) => erfPrime(x),
});

/**
 * erfc(x) = 1 - erf(x), with its digits far into the tail.
 *
 * Shape: kept. Range: (0, 2). Derivative: -2/√π exp(-x²). Source: DLMF 7.2.2.
 *
 * @example
 * item(erfc(0)) // => 1
 */
export const erfc: Unary = unary({
  name: "erfc",
  notation: call("erfc"),
  scalar: (k, x) => k.erfc(x),
  derivative: (x) => neg(erfPrime(x)),
});

/** x Φ(x) with Φ from erfc, which keeps the lower tail. */
const exactGelu: Unary = unary({
  name: "gelu",
  notation: call("gelu"),
  scalar: (k, x) => k.mul(x, k.mul(k.lit(0.5), k.erfc(k.mul(x, k.lit(-Math.SQRT1_2))))),
  derivative: (x) => geluPrime(x),
});

/** Φ(x) + x φ(x), whose derivative is φ(x) (2 - x²). */
const geluPrime: Unary = unary({
  name: "geluPrime",
  notation: call("gelu′", "\\operatorname{gelu}'"),
  scalar: (k, x) => {
    const below = k.mul(k.lit(0.5), k.erfc(k.mul(x, k.lit(-Math.SQRT1_2))));
    return k.add(below, k.mul(x, k.mul(k.lit(1 / Math.sqrt(2 * Math.PI)), k.exp(k.mul(k.lit(-0.5), k.mul(x, x))))));
  },
  derivative: (x) => bell(x, [2 * height, 0, -height], 0.5),
});

/** The op of the approximation by tanh, x σ(2 √(2/π) (x + 0.044715 x³)), through its expansion. */
const tanhGeluOp: Op = {
  name: "geluTanh",
  kind: "composite",
  notation: call("gelu"),
  calculus: {
    rule: "expansion",
    expand: ([x]) => {
      const t = x as Tensor;
      // Beyond 32 σ is 0 or 1 with every derivative 0, while the cube would overflow. An infinity stays: its derivative is NaN, as x φ(x) has it.
      const near = where(isFinite(t), clip(t, { min: -32, max: 32 }), t);
      return mul(t, sigmoid(mul(2 * Math.sqrt(2 / Math.PI), add(near, mul(0.044715, raise(near, 3))))));
    },
  },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * gelu(x) = x Φ(x) with Φ the normal distribution function; with `approximate: "tanh"` the approximation
 * 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *
 * Shape: kept. Derivative: Φ(x) + x φ(x). Throws ValueError for another approximation. Source: Hendrycks, Gimpel 2016.
 *
 * @example
 * item(gelu(0)) // => 0
 */
export const gelu: Defined<(x: Like, attrs?: { readonly approximate?: "none" | "tanh" }) => Tensor> = defined(
  exactGelu.op,
  (x: Like, attrs: { readonly approximate?: "none" | "tanh" } = {}): Tensor => {
    const { approximate = "none" } = checkOptions("gelu", attrs, ["approximate"]);
    if (approximate === "none") return exactGelu(x);
    if (approximate === "tanh") return apply(tanhGeluOp, [like(x, "gelu")]);
    throw new ValueError(`gelu: approximate must be "none" or "tanh", got ${describe(approximate)}`);
  },
  2,
);
