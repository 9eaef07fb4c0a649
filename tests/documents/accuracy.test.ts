import * as nabla from "@nabla/autodiff";
import { type Tensor, grad, item, tensor } from "@nabla/autodiff";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Grid {
  readonly meta: { readonly columns: readonly string[] };
  readonly functions: Readonly<Record<string, readonly (readonly (number | string | null)[])[]>>;
}

const read = (name: string): Grid => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8")) as Grid;
const attributes: Readonly<Record<string, object>> = { elu: { alpha: 1 } };

type Plane = (x: Tensor, y: Tensor) => Tensor;

/** The op of that name along the line that its label names: `hypot(x, 1)` is hypot at (x, 1). */
function alongLine(label: string): (x: Tensor) => Tensor {
  const [, op = label, given] = /^(\w+)\((.*)\)$/.exec(label) ?? [];
  const f = (nabla as unknown as Record<string, (...operands: unknown[]) => Tensor>)[op];
  if (f === undefined) throw new Error(`there is no op ${op}`);
  const extra = attributes[label];
  if (given === undefined) return (x) => (extra === undefined ? f(x) : f(x, extra));
  const operands = given.split(", ");
  return (x) => f(...operands.map((each) => (each === "x" ? x : Number(each))));
}

/** The largest relative error of one column over the grid, and where it is. */
function worst(
  f: (...x: [Tensor, Tensor]) => Tensor,
  rows: Grid["functions"][string],
  column: number,
  operands: number,
): { error: number; at: readonly number[] } {
  let found: { error: number; at: readonly number[] } = { error: 0, at: [] };
  for (const row of rows) {
    const wanted = row[column];
    if (wanted === null || wanted === undefined) continue;
    const at = row.slice(0, operands) as number[];
    const [got, want] = [item(f(...(at.map((each) => tensor(each)) as [Tensor, Tensor]))), Number(wanted)];
    const error = got === want || (want === 0 && Math.abs(got) < 2.3e-308) ? 0 : Math.abs(got - want) / Math.abs(want);
    // A NaN is no number of digits.
    if (!(error <= found.error)) found = { error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, at };
  }
  return found;
}

const told = ({ error, at }: { error: number; at: readonly number[] }): string =>
  error === 0 ? "exact" : `${error.toExponential(0)} at ${at.length === 1 ? at[0] : `(${at.join(", ")})`}`;

test("docs/accuracy.md says what is measured, and nothing is off by more than 1e-12", async () => {
  const lines = ["reference/accuracy", "own/accuracy"]
    .flatMap((name) => Object.entries(read(name).functions))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([label, rows]) => {
      const f = alongLine(label);
      const columns = [f, grad(f), grad(grad(f))].map((each, order) => worst(each, rows, order + 1, 1));
      for (const { error } of columns) expect(error, label).toBeLessThanOrEqual(1e-12);
      return `| \`${label}\` | ${rows.length} | ${columns.map(told).join(" | ")} |`;
    });
  const plane = read("own/plane");
  const partials = Object.entries(plane.functions).map(([label, rows]) => {
    const op = (nabla as unknown as Record<string, Plane>)[label] as Plane;
    const columns = plane.meta.columns.slice(2).map((column, at) => {
      const partial = Array.from(column.slice(1)).reduce<Plane>((g, by) => grad(g, { wrt: by === "x" ? 0 : 1 }), op);
      return worst(partial, rows, at + 2, 2);
    });
    for (const { error } of columns) expect(error, label).toBeLessThanOrEqual(1e-12);
    const [value, ...rest] = columns as [ReturnType<typeof worst>, ...ReturnType<typeof worst>[]];
    const largest = (from: readonly ReturnType<typeof worst>[]): ReturnType<typeof worst> => from.reduce((a, b) => (b.error > a.error ? b : a));
    return `| \`${label}\` | ${rows.length} | ${told(value)} | ${told(largest(rest.slice(0, 2)))} | ${told(largest(rest.slice(2)))} |`;
  });
  const page = [
    "# Accuracy",
    "",
    "The largest relative error of each function, its derivative and its second derivative against 60-digit arithmetic, on a grid of both signs from 1e-12",
    "to 500. The gate is 1e-12; beside a zero of a function, where its own argument's rounding decides, nothing is measured. A test measures it and writes",
    "this page.",
    "",
    "| function | points | value | first derivative | second derivative |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    "Functions of two numbers, on a plane of such points and beside its diagonals; of several partial derivatives the worst.",
    "",
    "| function | points | value | first derivatives | second derivatives |",
    "| --- | --- | --- | --- | --- |",
    ...partials,
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/accuracy.md");
});
