import { ValueError } from "@nabla/autodiff";
import { type ActivationFunction } from "../activation.ts";
import { type Cost, divisor } from "../cost.ts";
import { pairingOf } from "../pairing.ts";
import { type Penalty, penaltySlope } from "../penalty.ts";
import { type Matrix, byRow, columnSums, entry, product, scaled, transposed } from "./matrix.ts";

/**
 * The four equations of backpropagation for a batch in rows (Nielsen 2015, BP1 to BP4; his columns are our rows). δ is the derivative of
 * the cost itself by z, so a mean over m examples is already in it. `forms.ts` writes the same for one example in columns and shares
 * nothing with this file but indices: each is tested against the tape, and so one is no witness for itself.
 */

/** BP1: δᴸ = ∇ₐC ⊙ σ′(zᴸ), by the pair's short form where cost and activation have one. undefined where nobody derived the cost. */
export function bp1(cost: Cost, output: ActivationFunction, z: Matrix, a: Matrix, y: Matrix): Matrix | undefined {
  const factor = 1 / divisor(cost.normalisation, [a.length, a[0]?.length ?? 0]);
  const pairing = pairingOf(cost, output);
  if (pairing !== undefined) return scaled(byRow(a, y, pairing.delta), factor);
  const { derivative } = cost;
  if (derivative === undefined || (output.prime === undefined && output.pull === undefined)) return undefined;
  const gradient = byRow(a, y, (ai, yi) => ai.map((each, j) => derivative(each, yi[j] ?? Number.NaN) * factor));
  return throughActivation(output, z, a, gradient);
}

/** BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ); in rows, δˡ⁺¹ Wˡ⁺¹. undefined where the activation has no closed derivative. */
export function bp2(activation: ActivationFunction, z: Matrix, a: Matrix, nextW: Matrix, nextDelta: Matrix): Matrix | undefined {
  if (activation.prime === undefined && activation.pull === undefined) return undefined;
  return throughActivation(activation, z, a, product(nextDelta, nextW));
}

/** BP3: ∂C/∂bˡ = δˡ, summed over the batch. */
export function bp3(delta: Matrix): readonly number[] {
  return columnSums(delta);
}

/**
 * BP4: ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ, summed over the batch: in rows, (δˡ)ᵀ aˡ⁻¹; with a ridge term λ/(2m) Σ w² also λ/m Wˡ, with a lasso term λ/m Σ |w|
 * also λ/m sign(Wˡ), which is 0 at 0.
 */
export function bp4(delta: Matrix, previous: Matrix, W: Matrix, penalty: Penalty): Matrix {
  return product(transposed(delta), previous).map((row, j) => row.map((each, k) => each + penaltySlope(penalty, delta.length, entry(W, j, k))));
}

/** The Hadamard product with σ′ for a function of one entry, the full Jacobian for a function of the row. */
function throughActivation(activation: ActivationFunction, z: Matrix, a: Matrix, gradient: Matrix): Matrix {
  const { prime, pull } = activation;
  if (pull !== undefined) return byRow(a, gradient, pull);
  if (prime === undefined) throw new ValueError(`activation ${activation.name} has no closed derivative`);
  return gradient.map((row, i) => row.map((each, j) => each * prime(entry(z, i, j), entry(a, i, j))));
}
