import {
  type Tensor,
  add,
  grad,
  item,
  mul,
  name,
  neg,
  randomKey,
  reshape,
  sigmoid,
  square,
  sub,
  sum,
  tanh,
  tensor,
  treeZip,
  uniform,
  valueAndGrad,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

/** Tensors that a tensor keeps alive, itself included. */
function held(t: Tensor): number {
  const seen = new Set<Tensor>([t]);
  for (const each of seen) for (const below of [...each.inputs, ...(each.via === undefined ? [] : [each.via]), ...(each.recall?.inputs ?? [])]) seen.add(below);
  return seen.size;
}

describe("memory is the garbage collector's", () => {
  test("parameters after a thousand training steps hold nothing but themselves", () => {
    let parameters = { W: uniform(randomKey(1), { shape: [2, 2] }), b: tensor([0, 0]) };
    const step = valueAndGrad((p: typeof parameters) => sum(square(add(mul(p.W, 0.5), p.b))));
    for (let i = 0; i < 1000; i++) parameters = treeZip(parameters, step(parameters).gradient, (p, g) => sub(p, mul(0.01, g)));
    expect(held(parameters.W)).toBeLessThanOrEqual(4);
    expect(held(parameters.b)).toBeLessThanOrEqual(4);
  });

  test("a chain of three thousand untracked results holds at most a handful", () => {
    let x = tensor([0.5]);
    for (let i = 0; i < 3000; i++) x = i % 3 === 0 ? sigmoid(x) : i % 3 === 1 ? neg(reshape(x, { shape: [1] })) : square(x);
    expect(held(x)).toBeLessThanOrEqual(6);
  });

  test("a gradient remembers nothing, and neither does the value", () => {
    const { value, gradient } = valueAndGrad((x: Tensor) => sum(tanh(name(x, "x"))))(tensor([1, 2]));
    expect([held(value), held(gradient)]).toEqual([1, 1]);
    expect([value.tracked, gradient.tracked]).toEqual([false, false]);
  });

  test("a gradient inside another depends on what lies outside it, and only on that", () => {
    const outer = grad((w: Tensor) => {
      const inner = grad((x: Tensor) => mul(w, square(x)))(tensor(3));
      expect(inner.tracked).toBe(true);
      const apart = grad((x: Tensor) => square(x))(tensor(3));
      expect(apart.tracked).toBe(false);
      return mul(inner, apart);
    })(tensor(2));
    expect(item(outer)).toBe(36);
  });

  test("a hundred thousand nodes deep differentiates without using the stack", () => {
    const deep = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 100_000; i++) y = tanh(y);
      return y;
    };
    expect(item(grad(deep)(tensor(0.5)))).toBeGreaterThan(0);
  });
});
