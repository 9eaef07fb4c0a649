import { type Tensor, mul, square, stopGradient, sub, sum, tensor, zeros } from "@nabla/autodiff";
import * as m from "@nabla/mlp";
import { expect, test } from "vitest";
import { told } from "./misuse.ts";

const net = m.network({ sizes: [2, 1], activations: ["sigmoid"] });
const data = { x: [[0, 1], [1, 0]], y: [[1], [0]] }; // prettier-ignore
const options = { cost: "quadratic", learningRate: 0.1, epochs: 1 } as const;
const [a, y] = [tensor([[1], [2]]), tensor([[1], [2]])]; // prettier-ignore
const bowl = (p: { readonly w: Tensor }): Tensor => sum(square(p.w));
const w = { w: tensor([1, 2]) };
/** What a caller without types may pass. */
const wrong = (value: unknown): never => value as never;
const stepped = m.network({ sizes: [2, 1], activations: ["step"] });
const acting = (of: unknown): m.Network => m.network({ sizes: [2, 1], activations: [wrong(of)] });

const misuses: Readonly<Record<string, () => unknown>> = {
  "network without arguments": () => m.network(wrong(undefined)),
  "network with the name of one activation": () => m.network({ sizes: [2, 1], activations: wrong("tanh") }),
  "network with half a neuron": () => m.network({ sizes: [2, 1.5], activations: ["tanh"] }),
  "network with a size that is text": () => m.network({ sizes: [2, wrong("3")], activations: ["tanh"] }),
  "network with an activation that is none": () => acting({ name: "mine" }),
  "network with a key of text": () => m.network({ sizes: [2, 1], activations: ["tanh"], key: wrong("seed") }),
  "network with dropout of text": () => m.network({ sizes: [2, 2, 1], activations: ["tanh", "tanh"], dropout: wrong("0.5") }),
  "network with an initialiser that gives another shape": () => m.network({ sizes: [2, 3], activations: ["tanh"], initialiser: (_, n, k) => zeros([k, n]) }),
  "network with an initialiser that gives nothing": () => m.network({ sizes: [2, 3], activations: ["tanh"], initialiser: () => wrong(undefined) }),
  "network with an initialiser that gives NaN": () => m.network({ sizes: [1, 1], activations: ["tanh"], initialiser: () => tensor([[Number.NaN]]) }),
  "forward through an activation that gives a number": () =>
    m.predict(
      acting(() => 3),
      data.x,
    ),
  "forward through an activation that gives an object": () =>
    m.predict(
      acting(() => ({ a: 1 })),
      data.x,
    ),
  "forward through an activation that sums": () =>
    m.predict(
      acting((z: Tensor) => sum(z)),
      data.x,
    ),
  "forward of a network without layers": () => m.forward(wrong({ layers: [] }), tensor(data.x)),
  "forward with parameters of no layer": () => m.forward(net, tensor(data.x), { layers: [] }),
  "forward with parameters of another shape": () => m.forward(net, tensor(data.x), { layers: [{ W: tensor([[1]]), b: tensor([0]) }] }),
  "forward with parameters that are no tensors": () => m.forward(net, tensor(data.x), { layers: [{ W: wrong([[1, 2]]), b: tensor([0]) }] }),
  "withParameters with one layer too many": () => m.withParameters(net, { layers: [{ W: [[1, 2]], b: [0] }, { W: [[1]], b: [0] }] }), // prettier-ignore
  "withParameters with layers that are none": () => m.withParameters(net, { layers: wrong("W") }),
  "withParameters without biases": () => m.withParameters(net, { layers: [wrong({ W: [[1, 2]] })] }),
  "predict for NaN": () => m.predict(net, [[0, Number.NaN]]),
  "predict for infinity": () => m.predict(net, [[Number.POSITIVE_INFINITY, 0]]),
  "predict for rows of another width": () => m.predict(net, [[1, 2, 3]]),
  "predict for one example without brackets": () => m.predict(net, [1, 2]),
  "predict by a tensor": () => m.predict(wrong(a), data.x),
  "fit without options": () => m.fit(net, data, wrong(undefined)),
  "fit without targets": () => m.fit(net, wrong({ x: data.x }), options),
  "fit with one metric by name": () => m.fit(net, data, { ...options, metrics: wrong("accuracy") }),
  "fit with a callback that is a number": () => m.fit(net, data, { ...options, onEpoch: wrong(3) }),
  "fit with a learning rate that is text": () => m.fit(net, data, { ...options, learningRate: wrong("0.1") }),
  "fit with epochs that are text": () => m.fit(net, data, { ...options, epochs: wrong("10") }),
  "fit with a share that is text": () => m.fit(net, data, { ...options, validation: wrong("0.2") }),
  "fit with early stopping that is a number": () => m.fit(net, data, { ...options, earlyStopping: wrong(5) }),
  "fit with class weights in a record": () => m.fit(net, data, { ...options, classWeights: wrong({ 0: 1, 1: 2 }) }),
  "fit with a cost that is cut off, and a penalty": () =>
    m.fit(net, data, { ...options, lambda: 1, cost: m.custom("cut", (p, t) => sum(square(sub(stopGradient(p), t)))) }),
  "fit without a cost": () => m.fit(net, data, wrong({ learningRate: 0.1, epochs: 1 })),
  "minimise without options": () => m.minimise(bowl, w, wrong(undefined)),
  "minimise of no function": () => m.minimise(wrong(w), w, { learningRate: 0.1, steps: 1 }),
  "minimise by numbers": () => m.minimise(bowl, wrong({ w: [1, 2] }), { learningRate: 0.1, steps: 1 }),
  "minimise of a vector": () => m.minimise((p: typeof w) => square(p.w), w, { learningRate: 0.1, steps: 1 }),
  "minimise of a number": () => m.minimise(() => wrong(3), w, { learningRate: 0.1, steps: 1 }),
  "minimise for steps and epochs": () => m.minimise(bowl, w, { learningRate: 0.1, steps: 1, epochs: 1 }),
  "minimise in another sense": () => m.minimise(bowl, w, { learningRate: 0.1, steps: 1, sense: wrong("max") }),
  "minimise with a share of no data": () => m.minimise(bowl, w, { learningRate: 0.1, steps: 1, validation: 0.2 }),
  "minimise with a metric by name": () => m.minimise(bowl, w, { learningRate: 0.1, steps: 1, metrics: [wrong("accuracy")] }),
  "minimise with a penalty alone": () => m.minimise(() => tensor(1), w, { learningRate: 0.1, steps: 1, lambda: 1 }),
  "minimise with a metric that gives a tensor": () =>
    m.minimise(bowl, w, { learningRate: 0.1, steps: 1, metrics: [{ name: "size", sense: "minimise", of: wrong(bowl) }] }),
  "fit from a state that is none": () => m.fit(net, data, { cost: "quadratic", optimiser: m.adam({ learningRate: 0.1 }), epochs: 1, state: 3 }),
  "an update of Adam without its state": () => m.scaleByAdam().update(w, wrong(undefined), w),
  "an optimiser of one's own that gives nothing": () =>
    m.fit(net, data, { cost: "quadratic", optimiser: { name: "mine", init: () => 0, update: () => wrong({}) }, epochs: 1 }),
  "a metric that does not say what is better": () => m.fit(net, data, { ...options, metrics: [wrong({ name: "mine", of: () => 1 })] }),
  "adam without options": () => m.adam(wrong(undefined)),
  "adam with the rate alone": () => m.adam(wrong(0.1)),
  "adam with another library's name": () => m.adam(wrong({ lr: 0.1 })),
  "sgd with a misspelt momentum": () => m.sgd(wrong({ learningRate: 0.1, momentm: 0.9 })),
  "a schedule of text": () => m.cosineDecay({ rate: wrong("0.1"), steps: 10 }),
  "descend by no optimiser": () => m.descend(wrong("sgd"), w, undefined, w),
  "custom in another sense": () => m.custom("mine", (p) => sum(p), { sense: wrong("max") }),
  "custom with another normalisation": () => m.custom("mine", (p) => sum(p), { normalisation: wrong("mean") }),
  "custom with labels by name": () => m.custom("mine", (p) => sum(p), { labels: wrong("zeroToOne") }),
  "custom with a derivative that is a number": () => m.custom("mine", (p) => sum(p), { derivative: wrong(1) }),
  "an activation without a name": () => acting({ of: (z: Tensor) => z }),
  "an activation whose closed form is a number": () => acting({ name: "mine", symbol: "f", of: (z: Tensor) => z, prime: 1 }),
  "forward with offsets of another shape": () => m.forward(net, tensor(data.x), net.parameters, [tensor([0])]),
  "forward with a key of text": () => m.forward(net, tensor(data.x), net.parameters, undefined, wrong("seed")),
  "termwise with a name alone": () => m.termwise(wrong({ name: "mine" })),
  "termwise without a term": () => m.termwise(wrong({ name: "mine", normalisation: "sum" })),
  "custom with the function first": () =>
    m.custom(
      wrong((p: Tensor) => sum(p)),
      wrong("mine"),
    ),
  "custom with a name alone": () => m.custom("mine", wrong(undefined)),
  "paths through a step": () => m.pathSum(stepped, "quadratic", [[0, 1]], [[1]], { layer: 1, to: 0, from: 0 }),
  "paths through an activation that nobody derived": () =>
    m.pathSum(
      acting((z: Tensor) => square(z)),
      "quadratic",
      [[0, 1]],
      [[1]],
      { layer: 1, to: 0, from: 0 },
    ),
  "paths for labels that the cost is not made for": () => m.pathSum(net, "binaryCrossEntropy", [[0, 1]], [[2]], { layer: 1, to: 0, from: 0 }),
  "the Hadamard form of softmax": () =>
    m.backpropagate(m.network({ sizes: [2, 2], activations: ["softmax"] }), "quadratic", [[0, 1]], [[1, 0]], { form: "vector" }),
  "a formula that is text": () => m.costOfFormula("mine", wrong("sum(a)")),
  "a cost of labels in another shape": () => m.quadratic.of(a, tensor([1, 2])),
  "a cost of one's own of labels in another shape": () => m.custom("mine", (p, t) => sum(mul(p, t))).of(a, tensor([1, 2])),
  "a cost without labels": () => m.quadratic.of(a, wrong(undefined)),
  "an objective of labels in another shape": () => m.objective(net, m.quadratic)(net.parameters, tensor(data.x), tensor([1, 0])),
  "an objective with a misspelt penalty": () => m.objective(net, m.quadratic, wrong({ lamda: 1 })),
  "a quantile of text": () => m.quantile(wrong("0.5")),
  "a table of no comparison": () => m.comparisonTable(wrong(y)),
  "a place that is a number": () => m.readWeight(net, wrong(1)),
};

test("what is asked of a network in vain is refused in a sentence that says what to do", async () => {
  const answers = told(misuses);
  expect(answers.filter((each) => each.endsWith("accepted"))).toEqual([]);
  await expect(`${answers.join("\n")}\n`).toMatchFileSnapshot("networks.txt");
});
