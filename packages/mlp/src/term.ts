import { ShapeError, type Tensor, ValueError, composite, div, isTensor, mul, reshape, sum, values } from "@nabla/autodiff";
import { checkChoice, checkOptions, describe } from "@nabla/autodiff/argument";
import { type Derivative } from "./derivative.ts";
import { checkWeights } from "./example-weight.ts";
import { type Labels } from "./label.ts";

/** What the sum of the terms is divided by. */
export type Normalisation = "sum" | "mean over examples" | "mean over entries";

/** Throws ValueError unless a cost has a name, a normalisation and a sense that there are, and of the rest what it should be. */
export function checkKind(caller: string, { name, symbol, normalisation, sense, labels, derivative, slope }: Omit<Cost, "of" | "term">): void {
  if (typeof name !== "string" || name === "") throw new ValueError(`${caller}: a cost has a name that errors and pictures call it by, got ${describe(name)}`);
  if (symbol !== undefined && typeof symbol !== "string") throw new ValueError(`${caller}, cost ${name}: symbol must be a text, got ${describe(symbol)}`);
  checkChoice(`${caller}, cost ${name}`, "normalisation", normalisation, ["sum", "mean over examples", "mean over entries"]);
  checkChoice(`${caller}, cost ${name}`, "sense", sense, ["minimise", "maximise"]);
  if (labels !== undefined && (typeof labels !== "object" || typeof labels?.admits !== "function"))
    throw new ValueError(`${caller}, cost ${name}: labels must be { says, admits(y) }, such as zeroToOne, got ${describe(labels)}`);
  for (const [label, given] of Object.entries({ derivative, slope }))
    if (given !== undefined && typeof given !== "function")
      throw new ValueError(`${caller}, cost ${name}: ${label} must be a function, got ${describe(given)}`);
}

/** Throws unless activations and targets are tensors of one shape, because others would broadcast and be averaged all the same. */
export function checkFits(cost: string, a: Tensor, y: Tensor): void {
  for (const [label, given] of Object.entries({ a, y }))
    if (!isTensor(given)) throw new ValueError(`cost ${cost}: ${label} is ${describe(given)}; give a tensor`);
  if (a.shape.join() !== y.shape.join())
    throw new ShapeError(`cost ${cost}: a has shape [${a.shape.join(", ")}] and y [${y.shape.join(", ")}]; give one target per activation, in the same shape`);
}

/** What the function of a cost by `termwise` is made of. */
const parts = new WeakMap<Cost["of"], Pick<Cost, "normalisation" | "term">>();

/** Throws ValueError for a copy of a cost that says something else than its function computes, such as `{ ...quadratic, normalisation: "sum" }`. */
export function checkCopy(caller: string, cost: Cost): void {
  const { name, of, normalisation, term } = cost;
  const made = parts.get(of);
  if (made === undefined) return;
  if (normalisation !== made.normalisation)
    throw new ValueError(
      `${caller}, cost ${name}: its normalisation says "${normalisation}", but its function is that of a cost with "${made.normalisation}"; for another division use normalised(cost, "${normalisation}")`,
    );
  if (term !== made.term)
    throw new ValueError(`${caller}, cost ${name}: its term is another one than its function sums; make it with termwise({ name, term, ... })`);
}

/** A cost of activations a against targets y, both [m, n], rows being examples. */
export interface Cost {
  readonly name: string;
  /** How formulas and pictures write it; the name when absent. */
  readonly symbol?: string;
  readonly normalisation: Normalisation;
  /** Training goes down a cost to minimise and up one to maximise. */
  readonly sense: "minimise" | "maximise";
  /** The targets that it is made for; whatever, when absent. */
  readonly labels?: Labels;
  /**
   * A scalar. With weights [m] each example counts as often as its weight says: a mean divides by their sum. Throws ValueError for weights
   * where the cost is a function of the whole batch.
   */
  of(a: Tensor, y: Tensor, weights?: Tensor): Tensor;
  /** What is summed, entry by entry; absent for a cost that is not known to be such a sum. */
  term?(a: Tensor, y: Tensor): Tensor;
  /** The textbook's dC/da of one entry, before the division that `normalisation` names; absent for a cost that nobody derived. */
  readonly derivative?: Derivative;
  /** The same as a formula over the name of a. */
  slope?(a: string): string;
}

