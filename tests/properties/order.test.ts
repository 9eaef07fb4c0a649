import {
  type Tensor,
  add,
  argmax,
  argmin,
  argsort,
  checkGradient,
  cumprod,
  expandDims,
  gather,
  grad,
  input,
  jvp,
  layerNorm,
  mul,
  nested,
  repeat,
  scatter,
  sort,
  split,
  squeeze,
  sub,
  sum,
  tensor,
  tile,
  topK,
  values,
  vmap,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const of = (t: Tensor): number[] => [...values(t)];
/** The gradient of a weighted sum, so that every entry is told from the others. */
const slopes = (f: (x: Tensor) => Tensor, x: Tensor, weights: readonly number[]): unknown => nested(grad((t: Tensor) => sum(mul(f(t), weights)))(x));

describe("argmax and argmin", () => {
  const x = tensor([
    [1, 4, 4],
    [3, 2, 2],
  ]);

  test("name the first among equals, along an axis or over everything, and keep the axis when asked", () => {
    expect(nested(argmax(x, { axis: 1 }))).toEqual([1, 0]);
    expect(nested(argmin(x, { axis: -1 }))).toEqual([0, 1]);
    expect(nested(argmax(x, { axis: 0 }))).toEqual([1, 0, 0]);
    expect(nested(argmax(x))).toBe(1);
    expect(nested(argmin(x, { axis: null }))).toBe(0);
    expect(nested(argmax(x, { axis: 0, keepDims: true }))).toEqual([[1, 0, 0]]);
    expect(nested(argmax(x, { keepDims: true }))).toEqual([[1]]);
    expect(nested(argmax(tensor(7)))).toBe(0);
    expect(of(argmax([-0, 0]))).toEqual([0]);
    expect(of(argmin([0, -0]))).toEqual([0]);
  });

  test("name the first NaN, since max and min are NaN there", () => {
    expect(of(argmax([1, NaN, Infinity, NaN]))).toEqual([1]);
    expect(of(argmin([1, NaN, -Infinity, NaN]))).toEqual([1]);
    expect(of(argmin([NaN, -Infinity]))).toEqual([0]);
    expect(of(argmax([-Infinity, -Infinity]))).toEqual([0]);
  });

  test("have derivative 0, a batched form, and refuse to name a position among no entries", () => {
    expect(nested(grad((t: Tensor) => sum(mul(t, argmax(t, { axis: 0 }))))(tensor([1, 5, 2])))).toEqual([1, 1, 1]);
    expect(nested(vmap((t: Tensor) => argmax(t))(x))).toEqual([1, 0]);
    expect(argmax(input("z", [4, 3]), { axis: 0 }).shape).toEqual([3]);
    expect(() => argmax(tensor([], [0]))).toThrow("there is no position among no entries");
    expect(() => argmin(tensor([], [2, 0]), { axis: 1 })).toThrow("axis 1 is empty");
    expect(() => argmax(x, { axis: 2 })).toThrow("axis 2 does not exist");
  });
});

describe("sort, argsort and topK", () => {
  test("are stable in both directions", () => {
    expect(of(argsort([2, 1, 2, 1]))).toEqual([1, 3, 0, 2]);
    expect(of(argsort([2, 1, 2, 1], { descending: true }))).toEqual([0, 2, 1, 3]);
    expect(of(argsort([0, -0, 0]))).toEqual([0, 1, 2]);
    expect(of(sort([0, -0, -1]))).toEqual([-1, 0, -0]);
  });

  test("put NaN after Infinity, and first when descending", () => {
    expect(of(sort([NaN, 1, Infinity, -Infinity]))).toEqual([-Infinity, 1, Infinity, NaN]);
    expect(of(sort([1, NaN, Infinity, -Infinity], { descending: true }))).toEqual([NaN, Infinity, 1, -Infinity]);
  });

  test("work along any axis; sort is argsort and gather", () => {
    const x = tensor([
      [3, 1],
      [2, 5],
      [1, 4],
    ]);
    expect(nested(sort(x, { axis: 0 }))).toEqual([
      [1, 1],
      [2, 4],
      [3, 5],
    ]);
    expect(nested(argsort(x, { axis: 0 }))).toEqual([
      [2, 0],
      [1, 2],
      [0, 1],
    ]);
    for (const axis of [0, 1, -1]) expect(nested(sort(x, { axis }))).toEqual(nested(gather(x, { indices: argsort(x, { axis }), axis })));
    expect(nested(vmap((row: Tensor) => sort(row))(x))).toEqual(nested(sort(x, { axis: 1 })));
    expect(nested(sort(tensor([], [0])))).toEqual([]);
  });

  test("send the adjoint back to where each entry came from, ties too", () => {
    expect(slopes((x) => sort(x), tensor([3, 1, 2]), [1, 2, 3])).toEqual([3, 1, 2]);
    expect(slopes((x) => sort(x), tensor([2, 2, 1]), [1, 2, 3])).toEqual([2, 3, 1]);
    expect(slopes((x) => topK(x, { k: 2 }).values, tensor([1, 5, 5, 2]), [10, 1])).toEqual([0, 10, 1, 0]);
    expect(checkGradient((x: Tensor) => sum(mul(sort(x), [1, -2, 3])), tensor([3, 1, 2])).passes).toBe(true);
  });

  test("topK gives the first k and where they stand", () => {
    const { values: found, indices } = topK([1, 5, 5, 2], { k: 3 });
    expect([of(found), of(indices)]).toEqual([
      [5, 5, 2],
      [1, 2, 3],
    ]);
    expect(of(topK([1, 5, -5, 2], { k: 2, largest: false }).values)).toEqual([-5, 1]);
    expect(nested(topK([[1, 2, 3]], { k: 1, axis: 1 }).values)).toEqual([[3]]);
    expect(topK([1, 2], { k: 0 }).values.shape).toEqual([0]);
    expect(() => topK([1, 2], { k: 3 })).toThrow("k must be a whole number from 0 to 2, the entries of axis 0, got 3");
    expect(() => sort([1], { axis: 1 })).toThrow("sort([1]): axis 1 does not exist");
  });
});

describe("arranging", () => {
  test("split gives slices, equal or of given extents, that concatenate back", () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(split(x, { parts: 3, axis: 1 }).map(nested)).toEqual([
      [[1], [4]],
      [[2], [5]],
      [[3], [6]],
    ]);
    expect(split(x, { parts: [2, 0, 1], axis: -1 }).map((each) => each.shape)).toEqual([
      [2, 2],
      [2, 0],
      [2, 1],
    ]);
    expect(slopes((t) => split(t, { parts: 2, axis: 0 })[1] as Tensor, tensor([1, 2, 3, 4]), [5, 7])).toEqual([0, 0, 5, 7]);
    expect(() => split(x, { parts: 2, axis: 1 })).toThrow("axis 1 has 3 entries, which 2 equal parts do not divide");
    expect(() => split(x, { parts: [1, 1], axis: 1 })).toThrow("add up to 3, the extent of axis 1");
    expect(() => split(x, { parts: 0, axis: 1 })).toThrow("got 0");
  });

  test("squeeze and expandDims undo each other", () => {
    expect(squeeze(tensor([1, 2], [1, 2, 1])).shape).toEqual([2]);
    expect(squeeze(tensor([1, 2], [1, 2, 1]), { axis: -1 }).shape).toEqual([1, 2]);
    expect(squeeze(tensor(1, [1, 1])).shape).toEqual([]);
    expect(expandDims(tensor(1), { axis: 0 }).shape).toEqual([1]);
    expect(expandDims([1, 2], { axis: [0, -1] }).shape).toEqual([1, 2, 1]);
    expect(() => squeeze([[1, 2]], { axis: 1 })).toThrow("axis 1 has 2 entries; only an axis of extent 1 can be dropped");
    expect(() => expandDims([1], { axis: 2 })).toThrow("axis 2 does not exist");
    expect(() => expandDims([1], { axis: [0, 0] })).toThrow("named twice");
  });

  test("tile repeats the whole and repeat each entry", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(nested(tile(x, { copies: 2 }))).toEqual([
      [1, 2, 1, 2],
      [3, 4, 3, 4],
    ]);
    expect(tile(x, { copies: [3, 1, 2] }).shape).toEqual([3, 2, 4]);
    expect(nested(tile(x, { copies: [2, 1] }))).toEqual([
      [1, 2],
      [3, 4],
      [1, 2],
      [3, 4],
    ]);
    expect(nested(repeat(x, { copies: 2, axis: 0 }))).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
    ]);
    expect(nested(repeat(x, { copies: [2, 0], axis: 1 }))).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(tile(x, { copies: 0 }).shape).toEqual([2, 0]);
    expect(repeat(x, { copies: 0, axis: 0 }).shape).toEqual([0, 2]);
    expect(nested(tile(3, { copies: 2 }))).toEqual([3, 3]);
    expect(() => tile(x, { copies: -1 })).toThrow("copies must be whole numbers, 0 or more, got -1");
    expect(() => repeat(x, { copies: [1], axis: 0 })).toThrow("one number for each of the 2 entries of axis 0, got 1");
  });
});

