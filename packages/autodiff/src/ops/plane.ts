import { type Scalar } from "../scalar.ts";
import { add, div, mul, neg, square, sub } from "./arithmetic.ts";
import { notEqual } from "./comparison.ts";
import { type Binary, type Unary, binary, unary } from "./define.ts";
import { like } from "./like.ts";
import { call, precedence } from "./notation.ts";
import { isAll } from "./recognise.ts";

/** Both by one power of 2, so that no square overflows or vanishes, and the root of the sum of the squares. */
function scaled<S>(k: Scalar<S>, a: S, b: S): { readonly by: S; readonly leg: S; readonly root: S } {
  const [safe, power] = k.precision === 53 ? [2 ** 400, 2 ** 600] : [2 ** 40, 2 ** 75];
  const larger = k.max(k.abs(a), k.abs(b));
  const by = k.select(k.less(k.lit(safe), larger), k.lit(1 / power), k.select(k.less(larger, k.lit(1 / safe)), k.lit(power), k.lit(1)));
  const [p, q] = [k.mul(a, by), k.mul(b, by)];
  return { by, leg: p, root: k.sqrt(k.add(k.mul(p, p), k.mul(q, q))) };
}

/**
 * hypot(a, b) = sqrt(a² + b²), after broadcasting: entries of 1e200 or 1e-200 neither overflow nor vanish.
 *
 * Derivatives: a / hypot(a, b) and b / hypot(a, b), both 0 at the origin, where the subgradient of least norm is. Edges: Infinity where
 * either is infinite, else NaN where either is NaN. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * item(hypot(3, 4)) // => 5
 */
export const hypot: Binary = binary({
  name: "hypot",
  notation: call("hypot"),
  scalar: (k, a, b) => {
    const infinity = k.lit(Number.POSITIVE_INFINITY);
    const infinite = k.select(k.equal(k.abs(a), infinity), k.lit(1), k.equal(k.abs(b), infinity));
    const { by, root } = scaled(k, a, b);
    return k.select(infinite, infinity, k.div(root, by));
  },
  partials: [(a, b, y) => ({ mask: notEqual(y, 0), partial: cosine(a, b) }), (a, b, y) => ({ mask: notEqual(y, 0), partial: cosine(b, a) })],
  known: {
    complement: ([a, b]) => {
      const leg = a && b && (isAll(a, 1) ? b : isAll(b, 1) ? a : undefined);
      return leg && neg(hypotExcess(leg));
    },
  },
  recalled: ([a, b]) => a !== undefined && b !== undefined && (isAll(a, 1) || isAll(b, 1)),
});

/** hypot(1, x) - 1 as x²/(hypot(1, x) + 1), with all digits near 0: the pseudo-Huber cost. */
const hypotExcess: Unary = unary({
  name: "hypotExcess",
  notation: {
    text: ([x]) => `hypot(1, ${x}) - 1`,
    latex: ([x]) => `\\operatorname{hypot}\\left(1, ${x}\\right) - 1`,
    precedence: precedence.sum,
    operands: [precedence.comparison],
  },
  scalar: (k, x) => {
    const { by, root } = scaled(k, x, k.lit(1));
    return k.mul(x, k.div(x, k.add(k.div(root, by), k.lit(1))));
  },
  derivative: (x) => cosine(x, like(1)),
});

/**
 * a / hypot(a, b), the cosine of the angle at which (a, b) stands. Its derivatives, cosine(b, a)²/hypot and -cosine(a, b) cosine(b, a)/hypot,
 * keep the digits that a quotient would cancel where one operand is small.
 */
const cosine: Binary = binary({
  name: "cosine",
  notation: {
    text: ([a, b]) => `${a} / hypot(${a}, ${b})`,
    latex: ([a, b]) => `${a} / \\operatorname{hypot}\\left(${a}, ${b}\\right)`,
    precedence: precedence.product,
    operands: [precedence.product],
  },
  scalar: (k, a, b) => {
    const { leg, root } = scaled(k, a, b);
    return k.div(leg, root);
  },
  partials: [(a, b) => div(square(cosine(b, a)), hypot(a, b)), (a, b, y) => neg(div(mul(y, cosine(b, a)), hypot(a, b)))],
});

/**
 * a / (a² + b²), the real part of 1 / (a - bi). Its derivatives, (b - a)(b + a)/(a² + b²)² and -2ab/(a² + b²)², subtract the operands
 * themselves, so they keep their digits beside the diagonal.
 */
const inversion: Binary = binary({
  name: "inversion",
  notation: {
    text: ([a, b]) => `${a} / (${a}² + ${b}²)`,
    latex: ([a, b]) => `${a} / \\left(${a}^{2} + ${b}^{2}\\right)`,
    precedence: precedence.product,
    operands: [precedence.postfix],
  },
  scalar: (k, a, b) => {
    const { by, leg, root } = scaled(k, a, b);
    return k.mul(k.div(k.div(leg, root), root), by);
  },
  partials: [
    (a, b) => {
      const distance = hypot(a, b);
      return mul(div(div(sub(b, a), distance), distance), div(div(add(b, a), distance), distance));
    },
    (a, b) => mul(-2, mul(inversion(a, b), inversion(b, a))),
  ],
});

/**
 * atan2(y, x), the angle in [-π, π] of the point (x, y), after broadcasting; the signs of zeros count as IEEE 754 says.
 *
 * Derivatives: x / (x² + y²) and -y / (x² + y²), without overflow; both 0 at the origin. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * item(atan2(1, 1)) // => 0.7853981633974483
 */
export const atan2: Binary = binary({
  name: "atan2",
  notation: call("atan2"),
  scalar: (k, y, x) => k.atan2(y, x),
  partials: [
    (y, x) => ({ mask: notEqual(hypot(x, y), 0), partial: inversion(x, y) }),
    (y, x) => ({ mask: notEqual(hypot(x, y), 0), partial: neg(inversion(y, x)) }),
  ],
});
