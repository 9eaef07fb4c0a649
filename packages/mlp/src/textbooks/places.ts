import { type ScalarFunction } from "./numbers.ts";
import { type Sample } from "./sample.ts";
import { type Run, type Terms, runEach } from "./tape.ts";

/** One layer of one example of a sample, under the sum of the terms of a cost. */
export interface Place {
  readonly label: string;
  readonly given: Sample;
  /** The run of the example alone: its rows are the text's columns. */
  readonly one: Run;
  /** Position of the layer: layer l stands at l - 1. */
  readonly l: number;
  /** The example. */
  readonly p: number;
  readonly last: boolean;
  /** σ' at the layer's z, by the activation's own formula. */
  readonly prime: readonly number[];
}

/** The only row of what one example gives. */
export const single = (rows: readonly (readonly number[])[] | undefined): readonly number[] => rows?.[0] ?? [];

/** The activation of the layer at position l, in plain numbers. */
export const functionAt = ({ hidden, output, W }: Sample, l: number): ScalarFunction => (l === W.length - 1 ? output : hidden);

/** Every layer of every example of a sample. */
export function places(given: Sample, terms: Terms): Place[] {
  return runEach(given, terms).flatMap((one, p) =>
    given.W.map((_, l): Place => ({
      label: `layer ${l + 1}, example ${p}`,
      given,
      one,
      l,
      p,
      last: l === given.W.length - 1,
      prime: single(one.z[l]).map(functionAt(given, l).prime),
    })),
  );
}
