import {
  type Tensor, add, dot, flip, div, exp, expm1, grad, hessian, item, jvp, log, log10, log2, logSigmoid, logsumexp, matmul, max, mean, mul, name, neg, pow, reciprocal, reshape, sigmoid, slice,
  softmax, sqrt, square, sub, sum, take, tensor, transpose, values, vmap, xlogy,
} from "@nabla/autodiff"; // prettier-ignore
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** Ways to write one thing. A drawn list of whole numbers picks among them, so that a failure prints the choices. */
interface Pen {
  one<T>(...ways: readonly T[]): T;
}

function pen(choices: readonly number[]): Pen {
  let at = 0;
  return { one: (...ways) => ways[(choices[at++ % choices.length] ?? 0) % ways.length] as (typeof ways)[number] };
}

type Ways = readonly ((x: Tensor) => Tensor)[];

/** What changes neither values nor shape. */
const wrappers: Ways = [
  (x) => x,
  (x) => name(x, "u"),
  (x) => reshape(reshape(x, { shape: [1, -1] }), { shape: x.shape }),
  (x) => transpose(transpose(x)),
  (x) => slice(x, { start: [0] }),
  (x) => flip(flip(x)),
  (x) => take(x, { indices: x.shape[0] === undefined ? [] : Array.from({ length: x.shape[0] }, (_, i) => i), axis: 0 }),
  (x) => neg(neg(x)),
];

const logs: Ways = [
  (x) => log(x),
  (x) => mul(Math.LN2, div(log(x), log(2))),
  (x) => mul(log2(x), Math.LN2),
  (x) => div(log10(x), Math.LOG10E),
  (x) => neg(neg(log(x))),
];

const complements: Ways = [
  (x) => sub(1, x),
  (x) => add(1, neg(x)),
  (x) => add(neg(x), 1),
  (x) => neg(sub(x, 1)),
  (x) => neg(add(-1, x)),
  (x) => sub(tensor([1]), x),
];

const sigmoids: Ways = [
  (z) => sigmoid(z),
  (z) => div(1, add(1, exp(neg(z)))),
  (z) => reciprocal(add(exp(neg(z)), 1)),
  (z) => exp(logSigmoid(z)),
  (z) => neg(sub(sigmoid(neg(z)), 1)),
  (z) => div(exp(z), add(1, exp(z))),
  (z) => div(exp(z), add(exp(z), exp(mul(0, z)))),
];

/** y log u, in the ways that people write it. */
const product = (by: Pen, y: Tensor, u: Tensor): Tensor => {
  const written = by.one(...logs);
  return by.one(
    () => mul(y, written(u)),
    () => mul(written(u), y),
    () => xlogy(y, u),
    () => neg(mul(neg(y), written(u))),
  )();
};

const negated = (by: Pen, x: Tensor): Tensor =>
  by.one<(x: Tensor) => Tensor>(
    neg,
    (u) => mul(-1, u),
    (u) => sub(0, u),
  )(x);

/** -mean(y log a + (1 - y) log(1 - a)) with a the sigmoid of z, rewritten at random. */
function binary(by: Pen, y: Tensor) {
  return (z: Tensor): Tensor => {
    const a = by.one(...wrappers)(by.one(...sigmoids)(z));
    const left = product(by, y, by.one(...wrappers)(a));
    const right = product(by, sub(1, y), by.one(...wrappers)(by.one(...complements)(a)));
    const both = by.one(
      () => add(left, right),
      () => add(right, left),
      () => sub(left, neg(right)),
    )();
    return by.one(
      () => negated(by, mean(both)),
      () => mean(negated(by, both)),
      () => div(sum(negated(by, both)), z.shape[0] ?? 1),
    )();
  };
}

/** -sum(y log p) with p the softmax of z, rewritten at random. */
function categorical(by: Pen, y: Tensor) {
  return (z: Tensor): Tensor => {
    const p = by.one<(x: Tensor) => Tensor>(
      (x) => softmax(x),
      (x) => div(exp(x), sum(exp(x))),
      (x) => {
        const e = exp(x);
        return div(e, sum(e, { axis: 0, keepDims: true }));
      },
      (x) => {
        const e = exp(sub(x, max(x)));
        return div(e, sum(e));
      },
      (x) => exp(sub(x, logsumexp(x))),
      (x) => reshape(softmax(reshape(x, { shape: [1, -1] }), { axis: 1 }), { shape: x.shape }),
    )(z);
    const terms = product(by, y, by.one(...wrappers)(p));
    return by.one(
      () => negated(by, sum(terms)),
      () => sum(negated(by, terms)),
    )();
  };
}

