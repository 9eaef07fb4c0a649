import { type Diagram, contrast, dark, describe as inWords, fromNetwork, fromTape, light, toDot, toSvg, trainingCurve } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { handMade } from "./hand-made.ts";

/** A value used twice, a large block, a gradient that was not computed, a verdict that failed, numbers that are none. */
const awkward: Diagram = fromTape(
  handMade([
    { name: "x", value: [0.6, -1], shape: [2] },
    { name: "W", value: Array.from({ length: 30 }, (_, i) => i / 7), shape: [5, 6], adjoint: Array.from({ length: 30 }, (_, i) => 1e-6 * i) },
    { name: "b", value: [Number.NaN, Infinity], shape: [2], adjoint: undefined },
    { name: "z", value: [1, 2], shape: [2], adjoint: [0.5, -0.25], uses: [[1, "· xᵀ"], [0, "Wᵀ ·"], [2, "1"]] }, // prettier-ignore
    { name: "C", value: [3], uses: [[3, "2"], [3, "z"], [1, "λ W"]] }, // prettier-ignore
  ]),
  {
    title: "An awkward picture",
    subtitle: "✗ one equation differs",
    roles: { W: "parameter", b: "parameter", z: "prediction" },
    symbols: { z: "δ" },
    equations: { z: { tag: "BP1", rule: "a - y", agrees: false }, W: { tag: "BP4", rule: "δ xᵀ", agrees: undefined } },
  },
);

describe("DOT text", () => {
  test("of an awkward picture is text that a person can read", async () => {
    await expect(toDot(awkward)).toMatchFileSnapshot("awkward.dot");
  });

  test("of a picture that runs down", async () => {
    await expect(toDot(awkward, { direction: "TB", theme: dark })).toMatchFileSnapshot("awkward-down.dot");
  });

  test("is drawn in either direction and theme", async () => {
    for (const theme of [light, dark])
      for (const direction of ["LR", "TB"] as const) expect(await toSvg(toDot(awkward, { theme, direction }))).toContain("not computed");
  });

  test("has both lanes straight: every arrow of the main line runs level", async () => {
    const chain = fromTape(
      handMade([
        { name: "x", value: [1, 2, 3], shape: [3] },
        { name: "a", uses: [[0, "2"]] },
        { name: "b", value: [1, 2], shape: [2], adjoint: [1, 2], uses: [[1, "3"]] },
        { name: "C", uses: [[2, "4"]] },
      ]),
    );
    const svg = await toSvg(toDot(chain));
    const arrows = [...svg.matchAll(/<g id="edge\d+"[\s\S]*?<path [^>]* d="M[-\d.]+,([-\d.]+)C[^"]*,([-\d.]+)"/g)];
    expect(arrows).toHaveLength(6);
    for (const [, start, end] of arrows) expect(Number(end)).toBeCloseTo(Number(start), 0);
  });

  test("lists in its legend what occurs, and no more", () => {
    const legend = (dot: string): string[] => [...dot.matchAll(/POINT-SIZE="10">([a-z][^<]*?) {4}</g)].map(([, text = ""]) => text);
    expect(legend(toDot(awkward))).toEqual([
      "input",
      "parameter (trainable)",
      "prediction",
      "cost",
      "forward, label = shape",
      "backward, label = local derivative",
      "gradient size, small to large",
    ]);
    expect(legend(toDot({ ...awkward, nodes: awkward.nodes.slice(0, 1), edges: [] }))).toEqual(["input"]);
  });
});

describe("words for a picture", () => {
  test("tell what it shows", () => {
    expect(inWords(awkward)).toEqual({
      title: "An awkward picture",
      description:
        "✗ one equation differs. x (input) is (0.6; -1.0). W (parameter); ∂C/∂W was computed, by BP4 δ xᵀ. b (parameter) is (NaN; Infinity); ∂C/∂b was not computed. " +
        "z = z is (1.0; 2.0); δ is (0.50; -0.25), by BP1 a - y, which differs. C = C is 3.0.",
    });
  });

  test("stay short for a large picture", () => {
    const many = fromTape(handMade(Array.from({ length: 40 }, (_, at) => ({ name: `v${at}`, uses: at === 0 ? [] : [[at - 1, "1"] as const] }))));
    expect(inWords(many).description).toBe("A computation of 40 values.");
    expect(inWords(fromNetwork({ sizes: [2, 1], activations: ["sigmoid"] })).description).toBe("A network of 2 inputs, 1 neuron with sigmoid.");
  });

  test("are the first that a screen reader finds", async () => {
    expect(await toSvg(toDot(awkward), { title: "A & B", description: "C < D" })).toMatch(
      /^<svg[^>]* role="img">\s*<title>A &amp; B<\/title><desc>C &lt; D<\/desc>/,
    );
    expect(await toSvg(toDot(awkward))).toMatch(/^<svg[^>]* role="img">\s*<title>An awkward picture<\/title>/);
  });
});

describe("training curves", () => {
  const series = [
    { label: "training", points: Array.from({ length: 20 }, (_, i) => [i + 1, 2 / (i + 1)] as const) },
    { label: "held <out>", points: Array.from({ length: 20 }, (_, i) => [i + 1, 2 / (i + 1) + 0.01] as const) },
  ];

  test("are drawn on even and logarithmic axes", async () => {
    await expect(trainingCurve({ title: "A cost going down", series })).toMatchFileSnapshot("curve.svg");
    await expect(trainingCurve({ title: "A cost going down", series, log: true }, { theme: dark })).toMatchFileSnapshot("curve-log-dark.svg");
  });

  test("have their names at their ends, apart from each other", () => {
    const ends = [...trainingCurve({ title: "t", series }).matchAll(/<text x="[^"]+" y="([^"]+)" font-size="12"/g)].map(([, y]) => Number(y));
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBeGreaterThanOrEqual(14);
  });

  test.each([
    [[[1, 1]]],
    [[[1, 0], [2, 0]]], // prettier-ignore
    [[[0, -5], [1e9, 1e-12]]], // prettier-ignore
    [[[1, 1e300], [2, -1e300]]], // prettier-ignore
  ] as [[number, number][]][])("of the points %j stay on the page", (points) => {
    const svg = trainingCurve({ title: "t", series: [{ label: "a", points }] });
    const numbers = [...svg.matchAll(/ (?:x|y|x1|y1|x2|y2|cx|cy)="([^"]+)"/g)].map(([, at]) => Number(at));
    expect(numbers.every((at) => at >= 0 && at <= 640)).toBe(true);
    expect(svg.match(/<line/g)?.length).toBeLessThan(30);
  });

  test.each([
    ["no points", { series: [] }, "there is no point to draw"],
    ["a logarithm of zero", { series: [{ label: "a", points: [[0, 0] as const] }], log: true }, "cannot be drawn on a logarithmic axis"],
  ])("refuse %s", (_, curves, message) => {
    expect(() => trainingCurve({ title: "t", ...curves })).toThrow(message);
  });
});

test("contrast is part of the package, for themes of one's own", () => {
  expect(contrast(light.ink, light.page)).toBeGreaterThan(10);
});
