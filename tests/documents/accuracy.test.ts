import { fileURLToPath } from "node:url";
import * as nabla from "@nabla/autodiff";
import { type Op } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { type Measured, measured, relativeError } from "../conformance/accuracy.ts";
import { eager } from "../conformance/engines.ts";
import { type ReferenceFile, loadFolder } from "../conformance/load.ts";

const files = ["reference", "own"].flatMap((folder) => loadFolder(fileURLToPath(new URL(`../fixtures/${folder}`, import.meta.url))));

/** The functions of the files of a group, in the order of their names, each with its grid measured. */
function gridsOf(group: string): readonly (readonly [string, readonly Measured[]])[] {
  return files
    .filter((file): file is ReferenceFile => "meta" in file && file.meta.group === group)
    .flatMap((file) => Object.keys(file.functions ?? {}).map((label) => [label, measured(file, label, eager)] as const))
    .toSorted(([a], [b]) => a.localeCompare(b));
}

/** The elementwise ops with a derivative that no grid measures. */
function unmeasured(grids: readonly (readonly [string, unknown])[]): readonly string[] {
  const rows = new Set(grids.map(([label]) => label.replace(/\(.*/, "")));
  return Object.entries(nabla as unknown as Record<string, { readonly op?: Op }>)
    .filter(([label, { op }]) => op?.kind === "elementwise" && op.calculus.rule !== "constant" && !rows.has(label))
    .map(([label]) => label)
    .toSorted((a, b) => a.localeCompare(b));
}

/** The order of the derivative in a column: 1 for f' and fx. */
const orderOf = ({ column }: Measured): number => column.length - 1;

/** A function's row: how many numbers were measured, and where each order is worst. */
function row(label: string, grid: readonly Measured[]): string {
  const orders = [0, 1, 2].map((order) => grid.filter((each) => orderOf(each) === order));
  for (const each of grid) expect(relativeError(each), `${label} ${each.column} at ${each.at.join(", ")}`).toBeLessThanOrEqual(1e-12);
  return `| \`${label}\` | ${orders.map(({ length }) => length).join(", ")} | ${orders.map(worst).join(" | ")} |`;
}

function worst(grid: readonly Measured[]): string {
  const found = grid.reduce((a, b) => (relativeError(b) > relativeError(a) ? b : a));
  const error = relativeError(found);
  return error === 0 ? "exact" : `${error.toExponential(0)} at ${found.at.length === 1 ? found.at.join("") : `(${found.at.join(", ")})`}`;
}

test("docs/accuracy.md says what is measured, and nothing is off by more than 1e-12", async () => {
  const [lines, planes] = [gridsOf("accuracy"), gridsOf("accuracy-plane")];
  const trivial = unmeasured([...lines, ...planes]);
  // One comparison, or one operation that float64 rounds: there is nothing to measure.
  expect(trivial).toEqual(["abs", "add", "clip", "leakyRelu", "maximum", "minimum", "mul", "neg", "relu", "square", "sub", "where"]);
  const page = [
    "# Accuracy",
    "",
    "The largest relative error of each function, its derivative and its second derivative against 60-digit arithmetic, on a grid of both signs from 1e-12",
    "to 500, and in the tails of some to 1000. The gate is 1e-12. How many numbers were measured stands beside, for each of the three: beside a zero,",
    "where its own argument's rounding decides, and outside the normal range of float64 there is nothing to measure. Every elementwise op with a",
    `derivative has a row but these, which are one comparison or one rounded operation: ${trivial.map((each) => `\`${each}\``).join(", ")}.`,
    "A test measures it and writes this page.",
    "",
    "| function | measured | value | first derivative | second derivative |",
    "| --- | --- | --- | --- | --- |",
    ...lines.map(([label, grid]) => row(label, grid)),
    "",
    "Functions of two numbers, on a plane of such points and beside its diagonals; of several partial derivatives the worst.",
    "",
    "| function | measured | value | first derivatives | second derivatives |",
    "| --- | --- | --- | --- | --- |",
    ...planes.map(([label, grid]) => row(label, grid)),
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/accuracy.md");
});
