import { type Tensor, add, grad, item, jvp, mul, randomKey, splitKey, sub, sum, uniform, values, vjp } from "@nabla/autodiff";
import { type Sample } from "./samples.ts";

/** Points of the domain, and directions, from one seed. */
export function draw({ shapes, domain: [low, high] }: Sample, seed: number): { readonly x: Tensor[]; readonly u: Tensor[] } {
  const keys = splitKey(randomKey(seed), 2 * shapes.length);
  const at = (from: number, lowest: number, highest: number): Tensor[] =>
    shapes.map((shape, which) => uniform(keys[from + which] ?? randomKey(0), { shape, low: lowest, high: highest }));
  return { x: at(0, low, high), u: at(shapes.length, -1, 1) };
}

const dot = (a: readonly Tensor[], b: readonly Tensor[]): number => a.reduce((total, each, which) => total + item(sum(mul(each, b[which] as Tensor))), 0);
export const largest = (t: Tensor): number => values(t).reduce((most, each) => Math.max(most, Math.abs(each)), 1);

/** The derivative along u by central differences with a Richardson step: error about 1e-10. */
export function difference(f: (x: readonly Tensor[]) => Tensor, x: readonly Tensor[], u: readonly Tensor[]): Tensor {
  const moved = (h: number): Tensor => f(x.map((each, which) => add(each, mul(h, u[which] as Tensor))));
  const central = (h: number): Tensor => mul(1 / (2 * h), sub(moved(h), moved(-h)));
  const h = 1e-3;
  return sub(mul(4 / 3, central(h / 2)), mul(1 / 3, central(h)));
}

/** What is wrong with a number, if anything: relative to the larger of its own size, the scale, and 1. */
export function apart(got: number, want: number, scale: number, relative: number, what: string): string | undefined {
  return Math.abs(got - want) <= relative * Math.max(scale, Math.abs(want), 1) ? undefined : `${what}: got ${got}, want ${want}`;
}

/** A law of derivatives at one point of one sample: what contradicts it, or undefined. */
export type Law = (f: (x: readonly Tensor[]) => Tensor, x: readonly Tensor[], u: readonly Tensor[], seed: number) => string | undefined;

const first = (found: Iterable<string | undefined>): string | undefined => [...found].find((each) => each !== undefined);

/** The forward product agrees with central differences. */
export const forwardLaw: Law = (f, x, u) => {
  const { tangent } = jvp((given: readonly Tensor[]) => f(given), x, u);
  const want = values(difference(f, x, u));
  return first(Array.from(values(tangent), (entry, at) => apart(entry, want[at] ?? Number.NaN, largest(tangent), 1e-7, `entry ${at} of the tangent`)));
};

/** Forward and reverse are adjoint: <v, J u> = <Jᵀ v, u>. */
export const adjointLaw: Law = (f, x, u, seed) => {
  const { value, pullback } = vjp((given: readonly Tensor[]) => f(given), x);
  const v = uniform(randomKey(seed + 1), { shape: value.shape, low: -1, high: 1 });
  const { tangent } = jvp((given: readonly Tensor[]) => f(given), x, u);
  return apart(dot([v], [tangent]), dot(pullback(v), u), largest(tangent) * largest(value), 1e-12, "<v, J u> against <Jᵀ v, u>");
};

/** The second derivative is the derivative of the first, in both modes. */
export const secondLaw: Law = (f, x, u, seed) => {
  // Weighted, since some sums of squares are linear: that of a Cholesky factor is a trace.
  const weights = uniform(randomKey(seed + 2), { shape: f(x).shape, low: 0.5, high: 1.5 });
  const slope = grad((given: readonly Tensor[]) => {
    const y = f(given);
    return sum(mul(weights, mul(y, y)));
  });
  const along = (given: readonly Tensor[]): Tensor =>
    slope(given).reduce((total, g, which) => add(total, sum(mul(g, u[which] as Tensor))), sum(mul(0, u[0] as Tensor)));
  const forward = item(jvp((given: readonly Tensor[]) => along(given), x, u).tangent);
  const reverse = dot(grad((given: readonly Tensor[]) => along(given))(x), u);
  const numeric = item(difference(along, x, u));
  return (
    apart(forward, reverse, Math.abs(reverse), 1e-10, "forward over reverse against reverse over reverse") ??
    apart(forward, numeric, Math.abs(numeric), 1e-6, "second derivative against central differences")
  );
};
