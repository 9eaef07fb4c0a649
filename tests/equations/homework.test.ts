import { normal, randomKey, transpose } from "@nabla/autodiff";
import { type HomeworkReport, checkHomework, homeworkMarkdown, homeworkText, network, withParameters } from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { type Exercise, type Flaw, type Grid, student } from "./student.ts";
import { gradientsOnly, grid, task } from "./exercise.ts";

const sizes = { "3-4-2-5": [3, 4, 2, 5], "4-4-4-4, square": [4, 4, 4, 4], "5-3-6-3": [5, 3, 6, 3] } as const;
type Size = keyof typeof sizes;

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
  { flaw: "lasso on biases", name: "lasso on biases", setting: { lasso: 0.8 }, first: "3 BP3" },
  { flaw: "lasso on biases", name: "lasso on biases", setting: { lambda: 0.3, lasso: 0.8 }, first: "3 BP3" },
  { flaw: "no lasso", name: "lasso missing", setting: { lasso: 0.8 }, first: "3 BP4" },
  { flaw: "lasso without 1/m", name: "lasso without 1/m", setting: { lasso: 0.8 }, first: "3 BP4" },
  { flaw: "lasso without sign", name: "lasso without sign", setting: { lambda: 0.3, lasso: 0.8 }, first: "3 BP4" },
  { flaw: "lasso turned round", name: "lasso subtracted", setting: { lasso: 0.8 }, first: "3 BP4" },
  { flaw: "tanh's 1 - a² under sigmoid", name: "derivative of another activation", first: "2 BP2" },
  { flaw: "sigmoid's a(1 - a) under tanh", name: "derivative of another activation", setting: { hidden: "tanh" }, first: "2 BP2" },
  { flaw: "both gradients of layer 2 times m", name: "missing 1/m", first: "2 BP3" },
  { flaw: "delta of quadratic", name: "delta of another cost", setting: { cost: "meanSquaredError" }, first: "3 BP1" },
  { flaw: "delta of mean squared error", name: "delta of another cost", first: "3 BP1" },
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
  "lasso on biases": "lasso on biases",
  "no lasso": "lasso missing",
  "lasso without 1/m": "lasso without 1/m",
  "lasso turned round": "lasso subtracted",
};
const flaws = (Object.keys(flawNames) as Flaw[]).filter((each) => !each.includes("lasso"));
/** What can be done to the lasso beside other things. */
const lassoPairs: readonly (readonly [Flaw, Flaw])[] = (["lasso on biases", "no lasso", "lasso without 1/m", "lasso turned round"] as const).flatMap((one) =>
  (["dW transposed", "sign", "no σ′ in hidden layers", "ridge on biases", "no ridge"] as const).map((other) => [one, other] as const),
);
const quarrels: readonly (readonly [Flaw, Flaw])[] = [
  ["no ridge", "ridge without 1/m"],
  ["db not summed", "no db"],
  ["no db", "ridge on biases"],
  ["db not summed", "ridge on biases"],
];
const pairs = flaws
  .flatMap((one, at) => flaws.slice(at + 1).map((other) => [one, other] as const))
  .filter((pair) => !quarrels.some((quarrel) => quarrel.every((each) => pair.includes(each))))
  .concat(lassoPairs);

describe("one factor in one layer", () => {
  test.each([1, 2, 3])("both gradients of layer %i times m are a missing 1/m there, and nothing else is blamed", (layer) => {
    const { exercise, check } = task([3, 4, 2, 5], {});
    const right = student(exercise, []);
    const m = exercise.X[0]?.length ?? Number.NaN;
    const report = check({
      dW: right.dW.map((each, l) => (l === layer - 1 ? each.map((row) => row.map((entry) => entry * m)) : each)),
      db: right.db.map((each, l) => (l === layer - 1 ? (each as number[]).map((entry) => entry * m) : each)),
    });
    expect(report.mistakes, shown(report)).toEqual(["missing 1/m"]);
    expect(new Set(report.rows.filter(({ verdict }) => verdict === "wrong" || verdict === "inferred").map((row) => row.layer))).toEqual(new Set([layer]));
  });
});

describe("two mistakes at once", () => {
  test.each(pairs)("%s and %s are both named, with the deltas and without", (one, other) => {
    const { exercise, check } = task([3, 4, 2, 5], { lambda: 0.8, lasso: one.includes("lasso") ? 0.5 : 0 });
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
      expect(report.undecidable).toBe(true);
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
      lasso: 0,
    };
    const report = checkHomework(net, "quadratic", grid(transpose(exercise.X)), grid(transpose(exercise.Y)), student(exercise, ["W for its transpose"]));
    expect(report.agrees).toBe(true);
    expect(report.rows.find(({ layer, quantity }) => layer === 1 && quantity === "δ")?.unseen.map(({ name }) => name)).toContain("missing transpose");
  });
});
