import { type Tensor, full, grad, item, mean, nested, reshape, sum, tensor, transpose, values, variance } from "@nabla/autodiff";
import { expect, test } from "vitest";

test("a long sum is as exact as pairs of sums, along rows, over the whole and over axes that end together", () => {
  const many = 1_000_000;
  const near = (got: number, want: number): void => expect(Math.abs(got - want) / want).toBeLessThan(1e-14);
  const tenths = full([many], 0.1);
  near(item(sum(tenths)), 100_000);
  near(item(mean(tenths)), 0.1);
  for (const each of values(sum(reshape(tenths, { shape: [2, many / 2] }), { axis: 1 }))) near(each, 50_000);
  for (const each of values(sum(reshape(tenths, { shape: [2, 1000, 500] }), { axis: [1, 2] }))) near(each, 50_000);
});

test("sums over any axes are those of plain loops", () => {
  const x = tensor(
    Float64Array.from({ length: 2 * 3 * 260 }, (_, at) => at % 17),
    [2, 3, 260],
  );
  const at = (i: number, j: number, k: number): number => (780 * i + 260 * j + k) % 17;
  const ranges = [2, 3, 260].map((extent) => Array.from({ length: extent }, (_, each) => each)) as [number[], number[], number[]];
  const total = (is: number[], js: number[], ks: number[]): number => is.flatMap((i) => js.flatMap((j) => ks.map((k) => at(i, j, k)))).reduce((a, b) => a + b);
  const [I, J, K] = ranges;
  expect(item(sum(x))).toBe(total(I, J, K));
  expect(nested(sum(x, { axis: 2 }))).toEqual(I.map((i) => J.map((j) => total([i], [j], K))));
  expect(nested(sum(x, { axis: [1, 2] }))).toEqual(I.map((i) => total([i], J, K)));
  expect(nested(sum(x, { axis: [0, 2] }))).toEqual(J.map((j) => total(I, [j], K)));
  expect(nested(sum(x, { axis: [0, 2], keepDims: true }))).toEqual([J.map((j) => [total(I, [j], K)])]);
  expect(nested(sum(x, { axis: [0, 1] }))).toEqual(K.map((k) => total(I, J, [k])));
  expect(nested(sum(transpose(x), { axis: [1, 2] }))).toEqual(K.map((k) => total(I, J, [k])));
  expect(nested(sum(full([3, 0], 1), { axis: 1 }))).toEqual([0, 0, 0]);
});

test("a variance whose differences overflow is Infinity, or its gradient finite where it can be, and an infinite entry has the gradient of the formula", () => {
  const gradient = (f: (x: Tensor) => Tensor, x: number[]): number[] => [...values(grad(f)(tensor(x)))];
  expect(item(variance([1e308, 1e308, -1e308]))).toBe(Infinity);
  expect(item(variance([1e308, -1e308, -1e308]))).toBe(Infinity);
  const [first = NaN, second = NaN] = gradient((x) => variance(x), [1e308, 0, 0]);
  expect(first / ((4 / 9) * 1e308)).toBeCloseTo(1, 14);
  expect(second / ((-2 / 9) * 1e308)).toBeCloseTo(1, 14);
  expect(item(variance([Infinity, 1, 2]))).toBeNaN();
  expect(gradient((x) => variance(x), [Infinity, 1, 2])).toEqual([NaN, -Infinity, -Infinity]);
  expect(gradient((x) => variance(x), [1, NaN, 2])).toEqual([NaN, NaN, NaN]);
});
