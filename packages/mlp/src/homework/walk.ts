import { type Matrix } from "../delta/matrix.ts";
import { type DeltaForm, type GradientForm, deltaEntries, gradientEntries, magnitudes, matrixOf, sizesOf } from "./form.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Nearness, type Theirs, matches, theirsOf } from "./matches.ts";
import { type Target, deltaMistakes } from "./delta-mistakes.ts";
import { biasMistakes, weightMistakes } from "./gradient-mistakes.ts";
import { type Candidate, type Mistake, type Setting } from "./mistakes.ts";
import { type Handed } from "./read.ts";
import { explanations, subsets } from "./search.ts";
import { type Base } from "./start.ts";

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

/** A δ with the size of its terms. */
export interface Delta {
  readonly value: Matrix;
  readonly size: Matrix;
}

/** One layer of what was handed in, measured once. */
interface Measured extends Pick<Handed, "delta" | "deltaTurned"> {
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

function measured({ delta, deltaTurned, dW, db }: Handed): Measured {
  return { delta, deltaTurned, dW: dW && theirsOf(dW), db: db && theirsOf(db) };
}

/** What an unexplained row costs against explained ones. */
const unknown = 5;
const breadth = 12;

/** From the outputs backwards, keeping the explanations with the fewest mistakes; the best ones at the end. */
export function walk(base: Base, all: readonly Handed[], scale: number, near: Nearness): State[] {
  const layers = all.map(measured);
  let states: State[] = [{ rows: [], above: undefined, dW: undefined, count: 0 }];
  for (let l = layers.length - 1; l >= 0; l--) {
    const handed = layers[l] as Measured;
    const below = layers.slice(0, l).some((each) => each.delta ?? each.dW ?? each.db);
    states = states
      .flatMap((state) =>
        handed.delta === undefined ? inferred(base, state, l, handed, scale, near, below) : [given(base, state, l, handed, handed.delta, scale, near)],
      )
      .toSorted((one, other) => one.count - other.count)
      .slice(0, breadth);
  }
  const fewest = states.filter(({ count }) => count === states[0]?.count);
  const distinct = fewest.map(({ rows }) => distinctMistakes(rows));
  return fewest.filter((_, at) => distinct[at] === Math.min(...distinct));
}

/** How many different mistakes a state takes: the same one made twice explains more simply than two that make up for each other. */
function distinctMistakes(rows: readonly HomeworkRow[]): number {
  const names = new Set<string>();
  for (const { explanations: ways } of rows.toSorted((one, other) => one.explanations.length - other.explanations.length)) {
    const added = ways.map((set) => new Set(set.map(({ name }) => name).filter((name) => !names.has(name))));
    for (const name of added.toSorted((one, other) => one.size - other.size)[0] ?? []) names.add(name);
  }
  return names.size;
}

function deltaForm(base: Base, l: number, above: Delta | undefined, scale: number): DeltaForm {
  const { layers, z, a, W } = base;
  const last = l === layers.length - 1;
  const { activation } = layers[l] as Setting["layers"][number];
  return {
    equation: last ? "BP1" : "BP2",
    gradient: base.gradient,
    above: above?.value ?? [],
    aboveSize: above?.size ?? [],
    weights: W[l + 1] ?? [],
    turned: false,
    activation,
    z: z[l] as Matrix,
    a: a[l + 1] as Matrix,
    own: true,
    slopes: [],
    factor: last ? scale : 1,
    right: last ? base.delta : undefined,
    floor: last ? base.floor : undefined,
  };
}

const handedIn = (delta: Matrix): Delta => ({ value: delta, size: magnitudes(delta) });

function computed(form: DeltaForm): Delta {
  const entries = deltaEntries(form);
  return { value: matrixOf(entries), size: sizesOf(entries) };
}

/** A layer whose δ was handed in: it is judged, and then trusted below, because the rows below are judged given it. */
function given(base: Base, state: State, l: number, handed: Measured, delta: Matrix, scale: number, near: Nearness): State {
  const form = deltaForm(base, l, state.above, scale);
  const judged = judge(
    form,
    deltaEntries,
    deltaMistakes(base, l, state.dW, { numbers: delta.flat(), of: (each) => matrixOf(deltaEntries(each)).flat() }),
    theirsOf(delta),
    near,
  );
  const turned: Mistake[] = handed.deltaTurned ? [{ name: "transposed", says: "the transpose of the orientation that the other deltas have" }] : [];
  const known = judged.verdict === "right" && handed.deltaTurned ? { ...judged, verdict: "wrong" as const, explanations: [turned] } : judged;
  const row: HomeworkRow = { layer: l + 1, equation: form.equation, quantity: "δ", ...known };
  const finite = delta.every((each) => each.every(Number.isFinite));
  return gradients(base, state, l, handed, { delta: handedIn(finite ? delta : judged.wanted), row, count: mistakesIn(known) }, scale, near);
}

/** A layer whose δ was not handed in: mistakes in it show in the gradients made from it. */
function inferred(base: Base, state: State, l: number, handed: Measured, scale: number, near: Nearness, below: boolean): State[] {
  const form = deltaForm(base, l, state.above, scale);
  const place = { layer: l + 1, equation: form.equation, quantity: "δ", unseen: [] } as const;
  const right = computed(form);
  const plain = gradients(
    base,
    state,
    l,
    handed,
    { delta: right, row: { ...place, verdict: "not given", explanations: [], wanted: right.value }, count: 0 },
    scale,
    near,
  );
  const observed = (handed.dW ?? handed.db) !== undefined;
  if (observed ? plain.count === state.count : !below) return [plain];
  const candidates = deltaMistakes(base, l, state.dW, target(base, l, handed, scale));
  let found = [plain];
  for (const size of observed ? [1, 2] : [1])
    for (const { form: wrong, mistakes } of subsets(form, candidates, size)) {
      const best = found[0]?.count ?? plain.count;
      const spare = best - state.count - size;
      if (observed && spare < 0) break;
      const delta = computed(wrong);
      const row: HomeworkRow = { ...place, verdict: "inferred", explanations: [mistakes], wanted: right.value };
      if (observed && tried(base, state, l, handed, delta, scale, near, Math.min(spare, size === 1 ? 2 : 1)) > spare) continue;
      const next = gradients(base, state, l, handed, { delta, row, count: size }, scale, near);
      if (!observed || next.count === best) found = joined(found, next, state.rows.length, near);
      else if (next.count < best) found = [next];
    }
  // With a right δ more mistakes may be needed here, but none below to make up for a wrong one.
  const explained = plain.rows.slice(state.rows.length).every(({ verdict }) => verdict !== "unknown");
  return found.includes(plain) || !explained ? found : [...found, plain];
}

/** How many mistakes in BP3 and BP4, each of at most so many at once, explain his gradients, if δ was this. */
function tried(base: Base, state: State, l: number, handed: Measured, delta: Delta, scale: number, near: Nearness, most: number): number {
  const { bias, weight } = gradientForms(base, l, delta, scale);
  const fewest = (form: GradientForm, candidates: readonly Candidate<GradientForm>[], theirs: Theirs | undefined): number =>
    theirs === undefined ? 0 : (explanations(form, candidates, (each) => matches(theirs, gradientEntries(each), near), most)[0]?.length ?? unknown);
  return fewest(bias, biasMistakes(base, l), handed.db) + fewest(weight, weightMistakes(base, l, state.above?.value), handed.dW);
}

/** His gradients of a layer, or some entries of them, beside what a δ would make of them. */
function target(base: Base, l: number, { db, dW }: Measured, scale: number): Target {
  const some = <T>(all: readonly T[]): T[] => all.filter((_, at) => at % Math.ceil(all.length / 64) === 0);
  const places = (theirs: Theirs | undefined): (readonly [number, number])[] =>
    some((theirs?.numbers ?? []).flatMap((row, i) => row.map((_, j) => [i, j] as const)));
  const [biases, weights] = [db?.rows === 1 ? places(db) : [], places(dW)];
  return {
    numbers: [...biases.map(([i, j]) => db?.numbers[i]?.[j] ?? Number.NaN), ...weights.map(([i, j]) => dW?.numbers[i]?.[j] ?? Number.NaN)],
    of: (form) => {
      const { bias, weight } = gradientForms(base, l, computed(form), scale);
      const [forBias, forWeight] = [gradientEntries(bias), gradientEntries(weight)];
      return [...biases.map(([i, j]) => forBias.at(i, j)[0]), ...weights.map(([i, j]) => forWeight.at(i, j)[0])];
    },
  };
}

/** With one more state: mistakes that make the same δ are one state that names both. */
function joined(states: readonly State[], next: State, at: number, near: Nearness): State[] {
  const [row, delta] = [next.rows[at] as HomeworkRow, (next.above as Delta).value];
  const twin = states.findIndex(({ rows, above, count }) => {
    const entries = { rows: delta.length, columns: delta[0]?.length ?? 0, at: (i: number, j: number) => [delta[i]?.[j] ?? Number.NaN, 0] as const };
    return rows[at]?.verdict === "inferred" && count === next.count && above !== undefined && matches(theirsOf(above.value), entries, near);
  });
  if (twin < 0) return [...states, next];
  return states.map((state, which) =>
    which === twin
      ? { ...state, rows: state.rows.map((each, k) => (k === at ? { ...each, explanations: [...each.explanations, ...row.explanations] } : each)) }
      : state,
  );
}

/** The ingredients of BP3 and BP4 of a layer, given its δ. */
function gradientForms(base: Base, l: number, delta: Delta, scale: number): { readonly bias: GradientForm; readonly weight: GradientForm } {
  const { lambda = 0, lasso = 0 } = base.penalty;
  const m = base.y.length;
  const common = { delta: delta.value, deltaSize: delta.size, factor: 1 / scale, examples: base.y.map((_, p) => p), apart: false, turned: false };
  return {
    bias: { ...common, equation: "BP3", previous: base.y.map(() => [1]), decay: 0, shrink: 0, parameter: [base.b[l] ?? []] },
    weight: { ...common, equation: "BP4", previous: base.a[l] as Matrix, decay: lambda / m, shrink: lasso / m, parameter: base.W[l] as Matrix },
  };
}

/** BP3 and BP4 of a layer, given its δ. */
function gradients(
  base: Base,
  state: State,
  l: number,
  handed: Measured,
  { delta, row, count }: { readonly delta: Delta; readonly row: HomeworkRow; readonly count: number },
  scale: number,
  near: Nearness,
): State {
  const { bias, weight } = gradientForms(base, l, delta, scale);
  const side = (form: GradientForm, candidates: readonly Candidate<GradientForm>[], theirs: Theirs | undefined): Judgement | undefined =>
    theirs && judge(form, gradientEntries, candidates, theirs, near);
  const db = side(bias, biasMistakes(base, l), handed.db);
  const dW = side(weight, weightMistakes(base, l, state.above?.value), handed.dW);
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

const mistakesIn = ({ verdict, explanations }: Pick<Judgement, "verdict" | "explanations">): number =>
  verdict === "right" ? 0 : verdict === "unknown" ? unknown : Math.min(...explanations.map((set) => set.length));
