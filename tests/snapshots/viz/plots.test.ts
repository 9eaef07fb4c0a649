import {
  type Confusion,
  type Decision,
  confusionMatrix,
  contrast,
  dark,
  decisionBoundary,
  functionPlot,
  light,
  toPng,
  trainingCurve,
  weightImages,
} from "@nabla/viz";
import { describe, expect, test } from "vitest";

const step = functionPlot({
  title: "Two neurons",
  panels: [
    { title: "perceptron", xLabel: "w · x + b", series: [{ label: "output", points: [[-2, 0], [0, 0], [0, Number.NaN], [0, 1], [2, 1]] }] }, // prettier-ignore
    { title: "line", series: [{ label: "f", points: [[-1, -1], [1, 1]] }, { label: "f′", points: [[-1, 1], [1, 1]] }] }, // prettier-ignore
  ],
});
const confusion: Confusion = { title: "Cats & dogs", classes: ["cat", "dog", "cow"], counts: [[5, 1, 0], [2, 4, 0], [0, 0, 0]] }; // prettier-ignore
const images = { title: "W", images: [{ label: "neuron 1", rows: [[1, -1], [0, 0.5]] }, { label: "neuron 2", rows: [[0, 0], [0, 0]] }] }; // prettier-ignore
/** Right where x > 0.5, whatever y. */
const decision: Decision = { title: "right", x: [0, 1], y: [0, 1], values: Array.from({ length: 4 }, () => [0, 0.25, 0.75, 1]), points: [{ at: [0.9, 0.5], positive: true }, { at: [0.1, 0.2], positive: false }] }; // prettier-ignore

