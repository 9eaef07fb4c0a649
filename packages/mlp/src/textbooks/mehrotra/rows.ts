import { type Tensor, add, item, matmul, reshape, tensor, values } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { quadratic } from "../../cost.ts";
import { tapeDeltas } from "../../compare.ts";

import { forward } from "../../pass.ts";
import { type Matrix, at } from "../numbers.ts";
import { type Place, functionAt, places, single } from "../places.ts";
import { type Comparison, type Row, equation, erratum, instance, over } from "../row.ts";
import { everyActivation, everyHidden } from "../sample.ts";
import { affine, halfSquares, jacobianOf, run, runEach } from "../tape.ts";
import * as text from "./equations.ts";

const everywhere =
  (instances: (place: Place) => readonly Comparison[], of: (place: Place) => boolean = () => true) =>
  (): Comparison[] =>
    over(everyActivation(), (given) => places(given, halfSquares).filter(of).flatMap(instances));
const below = (instances: (place: Place) => readonly Comparison[]) => everywhere(instances, ({ last }) => !last);
const atTheTop = (instances: (place: Place) => readonly Comparison[]) => everywhere(instances, ({ last }) => last);

/** What equation 2 reads: the weights and δ of the layer above, σ' of this one. */
const above = ({ given, one, l, prime }: Place) => ({ w: given.W[l + 1] ?? [], delta: single(one.delta[l + 1]), prime });

