import { type Tensor, add, div, mean, mul, neg, nested, normal, randomKey, softmax, splitKey, sqrt, square, sub, transpose, uniform } from "@nabla/autodiff";
import {
  type Homework,
  type HomeworkReport,
  checkHomework,
  custom,
  forward,
  homeworkMarkdown,
  homeworkText,
  network,
  tapeDeltas,
  withParameters,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { type Exercise, type Flaw, type Grid, type Solution, student } from "./student.ts";

const grid = (t: Tensor): Grid => nested(t) as unknown as Grid;
const sizes = { "3-4-2-5": [3, 4, 2, 5], "4-4-4-4, square": [4, 4, 4, 4], "5-3-6-2": [5, 3, 6, 2] } as const;
type Size = keyof typeof sizes;

interface Task {
  readonly exercise: Exercise;
  check(solution: Homework, m?: number): HomeworkReport;
}

/** A seeded network with data, as the student and as the checker get it. */
function task(widths: readonly number[], setting: Partial<Exercise>, m = 6, seed = 5): Task {
  const { hidden = "sigmoid", output = "sigmoid", cost = "quadratic", lambda = 0 } = setting;
  const [weights, biases, data, labels] = splitKey(randomKey(seed), 4) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const plain = network({ sizes: widths, activations: widths.slice(1).map((_, l) => (l === widths.length - 2 ? output : hidden)) });
  const parameters = plain.layers.map(({ inputs, outputs }, l) => ({
    W: mul(normal(splitKey(weights, 9)[l] ?? weights, { shape: [outputs, inputs] }), 0.7),
    b: mul(normal(splitKey(biases, 9)[l] ?? biases, { shape: [outputs] }), 0.7),
  }));
  const net = withParameters(plain, { layers: parameters });
  const x = normal(data, { shape: [m, widths[0] as number] });
  const width = widths.at(-1) as number;
  const y = cost === "categoricalCrossEntropy" ? softmax(normal(labels, { shape: [m, width] })) : uniform(labels, { shape: [m, width], low: 0.1, high: 0.9 });
  return {
    exercise: {
      hidden,
      output,
      cost,
      lambda,
      W: parameters.map(({ W }) => grid(W)),
      b: parameters.map(({ b }) => nested(b) as number[]),
      X: grid(transpose(x)),
      Y: grid(transpose(y)),
    },
    check: (solution) => checkHomework(net, cost, x, y, solution, { lambda }),
  };
}

const gradientsOnly = ({ dW, db }: Solution): Homework => ({ dW, db });

interface Planted {
  readonly flaw: Flaw;
  readonly name: string;
  readonly setting?: Partial<Exercise>;
  /** Whether it needs layers of one width. */
  readonly square?: true;
  /** The first wrong row when everything is handed in; the last layer is 3. */
  readonly first: string;
}

const planted: readonly Planted[] = [
  { flaw: "dW transposed", name: "transposed", first: "3 BP4" },
  { flaw: "W for its transpose", name: "missing transpose", square: true, first: "2 BP2" },
  { flaw: "no 1/m", name: "missing 1/m", first: "3 BP1" },
  { flaw: "1/m twice", name: "extra 1/m", first: "3 BP3" },
  { flaw: "no σ′ in hidden layers", name: "missing σ′", first: "2 BP2" },
  { flaw: "no σ′ at the output", name: "missing σ′", first: "3 BP1" },
  { flaw: "σ′ of a", name: "σ′ of a", first: "3 BP1" },
  { flaw: "σ′ of a", name: "σ′ of a", setting: { hidden: "tanh", output: "softmax", cost: "categoricalCrossEntropy" }, first: "2 BP2" },
  { flaw: "σ′ of the layer before", name: "σ′ of another layer", square: true, first: "2 BP2" },
  { flaw: "sign", name: "wrong sign", first: "3 BP1" },
  { flaw: "db averaged", name: "extra 1/m", first: "3 BP3" },
  { flaw: "db not summed", name: "not summed", first: "3 BP3" },
  { flaw: "own activation", name: "activation of the layer itself", square: true, first: "3 BP4" },
  { flaw: "z for a", name: "z instead of a", first: "3 BP4" },
  { flaw: "ridge on biases", name: "ridge on biases", setting: { lambda: 0.8 }, first: "3 BP3" },
  { flaw: "no ridge", name: "ridge missing", setting: { lambda: 0.8 }, first: "3 BP4" },
  { flaw: "ridge without 1/m", name: "ridge without 1/m", setting: { lambda: 0.8 }, first: "3 BP4" },
  { flaw: "ridge without ½", name: "ridge doubled", setting: { lambda: 0.8 }, first: "3 BP4" },
  { flaw: "delta of quadratic", name: "delta of another cost", setting: { cost: "binaryCrossEntropy" }, first: "3 BP1" },
  { flaw: "delta of quadratic", name: "delta of another cost", setting: { output: "softmax", cost: "categoricalCrossEntropy" }, first: "3 BP1" },
  { flaw: "delta of cross-entropy", name: "delta of another cost", first: "3 BP1" },
  { flaw: "softmax elementwise", name: "Hadamard softmax", setting: { output: "softmax" }, first: "3 BP1" },
  { flaw: "softmax elementwise", name: "Hadamard softmax", setting: { output: "softmax", cost: "categoricalCrossEntropy" }, first: "3 BP1" },
  { flaw: "no ½", name: "missing ½", first: "3 BP1" },
  { flaw: "updated weights", name: "updated weights", first: "2 BP2" },
  { flaw: "weights of the layer itself", name: "weights of another layer", square: true, first: "2 BP2" },
  { flaw: "no db", name: "never computed", first: "3 BP3" },
  { flaw: "last example only", name: "last example only", first: "3 BP3" },
];

const firstOf = ({ first }: HomeworkReport): string => (first === undefined ? "none" : `${first.layer} ${first.equation}`);
/** The names that every explanation of some wrong row shares. */
const shown = (report: HomeworkReport): string => homeworkText(report);

describe.each(Object.keys(sizes) as Size[])("a student's loops over examples in columns, network %s", (size) => {
  const fitting = planted.filter(({ square }) => square !== true || size.includes("square"));

  test.each(fitting)("$flaw is named “$name” ($setting), everything handed in", ({ flaw, name, setting = {}, first }) => {
    const { exercise, check } = task(sizes[size], setting);
    const report = check(student(exercise, [flaw]));
    expect(firstOf(report), shown(report)).toBe(first);
    expect(
      report.first?.explanations.flat().map((each) => each.name),
      shown(report),
    ).toContain(name);
    for (const { verdict, explanations } of report.rows) {
      expect(verdict).not.toBe("unknown");
      if (verdict !== "right")
        expect(
          explanations.some((set) => set.length === 1 && set[0]?.name === name),
          shown(report),
        ).toBe(true);
    }
    expect(homeworkMarkdown(report)).toContain(name);
  });

  test.each(fitting)("$flaw is named “$name” ($setting), without the deltas", ({ flaw, name, setting = {} }) => {
    const { exercise, check } = task(sizes[size], setting);
    const report = check(gradientsOnly(student(exercise, [flaw])));
    expect(report.agrees, shown(report)).toBe(false);
    expect(report.mistakes, shown(report)).toContain(name);
    expect(report.rows.map(({ verdict }) => verdict)).not.toContain("unknown");
  });

  test.each([
    ["quadratic", "sigmoid"],
    ["quadratic", "softmax"],
    ["binaryCrossEntropy", "sigmoid"],
    ["categoricalCrossEntropy", "softmax"],
  ] as const)("correct homework for %s over %s is accepted, with deltas of the mean cost, of each example, and without", (cost, output) => {
    const { exercise, check } = task(sizes[size], { cost, output, lambda: 0.3 });
    for (const solution of [student(exercise, []), student(exercise, [], true), gradientsOnly(student(exercise, [])), { db: student(exercise, []).db }]) {
      const report = check(solution);
      expect(report.agrees, shown(report)).toBe(true);
      expect(report.first).toBeUndefined();
    }
    expect(check(student(exercise, [], true)).deltas).toBe("per example");
  });

  test("random numbers are unknown, with the first equation and both numbers", () => {
    const { exercise, check } = task(sizes[size], {});
    const noise = (like: Grid, seed: number): Grid => grid(normal(randomKey(seed), { shape: [like.length, like[0]?.length ?? 0] }));
    const right = student(exercise, []);
    const report = check({ deltas: right.deltas.map((each, l) => noise(each, l)), dW: right.dW.map((each, l) => noise(each, 10 + l)) });
    expect(firstOf(report)).toBe("3 BP1");
    expect(report.rows.filter(({ verdict }) => verdict !== "not given").map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => "unknown"));
    expect(shown(report)).toContain("no known mistake gives these numbers; at [");
  });
});

