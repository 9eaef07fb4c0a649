import { type Tensor, abs, add, mul, square, sub, sum } from "@nabla/autodiff";
import { checkNumbers } from "./number.ts";

/** Terms that keep weights small, by their λ; biases are never touched. A cost to minimise gets them added; from one to maximise they are taken away. */
export interface Penalty {
  /** λ of the ridge term λ/(2m) Σ w² (L2); 0 when absent. */
  readonly lambda?: number;
  /** λ of the lasso term λ/m Σ |w| (L1); 0 when absent. */
  readonly lasso?: number;
}

/** A value with λ/(2m) Σ w² and λ/m Σ |w| over the tensors added, or taken away from what is to be maximised. */
export function penalised(value: Tensor, weights: readonly Tensor[], { lambda = 0, lasso = 0 }: Penalty, m: number, subtract: boolean): Tensor {
  const over = (f: (w: Tensor) => Tensor): Tensor => weights.map((w) => sum(f(w))).reduce((total, each) => add(total, each));
  const terms = [
    { factor: lambda / (2 * m), of: square },
    { factor: lasso / m, of: abs },
  ].filter(({ factor }) => factor !== 0 && weights.length > 0);
  return terms.reduce((total, { factor, of }) => (subtract ? sub : add)(total, mul(factor, over(of))), value);
}

/** The penalty as it is added to a cost: with its λ below 0 where the cost is maximised, from which training takes it away. */
export function signedFor(cost: { readonly sense: "minimise" | "maximise" }, { lambda = 0, lasso = 0 }: Penalty): Required<Penalty> {
  return cost.sense === "maximise" ? { lambda: -lambda, lasso: -lasso } : { lambda, lasso };
}

/** What signed penalties add to ∂C/∂w over m examples: λ/m w + λ/m sign(w), the latter 0 at its kink at 0. */
export function penaltySlope({ lambda = 0, lasso = 0 }: Penalty, m: number, w: number): number {
  return (lambda === 0 ? 0 : (lambda / m) * w) + (lasso === 0 ? 0 : (lasso / m) * Math.sign(w));
}

/** The same as a text beside δ aᵀ: " + λ/m W + λ₁/m sign(W)", or " - λ/m W" of one that is taken away. */
export function penaltyRule({ lambda = 0, lasso = 0 }: Penalty, weights: string): string {
  const letter = lambda === 0 ? "λ" : "λ₁";
  const term = (strength: number, text: string): string => (strength === 0 ? "" : ` ${strength < 0 ? "-" : "+"} ${text}`);
  return term(lambda, `λ/m ${weights}`) + term(lasso, `${letter}/m sign(${weights})`);
}

/** Throws ValueError for a λ that is not a number of at least 0. */
export function checkPenalty(caller: string, { lambda = 0, lasso = 0 }: Penalty): void {
  checkNumbers(caller, "a number of at least 0", { lambda, lasso });
}
