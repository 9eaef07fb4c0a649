import {
  type Fault,
  type Tensor,
  add,
  checkGradient,
  checkpoint,
  composite,
  customGradient,
  debug,
  det,
  diagnose,
  div,
  grad,
  greater,
  hessian,
  hvp,
  item,
  jacobian,
  jvp,
  log,
  logdet,
  mean,
  mul,
  name,
  norm,
  pow,
  prod,
  record,
  relu,
  scope,
  sigmoid,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  tensor,
  values,
  variance,
  vmap,
  where,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const x = name(tensor([1, 0]), "x");
const rows = name(tensor([[1, 0], [2, 3]]), "rows"); // prettier-ignore

/** A function with the words of its line that a stack points to: the column of the op that it calls. */
const line = /^diagnosis-inside\.test\.ts:\d+:\d+$/;
const row = (at: string | undefined): number => Number(at?.split(":")[1]);
/** The number of the line that calls it. */
const here = (): number => row(/:(\d+:\d+)\)?$/.exec(new Error("here").stack?.split("\n")[2] ?? "")?.[0]);

const own = customGradient({ name: "own", f: (t) => square(t), vjp: (g, _y, [t]) => [mul(g, div(1, t))] });
const wrongTanh = customGradient({ name: "wrongTanh", f: (t) => tanh(t), vjp: (g, y) => [mul(1.1, mul(g, sub(1, square(y))))] });

describe("what is wrong inside a block is named, with its own line", () => {
  const logs = (t: Tensor): Tensor => scope("inner", () => sum(log(t)));
  const roots = (t: Tensor): Tensor => sum(sqrt(t));
  const blocks: Readonly<Record<string, (f: (t: Tensor) => Tensor) => (t: Tensor) => Tensor>> = {
    checkpoint: (f) => (t) => checkpoint(f)(t),
    "a checkpoint in a checkpoint": (f) => (t) => checkpoint((u: Tensor) => checkpoint(f)(u))(t),
    vmap: (f) => (t) => sum(vmap((each: Tensor) => f(each))(t)),
    "a checkpoint under vmap": (f) => (t) => sum(vmap(checkpoint((each: Tensor) => f(each)))(t)),
    "vmap in a checkpoint": (f) => (t) => checkpoint((u: Tensor) => sum(vmap((each: Tensor) => f(each))(u)))(t),
    "a composite": (f) => (t) => composite({ name: "mine", expand: f })(t),
    "a composite in a checkpoint": (f) => (t) => checkpoint((u: Tensor) => composite({ name: "mine", expand: f })(u))(t),
  };

  test.each(Object.entries(blocks))("%s, forward", (_, around) => {
    const { fault } = diagnose(around(logs), x);
    expect(fault).toMatchObject({ pass: "forward", op: "log", formula: "log(x)", scope: "inner", value: Number.NEGATIVE_INFINITY });
    expect(fault?.line).toMatch(line);
    expect(row(fault?.line)).toBe(row(diagnose(logs, x).fault?.line));
    expect(fault?.operands).toEqual(["x [2] = 0"]);
  });

  test.each(Object.entries(blocks))("%s, backward", (_, around) => {
    const { fault } = diagnose(around(roots), x);
    expect(fault).toMatchObject({ pass: "backward", op: "sqrt", formula: "√(x)", value: Number.POSITIVE_INFINITY });
    expect(row(fault?.line)).toBe(row(diagnose(roots, x).fault?.line));
    expect(fault?.reason).toContain("0 where the derivative is infinite");
  });

  test.each(Object.entries(blocks))("%s, an entry at a kink", (_, around) => {
    const bends = (t: Tensor): Tensor => sum(relu(t));
    const [kink] = diagnose(around(bends), x).kinks;
    expect(kink).toMatchObject({ op: "relu", formula: "relu(x)", entries: 1, used: [0] });
    expect(row(kink?.line)).toBe(row(diagnose(bends, x).kinks[0]?.line));
  });

  test.each(Object.entries(blocks))("%s, a wrong rule among thirty ops", (_, around) => {
    for (const planted of [0, 13, 29]) {
      const chain = (t: Tensor): Tensor => {
        let y = t;
        for (let i = 0; i < 30; i++) y = i === planted ? wrongTanh(y) : i % 3 === 0 ? sigmoid(y) : i % 3 === 1 ? add(y, mul(0.1, t)) : tanh(y);
        return sum(y);
      };
      const { passes, culprit } = checkGradient(around(chain), tensor([0.3, -0.8]));
      expect([passes, culprit?.op, culprit?.mode]).toEqual([false, "wrongTanh", "reverse"]);
      expect(row(culprit?.line)).toBe(row(checkGradient(chain, tensor([0.3, -0.8])).culprit?.line));
    }
  });

  test("the value of a rule of one's own, and the rule itself", () => {
    const value = diagnose((t: Tensor) => sum(customGradient({ name: "mine", f: (u) => log(u), vjp: (g) => [g] })(t)), x);
    expect(value.fault).toMatchObject({ pass: "forward", op: "log", formula: "log(x)", index: [1] });
    const rule = diagnose((t: Tensor) => sum(own(t)), x);
    expect(rule.fault).toMatchObject({ pass: "backward", op: "div", formula: "1 / x", index: [1] });
    expect(rule.message).toMatch(/^1 \/ x in the rule of own at diagnosis-inside\.test\.ts:\d+:\d+ is Infinity at index \[1\]/);
    expect(rule.kinks).toEqual([]);
  });

  test.each(Object.entries(blocks).filter(([label]) => !label.startsWith("a composite")))("%s, an argument that nothing reaches", (_, around) => {
    const stopped = (t: Tensor): Tensor => sum(stopGradient(t));
    const { unreached } = diagnose((t: Tensor) => around(stopped)(t), x);
    expect(unreached).toEqual(["x receives no gradient: it is used only through stopGradient (stop(x)), whose derivative is 0 everywhere"]);
    expect(() => grad((t: Tensor) => around(stopped)(t), { unused: "error" })(x)).toThrow("used only through stopGradient (stop(");
  });

  test("a right block is not accused", () => {
    const block = checkpoint((t: Tensor) => sum(mul(softmax(t), tanh(t))));
    expect(checkGradient((t: Tensor) => block(t), tensor([0.3, -0.8]), { order: 2 }).passes).toBe(true);
  });
});