/** What the sum over all entries of `[m, n]` is divided by; a vector `[n]` is one example. */
export function divisor(normalisation: Normalisation, shape: readonly number[]): number {
  const [m = 1, n = 1] = shape.length === 1 ? [1, ...shape] : shape;
  return normalisation === "sum" ? 1 : normalisation === "mean over examples" ? m : m * n;
}

/** What a function of the user's own gave, if it is a tensor. Throws ValueError for anything else. */
export function tensorOf(cost: string, found: unknown): Tensor {
  if (isTensor(found)) return found;
  throw new ValueError(`cost ${cost}: it must give a tensor, got ${describe(found)}; did you forget return?`);
}

/** What a cost that sums one term per entry is made of. */
export interface TermwiseSpec {
  readonly name: string;
  /** How formulas and pictures write it; the name when absent. */
  readonly symbol?: string;
  readonly normalisation: Normalisation;
  readonly sense?: Cost["sense"];
  readonly labels?: Labels;
  term(a: Tensor, y: Tensor): Tensor;
  readonly derivative?: Derivative;
  slope?(a: string): string;
}

/**
 * A cost that sums one term per entry, drawn as one node. It takes weights, and another normalisation by `normalised`.
 *
 * @example
 * const fourth = termwise({ name: "fourth power", normalisation: "sum", term: (a, y) => pow(sub(a, y), 4) });
 * item(fourth.of(tensor([[1, 2]]), tensor([[0, 0]]))) // => 17
 */
export function termwise(spec: TermwiseSpec): Cost {
  checkOptions("termwise", spec, ["name", "symbol", "normalisation", "sense", "labels", "term", "derivative", "slope"]);
  const { sense = "minimise", ...cost } = spec;
  const { symbol = cost.name } = cost;
  checkKind("termwise", { ...cost, sense });
  if (typeof cost.term !== "function")
    throw new ValueError(`termwise, cost ${cost.name}: term must be a function (a, y) => tensor, got ${describe(cost.term)}`);
  const whole = composite({
    name: cost.name,
    notation: {
      text: (operands) => `${symbol}(${operands.join(", ")})`,
      latex: (operands) => `\\operatorname{${symbol}}\\left(${operands.join(", ")}\\right)`,
    },
    expand: (...inputs) => {
      const [a, y, weights] = inputs as readonly [Tensor, Tensor, Tensor?];
      const terms = tensorOf(cost.name, cost.term(a, y));
      const shares = divisor(cost.normalisation, a.shape);
      if (weights === undefined) return shares === 1 ? sum(terms) : div(sum(terms), shares);
      const m = a.shape[0] as number;
      if (a.shape.length !== 2 || weights.shape.join() !== String(m))
        throw new ShapeError(`cost ${cost.name}: the weights have shape [${weights.shape.join(", ")}], want [${m}], one per example`);
      const total = sum(mul(reshape(weights, { shape: [m, 1] }), terms));
      // Each example that counts w times adds w to the number of examples.
      return cost.normalisation === "sum" ? total : div(total, mul(sum(weights), shares / m));
    },
  });
  const of: Cost["of"] = (a, y, weights) => {
    checkFits(cost.name, a, y);
    if (weights === undefined) return whole(a, y);
    // A tensor that is only traced has no numbers yet.
    if (weights.data !== undefined) checkWeights(`cost ${cost.name}`, values(weights));
    return whole(a, y, weights);
  };
  parts.set(of, cost);
  return { ...cost, sense, of };
}
