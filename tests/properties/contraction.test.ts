import { dot, einsum, item, matmul, normal, randomKey, tensor, values } from "@nabla/autodiff";
import { expect, test } from "vitest";

/** Row by row, inner index in order: the sum that the kernel promises, bit by bit. */
function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let inner = 0; inner < k; inner++) sum += (a[i * k + inner] ?? 0) * (b[inner * n + j] ?? 0);
      out[i * n + j] = sum;
    }
  return out;
}

test("a matrix product adds in the order of the inner index, whatever its extent, NaN and infinities included", () => {
  for (let k = 0; k <= 10; k++)
    for (const [m, n] of [
      [1, 1],
      [3, 2],
      [2, 5],
    ] as const) {
      const a = values(normal(randomKey(k), { shape: [m, k] }));
      const b = values(normal(randomKey(k + 100), { shape: [k, n] }));
      if (k > 6) [a[1], a[k - 1], b[2 * n]] = [Infinity, Number.NaN, -Infinity];
      expect([k, m, n, values(matmul(tensor(a, [m, k]), tensor(b, [k, n])))]).toEqual([k, m, n, product(a, b, m, k, n)]);
    }
});

test("a sum over both loops stays in their order: a scalar product and a full contraction", () => {
  const a = values(normal(randomKey(1), { shape: [6, 7] }));
  const b = values(normal(randomKey(2), { shape: [6, 7] }));
  const inOrder = a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);
  expect(item(dot([...a], [...b]))).toBe(inOrder);
  expect(item(einsum([tensor(a, [6, 7]), tensor(b, [6, 7])], { equation: "ij,ij->" }))).toBe(inOrder);
  expect(item(einsum([tensor([...a].slice(0, 6)), tensor(b, [6, 7])], { equation: "i,ij->" }))).toBe(
    [...b].reduce((sum, each, at) => sum + (a[Math.floor(at / 7)] ?? 0) * each, 0),
  );
});
