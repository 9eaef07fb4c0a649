import {
  type Op,
  type Tensor,
  add,
  grad,
  item,
  jvp,
  mul,
  randomKey,
  reshape,
  splitKey,
  stack,
  sub,
  sum,
  take,
  uniform,
  values,
  vjp,
  vmap,
} from "@nabla/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sample, samples } from "./samples.ts";

/** Points of the domain, and directions, from one seed. */
function draw({ shapes, domain: [low, high] }: Sample, seed: number): { readonly x: Tensor[]; readonly u: Tensor[] } {
  const keys = splitKey(randomKey(seed), 2 * shapes.length);
  const at = (from: number, lowest: number, highest: number): Tensor[] =>
    shapes.map((shape, which) => uniform(keys[from + which] ?? randomKey(0), { shape, low: lowest, high: highest }));
  return { x: at(0, low, high), u: at(shapes.length, -1, 1) };
}

const dot = (a: readonly Tensor[], b: readonly Tensor[]): number => a.reduce((total, each, which) => total + item(sum(mul(each, b[which] as Tensor))), 0);
const largest = (t: Tensor): number => values(t).reduce((most, each) => Math.max(most, Math.abs(each)), 1);

/** The derivative along u by central differences with a Richardson step: error about 1e-10. */
function difference(f: (x: readonly Tensor[]) => Tensor, x: readonly Tensor[], u: readonly Tensor[]): Tensor {
  const moved = (h: number): Tensor => f(x.map((each, which) => add(each, mul(h, u[which] as Tensor))));
  const central = (h: number): Tensor => mul(1 / (2 * h), sub(moved(h), moved(-h)));
  const h = 1e-3;
  return sub(mul(4 / 3, central(h / 2)), mul(1 / 3, central(h)));
}

const near = (got: number, want: number, scale: number, relative: number, what: string): void => {
  expect(Math.abs(got - want), `${what}: got ${got}, want ${want}`).toBeLessThanOrEqual(relative * Math.max(scale, Math.abs(want), 1));
};

describe.each(samples)("$label", (sample) => {
  const f = (x: readonly Tensor[]): Tensor => sample.f(...x);
  const each = (law: (x: Tensor[], u: Tensor[], seed: number) => void): void => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const { x, u } = draw(sample, seed);
        law(x, u, seed);
      }),
      { numRuns: 8 },
    );
  };

  test("the forward product agrees with central differences", () => {
    each((x, u) => {
      const { tangent } = jvp((given: readonly Tensor[]) => f(given), x, u);
      const want = values(difference(f, x, u));
      values(tangent).forEach((entry, at) => near(entry, want[at] ?? Number.NaN, largest(tangent), 1e-7, `entry ${at}`));
    });
  });

  test("forward and reverse are adjoint: <v, J u> = <Jᵀ v, u>", () => {
    each((x, u, seed) => {
      const { value, pullback } = vjp((given: readonly Tensor[]) => f(given), x);
      const v = uniform(randomKey(seed + 1), { shape: value.shape, low: -1, high: 1 });
      const { tangent } = jvp((given: readonly Tensor[]) => f(given), x, u);
      near(dot([v], [tangent]), dot(pullback(v), u), largest(tangent) * largest(value), 1e-12, "inner products");
    });
  });

  test("the second derivative is the derivative of the first, in both modes", () => {
    each((x, u) => {
      const slope = grad((given: readonly Tensor[]) => sum(mul(f(given), f(given))));
      const along = (given: readonly Tensor[]): Tensor =>
        slope(given).reduce((total, g, which) => add(total, sum(mul(g, u[which] as Tensor))), sum(mul(0, u[0] as Tensor)));
      const forward = item(jvp((given: readonly Tensor[]) => along(given), x, u).tangent);
      const reverse = dot(grad((given: readonly Tensor[]) => along(given))(x), u);
      const numeric = item(difference(along, x, u));
      near(forward, reverse, Math.abs(reverse), 1e-10, "forward over reverse against reverse over reverse");
      near(forward, numeric, Math.abs(numeric), 1e-6, "against central differences");
    });
  });
});

describe.each(samples)("$label over a batch", (sample) => {
  const f = (x: readonly Tensor[]): Tensor => sample.f(...x);
  const batch = sample.shapes.map((shape, which) => uniform(randomKey(100 + which), { shape: [3, ...shape], low: sample.domain[0], high: sample.domain[1] }));
  const example = (at: number): Tensor[] => batch.map((each) => reshape(take(each, { indices: [at], axis: 0 }), { shape: each.shape.slice(1) }));
  const cost = (x: readonly Tensor[]): Tensor => sum(mul(f(x), f(x)));
  const closeTo = (got: Tensor, want: Tensor): void => {
    expect(got.shape).toEqual(want.shape);
    values(got).forEach((entry, at) => near(entry, values(want)[at] ?? Number.NaN, largest(want), 1e-12, `entry ${at}`));
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

test("every differentiable op that is exported has a sample", async () => {
  const exported = Object.entries((await import("@nabla/autodiff")) as unknown as Record<string, { readonly op?: Op }>).flatMap(([label, { op }]) =>
    op === undefined ? [] : [{ label, op }],
  );
  const differentiable = exported.filter(({ op }) => op.calculus.rule !== "constant").map(({ label }) => label);
  expect(differentiable.length).toBeGreaterThan(50);
  expect(
    differentiable.filter(
      (label) => !samples.some((sample) => sample.label === label || sample.label.startsWith(`${label} `) || sample.label.startsWith(`${label},`)),
    ),
  ).toEqual([]);
});

test("a wrong rule is caught: the law fails for an op whose derivative has the wrong sign", () => {
  const x = [uniform(randomKey(1), { shape: [3] })];
  const u = [uniform(randomKey(2), { shape: [3] })];
  const right = jvp((given: readonly Tensor[]) => mul(given[0] as Tensor, given[0] as Tensor), x, u).tangent;
  const wrong = mul(-1, right);
  const want = difference((given) => mul(given[0] as Tensor, given[0] as Tensor), x, u);
  expect(() => values(wrong).forEach((entry, at) => near(entry, values(want)[at] ?? Number.NaN, 1, 1e-7, "entry"))).toThrow();
});
