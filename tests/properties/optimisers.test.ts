import { readFileSync } from "node:fs";
import { type Tensor, normal, randomKey, splitKey, tensor, values } from "@nabla/autodiff";
import {
  type Optimiser,
  adaGrad,
  adam,
  adamW,
  addDecayedWeights,
  chain,
  clipByGlobalNorm,
  clipByValue,
  cosineDecay,
  descend,
  exponentialDecay,
  globalNorm,
  piecewise,
  rmsProp,
  scale,
  scaleByAdam,
  sgd,
  warmUp,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";

/** One number's updates as the papers write them: p after each gradient. */
type Rule = (gradients: readonly number[], p: number) => number[];

const eta = 0.1;
const sgdRule =
  ({ momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 }): Rule =>
  (gradients, start) => {
    let [p, v] = [start, 0];
    return gradients.map((given, t) => {
      const g = given + weightDecay * p;
      v = t === 0 ? g : momentum * v + (1 - dampening) * g;
      p -= eta * (momentum === 0 ? g : nesterov ? g + momentum * v : v);
      return p;
    });
  };
const adamRule =
  ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false, weightDecay = 0, decoupled = false }): Rule =>
  (gradients, start) => {
    let [p, m, v, most] = [start, 0, 0, 0];
    return gradients.map((given, at) => {
      if (decoupled) p -= eta * weightDecay * p;
      const g = decoupled ? given : given + weightDecay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      most = amsgrad ? Math.max(most, v) : v;
      p -= ((eta / (1 - beta1 ** (at + 1))) * m) / (Math.sqrt(most) / Math.sqrt(1 - beta2 ** (at + 1)) + epsilon);
      return p;
    });
  };
const rmsRule =
  ({ alpha = 0.99, epsilon = 1e-8, momentum = 0, centered = false, weightDecay = 0 }): Rule =>
  (gradients, start) => {
    let [p, v, c, u] = [start, 0, 0, 0];
    return gradients.map((given) => {
      const g = given + weightDecay * p;
      v = alpha * v + (1 - alpha) * g * g;
      c = alpha * c + (1 - alpha) * g;
      const q = g / (Math.sqrt(centered ? v - c * c : v) + epsilon);
      u = momentum * u + q;
      p -= eta * u;
      return p;
    });
  };
const adaGradRule =
  ({ learningRateDecay = 0, initialAccumulator = 0, epsilon = 1e-10, weightDecay = 0 }): Rule =>
  (gradients, start) => {
    let [p, s] = [start, initialAccumulator];
    return gradients.map((given, at) => {
      const g = given + weightDecay * p;
      s += g * g;
      p -= ((eta / (1 + at * learningRateDecay)) * g) / (Math.sqrt(s) + epsilon);
      return p;
    });
  };

const settings: readonly (readonly [string, Optimiser, Rule])[] = [
  ...[
    {},
    { weightDecay: 0.2 },
    { momentum: 0.9 },
    { momentum: 0.9, dampening: 0.3 },
    { momentum: 0.9, nesterov: true },
    { momentum: 0.9, nesterov: true, dampening: 0.3, weightDecay: 0.2 },
    { dampening: 0.3 },
  ].map((given) => [`sgd ${JSON.stringify(given)}`, sgd({ learningRate: eta, ...given }), sgdRule(given)] as const),
  ...[
    {},
    { beta1: 0.7, beta2: 0.8 },
    { epsilon: 0.1 },
    { amsgrad: true, beta2: 0.5 },
    { weightDecay: 0.2 },
    { amsgrad: true, weightDecay: 0.2, beta2: 0.5 },
  ].flatMap((given) => [
    [`adam ${JSON.stringify(given)}`, adam({ learningRate: eta, ...given }), adamRule(given)] as const,
    [`adamW ${JSON.stringify(given)}`, adamW({ learningRate: eta, ...given }), adamRule({ ...given, decoupled: true })] as const,
  ]),
  ...[{}, { alpha: 0.5 }, { epsilon: 0.1 }, { momentum: 0.9 }, { centered: true }, { centered: true, momentum: 0.9, weightDecay: 0.2, alpha: 0.6 }].map(
    (given) => [`rmsProp ${JSON.stringify(given)}`, rmsProp({ learningRate: eta, ...given }), rmsRule(given)] as const,
  ),
  ...[{}, { learningRateDecay: 0.5 }, { initialAccumulator: 2 }, { epsilon: 0.1 }, { weightDecay: 0.2, learningRateDecay: 0.1, initialAccumulator: 0.1 }].map(
    (given) => [`adaGrad ${JSON.stringify(given)}`, adaGrad({ learningRate: eta, ...given }), adaGradRule(given)] as const,
  ),
];

