import { type ActivationFunction } from "../activation.ts";
import { type Cost } from "../cost.ts";
import { type Matrix } from "../delta/matrix.ts";
import { type Penalty } from "../penalty.ts";

/** What somebody may have done instead of an equation. */
export interface Mistake {
  /** A short name, the same in every equation: "missing 1/m". */
  readonly name: string;
  /** The mistake in a sentence, with this layer's names. */
  readonly says: string;
}

/** A mistake, and how it changes an equation's ingredients; undefined where it does not apply. */
export interface Candidate<F> extends Mistake {
  change(form: F): F | undefined;
}

/** A network's numbers as the mistakes need them; layers count from 0 here. */
export interface Setting {
  readonly layers: readonly { readonly activation: ActivationFunction }[];
  readonly z: readonly Matrix[];
  /** a[0] is the data. */
  readonly a: readonly Matrix[];
  readonly W: readonly Matrix[];
  readonly b: readonly (readonly number[])[];
  readonly y: Matrix;
  readonly cost: Cost;
  readonly penalty: Penalty;
  readonly learningRate: number | undefined;
}

/** A candidate. */
export const change = <F>(name: string, says: string, how: (form: F) => F | undefined): Candidate<F> => ({ name, says, change: how });
/** A factor too many or too few. */
export const times = <F extends { readonly factor: number }>(name: string, says: string, factor: number): Candidate<F> =>
  change(name, says, (form) => ({ ...form, factor: form.factor * factor }));
/** Whether one could be taken for the other. */
export const sameShape = (a: Matrix | undefined, b: Matrix | undefined): boolean => a?.length === b?.length && a?.[0]?.length === b?.[0]?.length;

/** Factors that are forgotten or applied twice, in any equation. */
export function factors<F extends { readonly factor: number }>({ cost, y }: Setting, summed: boolean): Candidate<F>[] {
  const [m, n] = [y.length, y[0]?.length ?? 0];
  const averaged = cost.normalisation !== "sum";
  return [
    averaged
      ? times("missing 1/m", `the mean over the ${m} examples is not divided by m`, m)
      : times("m too much", `a factor m = ${m}: the cost ${cost.name} is a sum, not a mean`, m),
    times("extra 1/m", summed ? `averaged over the ${m} examples where the equation sums (a second 1/m)` : `divided by m = ${m} once too often`, 1 / m),
    ...(cost.normalisation === "mean over entries" ? [times<F>("missing 1/n", `not divided by the ${n} outputs`, n)] : []),
    times("wrong sign", "the sign is turned round", -1),
  ];
}
