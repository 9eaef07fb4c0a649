import {
  type Tensor,
  bernoulli,
  choice,
  grad,
  item,
  mean,
  normal,
  permutation,
  randomKey,
  splitKey,
  square,
  sub,
  sum,
  tensor,
  uniform,
  values,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const count = 20_000;
const shape = [count];
/** Five standard errors of a mean of `count` draws with this deviation: a seeded draw, so the outcome never changes. */
const within = (got: number, want: number, deviation: number): void => expect(Math.abs(got - want)).toBeLessThan((5 * deviation) / Math.sqrt(count));
const share = (entries: Float64Array, chosen: (entry: number) => boolean): number => entries.filter(chosen).length / entries.length;

describe("draws", () => {
  test("the same key draws the same numbers, the keys of a split others", () => {
    const [a, b] = splitKey(randomKey(3), 2) as [ReturnType<typeof randomKey>, ReturnType<typeof randomKey>];
    expect(values(uniform(a, { shape: [5] }))).toEqual(values(uniform(a, { shape: [5] })));
    expect(values(uniform(a, { shape: [5] }))).not.toEqual(values(uniform(b, { shape: [5] })));
    expect(values(normal(a, { shape: [5] }))).not.toEqual(values(normal(b, { shape: [5] })));
  });

  test("uniform, normal and bernoulli have the mean and the variance that they promise", () => {
    const u = uniform(randomKey(1), { shape, low: -1, high: 3 });
    within(item(mean(u)), 1, 4 / Math.sqrt(12));
    within(item(mean(square(sub(u, 1)))), 16 / 12, 1.2);
    expect(values(u).every((each) => each >= -1 && each < 3)).toBe(true);
    const z = normal(randomKey(2), { shape, mean: 5, deviation: 2 });
    within(item(mean(z)), 5, 2);
    within(item(mean(square(sub(z, 5)))), 4, 4 * Math.SQRT2);
    within(
      share(values(z), (each) => Math.abs(each - 5) < 2),
      0.6826894921370859,
      0.47,
    );
    const coin = values(bernoulli(randomKey(3), { shape, probability: 0.2 }));
    within(
      share(coin, (each) => each === 1),
      0.2,
      0.4,
    );
    expect(coin.every((each) => each === 0 || each === 1)).toBe(true);
  });

  test("probabilities broadcast, and the certain and the impossible are so", () => {
    expect(values(bernoulli(randomKey(4), { shape: [50, 2], probability: [0, 1] })).every((each, at) => each === at % 2)).toBe(true);
    expect(values(grad((p: Tensor) => sum(bernoulli(randomKey(4), { shape: [3], probability: p })))(tensor(0.5)))).toEqual(Float64Array.of(0));
  });

  test("a permutation holds every number once, each place being as likely for it", () => {
    const places = Array.from({ length: 4000 }, (_, seed) => permutation(randomKey(seed), 4).indexOf(0));
    for (const place of [0, 1, 2, 3])
      expect(Math.abs(places.filter((each) => each === place).length / 4000 - 0.25)).toBeLessThan((5 * 0.433) / Math.sqrt(4000));
    expect([...permutation(randomKey(9), 100)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});

describe("a choice", () => {
  test("follows its weights, and never takes what weighs nothing", () => {
    const drawn = values(choice(randomKey(5), 4, { count, weights: [1, 0, 2, 5] }));
    for (const [at, chance] of [0.125, 0, 0.25, 0.625].entries())
      within(
        share(drawn, (each) => each === at),
        chance,
        0.5,
      );
    expect(drawn.includes(1)).toBe(false);
    within(
      share(values(choice(randomKey(6), 4, { count })), (each) => each === 2),
      0.25,
      0.433,
    );
  });

  test("without replacement takes each once, the likelier earlier", () => {
    const firsts = Array.from({ length: 4000 }, (_, seed) => values(choice(randomKey(seed), 3, { count: 3, replace: false, weights: [1, 1, 8] })));
    expect(firsts.every((each) => new Set(each).size === 3)).toBe(true);
    expect(Math.abs(firsts.filter(([first]) => first === 2).length / 4000 - 0.8)).toBeLessThan((5 * 0.4) / Math.sqrt(4000));
    expect(new Set(values(choice(randomKey(7), 10, { count: 10, replace: false }))).size).toBe(10);
  });

  test("takes whole rows, and sends the adjoint back to those that were taken", () => {
    const rows = tensor([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    expect(choice(randomKey(8), rows, { count: 2 }).shape).toEqual([2, 2]);
    const back = values(grad((x: Tensor) => sum(choice(randomKey(8), x, { count: 5 })))(rows));
    expect(back.reduce((total, each) => total + each, 0)).toBe(10);
  });

  test("says what cannot be chosen", () => {
    expect(() => choice(randomKey(1), 3, { count: 4, replace: false })).toThrow("choice([3]): 4 entries cannot be chosen from 3 without replacement");
    expect(() => choice(randomKey(1), 3, { count: 1, weights: [0, 0, 0] })).toThrow("1 entries cannot be chosen from 0");
    expect(() => choice(randomKey(1), 3, { count: 1, weights: [1, 1] })).toThrow("3 entries need as many weights, got 2");
    expect(() => choice(randomKey(1), 3, { count: 1, weights: [1, -1, 1] })).toThrow("weight 1 is -1");
    expect(() => choice(randomKey(1), tensor(3), { count: 1 })).toThrow("a scalar has no axis");
    expect(() => bernoulli(randomKey(1), { shape: [2], probability: [0.5, 1.5] })).toThrow("a probability lies between 0 and 1, got 1.5 (entry 1)");
    expect(() => bernoulli(randomKey(1), { shape: [2], probability: [[0.5], [0.5]] })).toThrow("do not broadcast");
  });

  test("two hundred thousand weights are no more than a long list", () => {
    const many = 200_000;
    const weights = Array.from({ length: many }, (_, at) => (at % 3 === 0 ? 0 : 1 + (at % 7)));
    const again = values(choice(randomKey(9), many, { count, weights }));
    expect(again.every((each) => each % 3 !== 0)).toBe(true);
    within(
      share(again, (each) => each % 7 === 6),
      7 / 28,
      Math.sqrt((7 / 28) * (21 / 28)),
    );
    const possible = weights.filter((each) => each > 0).length;
    const all = values(choice(randomKey(9), many, { count: possible, weights, replace: false }));
    expect(new Set(all).size).toBe(possible);
    expect(all.every((each) => each % 3 !== 0)).toBe(true);
  });

  test("weighted draws are those of a walk along the running sums", () => {
    const weights = [0, 2, 0.5, 0, 4, 1.5];
    for (const replace of [true, false]) {
      const left = [...weights];
      const expected = Array.from(values(uniform(randomKey(10), { shape: [4] })), (draw) => {
        let rest = draw * left.reduce((total, each) => total + each, 0);
        const at = left.findIndex((each) => (rest -= each) < 0);
        if (!replace) left[at] = 0;
        return at;
      });
      expect(Array.from(values(choice(randomKey(10), 6, { count: 4, weights, replace })))).toEqual(expected);
    }
  });
});
