import {
  type Tensor,
  abs,
  acosh,
  add,
  asin,
  atan2,
  cbrt,
  checkGradient,
  cumsum,
  customGradient,
  div,
  exp,
  flip,
  greater,
  hypot,
  log,
  matmul,
  max,
  mean,
  mul,
  name,
  norm,
  relu,
  scope,
  sigmoid,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  uniform,
  randomKey,
  where,
} from "@nabla/autodiff";
import { expect, test } from "vitest";
import { samples } from "./samples.ts";

const x = tensor([
  [0.3, -0.8],
  [1.2, 0.4],
]);

/** tanh with a rule that is a tenth too large. */
const wrongTanh = customGradient({ name: "wrongTanh", f: (t) => tanh(t), vjp: (g, y) => [mul(1.1, mul(g, sub(1, square(y))))] });

test.each(samples)("the gradient of $label passes the check", ({ f, shapes, domain: [low, high] }) => {
  const given = shapes.map((shape, which) => uniform(randomKey(40 + which), { shape, low, high }));
  const { passes, message } = checkGradient((t: readonly Tensor[]) => sum(mul(f(...t), f(...t))), given);
  expect([passes, message]).toEqual([true, message]);
});

test("a wrong rule planted anywhere in a chain of thirty ops is named", () => {
  for (const planted of [0, 7, 15, 29]) {
    const chain = (t: Tensor): Tensor => {
      let y = t;
      for (let i = 0; i < 30; i++) y = i === planted ? wrongTanh(y) : i % 3 === 0 ? sigmoid(y) : i % 3 === 1 ? add(y, mul(0.1, t)) : tanh(y);
      return sum(y);
    };
    const { passes, culprit } = checkGradient(chain, x);
    expect([passes, culprit?.op, culprit?.mode]).toEqual([false, "wrongTanh", "reverse"]);
  }
});

test("the report says which entry, both numbers, the difference's own error, and where the op stands", () => {
  const { message, worst } = checkGradient((p: { readonly W: Tensor }) => scope("layer 1", () => mean(wrongTanh(matmul(x, p.W)))), {
    W: tensor([[0.5], [0.25]]),
  });
  expect(worst?.place).toMatch(/^W\[\d, 0\]$/);
  expect(message).toMatch(
    /^the derivative by W\[\d, 0\] is \S+ by autodiff and \S+ ± \S+ by differences \(\S+ is allowed\); the first op whose own rule is wrong is wrongTanh in layer 1 at checker\.test\.ts:\d+:\d+, operand 0, reverse rule: /,
  );
});

test("the line of the wrong op and the entries at a kink are told", () => {
  expect(checkGradient((t: Tensor) => sum(wrongTanh(t)), x).culprit?.line).toMatch(/^checker\.test\.ts:\d+:\d+$/);
  const { kinks, message } = checkGradient((t: Tensor) => sum(mul(t, relu(t))), tensor([1, 2]));
  expect([kinks, message]).toEqual([[], expect.stringMatching(/^2 entries agree/)]);
  const kinked = checkGradient((t: Tensor) => sum(abs(t)), name(tensor([0, 1]), "t"));
  expect([kinked.kinks, kinked.message]).toEqual([["t[0]"], expect.stringMatching(/^1 entry agrees; .*; kink at t\[0\], not compared$/)]);
});

test("a first derivative that is right with a second that is wrong is found at order 2", () => {
  const slope = customGradient({ name: "slope", f: (t) => mul(2, t), vjp: (g) => [mul(3, g)] });
  const wrongSecond = customGradient({ name: "wrongSecond", f: (t) => square(t), vjp: (g, _y, [t]) => [mul(g, slope(t))] });
  const f = (t: Tensor): Tensor => sum(wrongSecond(t));
  expect(checkGradient(f, x).passes).toBe(true);
  expect(checkGradient(f, x, { order: 2 })).toMatchObject({ passes: false, culprit: { op: "slope" } });
  expect(checkGradient((p: { readonly a: Tensor; readonly b: Tensor }) => sum(mul(softmax(p.a), tanh(p.b))), { a: x, b: x }, { order: 2 }).passes).toBe(true);
});

test("a right graph at a kink is not accused, and one whose rule is wrong elsewhere still is", () => {
  expect(checkGradient((t: Tensor) => sum(add(relu(t), abs(t))), tensor([0, 1, -2])).passes).toBe(true);
  expect(checkGradient((t: Tensor) => sum(add(relu(t), wrongTanh(t))), tensor([0, 1, -2])).culprit?.op).toBe("wrongTanh");
});

test("where every entry sits at a kink, a derivative between those of the two sides passes, and no other", () => {
  const message = "2 entries agree with a kink: no single derivative exists there, and autodiff's lies between those of the two sides";
  for (const f of [(t: Tensor) => sum(relu(t)), (t: Tensor) => norm(t), (t: Tensor) => mul(-3, sum(abs(t))), (t: Tensor) => max(t)])
    expect(checkGradient(f, tensor([0, 0]))).toMatchObject({ passes: true, entries: 2, kinks: ["x[0]", "x[1]"], culprit: undefined, message });
  const steep = customGradient({ name: "steep", f: (t) => abs(t), vjp: (g) => [mul(g, 1.5)] });
  const refused = checkGradient((t: Tensor) => sum(steep(t)), tensor([0, 0]));
  expect([refused.passes, refused.culprit, refused.message]).toEqual([false, undefined, expect.stringContaining("every one sits at a kink")]);
  expect(checkGradient((t: Tensor) => sum(relu(t)), tensor([]))).toMatchObject({ passes: false, entries: 0 });
});

