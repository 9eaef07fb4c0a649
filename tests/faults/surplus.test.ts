import * as n from "@nabla/autodiff";
import { type Tensor, tensor } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { rooms } from "../documents/signatures.ts";

/** What a caller without types may write. */
const loose = n as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
const call = (name: string, ...args: readonly unknown[]): (() => unknown) => {
  return () => loose[name]?.(...args);
};
const f = (x: Tensor): Tensor => n.sum(n.square(x));
const x = tensor([1, 2]);
const backward = n.customGradient({ name: "backward", f: (t: Tensor) => n.square(t), vjp: (g, _y, [t]) => [n.mul(g, n.mul(2, t))] });

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

/** How many arguments a signature takes; undefined where it takes any number, or is no function. */
function taken(signature: string): number | undefined {
  const open = signature.replace(/^\/\/.*\n/, "").replaceAll("=>", "→");
  const start = open.replace(/^([\w.]+)<[^(]*>\(/, "$1(").indexOf("(");
  if (start < 0 || open.startsWith("class ") || open.includes("(...")) return undefined;
  let [depth, count, any] = [0, 0, false];
  for (const letter of open.replace(/^([\w.]+)<[^(]*>\(/, "$1(").slice(start)) {
    if ("([{<".includes(letter)) depth++;
    if (")]}>".includes(letter) && --depth === 0) break;
    if (letter === "," && depth === 1) count++;
    any ||= depth === 1 && /\w/.test(letter);
  }
  return any ? count + 1 : 0;
}

const arities = rooms("packages/autodiff/src/index.ts").flatMap(({ names, signatures }) =>
  names.flatMap((name) => {
    const counts = signatures
      .filter((each) => each.replace(/^\/\/.*\n/, "").startsWith(`${name}(`) || each.replace(/^\/\/.*\n/, "").startsWith(`${name}<`))
      .map(taken);
    // A predicate is asked of anything.
    const known = counts.every((each) => each !== undefined) && counts.length > 0 && name !== "isTensor";
    return known ? [[name, Math.max(...counts.filter((each) => each !== undefined))] as const] : [];
  }),
);

test("every function with a fixed number of arguments is met", () => {
  expect(arities.length).toBeGreaterThan(110);
  expect(Object.fromEntries(arities)).toMatchObject({ sum: 2, mul: 2, where: 3, dot: 2, conv2d: 4, treeZip: 3, jvp: 3, text: 2, full: 2 });
});

test.each(arities)("%s takes %d arguments, and refuses one more before it looks at them", (name, most) => {
  const given = Array.from({ length: most + 1 }, () => Symbol("junk"));
  expect(call(name, ...given)).toThrow(`${name}: takes ${most} argument${most === 1 ? "" : "s"}, but ${most + 1} were given`);
});

const applied = (f: unknown, ...given: readonly unknown[]): unknown => (f as (...all: readonly unknown[]) => unknown)(...given);

test.each<[string, () => unknown, string]>([
  ["jacobian", () => applied(n.jacobian(f), x, x), "jacobian(f): takes 1 argument, but 2 were given"],
  ["hessian", () => applied(n.hessian(f), x, x), "hessian(f): takes 1 argument, but 2 were given"],
  ["hvp", () => applied(n.hvp(f), x, x, x), "hvp(f): takes 2 arguments, but 3 were given"],
  ["a pullback", () => applied(n.vjp(f, x).pullback, tensor(1), tensor(1)), "vjp pullback: takes 1 argument, but 2 were given"],
  ["a rule", () => applied(n.customGradient({ name: "mine", f: (a: Tensor) => n.neg(a), vjp: (g) => [g] }), x, x), "mine: takes 1 argument, but 2 were given"],
  ["a composite", () => n.composite({ name: "mine", expand: (a) => n.neg(a) })(x, x), "mine: takes 1 argument, but 2 were given"],
  [
    "a checkpoint",
    () =>
      applied(
        n.checkpoint((a: Tensor) => n.neg(a)),
        x,
        x,
      ),
    "checkpoint: takes 1 argument, but 2 were given",
  ],
  ["a convolution with options twice", () => applied(n.conv2d, [[[[1]]]], [[[[1]]]], {}, {}), "conv2d: takes 3 arguments, but 4 were given"],
])("what %s makes refuses what its function would ignore", (_, misuse, message) => {
  expect(misuse).toThrow(message);
});

test("a function with a rest or a default takes what it uses", () => {
  const both = (a: Tensor, ...rest: readonly Tensor[]): Tensor => rest.reduce((total, each) => n.add(total, each), a);
  expect(n.item(n.sum(n.composite({ name: "mine", expand: both })(x, x, x)))).toBe(9);
  expect(n.item(n.sum(n.checkpoint(both)(x, x, x)))).toBe(9);
  expect(n.item(n.sum(n.customGradient({ name: "mine", f: (a: Tensor, b: Tensor = x) => n.add(a, b), vjp: (g) => [g, g] })(x, x)))).toBe(6);
});

test.each([
  ["jacobian", () => n.jacobian((t: Tensor) => backward(t), { mode: "forward" })(x)],
  ["hessian", () => n.hessian((t: Tensor) => n.sum(n.square(backward(t))))(x)],
  ["hvp", () => n.hvp((t: Tensor) => n.sum(n.square(backward(t))))(x, x)],
  ["jvp", () => n.jvp((t: Tensor) => backward(t), x, x)],
  ["jvp", () => n.jvp((t: Tensor) => n.checkpoint((u: Tensor) => backward(u))(t), x, x)],
  ["hessian", () => n.hessian((t: Tensor) => n.sum(n.vmap((u: Tensor) => n.square(backward(u)))(t)))(x)],
] as const)("forward mode that cannot go on names %s, which was called", (name, misuse) => {
  expect(misuse).toThrow(`${name}: backward has a reverse rule only`);
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
