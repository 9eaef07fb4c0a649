import {
  vmap,
  cumprod,
  layerNorm,
  norm,
  softmax,
  add,
  checkpoint,
  customGradient,
  argsort,
  cholesky,
  cofactor,
  concat,
  cumsum,
  det,
  inv,
  logdet,
  logsumexp,
  maxPool2d,
  randomKey,
  solve,
  uniform,
  type Tensor,
  countOperations,
  grad,
  hvp,
  item,
  matmul,
  mul,
  sigmoid,
  sin,
  sub,
  sum,
  square,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
  zeros,
} from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { network, objective, quadratic } from "@nabla/mlp";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toTensors } from "../conformance/load.ts";
import { samples } from "./samples.ts";

interface Composite {
  readonly name: string;
  readonly expr: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly constants?: Readonly<Record<string, unknown>>;
}

const { cases } = JSON.parse(readFileSync(new URL("../fixtures/reference/composite.json", import.meta.url), "utf8")) as { cases: readonly Composite[] };

type Named = Readonly<Record<string, Tensor>>;

/** Operations of the value, of value and gradient together, and of a Hessian-vector product. */
function counted<A extends Named>(cost: (x: A) => Tensor, x: A): { value: number; both: number; along: number } {
  return {
    value: countOperations(cost, x),
    both: countOperations((at: A) => {
      const { value, gradient } = valueAndGrad(cost)(at);
      return [value, gradient];
    }, x),
    along: countOperations((at: A, v: A) => hvp(cost)(at, v), x, x),
  };
}

