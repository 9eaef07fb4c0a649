import { type Matrix } from "../delta/matrix.ts";
import { type DeltaForm, type GradientForm, gradientEntries } from "./form.ts";
import { type Target, deltaMistakes } from "./delta-mistakes.ts";
import { biasMistakes, weightMistakes } from "./gradient-mistakes.ts";
import { type Delta, type Measured, type State, computed, deltaForm, gradientForms, gradients } from "./state.ts";
import { type Nearness, type Theirs, matches, theirsOf } from "./matches.ts";
import { type Candidate, type Mistake } from "./mistakes.ts";
import { type HomeworkRow, unknown } from "./row.ts";
import { explanations, subsets } from "./search.ts";
import { type Reading } from "./start.ts";

/** A layer whose δ was not handed in: mistakes in it show in the gradients made from it. */
export function inferred(reading: Reading, state: State, l: number, handed: Measured, below: boolean): State[] {
  const form = deltaForm(reading, l, state.above);
  const place = { layer: l + 1, equation: form.equation, quantity: "δ", unseen: [] } as const;
  const right = computed(form);
  const given = (delta: Delta): State =>
    gradients(reading, state, l, handed, { delta, row: { ...place, verdict: "not given", explanations: [], wanted: right.value }, count: 0 });
  const plain = given(right);
  const known = plain.rows.slice(state.rows.length).every(({ verdict }) => verdict !== "unknown");
  const observed = (handed.dW ?? handed.db) !== undefined;
  if (observed ? plain.count === state.count : !below) return [plain];
  const candidates = deltaMistakes(reading, l, state.dW, target(reading, l, handed));
  const made = (wrong: DeltaForm, mistakes: readonly Mistake[]): State =>
    gradients(reading, state, l, handed, {
      delta: computed(wrong),
      row: { ...place, verdict: "inferred", explanations: [mistakes], wanted: right.value },
      count: mistakes.length,
    });
  let found = [plain];
  for (const size of observed ? [1, 2] : [1])
    for (const { form: wrong, mistakes } of subsets(form, candidates, size)) {
      const best = found[0]?.count ?? plain.count;
      const spare = best - state.count - size;
      if (observed && spare < 0) break;
      if (observed && tried(reading, state, l, handed, computed(wrong), Math.min(spare, size === 1 ? 2 : 1)) > spare) continue;
      const next = made(wrong, mistakes);
      if (!observed || next.count === best) found = joined(found, next, state.rows.length, reading.near);
      else if (next.count < best) found = [next];
    }
  // Gradients that were never computed, or come from another δ, are explained as well by any multiple of this one: only the layers below show it.
  if (observed && below && known && given(multiple(right, odd)).count === plain.count)
    for (const { form: wrong, mistakes } of subsets(form, candidates, 1)) {
      const next = made(wrong, mistakes);
      if (next.count === plain.count + 1) found = joined(found, next, state.rows.length, reading.near);
    }
  // With a right δ more mistakes may be needed here, but none below to make up for a wrong one.
  return found.includes(plain) || !known ? found : [...found, plain];
}

/** A factor that no mistake is. */
const odd = 1.2345678;

function multiple({ value, size }: Delta, factor: number): Delta {
  const times = (matrix: Matrix): Matrix => matrix.map((row) => row.map((each) => each * factor));
  return { value: times(value), size: times(size) };
}

/** How many mistakes in BP3 and BP4, each of at most so many at once, explain his gradients, if δ was this. */
function tried(reading: Reading, state: State, l: number, handed: Measured, delta: Delta, most: number): number {
  const { bias, weight } = gradientForms(reading, l, delta);
  const fewest = (form: GradientForm, candidates: readonly Candidate<GradientForm>[], theirs: Theirs | undefined): number =>
    theirs === undefined ? 0 : (explanations(form, candidates, (each) => matches(theirs, gradientEntries(each), reading.near), most)[0]?.length ?? unknown);
  return fewest(bias, biasMistakes(reading, l), handed.db) + fewest(weight, weightMistakes(reading, l, state.above?.value), handed.dW);
}

/** His gradients of a layer, or some entries of them, beside what a δ would make of them. */
function target(reading: Reading, l: number, { db, dW }: Measured): Target {
  const some = <T>(all: readonly T[]): T[] => all.filter((_, at) => at % Math.ceil(all.length / 64) === 0);
  const places = (theirs: Theirs | undefined): (readonly [number, number])[] =>
    some((theirs?.numbers ?? []).flatMap((row, i) => row.map((_, j) => [i, j] as const)));
  const [biases, weights] = [db?.rows === 1 ? places(db) : [], places(dW)];
  return {
    numbers: [...biases.map(([i, j]) => db?.numbers[i]?.[j] ?? Number.NaN), ...weights.map(([i, j]) => dW?.numbers[i]?.[j] ?? Number.NaN)],
    of: (form) => {
      const { bias, weight } = gradientForms(reading, l, computed(form));
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
