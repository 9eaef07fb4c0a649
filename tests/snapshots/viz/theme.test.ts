import { type Tensor, name, record, square, sum, tensor } from "@nabla/autodiff";
import { compare, network } from "@nabla/mlp";
import { type Theme, type ThemeName, comparisonHtml, contrast, dark, fromTape, functionPlot, light, toDot, toHtml } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { difference, kinds } from "./colour-blindness.ts";

const themes: readonly (readonly [string, Theme])[] = [
  ["light", light],
  ["dark", dark],
];

/** Every pair of text and what it stands on, as the labels set them. */
function pairs(theme: Theme): (readonly [what: string, text: string, ground: string])[] {
  const roles = Object.entries(theme.roles).flatMap(([role, { border, fill }]) => [
    [`name of ${role}`, border, fill] as const,
    [`operation of ${role}`, theme.muted, fill] as const,
    [`neuron of ${role}`, theme.ink, fill] as const,
    [`✓ on ${role}`, theme.good, fill] as const,
    [`✗ on ${role}`, theme.bad, fill] as const,
  ]);
  return [
    ...roles,
    ...theme.tint.map((tint) => ["gradient", theme.backward, tint] as const),
    ["sum of a gradient", theme.muted, theme.tint[0]],
    ["not computed", theme.muted, theme.tint[0]],
    ["number", theme.ink, theme.cell],
    ["shape", theme.muted, theme.cell],
    ["title", theme.ink, theme.page],
    ["legend", theme.muted, theme.page],
    ["local derivative", theme.backward, theme.page],
    ["agreement", theme.good, theme.page],
    ["positive weight", theme.positive, theme.page],
    ["negative weight", theme.negative, theme.page],
    ...theme.series.map((color) => ["curve", color, theme.page] as const),
  ];
}

/** The two colours that look most alike. */
function closest(colours: readonly string[], kind: (typeof kinds)[string]): number {
  return Math.min(...colours.flatMap((one, at) => colours.slice(at + 1).map((other) => difference(one, other, kind))));
}

describe.each(themes)("the %s theme", (_, theme) => {
  test("sets all text at 4.5 to 1 at least", () => {
    expect(pairs(theme).flatMap(([what, text, ground]) => (contrast(text, ground) < 4.5 ? [`${what}: ${contrast(text, ground).toFixed(2)}`] : []))).toEqual([]);
  });

  test("keeps roles and gradients apart under every kind of colour blindness", () => {
    // A constant differs from an operation by its dashed border: both are grey on purpose.
    const { constant: _constant, ...roles } = theme.roles;
    const colours = Object.values(roles).map(({ border }) => border);
    expect(roles.gradient.border).toBe(theme.backward);
    for (const [kind, matrix] of Object.entries(kinds)) expect.soft(closest(colours, matrix), kind).toBeGreaterThan(8);
  });

  test("keeps curves apart under every kind of colour blindness, and weights of either sign", () => {
    for (const [kind, matrix] of Object.entries(kinds)) {
      expect.soft(closest(theme.series, matrix), kind).toBeGreaterThan(8);
      expect.soft(difference(theme.positive, theme.negative, matrix), kind).toBeGreaterThan(30);
    }
  });

  test("gives every role a colour, a mark or a border of its own", () => {
    const looks = Object.values(theme.roles).map(({ mark, dashed, width }) => `${mark} ${dashed} ${width}`);
    expect(new Set(looks).size).toBe(looks.length);
  });
});

describe("contrast", () => {
  test("is 21 between black and white, and 1 with itself", () => {
    expect(contrast("#000000", "#FFFFFF")).toBe(21);
    expect(contrast("#A35700", "#A35700")).toBe(1);
  });
});

describe.each(themes)("a theme as its name or as its colours: %s", (word, colours) => {
  const named = word as ThemeName;
  const tape = record((x: Tensor) => sum(square(x)), name(tensor([1, 2]), "x"));
  const picture = fromTape(tape);
  const compared = compare(network({ sizes: [2, 1], activations: ["sigmoid"] }), "binaryCrossEntropy", [[0.5, -1]], [[1]]);
  const functions = { title: "f", panels: [{ title: "f", series: [{ label: "f", points: [[0, 0], [1, 1]] as const }] }] }; // prettier-ignore

  test("draws the same", async () => {
    expect(toDot(picture, { theme: named })).toBe(toDot(picture, { theme: colours }));
    expect(functionPlot(functions, { theme: named })).toBe(functionPlot(functions, { theme: colours }));
    expect(await toHtml(picture, { tape, theme: named })).toBe(await toHtml(picture, { tape, theme: colours }));
    expect(await comparisonHtml(compared, { theme: named })).toBe(await comparisonHtml(compared, { theme: colours }));
    expect(await toHtml(picture, { theme: named })).toContain(`data-theme="${word}"`);
  });
});

test("a page keeps colours of one's own by day and by night", async () => {
  const own = { ...light, page: "#FFF8E7", ink: "#102030" };
  const html = await toHtml(fromTape(record((x: Tensor) => sum(x), tensor([1, 2]))), { theme: own });
  expect(html).toContain("--page:light-dark(#FFF8E7,#FFF8E7)");
  expect(html).toContain("light-dark(#102030,#102030)");
  expect(html).toMatch(/id="theme"[^>]* disabled/);
  await expect(toHtml(fromTape(record((x: Tensor) => sum(x), tensor([1, 2]))), { theme: { ...own, ink: "red}" } })).rejects.toThrow("is not a colour");
});
