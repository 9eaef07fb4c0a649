import { type Sample } from "./sample.ts";

/** Which text a row comes from; X relates the texts to each other. */
export type Source = "A" | "B" | "C" | "D" | "E" | "X";

/** How a row is judged. */
export type Kind =
  /** Left and right side agree within the bound. */
  | "residual"
  /** Every case of a finite table comes out as listed. */
  | "truth table"
  /** A power law: the slope on log-log axes, within 0.1. */
  | "exponent"
  /** A whole number. */
  | "count"
  /** A mean or variance, against what theory says. */
  | "statistics"
  /** Numbers are reported, and a relation that the text states is asserted. */
  | "measured"
  /** The corrected form passes and the printed one does not. */
  | "erratum";

/** What a check found. */
export interface Verdict {
  readonly passes: boolean;
  /** The residual, the exponent, the count: what `kind` says. */
  readonly number: number;
  /** What the number must not exceed, or must equal. */
  readonly bound: number;
  /** Where the worst case stands, or what was measured. */
  readonly detail: string;
}

/** One equation of a text as an executable check. */
export interface Row {
  /** `A.4`; an erratum has the id of its row and the place of the misprint. */
  readonly id: string;
  readonly source: Source;
  /** Where the reader finds it: `eq. 1`, `(13)`, `section 3.4`. */
  readonly place: string;
  readonly kind: Kind;
  /** The equation in the text's own notation. */
  readonly latex: string;
  check(): Verdict;
  /** The comparisons of which a residual is the worst, so that a test can spoil a right side and see the row fail. */
  readonly comparisons?: () => readonly Comparison[];
  /** The curves of which an exponent is the slope. */
  readonly curves?: () => readonly Curve[];
}

/** One instance of an equation: what the tape gives, and the text's formula over the facts that it may use. */
export interface Comparison {
  readonly label: string;
  readonly left: readonly number[];
  readonly facts: object;
  right(facts: object): readonly number[];
  /** The largest |left - right| in units of max(1, largest |right|), over other facts where they are given; Infinity where the shapes differ or an entry is NaN. */
  residual(facts?: object): number;
  /** The network and data that it comes from, where it comes from one. */
  readonly sample?: Sample;
}

/** Points of a power law. */
export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly sample?: Sample;
}

/** One instance of an equation. `right` reads nothing but `facts`. */
export function instance<F extends object>(label: string, left: readonly number[], facts: F, right: (facts: F) => readonly number[]): Comparison {
  return { label, left, facts, right: (given) => right(given as F), residual: (given = facts) => residualOf(left, right(given as F)) };
}

/** The largest |left - right| in units of max(1, largest |right|); Infinity where the shapes differ or an entry is NaN. */
function residualOf(left: readonly number[], right: readonly number[]): number {
  if (right.length !== left.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1, ...right.map(Math.abs));
  const residuals = right.map((entry, i) => Math.abs(entry - (left[i] ?? Number.NaN)) / scale);
  return Math.max(0, ...residuals.map((each) => (Number.isNaN(each) ? Number.POSITIVE_INFINITY : each)));
}

/** The instances, or the curves, of an equation on each of some networks. */
export function over<T extends { readonly label: string }>(
  samples: readonly Sample[],
  instances: (given: Sample) => readonly T[],
): (T & { readonly sample: Sample })[] {
  return samples.flatMap((sample) => instances(sample).map((each) => ({ ...each, label: `${sample.label}, ${each.label}`, sample })));
}

/** What a residual row must not exceed: 1e-12 max(1, largest |right|). */
export const tolerance = 1e-12;

/** The largest residual of some instances, and where it stands; none at all is as bad as NaN. */
function worstOf(all: readonly Comparison[]): { readonly number: number; readonly label: string } {
  const residuals = all.map((each) => each.residual());
  const number = all.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...residuals);
  return { number, label: all[residuals.indexOf(number)]?.label ?? "none" };
}

/** A row of kind residual: the worst of its instances. */
export function equation(row: Omit<Row, "check" | "kind" | "comparisons"> & { readonly comparisons: () => readonly Comparison[] }): Row {
  return {
    ...row,
    kind: "residual",
    check: () => {
      const all = row.comparisons();
      const { number, label } = worstOf(all);
      return { passes: number <= tolerance, number, bound: tolerance, detail: `${all.length} instances, worst: ${label}` };
    },
  };
}

/** What an erratum's printed form must be off by, to count as different. */
export const different = 1e-6;

/**
 * A row of kind erratum: every corrected instance passes, and the printed form has another shape, or is off by more than 1e-6, by a finite number,
 * on each network whose activations are smooth (with relu both sides can be 0). A printed form that reads an entry that does not exist proves
 * nothing there. The number is how far it is off where it is closest.
 */
export function erratum(
  row: Omit<Row, "check" | "kind" | "comparisons"> & { readonly corrected: () => readonly Comparison[]; readonly printed: () => readonly Comparison[] },
): Row {
  const { corrected, printed, ...rest } = row;
  return {
    ...rest,
    kind: "erratum",
    comparisons: corrected,
    check: () => {
      const right = worstOf(corrected()).number;
      const all = printed();
      const misshapen = all.length > 0 && all.every((each) => each.right(each.facts).length !== each.left.length);
      const smooth = all.filter(({ sample }) => ![sample?.hidden.name, sample?.output.name].includes("relu"));
      const farthest = [...new Set(smooth.map(({ sample }) => sample))].map((sample) =>
        Math.max(
          0,
          ...smooth
            .filter((each) => each.sample === sample)
            .map((each) => each.residual())
            .filter(Number.isFinite),
        ),
      );
      const off = misshapen ? Number.POSITIVE_INFINITY : farthest.length === 0 ? 0 : Math.min(...farthest);
      return {
        passes: right <= tolerance && off > different,
        number: off,
        bound: different,
        detail: `corrected form: ${right.toExponential(1)}; printed form: ${misshapen ? "another shape" : off.toExponential(1)}`,
      };
    },
  };
}

/** A row of another kind. */
export function measured(row: Omit<Row, "check"> & { readonly check: () => Verdict }): Row {
  return row;
}

/** The least-squares slope of log y over log x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (which: 0 | 1): number => logs.reduce((total, each) => total + each[which], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  return logs.reduce((total, [x, y]) => total + (x - mx) * (y - my), 0) / logs.reduce((total, [x]) => total + (x - mx) ** 2, 0);
}

/** A row of kind exponent: the slope of each curve on log-log axes, within 0.1 of what it should be. The number is the slope that is farthest off. */
export function exponent(row: Omit<Row, "check" | "kind" | "curves"> & { readonly wanted: number; readonly curves: () => readonly Curve[] }): Row {
  const { wanted, ...rest } = row;
  return {
    ...rest,
    kind: "exponent",
    check: () => {
      const slopes = rest.curves().map(({ points }) => slope(points));
      const far = slopes.map((each) => (Number.isNaN(each) ? Number.POSITIVE_INFINITY : Math.abs(each - wanted)));
      const number = slopes[far.indexOf(Math.max(...far))] ?? Number.NaN;
      return {
        passes: Math.abs(number - wanted) <= 0.1,
        number,
        bound: wanted,
        detail: `slope ${number.toFixed(3)}, want ${wanted} ± 0.1${slopes.length === 1 ? "" : `; the worst of ${slopes.length} curves`}`,
      };
    },
  };
}
