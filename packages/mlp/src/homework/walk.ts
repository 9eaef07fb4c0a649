import { type Matrix } from "../delta/matrix.ts";
import { deltaMistakes } from "./delta-mistakes.ts";
import { deltaEntries, matrixOf } from "./form.ts";
import { inferred } from "./inference.ts";
import { judge } from "./judge.ts";
import { type Measured, type State, deltaForm, gradients, handedIn, measured } from "./state.ts";
import { theirsOf } from "./matches.ts";
import { type Mistake } from "./mistakes.ts";
import { type Handed } from "./read.ts";
import { type HomeworkRow, mistakesIn } from "./row.ts";
import { type Reading } from "./start.ts";

/** How many ways of explaining are kept. */
const breadth = 12;

/** From the outputs backwards, keeping the explanations with the fewest mistakes; the best ones at the end. */
export function walk(reading: Reading, all: readonly Handed[]): State[] {
  const layers = all.map(measured);
  let states: State[] = [{ rows: [], above: undefined, dW: undefined, count: 0 }];
  for (let l = layers.length - 1; l >= 0; l--) {
    const handed = layers[l] as Measured;
    const below = layers.slice(0, l).some((each) => each.delta ?? each.dW ?? each.db);
    states = states
      .flatMap((state) => (handed.delta === undefined ? inferred(reading, state, l, handed, below) : [given(reading, state, l, handed, handed.delta)]))
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

/** A layer whose δ was handed in: it is judged, and then trusted below, because the rows below are judged given it. */
function given(reading: Reading, state: State, l: number, handed: Measured, delta: Matrix): State {
  const form = deltaForm(reading, l, state.above);
  const judged = judge(
    form,
    deltaEntries,
    deltaMistakes(reading, l, state.dW, { numbers: delta.flat(), of: (each) => matrixOf(deltaEntries(each)).flat() }),
    theirsOf(delta),
    reading.near,
  );
  const turned: Mistake[] = handed.deltaTurned ? [{ name: "transposed", says: "the transpose of the orientation that the other deltas have" }] : [];
  const known = judged.verdict === "right" && handed.deltaTurned ? { ...judged, verdict: "wrong" as const, explanations: [turned] } : judged;
  const row: HomeworkRow = { layer: l + 1, equation: form.equation, quantity: "δ", ...known };
  const finite = delta.every((each) => each.every(Number.isFinite));
  return gradients(reading, state, l, handed, { delta: handedIn(finite ? delta : judged.wanted), row, count: mistakesIn(known) });
}
