import { ShapeError, type Tensor, add, item, log, sqrt, square, stopGradient, sub, sum, tensor, values } from "@nabla/autodiff";
import {
  type Network,
  type Optimiser,
  accuracy,
  adaGrad,
  adam,
  checkHomework,
  custom,
  fit,
  minimise,
  network,
  quadratic,
  rmsProp,
  sgd,
  withParameters,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { data, start, x, y } from "../properties/regression.ts";

describe("a cost that is no number any more", () => {
  test("ends the training with the op, the entry and the reason", () => {
    const bad = custom("bad", (a: Tensor, t: Tensor) => sum(log(sub(a, t))));
    expect(() => fit(start, data, { cost: bad, learningRate: 0.1, epochs: 1 })).toThrow(
      /^fit: the cost became NaN in epoch 1, batch 1; .*log\(.*is NaN at index \[\d+, 0\]/,
    );
  });

  test("is told before, when only its gradient is none", () => {
    const root = (p: { readonly w: Tensor }): Tensor => sum(square(square(log(add(1, p.w)))));
    expect(item(minimise(root, { w: tensor(0.1) }, { learningRate: 0.1, steps: 3 }).parameters.w)).toBeGreaterThan(0);
    const steep = (p: { readonly w: Tensor }): Tensor => sum(sqrt(p.w));
    expect(() => minimise(steep, { w: tensor([0, 1]) }, { learningRate: 0.1, steps: 3 })).toThrow(/the gradient of w became NaN or infinite/);
  });
});

describe("NaN", () => {
  test("counts as a wrong class", () => {
    const one = withParameters(network({ sizes: [1, 1], activations: ["identity"] }), { layers: [{ W: [[1]], b: [0] }] });
    const two = withParameters(network({ sizes: [1, 2], activations: ["identity"] }), { layers: [{ W: [[1], [1]], b: [0, 0] }] });
    expect(accuracy(one, { x: tensor([[Number.NaN], [0]]), y: [[0], [0]] })).toBe(0.5);
    expect(
      accuracy(two, {
        x: tensor([[Number.NaN], [0]]),
        y: tensor([
          [1, 0],
          [1, 0],
        ]),
      }),
    ).toBe(0.5);
  });

  test("is never the best epoch, and the first number after it is better", () => {
    let epoch = 0;
    const marks = [Number.NaN, 3, 2.9, Number.NaN, 2.5, 5, 5, 5];
    const watched = { name: "marks", sense: "minimise", of: () => marks[epoch++] ?? 9 } as const;
    const options = { cost: "quadratic", learningRate: 0.01, epochs: 8, metrics: [watched] } as const;
    expect(fit(start, data, { ...options, earlyStopping: { patience: 3, monitor: "marks" } }).epoch).toBe(5);
    epoch = 0;
    const coarse = fit(start, data, { ...options, earlyStopping: { patience: 3, monitor: "marks", minimumChange: 1 } });
    expect([coarse.epoch, coarse.history.length]).toEqual([2, 5]);
  });

  test("does not come of weights that are 0 after the split, or that sum to 0 in a cost", () => {
    const four = {
      x: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [1, 1, 1],
      ],
      y: [[1], [2], [3], [4]],
    };
    const said = Array.from({ length: 12 }, (_, key) => {
      try {
        const { history } = fit(start, four, { cost: "quadratic", learningRate: 0.01, epochs: 1, sampleWeights: [1, 0, 0, 0], validation: 0.5, key });
        return String(Number.isFinite(history[0]?.cost));
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(new Set(said)).toEqual(new Set(["true", "fit, the 2 examples that validation leaves: every weight is 0, so there is nothing to learn from"]));
    expect(() => quadratic.of(tensor([[1], [2]]), tensor([[0], [0]]), tensor([0, 0]))).toThrow("cost quadratic: every weight is 0");
    expect(() => quadratic.of(tensor([[1], [2]]), tensor([[0], [0]]), tensor([2, -1]))).toThrow("cost quadratic: example 1 has the weight -1");
  });
});

describe("a cost that cannot train", () => {
  const options = { learningRate: 0.1, epochs: 1 } as const;
  test("because no parameter reaches it is told before any step, with the reason", () => {
    const cut = custom("cut", (a, t) => sum(square(sub(stopGradient(a), t))));
    expect(() => fit(start, data, { ...options, cost: cut })).toThrow(
      /^fit: no parameter receives a gradient, so there is nothing to train: .* receives no gradient: /,
    );
    expect(() => fit(start, data, { ...options, cost: custom("numbers", (a) => tensor(values(a)[0] ?? 0)) })).toThrow("fit: no parameter receives a gradient");
    expect(() => minimise(() => tensor(1), { w: tensor([1]) }, { learningRate: 1, steps: 2 })).toThrow("minimise: no parameter receives a gradient");
  });

  test("is not one whose gradient happens to be 0", () => {
    const { parameters } = minimise((p: Tensor) => square(p), tensor(0), { learningRate: 1, steps: 2 });
    expect(values(parameters)).toEqual(new Float64Array([0]));
  });

  test("because it gives no tensor is named", () => {
    const gives =
      (found: unknown): (() => unknown) =>
      () =>
        fit(start, data, { ...options, cost: custom("mine", () => found as Tensor) });
    expect(gives(3)).toThrow("cost mine: it must give a tensor, got 3; did you forget return?");
    expect(gives(undefined)).toThrow("cost mine: it must give a tensor, got undefined; did you forget return?");
    const bare = { name: "bare", normalisation: "sum", sense: "minimise", of: () => 3 as never } as const;
    expect(() => fit(start, data, { ...options, cost: bare })).toThrow("cost bare: it must give a tensor, got 3");
  });
});

describe("an option that does not exist", () => {
  const options = { cost: "quadratic", learningRate: 0.1, epochs: 1 } as const;
  test.each([
    ["fit: there is no option batchsize; did you mean batchSize?", () => fit(start, data, { ...options, batchsize: 2 } as never)],
    ["fit: there is no option epoch; did you mean epochs?", () => fit(start, data, { ...options, epoch: 2 } as never)],
    ["fit: there is no option optimizer; did you mean optimiser?", () => fit(start, data, { ...options, optimizer: sgd({ learningRate: 1 }) } as never)],
    ["fit: there is no option lamda; did you mean lambda?", () => fit(start, data, { ...options, lamda: 2 } as never)],
    ["fit: there is no option lr; did you mean learningRate?", () => fit(start, data, { ...options, lr: 2 } as never)],
    ["fit: there is no option batch_size; did you mean batchSize?", () => fit(start, data, { ...options, batch_size: 2 } as never)],
    ["fit: there is no option loss; did you mean cost?", () => fit(start, data, { ...options, loss: "mse" } as never)],
    ['fit: there is no cost "mse"; did you mean meanSquaredError?', () => fit(start, data, { ...options, cost: "mse" as never })],
    ['fit: there is no cost "bce"; did you mean binaryCrossEntropy?', () => fit(start, data, { ...options, cost: "bce" as never })],
    ['fit: there is no cost "cross_entropy"; did you mean categoricalCrossEntropy?', () => fit(start, data, { ...options, cost: "cross_entropy" as never })],
    ["network: there is no option seed; did you mean key?", () => network({ sizes: [1, 1], activations: ["tanh"], seed: 1 } as never)],
    ['network: there is no activation "swish"; did you mean silu?', () => network({ sizes: [1, 1], activations: ["swish" as never] })],
    ["sum: there is no option dim; did you mean axis?", () => sum(tensor([1]), { dim: 0 } as never)],
    ["fit: there is no option zzz; the options are cost, learningRate,", () => fit(start, data, { ...options, zzz: 2 } as never)],
    [
      "fit, early stopping: there is no option minChange; did you mean minimumChange?",
      () => fit(start, data, { ...options, earlyStopping: { patience: 1, minChange: 1 } as never }),
    ],
    [
      "network: there is no option initializer; did you mean initialiser? the options are sizes, activations, initialiser, dropout, key",
      () => network({ sizes: [1, 1], activations: ["tanh"], initializer: "he" } as never),
    ],
    ["minimise: there is no option step; did you mean steps?", () => minimise((p: Tensor) => square(p), tensor(1), { learningRate: 1, step: 2 } as never)],
    [
      "checkHomework: there is no option lamda; did you mean lambda?",
      () => checkHomework(start, "quadratic", x, y, { db: [null, [0]] }, { lamda: 1 } as never),
    ],
    [
      'checkHomework: weights is "source-first"; use "target first" or "source first"',
      () => checkHomework(start, "quadratic", x, y, { db: [null, [0]] }, { weights: "source-first" as never }),
    ],
    [
      'checkHomework: precision is "float16"; use "float64" or "float32"',
      () => checkHomework(start, "quadratic", x, y, { db: [null, [0]] }, { precision: "float16" as never }),
    ],
  ])("%s", (message, misuse) => {
    expect(misuse).toThrow(message);
  });
});

describe("a state to go on from", () => {
  const small = network({ sizes: [2, 1, 1], activations: ["tanh", "sigmoid"], key: 1 });
  const large = network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"], key: 1 });
  const deep = network({ sizes: [2, 1, 1, 1], activations: ["tanh", "tanh", "sigmoid"], key: 1 });
  const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[0], [1], [1], [0]] }; // prettier-ignore
  const momentum = (): Optimiser => sgd({ learningRate: 0.1, momentum: 0.9 });

  test.each([momentum, () => adam({ learningRate: 0.1 }), () => rmsProp({ learningRate: 0.1, momentum: 0.5 }), () => adaGrad({ learningRate: 0.1 })])(
    "of other parameters is refused instead of broadcast, and one of the same is gone on from (%#)",
    (optimiser) => {
      const options = { cost: "binaryCrossEntropy", optimiser: optimiser(), epochs: 3 } as const;
      const { state, network: half } = fit(small, xor, options);
      expect(() => fit(large, xor, { ...options, state })).toThrow(
        /^fit: the state of \w+ at .*\.?layers\[0\]\.W has shape \[1, 2\], but these parameters need \[3, 2\]; it is of others/,
      );
      expect(() => fit(large, xor, { ...options, state })).toThrow(ShapeError);
      expect(() => fit(deep, xor, { ...options, state })).toThrow(/^fit: the state of \w+ at .*layers has the entries 0, 1, want 0, 1, 2;/);
      const weights = ({ parameters }: Network): readonly number[] => parameters.layers.flatMap(({ W, b }) => [...values(W), ...values(b)]);
      expect(weights(fit(half, xor, { ...options, state }).network)).toEqual(weights(fit(small, xor, { ...options, epochs: 6 }).network));
      expect(weights(fit(small, xor, { ...options, state: optimiser().init(small.parameters) }).network)).toEqual(weights(half));
    },
  );

  test("is checked by minimise as well, which names itself", () => {
    const f = (p: Tensor): Tensor => sum(square(p));
    const { state } = minimise(f, tensor([1]), { optimiser: momentum(), steps: 1 });
    expect(() => minimise(f, tensor([1, 2]), { optimiser: momentum(), steps: 1, state })).toThrow(
      "minimise: the state of sgd at [1] has shape [1], but these parameters need [2]",
    );
    expect(() => minimise(f, tensor([1, 2]), { optimiser: momentum(), steps: 1, state: null })).toThrow("minimise: the state of sgd is null, want a list");
  });
});
