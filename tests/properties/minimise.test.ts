import { type Tensor, abs, add, item, matmul, mean, mul, neg, square, sub, sum, tensor, transpose, treeLeaves, values } from "@nabla/autodiff";
import { type EpochScores, type Parameters, accuracy, adam, costs, fit, minimise, network, objective, quadratic, sgd, withParameters } from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { data, start, x, y } from "./regression.ts";

const numbers = (tree: Parameters): number[] => treeLeaves(tree).flatMap(({ tensor: t }) => [...values(t)]);

type Line = { readonly w: Tensor; readonly b: Tensor };
type Rows = { readonly x: Tensor; readonly y: Tensor };
const flat: Line = { w: tensor([[0, 0, 0]]), b: tensor([0]) };
const off = ({ w, b }: Line, given: Rows): Tensor => sub(add(matmul(given.x, transpose(w)), b), given.y);
const error = (p: Line, given: Rows): Tensor => mean(square(off(p, given)));
const meanOff = { name: "meanOff", sense: "minimise", of: (p: Line, given: Rows) => item(mean(abs(off(p, given)))) } as const;

describe("minimise and fit are one loop", () => {
  const bare = objective(start, quadratic);
  const value = (p: Parameters, given: Rows): Tensor => bare(p, given.x, given.y);
  const common = { epochs: 12, batchSize: 10, validation: 0.25, key: 3, lambda: 0.5, lasso: 0.1 } as const;

  test("so that a network trained as a function of its parameters comes out the same to the last bit, scores, stop and memory included", () => {
    const optimiser = adam({ learningRate: 0.02 });
    const asNetwork = fit(start, data, { ...common, optimiser, cost: "quadratic", earlyStopping: { patience: 3 } });
    const asFunction = minimise(value, start.parameters, {
      ...common,
      optimiser,
      data,
      penalises: (path) => path.endsWith(".W"),
      earlyStopping: { patience: 3 },
    });
    expect(numbers(asFunction.parameters)).toEqual(numbers(asNetwork.network.parameters));
    expect(asFunction.epochs).toEqual(asNetwork.history);
    expect([asFunction.epoch, asFunction.stopped]).toEqual([asNetwork.epoch, asNetwork.stopped]);
    const [, memory] = asFunction.state as readonly { readonly mean: Parameters }[];
    expect(numbers(memory?.mean as Parameters)).toEqual(numbers((asNetwork.state as readonly { readonly mean: Parameters }[])[1]?.mean as Parameters));
  });
});