describe("scatter", () => {
  test("replaces entries, and the last of several updates stays", () => {
    expect(of(scatter([1, 2, 3], { indices: [2, 0, -1], axis: 0, updates: [10, 20, 30] }))).toEqual([20, 2, 30]);
    expect(
      nested(
        scatter(
          [
            [1, 2],
            [3, 4],
          ],
          { indices: [[1, 0]], axis: 0, updates: [[10, 20]] },
        ),
      ),
    ).toEqual([
      [1, 20],
      [10, 4],
    ]);
    expect(nested(scatter([[1, 2, 3]], { indices: [[0, 2]], axis: 1, updates: 0 }))).toEqual([[0, 2, 0]]);
    expect(of(scatter([1, 2], { indices: tensor([], [0]), axis: 0, updates: tensor([], [0]) }))).toEqual([1, 2]);
  });

  test("differentiates what stays and nothing that was overwritten, in both modes and past a NaN", () => {
    const put = (x: Tensor, u: Tensor): Tensor => mul(scatter(x, { indices: [2, 2], axis: 0, updates: u }), [1, 2, 3]);
    const [x, u] = [tensor([1, NaN, 3]), tensor([4, 5])];
    const [gx, gu] = grad((a: Tensor, b: Tensor) => sum(put(a, b)), { wrt: [0, 1] })(x, u);
    expect([gx, gu].map((each) => nested(each))).toEqual([
      [1, 2, 0],
      [0, 3],
    ]);
    const { tangent } = jvp(
      ([a, b]: readonly [Tensor, Tensor]) => scatter(a, { indices: [2, 2], axis: 0, updates: b }),
      [x, u],
      [tensor([1, 1, 1]), tensor([7, 9])],
    );
    expect(of(tangent)).toEqual([1, 1, 9]);
  });

  test("refuses indices and updates that do not fit", () => {
    expect(() => scatter([1, 2], { indices: [2], axis: 0, updates: 1 })).toThrow("index 2 (entry 0) is outside an axis of 2 entries");
    expect(() => scatter([1, 2], { indices: [[0]], axis: 0, updates: 1 })).toThrow("must have 1 axes");
    expect(() => scatter([1, 2], { indices: [0], axis: 0, updates: [1, 2] })).toThrow("updates of shape [2] do not broadcast to the indices of shape [1]");
  });
});

