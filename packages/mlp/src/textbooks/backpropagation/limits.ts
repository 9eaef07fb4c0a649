import { type Tensor, log, mean, mul, sqrt, square, sub, sum } from "@nabla/autodiff";

import { rowsOf } from "../../delta/matrix.ts";
import { forward } from "../../pass.ts";
import { type Comparison, type Row, erratum, instance, over } from "../row.ts";
import { everyActivation, everyHidden, everyOutput } from "../sample.ts";
import { type Terms, halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

import { gradient, hiddenPoints, lastPoints, logLikelihood, slopes, softmaxOutputs, sources, swept, withoutOutputs } from "./sweep.ts";

const source = "B" as const;

/** A norm of each point's error, and the variance of the outputs over the points. */
const norms: Terms = (a, y) => sqrt(sum(square(sub(a, y)), { axis: 1 }));
const spread: Terms = (a) => mean(square(sub(a, mean(a, { axis: 0, keepDims: true }))), { axis: 0 });

/** Where the equations do not hold, and what does. */
export const limits: readonly Row[] = [
  erratum({
    id: "B.2 outputs that meet",
    source,
    place: "where (2), (3) do not hold",
    latex: "c^p = \\|\\mathbf y^p - \\mathbf h^p\\|:\\ \\text{the recursion holds for}\\ \\partial c^p/\\partial z,\\ \\text{without } n",
    corrected: () => over(everyActivation(), (given) => withoutOutputs(given, run(given, norms))),
    printed: () =>
      over(everyActivation(), (given) => {
        const h = forward(given.net, given.x).a.at(-1) as Tensor;
        return [instance("a norm as a sum of terms", [run(given, norms).value], { c: rowsOf(sqrt(square(sub(h, given.y)))) }, text.equation2)];
      }),
  }),
  erratum({
    id: "B.2 points that meet",
    source,
    place: "where (2), (3) do not hold",
    latex: "C = \\sum_n \\operatorname{Var}_p h_n^p:\\ \\text{the recursion holds for}\\ \\partial C/\\partial z\\ \\text{of the whole cost}",
    corrected: () => over(everyActivation(), (given) => withoutOutputs(given, run(given, spread))),
    printed: () =>
      over(everyActivation(), (given) => {
        const alone = given.X.map((_, p) => run(given, spread, [p]));
        return given.W.map((_, l) =>
          instance(`layer ${l + 1}, points one by one`, gradient(run(given, spread), l), { each: alone.map((one) => [gradient(one, l)]) }, text.equation3),
        );
      }),
  }),
  erratum({
    id: "B.3 softmax hidden",
    source,
    place: "where (8) and line 1 do not hold",
    latex: "\\text{softmax in a hidden layer: } \\sum_k w_{k t}\\,\\partial a_k/\\partial z_s\\ \\text{in place of}\\ w_{s t} f'(z_s)",
    corrected: () =>
      softmaxHidden(({ label, given, D, l, p, d, a }) => [
        instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], a }, text.throughJacobian),
      ]),
    printed: () =>
      softmaxHidden(({ label, given, D, l, p, d, a }) => [
        instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], prime: a.map((each) => each * (1 - each)) }, text.line1),
      ]),
  }),
  erratum({
    id: "B.9 softmax output",
    source,
    place: "where the seed [m = n] does not hold",
    latex: "\\partial c_n/\\partial z_m \\ne 0\\ \\text{for}\\ m \\ne n\\ \\text{under softmax}",
    corrected: () =>
      softmaxOutputs(halfSquares, ({ label, given, p, d, a }) => [
        instance(label, d.flat(), { slope: slopes((h, y) => h - y, a, given.Y[p]), h: a }, text.softmaxSeed),
      ]),
    printed: () =>
      softmaxOutputs(halfSquares, ({ label, given, p, d, a }) => [
        instance(label, d.flat(), { slope: slopes((h, y) => h - y, a, given.Y[p]), prime: a.map((h) => h * (1 - h)) }, text.seed),
      ]),
  }),
  erratum({
    id: "B.6 softmax output",
    source,
    place: "where (13) line 1 does not hold",
    latex: "\\text{softmax with } c_n = y_n\\log h_n:\\ y_n([m=n] - h_m),\\ \\text{over } n:\\ y_m - h_m\\ \\text{if}\\ \\textstyle\\sum y = 1",
    corrected: () => [
      ...softmaxOutputs(logOfTrue, ({ label, given, p, d, a }) => [instance(label, d.flat(), { y: given.Y[p] ?? [], h: a }, text.logSoftmaxSeed)]),
      ...over(
        everyHidden({ output: "softmax" }).filter(({ targets }) => targets === "one-hot"),
        (given) =>
          lastPoints(swept(given, logOfTrue), ({ label, whole, l, p, a }) => [
            instance(`${label}, over n`, whole.delta[l]?.[p] ?? [], { y: given.Y[p] ?? [], h: a }, text.difference),
          ]),
      ),
    ],
    printed: () => softmaxOutputs(logLikelihood, ({ label, given, p, d, a }) => [instance(label, d.flat(), { y: given.Y[p] ?? [], h: a }, text.equation13)]),
  }),
];

/** y_n log h_n. */
const logOfTrue: Terms = (h, y) => mul(y, log(h));

/** The hidden layers of networks whose hidden layers are softmax, whatever the output. */
const softmaxHidden = (visit: Parameters<typeof hiddenPoints>[1]): Comparison[] =>
  over(everyOutput({ hidden: "softmax" }), (given) => hiddenPoints(swept(given, halfSquares), visit));
