import { type Tensor, abs, add, mul, square, sub, sum } from "@nabla/autodiff";

/** How strongly tensors are kept small, of m examples. */
export interface Strength {
  readonly ridge: number;
  readonly lasso: number;
  readonly m: number;
}

/** A value with λ/(2m) Σ w² and λ/m Σ |w| over the tensors added, or taken away from what is to be maximised. */
export function penalised(value: Tensor, weights: readonly Tensor[], { ridge, lasso, m }: Strength, subtract: boolean): Tensor {
  const over = (f: (w: Tensor) => Tensor): Tensor => weights.map((w) => sum(f(w))).reduce((total, each) => add(total, each));
  const terms = [
    { factor: ridge / (2 * m), of: square },
    { factor: lasso / m, of: abs },
  ].filter(({ factor }) => factor !== 0 && weights.length > 0);
  return terms.reduce((total, { factor, of }) => (subtract ? sub : add)(total, mul(factor, over(of))), value);
}
