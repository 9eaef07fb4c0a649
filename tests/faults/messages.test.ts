import {
  type Tensor,
  add,
  concat,
  det,
  grad,
  input,
  item,
  jvp,
  maxPool2d,
  matmul,
  mul,
  name,
  oneHot,
  randomKey,
  record,
  reshape,
  scope,
  slice,
  softmax,
  sum,
  take,
  tensor,
  transpose,
  uniform,
  values,
  vjp,
} from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import {
  accuracy,
  adam,
  chain,
  clipByGlobalNorm,
  compare,
  custom,
  dropout,
  explain,
  fit,
  forward,
  minimise,
  network,
  readWeight,
  sgd,
  termwise,
  withParameters,
} from "@nabla/mlp";
import { toDot, trainingCurve } from "@nabla/viz";
import { expect, test } from "vitest";

const W1 = name(
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  "W1",
);
const x = name(tensor([1, 2]), "x");
const net = network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] });
const data = {
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [[1], [0]],
};
const options = { cost: "binaryCrossEntropy", learningRate: 0.1, epochs: 1 } as const;

/** What a user gets wrong, and one clear sentence for each. */
const misuses: Readonly<Record<string, () => unknown>> = {
  "inner extents of a product": () => matmul(W1, W1),
  "a product with a vector": () => matmul(W1, x),
  "a product in a layer": () => scope("layer 2", () => matmul(W1, W1)),
  "shapes that do not broadcast": () => add(W1, x),
  "a product with a scalar": () => matmul(W1, 2),
  "a reshape that does not fit": () => reshape(W1, { shape: [4, -1] }),
  "an axis that does not exist": () => sum(W1, { axis: 2 }),
  "an axis named twice": () => sum(W1, { axis: [0, -2] }),
  "a softmax of a scalar": () => softmax(1),
  "a permutation that is none": () => transpose(W1, { axes: [0, 0] }),
  "a step of 0": () => slice(W1, { step: [0] }),
  "an index out of range": () => take(x, { indices: [2], axis: 0 }),
  "operands that do not join": () => concat([W1, x], { axis: 0 }),
  "a determinant of a rectangle": () => det(W1),
  "a window larger than the image": () => maxPool2d(W1, { kernel: 3 }),
  "a ragged array": () => tensor([[1, 2], [3]]),
  "a string among numbers": () => tensor([1, "2" as unknown as number]),
  "a shape that holds another number of entries": () => tensor([1, 2, 3], [2, 2]),
  "a shape that is not one": () => input("x", [2.5]),
  "a label that is no class": () => oneHot([0, 3], 3),
  "a draw without a key": () => uniform(undefined as never, { shape: [2] }),
  "numbers of a symbolic tensor": () => values(mul(input("a", [2]), input("b", [2]))),
  "one number of many": () => item(W1),
  "a gradient of a matrix": () => grad((t: Tensor) => mul(t, 2))(W1),
  "a gradient of no tensor": () => grad(() => 3 as unknown as Tensor)(x),
  "a gradient by an argument that is missing": () => grad((t: Tensor) => sum(t), { wrt: 1 as 0 })(x),
  "a gradient by a number": () => grad((t: Tensor) => sum(t))(3 as unknown as Tensor),
  "a cotangent of another shape": () => vjp((t: Tensor) => mul(t, 2), x).pullback(tensor([1])),
  "a tangent of another shape": () => jvp((t: Tensor) => mul(t, 2), x, tensor(1)),
  "a record of a vector": () => record((t: Tensor) => mul(t, 2), x),
  "a formula with a slip": () => formula("meen(x)")({ x: [1, 2] }),
  "a formula without a value": () => formula("mean(y)")({ x: [1, 2] }),
  "a formula that multiplies without a sign": () => formula("2 x")({ x: 1 }),
  "a formula with a choice": () => formula("x > 0 ? 1 : 2")({ x: 1 }),
  "a formula cut short": () => formula("sum(x")({ x: 1 }),
  "a formula whose shapes do not fit": () => formula("y + (A * x)")({ A: [[1, 2]], x: [1, 2, 3], y: 1 }),
  "a formula that divides by a vector": () => formula("1/x")({ x: [1, 2] }),
  "a formula that raises a vector": () => formula("x^2")({ x: [1, 2] }),
  "a formula with one argument too many": () => formula("max(a, b, c)"),
  "a formula with two values for max": () => formula("max(a, b)")({ a: 1, b: 2 }),
  "a formula with an unknown dimension": () => formula("sum(x, 2)")({ x: [1, 2] }),
  "a formula with a misspelt name": () => formula("2*lamda")({ lambda: 1 }),
  "a formula that calls a value": () => formula("x(2)"),
  "a formula with a ragged array": () => formula("[x, 1]")({ x: [1, 2] }),
  "a formula with an unknown operator": () => formula("x!"),
  "a formula of a comment": () => formula("# to do"),
  "a position beyond the end": () => formula("x[3]")({ x: [1, 2] }),
  "an unknown activation": () => network({ sizes: [2, 1], activations: ["sigmod" as "sigmoid"] }),
  "an unknown cost": () => compare(net, "crossEntropy" as "quadratic", data.x, data.y),
  "activations that do not fit": () => network({ sizes: [2, 3, 1], activations: ["tanh"] }),
  "a layer of no neurons": () => network({ sizes: [2, 0], activations: ["tanh"] }),
  "weights that do not fit": () =>
    withParameters(net, {
      layers: [
        { W: [[1]], b: [1] },
        { W: [[1, 2, 3]], b: [0] },
      ],
    }),
  "data of another width": () => forward(net, tensor([[1, 2, 3]])),
  "ragged data": () => fit(net, { x: [[0, 1], [1]], y: [[1], [0]] }, options),
  "targets of another number": () => fit(net, { x: data.x, y: [[1]] }, options),
  "NaN in the data": () =>
    fit(
      net,
      {
        x: [
          [0, Number.NaN],
          [1, 0],
        ],
        y: data.y,
      },
      options,
    ),
  "a learning rate of 0": () => fit(net, data, { ...options, learningRate: 0 }),
  "a learning rate of NaN": () => fit(net, data, { ...options, learningRate: Number.NaN }),
  "no epochs": () => fit(net, data, { ...options, epochs: 0 }),
  "an empty batch": () => fit(net, data, { ...options, batchSize: 0 }),
  "no examples": () => fit(net, { x: tensor(new Float64Array(), [0, 2]), y: tensor(new Float64Array(), [0, 1]) }, options),
  "a rate and an optimiser": () => fit(net, data, { ...options, optimiser: sgd({ learningRate: 1 }) }),
  "an activation that changes the shape": () => forward(network({ sizes: [2, 1], activations: [(z) => sum(z)] }), tensor([[1, 2]])),
  "an unknown initialiser": () => network({ sizes: [2, 1], activations: ["tanh"], initialiser: "xavir" as "xavier" }),
  "a rate of dropout above 1": () => network({ sizes: [2, 3, 1], activations: ["tanh", "tanh"], dropout: 1.5 }),
  "rates of dropout that do not fit": () => network({ sizes: [2, 3, 1], activations: ["tanh", "tanh"], dropout: [0.5] }),
  "dropout without a key": () => dropout(x, { rate: 0.5 }),
  "training dropout without a key": () => fit(network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"], dropout: 0.5 }), data, options),
  "training a perceptron": () => fit(network({ sizes: [2, 1], activations: ["step"] }), data, { ...options, cost: "quadratic" }),
  "a weight that does not exist": () => readWeight(net, { layer: 1, to: 3, from: 0 }),
  "labels outside 0 to 1": () => fit(net, { x: data.x, y: [[1], [2]] }, options),
  "labels 0 and 1 for a margin": () => fit(net, data, { ...options, cost: "hinge" }),
  "negative counts": () => fit(net, { x: data.x, y: [[1], [-2]] }, { ...options, cost: "poisson" }),
  "a cost that is a bare function": () => fit(net, data, { ...options, cost: (() => tensor(0)) as unknown as "quadratic" }),
  "a cost of a matrix": () => fit(net, data, { ...options, cost: custom("square", (a: Tensor) => mul(a, a)) }),
  "weights for a cost of the whole batch": () => fit(net, data, { ...options, cost: custom("mine", (a: Tensor) => sum(a)), sampleWeights: [1, 2] }),
  "weights of another number": () => fit(net, data, { ...options, sampleWeights: [1, 2, 3] }),
  "a negative weight": () => fit(net, data, { ...options, sampleWeights: [1, -2] }),
  "weights that are all 0": () => fit(net, data, { ...options, sampleWeights: [0, 0] }),
  "class weights of another number": () => fit(net, data, { ...options, classWeights: [1] }),
  "weights in a sum with one example": () => termwise({ name: "mine", normalisation: "sum", term: (a) => a }).of(tensor([1, 2]), tensor([0, 0]), tensor([1])),
  "a negative lambda": () => fit(net, data, { ...options, lambda: -1 }),
  "a share of nothing": () => fit(net, data, { ...options, validation: 0.1 }),
  "validation data of another width": () => fit(net, data, { ...options, validation: { x: [[1]], y: [[1]] } }),
  "an unknown metric": () => fit(net, data, { ...options, metrics: ["acuracy" as "accuracy"] }),
  "patience of 0": () => fit(net, data, { ...options, earlyStopping: { patience: 0 } }),
  "watching what is not computed": () => fit(net, data, { ...options, earlyStopping: { patience: 1, monitor: "accuracy" } }),
  "a callback that promises": () => fit(net, data, { ...options, onEpoch: (async () => {}) as unknown as () => void }),
  "a chain of nothing": () => chain(),
  "an optimiser by name": () => fit(net, data, { cost: "quadratic", epochs: 1, optimiser: "adam" as never }),
  "a norm of 0": () => clipByGlobalNorm(0),
  "a beta of 1": () => adam({ learningRate: 1, beta1: 1 }),
  "a schedule that gives NaN": () => fit(net, data, { ...options, learningRate: () => Number.NaN }),
  "no steps": () => minimise((t: Tensor) => sum(t), x, { learningRate: 1, steps: 0 }),
  "a function that explodes": () => minimise((t: Tensor) => sum(mul(t, mul(t, t))), x, { learningRate: 1e200, steps: 9 }),
  "batches of no data": () => minimise((t: Tensor) => sum(t), x, { learningRate: 1, steps: 1, batchSize: 2 }),
  "rows of unequal number": () => minimise((t: Tensor) => sum(t), x, { learningRate: 1, steps: 1, data: { x: tensor([[1], [2]]), y: tensor([[1]]) } }),
  "a momentum above 1": () => sgd({ learningRate: 1, momentum: 2 }),
  "a cost that explodes": () =>
    fit(network({ sizes: [2, 1], activations: ["identity"] }), data, { ...options, cost: "quadratic", learningRate: 1e200, epochs: 9 }),
  "accuracy without targets": () => accuracy(net, { x: data.x, y: [[1]] }),
  "an example of another width": () => explain(net, "quadratic", [1], [1]),
  "a plot of nothing": () => trainingCurve({ title: "t", series: [{ label: "a", points: [] }] }),
  "a plot of NaN": () => trainingCurve({ title: "t", series: [{ label: "a", points: [[0, Number.NaN]] }] }),
  "an edge to nowhere": () => toDot({ title: "", subtitle: "", nodes: [], edges: [{ from: "a", to: "b", direction: "forward", label: "" }] }),
  "a key that is none": () => uniform([1.5, 2], { shape: [1] }),
  "a seed that is none": () => randomKey(0.5),
};

test("every misuse gets one clear sentence", async () => {
  const sentences = Object.entries(misuses).map(([what, misuse]) => {
    try {
      misuse();
      return `${what}\n    NO ERROR`;
    } catch (error) {
      // Where in the library a diagnosis points may move with any edit of it.
      return `${what}\n    ${error instanceof Error ? `${error.name}: ${error.message}`.replaceAll(/ at [\w-]+\.ts:\d+:\d+/g, "") : String(error)}`;
    }
  });
  expect(sentences.filter((sentence) => sentence.includes("NO ERROR") || sentence.includes("internal:") || sentence.includes("TypeError"))).toEqual([]);
  await expect(`${sentences.join("\n")}\n`).toMatchFileSnapshot("messages.txt");
});
