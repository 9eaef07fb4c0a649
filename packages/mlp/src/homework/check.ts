import { type Like, type Tensor, grad, tensor, zeros } from "@nabla/autodiff";
import { type ActivationFunction } from "../activation.ts";
import { checkFinite, checkTargets, tapeDeltas } from "../compare.ts";
import { type Cost, type CostName, costOf, divisor } from "../cost.ts";
import { type Matrix, rowsOf } from "../delta/matrix.ts";
import { type Network, asTensor, checkData, forward } from "../network.ts";
import { type DeltaForm, type GradientForm, deltaEntries, gradientEntries, magnitudes, matrixOf, sizesOf } from "./form.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Nearness, matches, nearness, theirsOf } from "./matches.ts";
import { type Candidate, type Mistake, type Setting, type Target, biasMistakes, deltaMistakes, weightMistakes } from "./mistakes.ts";
import { type Handed, type Homework, type Orientation, type WeightOrder, read } from "./read.ts";
import { subsets } from "./search.ts";

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

/** What somebody's gradients say about how he computed them. */
export interface HomeworkReport {
  readonly cost: string;
  /** Everything that was handed in is right. */
  readonly agrees: boolean;
  /** The first wrong row, from the outputs backwards. */
  readonly first: HomeworkRow | undefined;
  /** From the outputs backwards; each is judged given his own δ of the layers above, so that a wrong one does not accuse those below. */
  readonly rows: readonly HomeworkRow[];
  /** The names of the mistakes in all rows and alternatives, each once. */
  readonly mistakes: readonly string[];
  /** Other ways to explain everything with as few mistakes: by rows. */
  readonly alternatives: readonly (readonly HomeworkRow[])[];
  /** Whether several explanations give the same numbers. */
  readonly undecidable: boolean;
  /** How the deltas were read: of the cost itself, or of each example alone, so that the mean stands in BP3 and BP4. */
  readonly deltas: "of the cost" | "per example";
  readonly examples: Orientation;
}

/** How to read somebody's gradients. */
export interface HomeworkOptions {
  /** The ridge term λ/(2m) Σ w². */
  readonly lambda?: number;
  /** His learning rate, to recognise weights that were updated too early; solved for when absent. */
  readonly learningRate?: number;
  /** "source first" where his weights are [n_in, n_out]. */
  readonly weights?: WeightOrder;
  /** How many digits his numbers have. */
  readonly precision?: "float64" | "float32";
}

/**
 * Checks somebody else's gradients: names the first wrong layer, from the outputs backwards, its equation, and the likely mistake, by trying
 * the known ones up to three at once. What no set of them explains is "unknown".
 *
 * Throws ShapeError for gradients that fit in neither orientation, ValueError when there are none.
 *
 * @example
 * checkHomework(network({ sizes: [1, 1], activations: ["identity"] }), "quadratic", [[1], [2]], [[5], [5]], { db: [[0]] }).mistakes // => ["never computed"]
 */
