import { checkOptions } from "./options.ts";
import { type Key, checkKey, threefry, uniformBits } from "../random.ts";
import { checkArguments, type Shape, ValueError, checkShape, describe } from "../shape.ts";
import { type Op, type Tensor, apply } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { callWith } from "./notation.ts";

interface DrawAttrs {
  readonly key: Key;
  readonly shape: Shape;
  readonly low: number;
  readonly high: number;
  readonly [key: string]: unknown;
}

const uniformOp: Op<DrawAttrs> = {
  name: "uniform",
  kind: "random",
  notation: callWith("uniform", "\\operatorname{uniform}", ({ low, high }) => `${low} to ${high}`),
  draw: ({ key, low, high }, count) => {
    const out = uniformBits(key, count);
    for (let i = 0; i < count; i++) out[i] = low + (high - low) * (out[i] as number);
    return out;
  },
  calculus: { rule: "constant" },
  shape: (_x, { shape }) => shape,
};

/**
 * Numbers drawn uniformly from low (included) to high (excluded), 0 and 1 when absent. The same key gives the same numbers on every
 * platform; a key is used for one draw.
 *
 * Derivative: 0, the draw depends on the key alone. Throws ValueError for a key that `randomKey` did not make or bounds that are not finite.
 *
 * @example
 * nested(uniform(randomKey(1), { shape: [2] })) // => [0.11815024488772985, 0.4537587462852458]
 */
export const uniform: Defined<(key: Key, attrs: { readonly shape: Shape; readonly low?: number; readonly high?: number }) => Tensor> = defined(
  uniformOp,
  (key: Key, attrs: { readonly shape: Shape; readonly low?: number; readonly high?: number }): Tensor => {
    const { shape, low = 0, high = 1 } = checkOptions("uniform", attrs, ["shape", "low", "high"]);
    if (!Number.isFinite(low) || !Number.isFinite(high) || !Number.isFinite(high - low) || low > high)
      throw new ValueError(`uniform: low and high must be finite with low at most high and a finite distance, got ${describe(low)} and ${describe(high)}`);
    return apply(uniformOp, [], { key: checkKey("uniform", key), shape: [...checkShape("uniform", shape)], low, high });
  },
  2,
);

const normalOp: Op<DrawAttrs> = {
  name: "normal",
  kind: "random",
  notation: callWith("normal", "\\mathcal N", ({ low, high }) => `${low}, ${high}`),
  // Marsaglia's polar method, with the logarithm by a series of + - * /, so that every platform rounds alike.
  draw: ({ key, low: mean, high: deviation }, count) => {
    const out = new Float64Array(count);
    for (let filled = 0, round = 0; filled < count; round++) {
      const bits = uniformBits(threefry(key, 0x8000_0001, round), 2 * (count - filled));
      for (let i = 0; i + 1 < bits.length && filled < count; i += 2) {
        const u = 2 * (bits[i] as number) - 1;
        const v = 2 * (bits[i + 1] as number) - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const factor = Math.sqrt((-2 * portableLog(s)) / s);
        out[filled++] = mean + deviation * u * factor;
        if (filled < count) out[filled++] = mean + deviation * v * factor;
      }
    }
    return out;
  },
  calculus: { rule: "constant" },
  shape: (_x, { shape }) => shape,
};

/** log(x) for 0 < x, from exact halvings and the series of atanh: only + - * /, which IEEE 754 rounds alike everywhere. */
function portableLog(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa < Math.SQRT1_2; exponent--) mantissa *= 2;
  for (; mantissa > Math.SQRT2; exponent++) mantissa /= 2;
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  let series = 0;
  for (let order = 27; order >= 1; order -= 2) series = series * square + 1 / order;
  return exponent * Math.LN2 + 2 * t * series;
}

/**
 * Normally distributed numbers of the given mean and standard deviation, 0 and 1 when absent; equal on every platform.
 *
 * Derivative: 0, the draw depends on the key alone. Throws ValueError for a key that `randomKey` did not make or a deviation below 0.
 *
 * @example
 * normal(randomKey(1), { shape: [2, 3] }).shape // => [2, 3]
 */
export const normal: Defined<(key: Key, attrs: { readonly shape: Shape; readonly mean?: number; readonly deviation?: number }) => Tensor> = defined(
  normalOp,
  (key: Key, attrs: { readonly shape: Shape; readonly mean?: number; readonly deviation?: number }): Tensor => {
    const { shape, mean = 0, deviation = 1 } = checkOptions("normal", attrs, ["shape", "mean", "deviation"]);
    if (!Number.isFinite(mean) || !Number.isFinite(deviation) || deviation < 0)
      throw new ValueError(`normal: the mean must be finite and the deviation finite and 0 or more, got ${describe(mean)} and ${describe(deviation)}`);
    return apply(normalOp, [], { key: checkKey("normal", key), shape: [...checkShape("normal", shape)], low: mean, high: deviation });
  },
  2,
);

/**
 * The whole numbers 0 to n - 1 in random order, by the shuffle of Fisher and Yates.
 *
 * Throws ValueError for a key that `randomKey` did not make.
 *
 * @example
 * permutation(randomKey(1), 5).toSorted().join(" ") // => "0 1 2 3 4"
 */
export function permutation(key: Key, n: number): Int32Array {
  checkArguments("permutation", 2, arguments);
  checkShape("permutation", [n]);
  const draws = uniformBits(checkKey("permutation", key), n);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor((draws[last] as number) * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
