import { item, values } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { tapeDeltas } from "../../compare.ts";
import { objective } from "../../objective.ts";
import { type Matrix, at, of, sum, vector } from "../numbers.ts";
import { functionAt } from "../places.ts";
import { type Comparison, type Row, equation, erratum, instance, measured, over } from "../row.ts";
import { type Sample } from "../sample.ts";
import { run } from "../tape.ts";
import { type TextCost, costs } from "./costs.ts";
import * as text from "./equations.ts";

const source = "E" as const;
const [eta, lambda] = [0.3, 0.8];

/** What the algorithm of section 9 reads of a network. */
const netOf = (given: Sample, { byA }: TextCost) => ({
  w: given.W,
  b: given.b,
  f: given.W.map((_, l) => functionAt(given, l).f),
  prime: given.W.map((_, l) => functionAt(given, l).prime),
  byA,
});
const startOf = (given: Sample, cost: TextCost, p: number): text.Start => ({ ...netOf(given, cost), x: given.X[p] ?? [], y: given.Y[p] ?? [] });

/** ∂C_0/∂w and ∂C_0/∂b of the mean cost by the algorithm of section 9 and (56), weights, then biases, for each layer. */
function closedForm(given: Sample, cost: TextCost): number[][] {
  const each = given.X.map((_, p) => text.algorithm(startOf(given, cost, p)));
  return given.W.map((_, l) => text.meanOver({ each: each.map((layers) => layers[l] ?? []) }));
}
const weightsOf = (given: Sample, layers: Matrix): number[] => layers.flatMap((layer, l) => layer.slice(0, (given.W[l] ?? []).flat().length));
const biasesOf = (given: Sample, layers: Matrix): number[] => layers.flatMap((layer, l) => layer.slice((given.W[l] ?? []).flat().length));

interface Regularised {
  readonly given: Sample;
  readonly cost: TextCost;
  /** The tape's gradient of (21), all weights, and all biases. */
  readonly byW: readonly number[];
  readonly byB: readonly number[];
  /** That of C_0 by hand, layer by layer. */
  readonly closed: Matrix;
}

/** (21) on every network, under every cost. */
const regularised = (visit: (one: Regularised) => readonly Comparison[]): Comparison[] =>
  costs.flatMap((cost) =>
    over(cost.samples(), (given) => {
      const { layers } = tapeDeltas(given.net, cost.mean, given.x, given.y, lambda).gradients;
      const [byW, byB] = [layers.flatMap(({ W }) => rowsOf(W).flat()), layers.flatMap(({ b }) => Array.from(values(b)))];
      return visit({ given, cost, byW, byB, closed: closedForm(given, cost) });
    }),
  );

/** (23): a step on the tape's gradient, against a form of it. */
const decays = (form: typeof text.equation23): Comparison[] =>
  regularised(({ given, byW, closed }) => {
    const w = given.W.flat(2);
    const left = byW.map((each, p) => at(w, p) - eta * each);
    return [instance("weights", left, { w, g: weightsOf(given, closed), eta, lambda, m: given.X.length }, form)];
  });

/** One step of section 9 on a minibatch, by the tape against a form of it. */
const updates = (form: typeof text.update): Comparison[] =>
  costs.flatMap((cost) =>
    over(cost.samples(), (given) => {
      const batch = [0, 2, 5];
      const { dW, db } = run(given, cost.terms, batch);
      const left = given.W.flatMap((w, l) => {
        const byTape = [...(dW[l] ?? []).flat(), ...(db[l] ?? [])];
        return [...w.flat(), ...(given.b[l] ?? [])].map((entry, i) => entry - (eta / batch.length) * at(byTape, i));
      });
      const facts = { ...netOf(given, cost), X: batch.map((p) => given.X[p] ?? []), Y: batch.map((p) => given.Y[p] ?? []), eta };
      return [instance(`${cost.name}, minibatch`, left, facts, form)];
    }),
  );

function subsets(m: number, n: number, from: number = 0): number[][] {
  if (n === 0) return [[]];
  return vector(m - from, (i) => from + i).flatMap((first) => subsets(m, n - 1, first + 1).map((rest) => [first, ...rest]));
}

/** How far the tape's gradients over all minibatches of 3 are off what theory says of their mean and variance, for the worst weight. */
function minibatchError(given: Sample, cost: TextCost): number {
  const [m, n] = [given.X.length, 3];
  const one = given.X.map((_, p) => weightsOf(given, text.algorithm(startOf(given, cost, p))));
  const whole = weightsOf(given, closedForm(given, cost));
  const drawn = subsets(m, n).map((batch) => run(given, cost.terms, batch).dW.flat(2).map((each) => each / n)); // prettier-ignore
  return Math.max(...whole.map((full, i) => {
    const mean = sum(drawn.length, (s) => of(drawn, s, i)) / drawn.length;
    const variance = sum(drawn.length, (s) => (of(drawn, s, i) - full) ** 2) / drawn.length;
    const S2 = sum(m, (p) => (of(one, p, i) - full) ** 2) / (m - 1);
    return Math.max(Math.abs(mean - full), Math.abs(variance - ((1 - n / m) * S2) / n));
  })); // prettier-ignore
}

