import { type Tensor, add, grad, mul, randomKey, reshape, stack, sum, take, uniform, values, vmap } from "@nabla/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Law, adjointLaw, apart, draw, forwardLaw, largest, secondLaw } from "./derivative-laws.ts";
import { samples } from "./samples.ts";

describe.each(samples)("$label", (sample) => {
  const f = (x: readonly Tensor[]): Tensor => sample.f(...x);
  const holds = (law: Law): void =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const { x, u } = draw(sample, seed);
        expect(law(f, x, u, seed)).toBeUndefined();
      }),
      { numRuns: 8 },
    );

  test("the forward product agrees with central differences", () => holds(forwardLaw));
  test("forward and reverse are adjoint: <v, J u> = <Jᵀ v, u>", () => holds(adjointLaw));
  test("the second derivative is the derivative of the first, in both modes", () => holds(secondLaw));
});

describe.each(samples)("$label over a batch", (sample) => {
  const f = (x: readonly Tensor[]): Tensor => sample.f(...x);
  const batch = sample.shapes.map((shape, which) => uniform(randomKey(100 + which), { shape: [3, ...shape], low: sample.domain[0], high: sample.domain[1] }));
  const example = (at: number): Tensor[] => batch.map((each) => reshape(take(each, { indices: [at], axis: 0 }), { shape: each.shape.slice(1) }));
  const cost = (x: readonly Tensor[]): Tensor => sum(mul(f(x), f(x)));
  const closeTo = (got: Tensor, want: Tensor): void => {
    expect(got.shape).toEqual(want.shape);
    values(got).forEach((entry, at) => expect(apart(entry, values(want)[at] ?? Number.NaN, largest(want), 1e-12, `entry ${at}`)).toBeUndefined());
  };

  test("vmap gives what the loop gives: value, gradient, and the gradient of both", () => {
    closeTo(
      vmap(f)(batch),
      stack(
        [0, 1, 2].map((at) => f(example(at))),
        { axis: 0 },
      ),
    );
    const slopes = vmap(grad(cost))(batch);
    slopes.forEach((slope, which) =>
      closeTo(
        slope,
        stack(
          [0, 1, 2].map((at) => grad(cost)(example(at))[which] as Tensor),
          { axis: 0 },
        ),
      ),
    );
    const whole = (x: readonly Tensor[]): Tensor => sum(vmap(cost)(x));
    grad(whole)(batch).forEach((slope, which) => closeTo(slope, slopes[which] as Tensor));
    const curve = (x: readonly Tensor[]): Tensor => grad(cost)(x).reduce((total, g) => add(total, sum(g)), sum(mul(0, x[0] as Tensor)));
    const second = vmap(grad(curve))(batch);
    grad((x: readonly Tensor[]) => sum(vmap(curve)(x)))(batch).forEach((slope, which) => closeTo(slope, second[which] as Tensor));
  });
});
