import {
  type Tensor, abs, add, cosh, div, dot, exp, expm1, gather, grad, hessian, hypot, item, jvp, log, log1p, logSigmoid, logSoftmax, logaddexp, logsumexp, matmul, max, maximum, mean,
  mul, name, neg, norm, pow, prod, reshape, sigmoid, slice, softmax, softplus, sqrt, square, stack, sub, sum, tanh, tensor, transpose, values, variance, vmap, where, xlogy,
} from "@nabla/autodiff"; // prettier-ignore
import { formula } from "@nabla/autodiff/formula";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** A cost at one point, in 25 digits: "0" is also what is below the range of numbers, null what is above. */
interface Row {
  readonly cost: string;
  readonly z: readonly number[];
  readonly value: string | null;
  readonly gradient: readonly (string | null)[];
  readonly hessian: readonly (string | null)[];
}

const rows = JSON.parse(readFileSync(new URL("../fixtures/written-costs.json", import.meta.url), "utf8")) as readonly Row[];

type Written = (z: Tensor) => Tensor;

const q = tensor([0.25, 0.5, 0.25]);
const first = tensor([1, 0, 0]);
const at = (x: Tensor, i: number): Tensor => reshape(slice(x, { start: [i], end: [i + 1] }), { shape: [] });
const share = (z: Tensor): Tensor => div(exp(z), sum(exp(z)));
const shifted = (z: Tensor): Tensor => {
  const e = exp(sub(z, max(z)));
  return div(e, sum(e));
};
const twice = (z: Tensor): Tensor => div(exp(sub(z, max(z))), sum(exp(sub(z, max(z)))));
const odds = (z: Tensor): Tensor => div(exp(z), add(1, exp(z)));
const coin = (z: Tensor): Tensor => div(1, add(1, exp(neg(z))));
const formulaOf = (text: string): Written => {
  const made = formula(text);
  return (z) => made({ z });
};

