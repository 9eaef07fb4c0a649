import { type Tensor, keyAt, randomKey, splitKey, square, sum, tensor, values } from "@nabla/autodiff";
import {
  type Cost,
  type CostName,
  type MinimiseOptions,
  type Network,
  backpropagate,
  checkHomework,
  costs,
  fit,
  huber,
  minimise,
  network,
  normalised,
  quantile,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { data, start, x, y } from "../properties/regression.ts";

const options = { cost: "quadratic", learningRate: 0.1, epochs: 1 } as const;
const f = (p: Tensor): Tensor => sum(square(p));
const trained = (more: object) => () => fit(start, data, { ...options, ...more });
const minimised = (more: object) => () => minimise(f, tensor([1]), { learningRate: 0.1, steps: 2, ...more });

describe("an option of another kind is refused by the function that was called", () => {
  test.each([0, "", Number.NaN, null, false])("early stopping of %o", (earlyStopping) => {
    expect(trained({ earlyStopping })).toThrow(/^fit, early stopping: /);
    expect(minimised({ earlyStopping })).toThrow(/^minimise, early stopping: /);
  });

  test.each([1n, Symbol("s"), "0.4", true, Number.NaN])("validation of %o", (validation) => {
    expect(trained({ validation })).toThrow(/^fit: validation must be data \{ x, y \} or a share between 0 and 1 .*, got /);
    expect(() => minimise(f, tensor([1]), { learningRate: 0.1, epochs: 1, data: x, validation } as unknown as MinimiseOptions<Tensor, Tensor>)).toThrow(
      /^minimise/,
    );
  });

  test.each([Number.NaN, "x", {}, 0, -1, null])("the learning rate of a homework, %o", (learningRate) => {
    const net = network({ sizes: [1, 1], activations: ["identity"] });
    expect(() => checkHomework(net, "quadratic", [[1]], [[5]], { db: [[0]] }, { learningRate } as never)).toThrow(
      "checkHomework: learningRate must be a number above 0, got",
    );
  });

  test.each([1, "yes", null, {}])("the short delta, %o", (short) => {
    expect(() => backpropagate(start, "quadratic", x, y, { short } as never)).toThrow("backpropagate: short must be true or false, got");
  });

  test("sizes and dropout of a network", () => {
    expect(() => network({ sizes: 10n, activations: [] } as never)).toThrow(
      "network: sizes must name at least inputs and outputs, such as [64, 32, 10], got 10",
    );
    for (const dropout of [-1, 1, "0.5", null])
      expect(() => network({ sizes: [2, 1], activations: ["sigmoid"], dropout } as never)).toThrow(
        "network: a rate of dropout must be a number from 0 to below 1",
      );
  });

  test("two metrics of one name", () => {
    expect(trained({ metrics: ["rSquared", "rSquared"] })).toThrow("fit: there are two metrics of the name rSquared; give each its own");
    const size = { name: "size", sense: "minimise", of: () => 1 };
    expect(minimised({ metrics: [size, size] })).toThrow("minimise: there are two metrics of the name size");
  });
});

describe("as many epochs as anybody likes", () => {
  test("take no memory before they come, and end when they are told to", () => {
    const many = 2 ** 32 - 1;
    let seen = 0;
    const stop = (): "stop" | undefined => (++seen === 3 ? "stop" : undefined);
    expect(trained({ epochs: many, onEpoch: stop })().history).toHaveLength(3);
    seen = 0;
    expect(minimised({ steps: many, onStep: stop })().history).toHaveLength(3);
  });

  test("are refused by name where there are no keys for them", () => {
    expect(trained({ epochs: 2 ** 40 })).toThrow("fit: 1099511627776 epochs are more than the 2^32 - 1 that get keys of their own; give fewer");
    expect(minimised({ steps: 2 ** 40 })).toThrow("minimise: 1099511627776 epochs are more than the 2^32 - 1");
  });

  test("shuffle as they did when all keys were made at once", () => {
    const root = randomKey(7);
    expect(Array.from({ length: 50 }, (_, at) => keyAt(root, at))).toEqual(splitKey(root, 50));
    const weights = ({ parameters }: Network): readonly number[] => parameters.layers.flatMap(({ W, b }) => [...values(W), ...values(b)]);
    const short = trained({ epochs: 3, batchSize: 7, key: 5 })().network;
    let epoch = 0;
    expect(weights(trained({ epochs: 1000, batchSize: 7, key: 5, onEpoch: () => (++epoch === 3 ? "stop" : undefined) })().network)).toEqual(weights(short));
    for (const position of [-1, 0.5, 2 ** 32, "1"]) expect(() => keyAt(root, position as number)).toThrow("keyAt: the position must be a whole number");
  });
});

test("costs of residuals say that they take any number, as those of squares do", () => {
  for (const cost of [huber(), quantile(), costs.huber, costs.quantile]) {
    expect(cost.labels?.says).toBe("any number");
    expect(() => fit(start, { x: [[0, 0, 0]], y: [[Number.NaN]] }, { ...options, cost })).toThrow("fit: y[0][0] is NaN");
  }
});

test("one output that cannot tell classes apart is refused before training that would do nothing, or call everything right", () => {
  const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]] }; // prettier-ignore
  const trained =
    (output: "softmax" | "sigmoid", cost: CostName | Cost, hidden: "tanh" | "softmax" = "tanh", width = 3) =>
    (): unknown =>
      fit(network({ sizes: [2, width, 1], activations: [hidden, output] }), xor, { cost, learningRate: 0.1, epochs: 1 });
  expect(trained("softmax", "quadratic")).toThrow("fit: layer 2 is a softmax of one neuron, which is 1 whatever the weights; use sigmoid");
  expect(trained("sigmoid", "quadratic", "softmax", 1)).toThrow("fit: layer 1 is a softmax of one neuron");
  expect(trained("sigmoid", "categoricalCrossEntropy")).toThrow(
    "fit: categoricalCrossEntropy over one output is least where the output is 1 for every example",
  );
  expect(trained("sigmoid", normalised("kullbackLeibler", "sum"))).toThrow("fit: kullbackLeibler over one output is least where");
  expect(trained("sigmoid", "quadratic", "softmax")).not.toThrow();
  expect(trained("sigmoid", "binaryCrossEntropy")).not.toThrow();
});