describe("the op that the user wrote is named, not what computes in its place", () => {
  test.each<[string, (t: Tensor) => Tensor, Tensor, string, string]>([
    ["log of a complement", (t) => sum(log(sub(1, square(sigmoid(t))))), tensor([1000]), "log", "log(1 - σ(x)²)"],
    ["log of a determinant", (t) => log(det(t)), tensor([[0, 0], [0, 1]]), "log", "log(det(x))"], // prettier-ignore
    ["a product of all entries", (t) => prod(t), tensor([1e200, 1e200]), "prod", "prod(x)"],
    ["a root of a square", (t) => sum(pow(sqrt(square(t)), { exponent: -1 })), tensor([0]), "power", "√(x²)^(-1)"],
  ])("%s", (_, f, at, op, formula) => {
    const { fault } = diagnose(f, name(at, "x"));
    expect([fault?.op, fault?.formula]).toEqual([op, formula]);
    expect(fault?.line).toMatch(line);
  }); // prettier-ignore

  test("a kink is that of the user's op", () => {
    expect(diagnose((t: Tensor) => sum(sqrt(square(t))), name(tensor([0]), "x")).kinks).toMatchObject([{ op: "sqrt", formula: "√(x²)" }]);
  });

  test.each<[string, (t: Tensor) => Tensor, Tensor, RegExp]>([
    ["logdet", (t) => logdet(t), tensor([[1, 0], [0, -1]]), /negative, so the matrix is singular or not positive definite/], // prettier-ignore
    ["variance of one entry", (t) => variance(t, { correction: 1 }), tensor([1]), /no more entries than the correction/],
    ["variance of nothing", (t) => variance(t), tensor([]), /^x \[0\] has no entries/],
    ["mean of nothing", (t) => mean(t), tensor([]), /^x \[0\] has no entries/],
    ["an overflow", (t) => sum(square(t)), tensor([1e200]), /beyond 1.8e308/],
    ["a norm that overflows", (t) => norm(t), tensor([1.5e308, 1.5e308]), /beyond 1.8e308/],
  ])("%s has a likely reason", (_, f, at, reason) => {
    expect(diagnose(f, name(at, "x")).fault?.reason).toMatch(reason);
  }); // prettier-ignore

  test("a constant that an op made is told from one that was given", () => {
    expect(diagnose((t: Tensor) => sum(mul(t, log(0))), x).fault).toMatchObject({ op: "log", formula: "log(0)" });
    expect(diagnose((t: Tensor) => sum(mul(t, Number.NaN)), x).fault).toMatchObject({ op: "constant", reason: "the number was given so; check the data" });
  });

  test("a rule that refuses is told, and where the value began to be infinite", () => {
    const { fault, message } = diagnose((t: Tensor) => logdet(t), tensor([[1, 0], [0, 0]])); // prettier-ignore
    expect(fault).toMatchObject({ op: "logdet", value: Number.NEGATIVE_INFINITY });
    expect(message).not.toContain("receives no gradient");
  });
});

