import { add, div } from "./arithmetic.ts";
import { greaterEqual } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";
import { ask } from "./recognise.ts";
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
  notation: call("√", "\\sqrt"),
  scalar: (k, x) => k.sqrt(x),
  derivative: (_x, y) => div(0.5, y),
  twin: ([x]) => {
    if (x === undefined) return undefined;
    const base = ask(x, "base");
    return base === undefined ? ask(x, "sqrt") : abs(base);
  },
  known: {
    square: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    complement: ([x]) => {
      const complement = x && ask(x, "complement");
      return complement && div(complement, add(1, sqrt(x)));
    },
  },
});
