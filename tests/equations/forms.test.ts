import { type Tensor, add, mean, mul, nested, normal, randomKey, sigmoid, softmax, splitKey, square, sub } from "@nabla/autodiff";
import {
  type ActivationName,
  type CostName,
  backpropagate,
  checkHomework,
  compare,
  costs,
  custom,
  fit,
  network,
  objective,
  readWeight,
  tapeDeltas,
  withWeight,
} from "@nabla/mlp";
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
    const lambda = 0.6;
    const { deltas, gradients } = tapeDeltas(net, costs[cost], x, y, lambda);
    for (const form of ["element", "vector", "matrix"] as const)
      for (const short of [false, true]) {
        const refused = form === "vector" && (activation === "softmax" || (output === "softmax" && !(short && cost === "categoricalCrossEntropy")));
        const run = (): ReturnType<typeof backpropagate> => backpropagate(net, cost, x, y, { form, short, lambda });
        if (refused) {
          expect(run).toThrow("backpropagate: the Hadamard form has no σ′ for softmax: each output depends on every z of its layer");
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

  test.each([{ lasso: 0.4 }, { lambda: 0.6, lasso: 0.4 }])(
    "penalties %o: every form, and the comparison, hold the tape's gradient of the weights",
    (penalty) => {
      const plain = network({ sizes: [3, 4, 5], activations: ["tanh", "sigmoid"], key: weights });
      const zeroed = withWeight(plain, { layer: 1, to: 0, from: 1 }, 0);
      const { gradients } = tapeDeltas(zeroed, costs.quadratic, x, y, penalty);
      const bare = tapeDeltas(zeroed, costs.quadratic, x, y);
      for (const form of ["element", "vector", "matrix"] as const) {
        const { dW, db } = backpropagate(zeroed, "quadratic", x, y, { form, ...penalty });
        zeroed.layers.forEach((_, l) => {
          expect(scaledError(dW[l], nested(gradients.layers[l]?.W as Tensor))).toBeLessThanOrEqual(1e-12);
          expect(scaledError(db[l], nested(bare.gradients.layers[l]?.b as Tensor))).toBeLessThanOrEqual(1e-12);
        });
        // λ/m sign(w), and nothing at the kink.
        const off = (l: number, j: number, k: number): number =>
          (dW[l]?.[j]?.[k] ?? Number.NaN) - ((nested(bare.gradients.layers[l]?.W as Tensor) as number[][])[j]?.[k] ?? Number.NaN);
        const w = readWeight(zeroed, { layer: 2, to: 3, from: 2 });
        expect(off(0, 0, 1)).toBeCloseTo(0, 15);
        expect(off(1, 3, 2)).toBeCloseTo(((penalty.lambda ?? 0) * w + 0.4 * Math.sign(w)) / m, 14);
      }
      const report = compare(zeroed, "quadratic", x, y, penalty);
      expect(report.agrees).toBe(true);
      expect(report.rows.map(({ equation, rule }) => `${equation}: ${rule}`)[2]).toBe(
        penalty.lambda === undefined ? "BP4: δ² (a¹)ᵀ + λ/m sign(W²)" : "BP4: δ² (a¹)ᵀ + λ/m W² + λ₁/m sign(W²)",
      );
      expect(compare(zeroed, "quadratic", x, y).rows[2]?.rule).toBe("δ² (a¹)ᵀ");
      // The tape of one penalty against the closed form of another is wrong in BP4 alone.
      const wrong = checkHomework(zeroed, "quadratic", x, y, { dW: gradients.layers.map(({ W }) => W), db: gradients.layers.map(({ b }) => b) });
      expect(wrong.first?.equation).toBe("BP4");
    },
  );

  test("penalties of a cost to maximise are taken away: in the tape, in every form, in the comparison, in homework, and in training", () => {
    const net = network({ sizes: [3, 4, 5], activations: ["tanh", "sigmoid"], key: weights });
    const penalty = { lambda: 0.6, lasso: 0.4 };
    const [{ gradients }, bare] = [tapeDeltas(net, costs.logLikelihood, x, y, penalty), tapeDeltas(net, costs.logLikelihood, x, y)];
    const dW = gradients.layers.map(({ W }) => nested(W) as number[][]);
    const trained = fit(net, { x, y }, { cost: "logLikelihood", learningRate: 1, epochs: 1, ...penalty }).network;
    net.layers.forEach((_, l) => {
      const [w, moved, plain] = [net, trained, bare.gradients].map((each) => {
        const { layers } = "parameters" in each ? each.parameters : each;
        return nested(layers[l]?.W as Tensor) as number[][];
      }) as [number[][], number[][], number[][]];
      const step = moved.map((row, j) => row.map((each, k) => each - (w[j]?.[k] ?? Number.NaN)));
      expect(scaledError(step, dW[l] ?? [])).toBeLessThanOrEqual(1e-12);
      const taken = w.map((row, j) => row.map((each, k) => (plain[j]?.[k] ?? Number.NaN) - (0.6 * each + 0.4 * Math.sign(each)) / m));
      expect(scaledError(dW[l], taken)).toBeLessThanOrEqual(1e-12);
      for (const form of ["element", "vector", "matrix"] as const)
        expect(scaledError(backpropagate(net, "logLikelihood", x, y, { form, ...penalty }).dW[l], dW[l] ?? [])).toBeLessThanOrEqual(1e-12);
    });
    const report = compare(net, "logLikelihood", x, y, penalty);
    expect(report.agrees).toBe(true);
    expect(report.rows[2]?.rule).toBe("δ² (a¹)ᵀ - λ/m W² - λ₁/m sign(W²)");
    const db = gradients.layers.map(({ b }) => b);
    expect(checkHomework(net, "logLikelihood", x, y, { dW, db }, penalty).agrees).toBe(true);
    const added = bare.gradients.layers.map(({ W }, l) => add(W, mul(0.6 / m, net.parameters.layers[l]?.W as Tensor)));
    const wrong = checkHomework(net, "logLikelihood", x, y, { dW: added, db }, { lambda: 0.6 });
    expect(wrong.mistakes).toEqual(["ridge added"]);
    expect(wrong.first?.explanations[0]?.[0]?.says).toBe("λ/m W where the ridge gives -λ/m W");
  });

  test("options that do not exist, and λ below 0, are refused in the caller's name", () => {
    const net = network({ sizes: [3, 5], activations: ["sigmoid"] });
    const asking = {
      compare: (options: object) => compare(net, "quadratic", x, y, options),
      backpropagate: (options: object) => backpropagate(net, "quadratic", x, y, options),
      checkHomework: (options: object) => checkHomework(net, "quadratic", x, y, { db: [[0, 0, 0, 0, 0]] }, options),
    };
    for (const [caller, ask] of Object.entries(asking)) {
      expect(() => ask({ lamda: 1 })).toThrow(`${caller}: there is no option lamda; did you mean lambda?`);
      expect(() => ask({ lasso: Number.NaN })).toThrow(`${caller}: lasso must be a number of at least 0, got NaN`);
      expect(() => ask({ lambda: -1 })).toThrow(`${caller}: lambda must be a number of at least 0, got -1`);
    }
    expect(() => objective(net, costs.quadratic, { lasso: -1 })).toThrow("objective: lasso must be a number of at least 0, got -1");
    expect(() => objective(net, costs.quadratic, { ridge: 1 } as object)).toThrow("objective: there is no option ridge; did you mean lambda?");
    expect(() => compare("quadratic" as never, net as never, x, y)).toThrow(
      'compare: the network must be one made by network({ sizes, activations }), got "quadratic"',
    );
    expect(() => compare(net, x as never, y, "quadratic" as never)).toThrow("compare: the cost is a tensor of shape [4, 3]");
    expect(() => compare(net, "quadratic", y, x)).toThrow("did you exchange x and y?");
    expect(() => backpropagate(net, "quadratic", [[1, 2, Number.NaN]], [[0, 0, 0, 0, 1]])).toThrow("backpropagate: x[0][2] is NaN");
    expect(() => backpropagate(net, "hinge", [[1, 2, 3]], [[0, 1, 1, 1, 1]])).toThrow("backpropagate: y[0][0] is 0, but the labels of hinge are -1 or 1");
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
    expect(() => backpropagate(bare, "quadratic", x, y)).toThrow("backpropagate: activation bare has no closed derivative");
    expect(() => backpropagate(net, "quadratic", x, y, { form: "hadamard" as "vector" })).toThrow(
      'backpropagate: form is "hadamard"; use "element" or "vector" or "matrix"',
    );
  });
});
