import * as ops from "../ops/index.ts";
import { eye, ones, zeros } from "../ops/creation.ts";
import { type Like, like } from "../ops/like.ts";
import { sort } from "../ops/order.ts";
import { size } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { axisOf, extentsOf, numberOf, vectorOf, wholeOf } from "./arguments.ts";
import { cross, power, product, quotient } from "./product.ts";

/** One function of the language. */
export interface Entry {
  /** The names of its arguments: "A, d?" may be left without its second, "A, ..." takes any number more. */
  readonly parameters: string;
  readonly of: (...args: readonly Tensor[]) => Tensor;
}

/** Names with a value of their own; a name in the scope takes precedence. */
export const constants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["PI", Math.PI],
  ["e", Math.E],
  ["E", Math.E],
  ["tau", 2 * Math.PI],
  ["phi", (1 + Math.sqrt(5)) / 2],
  ["LN2", Math.LN2],
  ["LN10", Math.LN10],
  ["SQRT2", Math.SQRT2],
]);

type Operator = (...args: readonly Tensor[]) => Tensor;
const one =
  (f: (x: Tensor) => Tensor): Operator =>
  (x) =>
    f(x);
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (a, b) =>
    f(a, b);

const transposed = (x: Tensor): Tensor => (x.shape.length < 2 ? x : ops.transpose(x));

const unaryOperators: Readonly<Record<string, Operator>> = {
  unaryMinus: one(ops.neg),
  unaryPlus: one((x) => x),
  ctranspose: one(transposed),
  transpose: one(transposed),
  not: one(ops.logicalNot),
};

const binaryOperators: Readonly<Record<string, Operator>> = {
  add: two(ops.add),
  subtract: two(ops.sub),
  multiply: two(product),
  divide: two(quotient),
  dotMultiply: two(ops.mul),
  dotDivide: two(ops.div),
  pow: two(power),
  dotPow: two(ops.pow),
  smaller: two(ops.less),
  smallerEq: two(ops.lessEqual),
  larger: two(ops.greater),
  largerEq: two(ops.greaterEqual),
  equal: two(ops.equal),
  unequal: two(ops.notEqual),
  and: two(ops.logicalAnd),
  or: two(ops.logicalOr),
  xor: two((a, b) => ops.notEqual(ops.logicalNot(a), ops.logicalNot(b))),
};

/** Operators by the name that mathjs gives them. */
export const operators: ReadonlyMap<string, Operator> = new Map(Object.entries({ ...unaryOperators, ...binaryOperators }));

const entry = (parameters: string, of: Operator): Entry => ({ parameters, of });
const elementwise = (f: (x: Like) => Tensor): Entry => entry("x", one(f));
const matrix = (f: (A: Like) => Tensor): Entry => entry("A", one(f));

/** `f(A)` over everything, `f(A, d)` along dimension d, which is dropped. */
const reduction = (f: (x: Like, attrs: { readonly axis: number | null }) => Tensor, advice?: string): Entry =>
  entry("A, d?", (A, d) => f(A, { axis: d === undefined ? null : axisOf(A, d, advice) }));

/** `f(A, d)` along dimension d, which stays; along `absent` when d is absent. */
const along = (f: (x: Like, attrs: { readonly axis: number }) => Tensor, absent: number): Entry =>
  entry("A, d?", (A, d) => f(A, { axis: d === undefined ? absent : axisOf(A, d) }));

/** `f(A, k)` with a diagonal k, the main one when absent. */
const diagonal = (f: (x: Like, attrs: { readonly k: number }) => Tensor): Entry => entry("A, k?", (A, k) => f(A, { k: k === undefined ? 0 : wholeOf("k", k) }));

/** A constant of a shape given number by number or as one vector; a scalar when there is none. */
const filled = (f: (shape: readonly number[]) => Tensor): Entry => entry("n, ...", (...extents) => f(extentsOf(extents)));

