import { type Confusion, type Decision, confusionMatrix, contrast, dark, decisionBoundary, functionPlot, light, toPng, weightImages } from "@nabla/viz";
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
      'function plot "f": panel "p" has no finite point to draw',
    ],
    [
      "a matrix that is not square",
      () => confusionMatrix({ ...confusion, counts: [[1]] }),
      'confusion matrix "Cats & dogs": 3 classes need 3 rows of 3 counts',
    ],
    ["half an example", () => confusionMatrix({ title: "t", classes: ["a"], counts: [[0.5]] }), "0.5 examples of a taken for a; a count is a whole number"],
    [
      "images of two sizes",
      () => weightImages({ title: "W", images: [...images.images, { label: "n", rows: [[1]] }] }),
      "n must have 2 rows of 2 numbers as the first image has",
    ],
    ["a weight that is not finite", () => weightImages({ title: "W", images: [{ label: "n", rows: [[Number.NaN]] }] }), "n has a weight that is not finite"],
    ["one row of outputs", () => decisionBoundary({ ...decision, values: [[0, 1]] }), "give at least two rows of two finite outputs"],
  ])("refuse %s", (_, draw, message) => {
    expect(draw).toThrow(message);
  });
});
