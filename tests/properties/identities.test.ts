import {
  type Tensor,
  abs,
  add,
  checkGradient,
  det,
  diag,
  div,
  exp,
  eye,
  grad,
  input,
  item,
  jvp,
  log,
  mean,
  mul,
  name,
  neg,
  norm,
  pow,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  sqrt,
  square,
  stack,
  stopGradient,
  sub,
  sum,
  take,
  tanh,
  tensor,
  transpose,
  values,
  where,
  greater,
  concat,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

/** A formula that loses digits as written, a point where it does, and the exact value and derivative there. */
interface Identity {
  readonly label: string;
  readonly f: (x: Tensor) => Tensor;
  readonly at: number;
  readonly value: number;
  readonly slope: number;
}

const identities: readonly Identity[] = [
  { label: "log(1 + x)", f: (x) => log(add(1, x)), at: 1e-20, value: 1e-20, slope: 1 },
  { label: "log(x + 1)", f: (x) => log(add(x, 1)), at: 1e-20, value: 1e-20, slope: 1 },
  { label: "log(1 - x)", f: (x) => log(sub(1, x)), at: 1e-20, value: -1e-20, slope: -1 },
  { label: "exp(x) - 1", f: (x) => sub(exp(x), 1), at: 1e-20, value: 1e-20, slope: 1 },
  { label: "-1 + exp(x)", f: (x) => add(-1, exp(x)), at: 1e-20, value: 1e-20, slope: 1 },
  { label: "1 - exp(x)", f: (x) => sub(1, exp(x)), at: 1e-20, value: -1e-20, slope: -1 },
  { label: "log(1 + exp(x)), large", f: (x) => log(add(1, exp(x))), at: 800, value: 800, slope: 1 },
  { label: "log(1 + exp(x)), small", f: (x) => log(add(exp(x), 1)), at: -50, value: 1.9287498479639178e-22, slope: 1.9287498479639178e-22 },
  { label: "log(1 - exp(x))", f: (x) => log(sub(1, exp(x))), at: -1e-20, value: -46.051701859880914, slope: -1e20 },
  { label: "log(exp(x))", f: (x) => log(exp(x)), at: 1000, value: 1000, slope: 1 },
  { label: "exp(log(x))", f: (x) => exp(log(x)), at: 0, value: 0, slope: 1 },
  { label: "sqrt(1 + x) - 1", f: (x) => sub(sqrt(add(1, x)), 1), at: 1e-20, value: 5e-21, slope: 0.5 },
  { label: "1 - tanh(x)^2", f: (x) => sub(1, square(tanh(x))), at: 20, value: 1.6993417021166355e-17, slope: -3.398683404233271e-17 },
  {
    label: "1 - tanh(x) tanh(x)",
    f: (x) => {
      const t = tanh(x);
      return sub(1, mul(t, t));
    },
    at: 20,
    value: 1.6993417021166355e-17,
    slope: -3.398683404233271e-17,
  },
  { label: "1 - tanh(x).^2", f: (x) => sub(1, pow(tanh(x), { exponent: 2 })), at: 20, value: 1.6993417021166355e-17, slope: -3.398683404233271e-17 },
  { label: "sqrt(x^2)", f: (x) => sqrt(square(x)), at: 0, value: 0, slope: 0 },
  { label: "sqrt(x)^2", f: (x) => square(sqrt(x)), at: 0, value: 0, slope: 1 },
  { label: "1 - sigmoid(x)", f: (x) => sub(1, sigmoid(x)), at: 40, value: 4.248354255291589e-18, slope: -4.248354255291589e-18 },
  { label: "-sigmoid(x) + 1", f: (x) => add(neg(sigmoid(x)), 1), at: 40, value: 4.248354255291589e-18, slope: -4.248354255291589e-18 },
  { label: "sigmoid(x) - 1", f: (x) => sub(sigmoid(x), 1), at: 40, value: -4.248354255291589e-18, slope: 4.248354255291589e-18 },
  { label: "log(sigmoid(x))", f: (x) => log(sigmoid(x)), at: -800, value: -800, slope: 1 },
  { label: "log(1 - sigmoid(x))", f: (x) => log(sub(1, sigmoid(x))), at: 800, value: -800, slope: -1 },
  { label: "log of a named sigmoid", f: (x) => log(name(sigmoid(x), "a")), at: -800, value: -800, slope: 1 },
  { label: "1 / (1 + exp(-x))", f: (x) => log(div(1, add(1, exp(neg(x))))), at: -800, value: -800, slope: 1 },
];

const near = (got: number, want: number): boolean => got === want || Math.abs(got - want) <= 1e-12 * Math.abs(want);

describe.each(identities)("$label keeps its digits", ({ f, at, value, slope }) => {
  test("outside grad, inside grad, and in forward mode", () => {
    const x = tensor(at);
    expect([item(f(x)), near(item(f(x)), value)]).toEqual([item(f(x)), true]);
    expect([item(grad(f)(x)), near(item(grad(f)(x)), slope)]).toEqual([item(grad(f)(x)), true]);
    expect(near(item(jvp(f, x, tensor(1)).tangent), slope)).toBe(true);
  });

  test("through views of a batch", () => {
    const batch = (x: Tensor): Tensor => sum(slice(f(reshape(stack([x, x], { axis: 0 }), { shape: [2, 1] })), { start: [1] }));
    expect(near(item(batch(tensor(at))), value)).toBe(true);
    expect(near(item(grad(batch)(tensor(at))), slope)).toBe(true);
  });

  test("the picture still shows what was written", () => {
    expect(f(input("x", [])).op.name).not.toBe("input");
  });
});

describe("identities of several entries", () => {
  test("log(sum(exp(x))) is a logsumexp, with weights too", () => {
    const x = tensor([1000, 1000]);
    expect(item(log(sum(exp(x))))).toBeCloseTo(1000 + Math.LN2, 12);
    expect(Array.from(values(grad((t: Tensor) => log(sum(exp(t))))(x)))).toEqual([0.5, 0.5]);
    expect(item(log(sum(mul([1, 3], exp(x)))))).toBeCloseTo(1000 + Math.log(4), 12);
    const slope = values(grad((t: Tensor) => log(sum(mul([1, 3], exp(t)))))(x));
    expect(slope[0]).toBeCloseTo(0.25, 12);
  });

  test("sqrt(sum(x^2)) is the norm: no overflow, and derivative 0 at 0", () => {
    expect(item(sqrt(sum(square(tensor([3e200, 4e200])))))).toBeCloseTo(5e200, -188);
    expect(Array.from(values(grad((t: Tensor) => sqrt(sum(square(t))))(tensor([0, 0]))))).toEqual([0, 0]);
    expect(Array.from(values(grad((t: Tensor) => norm(t))(tensor([3, 4]))))).toEqual([0.6, 0.8]);
  });

  test("log(det(A)) is a logdet: a determinant of 1e-400 has a logarithm", () => {
    const a = diag([1e-200, 1e-200]);
    expect(item(log(det(a)))).toBeCloseTo(2 * Math.log(1e-200), 10);
    expect(Array.from(values(grad((t: Tensor) => log(det(t)))(a)))).toEqual([1e200, 0, 0, 1e200]);
  });

  test("log of a slice, a take, a transpose of a softmax", () => {
    const x = tensor([
      [0, 800],
      [0, 0],
    ]);
    for (const view of [
      (p: Tensor) => slice(p, { end: [1, 1] }),
      (p: Tensor) => take(take(p, { indices: [0], axis: 0 }), { indices: [0], axis: 1 }),
      (p: Tensor) => slice(transpose(p), { end: [1, 1] }),
    ]) {
      expect(item(log(view(softmax(x))))).toBe(-800);
      expect(values(grad((t: Tensor) => sum(log(view(softmax(t)))))(x))[1]).toBe(-1);
    }
  });

  test("log(1 - softmax(x)) where the softmax rounds to 1", () => {
    const f = (x: Tensor): Tensor => log(sub(1, softmax(x)));
    const first = (x: Tensor): Tensor => sum(mul([1, 0, 0], f(x)));
    const x = tensor([800, 0, -1]);
    expect(values(f(x))[0]).toBeCloseTo(-800 + Math.log(1 + Math.exp(-1)), 12);
    const share = 1 / (1 + Math.exp(-1));
    values(grad(first)(x)).forEach((entry, at) => expect(entry).toBeCloseTo([-1, share, 1 - share][at] ?? Number.NaN, 14));
    expect(checkGradient((t: Tensor) => sum(mul([1, 2, 3], f(t))), tensor([2, 0.5, -1])).passes).toBe(true);
    expect(checkGradient((t: Tensor) => sum(mul([1, 2, 3], grad((u: Tensor) => sum(mul([3, 1, 2], f(u))))(t))), tensor([2, 0.5, -1])).passes).toBe(true);
    expect(checkGradient((t: Tensor) => sum(mul([1, 2, 3], f(t))), tensor([0.2, 0.5, -0.1])).passes).toBe(true);
  });

  test("the softmax written out: log(exp(x) / sum(exp(x)))", () => {
    const f = (x: Tensor): Tensor => sum(mul([1, 0], log(div(exp(x), sum(exp(x))))));
    expect(item(f(tensor([-800, 0])))).toBe(-800);
    expect(Array.from(values(grad(f)(tensor([-800, 0]))))).toEqual([1, -1]);
  });

  test("0 log 0 is 0 for a constant 0, and only for a constant", () => {
    const x = tensor([0, 1]);
    expect(item(sum(mul([0, 1], log(x))))).toBe(0);
    expect(Array.from(values(grad((t: Tensor) => sum(mul([0, 1], log(t))))(x)))).toEqual([0, 1]);
    expect(item(mul(0, div(1, tensor(0))))).toBeNaN();
  });
});

describe("twins keep their domains", () => {
  test("exp(log(x)) and sqrt(x)^2 are NaN below 0", () => {
    expect(item(exp(log(tensor(-1))))).toBeNaN();
    expect(item(square(sqrt(tensor(-1))))).toBeNaN();
    expect(item(grad((x: Tensor) => exp(log(x)))(tensor(-1)))).toBe(0);
  });

  test("nothing is recognised through a stopped gradient", () => {
    expect(item(grad((z: Tensor) => log(stopGradient(sigmoid(z))))(tensor(1)))).toBe(0);
  });
});

describe("zeros that are meant annihilate, to any order", () => {
  const f = (x: Tensor): Tensor => sum(where(greater(x, 0), log(x), 0));
  test("where(x > 0, log(x), 0) at 0: gradient 0, second derivative 0, in both modes", () => {
    const x = tensor([0, -1, 2]);
    expect(Array.from(values(grad(f)(x)))).toEqual([0, 0, 0.5]);
    expect(Array.from(values(grad((t: Tensor) => sum(grad(f)(t)))(x)))).toEqual([0, 0, -0.25]);
    expect(item(jvp(f, x, tensor([1, 1, 1])).tangent)).toBe(0.5);
    expect(Array.from(values(jvp(grad(f), x, tensor([1, 1, 1])).tangent))).toEqual([0, 0, -0.25]);
  });

  test("through views and products: the mask floats outward", () => {
    const g = (x: Tensor): Tensor => sum(mul(3, reshape(where(greater(x, 0), sqrt(x), 0), { shape: [2, 1] })));
    expect(Array.from(values(grad(g)(tensor([0, 4]))))).toEqual([0, 0.75]);
    const h = (x: Tensor): Tensor => sum(concat([relu(log(x)), where(greater(x, 0), div(1, x), 0)], { axis: 0 }));
    expect(Array.from(values(grad(h)(tensor([0, 2]))))).toEqual([0, 0.25]);
  });

  test("a zero that merely happens is a number: 0 times Infinity is NaN", () => {
    expect(item(grad((x: Tensor) => mul(mul(0, x), div(1, x)))(tensor(0)))).toBeNaN();
  });

  test("kinks by the rule: relu 0, abs 0, binary ties a half, norm 0", () => {
    expect(item(grad((x: Tensor) => relu(x))(tensor(0)))).toBe(0);
    expect(item(grad((x: Tensor) => abs(x))(tensor(0)))).toBe(0);
    expect(
      Array.from(
        values(
          grad((x: Tensor) => mean(mul(eye(2), x)))(
            tensor([
              [1, 2],
              [3, 4],
            ]),
          ),
        ),
      ),
    ).toEqual([0.25, 0, 0, 0.25]);
  });
});
