import { ValueError } from "@nabla/autodiff";
import { type ActivationFunction, dependsAlone } from "../activation.ts";
import { type Matrix, entry } from "./matrix.ts";

/** One column of numbers: a layer's values for one example. */
export type Vector = readonly number[];

/** How the equations of one example are written: with indices, with the Hadamard product, or with a matrix M for σ′. */
export type FormName = "element" | "vector" | "matrix";

/**
 * The four equations for one example in columns, as texts write them. All three are plain loops over numbers. Source: Nielsen 2015, BP1 to BP4
 * and the problem after them, which asks for the matrix form.
 */
export interface EquationForm {
  /** BP1: δᴸ from ∂C/∂a. */
  bp1(output: ActivationFunction, z: Vector, a: Vector, gradient: Vector): Vector;
  /** BP2: δˡ from Wˡ⁺¹ and δˡ⁺¹. */
  bp2(activation: ActivationFunction, z: Vector, a: Vector, nextW: Matrix, nextDelta: Vector): Vector;
  /** BP3: ∂C/∂bˡ. */
  bp3(delta: Vector): Vector;
  /** BP4: ∂C/∂Wˡ. */
  bp4(delta: Vector, previous: Vector): Matrix;
}

/**
 * δ_j = Σ_k ∂C/∂a_k ∂a_k/∂z_j, of which one term is left under a function of one entry; δˡ_j = Σ_i Σ_k w_ik δ_i ∂a_k/∂z_j;
 * ∂C/∂b_j = δ_j; ∂C/∂w_jk = δ_j a_k.
 */
const element: EquationForm = {
  bp1: (output, z, a, gradient) =>
    z.map((_, j) => {
      let total = 0;
      for (let k = 0; k < a.length; k++) if (k === j || !dependsAlone(output)) total += (gradient[k] ?? Number.NaN) * localDerivative(output, z, a, k, j);
      return total;
    }),
  bp2: (activation, z, a, nextW, nextDelta) =>
    z.map((_, j) => {
      let total = 0;
      for (let k = 0; k < a.length; k++) {
        if (k !== j && dependsAlone(activation)) continue;
        for (let i = 0; i < nextDelta.length; i++) total += entry(nextW, i, k) * (nextDelta[i] ?? Number.NaN) * localDerivative(activation, z, a, k, j);
      }
      return total;
    }),
  bp3: (delta) => delta.map((each) => each),
  bp4: (delta, previous) => delta.map((each) => previous.map((a) => each * a)),
};

/** δᴸ = ∇ₐC ⊙ σ′(zᴸ); δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ). A function of the whole row is refused by `checkWritten`. */
const vector: EquationForm = {
  ...element,
  bp1: (output, z, a, gradient) => hadamard(gradient, slopes(output, z, a)),
  bp2: (activation, z, a, nextW, nextDelta) => hadamard(throughTransposed(nextW, nextDelta), slopes(activation, z, a)),
};

/** δᴸ = M ∇ₐC; δˡ = M (Wˡ⁺¹)ᵀ δˡ⁺¹, with M_jk = ∂a_k/∂z_j: diag(σ′(z)), or diag(a) - a aᵀ under softmax. */
const matrix: EquationForm = {
  ...element,
  bp1: (output, z, a, gradient) => applied(jacobian(output, z, a), gradient),
  bp2: (activation, z, a, nextW, nextDelta) => applied(jacobian(activation, z, a), throughTransposed(nextW, nextDelta)),
};

/** The forms by name. */
export const forms: Readonly<Record<FormName, EquationForm>> = { element, vector, matrix };

/** M of one example, M_jk = ∂a_k/∂z_j: diagonal for a function of one entry. */
export function jacobian(activation: ActivationFunction, z: Vector, a: Vector): Matrix {
  return z.map((_, j) => z.map((__, k) => localDerivative(activation, z, a, k, j)));
}

/** Throws ValueError, with the reason, for an activation whose derivative nobody gave, or that a form cannot write. */
export function checkWritten(caller: string, form: FormName, activations: readonly ActivationFunction[]): void {
  for (const activation of activations) {
    const { name, prime, pull } = activation;
    const alone = dependsAlone(activation);
    if (prime === undefined && pull === undefined)
      throw new ValueError(
        `${caller}: activation ${name} has no closed derivative; give it ${alone ? "prime(z, a), or pull(a, v) where entries depend on each other" : "pull(a, v), which is Jᵀ v of its Jacobian J"}`,
      );
    if (form === "vector" && !alone)
      throw new ValueError(
        `${caller}: the Hadamard form has no σ′ for ${name}: each output depends on every z of its layer, so ∂a/∂z is a full matrix (diag(a) - a aᵀ for softmax) and an elementwise product leaves its off-diagonal terms out; use the element or the matrix form`,
      );
  }
}

/** ∂a_k/∂z_j. */
function localDerivative({ prime, pull }: ActivationFunction, z: Vector, a: Vector, k: number, j: number): number {
  if (pull !== undefined)
    return (
      pull(
        a,
        a.map((_, each) => (each === k ? 1 : 0)),
      )[j] ?? Number.NaN
    );
  return j === k ? (prime?.(z[j] ?? Number.NaN, a[j] ?? Number.NaN) ?? Number.NaN) : 0;
}

function slopes(activation: ActivationFunction, z: Vector, a: Vector): Vector {
  return z.map((_, j) => localDerivative(activation, z, a, j, j));
}

function hadamard(x: Vector, y: Vector): Vector {
  return x.map((each, j) => each * (y[j] ?? Number.NaN));
}

/** Wᵀ δ. */
function throughTransposed(W: Matrix, delta: Vector): Vector {
  return (W[0] ?? []).map((_, j) => {
    let total = 0;
    for (let i = 0; i < delta.length; i++) total += entry(W, i, j) * (delta[i] ?? Number.NaN);
    return total;
  });
}

/** M v. */
function applied(M: Matrix, v: Vector): Vector {
  return M.map((row) => {
    let total = 0;
    for (let k = 0; k < row.length; k++) total += (row[k] ?? Number.NaN) * (v[k] ?? Number.NaN);
    return total;
  });
}
