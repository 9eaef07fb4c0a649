import { type Tensor, div, log, mean, mul, neg, square, sub, sum } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { type Cost, type Network, costs, costOfFormula, custom, explain, network } from "@nabla/mlp";
import { fromTape } from "@nabla/viz";
import { expect, test } from "vitest";

const [x, y] = [
  [0.5, -1],
  [1, 0],
] as const;
const net = (output: "sigmoid" | "softmax"): Network => network({ sizes: [2, 3, 2], activations: ["tanh", output], key: 1 });
const rowsAlone = custom("rows", (a: Tensor, t: Tensor) => div(sum(square(sub(a, t))), a.shape[0] ?? 1));
const byRow = custom("by row", (a: Tensor, t: Tensor) => neg(mean(sum(mul(mul(t, square(sub(1, a))), log(a)), { axis: 1 }))));
const byColumn = custom("by column", (a: Tensor, t: Tensor) => sum(square(mean(sub(a, t), { axis: 0 }))));

/** Every drawn gradient beside the one that is compared: a tick belongs to the number next to it. */
test.each<[string, Cost, "sigmoid" | "softmax"]>([
  ["a cost that divides by the number of rows", rowsAlone, "sigmoid"],
  ["a cost that sums along each row", byRow, "softmax"],
  ["a cost that averages over the rows", byColumn, "sigmoid"],
  ["a cost of the library", costs.binaryCrossEntropy, "sigmoid"],
  ["a mean over entries", costs.meanSquaredError, "softmax"],
])("the tape of an explanation holds the value and the deltas of its comparison: %s", (_name, cost, output) => {
  const { tape, comparison } = explain(net(output), cost, x, y);
  const node = (called: string): (typeof tape.nodes)[number] => tape.nodes.find(({ name }) => name === called) as (typeof tape.nodes)[number];
  expect(node("C").value[0]).toBeCloseTo(comparison.value, 14);
  for (const layer of [1, 2] as const) {
    const row = comparison.rows.find((each) => each.layer === layer && each.quantity === "δ");
    const drawn = node(layer === 1 ? "z¹" : "z²").adjoint as readonly number[];
    const [compared = []] = (row?.tape ?? []) as readonly (readonly number[])[];
    expect(compared).toHaveLength(drawn.length);
    for (const [at, each] of compared.entries()) expect(drawn[at]).toBeCloseTo(each, 14);
  }
});

test("numbers that are none are refused by the function that was called, at their place", () => {
  expect(() => explain(net("sigmoid"), "quadratic", [Number.NaN, 1], y)).toThrow(/^explain: x\[0\] is NaN/);
  expect(() => explain(net("sigmoid"), "quadratic", x, [1, Number.POSITIVE_INFINITY])).toThrow(/^explain: y\[1\] is Infinity/);
});

test.each<[string, Cost]>([
  ["a cost of the user's", rowsAlone],
  ["a formula of the user's", costOfFormula("squares", formula("mean(sum((a - y).^2, 2))"))],
  ["a cost that asks for no target", custom("size", (a: Tensor) => sum(square(a)))],
])("an explanation can be drawn, its target by its name: %s", (_name, cost) => {
  const told = explain(net("sigmoid"), cost, x, y);
  const names = fromTape(told.tape, told).nodes.map((node) => node.name);
  expect(names).toContain("C");
  expect(names).toContain("y");
});
