import {
  type Tensor,
  add,
  div,
  erf,
  gelu,
  grad,
  greater,
  item,
  layerNorm,
  less,
  linspace,
  log,
  mul,
  nested,
  prod,
  square,
  sub,
  sum,
  tensor,
  values,
  where,
} from "@nabla/autodiff";
import { expect, test } from "vitest";

/** The first three derivatives of the sum of f, each of the sum of the one before. */
function derivatives(f: (x: Tensor) => Tensor, at: readonly number[]): number[][] {
  let g = (x: Tensor): Tensor => sum(f(x));
  return [1, 2, 3].map(() => {
    const slope = grad(g);
    g = (x) => sum(slope(x));
    return Array.from(values(slope(tensor([...at]))));
  });
}

test.each<readonly [string, (x: Tensor) => Tensor, readonly number[], readonly number[]]>([
  ["a product of masked logarithms", (x) => prod(where(greater(x, 0), log(x), 1)), [0, 2, 3, -1], [0, 3]],
  ["two masks of one operand", (x) => add(where(greater(x, 0), log(x), 0), where(greater(x, 1), square(log(x)), 0)), [0, 0.5, 2, -1], [0, 3]],
  ["two masks of one logarithm", (x) => { const l = log(x); return add(where(greater(x, 0), l, 0), where(greater(x, 1), square(l), 0)); }, [0, 0.5, 2, -1], [0, 3]],
  ["a product of two masks", (x) => mul(where(greater(x, 0), log(x), 0), where(less(x, 5), div(1, sub(5, x)), 0)), [0, 2, 5, 6], [0, 2, 3]],
])("zeros that are meant stay zeros to third order: %s", (_, f, at, dead) => {
  for (const found of derivatives(f, at)) found.forEach((each, slot) => expect(dead.includes(slot) ? each === 0 : Number.isFinite(each) && each !== 0, `${slot}: ${each}`).toBe(true));
}); // prettier-ignore

test("bells of every order vanish where a power of x overflows", () => {
  for (const f of [gelu, erf] as readonly ((x: Tensor) => Tensor)[])
    for (const found of derivatives(f, [1.6e154, -1e200, 1e300]).slice(1)) expect(found.map(Math.abs)).toEqual([0, 0, 0]);
});

test("layerNorm does not depend on the scale, and a range may be as long as there are numbers", () => {
  const [small, large] = [layerNorm([1, -1, 0], { epsilon: 0 }), layerNorm([1e200, -1e200, 0])].map((t) => nested(t) as number[]);
  large?.forEach((each, at) => expect(each).toBeCloseTo(small?.[at] ?? Number.NaN, 14));
  expect(nested(linspace(-1.7e308, 1.7e308, 3))).toEqual([-1.7e308, 0, 1.7e308]);
  const smooth = (x: Tensor): Tensor => sum(mul([1, 2, 4], layerNorm(x)));
  expect(item(sum(grad(smooth)(tensor([3, 3, 3]))))).toBeCloseTo(0, 10);
});