const zeroRow = tensor([
  [0, 0],
  [1, 2],
]);

test.each([
  { label: "a branch not taken that is infinite", f: (t: Tensor) => where(greater(t, 0), log(t), 0), at: tensor([0, 2]), order: 2 },
  { label: "the norm of a row of zeros", f: (t: Tensor) => norm(t, { axis: 1 }), at: zeroRow, order: 2 },
  { label: "the norm of order 3 of a row of zeros", f: (t: Tensor) => norm(t, { axis: 1, ord: 3 }), at: zeroRow, order: 2 },
  { label: "hypot at the origin", f: (t: Tensor) => hypot(t, t), at: tensor([0, 1]), order: 2 },
  { label: "atan2 at the origin", f: (t: Tensor) => atan2(t, t), at: tensor([0, 1]), order: 2 },
  { label: "the infinite slope of cbrt at 0", f: (t: Tensor) => cbrt(t), at: tensor([0, 1]), order: 1 },
] as const)("$label is not compared, and no op is accused", ({ f, at, order }) => {
  const { passes, message } = checkGradient((t: Tensor) => sum(f(t)), at, { order });
  expect([passes, message]).toEqual([true, message]);
  const wrong = checkGradient((t: Tensor) => sum(add(f(t), wrongTanh(t))), at, { order: 1 });
  expect([wrong.passes, wrong.culprit?.op]).toEqual([false, "wrongTanh"]);
});

test.each([
  { label: "log at 0", f: log, at: tensor([0, 1]), order: 1, says: /f is -Infinity at x/ },
  { label: "asin at 1", f: asin, at: tensor([1, 0.3]), order: 1, says: /f is not finite beside x\[0\]/ },
  { label: "sqrt at 0", f: sqrt, at: tensor([0, 1]), order: 1, says: /f is not finite beside x\[0\]/ },
] as const)("$label, order $order: the edge of the domain is told, and nothing else is blamed", ({ f, at, order, says }) => {
  const { passes, culprit, message } = checkGradient((t: Tensor) => sum(f(t)), at, { order });
  expect([passes, culprit]).toEqual([false, undefined]);
  expect(message).toMatch(says);
  expect(message).not.toContain("may read numbers");
});

test.each([
  { label: "log at 0", f: log, at: tensor([0, 1]) },
  { label: "acosh at 1", f: acosh, at: tensor([1, 2]) },
] as const)("$label, order 2: an entry with an infinite gradient is not compared, and the others are", ({ f, at }) => {
  const { passes, message, entries, kinks } = checkGradient((t: Tensor) => sum(f(t)), at, { order: 2 });
  expect([passes, entries, kinks]).toEqual([true, 2, ["x[0]"]]);
  expect(message).toMatch(/^1 entry agrees; the worst: the derivative by x\[1\] .*; the gradient is infinite at x\[0\], not compared$/);
  const slope = customGradient({ name: "slope", f: (t) => mul(2, t), vjp: (g) => [mul(3, g)] });
  const wrongSecond = customGradient({ name: "wrongSecond", f: (t) => square(t), vjp: (g, _y, [t]) => [mul(g, slope(t))] });
  const wrong = checkGradient((t: Tensor) => sum(add(f(t), wrongSecond(t))), at, { order: 2 });
  expect([wrong.passes, wrong.culprit?.op]).toEqual([false, "slope"]);
  const none = checkGradient((t: Tensor) => sum(f(t)), tensor([at.data?.[0] ?? 0]), { order: 2 });
  expect([none.passes, none.culprit]).toEqual([false, undefined]);
  expect(none.message).toBe("1 entry checked; every one sits at a kink or where the gradient is infinite, so no single derivative exists to compare with");
});

test("the entries of an op beside one that is infinite are still compared", () => {
  const wrongLog = customGradient({ name: "wrongLog", f: (t) => log(t), vjp: (g, _y, [t]) => [mul(1.1, div(g, t))] });
  const found = checkGradient((t: Tensor) => sum(where(greater(t, 0), wrongLog(t), 0)), tensor([0, 2]));
  expect([found.passes, found.culprit?.op]).toEqual([false, "wrongLog"]);
  const right = customGradient({ name: "right", f: (t) => log(t), vjp: (g, _y, [t]) => [div(g, t)] });
  for (const f of [right, log, (t: Tensor) => div(1, t), (t: Tensor) => mul(log(t), log(t)), (t: Tensor) => cumsum(log(t), { axis: 0 })]) {
    const { culprit } = checkGradient((t: Tensor) => sum(where([0, 1], f(flip(t, { axis: 0 })), 0)), tensor([2, 0]));
    expect(culprit).toBeUndefined();
  }
});

test("an op whose value is finite and whose rule is not, where its slope is, is named", () => {
  const infinite = customGradient({ name: "infinite", f: (t) => tanh(t), vjp: (g) => [mul(Number.POSITIVE_INFINITY, g)] });
  expect(checkGradient((t: Tensor) => sum(infinite(t)), x).culprit?.op).toBe("infinite");
  const flat = customGradient({ name: "flat", f: (t) => square(t), vjp: (g) => [mul(Number.NaN, g)] });
  expect(checkGradient((t: Tensor) => sum(flat(t)), tensor([0, 0])).culprit?.op).toBe("flat");
});

test("large and small entries get steps of their own", () => {
  expect(checkGradient((t: Tensor) => sum(exp(mul(1e-6, t))), name(tensor([1e6, 2e6]), "x")).passes).toBe(true);
  expect(checkGradient((t: Tensor) => sum(square(softmax(t))), tensor([1e-9, 3, -2])).passes).toBe(true);
});
