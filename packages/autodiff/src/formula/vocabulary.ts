import * as ops from "../ops/index.ts";
import { eye } from "../ops/creation.ts";
import { type Like, item, values } from "../ops/like.ts";
import { ShapeError, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { cross, product, quotient } from "./product.ts";

/** One function of the language: how many arguments it takes and what it computes. */
export interface Entry {
  readonly arity: readonly [least: number, most: number];
  apply(...args: readonly Tensor[]): Tensor;
}

type Operator = (...args: readonly Tensor[]) => Tensor;

/** Names with a value of their own; a name in the scope takes precedence. */
export const constants: Readonly<Record<string, number>> = {
  pi: Math.PI,
  e: Math.E,
  tau: 2 * Math.PI,
  Infinity: Number.POSITIVE_INFINITY,
  NaN: Number.NaN,
  true: 1,
  false: 0,
};

const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (a, b) =>
    f(a, b);
const one =
  (f: (x: Tensor) => Tensor): Operator =>
  (x) =>
    f(x);

/** Operators by the name that mathjs gives them. */
export const operators: Readonly<Record<string, Operator | undefined>> = {
  add: two(ops.add),
  subtract: two(ops.sub),
  multiply: two(product),
  divide: two(quotient),
  dotMultiply: two(ops.mul),
  dotDivide: two(ops.div),
  pow: two((a, b) => {
    if (a.shape.length > 0 || b.shape.length > 0)
      throw new ShapeError(`formula: a ^ b is for scalars, got shapes ${showShape(a.shape)} and ${showShape(b.shape)}; write a .^ b for entry by entry`);
    return ops.pow(a, b);
  }),
  dotPow: two(ops.pow),
  unaryMinus: one(ops.neg),
  unaryPlus: one((x) => x),
  ctranspose: one((x) => (x.shape.length < 2 ? x : ops.transpose(x))),
  smaller: two(ops.less),
  smallerEq: two(ops.lessEqual),
  larger: two(ops.greater),
  largerEq: two(ops.greaterEqual),
  equal: two(ops.equal),
  unequal: two(ops.notEqual),
};

const unary = (f: (x: Like) => Tensor): Entry => ({ arity: [1, 1], apply: one(f) });
const binary = (f: (a: Like, b: Like) => Tensor): Entry => ({ arity: [2, 2], apply: two(f) });

/** `f(A)` over everything, `f(A, d)` along dimension d, counted from 1 and dropped. */
const reduction = (f: (x: Like, attrs?: { readonly axis?: number | null }) => Tensor): Entry => ({
  arity: [1, 2],
  apply: (x, dimension) => f(x, { axis: dimension === undefined ? null : item(dimension) - 1 }),
});

const wholeNumbers = (t: Tensor): number[] => [...values(t)];

/** Functions by name: elementwise ones map over arrays. */
export const functions: Readonly<Record<string, Entry | undefined>> = {
  exp: unary(ops.exp),
  log: { arity: [1, 2], apply: (x, base) => (base === undefined ? ops.log(x) : ops.div(ops.log(x), ops.log(base))) },
  ln: unary(ops.log),
  log1p: unary(ops.log1p),
  expm1: unary(ops.expm1),
  sqrt: unary(ops.sqrt),
  square: unary(ops.square),
  abs: unary(ops.abs),
  sign: unary(ops.sign),
  sin: unary(ops.sin),
  cos: unary(ops.cos),
  tan: unary(ops.tan),
  asin: unary(ops.asin),
  acos: unary(ops.acos),
  atan: unary(ops.atan),
  sinh: unary(ops.sinh),
  cosh: unary(ops.cosh),
  tanh: unary(ops.tanh),
  maximum: binary(ops.maximum),
  minimum: binary(ops.minimum),
  max: reduction(ops.max),
  min: reduction(ops.min),
  sigmoid: unary(ops.sigmoid),
  softplus: unary(ops.softplus),
  relu: unary(ops.relu),
  where: { arity: [3, 3], apply: (condition, a, b) => ops.where(condition, a, b) },
  sum: reduction(ops.sum),
  mean: reduction(ops.mean),
  cumsum: { arity: [1, 2], apply: (x, dimension) => ops.cumsum(x, { axis: dimension === undefined ? 0 : item(dimension) - 1 }) },
  softmax: { arity: [1, 2], apply: (x, dimension) => ops.softmax(x, { axis: dimension === undefined ? -1 : item(dimension) - 1 }) },
  det: unary(ops.det),
  inv: unary(ops.inv),
  trace: unary(ops.trace),
  logdet: unary(ops.logdet),
  cholesky: unary(ops.cholesky),
  solve: binary(ops.solve),
  outer: binary(ops.outer),
  cross: { arity: [2, 2], apply: two(cross) },
  diag: { arity: [1, 2], apply: (x, k) => ops.diag(x, { k: k === undefined ? 0 : item(k) }) },
  prod: reduction(ops.prod),
  variance: reduction(ops.variance),
  norm: { arity: [1, 1], apply: (x) => ops.norm(x) },
  logsumexp: reduction(ops.logsumexp),
  erf: unary(ops.erf),
  erfc: unary(ops.erfc),
  gelu: unary(ops.gelu),
  silu: unary(ops.silu),
  elu: unary(ops.elu),
  leakyRelu: unary(ops.leakyRelu),
  logSigmoid: unary(ops.logSigmoid),
  pow: binary(ops.pow),
  transpose: unary((x) => ops.transpose(x)),
  identity: { arity: [1, 1], apply: (n) => eye(item(n)) },
  reshape: { arity: [2, 2], apply: (x, shape) => ops.reshape(x, { shape: wholeNumbers(shape) }) },
  dot: { arity: [2, 2], apply: two(product) },
};

/** The known word that differs least from what was written, if it differs little. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((word) => ({ word, distance: editDistance(written.toLowerCase(), word.toLowerCase()) })).toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(written.length / 3)) ? best.word : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min((next[j - 1] as number) + 1, (row[j] as number) + 1, (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length] as number;
}
