import { readFileSync } from "node:fs";
import { customGradient, mul, normal, randomKey, splitKey, type Tensor } from "@nabla/autodiff";
import {
  type ActivationName,
  type ComparisonRow,
  type Cost,
  type CostName,
  type Network,
  activations,
  categoricalFocal,
  compare,
  comparisonMarkdown,
  comparisonTable,
  costs,
  focal,
  huber,
  network,
  quantile,
  withParameters,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";

/** The output deltas of one example with 25 digits, recorded by generate/deltas.py. */
interface Recorded {
  readonly cost: string;
  readonly parameter: number | null;
  readonly activation: ActivationName;
  readonly z: readonly number[];
  readonly y: readonly number[];
  readonly delta: readonly string[];
}

const recorded = JSON.parse(readFileSync(new URL("../fixtures/deltas.json", import.meta.url), "utf8")) as readonly Recorded[];
const families: Readonly<Record<string, (parameter: number) => Cost>> = { huber, quantile, focal, categoricalFocal };
const costFrom = (name: string, parameter: number | null): Cost =>
  parameter === null ? costs[name as keyof typeof costs] : (families[name] as (parameter: number) => Cost)(parameter);
const unity = (n: number): number[][] => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => Number(i === j)));
/** A layer that hands x to its activation as it is. */
const bare = (activation: ActivationName, n: number): Network =>
  withParameters(network({ sizes: [n, n], activations: [activation] }), { layers: [{ W: unity(n), b: Array.from({ length: n }, () => 0) }] });

/** undefined where the cost itself has no value: the logarithm of what is not positive. */
function outputRow(cost: Cost, activation: ActivationName, z: readonly number[], y: readonly number[]): ComparisonRow | undefined {
  try {
    return compare(bare(activation, z.length), cost, [z], [y]).rows[0];
  } catch (error) {
    expect(String(error)).toMatch(/the cost .* is (?:NaN|-?Infinity) here/);
    return undefined;
  }
}

/** Runs with a tape that multiplies one entry of the gradient by z. */
function withSlip<T>(name: ActivationName, entry: number, factor: number, run: () => T): T {
  const activation = activations[name];
  const { of } = activation;
  const slip = customGradient({
    name: "slip",
    f: (z) => mul(z, 1),
    vjp: (g) => [
      mul(
        g,
        [0, 1, 2].map((k) => (k === entry ? factor : 1)),
      ),
    ],
  });
  try {
    Object.assign(activation, { of: (z: Tensor) => of(slip(z)) });
    return run();
  } finally {
    Object.assign(activation, { of });
  }
}

const numbersOf = (row: ComparisonRow): number[] => (row.tape as number[][]).flat();
const every = (Object.keys(activations) as ActivationName[]).filter((each) => each !== "step");
const everyCost: readonly (readonly [string, Cost])[] = [
  ...Object.entries(costs),
  ...[huber(0.5), quantile(0.9)].map((each) => [`${each.name} of another width`, each] as const),
  ...[0, 0.5, 1, 5].flatMap((gamma) => [focal(gamma), categoricalFocal(gamma)].map((each) => [`${each.name}, γ = ${gamma}`, each] as const)),
];
const extremes = [20, -20, 40, -40, 700, -700];
const inputs: readonly (readonly number[])[] = [
  ...extremes.flatMap((z) => [
    [z, 0, -3],
    [0.2, z, -z],
  ]),
  [700, 40, 20],
  [-20, 40, 37.5],
  [-40, -20, -700],
  [1e-5, -1e-5, 0],
  [800, -800, 0.3],
];
const targets = (cost: Cost): readonly (readonly number[])[] =>
  cost.labels?.admits(0.5) === false
    ? [
        [1, -1, 1],
        [-1, 1, -1],
      ]
    : [[0, 1, 1], [0.25, 0.5, 0.25], cost.labels?.admits(3) === true ? [3, 0, 1] : [1, 0.5, 0]];

