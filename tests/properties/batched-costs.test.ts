import {
  type Tensor, add, concat, div, exp, gather, grad, hessian, item, log, logSigmoid, logSoftmax, matmul, max, mean, mul, name, neg, oneHot, pow, reshape, sigmoid,
  softmax, softplus, square, stack, sub, sum, tanh, tensor, transpose, values, vmap,
} from "@nabla/autodiff"; // prettier-ignore
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const logit = fc.constantFrom(-800, -700, -40, -3, -1e-3, 0, 0.5, 2, 40, 700, 800);
const near = (got: number, want: number): boolean => got === want || Math.abs(got - want) <= Math.max(1e-12 * Math.abs(want), 2.3e-308);

function expectNear(what: string, got: Tensor, want: readonly number[]): void {
  const found = values(got);
  expect(found.length, what).toBe(want.length);
  found.forEach((each, at) => expect(near(each, want[at] as number), `${what}, entry ${at}: got ${each}, want ${want[at]}`).toBe(true));
}

/** Softmax of plain numbers, by their differences, which are exact here. */
const shares = (z: readonly number[]): number[] => z.map((from) => 1 / z.reduce((total, u) => total + Math.exp(u - from), 0));
const rest = (z: readonly number[], at: number): number => {
  const odds = z.reduce((total, u, each) => total + (each === at ? 0 : Math.exp(u - (z[at] as number))), 0);
  return Number.isFinite(odds) ? odds / (1 + odds) : 1;
};
const surprise = (z: readonly number[], at: number): number => {
  const top = Math.max(...z);
  const others = z.reduce((total, u, each) => total + (each === at ? 0 : Math.exp(u - (z[at] as number))), 0);
  return Number.isFinite(others) ? Math.log1p(others) : top - (z[at] as number) + Math.log(z.reduce((total, u) => total + Math.exp(u - top), 0));
};

/** Ways to write the mean of -log of the softmax at the labels, over rows of logits. */
function rowCosts(labels: readonly number[], classes: number): Readonly<Record<string, (z: Tensor) => Tensor>> {
  const y = oneHot(labels, classes);
  const m = labels.length;
  const column = { indices: { shape: [m, 1], data: labels }, axis: 1 };
  return {
    "one-hot times log of softmax": (z) => neg(mean(sum(mul(y, log(softmax(z, { axis: 1 }))), { axis: 1 }))),
    "columns are examples": (z) => div(neg(sum(mul(transpose(y), log(softmax(transpose(z), { axis: 0 }))))), m),
    "log of the gathered share": (z) => neg(mean(log(gather(softmax(z, { axis: 1 }), column)))),
    "gathered log of the share": (z) => mean(gather(neg(log(name(softmax(z, { axis: -1 }), "p"))), column)),
    "gathered log softmax": (z) => neg(mean(gather(logSoftmax(z, { axis: 1 }), column))),
    "softmax written out": (z) => neg(div(sum(mul(log(div(exp(z), sum(exp(z), { axis: 1, keepDims: true }))), y)), m)),
    "softmax written out and shifted": (z) => {
      const e = exp(sub(z, max(z, { axis: 1, keepDims: true })));
      return neg(div(sum(mul(y, log(div(e, sum(e, { axis: 1, keepDims: true }))))), m));
    },
    "row by row": (z) => neg(mean(vmap((row: Tensor, t: Tensor) => sum(mul(t, log(softmax(row)))))(z, y))),
  };
}

