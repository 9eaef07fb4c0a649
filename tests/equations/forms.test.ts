import { type Tensor, mean, mul, nested, normal, randomKey, sigmoid, softmax, splitKey, square, sub } from "@nabla/autodiff";
import { type ActivationName, type CostName, backpropagate, checkHomework, costs, custom, network, tapeDeltas } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

const [weights, data, labels] = splitKey(randomKey(4), 3) as [readonly [number, number], readonly [number, number], readonly [number, number]];
const m = 4;
const x = normal(data, { shape: [m, 3] });
const y = sigmoid(normal(labels, { shape: [m, 5] }));
const hidden = ["identity", "sigmoid", "tanh", "relu", "leakyRelu", "elu", "softplus", "gelu", "silu", "softmax"] as const satisfies readonly ActivationName[];

/** largest |left - right| / largest |right| */
function scaledError(left: unknown, right: unknown): number {
  const [found, wanted] = [left, right].map((each) => (each as number[][]).flat(3)) as [number[], number[]];
  expect(found).toHaveLength(wanted.length);
  return Math.max(...found.map((each, at) => Math.abs(each - (wanted[at] ?? Number.NaN)))) / Math.max(...wanted.map(Math.abs));
}

const outputs = ["sigmoid", "softmax", "identity"] as const;
const cases = hidden.flatMap((activation) =>
  outputs.flatMap((output) =>
    (["quadratic", "sumOfSquares", "binaryCrossEntropy", "categoricalCrossEntropy", "logLikelihood"] satisfies CostName[])
      .filter((cost) => output !== "identity" || cost === "quadratic" || cost === "sumOfSquares")
      .map((cost) => [activation, output, cost] as const),
  ),
);

describe("backpropagation by hand in three forms", () => {
  test.each(cases)("%s below %s with %s: every form is the tape's gradient within 1e-12 of scale, ridge included", (activation, output, cost) => {
    const net = network({ sizes: [3, 4, 2, 5], activations: [activation, "tanh", output], key: weights });
    const lambda = cost === "logLikelihood" ? 0 : 0.6;
    const { deltas, gradients } = tapeDeltas(net, costs[cost], x, y, lambda);
    for (const form of ["element", "vector", "matrix"] as const)
      for (const short of [false, true]) {
        const refused = form === "vector" && (activation === "softmax" || (output === "softmax" && !(short && cost === "categoricalCrossEntropy")));
        const run = (): ReturnType<typeof backpropagate> => backpropagate(net, cost, x, y, { form, short, lambda });
        if (refused) {
          expect(run).toThrow("the Hadamard form has no σ′ for softmax: each output depends on every z of its layer");
          continue;
        }
        const found = run();
        net.layers.forEach((_, l) => {
          expect(scaledError(found.deltas[l], nested(deltas[l] as Tensor))).toBeLessThanOrEqual(1e-12);
          expect(scaledError(found.dW[l], nested(gradients.layers[l]?.W as Tensor))).toBeLessThanOrEqual(1e-12);
          expect(scaledError(found.db[l], nested(gradients.layers[l]?.b as Tensor))).toBeLessThanOrEqual(1e-12);
        });
        expect(checkHomework(net, cost, x, y, found, { lambda }).agrees).toBe(true);
      }
  });

  test("a row activation of one's own, by its pull: softmax at half the temperature", () => {
    const cool = {
      name: "cool",
      symbol: "s",
      of: (z: Tensor) => softmax(mul(z, 2)),
      pull: (a: readonly number[], v: readonly number[]) => {
        const centre = a.reduce((total, each, j) => total + each * (v[j] ?? 0), 0);
        return a.map((each, j) => 2 * each * ((v[j] ?? 0) - centre));
      },
    };
    const net = network({ sizes: [3, 4, 5], activations: [cool, "sigmoid"], key: weights });
    const { gradients } = tapeDeltas(net, costs.quadratic, x, y);
    for (const form of ["element", "matrix"] as const)
      expect(scaledError(backpropagate(net, "quadratic", x, y, { form }).dW[0], nested(gradients.layers[0]?.W as Tensor))).toBeLessThanOrEqual(1e-12);
  });

  test("what nobody derived is refused by name", () => {
    const net = network({ sizes: [3, 5], activations: ["sigmoid"] });
    const own = custom("own", (a, wanted) => mean(square(sub(a, wanted))));
    expect(() => backpropagate(net, own, x, y)).toThrow("nobody derived ∂C/∂a of the cost own");
    const bare = network({ sizes: [3, 5], activations: [{ name: "bare", symbol: "b", of: (z) => sigmoid(z) }] });
    expect(() => backpropagate(bare, "quadratic", x, y)).toThrow("activation bare has no closed derivative");
    expect(() => backpropagate(net, "quadratic", x, y, { form: "hadamard" as "vector" })).toThrow("use element, vector, matrix");
  });
});