/** Seven gradients for a weight matrix [2, 3] and a bias [2]. */
const gradients = splitKey(randomKey(5), 7).map((key) => {
  const [W, b] = splitKey(key) as [typeof key, typeof key];
  return { W: normal(W, { shape: [2, 3] }), b: normal(b, { shape: [2] }) };
});
const start = {
  W: tensor([
    [1, -2, 0.5],
    [0, 3, -1],
  ]),
  b: tensor([0.25, -4]),
};

test.each(settings)("%s moves weights and biases as the paper's rule does", (_label, optimiser, rule) => {
  let state = optimiser.init(start);
  let parameters = start;
  gradients.forEach((gradient, t) => {
    ({ parameters, state } = descend(optimiser, gradient, state, parameters));
    for (const which of ["W", "b"] as const)
      values(parameters[which]).forEach((got, entry) => {
        const want = rule(
          gradients.slice(0, t + 1).map((each) => values(each[which])[entry] ?? Number.NaN),
          values(start[which])[entry] ?? Number.NaN,
        ).at(-1);
        expect(Math.abs(got - (want ?? Number.NaN))).toBeLessThan(1e-12 * Math.max(1, Math.abs(got)));
      });
  });
});

interface Recorded {
  readonly facts: {
    readonly rate: number;
    readonly steps: readonly number[];
    readonly start: readonly number[];
    readonly gradients: readonly (readonly number[])[];
  };
  readonly cases: readonly { readonly optimiser: keyof typeof recipes; readonly options: object; readonly reached: readonly (readonly number[])[] }[];
}
const recipes = { sgd, adam, adamW, rmsProp, adaGrad };
const { facts, cases } = JSON.parse(readFileSync(new URL("../fixtures/optimisers.json", import.meta.url), "utf8")) as Recorded;

test.each(Object.keys(recipes))("%s leads where PyTorch's leads, whatever its options, within 1e-14", (label) => {
  const own = cases.filter(({ optimiser }) => optimiser === label);
  expect(own.length).toBeGreaterThan(15);
  for (const { optimiser, options, reached } of own) {
    const made = recipes[optimiser]({ learningRate: facts.rate, ...options });
    let position = { parameters: tensor(facts.start), state: made.init(tensor(facts.start)) };
    const paths = facts.gradients.map((gradient) => (position = descend(made, tensor(gradient), position.state, position.parameters)));
    facts.steps.forEach((step, at) => {
      const got = [...values(paths[step - 1]?.parameters as Tensor)];
      const off = got.map((each, entry) => Math.abs(each - (reached[at]?.[entry] ?? Number.NaN)) / Math.max(1, Math.abs(each)));
      expect([label, options, step, off.every((each) => each < 1e-14)]).toEqual([label, options, step, true]);
    });
  }
});

describe("a chain", () => {
  const g = {
    W: tensor([
      [3, 0, 0],
      [0, 4, 0],
    ]),
    b: tensor([0, 0]),
  };
  const once = (optimiser: Optimiser): typeof g => optimiser.update(g, optimiser.init(g), start).updates;

  test("runs its parts in order: clipping before or after scaling differs", () => {
    expect(globalNorm(once(chain(clipByGlobalNorm(1), scale(10))))).toBe(10);
    expect(globalNorm(once(chain(scale(10), clipByGlobalNorm(1))))).toBe(1);
  });

  test("clipping by the norm keeps the direction, and leaves what is short", () => {
    expect([...values(once(clipByGlobalNorm(1)).W)].map((each) => each.toFixed(12))).toEqual([0.6, 0, 0, 0, 0.8, 0].map((each) => each.toFixed(12)));
    expect(once(clipByGlobalNorm(5))).toBe(g);
  });

  test("clipping by value cuts each entry", () => {
    expect([...values(once(clipByValue(3.5)).W)]).toEqual([3, 0, 0, 0, 3.5, 0]);
  });

  test("chain(clipByGlobalNorm(1), scaleByAdam(), scale(-η)) is adam on the clipped gradient", () => {
    const composed = chain(clipByGlobalNorm(1), scaleByAdam(), scale(-eta));
    const plain = adam({ learningRate: eta });
    const clipped = once(clipByGlobalNorm(1));
    const want = plain.update(clipped, plain.init(start), start).updates;
    expect(values(once(composed).W)).toEqual(values(want.W));
  });

  test("decays only what is chosen", () => {
    const { W, b } = once(addDecayedWeights(1, { only: (path) => path === "W" }));
    expect([[...values(W)], [...values(b)]]).toEqual([
      [4, -2, 0.5, 0, 7, -1],
      [0, 0],
    ]);
  });

  test("is pure: the same gradient and state give the same, and nothing given is changed", () => {
    const optimiser = adamW({ learningRate: 0.1, weightDecay: 0.1 });
    const state = optimiser.init(start);
    const text = JSON.stringify([values(start.W), values(g.W)]);
    const [first, second] = [0, 1].map(() => optimiser.update(g, state, start));
    expect(values(first?.updates.W as Tensor)).toEqual(values(second?.updates.W as Tensor));
    expect(JSON.stringify([values(start.W), values(g.W)])).toBe(text);
  });

  test("of a tree of another structure names the place", () => {
    const optimiser = sgd({ learningRate: 1 });
    expect(() => descend(optimiser, { W: tensor(1) } as never, optimiser.init(start), start)).toThrow(
      "descend: the argument of gradients has the tensors W, want one for each parameter: W, b",
    );
  });
});

