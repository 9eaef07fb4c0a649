import { readFileSync } from "node:fs";
import {
  type Tensor,
  add,
  div,
  exp,
  grad,
  item,
  log,
  mean,
  mul,
  name,
  neg,
  reshape,
  sigmoid,
  slice,
  softmax,
  stack,
  sub,
  sum,
  tensor,
  values,
  valueAndGrad,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

interface Row {
  readonly z: number;
  readonly y: number;
  readonly cost: string;
  readonly slope: string;
  readonly curvature: string;
}

const rows = JSON.parse(readFileSync(new URL("../fixtures/cross-entropy.json", import.meta.url), "utf8")) as Row[];

/** Within 1e-12 relative; what lies below the normal range may be 0. */
function expectExact(got: number, want: string, what: string): void {
  const wanted = Number(want);
  const allowed = Math.abs(wanted) < 2.3e-308 ? 2.3e-308 : 1e-12 * Math.abs(wanted);
  expect(Math.abs(got - wanted), `${what}: got ${got}, want ${want}`).toBeLessThanOrEqual(allowed);
}

type Written = (z: Tensor, y: number) => Tensor;

const one = tensor(1);

/** The textbook cost in the ways in which people write it. */
const forms: Readonly<Record<string, Written>> = {
  "as printed": (z, y) => {
    const a = sigmoid(z);
    return neg(add(mul(y, log(a)), mul(1 - y, log(sub(1, a)))));
  },
  commuted: (z, y) => {
    const a = sigmoid(z);
    return mul(-1, add(mul(log(add(neg(a), 1)), 1 - y), mul(log(a), y)));
  },
  "with a named activation": (z, y) => {
    const a = name(sigmoid(z), "a");
    return neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(one, a)))));
  },
  "with the sigmoid written out": (z, y) => {
    const a = div(1, add(1, exp(neg(z))));
    return neg(add(mul(y, log(a)), mul(1 - y, log(sub(1, a)))));
  },
  "with logarithms to base 2": (z, y) => {
    const a = sigmoid(z);
    return mul(neg(add(mul(y, div(log(a), Math.LN2)), mul(1 - y, div(log(sub(1, a)), Math.LN2)))), Math.LN2);
  },
  "reshaped and averaged": (z, y) => {
    const a = reshape(sigmoid(z), { shape: [1, 1] });
    return neg(mean(add(mul(y, log(a)), mul(1 - y, log(sub(1, a))))));
  },
  "sliced from a batch": (z, y) => {
    const a = sigmoid(stack([z, neg(z)], { axis: 0 }));
    const first = slice(a, { start: [0], end: [1] });
    return sum(neg(add(mul(y, log(first)), mul(1 - y, log(sub(1, first))))));
  },
  "as a softmax over two classes": (z, y) => {
    const p = softmax(stack([mul(z, 1), mul(z, 0)], { axis: 0 }));
    return neg(sum(mul([y, 1 - y], log(p))));
  },
};

describe("the textbook cross-entropy keeps its digits at saturation, however it is written", () => {
  for (const [label, written] of Object.entries(forms))
    test(label, () => {
      for (const { z, y, cost, slope, curvature } of rows) {
        const f = (x: Tensor): Tensor => written(x, y);
        const at = `${label}, z = ${z}, y = ${y}`;
        const x = tensor(z);
        // Near z = 0 a soft target cancels in the printed formula itself: a - y has no more digits than that.
        const cancels = y === 0.3 && Math.abs(z) <= 2;
        expectExact(item(f(x)), cost, `value outside grad, ${at}`);
        const inside = valueAndGrad(f)(x);
        expectExact(item(inside.value), cost, `value inside grad, ${at}`);
        if (cancels) expect(item(inside.gradient)).toBeCloseTo(Number(slope), 12);
        else expectExact(item(inside.gradient), slope, `gradient, ${at}`);
        expectExact(item(grad(grad(f))(x)), curvature, `second derivative, ${at}`);
      }
    });
});

test("softmax cross-entropy is exact at logits of 800, where the literal formula is NaN", () => {
  const cost = (z: Tensor): Tensor => neg(sum(mul([1, 0, 0], log(softmax(z)))));
  expect(item(cost(tensor([-800, 0, 0])))).toBe(800 + Math.LN2);
  expect(Array.from(values(grad(cost)(tensor([40, 0, 0]))))).toEqual([-8.496708510583178e-18, 4.248354255291589e-18, 4.248354255291589e-18]);
  expect(Array.from(values(grad(cost)(tensor([-800, 0, 0]))))).toEqual([-1, 0.5, 0.5]);
});

test("0 log 0 is 0 for constants and inside grad, also where log(1 - a) is computed as log1p(-a)", () => {
  const ends = (a: Tensor, y: Tensor): Tensor => neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a)))));
  for (const end of [0, 1]) {
    expect(Math.abs(item(ends(tensor(end), tensor(end))))).toBe(0);
    expect(Math.abs(item(valueAndGrad((a: Tensor) => ends(a, tensor(end)))(tensor(end)).value))).toBe(0);
  }
});
