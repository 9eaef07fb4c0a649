import { type Tensor, ValueError, add, div, log, mul, neg, square, sub } from "@nabla/autodiff";
import { derivativeWith, fromRest, fromShare, fromTarget } from "./derivative.ts";
import { known } from "./known.ts";
import { anyNumber, zeroToOne } from "./label.ts";
import { categoricalFocal, focal, fromLogarithm, kullbackLeibler, poisson } from "./likelihood.ts";
import { hinge, huber, quantile } from "./margin.ts";
import { given, product } from "./measured.ts";
import { type Cost, type Normalisation, checkCopy, checkKind, termwise } from "./term.ts";

export { type Cost, type Normalisation, divisor } from "./term.ts";

const logarithmic = (a: Tensor, y: Tensor): Tensor => add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))));

/** C = 1/(2m) Σ (a - y)²; dC/da = (a - y)/m. Source: Nielsen 2015, eq. 6; Mehrotra 2020, section 1. */
export const quadratic: Cost = termwise({
  name: "quadratic",
  symbol: "mse",
  normalisation: "mean over examples",
  sense: "minimise",
  labels: anyNumber,
  term: (a, y) => div(square(sub(a, y)), 2),
  derivative: derivativeWith(
    (a, y) => a - y,
    (output, y) => ({ plain: fromTarget(output, y) }),
  ),
  slope: (a) => `${a} - y`,
});

/** C = 1/2 Σ (a - y)², summed over examples; dC/da = a - y. */
export const sumOfSquares: Cost = termwise({
  name: "sumOfSquares",
  symbol: "sse",
  normalisation: "sum",
  sense: "minimise",
  labels: anyNumber,
  term: (a, y) => div(square(sub(a, y)), 2),
  derivative: derivativeWith(
    (a, y) => a - y,
    (output, y) => ({ plain: fromTarget(output, y) }),
  ),
  slope: (a) => `${a} - y`,
});

/**
 * C = -1/m Σ [y ln a + (1 - y) ln(1 - a)]; dC/da = (a - y)/(a (1 - a))/m. Written as the textbooks write it; over a sigmoid or a softmax
 * the tape keeps its digits at saturation. Source: Nielsen 2015, eq. 63.
 */
export const binaryCrossEntropy: Cost = termwise({
  name: "binaryCrossEntropy",
  symbol: "bce",
  normalisation: "mean over examples",
  sense: "minimise",
  labels: zeroToOne,
  term: (a, y) => neg(logarithmic(a, y)),
  derivative: derivativeWith(
    (a, y) => (a - y) / (a * (1 - a)),
    (_, y) => ({ left: fromShare(-1, y), right: fromRest(1, y) }),
  ),
  slope: (a) => `(${a} - y) / (${a}(1 - ${a}))`,
});

/** C = -1/m Σ y ln a; dC/da = -y/a/m. Labels: rows that sum to 1. Source: Goodfellow, Bengio, Courville 2016, section 6.2.2.3. */
export const categoricalCrossEntropy: Cost = termwise({
  name: "categoricalCrossEntropy",
  symbol: "ce",
  normalisation: "mean over examples",
  sense: "minimise",
  labels: zeroToOne,
  term: (a, y) => neg(mul(y, log(a))),
  derivative: fromLogarithm,
  slope: (a) => `-y / ${a}`,
});

/** C = Σ [y ln a + (1 - y) ln(1 - a)], summed and maximised; dC/da = (y - a)/(a (1 - a)). */
export const logLikelihood: Cost = termwise({
  name: "logLikelihood",
  symbol: "log-likelihood",
  normalisation: "sum",
  sense: "maximise",
  labels: zeroToOne,
  term: logarithmic,
  derivative: derivativeWith(
    (a, y) => (y - a) / (a * (1 - a)),
    (_, y) => ({ left: fromShare(1, y), right: fromRest(-1, y) }),
  ),
  slope: (a) => `(y - ${a}) / (${a}(1 - ${a}))`,
});

/** C = 1/(m n) Σ (a - y)², over all entries; dC/da = 2 (a - y)/(m n). What most libraries call the mean squared error. */
export const meanSquaredError: Cost = termwise({
  name: "meanSquaredError",
  normalisation: "mean over entries",
  labels: anyNumber,
  term: (a, y) => square(sub(a, y)),
  derivative: derivativeWith(
    (a, y) => 2 * (a - y),
    (output, y) => ({ plain: product(given(2), fromTarget(output, y)) }),
  ),
  slope: (a) => `2 (${a} - y)`,
});

/** The name of a known cost. */
export type CostName =
  | "quadratic"
  | "sumOfSquares"
  | "meanSquaredError"
  | "binaryCrossEntropy"
  | "categoricalCrossEntropy"
  | "logLikelihood"
  | "huber"
  | "hinge"
  | "quantile"
  | "kullbackLeibler"
  | "poisson"
  | "focal"
  | "categoricalFocal";

/** The costs that a network can name; `huber()`, `focal()`, `quantile()` and `categoricalFocal()` take a parameter of their own as well. */
export const costs: Readonly<Record<CostName, Cost>> = {
  quadratic,
  sumOfSquares,
  meanSquaredError,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  logLikelihood,
  huber: huber(),
  hinge,
  quantile: quantile(),
  kullbackLeibler,
  poisson,
  focal: focal(),
  categoricalFocal: categoricalFocal(),
};

/** The cost that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function costOf(caller: string, cost: CostName | Cost): Cost {
  if (typeof cost === "function")
    throw new ValueError(`${caller}: the cost is a function; wrap it in custom(name, (a, y) => ...), so that errors and pictures can name it`);
  if (typeof cost === "object" && typeof cost?.of === "function") {
    checkKind(caller, cost);
    checkCopy(caller, cost);
    return cost;
  }
  return known(caller, "cost", cost, costs, "custom(name, (a, y) => ...)");
}

/**
 * A known cost, or one made by `termwise`, with another normalisation: the sum of its terms, or their mean over examples or over entries. Its short delta over
 * its own output stays, with the division that the new one says.
 *
 * Throws ValueError for a normalisation that there is not, or a cost that is a function of the whole batch.
 *
 * @example
 * item(normalised("binaryCrossEntropy", "sum").of(tensor([[0.5], [0.5]]), tensor([[1], [0]]))) // => 1.386
 */
export function normalised(cost: CostName | Cost, normalisation: Normalisation): Cost {
  const { of: _, term, ...known } = costOf("normalised", cost);
  if (term === undefined)
    throw new ValueError(
      `normalised: the cost ${known.name} is a function of the whole batch, which divides as it says itself; write it with termwise({ name, term, ... })`,
    );
  return termwise({ ...known, normalisation, term });
}