describe("compare where activations saturate", () => {
  test.each(everyCost)("%s over every activation: what is right is never called wrong", (_, cost) => {
    let seen = 0;
    const undecided: string[] = [];
    for (const activation of every)
      for (const z of inputs)
        for (const y of targets(cost)) {
          const row = outputRow(cost, activation, z, y);
          if (row === undefined) continue;
          seen++;
          const place = `${cost.name} over ${activation}, z = [${z.join(", ")}], y = [${y.join(", ")}]`;
          if (row.agrees === undefined) undecided.push(place);
          expect(row.agrees, place).not.toBe(false);
        }
    // The tape adds σ′ of the mean and -y(1 - a) of the logarithm: 2e-9 each, of which 4e-18 remain.
    const known = [
      [0, 1, 1],
      [3, 0, 1],
    ].map((y) => `poisson over sigmoid, z = [700, 40, 20], y = [${y.join(", ")}]`);
    expect(undecided).toEqual(cost.name === "poisson" ? known : []);
    expect(seen).toBeGreaterThan(100);
  });

  test.each(everyCost)("%s over every activation: a single entry that is off by more than 1e-12 of the largest is called wrong", (_, cost) => {
    let seen = 0;
    for (const activation of every)
      for (const [at, z] of inputs.entries())
        for (const [which, y] of targets(cost).entries()) {
          const [entry, factor] = [(at + which) % z.length, at % 2 === 0 ? -1 : 1 + 1e-6];
          const row = withSlip(activation, entry, factor, () => outputRow(cost, activation, z, y));
          if (row === undefined) continue;
          const right = numbersOf(row).map((each, k) => (k === entry ? each / factor : each));
          const scale = Math.max(...right.map(Math.abs));
          const off = Math.abs((right[entry] as number) * (factor - 1));
          // Twice, because the right number may itself be off by as much as is allowed.
          if (!(off > 2e-12 * scale) || off < 2 ** -1000) continue;
          seen++;
          expect(row.agrees, `${cost.name} over ${activation}, entry ${entry} × ${factor}, z = [${z.join(", ")}], y = [${y.join(", ")}]`).toBe(false);
        }
    expect(seen).toBeGreaterThan(50);
  });

  test.each(everyCost)("%s over every activation: a tape that is off by 1e-6 is never called right", (_, cost) => {
    const off: Cost = { ...cost, of: (a: Tensor, y: Tensor) => mul(1 + 1e-6, cost.of(a, y)) };
    let seen = 0;
    for (const activation of every)
      for (const z of inputs)
        for (const y of targets(cost)) {
          const row = outputRow(off, activation, z, y);
          // Of 0, and of numbers with few digits below the normal range, nothing is off.
          if (row === undefined || numbersOf(row).every((each) => Math.abs(each) < 2 ** -1000)) continue;
          seen++;
          expect(row.agrees, `${cost.name} over ${activation}, z = [${z.join(", ")}], y = [${y.join(", ")}]`).toBe(false);
        }
    expect(seen).toBeGreaterThan(80);
  });

  test("deep networks with weights a hundred times too large, and with none, agree in every row", () => {
    let seen = 0;
    for (const [at, name] of every.entries())
      for (const factor of [0, 10, 100])
        for (const cost of Object.values(costs)) {
          const output = every[(at + 3) % every.length] as ActivationName;
          const plain = network({ sizes: [3, 4, 4, 3], activations: [name, every[(at + 1) % every.length] as ActivationName, output], key: at });
          const net = withParameters(plain, { layers: plain.parameters.layers.map(({ W, b }) => ({ W: mul(W, factor), b })) });
          const [data] = splitKey(randomKey(at), 1) as [readonly [number, number]];
          const y = [0, 1, 2, 3].map((p) => targets(cost)[p % targets(cost).length] as number[]);
          try {
            const { rows } = compare(net, cost, normal(data, { shape: [4, 3] }), y);
            seen += rows.length;
            for (const { agrees, layer, equation } of rows)
              expect(agrees, `${cost.name}: ${name}, ${output}, ${equation} of layer ${layer}, × ${factor}`).toBe(true);
          } catch (error) {
            expect(String(error)).toMatch(/the cost .* is (?:NaN|-?Infinity) here/);
          }
        }
    expect(seen).toBeGreaterThan(1000);
  });

  test("the closed form of more digits is that of 60 digits, whatever the cost and the activation", () => {
    let seen = 0;
    for (const { cost: name, parameter, activation, z, y, delta } of recorded) {
      const known = costFrom(name, parameter);
      // A closed form that says nothing makes the first entry the worst.
      const cost = { ...known, derivative: Object.assign(() => Number.NaN, { precise: known.derivative?.precise }) };
      for (let first = 0; first < 3; first++) {
        const turned = <T>(list: readonly T[]): T[] => [...list.slice(first), ...list.slice(0, first)];
        const row = outputRow(cost as Cost, activation, turned(z), turned(y));
        if (row === undefined) continue;
        seen++;
        const [found, wanted] = [row.worst?.precise ?? Number.NaN, Number(delta[first])];
        expect(row.worst?.index).toEqual([0, 0]);
        expect(
          Math.abs(found - wanted),
          `${name} ${parameter} over ${activation}, z = [${z.join(", ")}], y = [${y.join(", ")}], entry ${first}: ${found} against ${wanted}`,
        ).toBeLessThanOrEqual(2 ** -52 * Math.abs(wanted) + 2 ** -1060);
      }
    }
    expect(seen).toBeGreaterThan(3000);
  });

  test.each([
    ["focal", "sigmoid", [20, 37, 40], [1, 1, 1]],
    ["binaryCrossEntropy", "softmax", [40, 0, -3], [1, 0, 0]],
    ["logLikelihood", "softmax", [40, 0, -3], [1, 0, 0]],
    ["categoricalFocal", "softmax", [40, 0, -3], [1, 0, 0]],
    ["kullbackLeibler", "sigmoid", [-800, 1, 2], [1, 1, 0]],
  ] as const)("%s over %s: the closed form breaks, and the report says so", (name, activation, z, y) => {
    const report = compare(bare(activation, 3), name, [z], [y]);
    expect(report.rows[0]?.lost).toBe("closed form");
    expect(comparisonTable(report)).toContain("✓, digits lost: closed form");
    expect(report.largestScaledError).toBeLessThanOrEqual(1e-12);
    expect(comparisonMarkdown(report)).toContain("In BP1 of layer 1 the closed form lost its digits, and the tape agrees with one of 32.");
  });

  test("a softmax under an almost constant gradient keeps its digits, as output and as hidden layer", () => {
    const near: readonly (readonly [CostName | Cost, readonly number[], readonly number[]])[] = [
      ["hinge", [-40, 0.6, 13.3], [1, -1, -1]],
      [quantile(0.9), [-20, 0.6, 6.7], [0.25, 0.5, 0.25]],
      [huber(0.5), [-20, 0.6, 6.67], [2, -1, -1]],
    ];
    for (const [cost, z, y] of near) {
      const { rows, largestScaledError } = compare(bare("softmax", 3), cost, [z], [y]);
      expect(largestScaledError).toBeLessThan(1e-15);
      expect(rows.map(({ lost = "neither" }) => lost)).toEqual(["neither", "neither", "neither"]);
    }
    const hidden = withParameters(network({ sizes: [3, 3, 1], activations: ["softmax", "identity"] }), {
      layers: [...bare("softmax", 3).parameters.layers, { W: [[1, 1 + 1e-3, 1]], b: [0] }],
    });
    const report = compare(hidden, "quadratic", [[-40, 0.6, 13.3]], [[3]]);
    expect(report.largestScaledError).toBeLessThan(1e-15);
    expect(report.rows.map(({ lost = "neither" }) => lost)).not.toContain("tape");
    let worst = 0;
    for (let key = 0; key < 40; key++)
      for (const cost of ["hinge", quantile(0.9)] as const) {
        const net = network({ sizes: [3, 4, 4, 3], activations: ["softmax", "tanh", "softmax"], key });
        const y = cost === "hinge" ? [1, -1, -1] : [0.25, 0.5, 0.25];
        const found = compare(net, cost, normal(randomKey(key), { shape: [4, 3] }), [y, y, y, y]);
        expect(found.rows.map(({ agrees }) => agrees)).toEqual(found.rows.map(() => true));
        worst = Math.max(worst, found.largestScaledError);
      }
    expect(worst).toBeLessThan(1e-13);
  });

  test("a sign turned in one entry of a softmax is seen where nearly everything cancels", () => {
    const turned = withSlip("softmax", 1, -1, () => compare(bare("softmax", 3), quantile(0.9), [[-40, 0.6, 13.3333]], [[0.25, 0.5, 0.25]]));
    expect(turned.rows[0]?.agrees).toBe(false);
    expect(turned.largestScaledError).toBeGreaterThan(0.1);
    expect(comparisonMarkdown(turned)).toContain("differ in BP1 of layer 1");
    expect(comparisonMarkdown(turned)).toContain("In BP1 of layer 1 the tape lost its digits, more than rounding explains.");
  });

  test("what rounding alone leaves is neither right nor wrong, and the report says so", () => {
    const report = compare(bare("sigmoid", 3), "poisson", [[700, 40, 20]], [[0, 1, 1]]);
    expect(report.rows[0]).toMatchObject({ agrees: undefined, lost: "both" });
    expect(report.agrees).toBe(true);
    expect(report.largestScaledError).toBe(report.rows[0]?.scaledError);
    expect(report.largestScaledError).toBeGreaterThan(1e-12);
    expect(comparisonTable(report)).toContain("rounding alone, digits lost: both");
    expect(comparisonMarkdown(report)).toContain(
      "In BP1 of layer 1 terms cancel and the tape lost its digits, no more than rounding explains: that is neither right nor wrong.",
    );
    expect(comparisonMarkdown(report)).toContain("agree in every row that could be judged");
    expect(comparisonMarkdown(report)).not.toContain("the closed form lost its digits");
  });

  test("where neither closed form has a value there is none, and nobody is called wrong", () => {
    const silent: Cost = { ...costs.quadratic, derivative: () => Number.NaN };
    const report = compare(bare("sigmoid", 2), silent, [[1, 2]], [[0, 1]]);
    expect(report.rows.map(({ agrees }) => agrees)).toEqual([undefined, true, true]);
    expect(report.agrees).toBe(true);
    expect(comparisonTable(report)).toContain("no closed form here");
    expect(comparisonMarkdown(report)).toContain(" In BP1 of layer 1 there is no closed form: that was not judged.");
    const half: Cost = { ...costs.quadratic, derivative: (a, y) => (y === 0 ? Number.NaN : 2 * (a - y)) };
    expect(compare(bare("sigmoid", 2), half, [[1, 2]], [[0, 1]]).rows[0]?.agrees).toBe(false);
  });

  test("targets that are the outputs leave rounding alone: that is nobody's mistake", () => {
    const near = 1 / (1 + Math.exp(-0.3));
    for (const cost of ["binaryCrossEntropy", "logLikelihood", "quadratic", "meanSquaredError"] as const)
      expect(compare(bare("sigmoid", 2), cost, [[0.3, 0.3]], [[near, near]]).agrees).toBe(true);
    const balanced = compare(bare("softmax", 3), "categoricalCrossEntropy", [[1, 1, 1]], [[1 / 3, 1 / 3, 1 / 3]]);
    expect(balanced.agrees).toBe(true);
  });
});