/** Ways to write each. */
const forms: Readonly<Record<string, Readonly<Record<string, Written>>>> = {
  "log of a mean of exponentials": {
    mean: (z) => log(mean(exp(z))),
    "sum over n": (z) => log(div(sum(exp(z)), 3)),
    "along an axis": (z) => sum(log(mean(exp(reshape(z, { shape: [1, 3] })), { axis: 1 }))),
    "axis kept": (z) => sum(log(mean(exp(reshape(z, { shape: [3, 1] })), { axis: 0, keepDims: true }))),
    "named, with base 2": (z) => mul(div(log(name(mean(exp(z)), "m")), Math.log(2)), Math.LN2),
    formula: formulaOf("log(mean(exp(z)))"),
  },
  "log of a weighted sum of exponentials": {
    sum: (z) => log(sum(mul(q, exp(z)))),
    commuted: (z) => log(sum(mul(exp(z), q))),
    dot: (z) => log(dot(q, exp(z))),
    "dot, commuted": (z) => log(dot(exp(z), q)),
    matmul: (z) => sum(log(matmul([[0.25, 0.5, 0.25]], exp(z)))),
    "matmul of columns": (z) => sum(log(matmul(reshape(q, { shape: [1, 3] }), exp(reshape(z, { shape: [3, 1] }))))),
    "matmul, transposed": (z) => sum(log(matmul(transpose(exp(reshape(z, { shape: [3, 1] }))), q))),
    "term by term": (z) => log(add(add(mul(0.25, exp(at(z, 0))), mul(exp(at(z, 1)), 0.5)), div(exp(at(z, 2)), 4))),
    formula: formulaOf("log(dot([0.25, 0.5, 0.25], exp(z)))"),
  },
  "log of a multiple of a sum of exponentials": {
    before: (z) => log(mul(3, sum(exp(z)))),
    after: (z) => log(mul(sum(exp(z)), 3)),
    inside: (z) => log(sum(mul(3, exp(z)))),
    divided: (z) => log(div(sum(exp(z)), 1 / 3)),
  },
  "log of a difference of exponentials": {
    difference: (z) => log(sub(mul(2, exp(at(z, 0))), exp(at(z, 1)))),
    "sum of a negative": (z) => log(add(neg(exp(at(z, 1))), mul(exp(at(z, 0)), 2))),
    "signed weights": (z) => log(dot([2, -1], exp(slice(z, { end: [2] })))),
  },
  "log of a sum of two exponentials": {
    sum: (z) => log(add(exp(at(z, 0)), exp(at(z, 1)))),
    logaddexp: (z) => logaddexp(at(z, 0), at(z, 1)),
    commuted: (z) => log(add(exp(at(z, 1)), exp(at(z, 0)))),
  },
  "log of an exponential and a constant": { after: (z) => sum(log(add(exp(z), 2))), before: (z) => sum(log(add(2, exp(z)))) },
  softplus: {
    softplus: (z) => sum(softplus(z)),
    log: (z) => sum(log(add(1, exp(z)))),
    log1p: (z) => sum(log1p(exp(z))),
    "minus log of a sigmoid": (z) => sum(neg(log(sigmoid(neg(z))))),
    "minus log of the rest": (z) => sum(neg(log(sub(1, sigmoid(z))))),
    stable: (z) => sum(add(maximum(z, 0), log1p(exp(neg(abs(z)))))),
    logaddexp: (z) => sum(logaddexp(z, 0)),
    "logsumexp with 0": (z) => logsumexp(stack([at(z, 0), tensor(0)], { axis: 0 })),
  },
  "log of odds over one more": {
    written: (z) => sum(log(odds(z))),
    commuted: (z) => sum(log(div(exp(z), add(exp(z), 1)))),
    named: (z) => sum(log(name(odds(z), "a"))),
    difference: (z) => sum(sub(z, log(add(1, exp(z))))),
  },
  "odds over one more": {
    written: (z) => sum(odds(z)),
    sigmoid: (z) => sum(sigmoid(z)),
    coin: (z) => sum(coin(z)),
    "rest of the other": (z) => sum(sub(1, odds(neg(z)))),
  },
  "likelihood of outcomes": {
    "product of powers": (z) => {
      const [a, y] = [sigmoid(z), tensor([1, 0, 1])];
      return log(prod(mul(pow(a, y), pow(sub(1, a), sub(1, y)))));
    },
    "of the odds": (z) => {
      const [a, y] = [odds(z), tensor([1, 0, 1])];
      return log(prod(mul(pow(a, y), pow(sub(1, a), sub(1, y)))));
    },
    chosen: (z) => {
      const a = sigmoid(z);
      return log(prod(where([1, 0, 1], a, sub(1, a))));
    },
    "sum of logs": (z) => {
      const [a, y] = [sigmoid(z), tensor([1, 0, 1])];
      return sum(log(add(mul(y, a), mul(sub(1, y), sub(1, a)))));
    },
  },
  "categorical cross-entropy": {
    softmax: (z) => neg(log(at(softmax(z), 0))),
    written: (z) => neg(log(at(share(z), 0))),
    shifted: (z) => neg(log(at(shifted(z), 0))),
    "shifted twice": (z) => neg(sum(mul(first, log(twice(z))))),
    "one-hot": (z) => neg(sum(mul(first, log(softmax(z))))),
    gathered: (z) => sum(neg(log(gather(softmax(z), { indices: [0], axis: 0 })))),
    logSoftmax: (z) => neg(at(logSoftmax(z), 0)),
    xlogy: (z) => neg(sum(xlogy(first, share(z)))),
    "z minus logsumexp": (z) => neg(at(sub(z, logsumexp(z)), 0)),
    "z minus log of the sum": (z) => neg(at(sub(z, log(sum(exp(z)))), 0)),
    likelihood: (z) => neg(log(prod(pow(softmax(z), first)))),
    formula: formulaOf("-sum([1, 0, 0] .* log(exp(z) / sum(exp(z))))"),
  },
  "smoothed cross-entropy": {
    softmax: (z) => neg(sum(mul([0.9, 0.05, 0.05], log(softmax(z))))),
    written: (z) => neg(sum(mul([0.9, 0.05, 0.05], log(share(z))))),
    difference: (z) => neg(dot([0.9, 0.05, 0.05], sub(z, logsumexp(z)))),
  },
  "binary cross-entropy of a softmax": {
    softmax: (z) => sub(neg(log(at(softmax(z), 0))), log(sub(1, at(softmax(z), 1)))),
    written: (z) => neg(add(log(at(share(z), 0)), log(sub(1, at(share(z), 1))))),
  },
  "surprise of the other classes": {
    softmax: (z) => neg(log(sub(1, at(softmax(z), 0)))),
    written: (z) => neg(log(sub(1, at(share(z), 0)))),
    shifted: (z) => neg(log(at(sub(1, shifted(z)), 0))),
    log1p: (z) => neg(log1p(neg(at(softmax(z), 0)))),
  },
  "focal, of a softmax": {
    softmax: (z) => neg(at(mul(square(sub(1, softmax(z))), log(softmax(z))), 0)),
    written: (z) => neg(at(mul(pow(sub(1, share(z)), 2), log(share(z))), 0)),
    shifted: (z) => neg(at(mul(pow(sub(1, shifted(z)), 2), log(shifted(z))), 0)),
    "one-hot": (z) => neg(sum(mul(first, mul(square(sub(1, softmax(z))), log(softmax(z)))))),
  },
  "focal, of a sigmoid": {
    sigmoid: (z) => neg(sum(mul(square(sub(1, sigmoid(z))), log(sigmoid(z))))),
    coin: (z) => neg(sum(mul(pow(sub(1, coin(z)), 2), log(coin(z))))),
    chosen: (z) => {
      const p = where([1], sigmoid(z), sub(1, sigmoid(z)));
      return neg(sum(mul(square(sub(1, p)), log(p))));
    },
    "by labels": (z) => {
      const [p, y] = [sigmoid(z), tensor([1])];
      return neg(sum(add(mul(mul(y, square(sub(1, p))), log(p)), mul(mul(sub(1, y), square(p)), log(sub(1, p))))));
    },
  },
  "entropy of a softmax": {
    softmax: (z) => neg(sum(mul(softmax(z), log(softmax(z))))),
    written: (z) => neg(sum(mul(share(z), log(share(z))))),
    xlogy: (z) => neg(sum(xlogy(softmax(z), softmax(z)))),
    "by logs": (z) => neg(sum(mul(exp(logSoftmax(z)), logSoftmax(z)))),
  },
  "entropy of a coin": {
    sigmoid: (z) => neg(sum(add(mul(sigmoid(z), log(sigmoid(z))), mul(sub(1, sigmoid(z)), log(sub(1, sigmoid(z))))))),
    coin: (z) => neg(sum(add(mul(coin(z), log(coin(z))), mul(sub(1, coin(z)), log(sub(1, coin(z))))))),
  },
  "divergence from a softmax": {
    "log of a ratio": (z) => sum(mul(q, log(div(q, softmax(z))))),
    "difference of logs": (z) => sum(mul(q, sub(log(q), log(softmax(z))))),
    written: (z) => sum(mul(q, log(div(q, share(z))))),
  },
  "log odds of a sigmoid": {
    ratio: (z) => sum(log(div(sigmoid(z), sub(1, sigmoid(z))))),
    difference: (z) => sum(sub(log(sigmoid(z)), log(sub(1, sigmoid(z))))),
    coin: (z) => sum(log(div(coin(z), sub(1, coin(z))))),
  },
  "log odds of a softmax": {
    ratio: (z) => log(div(at(softmax(z), 0), sub(1, at(softmax(z), 0)))),
    "by entries": (z) => at(log(div(share(z), sub(1, share(z)))), 0),
  },
  "contrastive, at temperature": {
    "by entries": (z) => neg(at(log(share(div(z, 0.5))), 0)),
    "sum without it": (z) => {
      const e = exp(div(z, 0.5));
      return neg(log(div(at(e, 0), add(at(e, 0), add(at(e, 1), at(e, 2))))));
    },
  },
  "better of a pair": {
    written: (z) => neg(log(div(exp(at(z, 0)), add(exp(at(z, 0)), exp(at(z, 1)))))),
    sigmoid: (z) => neg(log(sigmoid(sub(at(z, 0), at(z, 1))))),
    ratio: (z) => neg(log(div(1, add(1, exp(sub(at(z, 1), at(z, 0))))))),
  },
  "logistic margin": { log: (z) => sum(log(add(1, exp(neg(z))))), log1p: (z) => sum(log1p(exp(mul(-1, z)))), logSigmoid: (z) => neg(sum(logSigmoid(z))) },
  "exponential margin": { log: (z) => sum(log(exp(neg(z)))), prod: (z) => log(prod(exp(neg(z)))) },
  "log of a density of the normal distribution": {
    divided: (z) => sum(log(div(exp(neg(div(square(z), 2))), Math.sqrt(6.5)))),
    multiplied: (z) => sum(log(mul(div(1, sqrt(6.5)), exp(mul(-0.5, mul(z, z)))))),
  },
  "log of a mixture": {
    weighted: (z) => log(sum(mul(q, exp(neg(div(square(sub(z, 1)), 2)))))),
    dot: (z) => log(dot(q, exp(mul(-0.5, square(sub(z, 1)))))),
  },
  "log of a mixture by softmax": {
    weighted: (z) => log(sum(mul(softmax(z), [1, 2, 4]))),
    dot: (z) => log(dot([1, 2, 4], softmax(z))),
    written: (z) => log(div(sum(mul(exp(z), [1, 2, 4])), sum(exp(z)))),
  },
  "counts by their log rate": { log: (z) => sum(sub(exp(z), mul(3, log(exp(z))))), direct: (z) => sum(sub(exp(z), mul(3, z))) },
  "chance of none": { written: (z) => sum(log(sub(1, exp(neg(exp(z)))))), expm1: (z) => sum(log(neg(expm1(neg(exp(z)))))) },
  "log cosh": { log: (z) => sum(log(cosh(z))), named: (z) => sum(log(name(cosh(z), "c"))) },
  "pseudo-Huber": {
    sqrt: (z) => sum(sub(sqrt(add(1, square(z))), 1)),
    pow: (z) => sum(sub(pow(add(mul(z, z), 1), 0.5), 1)),
    hypot: (z) => sum(sub(hypot(1, z), 1)),
  },
  "root excess": {
    sqrt: (z) => sum(sub(sqrt(add(1, z)), 1)),
    pow: (z) => sum(sub(pow(add(z, 1), 0.5), 1)),
    negative: (z) => sum(neg(sub(1, sqrt(add(1, z))))),
  },
  "power excess": { written: (z) => sum(div(sub(pow(z, 0.125), 1), 0.125)) },
  length: {
    norm: (z) => norm(z),
    "root of a sum": (z) => sqrt(sum(square(z))),
    products: (z) => sqrt(sum(mul(z, z))),
    powers: (z) => sqrt(sum(pow(z, 2))),
    dot: (z) => sqrt(dot(z, z)),
    matmul: (z) => sum(sqrt(matmul(reshape(z, { shape: [1, 3] }), reshape(z, { shape: [3, 1] })))),
    "power of a half": (z) => pow(sum(square(z)), 0.5),
    "entry by entry": (z) => sqrt(add(add(square(at(z, 0)), mul(at(z, 1), at(z, 1))), pow(at(z, 2), 2))),
    hypot: (z) => hypot(hypot(at(z, 0), at(z, 1)), at(z, 2)),
  },
  "root mean square": { mean: (z) => sqrt(mean(square(z))), sum: (z) => sqrt(div(sum(mul(z, z)), 3)), dot: (z) => sqrt(div(dot(z, z), 3)) },
  "smoothed length": { sum: (z) => sqrt(add(sum(square(z)), 1e-12)), dot: (z) => pow(add(1e-12, dot(z, z)), 0.5) },
  "cosine similarity": {
    norms: (z) => div(dot(z, q), mul(norm(z), norm(q))),
    roots: (z) => div(sum(mul(z, q)), mul(sqrt(sum(square(z))), sqrt(dot(q, q)))),
    normalised: (z) => dot(div(z, norm(z)), div(q, norm(q))),
  },
  "weighted length": { sum: (z) => sqrt(sum(mul(q, square(z)))), commuted: (z) => sqrt(sum(mul(mul(z, z), q))) },
  "tanh written out": {
    tanh: (z) => sum(tanh(z)),
    exponentials: (z) => sum(div(sub(exp(z), exp(neg(z))), add(exp(z), exp(neg(z))))),
    doubled: (z) => sum(div(sub(exp(mul(2, z)), 1), add(exp(mul(2, z)), 1))),
  },
  "squared distance of a share": { softmax: (z) => square(sub(at(softmax(z), 0), 1)), written: (z) => square(sub(at(share(z), 0), 1)) },
  "one minus a share": {
    softmax: (z) => at(sub(1, softmax(z)), 0),
    written: (z) => at(sub(1, share(z)), 0),
    "of one entry": (z) => sub(1, div(at(exp(z), 0), sum(exp(z)))),
  },
  "negative log of tanh halves": {
    halves: (z) => sum(neg(log(div(add(1, tanh(div(z, 2))), 2)))),
    product: (z) => sum(neg(log(mul(0.5, add(1, tanh(mul(0.5, z))))))),
  },
  "geometric mean": { logs: (z) => exp(mean(log(z))) },
  variance: { variance: (z) => variance(z) },
};

