import { type Tensor, add, grad, item, log, log10, log2, pow, sqrt, sub, tanh, tensor, where } from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

/** Of the size of one rounding of a number near `of`. */
const near = (got: number, wanted: number): void => expect(Math.abs(got - wanted)).toBeLessThanOrEqual(4e-15 * Math.abs(wanted));

describe("the logarithm of what also knows its complement keeps the digits of both", () => {
  test("powers and roots from 1e-30 to 1e30, their derivatives too", () => {
    for (const x of [1e-30, 1e-6, 1e-3, 0.01, 0.5, 2, 100, 1e6, 1e30]) {
      for (const exponent of [-3, -1, -0.5, 0.1, 0.5, 1.5, 3, 4]) {
        const f = (t: Tensor): Tensor => log(pow(t, { exponent }));
        near(item(f(tensor(x))), exponent * Math.log(x));
        near(item(grad(f)(tensor(x))), exponent / x);
      }
      near(item(log(sqrt(x))), 0.5 * Math.log(x));
      near(item(log2(sqrt(x))), 0.5 * Math.log2(x));
      near(item(log10(pow(x, { exponent: 3 }))), 3 * Math.log10(x));
    }
  });

  test("what is above 1 keeps its digits under a power", () => {
    near(item(log(pow(add(1, 1e-20), { exponent: 12 }))), 12e-20);
    near(item(log(sqrt(add(1, tensor(1e-20))))), 5e-21);
  });

  test("a hyperbolic tangent near 0 and near 1", () => {
    near(item(log(tanh(1e-10))), Math.log(1e-10));
    near(item(log(tanh(30))), -2 * Math.exp(-60));
    near(item(log(where(0, tanh(3), tensor(1e-20)))), Math.log(1e-20));
    near(item(sub(pow(tanh(1e-10), { exponent: -1 }), 1)), 1e10 - 1);
  });

  test("x^0 is the constant 1, also at 0", () => {
    expect(item(grad((t: Tensor) => log(pow(t, { exponent: 0 })))(tensor(0)))).toBe(0);
    expect(item(grad((t: Tensor) => sub(pow(t, { exponent: 0 }), 1))(tensor(0)))).toBe(0);
  });
});
