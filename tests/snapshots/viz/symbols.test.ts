import { type Tensor, type Tree, type ValueAndGradient, add, exp, grad, input, mul, name, neg, sin, square, sum, valueAndGrad } from "@nabla/autodiff";
import { type Diagram, fromGraph } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const [t, w, x, v] = [input("t", []), input("w", [2]), input("x", [2]), input("v", [2])];
const energy = (p: Tensor): Tensor => sum(exp(mul(p, x)));
const fourth = (u: Tensor): Tensor => square(square(u));
const slope = (p: Tensor): Tensor => sum(square(grad(energy)(p)));

/** Derivatives of functions that have derivatives inside. */
const graphs: readonly (readonly [string, Tree | ValueAndGradient<Tensor>])[] = [
  ["a product of the second derivative with a vector", grad((p: Tensor) => sum(mul(grad(energy)(p), v)))(w)],
  ["the gradient of a squared gradient, with its value", valueAndGrad(slope)(w)],
  ["a penalty on the gradient beside the cost", grad((p: Tensor) => add(energy(p), slope(p)))(w)],
  ["two different gradients in one cost", grad((p: Tensor) => sum(mul(grad(energy)(p), grad((q: Tensor) => sum(sin(q)))(p))))(w)],
  ["a cost inside that the user calls C", grad((p: Tensor) => sum(mul(grad((q: Tensor) => name(energy(q), "C"))(p), v)))(w)],
  ["a gradient inside that is a value of before", grad((p: Tensor) => sum(square(grad((q: Tensor) => sum(mul(q, p)))(p))))(w)],
  ["the value and slope of a slope", valueAndGrad(grad(fourth))(t)],
  ["the third derivative", grad(grad(grad(fourth)))(t)],
  ["the gradient of a gradient of a squared gradient", grad((p: Tensor) => sum(mul(grad(slope)(p), v)))(w)],
  ["a third derivative over costs of their own", grad((a: Tensor) => sin(grad((b: Tensor) => neg(square(grad(fourth)(b))))(a)))(t)],
  ["a record of gradients of two orders", { first: grad(fourth)(t), second: grad(grad(fourth))(t) }],
];

/** What boxes and rows are called, constants apart, which are called what they are. */
const called = ({ nodes }: Diagram): string[] => [
  ...nodes.filter(({ role }) => role !== "constant").map(({ name: box }) => box),
  ...nodes.flatMap(({ gradient }) => gradient?.symbol ?? []),
];

describe.each(graphs)("in the picture of %s", (_, graph) => {
  test.each(["rows", "boxes"] as const)("no two values have one symbol, with adjoints in %s", (adjoints) => {
    for (const fold of ["named", "none"] as const) {
      const symbols = called(fromGraph(graph, { adjoints, fold }));
      expect(symbols.filter((symbol, at) => symbols.indexOf(symbol) !== at)).toEqual([]);
    }
  });
});

test("what was differentiated last is C, and a cost inside it has its number", () => {
  const { nodes } = fromGraph(grad((p: Tensor) => sum(mul(grad(energy)(p), v)))(w));
  expect(nodes.map(({ name: box, operation, role }) => `${box} = ${operation}, ${role}`)).toEqual([
    "w = parameter, parameter",
    "x = input, input",
    "v = input, input",
    "v5 = mul(w, x), operation",
    "v6 = exp(v5), operation",
    "v7 = sum(v6), operation",
    "∂v7/∂w = mul(x, v6), gradient",
    "v9 = mul(∂v7/∂w, v), operation",
    "C = sum(v9), cost",
  ]);
  expect(nodes.flatMap(({ gradient }) => gradient?.symbol ?? [])).toEqual(["∂C/∂w", "∂C/∂v5", "∂C/∂v6", "∂C/∂(∂v7/∂w)", "∂C/∂v9", "∂C/∂C"]);
});
