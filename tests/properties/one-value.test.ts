import { type Tensor, add, checkpoint, div, dot, exp, grad, jvp, logsumexp, mul, name, neg, nested, reshape, sqrt, stopGradient, sub, sum, tensor, vmap } from "@nabla/autodiff"; // prettier-ignore
import { describe, expect, test } from "vitest";

const x = tensor([2, 3]);
const length = Math.hypot(2, 3);

/** grad by both arguments of a function of two, on one tensor for both. */
const both = (f: (a: Tensor, b: Tensor) => Tensor, at: Tensor): readonly Tensor[] => grad(f, { wrt: [0, 1] })(at, at);

describe("values that share their numbers are not one value", () => {
  test("a root of a product of a value and its stopped copy has half the derivative of a length", () => {
    expect(nested(grad((a: Tensor) => sum(sqrt(mul(a, stopGradient(a)))))(x))).toEqual([0.5, 0.5]);
    expect(nested(jvp((a: Tensor) => sqrt(mul(a, stopGradient(a))), x, tensor([1, 1])).tangent)).toEqual([0.5, 0.5]);
    expect(nested(vmap((a: Tensor) => grad((b: Tensor) => sqrt(mul(b, stopGradient(b))))(a))(x))).toEqual([0.5, 0.5]);
  });

  test("one tensor given for two arguments gives each its own gradient", () => {
    for (const part of both((a, b) => sum(sqrt(mul(a, b))), x)) expect(nested(part)).toEqual([0.5, 0.5]);
    for (const part of both((a, b) => sqrt(dot(a, b)), x)) {
      expect(nested(part)).toEqual([expect.closeTo(1 / length, 15) as number, expect.closeTo(1.5 / length, 15) as number]);
    }
    for (const part of both((a, b) => sum(checkpoint((p: Tensor, q: Tensor) => sqrt(mul(p, q)))(a, b)), x)) expect(nested(part)).toEqual([0.5, 0.5]);
  });

  test("also inside another differentiation, where both watch one tracked tensor", () => {
    const parts = (at: Tensor): Tensor => both((a, b) => sqrt(mul(a, b)), at)[1] as Tensor;
    expect(nested(vmap(parts)(x))).toEqual([0.5, 0.5]);
    // ∂/∂b sqrt(a b) at a = b = t is 1/2 for every t.
    expect(nested(grad((t: Tensor) => parts(t))(tensor(4)))).toBe(0);
  });

  test("a share of a stopped total is an exponential over a constant", () => {
    const total = Math.exp(2) + Math.exp(3);
    const found = nested(grad((a: Tensor) => sum(mul([1, 2], div(exp(a), sum(exp(stopGradient(a)))))))(x)) as number[];
    expect(found[0]).toBeCloseTo(Math.exp(2) / total, 15);
    expect(found[1]).toBeCloseTo((2 * Math.exp(3)) / total, 15);
    expect(nested(grad((a: Tensor) => sum(mul([1, 2], sub(a, logsumexp(stopGradient(a))))))(x))).toEqual([1, 2]);
    const stopped = (a: Tensor): Tensor => div(sub(exp(a), exp(neg(a))), add(exp(stopGradient(a)), exp(neg(stopGradient(a)))));
    expect(nested(grad(stopped)(tensor(0.5)))).toBeCloseTo(1, 15);
  });

  test("but a value behind a name or another shape is", () => {
    expect(nested(grad((a: Tensor) => sqrt(mul(name(a, "u"), a)))(tensor(0)))).toBe(0);
    const u = tensor([3e200, 4e200]);
    expect(nested(div(sqrt(dot(name(u, "u"), u)), 5e200))).toBeCloseTo(1, 14);
    expect(nested(grad((a: Tensor) => sqrt(dot(reshape(reshape(a, { shape: [2, 1] }), { shape: [2] }), a)))(tensor([0, 0])))).toEqual([0, 0]);
  });
});
