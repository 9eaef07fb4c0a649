import { add, log, mul, sub } from "@nabla/autodiff";

import { type Matrix, type Vector, at, matrix, of } from "../numbers.ts";
import { functionAt } from "../places.ts";
import { type Comparison, instance, over } from "../row.ts";
import { type Sample, everyHidden } from "../sample.ts";
import { type Run, type Terms, run, runByOutput } from "../tape.ts";
import * as text from "./equations.ts";

/** (12), which is maximised. */
export const logLikelihood: Terms = (h, y) => add(mul(y, log(h)), mul(sub(1, y), log(sub(1, h))));

/** w^l of the text on the library's numbers: row 0 is the bias, row s the weights out of source s. */
export const weights = ({ W, b }: Sample, l: number): Matrix =>
  matrix((W[l]?.[0]?.length ?? 0) + 1, b[l]?.length ?? 0, (s, t) => (s === 0 ? at(b[l], t) : of(W[l], t, s - 1)));
/** Its rows from 1 on. */
export const sources = (given: Sample, l: number): Matrix => weights(given, l).slice(1);
/** The tape's gradient in the same arrangement. */
export const gradient = ({ dW, db }: Run, l: number): number[] =>
  matrix((dW[l]?.[0]?.length ?? 0) + 1, db[l]?.length ?? 0, (s, t) => (s === 0 ? at(db[l], t) : of(dW[l], t, s - 1))).flat();

/** A sample with D^l[p][s][n] = ∂c_n^p/∂z_s of each layer, one reverse sweep per output. */
export interface Swept {
  readonly given: Sample;
  readonly whole: Run;
  readonly D: readonly (readonly Matrix[])[];
}

export function swept(given: Sample, terms: Terms): Swept {
  const outputs = runByOutput(given, terms);
  const whole = run(given, terms);
  const D = given.W.map((w, l) => given.X.map((_, p) => matrix(w.length, outputs.length, (s, n) => of(outputs[n]?.[l], p, s))));
  return { given, whole, D };
}

/** One point at layer `l` (0 is the first after the inputs). */
type Visit = (point: { label: string; p: number; l: number; d: Matrix; z: Vector; a: Vector; prime: Vector } & Swept) => readonly Comparison[];

export function points({ given, whole, D }: Swept, visit: Visit): Comparison[] {
  return given.W.flatMap((_, l) =>
    given.X.flatMap((__, p) => {
      const z = whole.z[l]?.[p] ?? [];
      const [a, d] = [whole.a[l + 1]?.[p] ?? [], D[l]?.[p] ?? []];
      return visit({ label: `layer ${l + 1}, point ${p}`, given, whole, D, p, l, d, z, a, prime: z.map(functionAt(given, l).prime) });
    }),
  );
}

export const hiddenPoints = (one: Swept, visit: Visit): Comparison[] => points(one, (point) => (point.l < one.given.W.length - 1 ? visit(point) : []));
export const lastPoints = (one: Swept, visit: Visit): Comparison[] => points(one, (point) => (point.l === one.given.W.length - 1 ? visit(point) : []));

/** Line 1 for every hidden layer of a sample. */
export const line1 = (one: Swept): Comparison[] =>
  hiddenPoints(one, ({ label, given, D, l, p, d, prime }) => [
    instance(`${label}, line 1`, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], prime }, text.line1),
  ]);

/** Lines 2 and 3 for every layer, the output layer with D^L. */
export const lines2and3 = ({ given, whole, D }: Swept): Comparison[] =>
  given.W.map((_, l) => instance(`layer ${l + 1}, lines 2, 3`, gradient(whole, l), { a: whole.a[l] ?? [], d: D[l] ?? [] }, text.lines2and3));

/** The output layer of networks with a softmax output, whatever is below. */
export const softmaxOutputs = (terms: Terms, visit: Visit): Comparison[] =>
  over(everyHidden({ output: "softmax" }), (given) => lastPoints(swept(given, terms), visit));
export const slopes = (slope: (h: number, y: number) => number, a: Vector, y: Vector | undefined): number[] => a.map((h, n) => slope(h, at(y, n)));

/** Line 1 without an index n: for δ of a cost that is no sum over outputs, or no sum over points. */
export function withoutOutputs(given: Sample, whole: Run): Comparison[] {
  const D = given.W.map((_, l) => given.X.map((__, p) => (whole.delta[l]?.[p] ?? []).map((each) => [each])));
  return line1({ given, whole, D });
}
