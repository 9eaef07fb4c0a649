import { type Tensor, add, div, mean, mul, neg, normal, randomKey, sigmoid, sqrt, square, sub, transpose, uniform } from "@nabla/autodiff";
import { type Homework, type HomeworkReport, checkHomework, custom, forward, homeworkText, network, quadratic, tapeDeltas, withParameters } from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { type Grid, type Solution, student } from "./student.ts";
import { grid, task } from "./exercise.ts";

const shown = (report: HomeworkReport): string => homeworkText(report);

describe("what is handed in", () => {
  const { check } = task([3, 4, 2], {}, 6);
  const zeros = (rows: number, columns: number): Grid => Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));
  const wrong: readonly (readonly [string, Homework, string])[] = [
    ["nothing", {}, "no gradient was handed in"],
    ["no homework at all", undefined as unknown as Homework, "give their numbers as { deltas, dW, db }, any of them with one entry per layer, got undefined"],
    ["an array", [[1]] as unknown as Homework, "give their numbers as { deltas, dW, db }, any of them with one entry per layer, got an array of 1"],
    ["lists of nothing", { dW: [null, undefined] }, "no gradient was handed in"],
    ["a list that is none", { dW: 3 } as unknown as Homework, "dW must hold one entry per layer, 2 here, null where there is none; got number"],
    [
      "rows of different lengths",
      {
        dW: [
          [
            [1, 2, 3],
            [1, 2],
          ],
          null,
        ],
      },
      "checkHomework: ∂C/∂W¹: ",
    ],
    ["words", { db: [["a", "b"], null] } as unknown as Homework, "checkHomework: ∂C/∂b¹: "],
    ["another name", { dB: [] } as Homework, "there is no dB in homework"],
    ["too few layers", { dW: [zeros(4, 3)] }, "dW must hold one entry per layer, 2 here, null where there is none; got 1"],
    ["a weight gradient of another layer", { dW: [zeros(2, 4), null] }, "∂C/∂W¹ has shape [2, 4], want [4, 3] or [3, 4]"],
    ["the shape that its own activation gives", { dW: [zeros(4, 4), null] }, "this is the shape that the activation of the layer itself would give"],
    ["a bias gradient summed over neurons", { db: [[1, 2, 3, 4, 5, 6], null] }, "this is one per example: sum over the 6 examples, not over the neurons"],
    ["a delta of another layer", { deltas: [zeros(6, 2), null] }, "δ¹ has shape [6, 2], want [6, 4] or [4, 6]"],
  ];
  test.each(wrong)("%s is refused in a sentence", (_, solution, sentence) => {
    expect(() => check(solution)).toThrow(sentence);
  });

  test("what the cost or the network is not made for is refused as in a comparison", () => {
    const net = network({ sizes: [1, 2], activations: ["sigmoid"] });
    const own = { db: [[0, 0]] };
    expect(() => checkHomework(net, "binaryCrossEntropy", [[1]], [[2, 0]], own)).toThrow(
      "checkHomework: y[0][0] is 2, but the labels of binaryCrossEntropy are from 0 to 1",
    );
    expect(() => checkHomework(net, "quadratic", [[1, 2]], [[1]], own)).toThrow("did you exchange x and y?");
    expect(() => checkHomework(net, [[1]] as never, [[2, 0]], "quadratic" as never, own)).toThrow("checkHomework: the cost is an array of 1");
    expect(() => checkHomework("quadratic" as never, net as never, [[1]], [[2, 0]], own)).toThrow("checkHomework: the network must be one made by network");
    expect(() => checkHomework(net, "quadratic", [[1]], [[2, 0]], own, { lamda: 1 } as never)).toThrow("there is no option lamda; did you mean lambda?");
    expect(() => checkHomework(net, "quadratic", [[1]], [[2, 0]], own, { lasso: -1 })).toThrow("checkHomework: lasso must be a number of at least 0, got -1");
  });

  test("weights that are source first are right when one says so, and transposed when not", () => {
    const { exercise } = task([3, 4, 2], {});
    const plain = network({ sizes: [3, 4, 2], activations: ["sigmoid", "sigmoid"] });
    const net = withParameters(plain, { layers: exercise.W.map((W, l) => ({ W, b: exercise.b[l] ?? [] })) });
    const [x, y] = [grid(transpose(exercise.X)), grid(transpose(exercise.Y))];
    const { dW } = student(exercise, ["dW transposed"]);
    expect(checkHomework(net, "quadratic", x, y, { dW }, { weights: "source first" }).agrees).toBe(true);
    expect(checkHomework(net, "quadratic", x, y, { dW }).mistakes).toEqual(["transposed"]);
  });

  test("numbers of float32 are accepted when one says so, and mistakes in them are still named", () => {
    const { exercise } = task([3, 4, 2], {});
    const plain = network({ sizes: [3, 4, 2], activations: ["sigmoid", "sigmoid"] });
    const net = withParameters(plain, { layers: exercise.W.map((W, l) => ({ W, b: exercise.b[l] ?? [] })) });
    const [x, y] = [grid(transpose(exercise.X)), grid(transpose(exercise.Y))];
    const short = ({ dW, deltas }: Solution): Homework => ({
      dW: dW.map((each) => each.map((row) => row.map(Math.fround))),
      deltas: deltas.map((each) => each.map((row) => row.map(Math.fround))),
    });
    expect(checkHomework(net, "quadratic", x, y, short(student(exercise, [])), { precision: "float32" }).agrees).toBe(true);
    expect(checkHomework(net, "quadratic", x, y, short(student(exercise, ["sign"])), { precision: "float32" }).mistakes).toEqual(["wrong sign"]);
    const strict = checkHomework(net, "quadratic", x, y, short(student(exercise, [])));
    expect(strict.first).toMatchObject({ verdict: "unknown", hint: 'it is right in the digits of float32; say precision: "float32" if it has no more' });
    expect(shown(strict)).toContain('it is right in the digits of float32; say precision: "float32" if it has no more.');
  });

  test("NaN is unknown, with its place, and does not accuse the layers below", () => {
    const { exercise, check: own } = task([3, 4, 2], {});
    const right = student(exercise, []);
    const report = own({
      ...right,
      deltas: [right.deltas[0] ?? null, (right.deltas[1] ?? []).map((row, i) => row.map((each, j) => (i === 1 && j === 2 ? Number.NaN : each)))],
    });
    expect(report.rows.map(({ verdict }) => verdict)).toEqual(["unknown", "right", "right", "right", "right", "right"]);
    expect(shown(report)).toContain("the hand-in holds NaN at [2, 1]");
  });

  test("one factor throughout is unknown, but said", () => {
    const { exercise, check: own } = task([3, 4, 2], {});
    const { dW } = student(exercise, []);
    const report = own({ dW: [dW[0] ?? null, (dW[1] ?? []).map((row) => row.map((each) => each * 0.137))] });
    expect(report.first?.verdict).toBe("unknown");
    expect(shown(report)).toContain("every entry is 0.137 times what the equation gives");
  });

  test("a cost that nobody derived: the tape is the measure, and a missing σ′ and a wrong sign under it are named", () => {
    const own = custom("smooth absolute", (a, wanted) => mean(sqrt(add(square(sub(a, wanted)), 1))));
    const net = network({ sizes: [3, 4, 2], activations: ["tanh", "sigmoid"], key: 2 });
    const [x, y] = [normal(randomKey(1), { shape: [5, 3] }), uniform(randomKey(2), { shape: [5, 2] })];
    const { deltas, gradients } = tapeDeltas(net, own, x, y);
    const dW = gradients.layers.map(({ W }) => W);
    expect(checkHomework(net, own, x, y, { deltas, dW }).agrees).toBe(true);
    const slope = forward(net, x).a[2] as Tensor;
    const bare = div(deltas[1] as Tensor, mul(slope, sub(1, slope)));
    const report = checkHomework(net, own, x, y, { deltas: [null, neg(bare)] });
    expect(report.mistakes).toEqual(["wrong sign", "missing σ′"]);
  });
});

