import { type Tensor, add, equal, log, mul, neg, pow, sub, where, xlogy } from "@nabla/autodiff";
import { type Derivative, derivativeWith, fromRest, fromShare, fromTarget } from "./derivative.ts";
import { zeroToOne, zeroUp } from "./label.ts";
import { type Measured, difference, given, opposite, power, product, unit } from "./measured.ts";
import { checkNumbers } from "./number.ts";
import { type Cost, termwise } from "./term.ts";

/** -y/a, the derivative of -y ln a; 0 where y is 0. */
export const fromLogarithm: Derivative = derivativeWith(
  (a, y) => (y === 0 ? 0 : -y / a),
  (_, y) => ({ left: fromShare(-1, y) }),
);

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
  derivative: fromLogarithm,
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
  derivative: derivativeWith(
    (a, y) => (y === 0 ? 1 : 1 - y / a),
    // (a - y)/a keeps the digits that 1 - y/a loses near a = y; doubles that take the latter are off by its terms.
    (output, y) => (y === 0 ? { plain: unit } : { left: { ...fromTarget(output, y), size: Math.abs(output.a.value[0]) + 2 * y } }),
  ),
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
    derivative: derivativeWith(
      (a, y) => (y === 0 ? 0 : -y * focusedSlope(1 - a, a, Math.log(a), gamma)) + (y === 1 ? 0 : (1 - y) * focusedSlope(a, 1 - a, Math.log1p(-a), gamma)),
      ({ a, rest, logA, logRest }, y) => {
        const [right, wrong] = [preciseFocus(rest, logA, fromShare(-1, y), gamma), preciseFocus(a, logRest, fromRest(-1, y), gamma)];
        const plain = right.turning === undefined || wrong.turning === undefined ? undefined : difference(right.turning, wrong.turning);
        return {
          left: right.pulling,
          right: wrong.pulling && opposite(wrong.pulling),
          plain: plain ?? right.turning ?? (wrong.turning && opposite(wrong.turning)),
        };
      },
    ),
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
    derivative: derivativeWith(
      (a, y) => (y === 0 ? 0 : -y * focusedSlope(1 - a, a, Math.log(a), gamma)),
      ({ rest, logA }, y) => {
        const { pulling, turning } = preciseFocus(rest, logA, fromShare(-1, y), gamma);
        return { left: pulling, plain: turning };
      },
    ),
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

/** s times the two terms of `focusedSlope`: rest^γ, which is divided by a, and -γ rest^(γ - 1) ln a; absent where they are 0. */
function preciseFocus(
  rest: Measured,
  logarithm: () => Measured,
  s: Measured | undefined,
  gamma: number,
): { readonly pulling: Measured | undefined; readonly turning: Measured | undefined } {
  if (s === undefined) return { pulling: undefined, turning: undefined };
  const flat = gamma === 0 || rest.value[0] === 0;
  return {
    pulling: product(s, power(rest, gamma)),
    turning: flat ? undefined : product(product(s, given(-gamma)), product(power(rest, gamma - 1), logarithm())),
  };
}
