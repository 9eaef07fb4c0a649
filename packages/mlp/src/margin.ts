import { type Tensor, abs, add, div, lessEqual, mul, neg, relu, square, sub, where } from "@nabla/autodiff";
import { derivativeWith, fromTarget } from "./derivative.ts";
import { anyNumber, signs } from "./label.ts";
import { difference, given, product, unit } from "./measured.ts";
import { checkNumbers } from "./number.ts";
import { type Cost, termwise } from "./term.ts";

/**
 * C = 1/m Σ h(a - y) with h(r) = r²/2 up to |r| = δ and δ(|r| - δ/2) beyond: outliers pull with a bounded force.
 * dC/da = (a - y)/m, cut at ±δ. δ is 1 when absent. Source: Huber 1964.
 *
 * Throws ValueError for a δ that is not above 0.
 *
 * @example
 * item(huber().of(tensor([[3, 0.5]]), tensor([[0, 0]]))) // => 2.625
 */
export function huber(delta: number = 1): Cost {
  checkNumbers("huber", "a number above 0", { delta });
  return termwise({
    name: "huber",
    normalisation: "mean over examples",
    labels: anyNumber,
    term: (a, y) => {
      const r = sub(a, y);
      return where(lessEqual(abs(r), delta), div(square(r), 2), mul(delta, sub(abs(r), delta / 2)));
    },
    derivative: derivativeWith(
      (a, y) => Math.min(Math.max(a - y, -delta), delta),
      (output, y) => {
        const off = fromTarget(output, y);
        return { plain: Math.abs(off.value[0]) <= delta ? off : given(Math.sign(off.value[0]) * delta) };
      },
    ),
    slope: (a) => `clip(${a} - y, -${delta}, ${delta})`,
  });
}

/**
 * C = 1/m Σ max(0, 1 - y a) for labels -1 and 1; dC/da = -y/m where y a < 1, else 0 (also at the kink). Source: Cortes, Vapnik 1995.
 *
 * @example
 * item(hinge.of(tensor([[0.5, 2]]), tensor([[1, 1]]))) // => 0.5
 */
export const hinge: Cost = termwise({
  name: "hinge",
  normalisation: "mean over examples",
  labels: signs,
  term: (a, y) => relu(sub(1, mul(y, a))),
  derivative: derivativeWith(
    (a, y) => (1 - y * a > 0 ? -y : 0),
    ({ a, rest }, y) => ({ plain: (y === 1 ? rest : difference(unit, product(given(y), a))).value[0] > 0 ? given(-y) : undefined }),
  ),
  slope: (a) => `-y [y ${a} < 1]`,
});

/**
 * C = 1/m Σ (τ max(y - a, 0) + (1 - τ) max(a - y, 0)), least where a is the τ-quantile of y; dC/da = -τ/m below y, (1 - τ)/m above, 0 at the
 * kink. τ is 0.5 when absent: half the absolute error. Source: Koenker, Bassett 1978.
 *
 * Throws ValueError for a τ outside (0, 1).
 *
 * @example
 * item(quantile(0.9).of(tensor([[0, 0]]), tensor([[1, -1]]))) // => 1
 */
export function quantile(tau: number = 0.5): Cost {
  checkNumbers("quantile", "a number between 0 and 1", { tau }, "0.5 is the median");
  const term = (a: Tensor, y: Tensor): Tensor => add(mul(tau, relu(sub(y, a))), mul(1 - tau, relu(neg(sub(y, a)))));
  return termwise({
    name: "quantile",
    normalisation: "mean over examples",
    labels: anyNumber,
    term,
    derivative: derivativeWith(
      (a, y) => (a < y ? -tau : a > y ? 1 - tau : 0),
      (output, y) => {
        const side = Math.sign(fromTarget(output, y).value[0]);
        return { plain: side === 0 ? undefined : given(side < 0 ? -tau : 1 - tau) };
      },
    ),
    slope: (a) => `[${a} > y] - ${tau}`,
  });
}
