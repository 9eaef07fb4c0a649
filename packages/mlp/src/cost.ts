import { type Tensor, ValueError, add, composite, div, log, mul, neg, square, sub, sum } from "@nabla/autodiff";

/** What the sum of the terms is divided by. */
export type Normalisation = "sum" | "mean over examples" | "mean over entries";

/** A cost of activations a against targets y, both [m, n], rows being examples. */
export interface Cost {
  readonly name: string;
  readonly normalisation: Normalisation;
  /** Training goes down a cost to minimise and up one to maximise. */
  readonly sense: "minimise" | "maximise";
  /** A scalar. */
  of(a: Tensor, y: Tensor): Tensor;
  /** The textbook's dC/da of one entry, before the division that `normalisation` names; absent for a cost that nobody derived. */
  derivative?(a: number, y: number): number;
  /** The same as a formula over the name of a. */
  slope?(a: string): string;
}

/** What the sum over all entries of `[m, n]` is divided by; a vector `[n]` is one example. */
export function divisor(normalisation: Normalisation, shape: readonly number[]): number {
  const [m = 1, n = 1] = shape.length === 1 ? [1, ...shape] : shape;
  return normalisation === "sum" ? 1 : normalisation === "mean over examples" ? m : m * n;
}

/** A cost that sums one term per entry, drawn as one node. */
function termwise(spec: Omit<Cost, "of"> & { readonly symbol: string; term(a: Tensor, y: Tensor): Tensor }): Cost {
  const { symbol, term, ...cost } = spec;
  const whole = composite({
    name: cost.name,
    notation: {
      text: (operands) => `${symbol}(${operands.join(", ")})`,
      latex: (operands) => `\\operatorname{${symbol}}\\left(${operands.join(", ")}\\right)`,
    },
    expand: (...inputs) => {
      const [a, y] = inputs as readonly [Tensor, Tensor];
      const count = divisor(cost.normalisation, a.shape);
      const total = sum(term(a, y));
      return count === 1 ? total : div(total, count);
    },
  });
  return { ...cost, of: (a, y) => whole(a, y) };
}

const logarithmic = (a: Tensor, y: Tensor): Tensor => add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))));

/** C = 1/(2m) Σ (a - y)²; dC/da = (a - y)/m. Source: Nielsen 2015, eq. 6; Mehrotra 2020, section 1. */
export const quadratic: Cost = termwise({
  name: "quadratic",
  symbol: "mse",
  normalisation: "mean over examples",
  sense: "minimise",
  term: (a, y) => div(square(sub(a, y)), 2),
  derivative: (a, y) => a - y,
  slope: (a) => `${a} - y`,
});

/** C = 1/2 Σ (a - y)², summed over examples; dC/da = a - y. */
export const sumOfSquares: Cost = termwise({
  name: "sumOfSquares",
  symbol: "sse",
  normalisation: "sum",
  sense: "minimise",
  term: (a, y) => div(square(sub(a, y)), 2),
  derivative: (a, y) => a - y,
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
  term: (a, y) => neg(logarithmic(a, y)),
  derivative: (a, y) => (a - y) / (a * (1 - a)),
  slope: (a) => `(${a} - y) / (${a}(1 - ${a}))`,
});

/** C = -1/m Σ y ln a; dC/da = -y/a/m. Labels: rows that sum to 1. Source: Goodfellow, Bengio, Courville 2016, section 6.2.2.3. */
export const categoricalCrossEntropy: Cost = termwise({
  name: "categoricalCrossEntropy",
  symbol: "ce",
  normalisation: "mean over examples",
  sense: "minimise",
  term: (a, y) => neg(mul(y, log(a))),
  derivative: (a, y) => (y === 0 ? 0 : -y / a),
  slope: (a) => `-y / ${a}`,
});

/** C = Σ [y ln a + (1 - y) ln(1 - a)], summed and maximised; dC/da = (y - a)/(a (1 - a)). */
export const logLikelihood: Cost = termwise({
  name: "logLikelihood",
  symbol: "log-likelihood",
  normalisation: "sum",
  sense: "maximise",
  term: logarithmic,
  derivative: (a, y) => (y - a) / (a * (1 - a)),
  slope: (a) => `(y - ${a}) / (${a}(1 - ${a}))`,
});

/** The name of a known cost. */
export type CostName = "quadratic" | "sumOfSquares" | "binaryCrossEntropy" | "categoricalCrossEntropy" | "logLikelihood";

/** The costs that a network can name. */
export const costs: Readonly<Record<CostName, Cost>> = {
  quadratic: quadratic,
  sumOfSquares: sumOfSquares,
  binaryCrossEntropy: binaryCrossEntropy,
  categoricalCrossEntropy: categoricalCrossEntropy,
  logLikelihood: logLikelihood,
};

/** The cost that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function costOf(cost: CostName | Cost): Cost {
  if (typeof cost === "function")
    throw new ValueError("the cost is a function; wrap it in custom(name, (a, y) => ...), so that errors and pictures can name it");
  if (typeof cost === "object" && typeof cost.of === "function") return cost;
  if (typeof cost === "string" && Object.hasOwn(costs, cost)) return costs[cost];
  throw new ValueError(`there is no cost ${JSON.stringify(cost)}; use one of ${Object.keys(costs).join(", ")}, or custom(name, (a, y) => ...)`);
}

/**
 * A cost of your own: any scalar function of activations and targets. Its gradient needs no derivation.
 *
 * @example
 * item(custom("absolute", (a, y) => mean(abs(sub(a, y)))).of(tensor([[1]]), tensor([[3]]))) // => 2
 */
export function custom(
  name: string,
  of: (a: Tensor, y: Tensor) => Tensor,
  options: Partial<Pick<Cost, "normalisation" | "sense" | "derivative" | "slope">> = {},
): Cost {
  const whole = composite({ name, expand: (...inputs) => of(inputs[0] as Tensor, inputs[1] as Tensor) });
  return { name, normalisation: "mean over examples", sense: "minimise", ...options, of: (a, y) => whole(a, y) };
}
