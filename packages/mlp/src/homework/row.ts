import { type Judgement } from "./judge.ts";
import { type Mistake } from "./mistakes.ts";

/** One equation in one layer of somebody's backpropagation. */
export interface HomeworkRow extends Partial<Omit<Judgement, "verdict" | "explanations" | "unseen">> {
  /** 1 for the first layer after the inputs. */
  readonly layer: number;
  readonly equation: "BP1" | "BP2" | "BP3" | "BP4";
  readonly quantity: "δ" | "∂C/∂b" | "∂C/∂W";
  /** "inferred": this δ was not handed in, but the gradients made from it show that it is wrong. */
  readonly verdict: "right" | "wrong" | "unknown" | "inferred" | "not given";
  readonly explanations: Judgement["explanations"];
  readonly unseen: readonly Mistake[];
}

/** Whether a row of a report is not right. */
export function isWrong({ verdict }: HomeworkRow): boolean {
  return verdict === "wrong" || verdict === "unknown" || verdict === "inferred";
}

/** What an unexplained row costs against explained ones. */
export const unknown = 5;

/** How many mistakes a judgement says that were made. */
export const mistakesIn = ({ verdict, explanations }: Pick<Judgement, "verdict" | "explanations">): number =>
  verdict === "right" ? 0 : verdict === "unknown" ? unknown : Math.min(...explanations.map((set) => set.length));
