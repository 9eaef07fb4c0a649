import { readFileSync } from "node:fs";
import { checkEquations, equationMarkdown, textbookRows } from "@nabla/mlp";
import { expect, test } from "vitest";

const wanted = JSON.parse(readFileSync(new URL("../fixtures/textbook-equations.json", import.meta.url), "utf8")) as {
  readonly ids: readonly string[];
  readonly errata: Readonly<Record<string, number>>;
};
const has = new Set(textbookRows.map(({ id }) => id.split(" ")[0]));

/** After a change of a row: `pnpm exec vitest run tests/documents/equations.test.ts -u`. */
test("docs/equations.md says what is checked and what came out", async () => {
  const equations = checkEquations();
  const missing = wanted.ids.filter((id) => !has.has(id));
  const found = (id: string): string => equations.find((each) => each.id === id)?.detail ?? "";
  const slope = (id: string): string => equations.find((each) => each.id === id)?.number.toFixed(2) ?? "";
  const page = [
    "# The textbook equations",
    "",
    "Five texts derive backpropagation by hand. Each of their equations is a check: the left side is computed by automatic differentiation, the right",
    "side by the formula as the text writes it, in plain loops over numbers. `nabla check` runs them and prints more digits. A residual is",
    "|left - right| in units of max(1, largest |right|), the worst over activations, layers, examples and kinds of targets; it must not exceed 1e-12.",
    "Exponents are least-squares slopes on log-log axes, within 0.1. An erratum passes when the corrected form does and the printed one does not; its",
    "number is how far the printed form is off where it is closest. The page is written by a test that computes it.",
    "",
    "What a gradient costs by differences (D.3) and by backpropagation (D.7), in networks of three layers from h to h neurons: multiply-adds, counted",
    "while both run.",
    "",
    `![Multiply-adds against weights: slope ${slope("D.3 cost")} by differences, ${slope("D.7 cost")} by backpropagation](pictures/operation-counts.svg)`,
    "",
    `Differences: ${found("D.3 count")}. Backpropagation: ${found("D.7 count")}. The times beside stand in [experiments](experiments.md).`,
    "",
    "How a saturated neuron learns under two costs (E.16, E.17), from w = -4 and -6:",
    "",
    "![Output of a saturated neuron step by step: it crosses 0.5 at once under cross-entropy, late under the quadratic cost](pictures/learning-slowdown.svg)",
    "",
    `Half squares: ${found("E.16 slowdown")}. Cross-entropy: ${found("E.17 slowdown")}.`,
    "",
    `${equations.filter(({ passes }) => passes).length} of ${equations.length} checks pass.`,
    "",
    equationMarkdown(equations),
  ].join("\n");
  expect(missing).toEqual([]);
  await expect(page).toMatchFileSnapshot("../../docs/equations.md");
});

test("every row with a check passes", () => {
  expect(
    checkEquations()
      .filter(({ passes }) => !passes)
      .map(({ id, detail }) => `${id}: ${detail}`),
  ).toEqual([]);
});

test("a text whose equations are all here has a check for each of its errata that change numbers", () => {
  for (const [source, count] of Object.entries(wanted.errata)) {
    const ids = wanted.ids.filter((id) => id.startsWith(`${source}.`));
    if (ids.every((id) => has.has(id)))
      expect(textbookRows.filter((row) => row.source === source && row.kind === "erratum").length, source).toBeGreaterThanOrEqual(count);
  }
});
