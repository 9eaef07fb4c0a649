import { type Like, type Tensor, ValueError, add, composite, div, log, mul, neg, square, sub } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { derivativeWith, fromRest, fromShare, fromTarget } from "./derivative.ts";
import { known } from "./known.ts";
import { type Labels, anyNumber, zeroToOne } from "./label.ts";
import { categoricalFocal, focal, fromLogarithm, kullbackLeibler, poisson } from "./likelihood.ts";
import { hinge, huber, quantile } from "./margin.ts";
import { given, product } from "./measured.ts";
import { type Cost, type Normalisation, checkFits, checkKind, tensorOf, termwise } from "./term.ts";

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
    return cost;
  }
  return known(caller, "cost", cost, costs, "custom(name, (a, y) => ...)");
}

/** What is known about a cost of your own. */
export interface CustomCostOptions {
  /** "mean over examples" when absent. */
  readonly normalisation?: Normalisation;
  /** "minimise" when absent. */
  readonly sense?: Cost["sense"];
  readonly labels?: Labels;
  derivative?(a: number, y: number): number;
  slope?(a: string): string;
}

/**
 * A cost of your own: any scalar function of activations and targets, both [examples, outputs]. Its gradient needs no derivation. As a function of the whole batch it
 * takes no weights; a sum of one term per entry does, see `termwise`.
 *
 * @example
 * item(custom("absolute", (a, y) => mean(abs(sub(a, y)))).of(tensor([[1]]), tensor([[3]]))) // => 2
 */
export function custom(name: string, of: (a: Tensor, y: Tensor) => Tensor, options: CustomCostOptions = {}): Cost {
  return customFor("custom", name, of, checkOptions("custom", options, customOptions));
}

const customOptions = ["normalisation", "sense", "labels", "derivative", "slope"] as const;

function customFor(caller: string, name: string, of: (a: Tensor, y: Tensor) => Tensor, options: CustomCostOptions): Cost {
  if (typeof name === "function") throw new ValueError(`${caller}: the name of the cost is a function; give the name first, custom(name, (a, y) => scalar)`);
  if (typeof of !== "function") throw new ValueError(`${caller}: the cost ${describe(name)} must be a function (a, y) => scalar, got ${describe(of)}`);
  const { normalisation = "mean over examples", sense = "minimise" } = options;
  checkKind(caller, { ...options, name, normalisation, sense });
  const whole = composite({ name, expand: (...inputs) => tensorOf(name, of(inputs[0] as Tensor, inputs[1] as Tensor)) });
  return {
    ...options,
    name,
    normalisation,
    sense,
    of: (a, y, weights) => {
      checkFits(name, a, y);
      if (weights !== undefined)
        throw new ValueError(`cost ${name}: it is a function of the whole batch, so weights have no place in it; write it with termwise({ name, term, ... })`);
      return whole(a, y);
    },
  };
}

/**
 * A cost written as a formula: a function of a scope with the activations `a`, the targets `y`, the number of examples `m`, and constants of
 * your own. What `formula` of `@nabla/autodiff/formula` returns is such a function.
 *
 * @example
 * const half = costOfFormula("half", ({ a, y, k }) => mul(k ?? 1, mean(square(sub(a ?? 0, y ?? 0)))), { constants: { k: 0.5 } });
 * item(half.of(tensor([[1]]), tensor([[3]]))) // => 2
 */
export function costOfFormula(
  name: string,
  formula: (scope: Record<string, Like>) => Tensor,
  options: CustomCostOptions & { readonly constants?: Readonly<Record<string, Like>> } = {},
): Cost {
  if (typeof formula !== "function")
    throw new ValueError(`costOfFormula: the formula is ${describe(formula)}; give formula("...") of @nabla/autodiff/formula, or your own (scope) => scalar`);
  const { constants = {}, ...known } = checkOptions("costOfFormula", options, ["constants", ...customOptions]);
  return customFor("costOfFormula", name, (a, y) => formula({ ...constants, a, y, m: a.shape.length === 2 ? (a.shape[0] as number) : 1 }), known);
}
