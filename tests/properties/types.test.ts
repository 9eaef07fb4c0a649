import {
  type Like,
  type Tensor,
  type Tree,
  checkGradient,
  checkpoint,
  countOperations,
  customGradient,
  diagnose,
  grad,
  hessian,
  hvp,
  item,
  jacobian,
  jvp,
  mul,
  name,
  nested,
  record,
  square,
  sum,
  tensor,
  treeLeaves,
  treeMap,
  treeZip,
  valueAndGrad,
  vjp,
  vmap,
} from "@nabla/autodiff";
import { minimise } from "@nabla/mlp";
import { describe, expect, expectTypeOf, test } from "vitest";

/** An interface has no index signature, so it is no `Tree`. */
interface Inner {
  readonly b: Tensor;
}
interface Params {
  readonly w: Tensor;
  readonly deep: readonly Inner[];
}
const p: Params = { w: tensor(3), deep: [{ b: tensor(2) }] };
const cost = (q: Params): Tensor => mul(square(q.w), q.deep[0]?.b ?? 0);
const x = tensor([1, 2]);

describe("parameters may be an interface", () => {
  test("for every transformation, with the derivatives of its type", () => {
    expectTypeOf(grad(cost)).toEqualTypeOf<(q: Params) => Params>();
    expectTypeOf(jacobian(cost)).toEqualTypeOf<(q: Params) => Params>();
    expectTypeOf(hvp(cost)).toEqualTypeOf<(q: Params, v: Params) => Params>();
    expectTypeOf(jvp(cost, p, p).tangent).toEqualTypeOf<Tensor>();
    expectTypeOf(vjp(cost, p).pullback).toEqualTypeOf<(cotangent: Tensor) => Params>();
    expectTypeOf(vmap((q: Params) => q)).toEqualTypeOf<(q: Params) => Params>();
    expectTypeOf(checkpoint(cost)).toEqualTypeOf<(q: Params) => Tensor>();
    expectTypeOf(treeMap(p, (t) => square(t))).toEqualTypeOf<Params>();
    expectTypeOf(treeZip(p, p, (a, b) => mul(a, b))).toEqualTypeOf<Params>();
    expect(nested(hessian(cost)(p).w.w)).toBe(4);
    expect(nested(hvp(cost)(p, p).w)).toBe(24);
    expect(item(jvp(cost, p, p).tangent)).toBe(54);
    expect(item(grad(checkpoint(cost))(p).w)).toBe(12);
    expect(checkGradient(cost, p).passes).toBe(true);
    expect(treeLeaves(p).map(({ path }) => path)).toEqual(["w", "deep[0].b"]);
    expect(record(cost, p).nodes.length).toBeGreaterThan(3);
    expect(diagnose(cost, p).fault).toBeUndefined();
    expect(countOperations(cost, p)).toBe(2);
    expect(item(minimise((q: Params) => square(q.w), p, { learningRate: 0.5, steps: 1 }).parameters.w)).toBe(0);
  });

  test("but nothing with leaves that are no tensors", () => {
    const refused = [
      // @ts-expect-error a number is no tensor
      () => hessian((q: { readonly a: number }) => tensor(q.a)),
      // @ts-expect-error a text is no tensor
      () => vmap((q: { readonly a: readonly [Tensor, string] }) => q.a[0]),
      // @ts-expect-error a number is no tensor
      () => treeMap({ a: { b: 1 } }, square),
      // @ts-expect-error a number is no tree
      () => vjp((q: number) => tensor(q), 3),
      // @ts-expect-error one argument is no tree
      () => record((q: Params, k: number) => mul(q.w, k), p, 3),
      // @ts-expect-error the tangent has another structure
      () => jvp(cost, p, { w: tensor(1) }),
      // @ts-expect-error a number is no tensor
      () => minimise((q: { readonly a: number }) => tensor(q.a), { a: 1 }, { learningRate: 1, steps: 1 }),
    ];
    expect(refused).toHaveLength(7);
  });

  test("and any tree in a function of one's own that is generic", () => {
    const step = <T extends Tree>(f: (q: T) => Tensor, q: T): T => treeZip(q, grad(f)(q), (a, g) => mul(a, g));
    const both = <T extends Params>(f: (q: T) => Tensor, q: T): T => valueAndGrad(f)(q).gradient;
    expect(item(step((q: { readonly a: Tensor }) => square(q.a), { a: tensor(3) }).a)).toBe(18);
    expect(item(both(cost, p).w)).toBe(12);
    const whole = (q: Tree): Tensor => square(treeLeaves(q)[0]?.tensor ?? 0);
    expectTypeOf(grad(whole)).toEqualTypeOf<(q: Tree) => Tree>();
    expectTypeOf(vmap(whole)).toEqualTypeOf<(q: Tree) => Tensor>();
  });
});

