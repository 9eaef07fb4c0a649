import { type Tensor, add, div, grad, item, matmul, mul, neg, square, sub, sum, tensor, transpose, treeLeaves, values } from "@nabla/autodiff";
import {
  type Epoch,
  type Network,
  type Parameters,
  accuracy,
  adam,
  chain,
  clipByGlobalNorm,
  cosineDecay,
  custom,
  fit,
  minimise,
  network,
  objective,
  predict,
  quadratic,
  scale,
  scaleByAdam,
  sgd,
  withParameters,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { data, start, x, y } from "./regression.ts";

const numbers = ({ parameters }: Pick<Network, "parameters">): number[] => treeLeaves(parameters).flatMap(({ tensor: t }) => [...values(t)]);
const closeTo = (got: readonly number[], want: readonly number[], digits = 12): void => {
  expect(got.length).toBe(want.length);
  got.forEach((each, at) => expect(each).toBeCloseTo(want[at] ?? Number.NaN, digits));
};

describe("minibatches", () => {
  test("show every example once in an epoch, the last batch short, in an order of their own each time", () => {
    const seen: number[][] = [[]];
    const watch = custom("watch", (a: Tensor, t: Tensor) => {
      seen.at(-1)?.push(t.shape[0] ?? 0, ...(t.data ?? []));
      return quadratic.of(a, t);
    });
    fit(start, data, { cost: watch, learningRate: 1e-9, epochs: 2, batchSize: 20, key: 3, onEpoch: () => void seen.push([]) });
    const sizes = seen.slice(0, 2).map((line) => [line[0], line[21], line[42]]);
    expect(sizes).toEqual([
      [20, 20, 13],
      [20, 20, 13],
    ]);
    const labels = seen.slice(0, 2).map((line) => line.filter((_, at) => at !== 0 && at !== 21 && at !== 42));
    for (const line of labels) expect(line.toSorted((p, q) => p - q)).toEqual([...values(y)].toSorted((p, q) => p - q));
    expect(labels[0]).not.toEqual(labels[1]);
  });

  test("of one seed train to the same bits, of another to others", () => {
    const run = (key: number): number[] => numbers(fit(start, data, { cost: "quadratic", learningRate: 0.1, epochs: 3, batchSize: 8, key }).network);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test("the cost of an epoch is the mean over its examples, whatever the size of the last batch; of a summed cost the sum", () => {
    const whole = (cost: "quadratic" | "sumOfSquares"): number =>
      item(objective(start, cost === "quadratic" ? quadratic : custom("s", (a, t) => div(sum(square(sub(a, t))), 2)))(start.parameters, x, y));
    for (const cost of ["quadratic", "sumOfSquares"] as const)
      expect(fit(start, data, { cost, learningRate: 1e-13, epochs: 1, batchSize: 10 }).history[0]?.cost).toBeCloseTo(whole(cost), 8);
  });

  test("a step of the whole batch is p - η ∂C/∂p", () => {
    const slope = grad((p: Parameters) => objective(start, quadratic)(p, x, y))(start.parameters);
    const want = treeLeaves(start.parameters).flatMap(({ tensor: p }, at) =>
      [...values(p)].map((each, entry) => each - 0.1 * (values(treeLeaves(slope)[at]?.tensor as Tensor)[entry] ?? 0)),
    );
    closeTo(numbers(fit(start, data, { cost: "quadratic", learningRate: 0.1, epochs: 1 }).network), want, 14);
  });
});

describe("penalties", () => {
  const flat = withParameters(network({ sizes: [2, 1], activations: ["identity"] }), { layers: [{ W: [[3, -2]], b: [5] }] });
  // Nothing to learn: the targets are the outputs, so that only the penalty moves.
  const still = {
    x: [
      [1, 1],
      [2, 0],
      [0, 1],
      [1, 2],
    ],
    y: [[6], [11], [3], [4]],
  };

  test("ridge shrinks weights by 1 - η λ/m and leaves biases, m counting all examples whatever the batch", () => {
    const [w1, w2, b] = numbers(fit(flat, still, { cost: "quadratic", learningRate: 0.1, lambda: 2, epochs: 1 }).network);
    closeTo([w1 ?? 0, w2 ?? 0, b ?? 0], [3 * (1 - 0.05), -2 * (1 - 0.05), 5], 14);
    const small = fit(flat, still, { cost: custom("none", (a, t) => sum(mul(0, sub(a, t)))), learningRate: 0.1, lambda: 2, epochs: 1, batchSize: 1 });
    closeTo(numbers(small.network), [3 * 0.95 ** 4, -2 * 0.95 ** 4, 5], 13);
  });

  test("lasso moves weights by η λ/m towards 0", () => {
    closeTo(numbers(fit(flat, still, { cost: "quadratic", learningRate: 0.1, lasso: 2, epochs: 1 }).network), [2.95, -1.95, 5], 14);
  });

  test("of a cost to maximise are taken away, so that they shrink too", () => {
    const up = custom("up", (a, t) => neg(quadratic.of(a, t)), { sense: "maximise" });
    closeTo(numbers(fit(flat, still, { cost: up, learningRate: 0.1, lambda: 2, epochs: 1 }).network), [2.85, -1.9, 5], 14);
  });
});

describe("weights of examples", () => {
  test("count as repetition does", () => {
    const few = {
      x: [
        [1, 0, 2],
        [0, 1, -1],
        [1, 1, 0],
      ],
      y: [[1], [0], [0.5]],
    };
    const repeated = { x: [few.x[0], few.x[1], few.x[1], few.x[2]] as number[][], y: [[1], [0], [0], [0.5]] };
    const options = { cost: "quadratic", learningRate: 0.2, epochs: 5 } as const;
    closeTo(numbers(fit(start, few, { ...options, sampleWeights: [1, 2, 1] }).network), numbers(fit(start, repeated, options).network), 13);
    closeTo(numbers(fit(start, few, { ...options, sampleWeights: [5, 5, 5] }).network), numbers(fit(start, few, options).network), 13);
  });

  test("of classes are those of their examples, for one output and for one-hot targets", () => {
    const points = {
      x: [
        [1, 0, 2],
        [0, 1, -1],
        [1, 1, 0],
      ],
      y: [[1], [0], [1]],
    };
    const options = { learningRate: 0.2, epochs: 5 } as const;
    const sigmoid = network({ sizes: [3, 1], activations: ["sigmoid"], key: 1 });
    const byClass = fit(sigmoid, points, { ...options, cost: "binaryCrossEntropy", classWeights: [3, 1] });
    closeTo(numbers(byClass.network), numbers(fit(sigmoid, points, { ...options, cost: "binaryCrossEntropy", sampleWeights: [1, 3, 1] }).network));
    const softmax = network({ sizes: [3, 2], activations: ["softmax"], key: 1 });
    const hot = {
      x: points.x,
      y: [
        [0, 1],
        [1, 0],
        [0, 1],
      ],
    };
    const other = fit(softmax, hot, { ...options, cost: "categoricalCrossEntropy", classWeights: [3, 1] });
    closeTo(numbers(other.network), numbers(fit(softmax, hot, { ...options, cost: "categoricalCrossEntropy", sampleWeights: [1, 3, 1] }).network));
  });

  test("of classes hold for labels of two signs as for 0 and 1, and for rows of them", () => {
    const points = [[1, 0, 2], [0, 1, -1], [1, 1, 0]]; // prettier-ignore
    const options = { cost: "hinge", learningRate: 0.2, epochs: 5 } as const;
    for (const [outputs, y] of [
      [1, [[1], [-1], [1]]],
      [
        2,
        [
          [-1, 1],
          [1, -1],
          [-1, 1],
        ],
      ],
    ] as const) {
      // prettier-ignore
      const margin = network({ sizes: [3, outputs], activations: ["identity"], key: 1 });
      for (const [negative, positive] of [
        [1, 2],
        [1, 3],
        [3, 1],
      ] as const) {
        // prettier-ignore
        const byClass = fit(margin, { x: points, y }, { ...options, classWeights: [negative, positive] });
        closeTo(numbers(byClass.network), numbers(fit(margin, { x: points, y }, { ...options, sampleWeights: [positive, negative, positive] }).network));
      }
    }
  });

  test("of classes weigh soft targets by their shares", () => {
    const soft = { x: [[1, 0, 2], [0, 1, -1]], y: [[0.1, 0.2, 0.7], [0, 1, 0]] }; // prettier-ignore
    const softmax = network({ sizes: [3, 3], activations: ["softmax"], key: 1 });
    const options = { cost: "categoricalCrossEntropy", learningRate: 0.2, epochs: 5 } as const;
    const byClass = fit(softmax, soft, { ...options, classWeights: [1, 2, 3] });
    closeTo(numbers(byClass.network), numbers(fit(softmax, soft, { ...options, sampleWeights: [2.6, 2] }).network));
  });

  test("of classes are refused where targets name no class", () => {
    const x = [[1, 0, 2], [0, 1, -1], [1, 1, 0]]; // prettier-ignore
    const asked =
      (y: number[][], cost: "quadratic" | "hinge" = "quadratic") =>
      () =>
        fit(
          network({ sizes: [3, (y[0] as number[]).length], activations: ["identity"] }),
          { x, y },
          { cost, learningRate: 0.1, epochs: 1, classWeights: [1, 2] },
        );
    expect(asked([[0], [5], [0.5]])).toThrow("fit: classWeights need targets that name a class, 0 or 1 or a share between, and y[1][0] is 5");
    expect(asked([[1], [1], [-1]])).toThrow("y[2][0] is -1; give sampleWeights, recode the targets, or take a cost whose labels are -1 and 1");
    expect(asked([[1, 0], [1, 1], [0, 0]])).toThrow("fit: classWeights need one class per example, and the shares of row y[1], [1, 1], sum to 2"); // prettier-ignore
    expect(asked([[1, 0], [0, 1], [0, 0]])).toThrow("the shares of row y[2], [0, 0], sum to 0, not 1"); // prettier-ignore
    expect(asked([[1, -1], [1, 1], [-1, 1]], "hinge")).toThrow("the shares of row y[1], [1, 1], sum to 2"); // prettier-ignore
  });

  test("of 0 in a whole batch move nothing", () => {
    const trained = fit(start, data, {
      cost: "quadratic",
      learningRate: 0.1,
      epochs: 1,
      batchSize: 1,
      sampleWeights: Array.from({ length: 53 }, (_, at) => Number(at === 4)),
    });
    const alone = fit(
      start,
      { x: tensor([...values(x)].slice(12, 15), [1, 3]), y: tensor([...values(y)].slice(4, 5), [1, 1]) },
      { cost: "quadratic", learningRate: 0.1, epochs: 1 },
    );
    closeTo(numbers(trained.network), numbers(alone.network));
  });
});

describe("validation, metrics and stopping", () => {
  test("a share is held out once, never trained on, and the rest is", () => {
    const seen = new Set<number>();
    const watch = custom("watch", (a: Tensor, t: Tensor) => {
      if (t.tracked || a.tracked) t.data?.forEach((each) => seen.add(each));
      return quadratic.of(a, t);
    });
    const { history } = fit(start, data, {
      cost: watch,
      learningRate: 0.01,
      epochs: 3,
      batchSize: 7,
      validation: 0.25,
      key: 2,
      metrics: ["rootMeanSquaredError"],
    });
    expect(seen.size).toBe(53 - 13);
    expect(history.every(({ validation }) => validation !== undefined && Number.isFinite(validation.metrics["rootMeanSquaredError"]))).toBe(true);
  });

  test("the scores are those of the network after the epoch, on the data named", () => {
    const held = {
      x: [
        [1, 2, 3],
        [0, 0, 1],
      ],
      y: [[0], [1]],
    };
    const lines: Epoch[] = [];
    fit(start, data, {
      cost: "quadratic",
      learningRate: 0.05,
      epochs: 2,
      validation: held,
      lambda: 3,
      metrics: ["meanAbsoluteError", "rSquared"],
      onEpoch: (line) => void lines.push(line),
    });
    for (const { network: current, validation, metrics } of lines) {
      const out = [...values(predict(current, held.x))];
      expect(validation?.cost).toBeCloseTo(((out[0] ?? 0) ** 2 + ((out[1] ?? 0) - 1) ** 2) / 4, 14);
      expect(validation?.metrics["meanAbsoluteError"]).toBeCloseTo((Math.abs(out[0] ?? 0) + Math.abs((out[1] ?? 0) - 1)) / 2, 14);
      const [found, wanted] = [[...values(predict(current, x))], [...values(y)]];
      const mean = wanted.reduce((total, each) => total + each, 0) / 53;
      const left = found.reduce((total, each, at) => total + (each - (wanted[at] ?? 0)) ** 2, 0);
      expect(metrics["rSquared"]).toBeCloseTo(1 - left / wanted.reduce((total, each) => total + (each - mean) ** 2, 0), 12);
    }
  });

  test("early stopping gives back the parameters of the best epoch, and says why it stopped", () => {
    const networks: Network[] = [];
    // A rate that grows: it learns, then it forgets.
    const growing = fit(start, data, {
      cost: "quadratic",
      learningRate: (step) => 0.02 * 1.12 ** step,
      epochs: 60,
      validation: 0.3,
      earlyStopping: { patience: 4 },
      onEpoch: ({ network: current }) => void networks.push(current),
    });
    const costs = growing.history.map(({ validation }) => validation?.cost ?? Number.NaN);
    const best = costs.indexOf(Math.min(...costs));
    expect(growing.stopped).toBe("early");
    expect([growing.epoch, growing.history.length]).toEqual([best + 1, best + 5]);
    expect(numbers(growing.network)).toEqual(numbers(networks[best] as Network));
  });

  test("a metric of which more is better can be watched, and without improvement it ends after the patience", () => {
    const labels = {
      x,
      y: tensor(
        [...values(y)].map((each) => Number(each > 0)),
        [53, 1],
      ),
    };
    const classifier = network({ sizes: [3, 1], activations: ["sigmoid"], key: 1 });
    const trained = fit(classifier, labels, {
      cost: "binaryCrossEntropy",
      learningRate: 1e-12,
      epochs: 50,
      metrics: ["accuracy"],
      earlyStopping: { patience: 3, monitor: "accuracy" },
    });
    expect([trained.stopped, trained.history.length, trained.epoch]).toEqual(["early", 4, 1]);
    expect(trained.history[0]?.metrics["accuracy"]).toBe(accuracy(trained.network, labels));
  });

  test("a callback ends it by saying stop", () => {
    const trained = fit(start, data, { cost: "quadratic", learningRate: 0.1, epochs: 9, onEpoch: ({ epoch }) => (epoch === 4 ? "stop" : undefined) });
    expect([trained.stopped, trained.epoch, trained.history.length]).toEqual(["callback", 4, 4]);
  });

  test("the optimiser's memory goes on where it ended", () => {
    const optimiser = adam({ learningRate: cosineDecay({ rate: 0.05, steps: 8 }) });
    const options = { cost: "quadratic", optimiser } as const;
    const whole = fit(start, data, { ...options, epochs: 8 });
    const half = fit(start, data, { ...options, epochs: 4 });
    // Full batches, so the order of examples changes sums by rounding only.
    closeTo(numbers(fit(half.network, data, { ...options, epochs: 4, state: half.state }).network), numbers(whole.network), 11);
  });
});

describe("dropout in training", () => {
  const dropping = network({ sizes: [3, 16, 1], activations: ["relu", "identity"], dropout: 0.5, key: 1 });
  const options = { cost: "quadratic", learningRate: 0.02, epochs: 30, batchSize: 10 } as const;

  test("draws a new mask for every batch, the same for the same key, and learns", () => {
    const run = (key: number): ReturnType<typeof fit> => fit(dropping, data, { ...options, key });
    expect(numbers(run(1).network)).toEqual(numbers(run(1).network));
    expect(numbers(run(1).network)).not.toEqual(numbers(run(2).network));
    const mean = (net: Network): number => item(quadratic.of(predict(net, x), y));
    expect(mean(run(1).network)).toBeLessThan(mean(dropping) / 2);
    expect(run(1).network.layers[0]?.dropout).toBe(0.5);
  });
});

describe("minimise", () => {
  test("finds the valley of Rosenbrock's function, a function of no network", () => {
    const valley = ({ p, q }: { readonly p: Tensor; readonly q: Tensor }): Tensor => add(square(sub(1, p)), mul(100, square(sub(q, square(p)))));
    const optimiser = chain(clipByGlobalNorm(10), scaleByAdam(), scale(-0.05));
    const { parameters, history } = minimise(valley, { p: tensor(-1.2), q: tensor(1) }, { optimiser, steps: 3000 });
    expect([item(parameters.p).toFixed(3), item(parameters.q).toFixed(3)]).toEqual(["1.000", "1.000"]);
    expect([history.length, history[0]]).toEqual([3000, 24.199999999999996]);
  });

  test("goes up when asked, and stops when told", () => {
    const { parameters, history } = minimise((t: Tensor) => neg(square(sub(t, 2))), tensor(0), {
      learningRate: 0.25,
      sense: "maximise",
      steps: 100,
      onStep: ({ step }) => (step === 50 ? "stop" : undefined),
    });
    expect([item(parameters).toFixed(6), history.length]).toEqual(["2.000000", 50]);
  });

  test("takes batches of the data in an order of their own, each row once in a pass", () => {
    const seen: number[] = [];
    const line = { w: tensor([[0, 0, 0]]), b: tensor([0]) };
    const cost = ({ w, b }: typeof line, given: { readonly x: Tensor; readonly y: Tensor }): Tensor => {
      seen.push(...(given.y.data ?? []));
      return div(sum(square(sub(add(matmul(given.x, transpose(w)), b), given.y))), given.x.shape[0] ?? 1);
    };
    const { parameters } = minimise(cost, line, { optimiser: sgd({ learningRate: 0.05 }), steps: 400, data, batchSize: 20 });
    expect(seen.slice(0, 53).toSorted((p, q) => p - q)).toEqual([...values(y)].toSorted((p, q) => p - q));
    expect([...values(parameters.w)].map((each) => Math.round(each * 2) / 2)).toEqual([1, -2, 0.5]);
  });
});

test("the optimiser's memory that is given back is that of the epoch whose parameters are", () => {
  let epoch = 0;
  const marks = { name: "marks", sense: "minimise", of: () => [3, 1, 5, 5, 5][epoch++] ?? 9 } as const;
  const options = { cost: "quadratic", optimiser: adam({ learningRate: 0.01 }), metrics: [marks] } as const;
  const early = fit(start, data, { ...options, epochs: 9, earlyStopping: { patience: 2, monitor: "marks" } });
  expect(early.epoch).toBe(2);
  const on = fit(early.network, data, { ...options, epochs: 1, state: early.state });
  closeTo(numbers(on.network), numbers(fit(start, data, { ...options, epochs: 3 }).network), 13);
});

test("R² of constant targets is 1 where all is right, else -Infinity", () => {
  const still = withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[0]], b: [0.1] }] });
  const score = (target: number): number | undefined =>
    fit(still, { x: [[1], [2], [3]], y: [[target], [target], [target]] }, { cost: "quadratic", learningRate: 1e-300, epochs: 1, metrics: ["rSquared"] })
      .history[0]?.metrics["rSquared"];
  expect(score(0.1)).toBe(1);
  expect(score(0.7)).toBe(-Infinity);
});
