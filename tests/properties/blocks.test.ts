import {
  GradientError,
  type Tensor,
  add,
  checkGradient,
  checkpoint,
  countOperations,
  customGradient,
  diagnose,
  div,
  equal,
  exp,
  grad,
  greater,
  hessian,
  hvp,
  item,
  jacobian,
  jvp,
  log,
  matmul,
  mul,
  nested,
  record,
  sin,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  values,
  vmap,
  where,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const W = tensor([
  [0.3, -0.2],
  [0.5, 0.1],
]);
const x = tensor([1, -2]);
const close = (left: Tensor, right: Tensor): void => {
  expect(left.shape).toEqual(right.shape);
  for (const [at, each] of values(right).entries()) expect(values(left)[at]).toBeCloseTo(each, 12);
};

describe("a block that is computed again", () => {
  const plain = (w: Tensor): Tensor => sum(tanh(matmul(w, x)));
  const captured = (w: Tensor): Tensor => sum(checkpoint((q) => tanh(matmul(w, q)))(x));

  test("gives gradients to what it uses from outside", () => {
    close(grad(captured)(W), grad(plain)(W));
    close(hessian(captured)(W), hessian(plain)(W));
    close(hvp(captured)(W, W), hvp(plain)(W, W));
    close(jacobian(captured)(W), jacobian(plain)(W));
    close(jvp(captured, W, W).tangent, jvp(plain, W, W).tangent);
    expect(diagnose(captured, W).unreached).toEqual([]);
    expect(checkGradient(captured, W).passes).toBe(true);
  });

  test("adds what arrives by argument and from outside", () => {
    const both = (w: Tensor): Tensor => sum(checkpoint((q) => tanh(matmul(w, q)))(matmul(w, x)));
    const same = (w: Tensor): Tensor => sum(tanh(matmul(w, matmul(w, x))));
    close(grad(both)(W), grad(same)(W));
    close(grad((w: Tensor) => sum(grad(both)(w)))(W), grad((w: Tensor) => sum(grad(same)(w)))(W));
  });

  test("captures what was made from outside too, in blocks inside blocks", () => {
    const of =
      (block: (f: (z: Tensor) => Tensor) => (z: Tensor) => Tensor) =>
      (t: Tensor): Tensor => {
        const twice = mul(t, 2);
        return block((y) => block((z) => sin(mul(mul(z, y), twice)))(y))(t);
      };
    const blocks = of((f) => (z) => checkpoint((...given) => f(given[0]))(z));
    const bare = of((f) => f);
    const t = tensor(0.7);
    close(grad(blocks)(t), grad(bare)(t));
    close(grad(grad(blocks))(t), grad(grad(bare))(t));
    close(grad(grad(grad(blocks)))(t), grad(grad(grad(bare)))(t));
  });

  test("is batched with what it captures, and under every derivative", () => {
    const block = (q: Tensor): Tensor => checkpoint((z) => tanh(mul(z, q)))(square(q));
    const bare = (q: Tensor): Tensor => tanh(mul(square(q), q));
    const xs = tensor([0.5, -1, 2]);
    close(vmap(block)(xs), vmap(bare)(xs));
    close(grad((t: Tensor) => sum(vmap(block)(t)))(xs), grad((t: Tensor) => sum(vmap(bare)(t)))(xs));
    close(vmap(grad(block))(xs), vmap(grad(bare))(xs));
    close(vmap(grad(grad(block)))(xs), vmap(grad(grad(bare)))(xs));
    close(grad((t: Tensor) => sum(vmap(grad(block))(t)))(xs), grad((t: Tensor) => sum(vmap(grad(bare))(t)))(xs));
    close(jvp((t: Tensor) => vmap(block)(t), xs, xs).tangent, jvp((t: Tensor) => vmap(bare)(t), xs, xs).tangent);
    close(hessian((t: Tensor) => sum(vmap(block)(t)))(xs), hessian((t: Tensor) => sum(vmap(bare)(t)))(xs));
    expect(record((t: Tensor) => sum(vmap(block)(t)), xs).nodes.length).toBeGreaterThan(2);
    expect(countOperations((t: Tensor) => vmap(block)(t), xs)).toBeGreaterThan(0);
  });

  test("takes records, as the parameters of a network are", () => {
    const cost = (p: { readonly W: Tensor; readonly list: readonly Tensor[] }): Tensor => sum(tanh(matmul(p.W, p.list[0] as Tensor)));
    const given = { W, list: [x] };
    const [blocked, bare] = [grad(checkpoint(cost))(given), grad(cost)(given)];
    close(blocked.W, bare.W);
    close(blocked.list[0] as Tensor, bare.list[0] as Tensor);
  });

  test("is run once for a whole batch", () => {
    let calls = 0;
    const counted = checkpoint((z) => {
      calls++;
      return tanh(z);
    });
    const callsFor = (count: number): number => {
      calls = 0;
      vmap((q: Tensor) => counted(q))(tensor(Array.from({ length: count }, (_, at) => at)));
      return calls;
    };
    expect(callsFor(1000)).toBe(callsFor(2));
  });
});

describe("a function with a gradient of one's own", () => {
  test("refuses to capture what a derivative would have to flow to", () => {
    const scaled = (w: Tensor): Tensor => sum(customGradient({ name: "scaled", f: (q) => mul(q, w), vjp: (g) => [g] })(x));
    expect(() => grad(scaled)(tensor(3))).toThrow(GradientError);
    expect(() => grad(scaled)(tensor(3))).toThrow(/customGradient scaled: f uses .* from outside/);
    expect(item(scaled(tensor(3)))).toBe(-3);
  });

  test("is run once for a whole batch", () => {
    let calls = 0;
    const straight = customGradient({
      name: "straight",
      f: (q) => {
        calls++;
        return where(greater(q, 0), 1, 0);
      },
      vjp: (g) => [g],
    });
    const callsFor = (count: number): number => {
      calls = 0;
      const xs = tensor(Array.from({ length: count }, (_, at) => at - 1));
      expect(values(vmap(grad((q: Tensor) => straight(q)))(xs)).every((each) => each === 1)).toBe(true);
      return calls;
    };
    expect(callsFor(500)).toBe(callsFor(3));
  });
});

test("a branch not taken stays out of second derivatives, backward over backward", () => {
  const roots = (t: Tensor): Tensor => sum(mul(where(greater(t, 0), sqrt(t), 0), t));
  const at = tensor([0, 0.5, 2]);
  const second = (f: (t: Tensor) => Tensor): number[] => Array.from(values(grad((t: Tensor) => sum(grad(f)(t)))(at)));
  expect(second(roots)[0]).toBe(0);
  expect(second(roots)[1]).toBeCloseTo(0.75 / Math.sqrt(0.5), 12);
  expect(second((t) => sum(square(where(greater(t, 0), sqrt(t), 0)))).every((each) => Math.abs(each) < 1e-12)).toBe(true);
  expect(second((t) => square(sum(where(equal(t, 0), 0, div(1, t))))).every(Number.isFinite)).toBe(true);
});

test("log(1 - exp(x)) has its second derivative far below", () => {
  for (const [at, wanted] of [
    [-500, -7.124576406741286e-218],
    [-710, -4.47628622567513e-309],
    [-800, 0],
    [-1000, 0],
  ] as const) {
    const second = nested(hessian((q: Tensor) => log(sub(1, exp(q))))(tensor(at))) as number;
    expect(second, String(at)).toBeCloseTo(wanted, 220);
    if (at === -500) expect(second / wanted).toBeCloseTo(1, 12);
    expect(second).not.toBeNaN();
  }
});

test("the Hessian of a record is the record twice, and its product with a vector is hvp's", () => {
  const cost = ({ W: w, b }: { readonly W: Tensor; readonly b: readonly [Tensor] }): Tensor => sum(square(tanh(add(matmul(w, x), b[0]))));
  const at = { W, b: [tensor([0.1, -0.3])] as const };
  const all = hessian(cost)(at);
  expect([all.W.W.shape, all.W.b[0].shape, all.b[0].W.shape, all.b[0].b[0].shape]).toEqual([
    [2, 2, 2, 2],
    [2, 2, 2],
    [2, 2, 2],
    [2, 2],
  ]);
  const v = {
    W: tensor([
      [1, 2],
      [3, 4],
    ]),
    b: [tensor([5, 6])] as const,
  };
  const product = hvp(cost)(at, v);
  const contracted = (byW: Tensor, byB: Tensor, axes: number): Tensor =>
    add(sum(mul(byW, v.W), { axis: [axes, axes + 1] }), sum(mul(byB, v.b[0]), { axis: axes }));
  close(contracted(all.W.W, all.W.b[0], 2), product.W);
  close(contracted(all.b[0].W, all.b[0].b[0], 1), product.b[0]);
  close(hessian(cost, { mode: "reverse" })(at).W.b[0], all.W.b[0]);
});
