import { type Tensor, ValueError, values } from "@nabla/autodiff";
import { checkChoice, checkOptions, describe } from "@nabla/autodiff/argument";
import { type Data, examplesFor } from "./examples.ts";
import { known } from "./known.ts";
import { type Network } from "./layer.ts";
import { forward } from "./pass.ts";
import { checkNumbers } from "./number.ts";

/** A number to watch: of outputs a and targets y, both [m, n]. Unlike a cost it needs no derivative. */
export interface Metric {
  readonly name: string;
  /** Whether more is better. */
  readonly sense: "minimise" | "maximise";
  of(a: Tensor, y: Tensor): number;
}

/**
 * The share of rows whose largest output is where the largest target is; of one output, whether both lie on the same side of the threshold; a row
 * with NaN is wrong.
 */
function shareRight(a: Tensor, y: Tensor, given?: number): number {
  const [m, n] = y.shape as readonly [number, number];
  const [found, wanted] = [values(a), values(y)];
  const threshold = given ?? (wanted.some((each) => each < 0) ? 0 : 0.5);
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
  accuracy: { name: "accuracy", sense: "maximise", of: (a, y) => shareRight(a, y) },
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

/** What each metric gives. Throws ValueError for one that gives no number. */
export function readings<A extends readonly unknown[]>(
  caller: string,
  measures: readonly { readonly name: string; of(...args: A): number }[],
  ...args: A
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    measures.map((metric) => {
      const found: unknown = metric.of(...args);
      if (typeof found !== "number")
        throw new ValueError(`${caller}: the metric ${metric.name} must give a number, got ${describe(found)}; read one with item(...)`);
      return [metric.name, found];
    }),
  );
}

/** Throws ValueError for two numbers to watch of one name, of which one would be lost. */
export function checkApart(caller: string, measures: readonly { readonly name: string }[]): void {
  const twice = measures.find(({ name }, at) => measures.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw new ValueError(`${caller}: there are two metrics of the name ${twice.name}; give each its own`);
}

/** The metric that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function metricOf(caller: string, metric: MetricName | Metric): Metric {
  if (typeof metric === "object" && typeof metric?.of === "function") {
    checkMeasure(caller, metric);
    return metric;
  }
  return known(caller, "metric", metric, metrics, "your own { name, sense, of }");
}

/** Throws ValueError unless a number to watch has a name, a sense and a function. */
export function checkMeasure(caller: string, metric: Pick<Metric, "name" | "sense"> & { of(...args: never): number }): void {
  if (typeof metric !== "object" || typeof metric?.of !== "function" || typeof metric.name !== "string" || metric.name === "")
    throw new ValueError(`${caller}: a metric must be { name, sense, of }, got ${describe(metric)}`);
  checkChoice(`${caller}, metric ${metric.name}`, "sense", metric.sense, ["minimise", "maximise"]);
}

/**
 * The share of examples whose class is right: the largest output against the largest target, or for one output whether both lie on the
 * same side of the threshold; when absent 0.5, or 0 where a target is below 0, as of labels -1 and 1. An example whose outputs hold NaN counts as wrong.
 *
 * Throws ShapeError when data and network do not fit.
 *
 * @example
 * accuracy(network({ sizes: [2, 1], activations: ["sigmoid"] }), { x: [[0, 0]], y: [[1]] }) // => 0
 */
export function accuracy(net: Network, data: Data, options: { readonly threshold?: number } = {}): number {
  const { threshold } = checkOptions("accuracy", options, ["threshold"]);
  if (threshold !== undefined) checkNumbers("accuracy", "a finite number", { threshold });
  const { x, y } = examplesFor("accuracy", net, data?.x, data?.y);
  return shareRight(forward(net, x).a.at(-1) as Tensor, y, threshold);
}