describe("a fault in an inner derivative has the line of the op that was differentiated", () => {
  const inner = (t: Tensor): Tensor => sum(sqrt(t));
  test.each<[string, (t: Tensor) => Tensor]>([
    ["grad", (t) => sum(grad(inner)(t))],
    ["grad of grad", (t) => sum(grad((u: Tensor) => sum(grad(inner)(u)))(t))],
    ["jacobian", (t) => sum(jacobian((u: Tensor) => sqrt(u))(t))],
    ["jacobian, forward", (t) => sum(jacobian((u: Tensor) => sqrt(u), { mode: "forward" })(t))],
    ["hessian", (t) => sum(hessian(inner)(t))],
    ["jvp", (t) => jvp(inner, t, tensor([1, 1])).tangent],
    ["vmap of grad", (t) => sum(vmap(grad((u: Tensor) => sqrt(u)))(t))],
    ["grad in a checkpoint", (t) => sum(checkpoint((u: Tensor) => sum(grad(inner)(u)))(t))],
  ])("%s", (_, f) => {
    const { fault, message } = diagnose(f, x);
    expect(fault).toMatchObject({ pass: "backward", op: "sqrt", formula: "√(x)" });
    expect(fault?.line).toMatch(line);
    expect(message).toMatch(/^the derivative through √\(x\) at /);
  });
});

describe("debug mode reports the first NaN or Infinity that reaches the result", () => {
  const found = (f: () => unknown): readonly Fault[] => {
    const told: Fault[] = [];
    debug(f, { report: (fault) => told.push(fault) });
    return told;
  };

  test.each<[string, () => unknown, object]>([
    ["a value", () => log(x), { pass: "forward", op: "log", formula: "log(x)", index: [1], operands: ["x [2] = 0"] }],
    ["a number alone", () => log(0), { op: "log", formula: "log(0)", index: [] }],
    ["a later one", () => ({ a: [tanh(mul(2, log(x))), add(1, sum(log(x)))] }), { op: "log" }],
    ["a gradient", () => grad((t: Tensor) => sum(sqrt(t)))(x), { pass: "backward", op: "sqrt", formula: "√(x)", index: [1], operands: ["x [2] = 0"] }],
    [
      "a cost whose gradient is finite",
      () => grad((t: Tensor) => sum(log(relu(t))))(x),
      { pass: "forward", op: "log", formula: "log(relu(x))", index: [1], operands: ["[2] = 0"] },
    ],
    ["a cost of a product with a Hessian", () => hvp((t: Tensor) => sum(log(relu(t))))(x, x), { pass: "forward", op: "log" }],
    ["what a Jacobian is finite of", () => jacobian((t: Tensor) => log(relu(t)))(x), { pass: "forward", op: "log" }],
    ["a Hessian", () => hessian((t: Tensor) => sum(sqrt(t)))(x), { pass: "backward", op: "sqrt" }],
    ["a gradient through a checkpoint", () => grad(checkpoint((t: Tensor) => sum(sqrt(t))))(x), { pass: "backward", op: "sqrt" }],
    ["a batch", () => vmap((t: Tensor) => scope("layer 1", () => log(t)))(rows), { op: "log", scope: "layer 1", index: [0, 1], operands: ["rows [2, 2] = 0"] }],
    ["numbers that were read", () => item(sum(log(x))), { op: "log" }],
    ["numbers in an array", () => Array.from(values(log(x))), { op: "log" }],
    ["a tape", () => record((t: Tensor) => sum(log(t)), x), { op: "log" }],
  ])("%s", (_, f, fault) => {
    const told = found(f);
    expect(told).toMatchObject([fault]);
    expect(told[0]?.line).toMatch(line);
    expect(told[0]?.reason?.length).toBeGreaterThan(0);
  });

  test("what a mask drops, and what never reaches the result, is not reported", () => {
    expect(found(() => grad((t: Tensor) => sum(where(greater(t, 0), log(t), 0)))(x))).toEqual([]);
    expect(found(() => [log(0), tanh(1)].slice(1))).toEqual([]);
    expect(found(() => log(softmax(mul(1000, x))))).toEqual([]);
  });

  test("what stops the run is thrown on, after the report", () => {
    const told: string[] = [];
    const f = (): never => {
      throw new Error(`the loss is ${item(log(0))}`);
    };
    expect(() => debug(f, { report: ({ op }) => told.push(op) })).toThrow("the loss is -Infinity");
    expect(told).toEqual(["log"]);
    const stop = ({ message }: Fault): never => {
      throw new Error(message);
    };
    expect(() => debug(() => log(0), { report: stop })).toThrow(/^log\(0\) at diagnosis-inside\.test\.ts:\d+:\d+ is -Infinity/);
  });

  test("without a report it is a warning, and the result is the caller's", () => {
    const { warn } = console;
    const told: string[] = [];
    console.warn = (message: string) => told.push(message);
    try {
      expect(item(debug(() => log(0)))).toBe(Number.NEGATIVE_INFINITY);
    } finally {
      console.warn = warn;
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^debug: log\(0\) at diagnosis-inside\.test\.ts:\d+:\d+ is -Infinity \(\[\] = 0\): the operand is 0 or negative/);
  });
});

test("lines stand for what is called here", () => {
  const at = here();
  const { fault } = diagnose((t: Tensor) => sum(log(t)), x);
  expect(row(fault?.line)).toBe(at + 1);
});
