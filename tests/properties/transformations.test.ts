import {
  type Tensor,
  add,
  checkpoint,
  customGradient,
  div,
  exp,
  grad,
  hessian,
  hvp,
  input,
  item,
  jacobian,
  jvp,
  matmul,
  mean,
  mul,
  name,
  neg,
  normal,
  pow,
  randomKey,
  sigmoid,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  tensor,
  treeMap,
  uniform,
  valueAndGrad,
  values,
  vjp,
  vmap,
  zeros,
} from "@nabla/autodiff";
import { describe, expect, expectTypeOf, test } from "vitest";

const list = (t: Tensor): number[] => Array.from(values(t));
/** Nodes of a graph, counted once each. */
function nodes(root: Tensor): number {
  const seen = new Set<Tensor>([root]);
  for (const each of seen) for (const below of each.via === undefined ? each.inputs : [each.via]) seen.add(below);
  return seen.size;
}

describe("derivatives of derivatives, with their numbers worked by hand", () => {
  test("perturbation confusion: d/dx [x · d/dy (x + y)] is 1", () => {
    expect(item(grad((x: Tensor) => mul(x, grad((y: Tensor) => add(x, y))(tensor(1))))(tensor(1)))).toBe(1);
  });

  test("d/dx [x · d/dy (x y)] at y = x is 2x, and with y = 3 it is 2x too", () => {
    expect(item(grad((x: Tensor) => mul(x, grad((y: Tensor) => mul(x, y))(x)))(tensor(5)))).toBe(10);
    expect(item(grad((x: Tensor) => mul(x, grad((y: Tensor) => mul(x, y))(tensor(3))))(tensor(5)))).toBe(10);
  });

  test("d/dw of d/dx (w x²) at x = 3 is 6", () => {
    expect(item(grad((w: Tensor) => grad((x: Tensor) => mul(w, square(x)))(tensor(3)))(tensor(2)))).toBe(6);
  });

  test("grad, jvp and grad inside each other: d³/dx³ x⁴ = 24 x", () => {
    const fourth = (x: Tensor): Tensor => pow(x, { exponent: 4 });
    const second = (x: Tensor): Tensor => jvp(grad(fourth), x, tensor(1)).tangent;
    expect(item(grad(second)(tensor(2)))).toBe(48);
    expect(item(jvp((x: Tensor) => jvp((y: Tensor) => grad(fourth)(y), x, tensor(1)).tangent, tensor(2), tensor(1)).tangent)).toBe(48);
  });

  test("grad inside vmap inside grad: d/dw Σ_i d/dx_i (w x_i³) = Σ 3 x_i²", () => {
    const x = tensor([1, 2, 3]);
    expect(item(grad((w: Tensor) => sum(vmap(grad((each: Tensor) => mul(w, pow(each, { exponent: 3 }))))(x)))(tensor(7)))).toBe(42);
  });

  test("a leaf that stands twice in a record has a gradient at both places", () => {
    const shared = tensor(3);
    const { a, b } = grad((p: { readonly a: Tensor; readonly b: Tensor }) => mul(p.a, square(p.b)))({ a: shared, b: shared });
    expect([item(a), item(b)]).toEqual([9, 18]);
  });

  test("what the cost does not depend on has gradient zero", () => {
    const { used, unused } = grad((p: { readonly used: Tensor; readonly unused: Tensor }) => square(p.used))({ used: tensor(2), unused: tensor([1, 2]) });
    expect([item(used), list(unused)]).toEqual([4, [0, 0]]);
    expect(item(grad((x: Tensor) => mul(stopGradient(x), x))(tensor(3)))).toBe(3);
    expect(item(grad((_x: Tensor) => tensor(1))(tensor(3)))).toBe(0);
  });

  test("unused: error refuses what the cost does not depend on, by name and with why; zero is the default", () => {
    type P = { readonly used: Tensor; readonly unused: Tensor };
    const p: P = { used: tensor(2), unused: tensor([1, 2]) };
    expect(() => grad((q: P) => square(q.used), { unused: "error" })(p)).toThrow("grad: unused receives no gradient: the cost does not depend on it");
    expect(() => grad((x: Tensor) => mul(2, stopGradient(x)), { unused: "error" })(name(tensor(1), "x"))).toThrow(
      "grad: x receives no gradient: it is used only through stopGradient (stop(x))",
    );
    expect(item(grad((q: P) => mul(q.used, sum(q.unused)), { unused: "error" })(p).used)).toBe(3);
    expect(list(grad((q: P) => square(q.used), { unused: "zero" })(p).unused)).toEqual([0, 0]);
    expect(() => grad((x: Tensor) => x, { unused: "eror" as "error" })(tensor(1))).toThrow('grad: unused is "eror"');
  });

  test("the gradient has the type of the argument", () => {
    type P = { readonly layers: readonly { readonly W: Tensor; readonly b: Tensor }[]; readonly scale: Tensor };
    const cost = (p: P, x: Tensor): Tensor => mul(p.scale, sum(x));
    expectTypeOf(grad(cost)).toEqualTypeOf<(p: P, x: Tensor) => P>();
    expectTypeOf(grad(cost, { unused: "error" })).toEqualTypeOf<(p: P, x: Tensor) => P>();
    expectTypeOf(grad(cost, { wrt: 1 })).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(grad(cost, { wrt: [1, 0] })).returns.toEqualTypeOf<readonly [Tensor, P]>();
    expectTypeOf(valueAndGrad(cost)).returns.toEqualTypeOf<{ readonly value: Tensor; readonly gradient: P }>();
    expectTypeOf(hvp((p: P) => p.scale)).toEqualTypeOf<(x: P, v: P) => P>();
    const empty: P = { layers: [], scale: tensor(1) };
    expectTypeOf(vjp((p: P) => p.scale, empty).pullback).returns.toEqualTypeOf<P>();
    // @ts-expect-error the gradient of a record is no tensor
    const wrong: Tensor = grad(cost)({ layers: [], scale: tensor(1) }, tensor(1));
    expect(wrong).toHaveProperty("scale");
  });

  test("nodes of nested gradients grow linearly in the depth of the graph", () => {
    const chain =
      (depth: number) =>
      (x: Tensor): Tensor => {
        let y = x;
        for (let at = 0; at < depth; at++) y = mul(sigmoid(y), y);
        return y;
      };
    for (const order of [1, 2, 3]) {
      const count = (depth: number): number => {
        let f = chain(depth);
        for (let at = 0; at < order; at++) f = grad(f);
        return nodes(f(input("x", [])));
      };
      const [short, middle, long] = [count(10), count(20), count(40)];
      expect(long - middle).toBe(2 * (middle - short));
    }
  });

  test("several arguments at once, by position", () => {
    const [a, c] = grad((x: Tensor, y: Tensor, z: Tensor) => mul(mul(x, y), square(z)), { wrt: [0, 2] })(tensor(2), tensor(3), tensor(5));
    expect([item(a), item(c)]).toEqual([75, 60]);
    const { value, gradient } = valueAndGrad((x: Tensor, y: Tensor) => mul(x, y), { wrt: 1 })(tensor(2), tensor(3));
    expect([item(value), item(gradient)]).toEqual([6, 2]);
  });

  test("an error inside grad leaves nothing behind", () => {
    expect(() => grad((x: Tensor) => matmul(x, tensor([[1]])))(tensor([1, 2]))).toThrow("inner extents");
    expect(item(grad((x: Tensor) => square(x))(tensor(3)))).toBe(6);
    expect(add(tensor(1), 1).tracked).toBe(false);
  });

  test("a symbolic gradient is a graph: d/dx of sum(x²) has no data and is 2x", () => {
    const g = grad((x: Tensor) => sum(square(x)))(input("x", [2]));
    expect([g.data, g.tracked, g.shape]).toEqual([undefined, true, [2]]);
  });
});

