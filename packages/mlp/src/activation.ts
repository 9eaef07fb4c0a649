import { type Tensor, ValueError, elu, gelu, greater, leakyRelu, relu, sigmoid, silu, softmax, softplus, tanh } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { known } from "./known.ts";
import { bell, cumulative } from "./normal-distribution.ts";

/**
 * What a layer applies to its weighted inputs z, one row per example. `of` is differentiated by the tape. The closed form for the delta
 * equations is `prime` for a function of one entry, or `pull` for a function of a whole row such as softmax.
 */
export interface ActivationFunction {
  readonly name: string;
  /** How pictures write it around the name of z. */
  readonly symbol: string;
  of(z: Tensor): Tensor;
  /** σ′ of one entry, from z and a = σ(z), by the textbook formula. */
  prime?(z: number, a: number): number;
  /** Jᵀ v for a row of activations, where entries depend on each other. */
  pull?(a: readonly number[], v: readonly number[]): number[];
  /** Why nothing can be trained through it, for a function whose derivative is 0 wherever it has one. */
  readonly untrainable?: string;
  /** false where an entry of a depends on other entries of z; when absent, whether there is no `pull`. */
  readonly elementwise?: boolean;
}

/**
 * Whether entry j of a depends on entry j of z alone, so that σ′ is a vector and the Hadamard form of the delta equations holds.
 *
 * @example
 * isElementwise(activations.tanh) // => true
 * isElementwise(activations.softmax) // => false
 */
export function isElementwise(activation: ActivationFunction): boolean {
  return dependsAlone(activationOf("isElementwise", activation));
}

/** The same of an activation that was read before: everywhere the one question. */
export function dependsAlone({ elementwise, pull }: ActivationFunction): boolean {
  return elementwise ?? pull === undefined;
}

/** σ(z) σ(-z): the textbook's a (1 - a), with the digits that 1 - a loses. */
function sigmoidPrime(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) / (1 + e);
}

/** The name of a known activation. */
export type ActivationName = "identity" | "step" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "elu" | "softplus" | "gelu" | "silu" | "softmax";

/** The activations that a network can name, each with its closed-form derivative. */
export const activations: Readonly<Record<ActivationName, ActivationFunction>> = {
  /** a = z; derivative 1. */
  identity: { name: "identity", symbol: "", of: (z) => z, prime: () => 1 },
  /** a = 1 for z > 0, else 0, as a perceptron decides; derivative 0, so it is not trained. Source: Rosenblatt 1958. */
  step: {
    name: "step",
    symbol: "step",
    of: (z) => greater(z, 0),
    prime: () => 0,
    untrainable: "its derivative is 0 everywhere, so that no weight below it would ever move; use sigmoid, its smooth form",
  },
  /** a = 1 / (1 + exp(-z)); derivative a (1 - a). */
  sigmoid: { name: "sigmoid", symbol: "σ", of: (z) => sigmoid(z), prime: (z) => sigmoidPrime(z) },
  /** a = tanh(z); derivative 1 - a². */
  tanh: { name: "tanh", symbol: "tanh", of: (z) => tanh(z), prime: (z) => 4 * sigmoidPrime(2 * z) },
  /** a = max(z, 0); derivative 1 above 0, else 0. */
  relu: { name: "relu", symbol: "relu", of: (z) => relu(z), prime: (z) => (z > 0 ? 1 : 0) },
  /** a = z above 0, 0.01 z elsewhere; derivative 1 above 0, else 0.01. */
  leakyRelu: { name: "leakyRelu", symbol: "leakyRelu", of: (z) => leakyRelu(z), prime: (z) => (z > 0 ? 1 : 0.01) },
  /** a = z above 0, exp(z) - 1 elsewhere; derivative 1 above 0, else exp(z). */
  elu: { name: "elu", symbol: "elu", of: (z) => elu(z), prime: (z) => (z > 0 ? 1 : Math.exp(z)) },
  /** a = z Φ(z); derivative Φ(z) + z φ(z). */
  gelu: {
    name: "gelu",
    symbol: "gelu",
    of: (z) => gelu(z),
    prime: (z) => cumulative(z) + z * bell(z),
  },
  /** a = z σ(z); derivative σ(z) + z σ(z) σ(-z). */
  silu: { name: "silu", symbol: "silu", of: (z) => silu(z), prime: (z) => 1 / (1 + Math.exp(-z)) + z * sigmoidPrime(z) },
  /** a = log(1 + exp(z)); derivative 1 / (1 + exp(-z)). */
  softplus: { name: "softplus", symbol: "softplus", of: (z) => softplus(z), prime: (z) => 1 / (1 + Math.exp(-z)) },
  /** a = exp(z) / sum(exp(z)) over the row; Jacobian diag(a) - a aᵀ. */
  softmax: {
    name: "softmax",
    symbol: "softmax",
    of: (z) => softmax(z),
    // a_j Σ a_k (v_j - v_k): the mean in a_j (v_j - Σ a_k v_k) is v_j where a_j rounds to 1, and nothing would be left of their difference.
    pull: (a, v) => a.map((each, j) => each * a.reduce((sum, other, k) => (k === j ? sum : sum + other * (entry(v, j) - entry(v, k))), 0)),
  },
};

