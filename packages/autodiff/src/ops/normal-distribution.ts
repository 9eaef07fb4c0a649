import { checkOptions } from "./options.ts";
import { ValueError, describe } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { add, mul, neg, sub } from "./arithmetic.ts";
import { type Defined, defined } from "./broadcast.ts";
import { clip } from "./clip.ts";
import { type Unary, unary } from "./define.ts";
import { type Like, like } from "./like.ts";
import { sigmoid } from "./logistic.ts";
import { call } from "./notation.ts";
import { pow } from "./power.ts";

/** φ(x) = exp(-x²/2)/√(2π), the density of the normal distribution. */
const density: Unary = unary({
  name: "normalDensity",
  notation: call("φ", "\\varphi"),
  scalar: (k, x) => k.mul(k.lit(1 / Math.sqrt(2 * Math.PI)), k.exp(k.mul(k.lit(-0.5), k.mul(x, x)))),
  derivative: (x, y) => neg(mul(x, y)),
});

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
  derivative: (x) => bell(x),
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
  derivative: (x) => neg(bell(x)),
});

/** 2/√π exp(-x²), the derivative of erf. */
const bell: Unary = unary({
  name: "erfPrime",
  notation: call("erf′", "\\operatorname{erf}'"),
  scalar: (k, x) => k.mul(k.lit(2 / Math.sqrt(Math.PI)), k.exp(k.neg(k.mul(x, x)))),
  derivative: (x, y) => mul(-2, mul(x, y)),
});

/** x Φ(x) with Φ from erfc, which keeps the lower tail. */
const exactGelu: Unary = unary({
  name: "gelu",
  notation: call("gelu"),
  scalar: (k, x) => k.mul(x, k.mul(k.lit(0.5), k.erfc(k.mul(x, k.lit(-Math.SQRT1_2))))),
  derivative: (x) => geluPrime(x),
});

/** Φ(x) + x φ(x), whose derivative is φ(x) (2 - x²); x meets φ before it meets itself, so that its square does not overflow. */
const geluPrime: Unary = unary({
  name: "geluPrime",
  notation: call("gelu′", "\\operatorname{gelu}'"),
  scalar: (k, x) => {
    const below = k.mul(k.lit(0.5), k.erfc(k.mul(x, k.lit(-Math.SQRT1_2))));
    return k.add(below, k.mul(x, k.mul(k.lit(1 / Math.sqrt(2 * Math.PI)), k.exp(k.mul(k.lit(-0.5), k.mul(x, x))))));
  },
  derivative: (x) => {
    const height = density(x);
    return sub(mul(2, height), mul(x, mul(x, height)));
  },
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
      // Beyond 32 σ is 0 or 1 with every derivative 0, while the cube would overflow.
      const near = clip(t, { min: -32, max: 32 });
      return mul(t, sigmoid(mul(2 * Math.sqrt(2 / Math.PI), add(near, mul(0.044715, pow(near, { exponent: 3 }))))));
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