describe("vmap", () => {
  const cost = (w: Tensor, x: Tensor): Tensor => neg(sum(mul([1, 0, 2], softmax(matmul(w, tanh(x))))));
  const w = normal(randomKey(1), { shape: [3, 2] });

  test("a thousand examples make as many nodes as two", () => {
    const traced = (count: number): number => nodes(vmap(grad(cost), { over: [false, true] })(input("w", [3, 2]), input("x", [count, 2])));
    expect(traced(1000)).toBe(traced(2));
  });

  test("inside itself: an outer product", () => {
    expect(list(vmap((a: Tensor) => vmap((b: Tensor) => mul(a, b))(tensor([1, 2])))(tensor([1, 10])))).toEqual([1, 2, 10, 20]);
  });

  test("records of parameters as the mapped argument", () => {
    const p = { W: normal(randomKey(2), { shape: [4, 2, 2] }), b: zeros([4, 2]) };
    const out = vmap((each: typeof p) => treeMap(each, (t) => sum(square(t))))(p);
    expect([out.W.shape, out.b.shape]).toEqual([[4], [4]]);
  });

  test("what does not fit is refused in a sentence", () => {
    expect(() => vmap((x: Tensor, y: Tensor) => add(x, y))(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(
      "vmap: argument 1 ([3]) holds 3 examples along axis 0, but the ones before it hold 2",
    );
    expect(() => vmap((x: Tensor) => x)(tensor(1))).toThrow("is a scalar; a mapped argument has its examples along axis 0");
    expect(() => vmap((x: Tensor): Tensor => mul(x, item(x)))(tensor([1, 2]))).toThrow("has no numbers yet");
    expect(w.shape).toEqual([3, 2]);
  });
});

describe("Jacobians and Hessians", () => {
  const f = (x: Tensor): Tensor => div(exp(x), sum(exp(x)));
  const x = tensor([0.3, -1.2, 0.8]);

  test("forward, reverse and in chunks agree", () => {
    const reverse = list(jacobian(f, { mode: "reverse" })(x));
    list(jacobian(f, { mode: "forward" })(x)).forEach((entry, at) => expect(entry).toBeCloseTo(reverse[at] ?? Number.NaN, 15));
    expect(list(jacobian(f, { mode: "reverse", chunk: 2 })(x))).toEqual(reverse);
    expect(
      jacobian((t: Tensor) => matmul(t, t))(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).shape,
    ).toEqual([2, 2, 2, 2]);
  });

  test("the Jacobian of a record has its structure", () => {
    const { a, b } = jacobian((p: { readonly a: Tensor; readonly b: Tensor }) => mul(p.a, p.b))({ a: tensor([1, 2]), b: tensor([3, 4]) });
    expect([list(a), list(b)]).toEqual([
      [3, 0, 0, 4],
      [1, 0, 0, 2],
    ]);
  });

  test("the Hessian is symmetric, and hvp is its product with a vector", () => {
    const cost = (t: Tensor): Tensor => sum(mul(square(f(t)), t));
    const h = list(hessian(cost)(x));
    [0, 1, 2].forEach((i) => [0, 1, 2].forEach((j) => expect(h[3 * i + j]).toBeCloseTo(h[3 * j + i] ?? Number.NaN, 14)));
    const v = [1, -2, 0.5];
    list(hvp(cost)(x, tensor(v))).forEach((entry, i) =>
      expect(entry).toBeCloseTo(
        v.reduce((total, each, j) => total + each * (h[3 * i + j] ?? Number.NaN), 0),
        14,
      ),
    );
  });
});

describe("functions with derivatives of their own", () => {
  test("two uses of one checkpointed block that receive the same adjoint keep their own gradients: of x² + y² they are 2x and 2y", () => {
    const kept = checkpoint((t) => square(t));
    const [a, b] = grad((x: Tensor, y: Tensor) => add(kept(x), kept(y)), { wrt: [0, 1] })(tensor(2), tensor(5));
    expect([item(a), item(b)]).toEqual([4, 10]);
    const batch = vmap((x: Tensor, y: Tensor) => grad((u: Tensor) => add(kept(u), kept(mul(u, y))))(x))(tensor([1, 2]), tensor([3, 4]));
    expect(list(batch)).toEqual([20, 68]);
  });

  test("everything inside everything: hvp of a checkpoint of a custom rule under vmap, and a gradient through it, with x⁴", () => {
    const fourth = customGradient({
      name: "fourth",
      f: (x) => pow(x, { exponent: 4 }),
      vjp: (g, _y, [x]) => [mul(g, mul(4, pow(x, { exponent: 3 })))],
    });
    const kept = checkpoint((x) => fourth(x));
    const slope = vmap(grad((x: Tensor) => kept(x)));
    expect(list(slope(tensor([1, 2])))).toEqual([4, 32]);
    expect(list(grad((x: Tensor) => sum(slope(x)))(tensor([1, 2])))).toEqual([12, 48]);
    expect(list(vmap((x: Tensor) => grad(grad(grad((t: Tensor) => kept(t))))(x))(tensor([1, 2])))).toEqual([24, 48]);
    expect(list(vmap((x: Tensor) => hvp((t: Tensor) => pow(t, { exponent: 4 }))(x, tensor(1)))(tensor([1, 2])))).toEqual([12, 48]);
    expect(list(jacobian((x: Tensor) => vmap(grad((t: Tensor) => pow(t, { exponent: 3 })))(x))(tensor([1, 2])))).toEqual([6, 0, 0, 12]);
    expect(() => jvp((x: Tensor) => kept(x), tensor(1), tensor(1))).toThrow("jvp: fourth has a reverse rule only");
  });

  test("a Hessian makes no finite difference: f runs once", () => {
    let calls = 0;
    const f = (x: Tensor): Tensor => {
      calls++;
      return sum(mul(square(x), x));
    };
    expect(list(hessian(f)(tensor([1, 2, 3])))).toEqual([6, 0, 0, 0, 12, 0, 0, 0, 18]);
    expect(calls).toBeLessThanOrEqual(2);
  });

  test("checkpoint gives the same value and derivatives of every order, in both modes and in a batch", () => {
    const block = (...[x, w]: readonly Tensor[]): Tensor => tanh(mul(x as Tensor, w as Tensor));
    const kept = checkpoint(block);
    const deep =
      (b: typeof block) =>
      (x: Tensor): Tensor =>
        sum(square(b(b(x, tensor(1.3)), x)));
    const x = uniform(randomKey(3), { shape: [4] });
    expect(list(grad(deep(kept))(x))).toEqual(list(grad(deep(block))(x)));
    list(hvp(deep(kept))(x, x)).forEach((entry, at) => expect(entry).toBeCloseTo(list(hvp(deep(block))(x, x))[at] ?? Number.NaN, 13));
    expect(list(vmap(grad(deep(kept)))(zeros([2, 4])))).toEqual(list(vmap(grad(deep(block)))(zeros([2, 4]))));
  });

  test("customGradient uses the rule given, to any order, and refuses forward mode by name", () => {
    const rule = customGradient({ name: "twice", f: (x) => sigmoid(x), vjp: (g, _y, [x]) => [mul(g, square(x))] });
    expect(item(grad((x: Tensor) => rule(x))(tensor(3)))).toBe(9);
    expect(item(grad(grad((x: Tensor) => rule(x)))(tensor(3)))).toBe(6);
    expect(() => jvp((x: Tensor) => rule(x), tensor(3), tensor(1))).toThrow("jvp: twice has a reverse rule only");
    const short = customGradient({ name: "short", f: (a, b) => sub(a, b), vjp: (g) => [g] as never });
    expect(() => grad((x: Tensor) => mean(short(x, x)))(tensor([1, 2]))).toThrow("vjp must give 2 gradients");
  });

  test("a pullback can be called more than once", () => {
    const { pullback } = vjp((x: Tensor) => square(x), tensor([1, 2]));
    expect([list(pullback(tensor([1, 0]))), list(pullback(tensor([0, 1])))]).toEqual([
      [2, 0],
      [0, 4],
    ]);
  });
});