describe("what a function costs, counted", () => {
  test("counts follow from the definitions of the ops", () => {
    const m = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(countOperations((x: Tensor) => matmul(x, transpose(x)), m)).toBe(2 * 2 * 2 * 3);
    expect(countOperations((x: Tensor) => sum(x), m)).toBe(5);
    expect(countOperations((x: Tensor) => tanh(x), m)).toBe(60);
    // What is computed twice counts once; what is not needed, and constants, count nothing.
    expect(countOperations((x: Tensor) => mul(tanh(x), tanh(x)), m)).toBe(66);
    expect(countOperations((x: Tensor) => [tanh(x), sub(tanh(x), mul(2, 3))], m)).toBe(66);
    expect(countOperations((x: Tensor) => (tanh(x), square(x)), m)).toBe(6);
    const square3 = zeros([3, 3]);
    // Elimination of 3 rows: 5 + 5 products and differences, 3 quotients of 4; then 3 products, or 3 logarithms and sums.
    expect(countOperations((x: Tensor) => det(x), square3)).toBe(10 + 12 + 3);
    expect(countOperations((x: Tensor) => det(x), zeros([7, 3, 3]))).toBe(7 * 25);
    expect(countOperations((x: Tensor) => logdet(x), square3)).toBe(22 + 3 * 11);
    expect(countOperations((x: Tensor) => inv(x), square3)).toBe(22 + 2 * 3 * 9);
    expect(countOperations((x: Tensor) => solve(x, zeros([3, 1])), square3)).toBe(22 + 2 * 9);
    expect(countOperations((x: Tensor) => cofactor(x), zeros([2, 2]))).toBe(2);
    expect(countOperations((x: Tensor) => cofactor(x), square3)).toBe(22 + (8 + 25) + 18);
    expect(countOperations((x: Tensor) => cholesky(x), square3)).toBe(8 + 12 + 12);
    expect(countOperations((x: Tensor) => argsort(x), zeros([2, 8]))).toBe(2 * 8 * 3);
    expect(countOperations((x: Tensor) => logsumexp(x), zeros([5]))).toBe(5 * 13 + 11);
    expect(countOperations((x: Tensor) => maxPool2d(x, { kernel: [2, 2] }), zeros([1, 4, 4]))).toBe(4 * 4);
    expect(countOperations((x: Tensor) => cumsum(x, { axis: 0 }), zeros([5]))).toBe(5);
    expect(countOperations((x: Tensor) => concat([x, x], { axis: 0 }), m)).toBe(0);
    expect(countOperations((x: Tensor) => add(uniform(randomKey(1), { shape: [3] }), x), zeros([3]))).toBe(3);
    expect(() => countOperations((x: Tensor) => mul(x, item(sum(x))), m)).toThrow("argument 0");
  });

  test("a block with a derivative of its own, and one that is computed again, count as what they compute", () => {
    const double = customGradient({ name: "double", f: (x) => mul(2, x), vjp: (g) => [mul(2, g)] });
    expect(countOperations((x: Tensor) => double(x), tensor([1, 2, 3]))).toBe(3);
    const block = (x: Tensor): Tensor => tanh(square(x));
    expect(countOperations(checkpoint(block), tensor([1, 2, 3]))).toBe(33);
    expect(
      countOperations(
        grad((x: Tensor) => sum(checkpoint(block)(x))),
        tensor([1, 2, 3]),
      ),
    ).toBe(
      countOperations(
        grad((x: Tensor) => sum(block(x))),
        tensor([1, 2, 3]),
      ),
    );
  });

  test("every op can be counted, with its first and second derivative", () => {
    for (const { label, shapes, f } of samples) {
      const x = shapes.map((shape) => zeros(shape));
      // No identity simplifies a sine, so every derivative takes work, of linear ops too.
      const cost = (given: readonly Tensor[]): Tensor => sum(sin(f(...given)));
      const value = countOperations(cost, x);
      const both = countOperations((given: readonly Tensor[]) => grad(cost)(given), x);
      const second = countOperations((given: readonly Tensor[]) => grad((at: readonly Tensor[]) => sum(sin(grad(cost)(at)[0] as Tensor)))(given), x);
      expect(
        [value, both, second].every((count) => Number.isFinite(count) && count > 0),
        `${label}: ${value}, ${both}, ${second}`,
      ).toBe(true);
    }
  });

  test("value and gradient cost at most 5 times the value for every composite reference function, 3.5 times in geometric mean", () => {
    const ratios = cases.map(({ name, expr, inputs, constants }) => {
      const read = formula(expr);
      const fixed = toTensors(constants);
      const { value, both, along } = counted((x: Named) => read({ ...fixed, ...x }), toTensors(inputs));
      return { name, gradient: both / value, product: along / value };
    });
    expect(ratios.filter(({ gradient }) => !(gradient <= 5))).toEqual([]);
    expect(Math.exp(ratios.reduce((total, { gradient }) => total + Math.log(gradient), 0) / ratios.length)).toBeLessThanOrEqual(3.5);
    expect(ratios.filter(({ product }) => !(product <= 10))).toEqual([]);
  });

  test("a Hessian-vector product of a network 256 wide and 8 layers deep costs at most 10 times its value", () => {
    const width = 256;
    const deep = network({ sizes: Array.from({ length: 9 }, () => width), activations: Array.from({ length: 8 }, () => "tanh" as const) });
    const cost = objective(deep, quadratic);
    const [x, y] = [zeros([4, width]), zeros([4, width])];
    const value = countOperations((p: typeof deep.parameters) => cost(p, x, y), deep.parameters);
    const along = countOperations(
      (p: typeof deep.parameters, v: typeof deep.parameters) => hvp((q: typeof p) => cost(q, x, y))(p, v),
      deep.parameters,
      deep.parameters,
    );
    expect(along / value).toBeLessThanOrEqual(10);
    expect(along / value).toBeGreaterThan(2);
  });

  test("the gradient of a chain costs the same per link whatever its length", () => {
    const chain = (length: number) => (x: Tensor) => {
      let y = x;
      for (let i = 0; i < length; i++) y = sigmoid(y);
      return y;
    };
    const [a, b, c] = [10, 20, 30].map((length) => countOperations(grad(chain(length)), tensor(0.5))) as [number, number, number];
    expect(c - b).toBe(b - a);
  });

  test.each<readonly [string, (x: Tensor) => Tensor]>([
    ["softmax", (x) => softmax(x)],
    ["norm", (x) => norm(x)],
    ["layerNorm", (x) => layerNorm(x)],
    ["cumprod", (x) => cumprod(x, { axis: 0 })],
    ["a function with a rule of its own", customGradient({ name: "own", f: (x) => square(x), vjp: (g) => [g] })],
    ["a checkpoint", checkpoint((x) => tanh(x))],
  ])("a batch of five counts five times one example: %s", (_, f) => {
    const one = countOperations(f, zeros([3]));
    expect(one).toBeGreaterThan(0);
    expect(countOperations(vmap(f), zeros([5, 3]))).toBe(5 * one);
  });
});