describe("a network that no table knows", () => {
  const x = normal(randomKey(31), { shape: [6, 3] });
  const y = uniform(randomKey(32), { shape: [6, 2] });
  const bend = (z: Tensor): Tensor => mul(z, sigmoid(mul(z, 3)));

  test("of activations that nobody derived is judged by the tape: right is right, and a forgotten σ′ is named", () => {
    const net = network({ sizes: [3, 4, 2], activations: [bend, "sigmoid"], key: 7 });
    const { deltas, gradients } = tapeDeltas(net, quadratic, x, y);
    const [dW, db] = [gradients.layers.map(({ W }) => W), gradients.layers.map(({ b }) => b)];
    expect(checkHomework(net, "quadratic", x, y, { deltas, dW, db }).agrees).toBe(true);
    const [W2, d2] = [grid(net.parameters.layers[1]?.W as Tensor), grid(deltas[1] as Tensor)];
    const without = d2.map((row) => [0, 1, 2, 3].map((j) => row.reduce((total, each, k) => total + each * (W2[k]?.[j] ?? Number.NaN), 0)));
    const report = checkHomework(net, "quadratic", x, y, { deltas: [without, d2] });
    expect([report.first?.layer, report.first?.equation, report.mistakes]).toEqual([1, "BP2", ["missing σ′"]]);
  });

  test("of an activation of the whole row that nobody derived is judged by the tape's Jacobian", () => {
    const centred = { name: "centred", symbol: "c", of: (z: Tensor) => square(sub(z, mean(z, { axis: -1, keepDims: true }))), elementwise: false };
    const net = network({ sizes: [3, 4, 2], activations: [centred, "sigmoid"], key: 7 });
    const { deltas, gradients } = tapeDeltas(net, quadratic, x, y);
    const dW = gradients.layers.map(({ W }) => W);
    expect(checkHomework(net, "quadratic", x, y, { deltas, dW }).agrees).toBe(true);
    expect(checkHomework(net, "quadratic", x, y, { dW: [neg(dW[0] as Tensor), dW[1]] }).mistakes).toContain("wrong sign");
  });
});

