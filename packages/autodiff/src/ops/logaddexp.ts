import { neg } from "./arithmetic.ts";
import { type Binary, binary } from "./define.ts";
import { sigmoid } from "./logistic.ts";
import { call, infix, precedence } from "./notation.ts";

/** a - b, and 0 where both are the same infinity. */
const gap: Binary = binary({
  name: "gap",
  notation: infix("-", "-", precedence.sum, false),
  scalar: (k, a, b) => k.select(k.equal(a, b), k.lit(0), k.sub(a, b)),
  partials: [() => 1, () => -1],
});

/**
 * logaddexp(a, b) = log(exp(a) + exp(b)), after broadcasting: max(a, b) + log1p(exp(-|a - b|)), which neither overflows nor cuts off.
 *
 * Derivatives: σ(a - b) and σ(b - a), a softmax of two; a half each where both are the same infinity. Edges: Infinity where either is,
 * -Infinity where both are. Throws ShapeError when the shapes do not broadcast.
 *
 * @example
 * item(logaddexp(1000, 1000)) // => 1000.6931471805599
 */
export const logaddexp: Binary = binary({
  name: "logaddexp",
  notation: call("logaddexp"),
  scalar: (k, a, b) => {
    const apart = k.select(k.equal(a, b), k.lit(0), k.abs(k.sub(a, b)));
    return k.add(k.max(a, b), k.log1p(k.exp(k.neg(apart))));
  },
  partials: [(a, b) => sigmoid(gap(a, b)), (a, b) => sigmoid(neg(gap(a, b)))],
});