describe("grad", () => {
  test("takes rest parameters, ops as they are, and functions whose argument it can tell", () => {
    expectTypeOf(grad((...xs: Tensor[]) => sum(xs[0] ?? 0))).toEqualTypeOf<(...xs: Tensor[]) => Tensor>();
    expectTypeOf(grad(sum)).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(grad((a: Like) => sum(a))).toEqualTypeOf<(a: Like) => Tensor>();
    expectTypeOf(grad((a) => mul(a, a))).toEqualTypeOf<(a: Tensor) => Tensor>();
    expectTypeOf(hessian((a) => sum(a))).toEqualTypeOf<(a: Tensor) => Tensor>();
    expectTypeOf(vmap((a) => sum(a))).toEqualTypeOf<(a: Tensor) => Tensor>();
    expectTypeOf(valueAndGrad(sum)(x).gradient).toEqualTypeOf<Tensor>();
    expectTypeOf(vjp(square, x).pullback).toEqualTypeOf<(cotangent: Tensor) => Tensor>();
    expectTypeOf(jvp(square, x, x).tangent).toEqualTypeOf<Tensor>();
    expectTypeOf(vmap(square)).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(jacobian(square)).toEqualTypeOf<(x: Tensor) => Tensor>();
    expectTypeOf(hessian(sum)).toEqualTypeOf<(x: Tensor) => Tensor>();
    expectTypeOf(hvp(sum)).toEqualTypeOf<(x: Tensor, v: Tensor) => Tensor>();
    expect(nested(jacobian(square)(x))).toEqual([[2, 0], [0, 4]]); // prettier-ignore
    expect(nested(hessian(sum)(x))).toEqual([[0, 0], [0, 0]]); // prettier-ignore
    expect(nested(hvp(sum)(x, x))).toEqual([0, 0]);
    expect(nested(vmap(grad(square))(x))).toEqual([2, 4]);
    expect(nested(grad((...xs: Tensor[]) => sum(xs[0] ?? 0))(x, x))).toEqual([1, 1]);
    expect(nested(grad(sum)(x))).toEqual([1, 1]);
    expect(nested(grad(grad((a) => mul(a, a)))(tensor(3)))).toBe(2);
  });

  test("tells the types of several arguments, as the other transformations do", () => {
    expectTypeOf(grad((a, b) => mul(a, b))).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
    expectTypeOf(valueAndGrad((a, b) => sum(mul(a, b)))(x, x).gradient).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((a, b) => mul(a, b), { wrt: 1 })).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
    expectTypeOf(vmap((a, b) => mul(a, b))).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
    expectTypeOf(checkpoint((a, b) => mul(a, b))).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
    expect(item(grad((a, b) => mul(a, b))(tensor(2), tensor(3)))).toBe(3);
    expect(item(grad((a, b) => mul(a, b), { wrt: 1 })(tensor(2), tensor(3)))).toBe(2);
    expect(nested(vmap((a, b) => mul(a, b))(x, x))).toEqual([1, 4]);
    expect(item(checkpoint((a, b) => mul(a, b))(tensor(2), tensor(3)))).toBe(6);
  });

  test("takes what is no tree where it does not differentiate by it", () => {
    expectTypeOf(grad((a: Tensor, n: number) => mul(a, n))).toEqualTypeOf<(a: Tensor, n: number) => Tensor>();
    expectTypeOf(grad((n: number, a: Params) => mul(a.w, n), { wrt: 1 })).toEqualTypeOf<(n: number, a: Params) => Params>();
    const at = (wrt: number): Tensor => grad((a: Tensor, b: Tensor) => mul(a, b), { wrt })(tensor(2), tensor(3));
    expect([item(at(0)), item(at(1))]).toEqual([3, 2]);
  });

  test("refuses what has no gradient, and positions that do not exist", () => {
    const refused = [
      // @ts-expect-error a number has no gradient
      () => grad((a: number) => tensor(a)),
      // @ts-expect-error a text has no gradient
      () => valueAndGrad((a: string, b: Tensor) => name(b, a)),
      // @ts-expect-error nothing has no gradient
      () => grad((_x: undefined) => x),
      // @ts-expect-error there is one argument
      () => grad((a: Tensor) => a, { wrt: 7 }),
      // @ts-expect-error there are two arguments
      () => valueAndGrad((a: Tensor, b: Tensor) => mul(a, b), { wrt: [0, 2] }),
    ];
    expect(refused).toHaveLength(5);
  });
});

describe("a function with a rule of one's own", () => {
  test("keeps its arguments", () => {
    const twice = customGradient({ name: "twice", f: (a) => square(a), vjp: (g, _y, [a]) => [mul(g, a)] });
    expectTypeOf(twice).toEqualTypeOf<(a: Tensor) => Tensor>();
    const product = customGradient({ name: "product", f: (a: Tensor, b: Tensor) => mul(a, b), vjp: (g, _y, [a, b]) => [mul(g, b), mul(g, a)] });
    expectTypeOf(product).toEqualTypeOf<(a: Tensor, b: Tensor) => Tensor>();
    expect(item(grad(twice)(tensor(3)))).toBe(3);
    expect(item(grad(product, { wrt: 1 })(tensor(3), tensor(4)))).toBe(3);
    const total = customGradient({ name: "total", f: (...all: readonly Tensor[]) => all[0] ?? x, vjp: (g, _y, all) => all.map(() => g) });
    expectTypeOf(total).toEqualTypeOf<(...all: readonly Tensor[]) => Tensor>();
    expectTypeOf(checkpoint((a) => square(a))).toEqualTypeOf<(a: Tensor) => Tensor>();
  });

  test("is refused where it forgets a gradient or is called with too few", () => {
    const refused = [
      // @ts-expect-error one gradient for two arguments
      () => customGradient({ name: "short", f: (a: Tensor, b: Tensor) => mul(a, b), vjp: (g) => [g] }),
      // @ts-expect-error one argument is missing
      () => checkpoint((a: Tensor, b: Tensor) => mul(a, b))(x),
    ];
    expect(refused).toHaveLength(2);
  });
});
