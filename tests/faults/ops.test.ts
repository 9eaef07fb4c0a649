import * as n from "@nabla/autodiff";
import { type Tensor, name, randomKey, tensor } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { told } from "./misuse.ts";

const x = name(tensor([1, 2]), "x");
const W = name(tensor([[1, 2, 3], [4, 5, 6]]), "W"); // prettier-ignore
const image = name(tensor(new Float64Array(16), [1, 1, 4, 4]), "image");
const filter = name(tensor(new Float64Array(4), [1, 1, 2, 2]), "filter");
const key = randomKey(1);
/** What a caller without types may pass. */
const wrong = (value: unknown): never => value as never;

const misuses: Readonly<Record<string, () => unknown>> = {
  "add: no shape in common": () => n.add(W, x),
  "argmax over no entries": () => n.argmax(n.zeros([0])),
  "argsort along an axis that is not there": () => n.argsort(x, { axis: 1 }),
  "arange of a fraction": () => n.arange(2.5),
  "avgPool2d of a vector": () => n.avgPool2d(x, { kernel: [1, 1], stride: [1, 1] }),
  "avgPool2d with a stride of 0": () => n.avgPool2d(image, { kernel: [2, 2], stride: [0, 1] }),
  "bernoulli with an impossible probability": () => n.bernoulli(key, { shape: [2], probability: -1 }),
  "broadcastTo a smaller shape": () => n.broadcastTo(W, { shape: [3] }),
  "broadcastTo a shape of fractions": () => n.broadcastTo(x, { shape: [1.5, 2] }),
  "cholesky of an indefinite matrix": () => n.cholesky([[1, 2], [2, 1]]), // prettier-ignore
  "cholesky of a rectangle": () => n.cholesky(W),
  "choice along a scalar": () => n.choice(key, tensor(1), { count: 1 }),
  "clip by text": () => n.clip(x, { min: wrong("a"), max: 1 }),
  "composite without a name": () => n.composite({ name: "", expand: (t) => n.neg(t) }),
  "composite without an expansion": () => n.composite({ name: "f", expand: wrong(undefined) }),
  "concat of nothing": () => n.concat([], { axis: 0 }),
  "concat of scalars": () => n.concat([1, 2], { axis: 0 }),
  "conv1d of an image": () => n.conv1d(image, filter, undefined, { stride: [1], padding: [0] }),
  "conv2d with a bias of another length": () => n.conv2d(image, filter, [1, 2], { stride: [1, 1], padding: [0, 0] }),
  "conv2d with a step of 0": () => n.conv2d(image, filter, undefined, { stride: [0, 1], padding: [0, 0] }),
  "conv2d with one stride": () => n.conv2d(image, filter, undefined, { stride: [1], padding: [0, 0] }),
  "conv2d with a fraction of padding": () => n.conv2d(image, filter, undefined, { stride: [1, 1], padding: [0.5, 0] }),
  "conv2d with groups that do not divide": () => n.conv2d(image, filter, undefined, { stride: [1, 1], padding: [0, 0], groups: 2 }),
  "conv2d with other channels": () => n.conv2d(image, n.zeros([1, 2, 2, 2]), undefined, { stride: [1, 1], padding: [0, 0] }),
  "conv2d with a filter larger than the image": () => n.conv2d(image, n.zeros([1, 1, 5, 5]), undefined, { stride: [1, 1], padding: [0, 0] }),
  "cumsum of a scalar": () => n.cumsum(1, { axis: 0 }),
  "det of a rectangle": () => n.det(W),
  "diag of three axes": () => n.diag(n.zeros([1, 1, 1])),
  "diag of half a diagonal": () => n.diag(x, { k: 0.5 }),
  "dot of a matrix": () => n.dot(W, x),
  "dot of unequal lengths": () => n.dot(x, [1, 2, 3]),
  "einsum of no equation": () => n.einsum([x], { equation: "i=j" }),
  "einsum of too few operands": () => n.einsum([x], { equation: "i,i->" }),
  "einsum with too many labels": () => n.einsum([x], { equation: "ij->i" }),
  "einsum with too few labels": () => n.einsum([W], { equation: "i->i" }),
  "einsum with two extents for one label": () => n.einsum([x, W], { equation: "i,ji->j" }),
  "einsum with a label from nowhere": () => n.einsum([x], { equation: "i->j" }),
  "einsum with a label written twice": () => n.einsum([x], { equation: "i->ii" }),
  "expandDims twice at one place": () => n.expandDims(x, { axis: [0, 0] }),
  "eye of a fraction": () => n.eye(1.5),
  "flip along an axis that is not there": () => n.flip(x, { axis: 1 }),
  "full of text": () => n.full([2], wrong("1")),
  "gather with one axis too many": () => n.gather(x, { indices: { shape: [1, 1], data: [0] }, axis: 0 }),
  "gather beyond another axis": () => n.gather(W, { indices: { shape: [3, 1], data: [0, 0, 0] }, axis: 1 }),
  "scatterAdd with indices of another shape": () => n.scatterAdd(W, { indices: [[0, 1], [0, 1], [0, 1]], axis: 0, shape: [3, 3] }), // prettier-ignore
  "scatterAdd beyond another axis": () => n.scatterAdd([[1, 2, 3, 4, 5]], { indices: [[0, 1, 0, 1, 0]], axis: 0, shape: [2, 3] }), // prettier-ignore
  "scatterAdd with an axis too few": () => n.scatterAdd(x, { indices: [0, 1], axis: 0, shape: [2, 3] }), // prettier-ignore
  "gather at an index out of range": () => n.gather(x, { indices: [2], axis: 0 }),
  "gather at a fraction": () => n.gather(x, { indices: [0.5], axis: 0 }),
  "gelu by another approximation": () => n.gelu(x, { approximate: wrong("erf") }),
  "input without a name": () => n.input("", [2]),
  "input named by a number": () => n.input(wrong(3), [2]),
  "input with a negative extent": () => n.input("x", [-1]),
  "inv of a singular matrix": () => n.inv([[1, 2], [2, 4]]), // prettier-ignore
  "elu with no number": () => n.elu(x, { alpha: Number.NaN }),
  "layerNorm with a negative epsilon": () => n.layerNorm(x, { epsilon: -1 }),
  "leakyRelu with an infinite slope": () => n.leakyRelu(x, { negativeSlope: Number.POSITIVE_INFINITY }),
  "linspace to infinity": () => n.linspace(0, Number.POSITIVE_INFINITY, 3),
  "linspace from no number": () => n.linspace(Number.NaN, 1, 3),
  "linspace of a fraction of points": () => n.linspace(0, 1, 2.5),
  "matmul of scalars": () => n.matmul(1, 2),
  "matmul of batches that do not broadcast": () => n.matmul(n.zeros([2, 1, 3]), n.zeros([3, 3, 1])),
  "max over no entries": () => n.max(n.zeros([2, 0]), { axis: 1 }),
  "maxPool2d with a fraction": () => n.maxPool2d(image, { kernel: [1.5, 1] }),
  "maxPool2d with padding beyond half": () => n.maxPool2d(image, { kernel: [2, 2], padding: [2, 0] }),
  "name for nothing": () => name(wrong(3), "x"),
  "name that is empty": () => name(x, ""),
  "name that is a number": () => name(x, wrong(3)),
  "norm of order 0": () => n.norm(x, { ord: 0 }),
  "normal with a negative deviation": () => n.normal(key, { shape: [1], deviation: -1 }),
  "normal around infinity": () => n.normal(key, { shape: [1], mean: Number.POSITIVE_INFINITY }),
  "oneHot of a fraction": () => n.oneHot([0.5], 2),
  "oneHot of a negative label": () => n.oneHot([-1], 2),
  "outer of a matrix": () => n.outer(W, x),
  "outer of vectors that are too long": () => n.outer(n.zeros([100_000]), n.name(n.zeros([100_000]), "b")),
  "pad of too few axes": () => n.pad(W, { widths: [[1, 1]] }),
  "pad by a negative width": () => n.pad(x, { widths: [[-1, 0]] }),
  "permutation of a fraction": () => n.permutation(key, 1.5),
  "polygamma of a fraction": () => n.polygamma(x, { order: 0.5 }),
  "pow by text": () => n.pow(x, { exponent: wrong("2") }),
  "repeat a negative number of times": () => n.repeat(x, { copies: -1, axis: 0 }),
  "repeat by a list of another length": () => n.repeat(x, { copies: [1, 2, 3], axis: 0 }),
  "reshape with two free extents": () => n.reshape(W, { shape: [-1, -1] }),
  "reshape to text": () => n.reshape(W, { shape: wrong("6") }),
  "scatter at an index out of range": () => n.scatter(x, { indices: [5], axis: 0, updates: [1] }),
  "scatter with one axis too many": () => n.scatter(x, { indices: { shape: [1, 1], data: [0] }, axis: 0, updates: 1 }),
  "scatter with updates that do not fit": () => n.scatter(x, { indices: [0], axis: 0, updates: [1, 2] }),
  "scatter with updates of another rank": () => n.scatter(x, { indices: [0], axis: 0, updates: [[1]] }),
  "slice with an entry too many": () => n.slice(x, { start: [0, 0] }),
  "slice from a fraction": () => n.slice(x, { start: [0.5] }),
  "slice backwards": () => n.slice(x, { step: [-1] }),
  "softmax along an axis that is not there": () => n.softmax(x, { axis: 2 }),
  "solve with b of other rows": () => n.solve([[1, 0], [0, 1]], [1, 2, 3]), // prettier-ignore
  "solve with batches that do not broadcast": () => n.solve(n.zeros([2, 3, 3]), n.zeros([4, 3, 1])),
  "solve with a singular matrix": () => n.solve([[1, 2], [2, 4]], [1, 2]), // prettier-ignore
  "sort of a scalar": () => n.sort(1),
  "split into unequal parts": () => n.split(x, { parts: 3, axis: 0 }),
  "squeeze an axis of 2": () => n.squeeze(x, { axis: 0 }),
  "stack of unlike shapes": () => n.stack([x, W], { axis: 0 }),
  "stack of nothing": () => n.stack([], { axis: 0 }),
  "stopGradient of a number": () => n.stopGradient(wrong(3)),
  "sum with keepDims that is no truth": () => n.sum(x, { keepDims: wrong(1) }),
  "take at an index out of range": () => n.take(x, { indices: [2], axis: 0 }),
  "tensor of mixed ranks": () => tensor([1, [2]]),
  "tensor of undefined": () => tensor(wrong(undefined)),
  "tensor of a shape that does not fit": () => tensor(Float64Array.of(1, 2, 3), [2, 2]),
  "tile a fraction of times": () => n.tile(x, { copies: 1.5 }),
  "topK of more than there are": () => n.topK(x, { k: 3 }),
  "trace of a vector": () => n.trace(x),
  "transpose with an axis twice": () => n.transpose(W, { axes: [0, 0] }),
  "transpose with too few axes": () => n.transpose(W, { axes: [0] }),
  "tril of a vector": () => n.tril(x),
  "triu by half a diagonal": () => n.triu(W, { k: 0.5 }),
  "uniform with the bounds exchanged": () => n.uniform(key, { shape: [1], low: 2, high: 1 }),
  "uniform up to infinity": () => n.uniform(key, { shape: [1], high: Number.POSITIVE_INFINITY }),
  "variance with no number": () => n.variance(x, { correction: Number.NaN }),
  "where with shapes that do not broadcast": () => n.where(W, x, 0),
  "zeros of text": () => n.zeros(wrong("2")),
  "grad of a record that contains itself": () => {
    const circular: Record<string, unknown> = { W: x };
    circular["self"] = circular;
    return n.grad((p: { readonly W: Tensor }) => n.sum(p.W))(wrong(circular));
  },
};

test("what is asked of an op in vain is refused in a sentence that says what to do", async () => {
  const answers = told(misuses);
  expect(answers.filter((each) => each.endsWith("accepted"))).toEqual([]);
  await expect(`${answers.join("\n")}\n`).toMatchFileSnapshot("ops.txt");
});
