import { type ReduceAttrs } from "../kernel/reduce.ts";
import { type Tensor } from "../tensor.ts";
import { add, div, mul, square } from "./arithmetic.ts";
import { sum } from "./broadcast.ts";
import { greaterEqual } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";
import { normOver } from "./norm.ts";
import { ask, peel } from "./recognise.ts";
import { abs, where } from "./selection.ts";

/**
 * sqrt(x); NaN below 0.
 *
 * Shape: kept. Derivative: 1/(2 sqrt(x)), Infinity at 0. Exact forms: `sqrt(x^2)` is |x|, `sqrt(sum(x^2))` is the norm of x,
 * `sqrt(1 + x) - 1` is x / (sqrt(1 + x) + 1).
 *
 * @example
 * item(sqrt(2)) // => 1.4142135623730951
 */
export const sqrt: Unary = unary({
  name: "sqrt",
  advice: "the operand is negative, or 0 where the derivative is infinite; add a small number under the root, or use norm for the length of a vector",
  notation: { ...call("√"), latex: ([x]) => `\\sqrt{${x}}` },
  scalar: (k, x) => k.sqrt(x),
  derivative: (_x, y) => div(0.5, y),
  twin: ([x]) => {
    if (x === undefined) return undefined;
    const base = ask(x, "base");
    return base === undefined ? rootOfSum(x) : abs(base);
  },
  known: {
    square: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    complement: ([x]) => {
      const complement = x && ask(x, "complement");
      return complement && div(complement, add(1, sqrt(x)));
    },
  },
});

/** sqrt(sum(u^2)) as the norm of u, which neither overflows nor has a NaN for a derivative at 0. */
function rootOfSum(x: Tensor): Tensor | undefined {
  const total = peel(x);
  if (total === undefined || total.negated || total.op !== sum.op) return undefined;
  const base = ask(total.inputs[0] as Tensor, "base");
  return base && total.rewrap(normOver(base, total.attrs as ReduceAttrs));
}

/**
 * The real cube root of x, negative where x is.
 *
 * Shape: kept. Derivative: 1/(3 cbrt(x)²), Infinity at 0.
 *
 * @example
 * item(cbrt(-27)) // => -3
 */
export const cbrt: Unary = unary({
  name: "cbrt",
  notation: { ...call("∛"), latex: ([x]) => `\\sqrt[3]{${x}}` },
  scalar: (k, x) => k.cbrt(x),
  derivative: (_x, y) => div(1, mul(3, square(y))),
});
