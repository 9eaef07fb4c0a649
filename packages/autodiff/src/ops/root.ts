import { type ReduceAttrs } from "../kernel/reduce.ts";
import { type Tensor, constant, recallDepth } from "../tensor.ts";
import { add, div, mul, neg, square } from "./arithmetic.ts";
import { reshapeTo, sum } from "./broadcast.ts";
import { greaterEqual } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { isSelfProduct, matmul } from "./linalg.ts";
import { call } from "./notation.ts";
import { normOver } from "./norm.ts";
import { hypot } from "./plane.ts";
import { powerExcess } from "./raise.ts";
import { type Peeled, ask, peel } from "./recognise.ts";
import { abs, where } from "./selection.ts";

/**
 * sqrt(x); NaN below 0.
 *
 * Shape: kept. Derivative: 1/(2 sqrt(x)), Infinity at 0. Exact forms: `sqrt(x^2)` is |x|, `sqrt(sum(x^2))` is the norm of x,
 * `sqrt(a^2 + b^2)` is hypot(a, b), and `sqrt(1 + x) - 1` keeps its digits near x = 0.
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
    const found = rootOf(x, recallDepth);
    return found?.signed === true ? abs(found.root) : found?.root;
  },
  known: {
    square: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    complement: ([x]) => x && neg(powerExcess(x, 0.5)),
    log: ([x]) => x && ask(x, "log") && mul(0.5, ask(x, "log") as Tensor),
  },
});

/** A root of x, known without x; `signed` where it may be negative. */
interface Root {
  readonly root: Tensor;
  readonly signed: boolean;
}

/**
 * The root of a sum of squares, which neither overflows nor has a NaN for a derivative at 0: squares, their sums over axes as norms and with
 * each other as hypotenuses, products of a vector with itself, and all these weighted by constants, as means are.
 */
function rootOf(x: Tensor, depth: number): Root | undefined {
  const core = depth > 0 ? peel(x) : undefined;
  if (core === undefined || core.negated) return undefined;
  const { op, inputs, attrs } = core;
  const base = op.known?.base?.(inputs, attrs);
  const found = base === undefined ? rootOfCore(core, depth - 1) : { root: base, signed: true };
  return found && { ...found, root: core.rewrap(found.root) };
}

function rootOfCore({ op, inputs, attrs }: Peeled, depth: number): Root | undefined {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  switch (op) {
    case sum.op: {
      const terms = rootOf(a, depth);
      return terms && { root: normOver(terms.root, attrs as ReduceAttrs), signed: false };
    }
    case add.op: {
      const [left, right] = [rootOf(a, depth), rootOf(b, depth)];
      if (left === undefined && right === undefined) return undefined;
      const [p, q] = [left?.root ?? rootOfConstant(a), right?.root ?? rootOfConstant(b)];
      return p && q && { root: hypot(p, q), signed: false };
    }
    case mul.op: {
      const weighted = scaledRoot(a, b, depth) ?? scaledRoot(b, a, depth);
      return weighted && { root: mul(weighted.by, weighted.root), signed: weighted.signed };
    }
    case div.op: {
      const weighted = scaledRoot(b, a, depth);
      return weighted && { root: div(weighted.root, weighted.by), signed: weighted.signed };
    }
    case matmul.op:
      return isSelfProduct(a, b)
        ? { root: reshapeTo(normOver(a, { axes: [a.shape.length - 1], keepDims: false }), [...a.shape.slice(0, -1), 1]), signed: false }
        : undefined;
    default:
      return undefined;
  }
}

/** The root of a factor, and that of the constant which it is multiplied by. */
function scaledRoot(c: Tensor, x: Tensor, depth: number): (Root & { readonly by: Tensor }) | undefined {
  const by = rootOfConstant(c);
  const found = by && rootOf(x, depth);
  return by && found && { ...found, by };
}

function rootOfConstant(c: Tensor): Tensor | undefined {
  if (c.tracked || c.recall !== undefined || c.data?.every((each) => each >= 0) !== true) return undefined;
  return constant(c.data.map(Math.sqrt), c.shape);
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