/** Functions by name. The elementwise ones map over arrays. */
export const functions: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ...Object.entries(unaryOperators).map(([label, of]): [string, Entry] => [label, entry("x", of)]),
  ...Object.entries(binaryOperators).map(([label, of]): [string, Entry] => [label, entry("a, b", of)]),

  ["exp", elementwise(ops.exp)],
  ["log", entry("x, base?", (x, base) => (base === undefined ? ops.log(x) : ops.div(ops.log(x), ops.log(base))))],
  ["ln", elementwise(ops.log)],
  ["log2", elementwise(ops.log2)],
  ["log10", elementwise(ops.log10)],
  ["log1p", elementwise(ops.log1p)],
  ["log1mexp", elementwise(ops.log1mexp)],
  ["expm1", elementwise(ops.expm1)],
  ["sqrt", elementwise(ops.sqrt)],
  ["square", elementwise(ops.square)],
  ["cube", elementwise((x) => ops.pow(x, 3))],
  ["abs", elementwise(ops.abs)],
  ["sign", elementwise(ops.sign)],
  ["sin", elementwise(ops.sin)],
  ["cos", elementwise(ops.cos)],
  ["tan", elementwise(ops.tan)],
  ["asin", elementwise(ops.asin)],
  ["acos", elementwise(ops.acos)],
  ["atan", elementwise(ops.atan)],
  ["sinh", elementwise(ops.sinh)],
  ["cosh", elementwise(ops.cosh)],
  ["tanh", elementwise(ops.tanh)],
  ["sech", elementwise(ops.sech)],
  ["asinh", elementwise(ops.asinh)],
  ["acosh", elementwise(ops.acosh)],
  ["atanh", elementwise(ops.atanh)],
  ["cbrt", elementwise(ops.cbrt)],
  ["lgamma", elementwise(ops.lgamma)],
  ["digamma", elementwise(ops.digamma)],
  ["floor", elementwise(ops.floor)],
  ["ceil", elementwise(ops.ceil)],
  ["round", entry("x", one(roundedAway))],
  ["reciprocal", elementwise(ops.reciprocal)],
  ["trigamma", elementwise(ops.trigamma)],
  ["polygamma", entry("x, n", (x, n) => ops.polygamma(x, { order: wholeOf("n", n) }))],
  ["isFinite", elementwise(ops.isFinite)],
  ["erf", elementwise(ops.erf)],
  ["erfc", elementwise(ops.erfc)],
  ["sigmoid", elementwise(ops.sigmoid)],
  ["logSigmoid", elementwise(ops.logSigmoid)],
  ["softplus", elementwise(ops.softplus)],
  ["relu", elementwise(ops.relu)],
  ["leakyRelu", entry("x, slope?", (x, slope) => ops.leakyRelu(x, slope && { negativeSlope: numberOf("the slope", slope) }))],
  ["elu", entry("x, alpha?", (x, alpha) => ops.elu(x, alpha && { alpha: numberOf("alpha", alpha) }))],
  ["gelu", elementwise(ops.gelu)],
  ["silu", elementwise(ops.silu)],
  ["atan2", entry("y, x", two(ops.atan2))],
  ["hypot", entry("a, b", two(ops.hypot))],
  ["mod", entry("a, b", two(ops.mod))],
  ["xlogy", entry("x, y", two(ops.xlogy))],
  ["logaddexp", entry("a, b", two(ops.logaddexp))],
  ["maximum", entry("a, b", two(ops.maximum))],
  ["minimum", entry("a, b", two(ops.minimum))],
  ["clip", entry("x, low, high", (x, low, high) => ops.clip(x, { min: numberOf("low", low), max: numberOf("high", high) }))],
  ["where", entry("condition, a, b", (condition, a, b) => ops.where(condition, a, b))],

  ["sum", reduction(ops.sum)],
  ["mean", reduction(ops.mean)],
  ["prod", reduction(ops.prod)],
  ["max", reduction(ops.max, "; the larger of two values is maximum(a, b)")],
  ["min", reduction(ops.min, "; the smaller of two values is minimum(a, b)")],
  ["logsumexp", reduction(ops.logsumexp)],
  ["variance", reduction((x, attrs) => ops.variance(x, { ...attrs, correction: 1 }))],
  ["std", reduction((x, attrs) => ops.sqrt(ops.variance(x, { ...attrs, correction: 1 })))],
  ["cumsum", along(ops.cumsum, 0)],
  ["cumprod", along(ops.cumprod, 0)],
  ["layerNorm", along(ops.layerNorm, -1)],
  ["softmax", along(ops.softmax, -1)],
  ["logSoftmax", along(ops.logSoftmax, -1)],

  ["dot", entry("a, b", (a, b) => ops.dot(vectorOf("dot", a), vectorOf("dot", b)))],
  ["outer", entry("a, b", two(ops.outer))],
  ["cross", entry("a, b", two(cross))],
  ["norm", entry("x, p?", (x, p) => ops.norm(vectorOf("norm", x), p && { ord: numberOf("p", p) }))],

  ["matmul", entry("A, B", two(ops.matmul))],
  ["det", matrix(ops.det)],
  ["inv", matrix(ops.inv)],
  ["trace", matrix(ops.trace)],
  ["logdet", matrix(ops.logdet)],
  ["cholesky", matrix(ops.cholesky)],
  ["solve", entry("A, b", two(ops.solve))],
  ["diag", diagonal(ops.diag)],
  ["tril", diagonal(ops.tril)],
  ["triu", diagonal(ops.triu)],

  ["identity", entry("n", (n) => eye(wholeOf("n", n)))],
  ["zeros", filled(zeros)],
  ["ones", filled(ones)],
  ["size", entry("A", (A) => like(A.shape))],
  ["count", entry("A", (A) => like(size(A.shape)))],
  ["reshape", entry("A, shape", (A, shape) => ops.reshape(A, { shape: extentsOf([shape]) }))],
  ["squeeze", entry("A", one(ops.squeeze))],
  ["sort", entry("x", (x) => sort(vectorOf("sort", x)))],
  ["flatten", entry("A", (A) => ops.reshape(A, { shape: [-1] }))],
  ["concat", entry("A, B, ...", joined)],
]);

/** The nearest whole number, halves away from 0: the language's rounding, where the op's goes to the even one. */
function roundedAway(x: Tensor): Tensor {
  const size = ops.abs(x);
  const whole = ops.floor(size);
  return ops.mul(ops.sign(x), ops.add(whole, ops.greaterEqual(ops.sub(size, whole), 0.5)));
}

/** Arrays one after the other along their last dimension, or along the one that stands at the end. */
function joined(...given: readonly Tensor[]): Tensor {
  const last = given.at(-1) as Tensor;
  const arrays = last.shape.length === 0 ? given.slice(0, -1) : given;
  return ops.concat(arrays, { axis: arrays === given ? -1 : axisOf(arrays[0] as Tensor, last) });
}