const flawNames: Partial<Record<Flaw, string>> = {
  "dW transposed": "transposed",
  "1/m twice": "extra 1/m",
  "no σ′ in hidden layers": "missing σ′",
  sign: "wrong sign",
  "db not summed": "not summed",
  "z for a": "z instead of a",
  "ridge on biases": "ridge on biases",
  "no ridge": "ridge missing",
  "ridge without 1/m": "ridge without 1/m",
  "no ½": "missing ½",
  "no db": "never computed",
  "last example only": "last example only",
};
const flaws = Object.keys(flawNames) as Flaw[];
const quarrels: readonly (readonly [Flaw, Flaw])[] = [
  ["no ridge", "ridge without 1/m"],
  ["db not summed", "no db"],
  ["no db", "ridge on biases"],
  ["db not summed", "ridge on biases"],
];
const pairs = flaws
  .flatMap((one, at) => flaws.slice(at + 1).map((other) => [one, other] as const))
  .filter((pair) => !quarrels.some((quarrel) => quarrel.every((each) => pair.includes(each))));

describe("two mistakes at once", () => {
  test.each(pairs)("%s and %s are both named, with the deltas and without", (one, other) => {
    const { exercise, check } = task([3, 4, 2, 5], { lambda: 0.8 });
    const solution = student(exercise, [one, other]);
    for (const report of [check(solution), check(gradientsOnly(solution))]) {
      // A gradient that is 0 everywhere hides what else was done to it.
      for (const flaw of [one, other]) expect(report.mistakes, shown(report)).toContain(flawNames[flaw]);
      expect(report.rows.map(({ verdict }) => verdict)).not.toContain("unknown");
    }
  });
});

