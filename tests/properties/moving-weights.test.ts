import { type Tensor, add, div, dot, exp, grad, hessian, item, log, mul, nested, softmax, sum, tensor, where } from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

type Pair = readonly [w: Tensor, z: Tensor];

/** Written in many ways, all with a weight that passes 0. */
const combinations: Readonly<Record<string, (pair: Pair) => Tensor>> = {
  "log(dot(w, exp(z)))": ([w, z]) => log(dot(w, exp(z))),
  "log(sum(w exp(z)))": ([w, z]) => log(sum(mul(w, exp(z)))),
  "log(dot(w, softmax(z)))": ([w, z]) => log(dot(w, softmax(z))),
  "log(dot(w, exp(z) / (1 + exp(z))))": ([w, z]) => log(dot(w, div(exp(z), add(1, exp(z))))),
};

describe("weights of exponentials under a logarithm", () => {
  test.each(Object.entries(combinations))("%s: mixed second derivatives where a weight is 0, one way as the other", (_name, f) => {
    const [w, z] = [tensor([2, 0, -0.25]), tensor([0.5, -0.3, 0.1])];
    const blocks = hessian(f)([w, z] as Pair);
    const mixed = nested(blocks[0][1]) as number[][];
    const turned = nested(blocks[1][0]) as number[][];
    mixed.forEach((row, i) => row.forEach((entry, j) => expect(turned[j]?.[i]).toBeCloseTo(entry, 14)));
    // By differences of the gradient by w, whose own error is about 1e-10.
    const slope = (at: number): number[] => nested(grad((v: Tensor) => f([v, tensor([0.5, at, 0.1])]))(w)) as number[];
    const [above, below] = [slope(-0.3 + 1e-5), slope(-0.3 - 1e-5)];
    mixed.forEach((row, i) => expect(Math.abs((row[1] as number) - ((above[i] as number) - (below[i] as number)) / 2e-5)).toBeLessThan(1e-8));
    expect(mixed[1]?.[1]).not.toBe(0);
  });

  test("an exponential that is masked out moves nothing, however small the others are", () => {
    const f = (w: Tensor, z: Tensor): Tensor => log(sum(mul(w, where([0, 1, 1], exp(z), 0))));
    const [w, z] = [tensor([1, 2, 2]), tensor([-800, -800, -800])];
    expect(item(f(w, z))).toBeCloseTo(Math.log(4) - 800, 12);
    const [byWeight, byExponent] = grad(f, { wrt: [0, 1] })(w, z);
    expect(nested(byWeight)).toEqual([0, 0.25, 0.25]);
    expect(nested(byExponent)).toEqual([0, 0.5, 0.5]);
    expect(nested(grad((t: Tensor) => log(sum(where([1, 0], exp(t), 0))))(tensor([800, 1e5])))).toEqual([1, 0]);
  });
});
