import { lessEqual, logicalNot } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";

/**
 * relu(x) = max(x, 0).
 *
 * Shape: kept. Range: [0, ∞). Derivative: 1 above 0, 0 below and at the kink at 0. NaN passes through, with derivative 1.
 * Source: Goodfellow, Bengio, Courville 2016, section 6.3.1.
 *
 * @example
 * nested(relu([-1, 2])) // => [0, 2]
 */
export const relu: Unary = unary({
  name: "relu",
  notation: call("relu"),
  scalar: (k, x) => k.max(x, k.lit(0)),
  derivative: (x) => ({ mask: logicalNot(lessEqual(x, 0)), partial: 1 }),
});
