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

test.each([
  [["Z.1"], "check Z.1: there is no such equation"],
  [["--network", "2"], "--network 2: write neurons per layer joined by dashes"],
])("nabla check %j is refused with what to do", async (args, message) => {
  const { code, complained } = await check(...args);
  expect([code, complained.startsWith(`nabla: ${message}`)]).toEqual([2, true]);
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
