import { type Tensor, cofactor, det, grad, hessian, item, jvp, log, logdet, mul, nested, sum, tensor, values } from "@nabla/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

type Matrix = readonly (readonly number[])[];

/** By Laplace, in whole numbers: exact. */
function determinant(a: Matrix): number {
  if (a.length === 0) return 1;
  return (a[0] as readonly number[]).reduce((total, entry, column) => total + (column % 2 === 0 ? 1 : -1) * entry * determinant(without(a, [0], [column])), 0);
}

function without(a: Matrix, rows: readonly number[], columns: readonly number[]): Matrix {
  return a.filter((_, i) => !rows.includes(i)).map((row) => row.filter((_, j) => !columns.includes(j)));
}

/** d det/dA_ij, and d² det/dA_ij dA_kl: minors with a sign. */
function cofactorOf(a: Matrix, i: number, j: number): number {
  return ((i + j) % 2 === 0 ? 1 : -1) * determinant(without(a, [i], [j]));
}
function secondOf(a: Matrix, i: number, j: number, k: number, l: number): number {
  if (i === k || j === l) return 0;
  const flips = i + j + k + l + Number(k > i) + Number(l > j);
  return (flips % 2 === 0 ? 1 : -1) * determinant(without(a, [i, k], [j, l]));
}

/** A matrix of whole numbers of rank at most r: the product of two thin ones. */
const ofRank = (n: number, r: number): fc.Arbitrary<Matrix> => {
  const thin = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: r, maxLength: r }), { minLength: n, maxLength: n });
  return fc.tuple(thin, thin).map(([u, v]) => u.map((row) => v.map((column) => row.reduce((total, entry, at) => total + entry * (column[at] as number), 0))));
};

const close = (got: number, want: number, scale: number): boolean => Math.abs(got - want) <= 1e-12 * Math.max(1, scale);

describe.each([2, 3, 4])("the determinant of a matrix of %d rows is differentiated at every rank", (n) => {
  test.each(Array.from({ length: n }, (_, down) => n - down))("rank at most %d: value, cofactors, second derivatives, derivatives of the cofactors", (rank) => {
    fc.assert(
      fc.property(ofRank(n, rank), fc.array(fc.integer({ min: -2, max: 2 }), { minLength: n * n, maxLength: n * n }), (a, weights) => {
        const scale = Math.max(...a.flat().map(Math.abs), 1) ** n;
        const x = tensor(a.map((row) => [...row]));
        const entries = a.flatMap((_, i) => a.map((__, j) => [i, j] as const));
        const agree = (what: string, got: Tensor, want: readonly number[]): void =>
          values(got).forEach((each, at) => expect(close(each, want[at] as number, scale), `${what} ${at}: got ${each}, want ${want[at]}`).toBe(true));
        const minors = entries.map(([i, j]) => cofactorOf(a, i, j));
        expect(close(item(det(x)), determinant(a), scale)).toBe(true);
        agree("cofactor", cofactor(x), minors);
        agree("gradient", grad((t: Tensor) => det(t))(x), minors);
        agree(
          "second derivative",
          hessian((t: Tensor) => det(t))(x),
          entries.flatMap(([i, j]) => entries.map(([k, l]) => secondOf(a, i, j, k, l))),
        );
        agree(
          "derivative of the cofactors",
          grad((t: Tensor) => sum(mul(tensor(weights, [n, n]), cofactor(t))))(x),
          entries.map(([i, j]) => entries.reduce((total, [k, l], at) => total + (weights[at] as number) * secondOf(a, i, j, k, l), 0)),
        );
      }),
      { numRuns: 25 },
    );
  });
});

test("the logarithm of a determinant has a pole at a singular matrix: the cofactors times Infinity, written either way and in either mode", () => {
  const singular = tensor([
    [1, 2],
    [2, 4],
  ]);
  for (const f of [(a: Tensor): Tensor => logdet(a), (a: Tensor): Tensor => log(det(a))]) {
    expect(item(f(singular))).toBe(-Infinity);
    expect(nested(grad(f)(singular))).toEqual([
      [Infinity, -Infinity],
      [-Infinity, Infinity],
    ]);
    expect(item(jvp(f, tensor([[3]]), tensor([[6]])).tangent)).toBe(2);
    expect(item(jvp(f, tensor([[0]]), tensor([[6]])).tangent)).toBe(Infinity);
    expect(nested(grad(f)(tensor([[0]])))).toEqual([[Infinity]]);
  }
});

test("a singular matrix of a batch leaves the derivatives of the others as they are", () => {
  const batch = tensor(Float64Array.of(0, 4), [2, 1, 1]);
  expect(nested(grad((a: Tensor) => sum(logdet(a)))(batch))).toEqual([[[Infinity]], [[0.25]]]);
});
