import { type Tensor, type Tree, add, checkpoint, grad, hessian, item, jacobian, matmul, mul, nested, ones, square, sum, tanh, tensor, treeLeaves, treeZip } from "@nabla/autodiff"; // prettier-ignore
import { describe, expect, test } from "vitest";

const long = 100_000;

describe("too much is refused in a sentence", () => {
  test.each([
    [
      "a broadcast product",
      () => mul(ones([long, 1]), ones([1, long])),
      "mul([100000, 1], [1, 100000]): a result of shape [100000, 100000] has 10000000000 entries",
    ],
    [
      "a product of matrices",
      () => matmul(ones([long, 1]), ones([1, long])),
      "matmul([100000, 1], [1, 100000]): a result of shape [100000, 100000] has 10000000000 entries",
    ],
    ["a Jacobian", () => jacobian((x: Tensor) => square(x))(ones([long])), "jacobian: 100000 entries by 100000 are 10000000000 derivatives"],
    ["a Hessian", () => hessian((x: Tensor) => sum(square(x)))(ones([long])), "hessian: 100000 entries by 100000 are 10000000000 derivatives"],
    ["the seeds of a sweep", () => jacobian((x: Tensor) => sum(x), { mode: "forward" })(ones([long])), "take fewer, such as { chunk: 167 }"],
  ])("of %s", (_what, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ name: "ShapeError" }));
  });

  const deep = (levels: number): Tree => {
    let tree: Tree = tensor(1);
    for (let level = 0; level < levels; level++) tree = { a: tree };
    return tree;
  };

  test("of levels of a tree", () => {
    expect(treeLeaves(deep(1000))).toHaveLength(1);
    expect(treeLeaves(treeZip(deep(1000), deep(1000), (a, b) => add(a, b)))).toHaveLength(1);
    for (const levels of [1001, 10_000]) {
      expect(() => treeLeaves(deep(levels))).toThrow("treeLeaves: the tree is nested deeper than 1000 levels");
      expect(() => treeZip(deep(levels), deep(levels), (a) => a)).toThrow("treeZip: the first is nested deeper than 1000 levels");
      expect(() => (checkpoint((x) => x) as unknown as (x: Tree) => Tensor)(deep(levels))).toThrow("nested deeper than 1000 levels");
    }
  });

  test("of checkpoints inside checkpoints", () => {
    const within = (levels: number): ((x: Tensor) => Tensor) => {
      let f = (x: Tensor): Tensor => tanh(x);
      for (let level = 0; level < levels; level++) {
        const inner = f;
        f = checkpoint<[Tensor]>((x) => inner(x));
      }
      return f;
    };
    expect(item(grad(within(256))(tensor(0)))).toBe(1);
    expect(() => within(257)(tensor(0))).toThrow("checkpoint: blocks are nested deeper than 256 levels");
    expect(() => within(3000)(tensor(0))).toThrow("checkpoint: blocks are nested deeper than 256 levels");
    expect(item(within(256)(tensor(0)))).toBe(0);
  });
});

test("a Jacobian in chunks needs no whole identity", () => {
  expect(nested(jacobian((x: Tensor) => sum(x), { mode: "forward", chunk: 2 })(ones([5])))).toEqual([1, 1, 1, 1, 1]);
  expect(jacobian((x: Tensor) => sum(x), { mode: "forward", chunk: 64 })(ones([5000])).shape).toEqual([5000]);
});
