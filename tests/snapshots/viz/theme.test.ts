import { type Theme, contrast, dark, light } from "@nabla/viz";
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
