import { type Tensor, grad, sum, tensor } from "@nabla/autodiff";
import { type ActivationFunction, type ActivationName, activations, dependsAlone } from "../activation.ts";
import { type Matrix, rowsOf } from "../delta/matrix.ts";

/** σ′ as textbooks write it in terms of a. */
export const slopesOfA: ReadonlyMap<ActivationFunction, { readonly formula: string; of(a: number): number }> = new Map([
  [activations.sigmoid, { formula: "a(1 - a)", of: (a: number) => a * (1 - a) }],
  [activations.tanh, { formula: "1 - a²", of: (a: number) => 1 - a * a }],
  [activations.softplus, { formula: "1 - exp(-a)", of: (a: number) => -Math.expm1(-a) }],
]);

/** σ′ in terms of a with a part left out. */
export const misspelt: ReadonlyMap<ActivationFunction, readonly { readonly formula: string; of(a: number): number }[]> = new Map([
  [
    activations.sigmoid,
    [
      { formula: "a", of: (a: number) => a },
      { formula: "1 - a", of: (a: number) => 1 - a },
    ],
  ],
  [activations.tanh, [{ formula: "1 - a", of: (a: number) => 1 - a }]],
]);

/** Elementwise activations whose derivative people write by habit. */
export function otherDerivatives(activation: ActivationFunction): ActivationFunction[] {
  return (["sigmoid", "tanh", "relu"] satisfies ActivationName[])
    .map((each) => activations[each])
    .filter((each) => each !== activation && dependsAlone(activation) && activation !== activations.identity);
}

/** σ′ of numbers, by the tape where nobody gave it; undefined for an activation of a whole row. */
export function slopesAt(activation: ActivationFunction, at: Matrix): Matrix | undefined {
  const { prime, of } = activation;
  if (!dependsAlone(activation)) return undefined;
  if (prime === undefined) return rowsOf(grad((z: Tensor) => sum(of(z)))(tensor(at)));
  const values = rowsOf(of(tensor(at)));
  return at.map((row, i) => row.map((z, j) => prime(z, values[i]?.[j] ?? Number.NaN)));
}

/**
 * The size of the terms of σ′ as people write it: where a neuron is saturated, they cancel, and what somebody computes by them is off by their
 * rounding. |σ′| for a function whose σ′ is no difference.
 */
export function slopeSize(activation: ActivationFunction, z: number, a: number, slope: number): number {
  return sizes.get(activation)?.(z, a) ?? Math.abs(slope);
}

const sizes: ReadonlyMap<ActivationFunction, (z: number, a: number) => number> = new Map([
  // a (1 - a)
  [activations.sigmoid, (_: number, a: number) => a * (1 + a)],
  // 1 - a²
  [activations.tanh, (_: number, a: number) => 1 + a * a],
  // 1 - exp(-a)
  [activations.softplus, (_: number, a: number) => 1 + Math.exp(-a)],
  // a + 1 below 0
  [activations.elu, (z: number, a: number) => (z > 0 ? 1 : 1 + Math.abs(a))],
  // (1 + erf(z/√2))/2 + z φ(z)
  [activations.gelu, (z: number) => 1 + Math.abs(z) * Math.exp((-z * z) / 2)],
  // s + z s (1 - s)
  [activations.silu, (z: number) => (1 + 2 * Math.abs(z)) / (1 + Math.exp(-z))],
]);