/** log(Σ w exp(z)), rewritten at random; the weights may be negative. */
function combined(by: Pen, w: readonly number[]) {
  return (z: Tensor): Tensor => {
    const u = by.one(...wrappers)(z);
    const e = by.one(...wrappers)(exp(u));
    const n = w.length;
    const total = by.one<() => Tensor>(
      () => sum(mul(w, e)),
      () => sum(mul(e, w)),
      () => dot(w, e),
      () => dot(e, w),
      () => reshape(matmul(reshape(tensor(w), { shape: [1, n] }), reshape(e, { shape: [n, 1] })), { shape: [] }),
      () => mul(n, mean(mul(w, e))),
      () => div(sum(mul(mul(w, 2), e)), 2),
      () => sum(sub(mul(w, e), mul(0, e))),
      // Four terms in a row are deeper than identities look.
      () => (n > 3 ? sum(mul(w, e)) : w.map((each, at) => mul(each, sum(slice(e, { start: [at], end: [at + 1] })))).reduce((left, right) => add(left, right))),
      () =>
        sum(
          div(
            e,
            w.map((each) => 1 / each),
          ),
        ),
    )();
    return by.one(...logs)(
      by.one<(x: Tensor) => Tensor>(
        (x) => x,
        (x) => name(x, "S"),
        (x) => neg(neg(x)),
      )(total),
    );
  };
}

/** The length of z, rewritten at random. */
function long(by: Pen) {
  return (z: Tensor): Tensor => {
    const u = by.one(...wrappers)(z);
    const squares = by.one<(x: Tensor) => Tensor>(
      square,
      (x) => mul(x, x),
      (x) => pow(x, 2),
      (x) => pow(x, { exponent: 2 }),
    )(u);
    const total = by.one<() => Tensor>(
      () => sum(by.one(...wrappers)(squares)),
      () => dot(u, u),
      () => mul(z.shape[0] ?? 1, mean(squares)),
      () => Array.from({ length: z.shape[0] ?? 0 }, (_, at) => sum(slice(squares, { start: [at], end: [at + 1] }))).reduce((left, right) => add(left, right)),
    )();
    return by.one<(x: Tensor) => Tensor>(
      sqrt,
      (x) => pow(x, 0.5),
      (x) => pow(x, { exponent: 0.5 }),
      (x) => sqrt(name(x, "q")),
    )(total);
  };
}

const choices = fc.array(fc.nat(59), { minLength: 12, maxLength: 12 });
const logit = fc.constantFrom(-800, -700, -40, -3, -1e-3, 0.5, 2, 40, 700, 800);
const near = (got: number, want: number): boolean => got === want || Math.abs(got - want) <= Math.max(1e-12 * Math.abs(want), 2.3e-308);

const plainSigmoid = (z: number): number => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));
const plainSoftplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