describe("cumprod", () => {
  test("multiplies in order, from either end", () => {
    expect(of(cumprod([1e-200, 1e200, 1e200], { axis: 0 }))).toEqual([1e-200, 1, 1e200]);
    expect(of(cumprod([2, 3, 4], { axis: 0, reverse: true }))).toEqual([24, 12, 4]);
    expect(of(cumprod([2, 0, 4, NaN], { axis: 0 }))).toEqual([2, 0, 0, NaN]);
    expect(nested(cumprod(tensor([], [2, 0]), { axis: 1 }))).toEqual([[], []]);
  });

  test("has an exact gradient with zeros present, of any order and in both modes", () => {
    const f = (x: Tensor): Tensor => cumprod(x, { axis: 0 });
    expect(slopes(f, tensor([2, 0, 5, 7]), [1, 10, 100, 1000])).toEqual([1, 2 * (10 + 500 + 35000), 0, 0]);
    expect(slopes(f, tensor([2, 0, 0, 7]), [1, 10, 100, 1000])).toEqual([1, 20, 0, 0]);
    expect(slopes((x) => cumprod(x, { axis: 0, reverse: true }), tensor([3, 0, 5]), [1, 10, 100])).toEqual([0, 5 * (3 + 10), 100]);
    const { tangent } = jvp(f, tensor([2, 0, 5, 7]), tensor([1, 1, 1, 1]));
    expect(of(tangent)).toEqual([1, 2, 10, 70]);
    // The product of all four: its mixed second derivatives are the products of the other two.
    const rows = grad((x: Tensor) => sum(mul(grad((t: Tensor) => sum(mul(f(t), [0, 0, 0, 1])))(x), [0, 1, 0, 0])))(tensor([2, 0, 0, 7]));
    expect(nested(rows)).toEqual([0, 0, 14, 0]);
  });
});

describe("layerNorm", () => {
  test("loses no digits to a large common offset, nor does its gradient", () => {
    const x = tensor([1, 2, 4, 9]);
    const far = add(x, 2 ** 50);
    const f = (t: Tensor): Tensor => layerNorm(t);
    expect(nested(f(far))).toEqual(nested(f(x)));
    expect(slopes(f, far, [1, -2, 3, 5])).toEqual(slopes(f, x, [1, -2, 3, 5]));
    expect(Math.abs(of(sum(f(far)))[0] ?? NaN)).toBeLessThan(1e-15);
  });

  test("is 0 for equal entries, with the gradient of the deviations over sqrt(epsilon)", () => {
    expect(of(layerNorm([3, 3, 3]))).toEqual([0, 0, 0]);
    const slope = grad((t: Tensor) => sum(mul(layerNorm(t, { epsilon: 0.25 }), [1, 0])))(tensor([3, 3]));
    expect(nested(slope)).toEqual([1, -1]);
    expect(of(layerNorm([3, 3], { epsilon: 0 }))).toEqual([NaN, NaN]);
  });

  test("normalises any axes, and refuses a negative epsilon", () => {
    const x = tensor([1, 2, 3, 5], [2, 2]);
    expect(nested(layerNorm(x, { axis: [0, 1] }))).toEqual(nested(layerNorm(x, { axis: null })));
    expect(nested(sub(layerNorm(x, { axis: 0 }), layerNorm(add(x, [100, -3]), { axis: 0 })))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(() => layerNorm(x, { epsilon: -1 })).toThrow("epsilon must be a finite number, 0 or more, got -1");
  });
});
