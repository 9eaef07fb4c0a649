import { checkRows } from "../table.ts";
import { type Kind, type Row, type Source } from "./row.ts";
import { textbookRows } from "./rows.ts";

/** What became of one equation: plain data. */
export interface CheckedEquation {
  readonly id: string;
  readonly source: Source;
  readonly place: string;
  readonly kind: Kind;
  readonly latex: string;
  readonly passes: boolean;
  /** The residual, the exponent, the count: what `kind` says. NaN when the check could not be run. */
  readonly number: number;
  readonly bound: number;
  /** Where the worst case stands, or what was measured, or why the check could not be run. */
  readonly detail: string;
}

/** The texts that the equations come from, by their key. */
export const sources: Readonly<Record<Source, string>> = {
  A: "Neural Networks (Mehrotra, 2020)",
  B: "Backpropagation (2017)",
  C: "Basic Mathematics in Neural Networks (2015)",
  D: "Neural Networks: Derivation (lecture notes)",
  E: "Neural Networks (multilayer perceptrons; after Nielsen)",
  X: "The five texts on one network",
};

/**
 * Runs the checks of textbook equations, all of them when none is named. A check that throws is a failure with its message.
 *
 * @example
 * checkEquations(textbookRows.slice(0, 2)).map(({ id, passes }) => [id, passes]) // => [["A.1", true], ["A.2", true]]
 */
export function checkEquations(rows: readonly Row[] = textbookRows): CheckedEquation[] {
  return checkRows("checkEquations", rows, ["id", "source", "place", "latex", "check"], "textbookRows").map((row) => {
    const { id, source, place, kind, latex } = row;
    const facts = { id, source, place, kind, latex };
    try {
      return { ...facts, ...row.check() };
    } catch (error) {
      return { ...facts, passes: false, number: Number.NaN, bound: Number.NaN, detail: error instanceof Error ? error.message : String(error) };
    }
  });
}
