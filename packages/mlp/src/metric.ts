import { type Like, ShapeError, type Tensor, ValueError, values } from "@nabla/autodiff";
import { checkTargets } from "./compare.ts";
import { type Network, asTensor, checkData, predict } from "./network.ts";

/** A number to watch: of outputs a and targets y, both [m, n]. Unlike a cost it needs no derivative. */
export interface Metric {
  readonly name: string;
  /** Whether more is better. */
  readonly sense: "minimise" | "maximise";
  of(a: Tensor, y: Tensor): number;
}

/** The share of rows whose largest output is where the largest target is; of one output, whether both lie on the same side of the threshold; a row with NaN is wrong. */
function shareRight(a: Tensor, y: Tensor, threshold: number): number {
  const [m, n] = y.shape as readonly [number, number];
  const [found, wanted] = [values(a), values(y)];
  const classAt = (numbers: Float64Array, row: number): number => {
    const own = numbers.subarray(row * n, (row + 1) * n);
    // NaN equals no class, not even NaN.
    if (own.some(Number.isNaN)) return Number.NaN;
    if (n === 1) return Number((own[0] as number) > threshold);
    return own.reduce((best, each, at) => (each > (own[best] as number) ? at : best), 0);
  };
  let right = 0;
  for (let row = 0; row < m; row++) if (classAt(found, row) === classAt(wanted, row)) right++;
  return right / m;
}

/** The mean of f over the entries of a - y. */
function meanOver(a: Tensor, y: Tensor, f: (difference: number) => number): number {
  const wanted = values(y);
  return values(a).reduce((sum, entry, at) => sum + f(entry - (wanted[at] ?? Number.NaN)), 0) / wanted.length;
}

/** The name of a known metric. */
export type MetricName = "accuracy" | "meanAbsoluteError" | "rootMeanSquaredError" | "rSquared";

/** The metrics that training can name. */
export const metrics: Readonly<Record<MetricName, Metric>> = {
  /** As `accuracy`. */
  accuracy: { name: "accuracy", sense: "maximise", of: (a, y) => shareRight(a, y, 0.5) },
  /** The mean of |a - y|. */
  meanAbsoluteError: { name: "meanAbsoluteError", sense: "minimise", of: (a, y) => meanOver(a, y, Math.abs) },
  /** The root of the mean of (a - y)². */
  rootMeanSquaredError: { name: "rootMeanSquaredError", sense: "minimise", of: (a, y) => Math.sqrt(meanOver(a, y, (r) => r * r)) },
  /** R² = 1 - Σ (a - y)² / Σ (y - mean of its column)²: 1 when all is right, 0 for who always says the mean. Of targets that are constant per column 1 where all is right, else -Infinity. */
  rSquared: {
    name: "rSquared",
    sense: "maximise",
    of: (a, y) => {
      const [m, n] = y.shape as readonly [number, number];
      const wanted = values(y);
      // From the first row on, so that the mean of a constant is that constant to the last bit.
      const means = wanted.slice(0, n);
      wanted.forEach((entry, at) => (means[at % n] = (means[at % n] ?? 0) + (entry - (wanted[at % n] ?? 0)) / m));
      const spread = wanted.reduce((sum, entry, at) => sum + (entry - (means[at % n] ?? 0)) ** 2, 0);
      const left = meanOver(a, y, (r) => r * r) * wanted.length;
      return left === 0 ? 1 : 1 - left / spread;
    },
  },
};

/** The metric that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function metricOf(metric: MetricName | Metric): Metric {
  if (typeof metric === "object" && typeof metric?.of === "function") return metric;
  if (typeof metric === "string" && Object.hasOwn(metrics, metric)) return metrics[metric];
  throw new ValueError(`there is no metric ${JSON.stringify(metric)}; use one of ${Object.keys(metrics).join(", ")}, or your own { name, sense, of }`);
}

/**
 * The share of examples whose class is right: the largest output against the largest target, or for one output whether both lie on the
 * same side of the threshold, 0.5 when absent (0 for labels -1 and 1). An example whose outputs hold NaN counts as wrong.
 *
 * Throws ShapeError when data and network do not fit.
 *
 * @example
 * accuracy(network({ sizes: [2, 1], activations: ["sigmoid"] }), { x: [[0, 0]], y: [[1]] }) // => 0
 */
export function accuracy(net: Network, { x, y }: { readonly x: Like; readonly y: Like }, { threshold = 0.5 }: { readonly threshold?: number } = {}): number {
  const data = asTensor(x, "x");
  const targets = asTensor(y, "y");
  checkData("accuracy", net, data);
  checkTargets("accuracy", net, data, targets);
  if (targets.shape[0] === 0) throw new ShapeError("accuracy: there is no example to count");
  return shareRight(predict(net, data), targets, threshold);
}
