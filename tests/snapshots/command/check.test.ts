import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@nabla/cli";
import { type CheckedEquation, type Comparison, type Row, checkEquations, equationTable, textbookRows } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

/** What the command says, and its exit code. */
async function check(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string; readonly complained: string }> {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await run(["check", ...args], { print: (text) => void said.push(text), complain: (text) => void complained.push(text) });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

interface Printed {
  readonly equations: readonly CheckedEquation[];
  readonly networks: readonly { readonly network: string; readonly activations: string; readonly comparison: Comparison }[];
}

test("nabla check prints every equation and the built-in networks", async () => {
  const { code, said } = await check();
  expect(code).toBe(0);
  for (const { id } of textbookRows) expect(said).toContain(`\n${id} `);
  expect(said).toContain(`${textbookRows.length} of ${textbookRows.length} equations hold`);
  expect(said.match(/BP1/g)).toHaveLength(3);
  // What was measured is told below the table.
  expect(said).toContain("\nE.16 slowdown: steps to σ > 0.5 from w = -2, -4, -6, -8: 8, 36, 214, 1507\n");
  expect(said).toContain("\nE.17 slowdown: steps to σ > 0.5 from w = -2, -4, -6, -8: 2, 3, 4, 5\n");
  expect(said).toContain("\nD.11: at S = 0 the library's relu has g' = 0, as text E; where(S ≥ 0, S, 0) has 1, and with y = 0.3 the base case -y = -0.3; ");
  expect(said).not.toContain("style");
});

test("nabla check --json prints plain data, of the network that is described", async () => {
  const { code, said } = await check("--network", "3-4-2", "--activations", "softplus,softmax", "--cost", "categoricalCrossEntropy", "--json");
  const { equations, networks } = JSON.parse(said) as Printed;
  expect(code).toBe(0);
  expect(equations.map(({ id }) => id)).toEqual(textbookRows.map(({ id }) => id));
  expect(networks.map(({ network, activations, comparison }) => [network, activations, comparison.cost, comparison.agrees])).toEqual([
    ["3-4-2", "softplus, softmax", "categoricalCrossEntropy", true],
  ]);
});

test("nabla check with ids checks these alone", async () => {
  const { equations, networks } = JSON.parse((await check("A.7", "A.2", "--json")).said) as Printed;
  const fitting = textbookRows.map(({ id }) => id).filter((id) => /^A\.[27]( |$)/.test(id));
  expect(equations.map(({ id }) => id)).toEqual(fitting);
  expect(networks).toEqual([]);
});

test("nabla check -o writes equations and networks as a page, whole or not at all", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-check-"));
  const file = join(folder, "report.html");
  const { code, said } = await check("--network", "3-4-2", "--activations", "tanh,softmax", "--cost", "categoricalCrossEntropy", "-o", file);
  expect(code).toBe(0);
  expect(said.split("\n").at(-1)).toBe(`wrote ${file}`);
  const html = readFileSync(file, "utf8");
  for (const { id } of textbookRows) expect(html).toContain(`<th scope="row">${id}</th>`);
  expect(html).toContain(`${textbookRows.length} of ${textbookRows.length} hold`);
  expect(html).toContain("<h2>3-4-2, tanh, softmax</h2>");
  expect(html.match(/<h3>BP4/g)).toHaveLength(2);
  expect(JSON.parse((await check("A.2", "--json", "-o", file)).said)).toMatchObject({ networks: [] });
  expect(readFileSync(file, "utf8").match(/<th scope="row">/g)).toHaveLength(textbookRows.filter(({ id }) => /^A\.2( |$)/.test(id)).length);
  const missing = await check("A.2", "-o", join(folder, "none", "report.html"));
  expect([missing.code, missing.complained]).toEqual([2, expect.stringContaining("its folder does not exist")]);
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test.each([
  [["Z.1"], "check Z.1: there is no such equation"],
  [["-o", "report.pdf"], "--output report.pdf: the file must end in .html"],
  [["-o", ".html"], "--output .html: the file must end in .html"],
  [["A", "--network", "2-2-1"], "--network has no effect on the equations A; leave one of them out"],
  [["A.2", "--seed", "2"], "--seed has no effect on the equations A.2"],
  [["--cost", "nothing"], "--cost nothing: choose one of quadratic, "],
  [["--seed", "abc"], '--seed "abc": write a whole number'],
  [["--network", "2"], "--network 2: write neurons per layer joined by dashes"],
  [["--network", ""], "--network : write neurons per layer joined by dashes"],
  [["--network", "2--1", "--json"], "--network 2--1: write neurons per layer joined by dashes"],
  [["--network", "2-0-1"], "--network 2-0-1: every layer needs at least one neuron"],
  [["--network", "100000-100000-1"], "--network 100000-100000-1: this has 10000100000 weights, and the command takes up to 10000000"],
  [["--network", "99999999999999999999-1"], "--network 99999999999999999999-1: this has 100000000000000000000 weights"],
  [["--activations", "Sigmoid"], '--activations Sigmoid: there is no "Sigmoid"; did you mean sigmoid? choose one of identity, step, sigmoid, '],
  [["--activations", "tanh,"], '--activations tanh,: there is no ""; choose one of identity, '],
  [["--activations", "tanh,tanh,tanh"], "--activations tanh,tanh,tanh: 2 layers need 2 names, or one for all, got 3"],
  [["--activations", "step,sigmoid"], "--activations step: there is no gradient to check; its derivative is 0 everywhere"],
  [["--activations", "tahn"], '--activations tahn: there is no "tahn"; did you mean tanh? choose one of '],
  [["--activations", "linear"], '--activations linear: there is no "linear"; did you mean identity? '],
  [["--cost", "bce"], "--cost bce: did you mean binaryCrossEntropy? choose one of "],
  [["--cost", "mse"], "--cost mse: did you mean meanSquaredError? "],
  [["--cost", "crossEntropy"], "--cost crossEntropy: did you mean categoricalCrossEntropy? "],
  [["--seed", "1", "--seed", "2"], "--seed is given twice; give it once"],
  [["--cost", "toString", "--json"], "--cost toString: choose one of quadratic, "],
  [["--cost", "categoricalCrossEntropy", "--activations", "tanh"], "compare: the cost categoricalCrossEntropy is NaN here"],
])("nabla check %j is refused with what to do", async (args, message) => {
  const { code, complained } = await check(...args);
  expect([code, complained.startsWith(`nabla: ${message}`), complained.includes("\n")]).toEqual([2, true, false]);
});

describe("an equation that does not hold", () => {
  const sound = textbookRows[0] as Row;
  const broken: Row = { ...sound, id: "A.0", check: () => ({ passes: false, number: 0.5, bound: 1e-12, detail: "layer 2 of a network" }) };
  const throwing: Row = { ...sound, id: "A.00", check: () => { throw new RangeError("nothing to compare"); } }; // prettier-ignore

  test("is wrong in the table, with where and why below it", () => {
    const lines = equationTable(checkEquations([sound, broken, throwing])).split("\n");
    expect(lines[2]).toMatch(/^A\.1 .*✓$/);
    expect(lines[3]).toMatch(/^A\.0 .*5\.0e-1 {2}✗ wrong$/);
    expect(lines.slice(5)).toEqual([expect.stringMatching(/^✗ A\.0, .*: layer 2 of a network$/), expect.stringMatching(/^✗ A\.00, .*: nothing to compare$/)]);
  });
});