test("centered RMSProp of one gradient over and over divides by ε, never by the root of a negative number", () => {
  const optimiser = rmsProp({ learningRate: 1, centered: true, epsilon: 1e-3 });
  let state = optimiser.init(tensor([0.1, 0.3]));
  for (let t = 0; t < 3000; t++) {
    const { updates, state: next } = optimiser.update(tensor([0.1, 0.3]), state, tensor([0, 0]));
    expect(values(updates).every((each) => Number.isFinite(each))).toBe(true);
    state = next;
  }
});

test("schedules give the rate of each update", () => {
  const take = (schedule: (step: number) => number, ...steps: readonly number[]): number[] => steps.map((step) => Number(schedule(step).toFixed(12)));
  expect(take(exponentialDecay({ rate: 1, decay: 0.5, every: 2 }), 0, 2, 4, 6)).toEqual([1, 0.5, 0.25, 0.125]);
  expect(take(exponentialDecay({ rate: 1, decay: 0.5, every: 2, staircase: true }), 0, 1, 2, 3)).toEqual([1, 1, 0.5, 0.5]);
  expect(take(cosineDecay({ rate: 2, steps: 4, last: 1 }), 0, 2, 4, 9)).toEqual([2, 1.5, 1, 1]);
  expect(take(warmUp({ rate: 1, steps: 4, after: (step) => 1 / (step + 1) }), 0, 1, 3, 4, 5)).toEqual([0.25, 0.5, 1, 1, 0.5]);
  expect(take(warmUp({ rate: 1, steps: 1 }), 0, 1)).toEqual([1, 1]);
  expect(take(piecewise({ rate: 1, factors: { 2: 0.1, 4: 0.5 } }), 0, 2, 4)).toEqual([1, 0.1, 0.05]);
});

test("an optimiser asks its schedule once for every update, from 0", () => {
  const asked: number[] = [];
  const optimiser = sgd({ learningRate: (step) => (asked.push(step), 0.5 ** step) });
  let position = { parameters: tensor([0]), state: optimiser.init(tensor([0])) };
  for (let t = 0; t < 3; t++) position = descend(optimiser, tensor([1]), position.state, position.parameters);
  expect([asked, [...values(position.parameters)]]).toEqual([[0, 1, 2], [-1.75]]);
});

test("clipping by the norm neither overflows nor vanishes", () => {
  const clipped = (most: number, entries: readonly number[]): number[] => [
    ...values(clipByGlobalNorm(most).update(tensor(entries), undefined, tensor([0, 0])).updates),
  ];
  expect(clipped(1, [1e200, 0])).toEqual([1, 0]);
  expect(clipped(1e-250, [3e-200, 4e-200])[0]).toBeCloseTo(6e-251, 260);
  expect(clipped(1e-200, [1e200, 0])).toEqual([1e-200, 0]);
  expect(globalNorm({ a: tensor([3e-200]), b: tensor([4e-200]) }) / 5e-200).toBeCloseTo(1, 14);
});

test.each([
  ["cosineDecay", () => cosineDecay({ rate: 1, steps: 10, last: Number.NaN })],
  ["cosineDecay", () => cosineDecay({ rate: 1, steps: 10, last: -1 })],
  ["warmUp", () => warmUp({ rate: 1, steps: 2.5 })],
  ["warmUp", () => warmUp({ rate: 1, steps: 0 })],
  ["warmUp", () => warmUp({ rate: 1, steps: 2, first: -1 })],
  ["piecewise", () => piecewise({ rate: 1, factors: { 10: Number.NaN } })],
  ["piecewise", () => piecewise({ rate: 1, factors: { 1.5: 0.5 } })],
])("%s refuses a number that is none before any update", (name, make) => {
  expect(make).toThrow(new RegExp(`^${name}: .* must be a`));
});
