import { type Tensor, mul, randomKey, softmax, sub, uniform } from "@nabla/autodiff";
import { type Homework, backpropagate, checkHomework, homeworkText as shown, logLikelihood, network, predict, tapeDeltas, withParameters } from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { gradientsOnly, task } from "./exercise.ts";
import { type Grid, student } from "./student.ts";

describe("where neurons are saturated", () => {
  const seeds = Array.from({ length: 12 }, (_, at) => at + 1);
  test.each((["sigmoid", "tanh"] as const).flatMap((hidden) => [3, 8, 15, 30].map((deviation) => [hidden, deviation] as const)))(
    "the digits that the textbook's formula of %s′ loses at weights of deviation %d accuse nobody",
    (hidden, deviation) => {
      for (const [widths, m] of [
        [[2, 2, 1], 1],
        [[3, 3, 3], 1],
        [[3, 4, 2], 3],
        [[2, 3, 3, 2], 2],
      ] as const)
        // prettier-ignore
        for (const seed of seeds) {
          const { exercise, check } = task(widths, { hidden }, m, seed, deviation);
          const solution = student(exercise, []);
          expect([seed, shown(check(solution))]).toEqual([seed, expect.stringContaining("Everything that was handed in is right.")]);
          expect([seed, shown(check(gradientsOnly(solution)))]).toEqual([seed, expect.stringContaining("Everything that was handed in is right.")]);
        }
    },
  );

  test("a wrong sign in numbers that are large enough to tell is still named", () => {
    const { exercise, check } = task([3, 4, 2], {}, 3, 5, 3);
    expect(check(student(exercise, ["sign"])).mistakes).toContain("wrong sign");
  });
});

describe("a ridge that is wrong in two ways", () => {
  const plain = network({ sizes: [3, 4, 2], activations: ["tanh", "sigmoid"], key: 4 });
  const up = withParameters(plain, {
    layers: plain.parameters.layers.map(({ W, b }) => ({ W, b: uniform(randomKey(7), { shape: b.shape, low: -1, high: 1 }) })),
  });
  const [x, y] = [uniform(randomKey(8), { shape: [5, 3], low: -1, high: 1 }), uniform(randomKey(9), { shape: [5, 2], low: 0.1, high: 0.9 })];
  const lambda = 0.7;
  const handed = (of: (bare: Tensor, parameter: Tensor, which: "W" | "b") => Tensor): Homework => {
    const { layers } = tapeDeltas(up, logLikelihood, x, y).gradients;
    const each = (which: "W" | "b"): Tensor[] => layers.map((layer, l) => of(layer[which], up.parameters.layers[l]?.[which] as Tensor, which));
    return { dW: each("W"), db: each("b") };
  };
  const taken = (share: number) => (bare: Tensor, parameter: Tensor, which: "W" | "b") => (which === "W" ? sub(bare, mul(share, parameter)) : bare);

  test.each([
    ["λ w added to a cost that is maximised", -lambda, ["ridge without 1/m", "ridge added"]],
    ["twice λ w", 2 * lambda, ["ridge without 1/m", "ridge doubled"]],
    ["2λ/m w added", (-2 * lambda) / 5, ["ridge doubled", "ridge added"]],
  ] as const)("%s has both names", (_, share, names) => {
    const report = checkHomework(up, logLikelihood, x, y, handed(taken(share)), { lambda });
    expect(report.first?.explanations.map((set) => set.map(({ name }) => name))).toEqual([names]);
  });

  test("alone, without δ aᵀ, it is what was never computed", () => {
    const own = handed((bare, parameter, which) => (which === "W" ? mul(-lambda / 5, parameter) : bare));
    const report = checkHomework(up, logLikelihood, x, y, own, { lambda });
    expect(report.mistakes).toEqual(["never computed"]);
    expect(shown(report)).toContain("only the penalty is left: δ² (a¹)ᵀ was never computed");
  });

  test.each([
    ["added", -lambda / 5],
    ["taken away", lambda / 5],
    ["added without 1/m", -lambda],
  ] as const)("on biases, %s, it is one mistake", (_, share) => {
    const own = handed((bare, parameter, which) => sub(bare, mul(which === "b" ? share : lambda / 5, parameter)));
    expect(checkHomework(up, logLikelihood, x, y, own, { lambda }).mistakes).toEqual(["ridge on biases"]);
  });
});

