import { type Tensor, exp, grad, input, mul, sigmoid, square, sum } from "@nabla/autodiff";
import { fromGraph, toHtml } from "@nabla/viz";
import { expect, test } from "vitest";
import { plain } from "./arithmetic.ts";

type Results = Parameters<typeof fromGraph>[0];

const linesOf = async (results: Results): Promise<string[]> => (await toHtml(fromGraph(results, { fold: "none" }))).split("\n");
const backwardOf = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('<li hidden data-direction="backward"')).map(plain);
const overviewOf = (lines: readonly string[]): string => plain(lines.find((line) => line.includes('data-direction="overview"')) ?? "");

test("the walk back through a traced gradient has a step for each adjoint, as a formula where there are no numbers", async () => {
  const lines = await linesOf(grad((x: Tensor) => sum(square(sigmoid(x))))(input("x", [2])));
  expect(backwardOf(lines)).toEqual(["∂C/∂C 1.0 ∂C/∂C", "∂C/∂v3 1.0 1.0 ∂C/∂v3", "∂C/∂v2 ∂C/∂v2 = 2 ⊙ v2", "∂C/∂x ∂C/∂x = σ′(x) ⊙ ∂C/∂v2"]);
  expect(overviewOf(lines)).toContain("Then 4 steps walk back from the cost: each multiplies what comes from above by a local derivative.");
});

test("the walk back through a traced second derivative passes every value that has an adjoint", async () => {
  const [w, x, v] = [input("w", [2]), input("x", [2]), input("v", [2])];
  const lines = await linesOf(grad((p: Tensor) => sum(mul(grad((q: Tensor) => sum(exp(mul(q, x))))(p), v)))(w));
  expect(backwardOf(lines)).toEqual([
    "∂C/∂C 1.0 ∂C/∂C",
    "∂C/∂v9 1.0 1.0 ∂C/∂v9",
    "∂C/∂(∂v7/∂w) ∂C/∂(∂v7/∂w) = v",
    "∂C/∂v6 ∂C/∂v6 = x ⊙ v",
    "∂C/∂v5 ∂C/∂v5 = v6 ⊙ ∂C/∂v6",
    "∂C/∂w ∂C/∂w = x ⊙ ∂C/∂v5",
  ]);
});

test("the button that leads to the walk back works where adjoints are formulas alone", async () => {
  const html = await toHtml(fromGraph(grad((x: Tensor) => square(x))(input("x", [])), { values: false }));
  expect(html).toContain('<button id="to-backward">');
  expect(backwardOf(html.split("\n"))).toEqual(["∂C/∂C ∂C/∂C = 1", "∂C/∂x ∂C/∂x = 2 ⊙ x"]);
});

test("one step is told as one", async () => {
  expect(overviewOf(await linesOf(input("x", [])))).toContain("1 step computes the value, operands before uses.");
  const { nodes, ...one } = fromGraph(grad((x: Tensor) => square(x))(input("x", [])));
  const alone = nodes.map(({ gradient, ...node }) => (node.role === "cost" && gradient !== undefined ? { ...node, gradient } : node));
  expect(overviewOf((await toHtml({ ...one, nodes: alone })).split("\n"))).toMatch(/Then 1 step walks back from the cost\.$/);
});