export function checkHomework(net: Network, cost: CostName | Cost, x: Like, y: Like, theirs: Homework, options: HomeworkOptions = {}): HomeworkReport {
  const { lambda = 0, precision = "float64", weights = "target first" } = options;
  const chosen = costOf(cost);
  const [data, targets] = [asTensor(x, "x"), asTensor(y, "y")];
  checkData("checkHomework", net, data);
  checkTargets("checkHomework", net, data, targets);
  checkFinite("checkHomework", "x", data);
  checkFinite("checkHomework", "y", targets);
  const shape = targets.shape as readonly [number, number];
  const readings = read(net, theirs, shape[0], weights);
  const givesDeltas = theirs.deltas?.some((each) => each !== undefined && each !== null) === true;
  const scales = givesDeltas ? [...new Set([1, divisor(chosen.normalisation, shape) === 1 ? 1 : shape[0]])] : [1];
  const base = start(net, chosen, data, targets, { lambda, learningRate: options.learningRate });
  const walks = readings.flatMap(({ orientation, layers }) =>
    scales.map((scale) => ({ orientation, scale, states: walk(base, layers, scale, nearness[precision]) })),
  );
  // Whose output delta is right as ∂C/∂z of the whole cost does not mean it per example.
  const plain = walks.filter(
    ({ scale, states }) => scale === 1 && states[0]?.rows.find(({ quantity, verdict }) => quantity === "δ" && verdict !== "not given")?.verdict === "right",
  );
  const best = (plain.length > 0 ? plain : walks).reduce((least, each) => ((each.states[0]?.count ?? 0) < (least.states[0]?.count ?? 0) ? each : least));
  const [chosenState, ...others] = best.states as [State, ...State[]];
  const { rows } = chosenState;
  const wrong = rows.filter(isWrong);
  return {
    cost: chosen.name,
    agrees: wrong.length === 0,
    first: wrong[0],
    rows,
    mistakes: [...new Set(best.states.flatMap((each) => each.rows.filter(isWrong).flatMap(({ explanations }) => explanations.flat().map(({ name }) => name))))],
    alternatives: others.map((each) => each.rows),
    undecidable: others.length > 0 || rows.some(({ explanations }) => explanations.length > 1),
    deltas: best.scale === 1 ? "of the cost" : "per example",
    examples: best.orientation,
  };
}

/** Whether a row of a report is not right. */
export function isWrong({ verdict }: HomeworkRow): boolean {
  return verdict === "wrong" || verdict === "unknown" || verdict === "inferred";
}

interface Base extends Setting {
  readonly gradient: Matrix;
  readonly delta: Matrix;
  readonly floor: Matrix;
}

/** Everything that the equations and the mistakes are made from. */
function start(
  net: Network,
  cost: Cost,
  x: Tensor,
  y: Tensor,
  { lambda, learningRate }: { readonly lambda: number; readonly learningRate: number | undefined },
): Base {
  const pass = forward(net, x);
  const output = pass.a.at(-1) as Tensor;
  const [outputs, wanted] = [rowsOf(output), rowsOf(y)];
  const { deltas } = tapeDeltas(net, cost, x, y);
  const count = divisor(cost.normalisation, y.shape);
  return {
    layers: net.layers,
    z: pass.z.map(rowsOf),
    a: pass.a.map(rowsOf),
    W: net.parameters.layers.map(({ W }) => rowsOf(W)),
    b: net.parameters.layers.map(({ b }) => [...(b.data ?? [])]),
    y: wanted,
    cost,
    lambda,
    learningRate,
    gradient: rowsOf(grad((a: Tensor) => cost.of(a, y))(tensor(output.data ?? zeros(output.shape).data ?? [], output.shape))),
    delta: rowsOf(deltas.at(-1) as Tensor),
    floor: outputs.map((row, i) => row.map((a, j) => (Math.abs(a) + Math.abs(wanted[i]?.[j] ?? 0)) / count)),
    slope,
  };
}

/** σ′ of numbers; undefined for an activation of a whole row or without a closed derivative. */
function slope({ prime, of }: ActivationFunction, at: Matrix): Matrix | undefined {
  if (prime === undefined) return undefined;
  const values = rowsOf(of(tensor(at)));
  return at.map((row, i) => row.map((z, j) => prime(z, values[i]?.[j] ?? Number.NaN)));
}

/** A δ with the size of its terms. */
interface Delta {
  readonly value: Matrix;
  readonly size: Matrix;
}

/** One way of explaining the rows so far, with the δ that the layer below is judged by. */
interface State {
  readonly rows: readonly HomeworkRow[];
  readonly above: Delta | undefined;
  /** His ∂C/∂W of the layer above, or the right one. */
  readonly dW: Matrix | undefined;
  readonly count: number;
}

/** What an unexplained row costs against explained ones. */
const unknown = 5;
const breadth = 12;

