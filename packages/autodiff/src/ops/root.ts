import { type ReduceAttrs, reducedShape } from "../kernel/reduce.ts";
import { size } from "../shape.ts";
import { type Tensor, constant, recallDepth } from "../tensor.ts";
import { add, div, mul, neg, square } from "./arithmetic.ts";
import { reshapeTo, sum } from "./broadcast.ts";
import { greaterEqual } from "./comparison.ts";
import { type Unary, unary } from "./define.ts";
import { isSelfProduct, matmul } from "./linalg.ts";
import { concat } from "./join.ts";
import { permute, section } from "./layout.ts";
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
    return rootOf(x);
  },
  known: {
    square: ([x]) => x && where(greaterEqual(x, 0), x, Number.NaN),
    complement: ([x]) => x && neg(powerExcess(x, 0.5)),
    log: ([x]) => x && ask(x, "log") && mul(0.5, ask(x, "log") as Tensor),
  },
});

/**
 * The root of a sum of squares, which neither overflows nor has a NaN for a derivative at 0: squares, their sums over axes, sums of these
 * with each other and with constants, products of a vector with itself, and all of them weighted by constants, as means are. It is one norm of
 * all that is squared: a norm of norms would have a kink wherever one of them is 0.
 */
function rootOf(x: Tensor): Tensor | undefined {
  const core = peel(x);
  if (core === undefined || core.negated) return undefined;
  const { op, inputs, attrs } = core;
  const base = op.known?.base?.(inputs, attrs);
  if (base !== undefined) return core.rewrap(abs(base));
  if (op === sum.op) {
    const [terms] = inputs as readonly [Tensor];
    const legs = legsOf(terms, recallDepth - 1);
    if (legs === undefined) return undefined;
    if (legs.shape.at(-1) === 1) return core.rewrap(normOver(reshapeTo(legs, terms.shape), attrs as ReduceAttrs));
  }
  const legs = legsOfCore(core, recallDepth - 1);
  return legs && core.rewrap(rootOfLegs(legs));
}

/** The root of the sum of squares along the last axis. */
function rootOfLegs(legs: Tensor): Tensor {
  const axis = legs.shape.length - 1;
  const shape = legs.shape.slice(0, -1);
  if (legs.shape[axis] !== 2) return normOver(legs, { axes: [axis], keepDims: false });
  const [a, b] = [0, 1].map((at) => reshapeTo(section(legs, [...shape.map(() => 0), at], [...shape, 1]), shape));
  return hypot(a as Tensor, b as Tensor);
}

/** What is squared and summed along a new last axis to give x. */
function legsOf(x: Tensor, depth: number): Tensor | undefined {
  const core = depth > 0 ? peel(x) : undefined;
  if (core === undefined || core.negated) return undefined;
  const base = core.op.known?.base?.(core.inputs, core.attrs);
  if (base !== undefined) return asLegs(core.rewrap(base));
  const legs = legsOfCore(core, depth - 1);
  if (legs === undefined || !core.viewed) return legs;
  // Views would have to be put around every leg, unless there is one entry only.
  const count = legs.shape.at(-1) as number;
  return size(x.shape) === 1 && size(legs.shape) === count ? reshapeTo(legs, [...x.shape, count]) : undefined;
}

function legsOfCore({ op, inputs, attrs }: Peeled, depth: number): Tensor | undefined {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  switch (op) {
    case sum.op: {
      const terms = legsOf(a, depth);
      return terms && summed(terms, attrs as ReduceAttrs);
    }
    case add.op: {
      const [left, right] = [legsOf(a, depth), legsOf(b, depth)];
      if (left === undefined && right === undefined) return undefined;
      const [p, q] = [left ?? rootOfConstant(a), right ?? rootOfConstant(b)];
      return p && q && concat([p, q], { axis: -1 });
    }
    case mul.op:
      return weighted(a, b, mul, depth) ?? weighted(b, a, mul, depth);
    case div.op:
      return weighted(b, a, div, depth);
    case matmul.op:
      return isSelfProduct(a, b) ? reshapeTo(a, [...a.shape.slice(0, -1), 1, a.shape.at(-1) as number]) : undefined;
    default:
      return undefined;
  }
}

const asLegs = (x: Tensor): Tensor => reshapeTo(x, [...x.shape, 1]);

/** Legs of every entry of a sum, in one line. */
function summed(legs: Tensor, attrs: ReduceAttrs): Tensor {
  const shape = legs.shape.slice(0, -1);
  const kept = shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
  const reduced = reducedShape(shape, attrs);
  const count = [...attrs.axes.map((axis) => shape[axis] as number), legs.shape.at(-1) as number].reduce((product, extent) => product * extent, 1);
  return reshapeTo(permute(legs, [...kept, ...attrs.axes, shape.length]), [...reduced, count]);
}

/** Legs times or over the root of a constant. */
function weighted(c: Tensor, x: Tensor, by: typeof mul, depth: number): Tensor | undefined {
  const factor = rootOfConstant(c);
  const legs = factor && legsOf(x, depth);
  return factor && legs && by(legs, factor);
}

function rootOfConstant(c: Tensor): Tensor | undefined {
  if (c.tracked || c.recall !== undefined || c.data?.every((each) => each >= 0) !== true) return undefined;
  return constant(c.data.map(Math.sqrt), [...c.shape, 1]);
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