describe("a δ that its own layer's gradients do not show", () => {
  test.each([
    ["never computed", (dW: Grid) => dW.map((row) => row.map(() => 0))],
    ["wrong sign", (dW: Grid) => dW.map((row) => row.map((each) => -each))],
  ] as const)("where they are %s is still seen in the layer below", (name, spoil) => {
    const { exercise, check } = task([3, 4, 2, 5], {});
    const { dW } = student(exercise, ["no σ′ in hidden layers"]);
    const report = check({ dW: dW.map((each, l) => (l === 1 ? spoil(each) : each)) });
    const wrong = report.rows.filter(({ verdict }) => verdict !== "right" && verdict !== "not given");
    expect(wrong.map(({ layer, equation, verdict }) => `${layer} ${equation} ${verdict}`)).toEqual(["2 BP2 inferred", "2 BP4 wrong", "1 BP2 inferred"]);
    expect(report.mistakes).toEqual(["missing σ′", name]);
  });
});

describe("weights that were updated too early, at a rate that nobody told", () => {
  test.each([
    ["extra 1/m", "dW"],
    ["wrong sign", "dW"],
    ["transposed", "dW"],
    ["wrong sign", "db"],
    ["never computed", "db"],
  ] as const)("are seen beside a mistake in the other gradient: %s in %s", (name, where) => {
    const { exercise, check } = task([4, 4, 4], {});
    const { dW, db } = student(exercise, ["updated weights"]);
    const spoil = (grid: Grid): Grid => grid.map((row, i) => row.map((each, j) => (name === "transposed" ? (grid[j]?.[i] ?? Number.NaN) : name === "wrong sign" ? -each : name === "never computed" ? 0 : each / 6))); // prettier-ignore
    const own = where === "dW" ? { dW: dW.map((each, l) => (l === 0 ? spoil(each) : each)), db } : { dW, db: db.map((each, l) => (l === 0 ? (spoil([each as number[]])[0] ?? []) : each)) }; // prettier-ignore
    expect(check(own).mistakes).toEqual(["updated weights", name]);
  });
});

describe("a right homework of several examples leaves nothing open", () => {
  const pairs = [
    ["quadratic", "sigmoid"],
    ["binaryCrossEntropy", "sigmoid"],
    ["logLikelihood", "sigmoid"],
    ["categoricalCrossEntropy", "softmax"],
    ["quadratic", "identity"],
    ["sumOfSquares", "identity"],
    ["meanSquaredError", "identity"],
  ] as const;
  test.each(pairs)("of %s over %s", (cost, output) => {
    const net = network({ sizes: [3, 4, 3], activations: ["tanh", output], key: 3 });
    const x = uniform(randomKey(2), { shape: [5, 3], low: -1, high: 1 });
    const y = softmax(uniform(randomKey(6), { shape: [5, 3], low: -2, high: 2 }));
    const report = checkHomework(net, cost, x, y, backpropagate(net, cost, x, y));
    expect([report.agrees, report.undecidable]).toEqual([true, false]);
    expect(shown(report)).not.toContain("Undecidable");
  });

  test("but targets that do not sum to 1 make a - y a mistake under softmax, and it is named", () => {
    const net = network({ sizes: [3, 3], activations: ["softmax"], key: 3 });
    const [x, y] = [uniform(randomKey(2), { shape: [4, 3], low: -1, high: 1 }), uniform(randomKey(6), { shape: [4, 3], low: 0.1, high: 0.9 })];
    const wrong = mul(1 / 4, sub(predict(net, x), y));
    expect(checkHomework(net, "categoricalCrossEntropy", x, y, { deltas: [wrong] }).mistakes).toEqual(["delta of another cost"]);
  });
});
