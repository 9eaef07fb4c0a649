import {
  type Tensor,
  add,
  checkGradient,
  choice,
  clip,
  customGradient,
  div,
  grad,
  input,
  jacobian,
  latex,
  log,
  log1p,
  mul,
  neg,
  nested,
  randomKey,
  record,
  sigmoid,
  sin,
  softmax,
  square,
  sum,
  tensor,
  text,
  transpose,
  treeZip,
  uniform,
  zeros,
} from "@nabla/autodiff";
import { expect, test } from "vitest";

test("log(1 + (-sigmoid(x))) is exact where sigmoid(x) rounds to 1, and so is its gradient", () => {
  const value = (x: Tensor): Tensor => log1p(neg(sigmoid(x)));
  expect(nested(value(tensor(800)))).toBe(-800);
  expect(nested(grad(value)(tensor(800)))).toBe(-1);
});

test("a cost that does not depend on its arguments is recorded, as one constant", () => {
  const written = record(() => tensor(5));
  expect(written.nodes[written.output]?.value).toEqual([5]);
});

test("two trees are joined by their structure, not by how a path is written", () => {
  const a = { "a.b": tensor(1), a: { b: tensor(2) } };
  const b = { "a.b": tensor(10), a: { b: tensor(20) } };
  const joined = treeZip(a, b, (left, right) => add(left, right));
  expect([nested(joined["a.b"]), nested(joined.a.b)]).toEqual([11, 22]);
  expect(() => treeZip([tensor(1)], { 0: tensor(1) }, add)).toThrow("the two structures differ: [0] is in the first but not in the second");
  expect(() => treeZip({ x: tensor(1) }, { x: tensor(1), y: { z: tensor(2) } }, add)).toThrow("y.z is in the second but not in the first");
});

test("a Jacobian in forward mode has a block for each tensor, be it empty or not", () => {
  const x = { none: zeros([0]), some: tensor([1, 2]) };
  const forward = jacobian((at: typeof x) => square(at.some), { mode: "forward" })(x);
  expect(forward.none.shape).toEqual([2, 0]);
  expect(nested(forward.some)).toEqual([
    [2, 0],
    [0, 4],
  ]);
});

test.each([
  ["log near the edge of its domain", (x: Tensor) => log(x), 1e-5],
  ["a sine far from zero", (x: Tensor) => sin(x), 1e4],
  ["a square beside a constant that hides most of its digits", (x: Tensor) => add(1e12, square(x)), 3],
] as const)("the checker passes what is right: %s", (_, f, at) => {
  expect(checkGradient(f, tensor(at)).message).toContain("agree");
});

test("the checker fails a wrong rule of a function that turns fast", () => {
  const fast = customGradient({ name: "fast", f: (x) => sin(mul(1e6, x)), vjp: (g) => [mul(g, 3)] });
  expect(checkGradient((x: Tensor) => sum(fast(x)), tensor(0.3)).passes).toBe(false);
});

test("weights near the largest number are drawn by, and a range with no finite length is refused", () => {
  const drawn = choice(randomKey(1), 2, { count: 100, weights: [1e308, 1e308] });
  expect(new Set(nested(drawn) as number[])).toEqual(new Set([0, 1]));
  expect(() => uniform(randomKey(1), { shape: [1], low: -1.7e308, high: 1.7e308 })).toThrow("a finite distance");
});

test("a misspelt option, or a number in place of the options, is refused", () => {
  expect(() => sum([1], { axes: 0 } as object)).toThrow("sum: there is no option axes; did you mean axis? the options are axis, keepDims");
  expect(() => sum([1], 1 as unknown as object)).toThrow("sum: options come last, in one object such as { axis: ..., keepDims: ... }; got 1");
  expect(() => softmax([1], 0 as unknown as object)).toThrow("softmax: options come last");
  expect(() => clip([1], { low: 0 } as object)).toThrow("clip: there is no option low");
});

test("a name with an index above it is not read as a power, and LaTeX never gets two exponents in a row", () => {
  const weights = input("W¹", [1, 1]);
  expect([text(square(weights)), text(transpose(weights)), text(transpose(transpose(weights)))]).toEqual(["(W¹)²", "W¹ᵀ", "(W¹ᵀ)ᵀ"]);
  expect([latex(square(weights)), latex(transpose(weights))]).toEqual(["\\left(W^{1}\\right)^{2}", "\\left(W^{1}\\right)^{\\mathsf T}"]);
  expect(latex(div(weights, 1e-7))).toBe("W^{1} / \\left(1 \\cdot 10^{-7}\\right)");
});
