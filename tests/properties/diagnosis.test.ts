import {
  type Tensor,
  abs,
  add,
  clip,
  composite,
  customGradient,
  diagnose,
  div,
  exp,
  greater,
  log,
  matmul,
  max,
  maximum,
  mul,
  name,
  norm,
  pow,
  relu,
  scope,
  sigmoid,
  softmax,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  tensor,
  where,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const x = name(
  tensor([
    [1, 0],
    [2, 3],
  ]),
  "x",
);

describe("the first NaN or Infinity is found where it began", () => {
  test("forward: the op, the index, the operand and its value, the layer, the caller's line, and what to do", () => {
    const { fault, message } = diagnose((t: Tensor) => scope("layer 2", () => sum(add(1, square(log(t))))), x);
    expect(fault).toMatchObject({ pass: "forward", op: "log", formula: "log(x)", scope: "layer 2", index: [0, 1], value: Number.NEGATIVE_INFINITY });
    expect(fault?.line).toMatch(/^diagnosis\.test\.ts:\d+:\d+$/);
    expect(message).toMatch(
      /^log\(x\) in layer 2 at diagnosis\.test\.ts:\d+:\d+ is -Infinity at index \[0, 1\] \(x \[2, 2\] = 0\): the operand is 0 or negative; if it is a probability that underflowed/,
    );
  });

  test("backward: a value that is finite with a derivative that is not", () => {
    const { fault } = diagnose((t: Tensor) => sum(sqrt(t)), x);
    expect(fault).toMatchObject({ pass: "backward", op: "sqrt", index: [0, 1], value: Number.POSITIVE_INFINITY });
  });

  test("a number that was given so is named as the cause", () => {
    const { fault } = diagnose((t: Tensor) => sum(mul(t, name(tensor([1, Number.NaN]), "weights"))), x);
    expect(fault).toMatchObject({ op: "constant", formula: "weights", index: [1], reason: "the number was given so; check the data" });
  });

  test.each([
    ["div", (t: Tensor) => sum(div(1, t))],
    ["exp", (t: Tensor) => sum(exp(mul(1000, t)))],
  ] as const)("%s says what to do", (op, f) => {
    const { fault } = diagnose(f, x);
    expect([fault?.op, fault?.reason?.length]).toEqual([op, expect.any(Number)]);
  });

  test("what a mask drops and what a twin saves is no fault", () => {
    expect(diagnose((t: Tensor) => sum(where(greater(t, 0), log(t), 0)), x).fault).toBeUndefined();
    expect(diagnose((t: Tensor) => sum(log(softmax(mul(1000, t)))), x).fault).toBeUndefined();
    expect(diagnose((t: Tensor) => sum(log(sub(1, sigmoid(mul(1000, t))))), x).message).toBe("every value and every gradient is finite");
  });
});

describe("kinks that the run sits at, with the derivative that the convention chose", () => {
  test.each([
    ["relu", (t: Tensor) => sum(relu(t)), [[0], [0], [0], [1]], "relu", 3, [0]],
    ["abs in a layer", (t: Tensor) => scope("layer 1", () => sum(abs(t))), [[0], [2]], "abs", 1, [0]],
    ["a tie of maximum", (t: Tensor) => sum(maximum(t, [[1], [2]])), [[1], [0]], "maximum", 1, [0.5]],
    ["a tie of max", (t: Tensor) => max(t), [[3], [3], [1]], "max", 2, [0.5]],
    ["the zero vector", (t: Tensor) => norm(t), [[0], [0]], "norm", 2, [0]],
    ["an end of clip", (t: Tensor) => sum(clip(t, { min: 0, max: 1 })), [[1], [0.5]], "clip", 1, [1]],
  ] as const)("%s", (_, f, at, op, entries, used) => {
    const { kinks, message } = diagnose(f, tensor(at));
    expect(kinks.map((kink) => [kink.op, kink.entries, kink.used])).toEqual([[op, entries, used]]);
    expect(message).toContain(`${entries === 1 ? "1 entry sits" : `${entries} entries sit`} at ${op}'s kink`);
    expect(kinks[0]?.line).toMatch(/^diagnosis\.test\.ts:\d+:\d+$/);
  });

  test.each([
    ["a square at 0", (t: Tensor) => sum(square(t))],
    ["a power at 0", (t: Tensor) => sum(pow(t, { exponent: 3 }))],
    ["a root and a logarithm at 0", (t: Tensor) => sum(add(sqrt(t), log(t)))],
    ["smooth functions far out", (t: Tensor) => sum(softplus(tanh(sigmoid(mul(1e6, t)))))],
    ["a logarithm beside 0", (t: Tensor) => sum(log(add(t, 1e-13)))],
    ["a softmax", (t: Tensor) => sum(square(softmax(t)))],
  ] as const)("none at %s", (_, f) => {
    expect(diagnose(f, tensor([0, 1e-13, 2])).kinks).toEqual([]);
  });
});

describe("arguments that receive no gradient, and why", () => {
  test.each([
    [
      "a stopped gradient",
      (t: Tensor) => sum(stopGradient(t)),
      "x receives no gradient: it is used only through stopGradient (stop(x)), whose derivative is 0 everywhere",
    ],
    ["a comparison", (t: Tensor) => sum(greater(t, 0)), "x receives no gradient: it is used only through greater (x > 0), whose derivative is 0 everywhere"],
    [
      "a block that computes without it",
      (t: Tensor) => composite({ name: "mine", expand: (_a, y) => sum(y) })(square(t), [1, 2]),
      "x receives no gradient: the cost does not use it: mine (mine(x², [1, 2])) is given it, but computes without it",
    ],
    [
      "a power of 0",
      (t: Tensor) => sum(pow(t, { exponent: 0 })),
      "x receives no gradient: it is used only through power (x^0), whose derivative by it is the constant 0",
    ],
    [
      "a rule of one's own that passes nothing on",
      (t: Tensor) => sum(customGradient({ name: "blocked", f: (a: Tensor) => a, vjp: () => [0] })(square(t))),
      "x receives no gradient: it is used only through blocked (blocked(x²)), whose derivative by it is the constant 0",
    ],
    ["nothing at all", () => tensor(2), "x receives no gradient: the cost does not depend on it; was it detached, read as numbers, or left out?"],
  ] as const)("%s", (_, f, sentence) => {
    expect(diagnose(f, x).unreached).toEqual([sentence]);
  });

  test("when none is reached, that is said first", () => {
    expect(diagnose((t: Tensor) => sum(greater(t, 0)), x).message).toMatch(
      /^every value and every gradient is finite\nno argument receives a gradient\nx receives/,
    );
  });

  test("one of a record is named by its path", () => {
    const parameters = { W: x, b: tensor([0, 0]) };
    expect(diagnose((p: typeof parameters) => sum(square(matmul(p.W, p.W))), parameters).unreached).toEqual([
      "b receives no gradient: the cost does not depend on it; was it detached, read as numbers, or left out?",
    ]);
  });
});