describe("minimise", () => {
  test("takes an epoch for a pass over the data, and as many steps as asked", () => {
    const options = { learningRate: 0.01, data, batchSize: 20 } as const;
    const bySteps = minimise(error, flat, { ...options, steps: 7 });
    expect([bySteps.history.length, bySteps.epochs.length, bySteps.stopped]).toEqual([7, 3, "epochs"]);
    const byEpochs = minimise(error, flat, { ...options, epochs: 3 });
    expect([byEpochs.history.length, byEpochs.epochs.length]).toEqual([9, 3]);
    expect(byEpochs.history.slice(0, 7)).toEqual(bySteps.history);
    const [first, second, third] = byEpochs.history;
    expect(byEpochs.epochs[0]?.cost).toBeCloseTo((20 * (first ?? 0) + 20 * (second ?? 0) + 13 * (third ?? 0)) / 53, 12);
  });

  test("gives back the parameters of the best epoch on data of their own, with the optimiser's memory", () => {
    const held = { x: tensor([[1, 1, 1]]), y: tensor([[-0.5]]) };
    const seen: Line[] = [];
    const reached = minimise(error, flat, {
      learningRate: (step) => 0.01 * 1.15 ** step,
      epochs: 60,
      data,
      validation: held,
      metrics: [meanOff],
      earlyStopping: { patience: 3, monitor: "meanOff" },
      onEpoch: ({ parameters }) => void seen.push(parameters),
    });
    const marks = reached.epochs.map(({ validation }) => validation?.metrics["meanOff"] ?? Number.NaN);
    expect(reached.epoch).toBe(marks.indexOf(Math.min(...marks)) + 1);
    expect([reached.stopped, reached.epochs.length]).toEqual(["early", reached.epoch + 3]);
    expect(reached.parameters).toEqual(seen[reached.epoch - 1]);
    expect(marks[0]).toBeCloseTo(meanOff.of(seen[0] as Line, held), 15);
  });

  test("holds a share out, never trains on it, and looks at it without penalties", () => {
    const seen = new Set<number>();
    const watched = (p: Line, given: Rows): Tensor => {
      if (p.w.tracked) values(given.y).forEach((each) => seen.add(each));
      return error(p, given);
    };
    const { epochs } = minimise(watched, flat, { learningRate: 0.01, epochs: 3, data, batchSize: 7, validation: 0.25, lambda: 100, key: 2 });
    expect(seen.size).toBe(53 - 13);
    expect(epochs.every(({ cost, validation }) => validation !== undefined && Number.isFinite(cost))).toBe(true);
  });

  test("penalises what is chosen: p shrinks by 1 - η λ/m and moves by η λ/m towards 0; what is maximised is penalised too", () => {
    const still = (p: Line, given: Rows): Tensor => mul(0, sum(off(p, given)));
    const [w, b] = [tensor([[3, -2, 1]]), tensor([5])];
    const four = { x: tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]), y: tensor([[1], [2], [3], [4]]) }; // prettier-ignore
    const moved = (options: object, f = still): number[] => {
      const { parameters } = minimise(f, { w, b }, { learningRate: 0.1, steps: 1, data: four, ...options });
      return [...values(parameters.w), ...values(parameters.b)].map((each) => Number(each.toFixed(12)));
    };
    expect(moved({ lambda: 2 })).toEqual([2.85, -1.9, 0.95, 4.75]);
    expect(moved({ lambda: 2, penalises: (path: string) => path === "w" })).toEqual([2.85, -1.9, 0.95, 5]);
    expect(moved({ lasso: 2, penalises: (path: string) => path === "w" })).toEqual([2.95, -1.95, 0.95, 5]);
    expect(moved({ lambda: 2, sense: "maximise" }, (p, given) => neg(still(p, given)))).toEqual([2.85, -1.9, 0.95, 4.75]);
  });

  test("ends where a callback says stop, after a step or after an epoch, and goes on from its memory", () => {
    const optimiser = adam({ learningRate: 0.05 });
    const stopped = minimise(error, flat, { optimiser, epochs: 9, data, onEpoch: ({ epoch }: EpochScores) => (epoch === 4 ? "stop" : undefined) });
    expect([stopped.stopped, stopped.epoch, stopped.history.length]).toEqual(["callback", 4, 4]);
    const inside = minimise(error, flat, { optimiser, epochs: 9, data, batchSize: 20, onStep: ({ step }) => (step === 4 ? "stop" : undefined) });
    expect([inside.stopped, inside.epoch, inside.history.length]).toEqual(["callback", 2, 4]);
    const on = minimise(error, stopped.parameters, { optimiser, epochs: 5, data, state: stopped.state });
    const whole = minimise(error, flat, { optimiser, epochs: 9, data });
    expect(values(on.parameters.w)).toEqual(values(whole.parameters.w));
  });

  test("gets all rows as they stand, without a size of batches", () => {
    const orders: number[][] = [];
    minimise((p: Line, given: Rows) => (orders.push([...values(given.y)]), error(p, given)), flat, { learningRate: 0.01, steps: 2, data });
    expect(orders).toEqual([[...values(y)], [...values(y)]]);
    const seen: number[][] = [];
    const watch = { ...costs.quadratic, of: (a: Tensor, t: Tensor) => (seen.push([...values(t)]), quadratic.of(a, t)) };
    fit(start, { x, y }, { cost: watch, learningRate: 0.01, epochs: 1 });
    expect(seen[0]).toEqual([...values(y)]);
  });
});

test("a cost that is cut off from the parameters is told in spite of a penalty, before any step, and one that happens to be flat is not", () => {
  let steps = 0;
  const options = { learningRate: 0.1, steps: 3, lambda: 1, onStep: () => void steps++ } as const;
  expect(() => minimise((p: Tensor) => tensor(values(p)[0] as number), tensor([1]), options)).toThrow("minimise: no parameter receives a gradient");
  expect(steps).toBe(0);
  expect(item(minimise((p: Tensor) => mul(0, p), tensor(1), options).parameters)).toBeCloseTo(0.9 ** 3, 14);
});

test("dropout is drawn anew for each batch from the key, and is off in scores and prediction", () => {
  const one = network({ sizes: [3, 50, 1], activations: ["identity", "identity"], dropout: 0.5, key: 1 });
  const costsOf = (key: number): number[] =>
    fit(one, data, { cost: "quadratic", optimiser: sgd({ learningRate: 1e-12 }), epochs: 3, key }).history.map(({ cost }) => cost);
  expect(costsOf(1)).toEqual(costsOf(1));
  expect(new Set(costsOf(1).map((each) => each.toFixed(6))).size).toBe(3);
  const { history } = fit(one, data, { cost: "quadratic", learningRate: 1e-12, epochs: 1, key: 1, validation: data });
  const still = withParameters(network({ sizes: [3, 50, 1], activations: ["identity", "identity"] }), one.parameters);
  expect(history[0]?.validation?.cost).toBeCloseTo(item(objective(still, quadratic)(one.parameters, x, y)), 9);
});

test("labels of -1 and 1 are told apart at 0, others at 0.5, by accuracy and by the metric", () => {
  const line = withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[1]], b: [0] }] });
  const given = tensor([[0.2], [-0.2], [0.7], [-0.7]]);
  const share = (targets: readonly number[]): readonly unknown[] => {
    const y = tensor(targets.map((each) => [each]));
    const { history } = fit(line, { x: given, y }, { cost: "quadratic", learningRate: 1e-300, epochs: 1, metrics: ["accuracy"] });
    return [accuracy(line, { x: given, y }), history[0]?.metrics["accuracy"]];
  };
  expect(share([1, -1, 1, -1])).toEqual([1, 1]);
  expect(share([1, 0, 1, 0])).toEqual([0.75, 0.75]);
  expect(accuracy(line, { x: given, y: [[1], [-1], [1], [-1]] }, { threshold: 0.5 })).toBe(0.75);
});