describe("costs of a batch keep their digits", () => {
  test("categorical: value, gradient and Hessian over rows, written in many ways", () => {
    const batch = fc.array(fc.tuple(logit, logit, logit), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(batch, fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), (rows, drawn) => {
        const labels = rows.map((_, at) => drawn[at] as number);
        const m = rows.length;
        const z = tensor(rows.map((row) => [...row]));
        const value = rows.reduce((total, row, at) => total + surprise(row, labels[at] as number) / m, 0);
        const slope = rows.flatMap((row, at) => shares(row).map((p, j) => (j === labels[at] ? -rest(row, j) : p) / m));
        const curve = rows.flatMap((row, at) =>
          [0, 1, 2].flatMap((j) =>
            rows.flatMap((_, other) =>
              [0, 1, 2].map((k) => {
                if (other !== at) return 0;
                const p = shares(row);
                return ((p[j] as number) * (j === k ? rest(row, j) : -(p[k] as number))) / m;
              }),
            ),
          ),
        );
        for (const [label, cost] of Object.entries(rowCosts(labels, 3))) {
          expectNear(`${label}: value`, cost(z), [value]);
          expectNear(`${label}: gradient`, grad(cost)(z), slope);
          expectNear(`${label}: Hessian`, hessian(cost)(z), curve);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("binary: both outcomes concatenated, as a softmax of two, as tanh, as softplus", () => {
    const costs: Readonly<Record<string, (z: Tensor, y: Tensor) => Tensor>> = {
      concatenated: (z, y) => neg(sum(mul(concat([y, sub(1, y)], { axis: 0 }), log(concat([sigmoid(z), sub(1, sigmoid(z))], { axis: 0 }))))),
      stacked: (z, y) => neg(sum(mul(stack([y, sub(1, y)], { axis: 1 }), log(stack([sigmoid(z), sub(1, sigmoid(z))], { axis: 1 }))))),
      "softmax of two": (z, y) => neg(sum(mul(stack([y, sub(1, y)], { axis: 1 }), log(softmax(stack([z, mul(0, z)], { axis: 1 }), { axis: 1 }))))),
      "the sign of the label": (z, y) => neg(sum(logSigmoid(mul(sub(mul(2, y), 1), z)))),
      "softplus minus the product": (z, y) => sum(add(mul(y, softplus(neg(z))), mul(sub(1, y), softplus(z)))),
      "log of a sum of exponentials": (z, y) => sum(log(add(1, exp(neg(mul(sub(mul(2, y), 1), z)))))),
      "sigmoid written out, as a column": (z, y) => {
        const a = reshape(div(1, add(1, exp(neg(z)))), { shape: [-1, 1] });
        return neg(sum(add(matmul(reshape(y, { shape: [1, -1] }), log(a)), matmul(reshape(sub(1, y), { shape: [1, -1] }), log(sub(1, a))))));
      },
      "the likelihood of each outcome": (z, y) => neg(sum(log(mul(pow(sigmoid(z), y), pow(sub(1, sigmoid(z)), sub(1, y)))))),
      "one power for both": (z, y) => neg(sum(add(log(pow(sigmoid(z), y)), log(pow(sub(1, sigmoid(z)), sub(1, y)))))),
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(logit, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 3 }), (entries) => {
        const z = tensor(entries.map(([u]) => u));
        const y = tensor(entries.map(([, t]) => t));
        const toward = entries.map(([u, t]) => (t === 1 ? -u : u));
        const odds = (u: number): number => (u < 0 ? Math.exp(u) / (1 + Math.exp(u)) : 1 / (1 + Math.exp(-u)));
        const value = toward.reduce((total, u) => total + Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))), 0);
        for (const [label, cost] of Object.entries(costs)) {
          const f = (x: Tensor): Tensor => cost(x, y);
          expectNear(`${label}: value`, f(z), [value]);
          expectNear(
            `${label}: gradient`,
            grad(f)(z),
            entries.map(([u, t]) => (t === 1 ? -odds(-u) : odds(u))),
          );
          expectNear(
            `${label}: Hessian`,
            hessian(f)(z),
            entries.flatMap(([u], at) => entries.map((_, other) => (other === at ? odds(u) * odds(-u) : 0))),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a squared cost of a saturated layer learns by what is left of the slope", () => {
    const cost = (z: Tensor): Tensor => div(sum(square(sub(tanh(z), 0))), 2);
    const want = (u: number): number => Math.tanh(u) / Math.cosh(u) ** 2;
    expectNear("tanh", grad(cost)(tensor([20, -40, 300])), [20, -40, 300].map(want));
    expect(item(cost(tensor([800])))).toBe(0.5);
  });
});
