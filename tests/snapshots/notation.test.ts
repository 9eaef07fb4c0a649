import { type Tensor, add, input, latex, matmul, mul, name, neg, sub, square, tensor, text } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { samples } from "../properties/samples.ts";

test("every op reads in Unicode and in LaTeX as its notation says", async () => {
  const letters = "abcdefgh";
  const lines = samples.flatMap(({ label, shapes, f }) => {
    const made = f(...shapes.map((shape, slot) => input(letters[slot] ?? `x${slot}`, shape)));
    return [label, `    ${text(made)}`, `    ${latex(made)}`];
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("notation.txt");
});

test("names become indices, exponents, Greek letters and upright words; what LaTeX would obey is escaped", () => {
  const called = (label: string): string => latex(neg(input(label, [])));
  expect(["W²", "δ¹", "w²₁₂", "σ", "loss", "a_b", "x^2", "50%", "a\\b", "αβ", "x′"].map(called)).toEqual([
    "-W^{2}",
    "-\\delta^{1}",
    "-w^{2}_{12}",
    "-\\sigma",
    "-\\mathrm{loss}",
    "-\\mathrm{a\\_b}",
    "-\\mathrm{x\\^{}2}",
    "-\\mathrm{50\\%}",
    "-\\mathrm{a\\backslash b}",
    "-\\mathrm{\\alpha \\beta }",
    "-\\mathrm{x'}",
  ]);
});

test("parentheses stand where the strength of the operations asks for them, and nowhere else", () => {
  const [a, b, c] = ["a", "b", "c"].map((label) => input(label, [2, 2])) as [Tensor, Tensor, Tensor];
  const written = [sub(a, sub(b, c)), sub(sub(a, b), c), mul(add(a, b), c), square(neg(a)), neg(square(a)), matmul(add(a, b), c), mul(-2, a), mul(a, 1e-7), add(a, tensor([[1, 2], [3, 4]]))]; // prettier-ignore
  expect(written.map((t) => text(t))).toEqual([
    "a - (b - c)",
    "a - b - c",
    "(a + b) ⊙ c",
    "(-a)²",
    "-a²",
    "(a + b) c",
    "-2 ⊙ a",
    "a ⊙ 1e-7",
    "a + [[1, 2], [3, 4]]",
  ]);
  expect(written.map((t) => latex(t))).toEqual([
    "a - \\left(b - c\\right)",
    "a - b - c",
    "\\left(a + b\\right) \\odot c",
    "\\left(-a\\right)^{2}",
    "-a^{2}",
    "\\left(a + b\\right) c",
    "-2 \\odot a",
    "a \\odot 1 \\cdot 10^{-7}",
    "a + \\left[2 \\times 2\\right]",
  ]);
});

test("a named value is written by its name, what is deeper than anybody reads by an ellipsis", () => {
  const a = name(square(input("z", [])), "a");
  expect([text(neg(a)), text(a), text(neg(a), () => undefined)]).toEqual(["-a", "z²", "-z²"]);
  let deep: Tensor = input("x", []);
  for (let i = 0; i < 60; i++) deep = square(deep);
  expect(text(deep).startsWith("((((")).toBe(true);
  expect(text(deep)).toContain("…");
  expect(latex(deep)).toContain("\\ldots");
});
