import { type Tensor, item, mean, mul, normal, randomKey, record, square, sub, tensor, uniform, values } from "@nabla/autodiff";
import { type Cost, type CostName, type Normalisation, compare, costs, custom, explain, fit, huber, network, normalised } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

const [m, n] = [7, 3];
const shares: Readonly<Record<Normalisation, number>> = { sum: 1, "mean over examples": m, "mean over entries": m * n };
const every = Object.keys(shares) as Normalisation[];
const a = uniform(randomKey(3), { shape: [m, n], low: 0.02, high: 0.98 });
const labelled = (cost: Cost): Tensor => {
  const soft = values(uniform(randomKey(4), { shape: [m, n] }));
  return tensor(
    soft.map((each) => (cost.labels?.admits(0.5) === false ? (each < 0.5 ? -1 : 1) : each)),
    [m, n],
  );
};

describe.each(Object.keys(costs) as CostName[])("%s", (name) => {
  const y = labelled(costs[name]);

  test.each(every)("as a %s is the same sum over another number, with and without weights", (normalisation) => {
    const cost = normalised(name, normalisation);
    expect([cost.normalisation, cost.sense, cost.labels]).toEqual([normalisation, costs[name].sense, costs[name].labels]);
    const sum = item(costs[name].of(a, y)) * shares[costs[name].normalisation];
    expect(item(cost.of(a, y)) / (sum / shares[normalisation])).toBeCloseTo(1, 13);
    const alone = item(cost.of(a, y, tensor([0, 0, 2, 0, 0, 0, 0])));
    const row = (t: Tensor): Tensor => tensor(values(t).subarray(2 * n, 3 * n), [1, n]);
    const single = item(cost.of(row(a), row(y)));
    expect(alone / (normalisation === "sum" ? 2 * single : single)).toBeCloseTo(1, 13);
  });

  test.each(every)("as a %s agrees with its closed forms", (normalisation) => {
    const net = network({ sizes: [4, 5, n], activations: ["tanh", "sigmoid"], key: 2 });
    const report = compare(net, normalised(name, normalisation), normal(randomKey(6), { shape: [m, 4] }), y);
    expect(report.rows.map(({ agrees }) => agrees)).toEqual(report.rows.map(() => true));
    expect(report.largestScaledError).toBeLessThanOrEqual(1e-12);
  });
});

test("what is normalised twice is normalised by the last", () => {
  const cost = normalised(normalised(huber(0.3), "sum"), "mean over entries");
  expect(item(cost.of(a, mul(a, 2)))).toBeCloseTo(item(normalised(huber(0.3), "sum").of(a, mul(a, 2))) / (m * n), 14);
});

test("over entries the short delta of one example is told with its share of the outputs, as ∂C/∂a is", () => {
  const net = network({ sizes: [4, n], activations: ["identity"], key: 2 });
  const told = (cost: Cost): readonly (string | undefined)[] => {
    const { equations, labels } = explain(net, cost, [1, 2, 3, 4], [1, 0, 0]);
    return [equations["z¹"]?.rule, labels["C→a¹"]];
  };
  expect(told(costs.quadratic)).toEqual(["a¹ - y", "a¹ - y"]);
  expect(told(normalised("quadratic", "mean over entries"))).toEqual(["(a¹ - y) / 3", "(a¹ - y) / 3"]);
});

test("a pair keeps its short delta, and training its sense", () => {
  const net = network({ sizes: [4, n], activations: ["sigmoid"], key: 2 });
  const x = normal(randomKey(6), { shape: [m, 4] });
  const rule = (cost: Cost): string | undefined => compare(net, cost, x, labelled(cost)).rows[0]?.rule;
  expect(rule(normalised("binaryCrossEntropy", "sum"))).toBe(rule(costs.binaryCrossEntropy));
  const { history } = fit(
    net,
    { x, y: labelled(costs.logLikelihood) },
    { cost: normalised("logLikelihood", "mean over examples"), learningRate: 0.5, epochs: 9 },
  );
  expect(history.at(-1)?.cost).toBeGreaterThan(history[0]?.cost ?? 0);
});

test("it is drawn under the symbol of its cost", () => {
  const x = tensor([[0, 1]]);
  const drawn = (cost: Cost): string | undefined => record((p: Tensor) => cost.of(p, x), tensor([[0.5, 0.5]])).nodes.at(-1)?.formula;
  expect(drawn(normalised("binaryCrossEntropy", "sum"))).toBe(drawn(costs.binaryCrossEntropy));
  expect(drawn(costs.binaryCrossEntropy)).toMatch(/^bce\(/);
});

test("a copy that says another normalisation, or another term, than its function computes is refused with what to do", () => {
  const net = network({ sizes: [2, 1], activations: ["sigmoid"] });
  const [x, y] = [[[1, 2]], [[1]]];
  const summed: Cost = { ...costs.quadratic, normalisation: "sum" };
  for (const ask of [() => compare(net, summed, x, y), () => fit(net, { x, y }, { cost: summed, learningRate: 1, epochs: 1 }), () => normalised(summed, "sum")])
    expect(ask).toThrow(/cost quadratic: its normalisation says "sum", but .* "mean over examples"; for another division use normalised\(cost, "sum"\)/);
  expect(() => compare(net, { ...costs.quadratic, term: (p) => p }, x, y)).toThrow("compare, cost quadratic: its term is another one than its function sums");
  expect(compare(net, { ...costs.quadratic, name: "half squares", sense: "maximise" }, x, y).agrees).toBe(true);
});

test("what is no sum of terms, or no normalisation, is refused", () => {
  const whole = custom("whole", (p, q) => mean(square(sub(p, q))));
  expect(() => normalised(whole, "sum")).toThrow("normalised: the cost whole is a function of the whole batch");
  expect(() => normalised("quadratic", "mean" as never)).toThrow('normalisation is "mean"; use "sum" or "mean over examples" or "mean over entries"');
  expect(() => normalised("squares" as never, "sum")).toThrow('normalised: there is no cost "squares"');
});
