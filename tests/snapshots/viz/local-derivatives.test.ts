import { type Tensor, div, exp, grad, input, mean, mul, name, neg, pow, record, softmax, square, sub, sum, tensor } from "@nabla/autodiff";
import { type Diagram, fromGraph, fromTape } from "@nabla/viz";
import { expect, test } from "vitest";

const back = ({ nodes, edges }: Diagram): string[] => {
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  return edges.flatMap(({ from, to, direction, label }) => (direction === "backward" ? [`${names.get(from) ?? ""} → ${names.get(to) ?? ""}: ${label}`] : []));
};
const given = (...entries: number[]): Tensor => name(tensor(entries), "x");
const both = (f: (x: Tensor) => Tensor, fold: "none" | "named" = "none"): string[][] => [
  back(fromGraph(grad(f)(input("x", [3])), { fold })),
  back(fromTape(record(f, given(1, 2, 4)), { fold })),
];

test("long decimals are cut for reading, and stay whole on the tape", () => {
  const root = (x: Tensor): Tensor => sum(pow(square(x), { exponent: 1 / 3 }));
  const picture = fromTape(record(root, given(1, 2, 4)), { fold: "none" });
  expect(back(picture)).toContain("v2 → v1: ⊙ 0.3333 ⊙ (x²)^(-0.6667)");
  expect(picture.nodes.map(({ operation }) => operation)).toContain("v1^0.3333");
  expect(picture.nodes[0]?.gradient?.value?.flat()[1]).toBeCloseTo((2 / 3) * 2 ** (-1 / 3), 14);
  for (const labels of both((x) => mean(square(x)))) expect(labels.at(-1)).toMatch(/^C → v\d: × 0[.]3333$/);
});

test("a name with digits keeps them", () => {
  const w = name(tensor(2), "w0.123456789");
  const picture = fromTape(
    record((x: Tensor) => sum(mul(x, w)), given(1, 2)),
    { fold: "none" },
  );
  expect(picture.nodes.map(({ operation }) => operation)).toContain("mul(x, w0.123456789)");
});

test("a local derivative that is too long is its symbol over the names of the boxes", () => {
  const longest = (x: Tensor): Tensor => {
    const u = name(mul(x, 2), "u");
    return sum(name(div(neg(exp(sub(square(u), mul(u, 3)))), 7), "v"));
  };
  for (const labels of both(longest, "named")) expect(labels.join("\n")).not.toContain("local derivative");
  const quotient = (x: Tensor): Tensor => {
    const [lower, upper] = [name(exp(x), "lower_with_a_long_name"), name(square(x), "upper_with_a_long_name")];
    return sum(name(div(upper, lower), "ratio"));
  };
  for (const labels of both(quotient, "named")) expect(labels).toContain("ratio → lower_with_a_long_name: ⊙ ∂ratio/∂lower_with_a_long_name");
});

test("a Jacobian is a matrix before the adjoint, and no factor of an entrywise product", () => {
  const [graph, tape] = both((x) => sum(square(softmax(x))));
  expect(graph).toContain("v2 → x: (∂v2/∂x)ᵀ ·");
  expect(tape).toContain("v1 → x: (∂v1/∂x)ᵀ ·");
  const z = (x: Tensor): Tensor => sum(square(name(softmax(name(mul(x, 2), "z")), "a")));
  for (const labels of both(z, "named")) expect(labels).toContain("a → z: (∂a/∂z)ᵀ ·");
  for (const labels of both((x) => sum(mul(2, softmax(x))), "named")) expect(labels).toEqual(["C → x: (softmax′)ᵀ (· × 2)"]);
});

test("a derivative by a derivative that is a factor keeps its name", () => {
  const picture = fromGraph(grad(grad((u: Tensor) => square(square(u))))(input("t", [])));
  expect(back(picture)).toContain("∂C/∂t → v8: ⊙ ∂C/∂v3");
});
