import { div, neg, sub } from "./arithmetic.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { call, precedence } from "./notation.ts";

const between = (left: string, right: string, latex: string): ReturnType<typeof call> => ({
  text: ([x]) => `${left}${x}${right}`,
  latex: ([x]) => `\\left\\l${latex} ${x} \\right\\r${latex}`,
  precedence: precedence.atom,
  operands: [precedence.comparison],
});

/**
 * The largest whole number that is not above x.
 *
 * Shape: kept. Derivative: 0 everywhere, also at the jumps.
 *
 * @example
 * nested(floor([1.5, -1.5])) // => [1, -2]
 */
export const floor: Unary = unary({ name: "floor", notation: between("⌊", "⌋", "floor"), scalar: (k, x) => k.floor(x) });

/**
 * The smallest whole number that is not below x.
 *
 * Shape: kept. Derivative: 0 everywhere, also at the jumps.
 *
 * @example
 * nested(ceil([1.5, -1.5])) // => [2, -1]
 */
export const ceil: Unary = unary({ name: "ceil", notation: between("⌈", "⌉", "ceil"), scalar: (k, x) => k.neg(k.floor(k.neg(x))) });

/**
 * The nearest whole number; a half goes to the even one, as IEEE 754 and NumPy have it.
 *
 * Shape: kept. Derivative: 0 everywhere, also at the jumps.
 *
 * @example
 * nested(round([0.5, 1.5, 2.4])) // => [0, 2, 2]
 */
export const round: Unary = unary({ name: "round", notation: call("round"), scalar: (k, x) => k.round(x) });

/**
 * a - b floor(a / b) entry by entry, after broadcasting: the remainder with the sign of b, as in Python, computed without rounding the
 * quotient.
 *
 * Derivatives: 1 and -floor(a / b), also at the jumps. Edges: NaN at b = 0 and at infinite a; a, or b of the other sign, at infinite b.
 * Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * nested(mod([7, -7], 3)) // => [1, 2]
 */
export const mod: Binary = binary({
  name: "mod",
  advice: "the divisor is 0; choose with where before dividing",
  notation: call("mod"),
  scalar: (k, a, b) => {
    const rest = k.remainder(a, b);
    const zero = k.lit(0);
    const apart = k.select(k.less(rest, zero), k.less(zero, b), k.select(k.less(zero, rest), k.less(b, zero), zero));
    const signed = k.select(k.less(b, zero), k.neg(k.abs(rest)), k.abs(rest));
    return k.select(apart, k.add(rest, b), k.select(k.equal(rest, zero), signed, rest));
  },
  partials: [() => 1, (a, b, y) => neg(round(div(sub(a, y), b)))],
});