describe("plots", () => {
  test.each([
    ["function-plot", step],
    ["confusion-matrix", confusionMatrix(confusion)],
    ["weight-images", weightImages(images, { theme: dark })],
    ["decision-boundary", decisionBoundary(decision)],
  ])("%s is an SVG that a person can read, and becomes pixels", async (label, svg) => {
    await expect(svg).toMatchFileSnapshot(`${label}.svg`);
    expect(svg).toMatch(/^<svg [^>]*>\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
    expect((await toPng(svg, { scale: 0.5 })).length).toBeGreaterThan(500);
  });

  test("break a line where a step jumps", () => {
    const [path = ""] = [...step.matchAll(/<path d="([^"]+)"/g)].map(([, d = ""]) => d);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.match(/L/g)).toHaveLength(2);
  });

  const marks = (...ys: readonly [number, number][]): string[] =>
    ys
      .map(([low, high]) =>
        trainingCurve({
          title: "t",
          series: [
            {
              label: "l",
              points: [
                [1, high],
                [2, low],
              ],
            },
          ],
          log: low > 0 && low < 1e-12,
        }),
      ) // prettier-ignore
      .flatMap((svg) => [[...svg.matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map(([, label = ""]) => label).join(" ")]);

  test("mark different values by different texts, and only 0 by 0", () => {
    expect(marks([1e-15, 1e-13], [0.7931471, 0.79314718], [1000000.1, 1000000.2], [0, 7.5e-5], [0.5, 0.5])).toMatchInlineSnapshot(`
      [
        "1e-15 2e-15 5e-15 1e-14 2e-14 5e-14 1e-13",
        "0.79314710 0.79314712 0.79314714 0.79314716 0.79314718",
        "1000000.10 1000000.12 1000000.14 1000000.16 1000000.18 1000000.20",
        "0 2e-5 4e-5 6e-5 8e-5",
        "0.2 0.3 0.4 0.5 0.6 0.7 0.8",
      ]
    `);
  });

  test.each([
    [1e308, -1e308],
    [5e-324, 5e-324],
    [0, 5e-324],
  ])("refuse an axis from %d to %d in a sentence", (from, to) => {
    const points = [[1, from], [2, to]] as const; // prettier-ignore
    expect(() => trainingCurve({ title: "t", series: [{ label: "l", points }] })).toThrow(/an axis from \S+ to \S+ cannot be drawn; its numbers may be up to/);
    expect(() => functionPlot({ title: "t", panels: [{ title: "p", series: [{ label: "l", points }] }] })).toThrow("cannot be drawn; its numbers may be up to");
  });

  test("draw data that differ in their last bit as one value", () => {
    expect(marks([1, 1 + 2 ** -52])[0]?.split(" ").length).toBeGreaterThan(1);
  });

  const across = (svg: string): string[] => [...svg.matchAll(/text-anchor="middle"[^>]*>([^<]+)</g)].map(([, label = ""]) => label).slice(0, -1);
  const curve = (...points: readonly (readonly [number, number])[]): string => trainingCurve({ title: "t", series: [{ label: "l", points }] });

  test("put a single point into the middle, and mark whole epochs only", () => {
    expect(across(curve([7, 0.5]))).toEqual(["7"]);
    expect(curve([7, 0.5])).toMatch(/<circle cx="3\d\d(?:\.\d)?" cy="2\d\d(?:\.\d)?"/);
    expect(across(curve([0, 2], [1, 1]))).toEqual(["0", "1"]);
    expect(across(curve([1, 2], [4, 1]))).toEqual(["1", "2", "3", "4"]);
    expect(across(curve([0, 2], [0.5, 1]))).toContain("0.1");
    const lone = functionPlot({ title: "t", panels: [{ title: "p", series: [{ label: "f", points: [[0, 0], [1, Number.NaN], [2, 1], [3, 2]] }] }] }); // prettier-ignore
    expect(lone.match(/<circle /g)).toHaveLength(1);
  });

  test("mark a long logarithmic axis by round powers of ten", () => {
    const points = Array.from({ length: 300 }, (_, i) => [i, 10 ** -i] as const);
    const svg = trainingCurve({ title: "t", series: [{ label: "l", points }], log: true });
    expect([...svg.matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map(([, label]) => label)).toEqual(["1e-250", "1e-200", "1e-150", "1e-100", "1e-50", "1"]);
  });

  test("lay weight images out in a given width, and keep a single row visible", () => {
    const nine = { title: "W", images: Array.from({ length: 9 }, (_, k) => ({ label: `n${k}`, rows: [[1, -1]] })) };
    const lefts = [...weightImages(nine, { width: 300 }).matchAll(/<text x="([\d.]+)"[^>]*>n\d</g)].map(([, x]) => Number(x));
    expect(new Set(lefts).size).toBe(2);
    expect(() => weightImages(nine, { width: 100 })).toThrow("a width of 100 holds no image; give at least 122");
    const row = weightImages({ title: "W", images: [{ label: "n", rows: [Array.from({ length: 784 }, () => 1)] }] });
    expect(row).toMatch(/<rect [^>]*width="0\.3" height="12\.2"/);
  });

  test.each([
    ["confusionMatrix", () => confusionMatrix(confusion, { height: 120 })],
    ["weightImages", () => weightImages(images, { height: 120 })],
  ])("refuse a height that would cut a %s off", (_, draw) => {
    expect(draw).toThrow(/a height of 120 cuts off what is drawn; give at least \d+, or leave it out/);
  });

  test("put the boundary where the output crosses the threshold", () => {
    const xs = [...(/class="boundary" d="([^"]+)"/.exec(decisionBoundary(decision))?.[1] ?? "").matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x));
    expect(xs.length).toBeGreaterThan(4);
    // The middle of the plot: between the second and the third column.
    for (const x of xs) expect(x).toBeCloseTo((56 + 460 - 24) / 2, 0);
    expect(decisionBoundary({ ...decision, threshold: 2 })).not.toContain('class="boundary"');
  });

  test("say how many were right, and the most frequent mistake", () => {
    const svg = confusionMatrix(confusion);
    expect(svg).toContain("75.0 % right: 9 of 12 examples");
    expect(svg).toContain("The most frequent mistake takes dog for cat, 2 times.");
    expect(svg).toContain(">none<");
  });

  test("set the counts of a confusion matrix at 4.5 to 1 at least", () => {
    for (const theme of [light, dark])
      for (let share = 0; share <= 100; share++) {
        const svg = confusionMatrix({ title: "t", classes: ["a", "b"], counts: [[share, 100 - share], [0, 1]] }, { theme }); // prettier-ignore
        const fills = [...svg.matchAll(/<rect x=[^>]* fill="(#[^"]+)"[^>]*>\n<text [^>]* fill="(#[^"]+)"/g)];
        expect(fills).toHaveLength(4);
        for (const [, ground = "", ink = ""] of fills) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
      }
  });

  test.each<[string, () => string, string]>([
    [
      "a panel without points",
      () => functionPlot({ title: "f", panels: [{ title: "p", series: [] }] }),
      'functionPlot "f": panel "p" has no finite point to draw',
    ],
    ["a matrix that is not square", () => confusionMatrix({ ...confusion, counts: [[1]] }), 'confusionMatrix "Cats & dogs": 3 classes need 3 rows of 3 counts'],
    ["half an example", () => confusionMatrix({ title: "t", classes: ["a"], counts: [[0.5]] }), "0.5 examples of a taken for a; a count is a whole number"],
    [
      "images of two sizes",
      () => weightImages({ title: "W", images: [...images.images, { label: "n", rows: [[1]] }] }),
      "n must have 2 rows of 2 numbers as the first image has",
    ],
    ["a weight that is not finite", () => weightImages({ title: "W", images: [{ label: "n", rows: [[Number.NaN]] }] }), "n has a weight that is not finite"],
    ["a range that falls", () => decisionBoundary({ ...decision, x: [1, 0] }), "x goes from 1 to 0; give a finite number and a larger one"],
    ["a range without an end", () => decisionBoundary({ ...decision, y: [0, Number.NaN] }), "y goes from 0 to NaN; give a finite number and a larger one"],
    [
      "an example outside",
      () => decisionBoundary({ ...decision, points: [{ at: [2, 0.5], positive: true }] }),
      "the example (2, 0.5) lies outside x from 0 to 1 and y from 0 to 1",
    ],
    ["one row of outputs", () => decisionBoundary({ ...decision, values: [[0, 1]] }), "decisionBoundary: values is an array of 1, want at least 2 entries"],
  ])("refuse %s", (_, draw, message) => {
    expect(draw).toThrow(message);
  });
});