/** What is off by more than 1e-12, or by the least number above 0 where the truth is below the range; `room` is what rounding leaves of an exact cancellation. */
function wrong(got: ArrayLike<number>, want: readonly (string | null)[], room: (slot: number) => number = () => 0): string[] {
  return want.flatMap((each, slot) => {
    const [found, wanted] = [got[slot] as number, Number(each)];
    const allowed = Math.max(1e-12 * Math.abs(wanted), 2.3e-308, room(slot));
    return each === null || Math.abs(found - wanted) <= allowed ? [] : [`entry ${slot}: got ${found}, want ${wanted}`];
  });
}

describe.each(Object.entries(forms))("%s", (cost, ways) => {
  const points = rows.filter((row) => row.cost === cost);

  test.each(Object.entries(ways))("written as %s", (_, f) => {
    expect(points.length).toBeGreaterThan(0);
    const faults = points.flatMap(({ z, value, gradient, hessian: curve }) => {
      const x = tensor([...z]);
      const units = z.map((_, slot) => tensor(z.map((_, other) => Number(other === slot))));
      // A mixed derivative of parts that have little in common is rounded on the scale of their own.
      const mixed = (slot: number): number => {
        const [row, column] = [Math.floor(slot / z.length), slot % z.length];
        const least = (of: (at: number) => string | null | undefined): number => Math.min(Math.abs(Number(of(row))), Math.abs(Number(of(column))));
        return row === column
          ? 0
          : 1e-15 *
              Math.max(
                least((each) => gradient[each]),
                least((each) => curve[each * (z.length + 1)]),
              );
      };
      const found: readonly (readonly [string, ArrayLike<number>, readonly (string | null)[], ((slot: number) => number)?])[] = [
        ["value", values(f(x)), [value]],
        ["value over a batch", values(vmap(f)(stack([x, x], { axis: 0 }))), [value, value]],
        ["gradient", values(grad(f)(x)), gradient],
        ["gradient over a batch", values(vmap(grad(f))(stack([x, x], { axis: 0 }))), [...gradient, ...gradient]],
        ["tangents", units.map((unit) => item(jvp(f, x, unit).tangent)), gradient],
        ["Hessian", values(hessian(f)(x)), curve, mixed],
      ];
      return found.flatMap(([what, got, want, room]) => wrong(got, want, room).map((fault) => `${what} at ${z.join(", ")}, ${fault}`));
    });
    expect(faults).toEqual([]);
  });
});

test("every recorded cost is written in some way, and something else is told", () => {
  expect([...new Set(rows.map(({ cost }) => cost))]).toEqual(Object.keys(forms));
  expect(wrong([1, 2, Number.NaN], ["1", "2.00000000001", "3"])).toEqual(["entry 1: got 2, want 2.00000000001", "entry 2: got NaN, want 3"]);
});
