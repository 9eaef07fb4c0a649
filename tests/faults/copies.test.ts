import * as one from "@nabla/autodiff";
import { describe, expect, test, vi } from "vitest";

vi.resetModules();
const other: typeof one = await import("@nabla/autodiff");

/** Ids are counted in each copy, so which of the two is ahead must not matter. */
describe.each([
  ["that has made more", () => Array.from({ length: 100 }, () => other.tensor(0))],
  ["that has made fewer", () => Array.from({ length: 1000 }, () => one.tensor(0))],
])("a tensor of another copy of the package, one %s,", (_which, before) => {
  test.each([
    ["an op", () => one.grad((x: one.Tensor) => other.square(x))(one.tensor(3))],
    ["an op of two operands", () => other.mul(other.tensor(2), one.tensor(3))],
    ["a list of operands", () => other.stack([one.tensor(3)], { axis: 0 })],
    ["a transformation's argument", () => one.grad((x: one.Tensor) => x)(other.tensor(3))],
    ["a transformation's result", () => one.vjp((_x: one.Tensor) => other.tensor(3), one.tensor(1))],
    ["a cost", () => one.grad((_x: one.Tensor) => other.tensor(3))(one.tensor(1))],
    ["a block's result", () => one.composite({ name: "block", expand: () => other.tensor(3) })(1)],
  ])("is refused as %s", (_what, run) => {
    before();
    expect(run).toThrow("two copies of @nabla/autodiff are loaded");
  });
});

test("the two copies are two, and a tensor's numbers can be handed over", () => {
  expect(other.tensor).not.toBe(one.tensor);
  const handed = other.tensor(one.values(one.tensor([1, 2])));
  expect(other.nested(other.square(handed))).toEqual([1, 4]);
});