export const mehrotra: readonly Row[] = [
  equation({
    id: "A.1",
    source: "A",
    place: "section 1",
    latex: "a_j^l = \\sigma\\left(\\sum_k w_{jk}^l a_k^{l-1} + b_j^l\\right),\\quad \\mathbf{z}^l = \\mathbf{w}^l \\mathbf{a}^{l-1} + \\mathbf{b}^l",
    comparisons: () =>
      over(everyActivation(), (given) => {
        const batch = run(given, halfSquares);
        return given.X.flatMap((_, p) =>
          given.W.flatMap((w, l) => {
            const facts = { w, a: batch.a[l]?.[p] ?? [], b: given.b[l] ?? [], sigma: functionAt(given, l).f };
            const [z, a] = [batch.z[l]?.[p] ?? [], batch.a[l + 1]?.[p] ?? []];
            const label = `layer ${l + 1}, example ${p}`;
            return [
              instance(`${label}, elements`, [...z, ...a], facts, text.element),
              instance(`${label}, matrix`, z, { w, a: facts.a, b: facts.b }, text.column),
            ];
          }),
        );
      }),
  }),
  equation({
    id: "A.2",
    source: "A",
    place: "section 1",
    latex: "C = \\frac{1}{2N}\\sum_x \\left\\|a^L - y\\right\\|^2",
    comparisons: () =>
      over(everyActivation(), (given) => {
        const a = rowsOf(forward(given.net, given.x).a.at(-1) as Tensor);
        const left = [item(quadratic.of(tensor(a), given.y))];
        return [instance("cost", left, { a, y: given.Y }, text.cost), instance("mean of single costs", left, { a, y: given.Y }, text.meanOfSingles)];
      }),
  }),
  equation({
    id: "A.3",
    source: "A",
    place: "section 2",
    latex: "\\delta_j^l = \\frac{\\partial C}{\\partial z_j^l}",
    // The definition: the tape's derivative by z is what equations 1 and 2 give, among the examples and alone, and N times that of the mean cost.
    comparisons: () =>
      over(everyActivation(), (given) => {
        const mean = tapeDeltas(given.net, quadratic, given.x, given.y).deltas.map(rowsOf);
        return runEach(given, halfSquares).flatMap((one, p) => {
          const alone = run(given, halfSquares, [p]);
          const facts = {
            w: given.W,
            a: single(one.a.at(-1)),
            y: given.Y[p] ?? [],
            prime: given.W.map((_, l) => single(one.z[l]).map(functionAt(given, l).prime)),
          };
          const scaled = mean.flatMap((rows) => (rows[p] ?? []).map((entry) => given.X.length * entry));
          return [
            instance(`example ${p}`, one.delta.flatMap(single), facts, text.everyDelta),
            instance(`example ${p}, alone`, alone.delta.flatMap(single), facts, text.everyDelta),
            instance(`example ${p}, mean cost`, scaled, facts, text.everyDelta),
          ];
        });
      }),
  }),
  equation({
    id: "A.4",
    source: "A",
    place: "2.1, equation 1",
    latex: "\\delta^L = \\nabla_a C \\odot \\sigma'(\\mathbf{z}^L),\\quad \\nabla_a C = \\mathbf{a}^L - \\mathbf{y}",
    comparisons: atTheTop(({ label, one, l, given, p, prime }) => [
      instance(label, single(one.delta[l]), { a: single(one.a[l + 1]), y: given.Y[p] ?? [], prime }, text.equation1),
    ]),
  }),
  erratum({
    id: "A.4 softmax",
    source: "A",
    place: "2.1, where equation 1 does not hold",
    latex:
      "\\delta^L = J^{\\mathsf T}(\\mathbf{a}^L - \\mathbf{y}) \\ne (\\mathbf{a}^L - \\mathbf{y}) \\odot \\sigma'(\\mathbf{z}^L)\\ \\text{for a softmax output}",
    corrected: () => softmaxTops(({ label, left, a, y }) => instance(label, left, { a, y }, text.throughJacobian)),
    printed: () => softmaxTops(({ label, left, a, y }) => instance(label, left, { a, y, prime: a.map((each) => each * (1 - each)) }, text.equation1)),
  }),
  equation({
    id: "A.5",
    source: "A",
    place: "2.2, equation 2",
    latex: "\\delta^l = \\left((\\mathbf{w}^{l+1})^{\\mathsf T}\\delta^{l+1}\\right)\\odot\\sigma'(\\mathbf{z}^l)",
    comparisons: below((place) => {
      const { label, one, l, given } = place;
      const left = single(one.delta[l]);
      const jacobian = jacobianOf(affine(given.W[l + 1] ?? [], given.b[l + 1] ?? []), single(one.a[l + 1]));
      const facts = above(place);
      return [
        instance(label, left, facts, text.equation2),
        instance(`${label}, Jacobian form`, left, { jacobian, delta: facts.delta, prime: facts.prime }, text.jacobianForm),
        instance(`${label}, terms`, left, facts, text.chainTerms),
      ];
    }),
  }),
  erratum({
    id: "A.5 erratum 2.2",
    source: "A",
    place: "2.2, last display",
    latex:
      "\\left[\\sum_{i=1}^{m} \\frac{\\partial C}{\\partial z_i^{l+1}}\\frac{\\partial z_i^{l+1}}{\\partial a_j^l}\\frac{\\partial a_j^l}{\\partial z_j^l}\\right]_j\\ \\text{is one column}",
    corrected: below((place) => [instance(place.label, single(place.one.delta[place.l]), above(place), text.chainTerms)]),
    printed: below((place) => [instance(place.label, single(place.one.delta[place.l]), above(place), text.chainMatrix)]),
  }),
  equation({
    id: "A.6",
    source: "A",
    place: "2.3, equation 3",
    latex: "\\frac{\\partial C}{\\partial b_j^l} = \\delta_j^l,\\quad \\nabla_b C = \\delta^l",
    comparisons: () => [
      ...everywhere(({ label, one, l }) => [instance(label, one.db[l] ?? [], { delta: single(one.delta[l]) }, text.equation3)])(),
      ...batches(({ label, byBias, delta, meanDelta }) => [
        instance(`${label}, mean`, byBias, { delta }, text.batchBias),
        instance(`${label}, δ of the mean cost`, byBias, { delta: meanDelta }, text.columnSums),
      ]),
    ],
  }),
  equation({
    id: "A.7",
    source: "A",
    place: "2.4, equation 4",
    latex: "\\frac{\\partial C}{\\partial w_{jk}^l} = a_k^{l-1}\\delta_j^l,\\quad \\nabla_w C = \\delta^l (\\mathbf{a}^{l-1})^{\\mathsf T}",
    comparisons: () => [
      ...everywhere(({ label, one, l }) => [instance(label, (one.dW[l] ?? []).flat(), { a: single(one.a[l]), delta: single(one.delta[l]) }, text.equation4)])(),
      ...batches(({ label, byWeights, a, delta, meanDelta }) => [
        instance(`${label}, mean`, byWeights, { a, delta }, text.batchWeights),
        instance(`${label}, δ of the mean cost`, byWeights, { a, delta: meanDelta }, text.transposedProduct),
      ]),
    ],
  }),
  erratum({
    id: "A.7 erratum 2.4",
    source: "A",
    place: "2.4, the row vector of the product",
    latex: "\\delta^l (\\mathbf{a}^{l-1})^{\\mathsf T}\\ \\text{begins with}\\ a_1^{l-1},\\ \\text{not}\\ a_1^l",
    corrected: everywhere(({ label, one, l }) => [
      instance(label, (one.dW[l] ?? []).flat(), { a: single(one.a[l]), delta: single(one.delta[l]) }, text.equation4),
    ]),
    printed: everywhere(({ label, one, l }) => [
      instance(
        label,
        (one.dW[l] ?? []).flat(),
        { a: [at(single(one.a[l + 1]), 0), ...single(one.a[l]).slice(1)], delta: single(one.delta[l]) },
        text.equation4,
      ),
    ]),
  }),
  equation({
    id: "A.8",
    source: "A",
    place: "2.3, 2.4",
    latex:
      "\\frac{\\partial z_j^l}{\\partial b_j^l} = 1,\\quad \\frac{\\partial z_j^l}{\\partial w_{jk}^l} = a_k^{l-1},\\quad \\frac{\\partial z_i^l}{\\partial w_{jk}^l} = 0\\ (i \\ne j)",
    comparisons: () =>
      everywhere(
        ({ label, given, one, l }) => {
          const [w, b, a] = [given.W[l] ?? [], given.b[l] ?? [], single(one.a[l])];
          const input = tensor([...a]);
          const byBias = jacobianOf((bias) => add(matmul(tensor(w.map((each) => [...each])), input), bias), b).flat();
          const byWeight = jacobianOf((flat) => add(matmul(reshape(flat, { shape: [w.length, a.length] }), input), tensor([...b])), w.flat()).flat();
          return [instance(`${label}, bias`, byBias, { m: w.length }, text.byBias), instance(`${label}, weights`, byWeight, { a, m: w.length }, text.byWeight)];
        },
        ({ p }) => p === 0,
      )(),
  }),
];

