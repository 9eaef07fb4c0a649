import {
  type Tensor,
  add,
  diagnose,
  div,
  exp,
  greater,
  log,
  matmul,
  mul,
  name,
  scope,
  sigmoid,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
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
    expect(fault).toMatchObject({ op: "constant", formula: "weights", index: [0, 1], reason: "the number was given so; check the data" });
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

describe("arguments that receive no gradient, and why", () => {
  test.each([
    [
      "a stopped gradient",
      (t: Tensor) => sum(stopGradient(t)),
      "x receives no gradient: it is used only through stopGradient (stop(x)), whose derivative is 0 everywhere",
    ],
    ["a comparison", (t: Tensor) => sum(greater(t, 0)), "x receives no gradient: it is used only through greater (x > 0), whose derivative is 0 everywhere"],
    ["nothing at all", () => tensor(2), "x receives no gradient: the cost does not depend on it; was it detached, read as numbers, or left out?"],
  ] as const)("%s", (_, f, sentence) => {
    expect(diagnose(f, x).unreached).toEqual([sentence]);
  });

  test("one of a record is named by its path", () => {
    const parameters = { W: x, b: tensor([0, 0]) };
    expect(diagnose((p: typeof parameters) => sum(square(matmul(p.W, p.W))), parameters).unreached).toEqual([
      "b receives no gradient: the cost does not depend on it; was it detached, read as numbers, or left out?",
    ]);
  });
});
