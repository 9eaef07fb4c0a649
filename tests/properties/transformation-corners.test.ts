import {
  type Tensor,
  concat,
  countOperations,
  customGradient,
  det,
  exp,
  grad,
  hessian,
  input,
  jacobian,
  jvp,
  latex,
  log,
  matmul,
  mul,
  nested,
  reshape,
  slice,
  solve,
  sort,
  square,
  sum,
  take,
  tensor,
  text,
  values,
  vmap,
  treeMap,
  treeZip,
} from "@nabla/autodiff";
import { expect, test } from "vitest";

/** The cases of transformations beside the usual ones: what a small slip in a condition would change, found by mutating the sources. */

test("a matrix op under vmap is written as the op of one example", () => {
  const batched = vmap((a: Tensor) => det(a))(input("A", [5, 2, 2]));
  expect(text(batched)).toBe("det(A)");
  expect(latex(batched)).toContain("\\det");
  const product = vmap((v: Tensor) => matmul(input("M", [3, 2]), v))(input("v", [5, 2]));
  expect(text(product)).toBe(text(matmul(input("M", [3, 2]), input("v", [2]))));
  expect(latex(product)).toBe(latex(matmul(input("M", [3, 2]), input("v", [2]))));
  const sums = vmap((a: Tensor) => sum(a))(input("A", [5, 3]));
  expect(text(sums)).toContain("axis 1");
});

test.each<[string, (m: Tensor, v: Tensor) => Tensor]>([
  ["a solver", solve],
  ["a product", matmul],
  ["a product of entries", (m, v) => mul(sum(m, { axis: 0 }), v)],
  ["a picking of rows", (m, v) => mul(take(m, { indices: [1, 0, 1], axis: 0 }), v)],
])("%s under vmap shares what is not mapped, in values, gradients and tangents", (_name, of) => {
  const a = tensor([
    [2, 1],
    [1, 3],
  ]);
  const as = tensor([
    [
      [2, 1],
      [1, 3],
    ],
    [
      [4, 0],
      [1, 1],
    ],
    [
      [1, 2],
      [0, 5],
    ],
  ]);
  const b = tensor([1, 2]);
  const bs = tensor([
    [1, 2],
    [3, -1],
    [0, 4],
  ]);
  const cost = (m: Tensor, v: Tensor): Tensor => sum(mul(of(m, v), of(m, v)));
  const row = (t: Tensor, at: number): Tensor =>
    reshape(slice(t, { start: [at, ...t.shape.slice(1).map(() => 0)], end: [at + 1, ...t.shape.slice(1)] }), { shape: t.shape.slice(1) });
  const close = (left: Tensor, right: Tensor): void => values(left).forEach((each, at) => expect(each).toBeCloseTo(values(right)[at] as number, 11));
  for (const over of [
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const args = [over[0] ? as : a, over[1] ? bs : b] as const;
    const example = (at: number): [Tensor, Tensor] => [over[0] ? row(as, at) : a, over[1] ? row(bs, at) : b];
    for (const wrt of [0, 1]) {
      const slope: (m: Tensor, v: Tensor) => Tensor = grad(cost, { wrt });
      const all = vmap(slope, { over })(...args);
      for (const at of [0, 1, 2]) close(row(all, at), slope(...example(at)));
      const total = (t: Tensor): Tensor => sum(vmap(cost, { over })(...(wrt === 0 ? ([t, args[1]] as const) : ([args[0], t] as const))));
      const moved = args[wrt] as Tensor;
      const along = tensor(
        values(moved).map((_, at) => Math.sin(at + 1)),
        moved.shape,
      );
      const { tangent: pushed } = jvp(total, moved, along);
      close(pushed, sum(mul(grad(total)(moved), along)));
    }
  }
});

test("what does not depend on the examples is the same for all of them", () => {
  expect(nested(vmap((_x: Tensor) => tensor([3, 4]))(tensor([1, 2])))).toEqual([
    [3, 4],
    [3, 4],
  ]);
});

test("a tree is mapped by an op as it is, and by another function with the path of each tensor", () => {
  const tree = { a: [tensor([3, 4])], b: tensor(2) };
  const read = (t: typeof tree): unknown => [nested(t.a[0] as Tensor), nested(t.b)];
  expect(read(treeMap(tree, square))).toEqual([[9, 16], 4]);
  expect(read(treeMap(tree, sum as (t: Tensor) => Tensor))).toEqual([7, 2]);
  expect(read(treeZip(tree, tree, mul))).toEqual([[9, 16], 4]);
  const paths: string[] = [];
  const noted = (t: Tensor, ...others: readonly string[]): Tensor => {
    paths.push(...others);
    return t;
  };
  treeMap(tree, noted);
  expect(paths).toEqual(["a[0]", "b"]);
});

test("vmap refuses what is no function", () => {
  expect(() => vmap(5 as never)).toThrow(/vmap/);
});

test("a cost of one entry that is no scalar is told from a cost of several", () => {
  const x = tensor([1, 2]);
  for (const shape of [[1], [1, 1]]) expect(() => grad((t: Tensor) => reshape(sum(t), { shape }))(x)).toThrow(/one entry but no scalar/);
  expect(() => grad((t: Tensor) => t)(x)).toThrow(/sum or average/);
  expect(() => grad((t: Tensor) => t)(input("x", [2, 1]))).toThrow(/sum or average/);
  expect(() => grad((t: Tensor) => reshape(sum(t), { shape: [1] }))(input("x", [2]))).toThrow(/one entry but no scalar/);
  expect(() => grad((t: Tensor) => slice(t, { end: [0] }))(x)).toThrow(/sum or average/);
});

test("a Jacobian goes the shorter way, backwards where both are equally long", () => {
  const narrow = (x: Tensor): Tensor => reshape(sum(exp(x)), { shape: [1] });
  const wide = (x: Tensor): Tensor => concat([exp(x), log(x), mul(x, x)], { axis: 0 });
  const even = (x: Tensor): Tensor => exp(sort(x));
  const work = (f: (x: Tensor) => Tensor, x: Tensor, mode?: "reverse" | "forward"): number =>
    countOperations((t: Tensor) => jacobian(f, mode === undefined ? {} : { mode })(t), x);
  const many = tensor([1, 2, 3, 4, 5, 6]);
  expect(work(narrow, many, "reverse")).toBeLessThan(work(narrow, many, "forward"));
  expect(work(narrow, many)).toBe(work(narrow, many, "reverse"));
  const few = tensor([2]);
  expect(work(wide, few)).toBe(work(wide, few, "forward"));
  expect(work(wide, few, "forward")).not.toBe(work(wide, few, "reverse"));
  expect(work(even, many)).toBe(work(even, many, "reverse"));
  expect(work(even, many, "forward")).not.toBe(work(even, many, "reverse"));
});

test("a Hessian is forward over reverse with any options but the mode, and reverse over reverse where that is asked for", () => {
  const oneWay = customGradient({ name: "oneWay", f: (x) => square(x), vjp: (g, _y, [x]) => [mul(g, mul(2, x))] });
  const cost = (x: Tensor): Tensor => sum(mul(x, square(oneWay(x))));
  const x = tensor([1, 2]);
  for (const options of [undefined, {}, { chunk: 1 }, { mode: "forward" }] as const)
    expect(() => hessian(cost, options)(x)).toThrow("hessian: oneWay has a reverse rule only");
  expect(nested(hessian(cost, { mode: "reverse", chunk: 1 })(x))).toEqual([
    [20, 0],
    [0, 160],
  ]);
});
