import { inspect } from "node:util";
import { type Tensor, add, grad, input, log, mul, name, square, sub, sum, tensor, treeMap, vmap, zeros } from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const x = name(tensor([1, 2]), "x");
const symbolic = mul(input("a", [2]), input("b", [2]));
/** What a caller without types may write. */
const loose = (value: unknown): number => value as number;

describe("a tensor is no number: what would give NaN is refused, with the op to write", () => {
  test.each<[string, (t: number) => unknown]>([
    ["*", (t) => t * t],
    ["-", (t) => 1 - t],
    ["unary -", (t) => -t],
    ["/", (t) => t / 2],
    ["**", (t) => t ** 2],
    ["%", (t) => t % 2],
    ["<", (t) => t < 1],
    [">=", (t) => t >= 0],
    ["Math.exp", (t) => Math.exp(t)],
    ["Math.max", (t) => Math.max(t, 0)],
    ["isNaN", (t) => isNaN(t)],
    ["a typed array", (t) => Float64Array.of(t)],
    ["+=", (t) => (t += 1)],
    ["++", (t) => ++t],
  ])("%s", (_, misuse) => {
    const number = /^(?:an operator or a function of numbers, such as \* or < or Math\.exp,|\+ or ==) met a tensor, (?:x )?\[\d*\]; write ops: /;
    for (const each of [x, tensor(3), vmap((t: Tensor) => t)(tensor([1])), log(0)]) expect(() => misuse(loose(each))).toThrow(number);
    expect(() => misuse(loose(symbolic))).toThrow("met a tensor, [2]; write ops: ");
    expect(() => grad((t: Tensor) => misuse(loose(t)) as Tensor)(x)).toThrow("met a tensor, x [2]; write ops: ");
  });

  test.each<[string, (t: unknown) => unknown]>([
    ["+", (t) => loose(t) + 1],
    ["+ text", (t) => "loss: " + (t as string)],
    ["== a number", (t) => t == 3],
  ])("%s", (_, misuse) => {
    expect(() => misuse(x)).toThrow("+ or == met a tensor, x [2]; write ops: add(x, y), equal(x, y), or `${x}` for text");
  });

  test("what asks for identity alone is answered", () => {
    const other: unknown = x;
    expect([other === x, x !== symbolic, Boolean(x), other == null, [x].includes(x), new Set([x, x]).size]).toEqual([true, true, true, false, true, 1]);
  });
});

describe("a tensor is shown in one line", () => {
  test.each<[string, Tensor, string]>([
    ["a matrix", tensor([[1, 2, 3], [4, 5, 6]]), "tensor([2, 3]) [[1, 2, 3], [4, 5, 6]]"], // prettier-ignore
    ["a number with a name", name(tensor(0.1), "loss"), "loss tensor([]) 0.1"],
    ["digits that nobody reads", tensor(1 / 3), "tensor([]) 0.33333333"],
    ["-0, NaN and Infinity", tensor([-0, Number.NaN, Number.NEGATIVE_INFINITY]), "tensor([3]) [-0, NaN, -Infinity]"],
    ["nothing", zeros([0, 2]), "tensor([0, 2]) []"],
    ["empty rows", zeros([2, 0]), "tensor([2, 0]) [[], []]"],
    ["a long vector", zeros([1000]), "tensor([1000]) [0, 0, 0, …, 0, 0, 0]"],
    ["a symbolic one", symbolic, "tensor([2]) without numbers yet, of a, b"],
    ["an input", input("rate", []), "rate tensor([]) without numbers yet, of rate"],
    ["a result", sub(add(x, 1), square(x)), "tensor([2]) [1, -1]"],
    ["what a name was given to", name(log(tensor(1)), "cost"), "cost tensor([]) 0"],
  ])("%s", (_, t, shown) => {
    expect([inspect(t), String(t), [t].join(), t.toString()]).toEqual([shown, shown, shown, shown]);
  }); // prettier-ignore

  test("a large one by the ends of its axes", () => {
    expect(inspect(zeros([100, 100]))).toHaveLength("tensor([100, 100]) ".length + 6 * "[0, 0, 0, …, 0, 0, 0]".length + 6 * ", ".length + 3);
    expect(inspect({ layers: [{ W: tensor([[1]]), b: x }] }, { depth: 9 })).toBe("{ layers: [ { W: tensor([1, 1]) [[1]], b: x tensor([2]) [1, 2] } ] }");
  });

  test("while it is differentiated, too", () => {
    let shown = "";
    grad((t: Tensor) => {
      shown = inspect(t);
      return sum(t);
    })(x);
    expect(shown).toBe("x tensor([2]) [1, 2]");
  });

  test("JSON has its numbers, and a symbolic one none to give", () => {
    expect(JSON.stringify({ W: tensor([[1, 2]]), loss: sum(x) })).toBe('{"W":[[1,2]],"loss":3}');
    expect(() => JSON.stringify(symbolic)).toThrow("JSON.stringify: [2] has no numbers yet: it depends on a, b");
  });

  test("equality of tests and copies of trees see data alone", () => {
    expect({ ...tensor([1, 2]), id: 0 }).toEqual({ ...tensor([1, 2]), id: 0 });
    expect(inspect(treeMap({ a: x }, (t) => mul(2, t)))).toBe("{ a: tensor([2]) [2, 4] }");
  });
});
