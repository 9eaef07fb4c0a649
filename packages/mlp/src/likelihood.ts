import { type Tensor, add, equal, log, mul, neg, pow, sub, where, xlogy } from "@nabla/autodiff";
import { zeroToOne, zeroUp } from "./label.ts";
import { checkNumbers } from "./number.ts";
import { type Cost, termwise } from "./term.ts";

/**
 * C = 1/m Σ y ln(y/a), how far the distribution a is from y; dC/da = -y/a/m. A y of 0 adds nothing. Source: Kullback, Leibler 1951.
 *
 * @example
 * item(kullbackLeibler.of(tensor([[0.5, 0.5]]), tensor([[0.5, 0.5]]))) // => 0
 */
export const kullbackLeibler: Cost = termwise({
  name: "kullbackLeibler",
  symbol: "kl",
  normalisation: "mean over examples",
  labels: zeroToOne,
  term: (a, y) => sub(xlogy(y, y), mul(y, log(a))),
  derivative: (a, y) => (y === 0 ? 0 : -y / a),
  slope: (a) => `-y / ${a}`,
});

/**
 * C = 1/m Σ (a - y ln a), the negative log-likelihood of counts y with means a, without ln y!; dC/da = (1 - y/a)/m. The outputs must be
 * positive, as those of softplus.
 *
 * @example
 * item(poisson.of(tensor([[1]]), tensor([[3]]))) // => 1
 */
export const poisson: Cost = termwise({
  name: "poisson",
  normalisation: "mean over examples",
  labels: zeroUp,
  term: (a, y) => sub(a, mul(y, log(a))),
  derivative: (a, y) => (y === 0 ? 1 : 1 - y / a),
  slope: (a) => `1 - y / ${a}`,
});

/**
 * C = -1/m Σ [y (1 - a)^γ ln a + (1 - y) a^γ ln(1 - a)]: cross-entropy in which examples that are already right count less. γ is 2 when
 * absent; 0 is the binary cross-entropy. Source: Lin, Goyal, Girshick, He, Dollár 2017, eq. 4.
 *
 * Throws ValueError for a γ below 0.
 *
 * @example
 * item(focal(2).of(tensor([[0.5]]), tensor([[1]]))) // => 0.17328679513998632
 */
export function focal(gamma: number = 2): Cost {
  checkNumbers("focal", "a number of at least 0", { gamma });
  return termwise({
    name: "focal",
    normalisation: "mean over examples",
    labels: zeroToOne,
    term: (a, y) => {
      const rest = sub(1, a);
      return neg(add(focused(rest, a, y, gamma), focused(a, rest, sub(1, y), gamma)));
    },
    derivative: (a, y) =>
      (y === 0 ? 0 : -y * focusedSlope(1 - a, a, Math.log(a), gamma)) + (y === 1 ? 0 : (1 - y) * focusedSlope(a, 1 - a, Math.log1p(-a), gamma)),
  });
}

/**
 * C = -1/m Σ y (1 - a)^γ ln a, the focal cost over classes of which one is right; γ is 2 when absent, 0 is the categorical cross-entropy.
 *
 * Throws ValueError for a γ below 0.
 *
 * @example
 * item(categoricalFocal(2).of(tensor([[0.5, 0.5]]), tensor([[1, 0]]))) // => 0.17328679513998632
 */
export function categoricalFocal(gamma: number = 2): Cost {
  checkNumbers("categoricalFocal", "a number of at least 0", { gamma });
  return termwise({
    name: "categoricalFocal",
    symbol: "focal",
    normalisation: "mean over examples",
    labels: zeroToOne,
    term: (a, y) => neg(focused(sub(1, a), a, y, gamma)),
    derivative: (a, y) => (y === 0 ? 0 : -y * focusedSlope(1 - a, a, Math.log(a), gamma)),
  });
}

/** rest^γ (y ln a): y ln a first, because of it 0 ln 0 is 0. Below γ = 1 the slope of rest^γ at 0 is infinite, that of the whole is 0. */
function focused(rest: Tensor, a: Tensor, y: Tensor, gamma: number): Tensor {
  const likelihood = mul(y, log(a));
  if (gamma === 0) return likelihood;
  if (gamma >= 1) return mul(pow(rest, gamma), likelihood);
  const right = equal(rest, 0);
  return where(right, 0, mul(pow(where(right, 1, rest), gamma), likelihood));
}

/** d/da of (1 - a)^γ ln a, from 1 - a, a and ln a; at a = 1 its limit, 0 for γ above 0. */
function focusedSlope(rest: number, a: number, logarithm: number, gamma: number): number {
  if (gamma === 0) return 1 / a;
  return rest === 0 ? 0 : rest ** gamma / a - gamma * rest ** (gamma - 1) * logarithm;
}
