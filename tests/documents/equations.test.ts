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
  const page = [
    "# The textbook equations",
    "",
    "Five texts derive backpropagation by hand. Each of their equations is a check: the left side is computed by automatic differentiation, the right",
    "side by the formula as the text writes it, in plain loops over numbers. `nabla check` runs them and prints more digits. A residual is",
    "|left - right| in units of max(1, largest |right|), the worst over activations, layers, examples and kinds of targets; it must not exceed 1e-12.",
    "Exponents are least-squares slopes on log-log axes, within 0.1. An erratum passes when the corrected form does and the printed one does not. The",
    "page is written by a test that computes it.",
    "",
    "What a gradient costs by differences and by backpropagation (D.3, D.7), and how a saturated neuron learns under two costs (E.16, E.17):",
    "",
    "![Multiply-adds of a gradient: slope 2 by differences, slope 1 by backpropagation](pictures/operation-counts.svg)",
    "",
    "![Output of a saturated neuron step by step: cross-entropy crosses 0.5 within 4 steps, the quadratic cost after 36 and 214](pictures/learning-slowdown.svg)",
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