describe("however the textbook cost is written, its digits are kept", () => {
  test("binary cross-entropy: value, gradient, tangent and second derivative, at saturation too", () => {
    const entry = fc.tuple(logit, fc.constantFrom(0, 1, 0.3));
    fc.assert(
      fc.property(choices, fc.array(entry, { minLength: 1, maxLength: 4 }), (drawn, entries) => {
        const [z, y] = [0, 1].map((which) => entries.map((each) => each[which] as number)) as [number[], number[]];
        const m = z.length;
        const cost = (x: Tensor): Tensor => binary(pen(drawn), tensor(y))(x);
        const value = entries.reduce((total, [u, t]) => total + (t * plainSoftplus(-u) + (1 - t) * plainSoftplus(u)) / m, 0);
        expect(near(item(cost(tensor(z))), value), `value ${item(cost(tensor(z)))}, want ${value}`).toBe(true);
        // σ(z) - y without cancellation where y is 0 or 1.
        const slopes = entries.map(([u, t]) => (t === 1 ? -plainSigmoid(-u) : t === 0 ? plainSigmoid(u) : plainSigmoid(u) - t) / m);
        values(grad(cost)(tensor(z))).forEach((got, at) => expect(near(got, slopes[at] as number), `gradient ${at}: ${got}, want ${slopes[at]}`).toBe(true));
        const forward = jvp(cost, tensor(z), tensor(z.map((_, at) => (at === 0 ? 1 : 0)))).tangent;
        expect(near(item(forward), slopes[0] as number), `tangent ${item(forward)}, want ${slopes[0]}`).toBe(true);
        const curve = values(hessian(cost)(tensor(z)));
        entries.forEach(([u], at) => {
          const want = (plainSigmoid(u) * plainSigmoid(-u)) / m;
          const got = curve[at * m + at] as number;
          expect(near(got, want), `second derivative ${at}: ${got}, want ${want}`).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });

  test("categorical cross-entropy: value and gradient, with a lead of 800 too", () => {
    fc.assert(
      fc.property(choices, fc.array(logit, { minLength: 2, maxLength: 5 }), fc.nat(4), (drawn, z, picked) => {
        const label = picked % z.length;
        const y = z.map((_, at) => Number(at === label));
        const cost = (x: Tensor): Tensor => categorical(pen(drawn), tensor(y))(x);
        const lead = (from: number): number => z.reduce((total, u, at) => total + (at === from ? 0 : Math.exp(u - (z[from] as number))), 0);
        const value = Math.log1p(lead(label));
        const wanted = Number.isFinite(value)
          ? value
          : Math.max(...z) - (z[label] as number) + Math.log(z.reduce((total, u) => total + Math.exp(u - Math.max(...z)), 0));
        expect(near(item(cost(tensor(z))), wanted), `value ${item(cost(tensor(z)))}, want ${wanted}`).toBe(true);
        values(grad(cost)(tensor(z))).forEach((got, at) => {
          const odds = lead(at);
          const want = at === label ? (Number.isFinite(odds) ? -odds / (1 + odds) : -1) : 1 / (1 + odds);
          expect(near(got, want), `gradient ${at}: ${got}, want ${want}`).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });

  test("logarithm of a linear combination of exponentials: value, gradient, tangent and second derivative, with a lead of 1600 too", () => {
    const entry = fc.tuple(logit, fc.constantFrom(0.25, 1, 3, -0.5));
    fc.assert(
      fc.property(choices, fc.array(entry, { minLength: 2, maxLength: 4 }), (drawn, entries) => {
        const [z, w] = [0, 1].map((which) => entries.map((each) => each[which] as number)) as [number[], number[]];
        const top = Math.max(...z);
        const parts = z.map((u, at) => (w[at] as number) * Math.exp(u - top));
        const total = parts.reduce((left, right) => left + right, 0);
        // What cancels has no more digits than its terms.
        fc.pre(Math.abs(total) > 0.1 * Math.max(...parts.map(Math.abs)));
        const cost = (x: Tensor): Tensor => combined(pen(drawn), w)(x);
        const value = item(cost(tensor(z)));
        if (total < 0) {
          expect(value).toBeNaN();
          return;
        }
        expect(Math.abs(value - top - Math.log(total)) <= 1e-12 * Math.max(1, Math.abs(value)), `value ${value}, want ${top + Math.log(total)}`).toBe(true);
        const share = (at: number): number => (parts[at] as number) / total;
        const close = (got: number, want: number): boolean => Math.abs(got - want) <= Math.max(1e-11 * Math.abs(want), 1e-300);
        values(grad(cost)(tensor(z))).forEach((got, at) => expect(close(got, share(at)), `gradient ${at}: ${got}, want ${share(at)}`).toBe(true));
        const forward = item(jvp(cost, tensor(z), tensor(z.map((_, at) => (at === 0 ? 1 : 0)))).tangent);
        expect(close(forward, share(0)), `tangent ${forward}, want ${share(0)}`).toBe(true);
        values(hessian(cost)(tensor(z))).forEach((got, place) => {
          const [i, j] = [Math.floor(place / z.length), place % z.length];
          const others = z.reduce((sum, _, k) => sum + (k === i ? 0 : share(k)), 0);
          const want = i === j ? share(i) * others : -share(i) * share(j);
          expect(
            Math.abs(got - want) <= Math.max(1e-11 * Math.abs(want), 1e-14 * Math.abs(share(i)), 1e-300),
            `second derivative ${i} ${j}: ${got}, want ${want}`,
          ).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });

  test("length of a vector: value, gradient and second derivative, at 1e200, 1e-200 and 0 too", () => {
    const scale = fc.constantFrom(1e200, 1e-200, 1);
    fc.assert(
      fc.property(choices, scale, fc.array(fc.constantFrom(-4, -1, 0, 2, 3), { minLength: 1, maxLength: 4 }), (drawn, by, digits) => {
        const z = digits.map((each) => each * by);
        const f = (x: Tensor): Tensor => long(pen(drawn))(x);
        const length = Math.hypot(...digits);
        expect(near(item(f(tensor(z))), length * by), `value ${item(f(tensor(z)))}, want ${length * by}`).toBe(true);
        const slope = values(grad(f)(tensor(z)));
        digits.forEach((each, at) => {
          const want = length === 0 ? 0 : each / length;
          expect(Math.abs((slope[at] as number) - want) <= 1e-12, `gradient ${at}: ${slope[at]}, want ${want}`).toBe(true);
        });
        if (length === 0) return;
        const curve = values(hessian(f)(tensor(z)));
        digits.forEach((a, i) =>
          digits.forEach((b, j) => {
            const want = (Number(i === j) - (a * b) / length ** 2) / length / by;
            const got = curve[i * digits.length + j] as number;
            expect(Math.abs(got - want) <= Math.max(1e-12 * Math.abs(want), 1e-14 / (length * by)), `second derivative ${i} ${j}: ${got}, want ${want}`).toBe(
              true,
            );
          }),
        );
      }),
      { numRuns: 400 },
    );
  });

  test("sums put over other lines than their own are no softmax", () => {
    const x = tensor([[1, 2], [3, 5]]); // prettier-ignore
    const e = [[1, 2], [3, 5]].map((row) => row.map(Math.exp)); // prettier-ignore
    const total = e.map((row) => row.reduce((a, b) => a + b, 0));
    const crossed = values(log(div(exp(x), sum(exp(x), { axis: 1 }))));
    const straight = values(log(div(exp(x), sum(exp(x), { axis: 1, keepDims: true }))));
    e.flat().forEach((entry, at) => {
      expect(crossed[at]).toBeCloseTo(Math.log(entry / (total[at % 2] ?? 0)), 12);
      expect(straight[at]).toBeCloseTo(Math.log(entry / (total[Math.floor(at / 2)] ?? 0)), 12);
    });
  });

  test.each<[string, (t: Tensor) => Tensor]>([
    ["transposed", (t) => transpose(t)],
    ["flipped", (t) => flip(t, { axis: 1 })],
  ])("a difference over its own total is a hyperbolic tangent, over the total %s it is not", (_name, turned) => {
    const x = tensor([[0.1, 0.9], [-1.3, 2]]); // prettier-ignore
    const [up, down] = [exp(x), exp(neg(x))];
    const pairs: [Tensor, Tensor][] = [
      [sub(up, down), add(up, down)],
      [expm1(x), add(up, 1)],
    ];
    for (const [difference, total] of pairs) {
      const quotients = (a: Tensor, b: Tensor): number[] => [...values(a)].map((each, at) => each / (values(b)[at] ?? 0));
      for (const [a, b] of [
        [difference, total],
        [turned(difference), turned(total)],
        [turned(difference), total],
        [difference, turned(total)],
      ] as const) {
        const want = quotients(a, b);
        values(div(a, b)).forEach((got, at) => expect(got).toBeCloseTo(want[at] ?? Number.NaN, 14));
      }
    }
  });

  test("over a batch of rows, and with a name on every step", () => {
    const z = tensor([[800, 0], [-40, 40], [3, -800]]); // prettier-ignore
    const row = (x: Tensor): Tensor => binary(pen([1, 0, 1, 1, 0, 1]), tensor([1, 0]))(x);
    const rows = values(vmap(grad(row))(z));
    const want = [-plainSigmoid(-800), plainSigmoid(0), -plainSigmoid(40), plainSigmoid(40), -plainSigmoid(-3), plainSigmoid(-800)].map((each) => each / 2);
    rows.forEach((got, at) => expect(near(got, want[at] as number), `${at}: ${got}, want ${want[at]}`).toBe(true));
  });
});