test.each([2, 3, 5])("a(1 - a) on the short delta of a softmax of %i outputs is σ′ once too often", (n) => {
  const m = 6;
  const net = network({ sizes: [3, 4, n], activations: ["tanh", "softmax"], key: 8 });
  const x = normal(randomKey(33), { shape: [m, 3] });
  const y = Array.from({ length: m }, (_, p) => Array.from({ length: n }, (__, j) => Number(j === p % n)));
  const a = grid(forward(net, x).a[2] as Tensor);
  const slipped = a.map((row, p) => row.map((each, j) => ((each - (y[p]?.[j] ?? Number.NaN)) * each * (1 - each)) / m));
  const report = checkHomework(net, "categoricalCrossEntropy", x, y, { deltas: [null, slipped] });
  expect([report.first?.equation, report.mistakes]).toEqual(["BP1", ["extra σ′"]]);
  expect(report.first?.explanations[0]?.[0]?.says).toBe("a(1 - a) is applied to the short delta, which is ∂C/∂z² already");
});

describe("slips of the pen", () => {
  const net = network({ sizes: [3, 4, 3], activations: ["tanh", "sigmoid"], key: 9 });
  const x = normal(randomKey(34), { shape: [7, 3] });
  const y = uniform(randomKey(35), { shape: [7, 3] });
  const { deltas, gradients } = tapeDeltas(net, quadratic, x, y);
  const [d1, d2] = deltas.map(grid) as [Grid, Grid];
  const dW = gradients.layers.map(({ W }) => grid(W));
  const a = forward(net, x).a.map(grid);
  const times = (rows: Grid, factor: (each: number, i: number, j: number) => number): Grid =>
    rows.map((row, i) => row.map((each, j) => each * factor(each, i, j)));
  const at = (rows: Grid | undefined, i: number, j: number): number => rows?.[i]?.[j] ?? Number.NaN;

  test("a part of σ′ that is missing is named with both formulas", () => {
    const tangent = checkHomework(net, "quadratic", x, y, { deltas: [times(d1, (_, i, j) => 1 / (1 + at(a[1], i, j))), d2] });
    expect(tangent.mistakes).toEqual(["part of σ′ missing"]);
    expect(tangent.first?.explanations[0]?.[0]?.says).toBe("1 - a instead of 1 - a² for σ′(z¹)");
    for (const [formula, part] of [
      ["a", (each: number) => 1 - each],
      ["1 - a", (each: number) => each],
    ] as const) {
      const report = checkHomework(net, "quadratic", x, y, { deltas: [null, times(d2, (_, i, j) => 1 / part(at(a[2], i, j)))] });
      expect(report.first?.explanations).toEqual([[{ name: "part of σ′ missing", says: `${formula} instead of a(1 - a) for σ′(z²)` }]]);
    }
  });

  test("a mean over the outputs too is named, and with two of them is half of the delta as well", () => {
    expect(checkHomework(net, "quadratic", x, y, { deltas: [null, times(d2, () => 1 / 3)] }).mistakes).toEqual(["extra 1/n"]);
    const two = network({ sizes: [3, 2], activations: ["sigmoid"], key: 9 });
    const targets = uniform(randomKey(36), { shape: [7, 2] });
    const half = tapeDeltas(two, quadratic, x, targets).deltas.map((each) => times(grid(each), () => 0.5));
    const report = checkHomework(two, "quadratic", x, targets, { deltas: half });
    expect([report.undecidable, report.mistakes]).toEqual([true, ["extra ½", "extra 1/n"]]);
  });

  test("numbers that are rounded are told so, with their decimals", () => {
    const rounded = dW.map((rows) => rows.map((row) => row.map((each) => Number(each.toFixed(4)))));
    const report = checkHomework(net, "quadratic", x, y, { dW: rounded });
    expect(report.rows.flatMap(({ hint }) => hint ?? [])).toEqual(Array(2).fill("it is right to the 4 decimals that it is written with; hand in all digits"));
    const off = rounded.map((rows) => rows.map((row) => row.map((each) => Number((each + 1e-4).toFixed(4)))));
    expect(checkHomework(net, "quadratic", x, y, { dW: off }).first?.hint).toBeUndefined();
  });

  test("a ridge that nobody told of is guessed with its λ", () => {
    const penalised = tapeDeltas(net, quadratic, x, y, { lambda: 0.35 }).gradients.layers.map(({ W }) => W);
    const report = checkHomework(net, "quadratic", x, y, { dW: penalised });
    expect(report.rows.flatMap(({ hint }) => hint ?? [])).toEqual(
      Array(2).fill("0.05 times the weights is all that is too much; if a ridge is meant, tell lambda: 0.35"),
    );
    expect(checkHomework(net, "quadratic", x, y, { dW: penalised }, { lambda: 0.35 }).agrees).toBe(true);
  });

  test("one entry that is off is told apart from all others", () => {
    const slipped = [dW[0], times(dW[1] as Grid, (_, i, j) => (i === 1 && j === 2 ? -1 : 1))];
    const report = checkHomework(net, "quadratic", x, y, { dW: slipped });
    expect([report.first?.verdict, report.first?.worst, report.first?.hint]).toEqual(["unknown", [1, 2], "the other 11 of 12 entries are right"]);
    expect(shown(report)).toContain("; the other 11 of 12 entries are right.");
  });
});
