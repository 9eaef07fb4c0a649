import {
  type Tensor,
  add,
  composite,
  diagnose,
  floor,
  grad,
  log,
  mul,
  record,
  sigmoid,
  stack,
  sub,
  sum,
  tanh,
  tensor,
  treeZip,
  valueAndGrad,
} from "@nabla/autodiff";
import { setFlagsFromString, getHeapStatistics } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

describe("growth", () => {
  test("nodes made, nodes visited and rules called grow exactly linearly from a hundred to a hundred thousand nodes", () => {
    const { calculus } = tanh.op;
    if (calculus.rule !== "partials") throw new Error("tanh has a partial");
    const { partial } = calculus;
    const work = (length: number): { readonly made: number; readonly visits: number; readonly rules: number } => {
      let [visits, rules] = [0, 0];
      const watched = (t: Tensor): Tensor => {
        const { inputs } = t;
        return Object.defineProperty(t, "inputs", {
          get: () => {
            visits++;
            return inputs;
          },
        });
      };
      const counting: typeof partial = (...given) => {
        rules++;
        return partial(...given);
      };
      const before = tensor(0).id;
      Object.assign(calculus, { partial: counting });
      try {
        grad((x: Tensor) => {
          let y = x;
          for (let i = 0; i < length; i++) y = watched(tanh(y));
          return y;
        })(tensor(0.5));
      } finally {
        Object.assign(calculus, { partial });
      }
      return { made: tensor(0).id - before, visits, rules };
    };
    const counts = [100, 1000, 10_000, 100_000].map(work);
    const steps = (of: keyof (typeof counts)[number]): number[] => counts.slice(1).map((each, at) => (each[of] - (counts[at]?.[of] ?? 0)) / (900 * 10 ** at));
    for (const what of ["made", "visits", "rules"] as const) {
      const [first = Number.NaN, ...rest] = steps(what);
      expect(first, what).toBeGreaterThan(0);
      for (const each of rest) expect(each, what).toBe(first);
    }
    expect(counts[0]?.rules).toBe(100);
  });

  describe("looks at nodes grow exactly linearly", () => {
    const product = composite({ name: "product", expand: (a, b) => mul(a, b) });
    const numbers = (length: number): Tensor[] => Array.from({ length }, () => tensor(0.5));
    const chain = (length: number, step: (y: Tensor, position: number) => Tensor, start: Tensor): Tensor => {
      let y = start;
      for (let i = 0; i < length; i++) y = step(y, i);
      return y;
    };
    type Run = (length: number, seen: (t: Tensor) => Tensor) => unknown;
    const runs: readonly (readonly [string, Run])[] = [
      ["a gradient through what a stack joins", (length, seen) => grad((xs: Tensor[]) => sum(stack(xs.map((x) => seen(tanh(x))), { axis: 0 })))(numbers(length))], // prettier-ignore
      ["a record of composites that share an operand", (length, seen) => record((x: Tensor) => chain(length, (y) => seen(product(y, x)), x), tensor(0.99))],
      ["a record of twins, one above another", (length, seen) => record((x: Tensor) => chain(length, (y) => seen(log(sub(1, sigmoid(y)))), x), tensor(0.3))],
      ["a record of twins over one value", (length, seen) => record((x: Tensor) => { const s = sigmoid(x); return chain(length, (y) => seen(add(y, log(sub(1, s)))), x); }, tensor(0.3))], // prettier-ignore
      ["a diagnosis of leaves that a floor cuts off", (length, seen) => diagnose((xs: Tensor[]) => chain(length, (y, at) => seen(tanh(add(y, seen(floor(xs[at] as Tensor))))), xs[0] as Tensor), numbers(length))], // prettier-ignore
      ["a diagnosis of leaves that nothing uses", (length, seen) => diagnose((xs: Tensor[]) => chain(length, (y) => seen(tanh(y)), xs[0] as Tensor), numbers(length))], // prettier-ignore
    ];
    test.each(runs)("in %s", (_what, run) => {
      const looks = (length: number): { readonly made: number; readonly looks: number } => {
        let count = 0;
        const seen = (t: Tensor): Tensor => {
          for (const key of ["inputs", "shape"] as const) {
            const value = t[key];
            Object.defineProperty(t, key, {
              get: () => {
                count++;
                return value;
              },
            });
          }
          return t;
        };
        const before = tensor(0).id;
        run(length, seen);
        return { made: tensor(0).id - before, looks: count };
      };
      const [small, middle, large] = [100, 200, 400].map(looks) as [ReturnType<typeof looks>, ReturnType<typeof looks>, ReturnType<typeof looks>];
      for (const what of ["made", "looks"] as const) {
        expect(middle[what] - small[what], what).toBeGreaterThan(0);
        expect(large[what] - middle[what], what).toBe(2 * (middle[what] - small[what]));
      }
    });
  });

  test("ten thousand steps of gradient and update hold memory flat within 5 MB", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heap = (): number => {
      collect();
      collect();
      const { used_heap_size, external_memory } = getHeapStatistics();
      return (used_heap_size + external_memory) / 1e6;
    };
    let parameters = {
      W: tensor([
        [0.1, 0.2],
        [0.3, -0.4],
      ]),
      b: tensor([0, 0]),
    };
    const x = tensor([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const step = valueAndGrad((p: typeof parameters) => sum(sigmoid(add(mul(x, sum(p.W, { axis: 0 })), p.b))));
    const run = (steps: number): void => {
      for (let i = 0; i < steps; i++) parameters = treeZip(parameters, step(parameters).gradient, (p, g) => sub(p, mul(0.01, g)));
    };
    run(1000);
    const before = heap();
    run(10_000);
    expect(heap() - before).toBeLessThan(5);
  });
});
