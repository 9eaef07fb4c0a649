import { type Like, mul, normal, randomKey, splitKey, uniform, values, sub, sum } from "@nabla/autodiff";
import { type ActivationName, checkHomework, costs, network, tapeDeltas, withParameters, type Cost, custom } from "@nabla/mlp";
import { test as law, fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { nested, tensor } from "@nabla/autodiff";

const hidden = ["identity", "sigmoid", "tanh", "relu", "leakyRelu", "elu", "softplus", "gelu", "silu", "softmax"] as const satisfies readonly ActivationName[];
const named = fc.constantFrom(...hidden);
const spec = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 }),
  activations: fc.array(named, { minLength: 5, maxLength: 5 }),
  output: fc.constantFrom("sigmoid" as const, "softmax" as const, "identity" as const),
  cost: fc.constantFrom(
    "quadratic" as const,
    "sumOfSquares" as const,
    "binaryCrossEntropy" as const,
    "categoricalCrossEntropy" as const,
    "logLikelihood" as const,
  ),
  m: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(1e6),
  lambda: fc.constantFrom(0, 0.5),
  /** 0: every weight is 0, so that sums cancel; 5: saturated. */
  scale: fc.constantFrom(0, 0.5, 1, 5),
});

law.prop([spec], { numRuns: 150 })(
  "right gradients are never accused, whatever the network, and however small their sums",
  ({ widths, activations, output, cost, m, seed, lambda, scale }) => {
    const squares = cost === "quadratic" || cost === "sumOfSquares";
    const last = output === "identity" && !squares ? "sigmoid" : output;
    const one = (widths.at(-1) ?? 1) === 1 && last === "softmax" ? "sigmoid" : last;
    const plain = network({ sizes: widths, activations: [...activations.slice(0, widths.length - 2), one], key: seed });
    const net = withParameters(plain, { layers: plain.parameters.layers.map(({ W, b }) => ({ W: mul(W, scale), b })) });
    const [data, labels] = splitKey(randomKey(seed + 1), 2) as [readonly [number, number], readonly [number, number]];
    const x = normal(data, { shape: [m, widths[0] as number] });
    const y = uniform(labels, { shape: [m, widths.at(-1) as number], low: 0.05, high: 0.95 });
    const { deltas, gradients } = tapeDeltas(net, costs[cost], x, y, lambda);
    const own = { deltas, dW: gradients.layers.map(({ W }) => W), db: gradients.layers.map(({ b }) => b) };
    for (const solution of [own, { dW: own.dW, db: own.db }, { db: own.db }, { dW: own.dW }, { deltas }]) {
      const report = checkHomework(net, cost, x, y, solution, { lambda });
      expect(report.rows.filter(({ verdict }) => verdict !== "right" && verdict !== "not given")).toEqual([]);
      expect(report.agrees).toBe(true);
    }
  },
);

law.prop([spec, fc.integer({ min: 0, max: 4 }), fc.double({ min: 1.01, max: 3, noNaN: true })], { numRuns: 60 })(
  "one entry that is wrong by an odd factor is never taken for right, and the layers above it are never accused",
  ({ widths, activations, m, seed }, where, factor) => {
    const net = network({ sizes: widths, activations: [...activations.slice(0, widths.length - 2), "sigmoid"], key: seed });
    const [data, labels] = splitKey(randomKey(seed + 1), 2) as [readonly [number, number], readonly [number, number]];
    const x = normal(data, { shape: [m, widths[0] as number] });
    const y = uniform(labels, { shape: [m, widths.at(-1) as number], low: 0.05, high: 0.95 });
    const { gradients } = tapeDeltas(net, costs.quadratic, x, y);
    const l = where % (widths.length - 1);
    const numbers = values(gradients.layers[l]?.W ?? tensor(0));
    const largest = numbers.reduce((best, each, at) => (Math.abs(each) > Math.abs(numbers[best] ?? Number.NaN) ? at : best), 0);
    fc.pre(Math.abs(numbers[largest] ?? Number.NaN) >= 1e-12);
    const spoiled = tensor(
      numbers.map((each, at) => (at === largest ? each * factor : each)),
      gradients.layers[l]?.W.shape ?? [],
    );
    const dW = gradients.layers.map(({ W }, each): Like => (each === l ? nested(spoiled) : W));
    const report = checkHomework(net, "quadratic", x, y, { dW, db: gradients.layers.map(({ b }) => b) });
    expect(report.agrees).toBe(false);
    expect(report.first?.layer).toBe(l + 1);
  },
);

test("balanced data and zero weights: sums that cancel to rounding are right", () => {
  const plain = network({ sizes: [2, 2, 1], activations: ["tanh", "sigmoid"] });
  const net = withParameters(plain, {
    layers: [
      {
        W: [
          [0, 0],
          [0, 0],
        ],
        b: [0, 0],
      },
      { W: [[0, 0]], b: [0] },
    ],
  });
  const report = checkHomework(
    net,
    "binaryCrossEntropy",
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    [[0], [1], [1], [0]],
    { db: [[0, 0], [1e-17]], dW: [null, [[0, 0]]] },
  );
  expect(report.agrees).toBe(true);
});

test.each([Infinity, -Infinity, Number.NaN])("%d handed in is never right, whatever stands beside it, and is named", (bad) => {
  const linear = network({ sizes: [1, 1], activations: ["identity"] });
  const report = checkHomework(linear, "quadratic", [[1], [2]], [[5], [5]], { db: [[bad]] });
  expect(report.agrees).toBe(false);
  expect(report.first?.hint).toBe(`the hand-in holds ${bad} at [0, 0]`);
  const wide = network({ sizes: [1, 2], activations: ["identity"] });
  expect(checkHomework(wide, "quadratic", [[1]], [[5, 6]], { db: [[bad, 3]] }).agrees).toBe(false);
});

test("a cost is known by its derivative, not by its name", () => {
  const linear = withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[2]], b: [0] }] });
  const twice = { db: [[6]] };
  const named = (cost: Cost): readonly string[] => checkHomework(linear, cost, [[1]], [[-1]], twice).mistakes;
  expect(named(costs.sumOfSquares)).toContain("missing ½");
  const own = custom("sumOfSquares", (a, y) => sum(sub(a, y)), { normalisation: "sum", derivative: () => 1 });
  expect(checkHomework(linear, own, [[1]], [[-1]], { db: [[2]] }).mistakes).toEqual(["factor 2"]);
});

test("a ridge that is none is refused", () => {
  const linear = network({ sizes: [1, 1], activations: ["identity"] });
  for (const lambda of [Number.NaN, -1])
    expect(() => checkHomework(linear, "quadratic", [[1]], [[5]], { db: [[0]] }, { lambda })).toThrow("checkHomework: lambda must be a number of at least 0");
});
