import { type Matrix, entry } from "../delta/matrix.ts";
import { type Form, matrixOf } from "./form.ts";
import { type Nearness, type Theirs, fitsEntry, matches, nearness } from "./matches.ts";
import { type Candidate, type Mistake } from "./mistakes.ts";
import { explanations } from "./search.ts";

/** What is said of one tensor of somebody's. */
export interface Judgement {
  readonly verdict: "right" | "wrong" | "unknown";
  /** The smallest sets of mistakes that give exactly these numbers; several where the numbers cannot tell them apart. */
  readonly explanations: readonly (readonly Mistake[])[];
  /** Mistakes that would give the right numbers here, so that nobody can tell whether they were made. */
  readonly unseen: readonly Mistake[];
  readonly theirs: Matrix;
  /** What the equation gives, with his own δ of the layer above. */
  readonly wanted: Matrix;
  readonly largestDifference: number;
  readonly worst: readonly [number, number];
  /** Where no mistake is known: what else can be said of the numbers. */
  readonly hint: string | undefined;
}

/** How many mistakes at once are tried. */
export const together = 3;

/** Judges a tensor against an equation and every way of getting it wrong. */
export function judge<F>(form: F, entries: (form: F) => Form, candidates: readonly Candidate<F>[], theirs: Theirs, near: Nearness): Judgement {
  const { numbers } = theirs;
  const fits = (each: F): boolean => matches(theirs, entries(each), near);
  const found = explanations(form, candidates, fits, together);
  const right = found[0]?.length === 0;
  const wanted = matrixOf(entries(form));
  const { largestDifference, worst } = difference(wanted, numbers);
  return {
    verdict: right ? "right" : found.length > 0 ? "wrong" : "unknown",
    explanations: right ? [] : found,
    unseen: right
      ? candidates.filter(({ change }) => {
          const changed = change(form);
          return changed !== undefined && fits(changed);
        })
      : [],
    theirs: numbers,
    wanted,
    largestDifference,
    worst,
    hint: found.length > 0 ? undefined : hint(theirs, form, entries, near),
  };
}

function difference(wanted: Matrix, numbers: Matrix): Pick<Judgement, "largestDifference" | "worst"> {
  let largestDifference = 0;
  let worst: [number, number] = [0, 0];
  wanted.forEach((row, i) =>
    row.forEach((each, j) => {
      const apart = Math.abs(each - entry(numbers, i, j));
      if (apart > largestDifference || (Number.isNaN(apart) && !Number.isNaN(largestDifference))) [largestDifference, worst] = [apart, [i, j]];
    }),
  );
  return { largestDifference, worst };
}

/** NaN, too few digits, one factor throughout, or few entries that are off. */
function hint<F>(theirs: Theirs, form: F, entries: (form: F) => Form, near: Nearness): string | undefined {
  const missing = theirs.numbers.flatMap((row, i) => row.flatMap((each, j) => (Number.isFinite(each) ? [] : [`${each} at [${i}, ${j}]`])))[0];
  if (missing !== undefined) return `the hand-in holds ${missing}`;
  const right = entries(form);
  if (matches(theirs, right, nearness.float32)) return 'it is right in the digits of float32; say precision: "float32" if it has no more';
  const decimals = decimalsOf(theirs, right);
  if (decimals !== undefined) return `it is right to the ${decimals} decimals that it is written with; hand in all digits`;
  const [i, j] = theirs.largest;
  const ratio = entry(theirs.numbers, i, j) / right.at(i, j)[0];
  const scaled: Form = { ...right, at: (p, q) => [right.at(p, q)[0] * ratio, right.at(p, q)[1] * Math.abs(ratio)] };
  const several = theirs.rows * theirs.columns > 1;
  if (several && Number.isFinite(ratio) && matches(theirs, scaled, near)) return `every entry is ${Number(ratio.toPrecision(8))} times what the equation gives`;
  const off = theirs.numbers.reduce((count, row, p) => count + row.filter((each, q) => !fitsEntry(theirs, each, right.at(p, q), near)).length, 0);
  const all = theirs.rows * theirs.columns;
  return off * 3 <= all ? `the other ${all - off} of ${all} entries are right` : undefined;
}

/** How many decimals somebody's numbers are rounded to, where that alone is between them and the right ones. */
function decimalsOf({ numbers, rows, columns, scale }: Theirs, right: Form): number | undefined {
  if (scale === 0 || rows !== right.rows || columns !== right.columns) return undefined;
  for (let decimals = 2; decimals <= 9; decimals++) {
    const half = 0.5 * 10 ** -decimals * (1 + 1e-6);
    const written = numbers.every((row) => row.every((each) => Number(each.toFixed(decimals)) === each));
    if (written) return numbers.every((row, i) => row.every((each, j) => Math.abs(each - right.at(i, j)[0]) <= half)) ? decimals : undefined;
  }
  return undefined;
}