describe("what the numbers cannot tell", () => {
  test.each(["no 1/m", "1/m twice", "db averaged", "last example only"] as const)(
    "with one example %s changes nothing, and the report says that it cannot be seen",
    (flaw) => {
      const { exercise, check } = task([3, 4, 2], {}, 1);
      const report = check(student(exercise, [flaw]));
      expect(report.agrees).toBe(true);
      const unseen = report.rows.flatMap((row) => row.unseen.map(({ name }) => name));
      expect(unseen).toContain("missing 1/m");
      expect(unseen).toContain("extra 1/m");
      expect(shown(report)).toContain("Undecidable with these numbers");
    },
  );

  test("with two examples a missing 1/m and a missing ½ are the same factor: both are named, as undecidable", () => {
    const { exercise, check } = task([3, 4, 2], {}, 2);
    const report = check(student(exercise, ["no ½"]));
    expect(report.undecidable).toBe(true);
    expect(report.first?.explanations.map((set) => set.map(({ name }) => name))).toEqual([["missing 1/m"], ["missing ½"]]);
    expect(shown(report)).toContain("undecidable here, because these give the same numbers");
  });

  test("under an identity a missing σ′ cannot be seen", () => {
    const net = network({ sizes: [2, 3, 1], activations: ["identity", "sigmoid"], key: 3 });
    const report = checkHomework(
      net,
      "quadratic",
      [
        [1, 2],
        [0, 1],
      ],
      [[1], [0]],
      { deltas: [null, [[0.1], [0.2]]] },
    );
    expect(report.rows[3]?.verdict).toBe("not given");
    expect(report.first?.layer).toBe(2);
  });

  test("a symmetric matrix hides a missing transpose", () => {
    const plain = network({ sizes: [2, 2, 2], activations: ["sigmoid", "sigmoid"] });
    const W = [
      [0.3, -0.6],
      [-0.6, 0.2],
    ];
    const net = withParameters(plain, {
      layers: [
        { W, b: [0, 0] },
        { W, b: [0.1, 0] },
      ],
    });
    const exercise: Exercise = {
      W: [W, W],
      b: [
        [0, 0],
        [0.1, 0],
      ],
      X: [
        [1, 2, 3],
        [0, 1, -1],
      ],
      Y: [
        [1, 0, 0],
        [0, 1, 1],
      ],
      hidden: "sigmoid",
      output: "sigmoid",
      cost: "quadratic",
      lambda: 0,
    };
    const report = checkHomework(net, "quadratic", grid(transpose(exercise.X)), grid(transpose(exercise.Y)), student(exercise, ["W for its transpose"]));
    expect(report.agrees).toBe(true);
    expect(report.rows.find(({ layer, quantity }) => layer === 1 && quantity === "δ")?.unseen.map(({ name }) => name)).toContain("missing transpose");
  });
});

describe("what is handed in", () => {
  const { check } = task([3, 4, 2], {}, 6);
  const zeros = (rows: number, columns: number): Grid => Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));
  const wrong: readonly (readonly [string, Homework, string])[] = [
    ["nothing", {}, "no gradient was handed in"],
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
