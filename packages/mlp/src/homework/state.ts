import { type Matrix, entry } from "../delta/matrix.ts";
import { type DeltaForm, type GradientForm, deltaEntries, gradientEntries, magnitudes, matrixOf, sizesOf } from "./form.ts";
import { biasMistakes, weightMistakes } from "./gradient-mistakes.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Theirs, matches, theirsOf } from "./matches.ts";
import { type Candidate, type Setting } from "./mistakes.ts";
import { type Handed } from "./read.ts";
import { type HomeworkRow, mistakesIn } from "./row.ts";
import { type Reading } from "./start.ts";

/** A δ with the size of its terms. */
export interface Delta {
  readonly value: Matrix;
  readonly size: Matrix;
}

/** One layer of what was handed in, measured once. */
export interface Measured extends Pick<Handed, "delta" | "deltaTurned"> {
  readonly dW: Theirs | undefined;
  readonly db: Theirs | undefined;
}

/** One way of explaining the rows so far, with the δ that the layer below is judged by. */
export interface State {
  readonly rows: readonly HomeworkRow[];
  readonly above: Delta | undefined;
  /** His ∂C/∂W of the layer above, or the right one. */
  readonly dW: (() => Matrix) | undefined;
  readonly count: number;
}

/** A layer, measured. */
export function measured({ delta, deltaTurned, dW, db }: Handed): Measured {
  return { delta, deltaTurned, dW: dW && theirsOf(dW), db: db && theirsOf(db) };
}

/** The ingredients of BP1 or BP2 of a layer. */
export function deltaForm(reading: Reading, l: number, above: Delta | undefined): DeltaForm {
  const { layers, z, a, W } = reading;
  const last = l === layers.length - 1;
  const { activation } = layers[l] as Setting["layers"][number];
  return {
    equation: last ? "BP1" : "BP2",
    gradient: reading.gradient,
    above: above?.value ?? [],
    aboveSize: above?.size ?? [],
    weights: W[l + 1] ?? [],
    turned: false,
    activation,
    z: z[l] as Matrix,
    a: a[l + 1] as Matrix,
    own: true,
    slopes: [],
    factor: last ? reading.scale : 1,
    right: last ? reading.delta : undefined,
    floor: last ? reading.floor : undefined,
  };
}

/** A δ that is trusted. */
export const handedIn = (delta: Matrix): Delta => ({ value: delta, size: magnitudes(delta) });

/** The δ that an equation gives. */
export function computed(form: DeltaForm): Delta {
  const entries = deltaEntries(form);
  return { value: matrixOf(entries), size: sizesOf(entries) };
}

/** The ingredients of BP3 and BP4 of a layer, given its δ. */
export function gradientForms(reading: Reading, l: number, delta: Delta): { readonly bias: GradientForm; readonly weight: GradientForm } {
  const { penalty, y, a, b, W, scale } = reading;
  const { lambda = 0, lasso = 0 } = penalty;
  const m = y.length;
  const common = { delta: delta.value, deltaSize: delta.size, factor: 1 / scale, examples: y.map((_, p) => p), apart: false, turned: false };
  return {
    bias: { ...common, equation: "BP3", previous: y.map(() => [1]), decay: 0, shrink: 0, parameter: [b[l] ?? []] },
    weight: { ...common, equation: "BP4", previous: a[l] as Matrix, decay: lambda / m, shrink: lasso / m, parameter: W[l] as Matrix },
  };
}

/** BP3 and BP4 of a layer, given its δ. */
export function gradients(
  reading: Reading,
  state: State,
  l: number,
  handed: Measured,
  { delta, row, count }: { readonly delta: Delta; readonly row: HomeworkRow; readonly count: number },
): State {
  const { bias, weight } = gradientForms(reading, l, delta);
  const side = (form: GradientForm, candidates: readonly Candidate<GradientForm>[], theirs: Theirs | undefined): Judgement | undefined => {
    const judged = theirs && judge(form, gradientEntries, candidates, theirs, reading.near);
    return judged?.verdict === "unknown" && judged.hint === undefined ? { ...judged, hint: untoldRidge(form, judged, reading) } : judged;
  };
  const db = side(bias, biasMistakes(reading, l), handed.db);
  const dW = side(weight, weightMistakes(reading, l, state.above?.value), handed.dW);
  const absent = { verdict: "not given", explanations: [], unseen: [] } as const;
  return {
    rows: [
      ...state.rows,
      row,
      { layer: l + 1, equation: "BP3", quantity: "∂C/∂b", ...(db ?? absent) },
      { layer: l + 1, equation: "BP4", quantity: "∂C/∂W", ...(dW ?? absent) },
    ],
    above: delta,
    dW: () => handed.dW?.numbers ?? matrixOf(gradientEntries(weight)),
    count: state.count + count + (db === undefined ? 0 : mistakesIn(db)) + (dW === undefined ? 0 : mistakesIn(dW)),
  };
}

/** A multiple of the weights that is left between somebody's numbers and the right ones: a ridge that nobody told of. */
function untoldRidge(form: GradientForm, { theirs, wanted }: Judgement, { cost, y, near }: Reading): string | undefined {
  const { equation, parameter, decay } = form;
  if (equation !== "BP4" || decay !== 0) return undefined;
  let [top, bottom] = [0, 0];
  parameter.forEach((row, j) =>
    row.forEach((w, k) => {
      top += w * (entry(theirs, j, k) - entry(wanted, j, k));
      bottom += w * w;
    }),
  );
  const found = top / bottom;
  const lambda = found * y.length * (cost.sense === "maximise" ? -1 : 1);
  return lambda > 0 && matches(theirsOf(theirs), gradientEntries({ ...form, decay: found }), near)
    ? `${Number(found.toPrecision(6))} times the weights is all that is too much; if a ridge is meant, tell lambda: ${Number(lambda.toPrecision(6))}`
    : undefined;
}
