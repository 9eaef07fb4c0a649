import { readFileSync } from "node:fs";
import { mul, normal, randomKey, splitKey, type Tensor } from "@nabla/autodiff";
import {
  type ActivationName,
  type ComparisonRow,
  type Cost,
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
    for (const activation of every)
      for (const z of inputs)
        for (const y of targets(cost)) {
          const row = outputRow(cost, activation, z, y);
          if (row === undefined) continue;
          seen++;
          expect(row.agrees, `${cost.name} over ${activation}, z = [${z.join(", ")}], y = [${y.join(", ")}]`).toBe(true);
        }
    expect(seen).toBeGreaterThan(100);
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

  test("where neither closed form has a value there is none, and nobody is called wrong", () => {
    const silent: Cost = { ...costs.quadratic, derivative: () => Number.NaN };
    const report = compare(bare("sigmoid", 2), silent, [[1, 2]], [[0, 1]]);
    expect(report.rows.map(({ agrees }) => agrees)).toEqual([undefined, true, true]);
    expect(report.agrees).toBe(true);
    expect(comparisonTable(report)).toContain("no closed form here");
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