/** From the outputs backwards, keeping the explanations with the fewest mistakes; the best ones at the end. */
function walk(base: Base, layers: readonly Handed[], scale: number, near: Nearness): State[] {
  let states: State[] = [{ rows: [], above: undefined, dW: undefined, count: 0 }];
  for (let l = layers.length - 1; l >= 0; l--) {
    const handed = layers[l] as Handed;
    const below = layers.slice(0, l).some((each) => each.delta ?? each.dW ?? each.db);
    states = states
      .flatMap((state) =>
        handed.delta === undefined ? inferred(base, state, l, handed, scale, near, below) : [given(base, state, l, handed, handed.delta, scale, near)],
      )
      .toSorted((one, other) => one.count - other.count)
      .slice(0, breadth);
  }
  return states.filter(({ count }) => count === states[0]?.count);
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
function given(base: Base, state: State, l: number, handed: Handed, delta: Matrix, scale: number, near: Nearness): State {
  const form = deltaForm(base, l, state.above, scale);
  const judged = judge(
    form,
    deltaEntries,
    deltaMistakes(base, l, state.dW, { numbers: delta.flat(), of: (each) => matrixOf(deltaEntries(each)).flat() }),
    delta,
    near,
  );
  const turned: Mistake[] = handed.deltaTurned ? [{ name: "transposed", says: "the transpose of the orientation that the other deltas have" }] : [];
  const known = judged.verdict === "right" && handed.deltaTurned ? { ...judged, verdict: "wrong" as const, explanations: [turned] } : judged;
  const row: HomeworkRow = { layer: l + 1, equation: form.equation, quantity: "δ", ...known };
  const finite = delta.every((each) => each.every(Number.isFinite));
  return gradients(base, state, l, handed, { delta: handedIn(finite ? delta : judged.wanted), row, count: mistakesIn(known) }, scale, near);
}

/** A layer whose δ was not handed in: mistakes in it show in the gradients made from it. */
function inferred(base: Base, state: State, l: number, handed: Handed, scale: number, near: Nearness, below: boolean): State[] {
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
      const next = gradients(base, state, l, handed, { delta, row, count: size }, scale, near, Math.min(spare, size === 1 ? 2 : 1));
      if (!observed || next.count === best) found = joined(found, next, state.rows.length, near);
      else if (next.count < best) found = [next];
    }
  return found;
}

/** His gradients of a layer beside what a δ would make of them. */
function target(base: Base, l: number, { db, dW }: Handed, scale: number): Target {
  const of = (form: DeltaForm): number[] => {
    const { bias, weight } = gradientForms(base, l, computed(form), scale);
    return [...(db?.length === 1 ? matrixOf(gradientEntries(bias)).flat() : []), ...(dW === undefined ? [] : matrixOf(gradientEntries(weight)).flat())];
  };
  return { numbers: [...(db?.length === 1 ? db.flat() : []), ...(dW?.flat() ?? [])], of };
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
  const common = { delta: delta.value, deltaSize: delta.size, factor: 1 / scale, examples: base.y.map((_, p) => p), apart: false, turned: false };
  return {
    bias: { ...common, equation: "BP3", previous: base.y.map(() => [1]), decay: 0, parameter: [base.b[l] ?? []] },
    weight: { ...common, equation: "BP4", previous: base.a[l] as Matrix, decay: base.lambda / base.y.length, parameter: base.W[l] as Matrix },
  };
}

/** BP3 and BP4 of a layer, given its δ. */
function gradients(
  base: Base,
  state: State,
  l: number,
  handed: Handed,
  { delta, row, count }: { readonly delta: Delta; readonly row: HomeworkRow; readonly count: number },
  scale: number,
  near: Nearness,
  most?: number,
): State {
  const { bias, weight } = gradientForms(base, l, delta, scale);
  const side = (form: GradientForm, candidates: readonly Candidate<GradientForm>[], numbers: Matrix | undefined): Judgement | undefined =>
    numbers && judge(form, gradientEntries, candidates, numbers, near, most);
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
    dW: handed.dW ?? matrixOf(gradientEntries(weight)),
    count: state.count + count + (db === undefined ? 0 : mistakesIn(db)) + (dW === undefined ? 0 : mistakesIn(dW)),
  };
}

const mistakesIn = ({ verdict, explanations }: Pick<Judgement, "verdict" | "explanations">): number =>
  verdict === "right" ? 0 : verdict === "unknown" ? unknown : Math.min(...explanations.map((set) => set.length));