interface Top {
  readonly label: string;
  readonly left: readonly number[];
  readonly a: readonly number[];
  readonly y: readonly number[];
}

/** The top of networks with a softmax output under half squares. */
function softmaxTops(visit: (top: Top) => Comparison): Comparison[] {
  return over(everyHidden({ output: "softmax" }), (given) =>
    runEach(given, halfSquares).map((one, p) => visit({ label: `example ${p}`, left: single(one.delta.at(-1)), a: single(one.a.at(-1)), y: given.Y[p] ?? [] })),
  );
}

interface Batch {
  readonly label: string;
  readonly byWeights: readonly number[];
  readonly byBias: readonly number[];
  /** a^{l-1} of all examples, δ^l of the single examples and of the mean cost. */
  readonly a: Matrix;
  readonly delta: Matrix;
  readonly meanDelta: Matrix;
}

/** Each layer under the mean cost: the tape's gradients, and what the two forms over a batch read. */
function batches(visit: (batch: Batch) => readonly Comparison[]): Comparison[] {
  return over(everyActivation(), (given) => {
    const { gradients, deltas } = tapeDeltas(given.net, quadratic, given.x, given.y);
    const { a, delta } = run(given, halfSquares);
    return gradients.layers.flatMap(({ W, b }, l) =>
      visit({
        label: `layer ${l + 1}`,
        byWeights: rowsOf(W).flat(),
        byBias: Array.from(values(b)),
        a: a[l] ?? [],
        delta: delta[l] ?? [],
        meanDelta: rowsOf(deltas[l] as Tensor),
      }),
    );
  });
}
