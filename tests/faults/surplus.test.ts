import * as n from "@nabla/autodiff";
import { type Tensor, tensor } from "@nabla/autodiff";
import { expect, test } from "vitest";

/** What a caller without types may write. */
const loose = n as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
const call = (name: string, ...args: readonly unknown[]): (() => unknown) => {
  return () => loose[name]?.(...args);
};
const f = (x: Tensor): Tensor => n.sum(n.square(x));
const x = tensor([1, 2]);

test.each([
  ["arange", [1, 5], 1],
  ["maximum", [1, 2, 3], 2],
  ["mul", [2, 3, 4], 2],
  ["matmul", [x, x, x], 2],
  ["relu", [x, 0.1], 1],
  ["eye", [2, 3], 1],
  ["exp", [x, { axis: 0 }], 1],
  ["tensor", [[1], [1], "float32"], 2],
  ["where", [x, x, x, x], 3],
  ["det", [[[1]], 1], 1],
  ["hvp", [f, x, x], 1],
  ["vjp", [f, x, x], 2],
  ["jvp", [f, x, x, x], 3],
  ["grad", [f, {}, x], 2],
] as const)("%s of %j is refused, since it takes %d", (name, args, most) => {
  const plural = most === 1 ? "" : "s";
  expect(call(name, ...args)).toThrow(`${name}: takes ${most} argument${plural}, but ${args.length} were given`);
});

test("the index and the list that the methods of lists add are no slip", () => {
  expect([1, 4].map(n.sqrt).map(n.item)).toEqual([1, 2]);
  expect(n.item([tensor(1), tensor(2), tensor(4)].reduce(n.mul))).toBe(8);
});

test("hvp says how it is called", () => {
  expect(call("hvp", f, x, x)).toThrow("write hvp(f)(x, v)");
});

test("a composite with a name that is none of its options is refused", () => {
  expect(call("composite", { name: "f", expand: n.neg, gradient: n.neg })).toThrow("composite: there is no gradient in a block");
});

test("what is empty, and an axis that is a list, are called so", () => {
  expect(() => n.norm(n.zeros([0]), { ord: "Infinity" })).toThrow(/^norm\(.*no entries; axis 0 is empty$/);
  expect(() => n.take(n.zeros([0]), { indices: [0], axis: 0 })).toThrow("the axis is empty");
  expect(call("argmin", [[1, 2]], { axis: [0, 1] })).toThrow("axis is [0, 1], but one axis is wanted; give one whole number");
});