export const learningRows: readonly Row[] = [
  equation({
    id: "E.9",
    source,
    place: "(20), (23)",
    latex:
      "w_p \\to w_p - \\eta\\frac{\\partial C_0}{\\partial w_p} - \\frac{\\eta\\lambda w_p}{m} = \\left(1 - \\frac{\\eta\\lambda}{m}\\right)w_p - \\eta\\frac{\\partial C_0}{\\partial w_p},\\quad b_q \\to b_q - \\eta\\frac{\\partial C_0}{\\partial b_q}",
    comparisons: () => [
      ...decays(text.equation23),
      ...decays(text.equation23right),
      ...regularised(({ given, byB, closed }) => {
        const b = given.b.flat();
        const left = byB.map((each, q) => at(b, q) - eta * each);
        return [instance("biases", left, { w: b, g: biasesOf(given, closed), eta }, text.equation20)];
      }),
    ],
  }),
  erratum({
    id: "E.9 erratum (23)",
    source,
    place: "(23), right form of the weights",
    latex: "-\\eta\\,\\partial C_0/\\partial w_p,\\ \\text{not}\\ -\\partial C_0/\\partial w_p",
    corrected: () => decays(text.equation23right),
    printed: () => decays(text.equation23printed),
  }),
  equation({
    id: "E.10",
    source,
    place: "(21), (22)",
    latex:
      "C = C_0 + \\frac{\\lambda}{2m}\\sum_p w_p^2,\\quad \\frac{\\partial C}{\\partial w_p} = \\frac{\\partial C_0}{\\partial w_p} + \\frac{\\lambda}{m}w_p",
    comparisons: () =>
      regularised(({ given, cost, byW, closed }) => {
        const facts = { w: given.W.flat(2), lambda, m: given.X.length };
        const value = item(objective(given.net, cost.mean, lambda)(given.net.parameters, given.x, given.y));
        const bare = { a: run(given, cost.terms).a.at(-1) ?? [], y: given.Y };
        const [C0 = Number.NaN] = cost.name === "(17)" ? text.equation17(bare) : text.equation19(bare);
        return [
          instance("value", [value], { value: C0, ...facts }, text.equation22),
          instance("gradient", byW, { g: weightsOf(given, closed), ...facts }, text.ridge),
        ];
      }),
  }),
  equation({
    id: "E.15",
    source,
    place: "section 9, (56), the update",
    latex: "w_{jk}^l \\to w_{jk}^l - \\frac{\\eta}{N}\\sum_{X_n}\\frac{\\partial C_{X_n}}{\\partial w_{jk}^l},\\quad l = L, \\ldots, 2",
    comparisons: () => [
      ...costs.flatMap((cost) =>
        over(cost.samples(), (given) =>
          given.X.map((_, p) => {
            const { dW, db } = run(given, cost.terms, [p]);
            const left = dW.flatMap((w, l) => [...w.flat(), ...(db[l] ?? [])]);
            return instance(`${cost.name}, sample ${p}, five steps`, left, startOf(given, cost, p), text.everyGradient);
          }),
        ),
      ),
      ...updates(text.update),
    ],
  }),
  erratum({
    id: "E.15 erratum section 9",
    source,
    place: "section 9, the update for l = L-1, ..., 2",
    latex: "l = L, \\ldots, 2:\\ \\text{else the output layer never learns}",
    corrected: () => updates(text.update),
    printed: () => updates(text.updateAllButLast),
  }),
  measured({
    id: "E.15 minibatches",
    source,
    place: "(57)",
    kind: "statistics",
    latex:
      "\\nabla C \\approx \\frac{1}{N}\\sum_{X_n}\\nabla C_{X_n}:\\ \\text{mean over all subsets}\\ \\nabla C,\\ \\text{variance}\\ \\left(1 - \\frac{N}{m}\\right)\\frac{S^2}{N}",
    check: () => {
      const worst = Math.max(...costs.flatMap((cost) => cost.samples().map((given) => minibatchError(given, cost))));
      return {
        passes: worst <= 1e-12,
        number: worst,
        bound: 1e-12,
        detail: "mean and variance of every weight's gradient over all 35 subsets of 3 of 7 samples, by the tape, are those that the gradients by hand imply",
      };
    },
  }),
];
