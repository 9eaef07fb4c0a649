import { type Tensor, add, grad, item, log, mean, mul, neg, normal, randomKey, sigmoid, sub, tensor, uniform, values } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import {
  type Cost,
  binaryCrossEntropy,
  categoricalFocal,
  costOfFormula,
  costs,
  custom,
  fit,
  focal,
  hinge,
  huber,
  network,
  predict,
  quadratic,
  quantile,
  termwise,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";

const variants: Readonly<Record<string, Cost>> = {
  ...costs,
  "huber(0.3)": huber(0.3),
  "quantile(0.9)": quantile(0.9),
  "focal(0)": focal(0),
  "focal(0.5)": focal(0.5),
  "categoricalFocal(0)": categoricalFocal(0),
  "categoricalFocal(3)": categoricalFocal(3),
};

const log1pExp = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** One entry of each cost as the papers write it, over plain numbers. */
const terms: Readonly<Record<string, (a: number, y: number) => number>> = {
  quadratic: (a, y) => (a - y) ** 2 / 2,
  sumOfSquares: (a, y) => (a - y) ** 2 / 2,
  meanSquaredError: (a, y) => (a - y) ** 2,
  binaryCrossEntropy: (a, y) => -(y * Math.log(a) + (1 - y) * Math.log(1 - a)),
  categoricalCrossEntropy: (a, y) => -y * Math.log(a),
  logLikelihood: (a, y) => y * Math.log(a) + (1 - y) * Math.log(1 - a),
  huber: (a, y) => (Math.abs(a - y) <= 1 ? (a - y) ** 2 / 2 : Math.abs(a - y) - 0.5),
  hinge: (a, y) => Math.max(0, 1 - y * a),
  quantile: (a, y) => Math.abs(y - a) / 2,
  kullbackLeibler: (a, y) => (y === 0 ? 0 : y * Math.log(y / a)),
  poisson: (a, y) => a - y * Math.log(a),
  focal: (a, y) => -(y * (1 - a) ** 2 * Math.log(a) + (1 - y) * a ** 2 * Math.log(1 - a)),
  categoricalFocal: (a, y) => -y * (1 - a) ** 2 * Math.log(a),
  "huber(0.3)": (a, y) => (Math.abs(a - y) <= 0.3 ? (a - y) ** 2 / 2 : 0.3 * (Math.abs(a - y) - 0.15)),
  "quantile(0.9)": (a, y) => (y > a ? 0.9 * (y - a) : 0.1 * (a - y)),
  "focal(0)": (a, y) => -(y * Math.log(a) + (1 - y) * Math.log(1 - a)),
  "focal(0.5)": (a, y) => -(y * (1 - a) ** 0.5 * Math.log(a) + (1 - y) * a ** 0.5 * Math.log(1 - a)),
  "categoricalFocal(0)": (a, y) => -y * Math.log(a),
  "categoricalFocal(3)": (a, y) => -y * (1 - a) ** 3 * Math.log(a),
};

const shares = { sum: (): number => 1, "mean over examples": (m: number): number => m, "mean over entries": (m: number, n: number): number => m * n };

/** Outputs and targets [7, 3] that the cost is made for. */
function sample(cost: Cost): { readonly a: Tensor; readonly y: Tensor } {
  const a = uniform(randomKey(3), { shape: [7, 3], low: 0.02, high: 0.98 });
  const soft = values(uniform(randomKey(4), { shape: [7, 3] }));
  const y = soft.map((each) => (cost.labels?.admits(0.5) === false ? (each < 0.5 ? -1 : 1) : each < 0.2 ? 0 : each > 0.8 ? 1 : each));
  return { a, y: tensor(y, [7, 3]) };
}

const near = (got: number, want: number, tolerance = 1e-12): boolean => got === want || Math.abs(got - want) <= tolerance * Math.max(Math.abs(want), 1e-300);

describe.each(Object.entries(variants))("%s", (label, cost) => {
  const { a, y } = sample(cost);
  const [as, ys] = [values(a), values(y)];

  test("is the sum of its terms over what its type says", () => {
    const sum = as.reduce((total, each, at) => total + (terms[label]?.(each, ys[at] ?? 0) ?? Number.NaN), 0);
    expect(near(item(cost.of(a, y)), sum / shares[cost.normalisation](7, 3))).toBe(true);
  });

  test("has the closed derivative that the tape finds", () => {
    const tape = values(grad((t: Tensor) => cost.of(t, y))(a));
    as.forEach((each, at) => {
      const want = (cost.derivative?.(each, ys[at] ?? 0) ?? Number.NaN) / shares[cost.normalisation](7, 3);
      expect([at, tape[at], near(tape[at] ?? Number.NaN, want, 1e-11)]).toEqual([at, tape[at], true]);
    });
  });

  test("has it at saturation too", () => {
    const target = cost.labels?.admits(0) === false ? -1 : 0;
    for (const each of [1e-300, 1e-17, 1e-9, 1 - 1e-9, 1 - 2 ** -53])
      for (const label of [target, 1]) {
        const tape = item(grad((t: Tensor) => cost.of(t, tensor([[label]])))(tensor([[each]])));
        const want = cost.derivative?.(each, label) ?? Number.NaN;
        expect([each, label, tape, near(tape, want, 1e-11)]).toEqual([each, label, tape, true]);
      }
  });

  test("counts an example of weight 3 as three examples, and one of weight 0 as none", () => {
    const rows = [0, 1, 1, 1, 3];
    const repeated = (t: Tensor): Tensor =>
      tensor(
        rows.flatMap((row) => [...values(t).subarray(row * 3, row * 3 + 3)]),
        [5, 3],
      );
    expect(near(item(cost.of(a, y, tensor([1, 3, 0, 1, 0, 0, 0]))), item(cost.of(repeated(a), repeated(y))))).toBe(true);
  });
});

test("log-likelihood goes up, every other cost down", () => {
  expect(Object.values(costs).filter(({ sense }) => sense === "maximise")).toEqual([costs.logLikelihood]);
});

test("training obeys the sense: a cost to maximise grows, and its negative to minimise gives the same network", () => {
  const data = { x: [[0.5], [-1]], y: [[1], [0]] };
  const start = network({ sizes: [1, 3, 1], activations: ["tanh", "sigmoid"], key: 3 });
  const up = fit(start, data, { cost: "logLikelihood", learningRate: 0.1, epochs: 20 });
  const down = fit(start, data, { cost: custom("minus", (a, y) => neg(costs.logLikelihood.of(a, y))), learningRate: 0.1, epochs: 20 });
  expect(up.history.at(-1)?.cost).toBeGreaterThan(up.history[0]?.cost ?? 0);
  expect(values(predict(up.network, data.x))).toEqual(values(predict(down.network, data.x)));
});

test.each([0.5, 1, 2])("the focal cost with gamma %f is flat where the prediction is exactly right", (gamma) => {
  for (const right of [0, 1]) {
    const cost = (a: Tensor): Tensor => focal(gamma).of(a, tensor([[right]]));
    expect([item(cost(tensor([[right]]))), item(grad(cost)(tensor([[right]])))]).toEqual([0, 0]);
  }
});

test("focal and cross-entropy keep their digits over a saturated sigmoid, where 1 - a has none", () => {
  for (const z of [-800, -40, -3, 0, 3, 40, 300, 800])
    for (const y of [0, 1]) {
      const side = y === 1 ? z : -z;
      const cost = item(focal(2).of(sigmoid(tensor([[z]])), tensor([[y]])));
      // (1 - a)² (-ln a) with 1 - a = 1/(1 + e^side).
      const want = Math.exp(-2 * log1pExp(side)) * log1pExp(-side);
      expect([z, y, cost, near(cost, want, 1e-12) || want < 1e-290]).toEqual([z, y, cost, true]);
      const slope = item(grad((t: Tensor) => focal(2).of(sigmoid(t), tensor([[y]])))(tensor([[z]])));
      expect([z, y, Number.isFinite(slope)]).toEqual([z, y, true]);
    }
});

test("no margin is broken at the kinks: the slope there is 0", () => {
  const slopeAt = (cost: Cost, a: number, y: number): number => item(grad((t: Tensor) => cost.of(t, tensor([[y]])))(tensor([[a]])));
  expect([slopeAt(hinge, 1, 1), slopeAt(quantile(0.9), 2, 2), slopeAt(huber(), 2, 2), slopeAt(huber(), 3, 2)]).toEqual([0, 0, 0, 1]);
});

describe("a cost of one's own", () => {
  const a = uniform(randomKey(1), { shape: [4, 2], low: 0.1, high: 0.9 });
  const y = uniform(randomKey(2), { shape: [4, 2] });

  test("may be any formula: the textbook's cross-entropy is the built-in one", () => {
    const mine = costOfFormula("mine", formula("-sum(y .* log(a) + (1 - y) .* log(1 - a)) / m"));
    expect(near(item(mine.of(a, y)), item(binaryCrossEntropy.of(a, y)))).toBe(true);
    const [own, builtIn] = [mine, binaryCrossEntropy].map((cost) => values(grad((t: Tensor) => cost.of(t, y))(a)));
    own?.forEach((each, at) => expect(near(each, builtIn?.[at] ?? Number.NaN)).toBe(true));
  });

  test("may name constants, and keeps its digits at saturation as the built-in one does", () => {
    const mine = costOfFormula("mine", formula("-sum((1 - a).^gamma .* y .* log(a)) / m"), { constants: { gamma: 2 } });
    const z = tensor([[800], [40]]);
    const slope = (cost: Cost): number[] => [...values(grad((t: Tensor) => cost.of(sigmoid(t), tensor([[1], [1]])))(z))];
    expect(slope(mine)).toEqual(slope(categoricalFocal(2)));
  });

  test("may be a sum of terms, and then takes weights", () => {
    const mine = termwise({ name: "mine", normalisation: "mean over entries", term: (p, q) => mul(sub(p, q), sub(p, q)) });
    expect(
      item(
        mine.of(
          tensor([
            [1, 3],
            [5, 5],
          ]),
          tensor([
            [0, 0],
            [0, 0],
          ]),
          tensor([1, 0]),
        ),
      ),
    ).toBe(5);
  });

  test("names the entry of its labels that it is not made for", () => {
    const mine = custom("even", (p, q) => mean(add(p, q)), { labels: { says: "even numbers", admits: (each) => each % 2 === 0 } });
    const start = network({ sizes: [1, 1], activations: ["identity"] });
    expect(() => fit(start, { x: [[1], [2]], y: [[2], [3]] }, { cost: mine, learningRate: 1, epochs: 1 })).toThrow(
      /y\[1\]\[0\] is 3, but the labels of even are even numbers/,
    );
  });

  test("is told from a known one: log of a bare output that is 0 has the value of the formula", () => {
    expect(item(custom("bare", (p, q) => neg(mean(mul(q, log(p))))).of(tensor([[0]]), tensor([[1]])))).toBe(Infinity);
    expect(
      item(
        quadratic.of(
          normal(randomKey(1), { shape: [2, 2], deviation: 0 }),
          tensor([
            [0, 0],
            [0, 2],
          ]),
        ),
      ),
    ).toBe(1);
  });
});

test("a focal cost of an output that is exactly right is 0, and so is its derivative", () => {
  for (const gamma of [0.5, 1, 2, 3]) {
    for (const right of [0, 1]) {
      expect(item(focal(gamma).of(tensor([[right]]), tensor([[right]])))).toBeCloseTo(0, 15);
      expect(focal(gamma).derivative?.(right, right)).toBeCloseTo(0, 15);
    }
    expect(item(categoricalFocal(gamma).of(tensor([[0, 1]]), tensor([[0, 1]])))).toBeCloseTo(0, 15);
    expect(categoricalFocal(gamma).derivative?.(1, 1)).toBeCloseTo(0, 15);
  }
});