/** Throws ValueError, with the reason, for a layer whose derivative is 0 wherever it has one. */
export function checkDifferentiable(caller: string, layers: readonly { readonly activation: ActivationFunction }[]): void {
  layers.forEach(({ activation: { name, untrainable } }, l) => {
    if (untrainable !== undefined) throw new ValueError(`${caller}: layer ${l + 1} has the activation ${name}, which cannot be trained: ${untrainable}`);
  });
}

/** NaN outside, so that a wrong index cannot pass. */
const entry = (v: readonly number[], j: number): number => v[j] ?? Number.NaN;

/** A known activation by name, or one of the user's own: with its closed form, or the bare function of tensors. */
export type Activation = ActivationName | ActivationFunction | ((z: Tensor) => Tensor);

/** Throws ValueError for an activation whose closed form is of the other kind than it says to be. */
function checkElementwise(caller: string, { name, elementwise, prime, pull }: ActivationFunction): void {
  if (elementwise !== undefined && typeof elementwise !== "boolean")
    throw new ValueError(`${caller}: elementwise of the activation ${name} must be true or false, got ${describe(elementwise)}`);
  if (elementwise === false && prime !== undefined && pull === undefined)
    throw new ValueError(
      `${caller}: the activation ${name} is not elementwise, so prime(z, a) of one entry cannot be its derivative; give pull(a, v), which is Jᵀ v`,
    );
  if (elementwise === true && pull !== undefined)
    throw new ValueError(
      `${caller}: the activation ${name} is elementwise, so its derivative is prime(z, a); pull(a, v) is for one whose entries depend on each other`,
    );
}

/** The activation that was meant. Throws ValueError for an unknown name, listing those that exist. */
export function activationOf(caller: string, activation: Activation): ActivationFunction {
  if (typeof activation === "function") return { name: activation.name || "f", symbol: activation.name || "f", of: activation };
  if (typeof activation === "object" && typeof activation?.of === "function") {
    for (const label of ["name", "symbol"] as const)
      if (typeof activation[label] !== "string")
        throw new ValueError(
          `${caller}: the ${label} of an activation is ${describe(activation[label])}; give { name, symbol, of }, which errors and pictures use`,
        );
    for (const [label, given] of Object.entries({ prime: activation.prime, pull: activation.pull }))
      if (given !== undefined && typeof given !== "function")
        throw new ValueError(`${caller}: ${label} of the activation ${activation.name} must be a function, got ${describe(given)}`);
    checkElementwise(caller, activation);
    return activation;
  }
  return known(caller, "activation", activation, activations, "your own: a function of z, or { name, symbol, of }");
}
