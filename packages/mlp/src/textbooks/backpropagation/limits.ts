import { type Tensor, log, mean, mul, sqrt, square, sub, sum } from "@nabla/autodiff";

import { forward } from "../../network.ts";
import { at, vector } from "../numbers.ts";
import { type Row, erratum, instance } from "../row.ts";
import { rowsOf, sample } from "../sample.ts";
import { type Terms, halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

import { gradient, hiddenPoints, lastPoints, logLikelihood, slopes, softmaxOutput, sources, swept, withoutOutputs } from "./sweep.ts";

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
    corrected: () => withoutOutputs(sample(), run(sample(), norms)),
    printed: () => {
      const h = forward(sample().net, sample().x).a.at(-1) as Tensor;
      return [instance("a norm as a sum of terms", [run(sample(), norms).value], { c: rowsOf(sqrt(square(sub(h, sample().y)))) }, text.equation2)];
    },
  }),
  erratum({
    id: "B.2 points that meet",
    source,
    place: "where (2), (3) do not hold",
    latex: "C = \\sum_n \\operatorname{Var}_p h_n^p:\\ \\text{the recursion holds for}\\ \\partial C/\\partial z\\ \\text{of the whole cost}",
    corrected: () => withoutOutputs(sample(), run(sample(), spread)),
    printed: () => {
      const given = sample();
      const alone = given.X.map((_, p) => run(given, spread, [p]));
      return given.W.map((_, l) =>
        instance(`layer ${l + 1}, points one by one`, gradient(run(given, spread), l), { each: alone.map((one) => [gradient(one, l)]) }, text.equation3),
      );
    },
  }),
  erratum({
    id: "B.3 softmax hidden",
    source,
    place: "where (8) and line 1 do not hold",
    latex: "\\text{softmax in a hidden layer: } \\sum_k w_{k t}\\,\\partial a_k/\\partial z_s\\ \\text{in place of}\\ w_{s t} f'(z_s)",
    corrected: () =>
      hiddenPoints(swept(sample({ hidden: "softmax", output: "sigmoid" }), halfSquares), ({ label, given, D, l, p, d, a }) => [
        instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], a }, text.throughJacobian),
      ]),
    printed: () =>
      hiddenPoints(swept(sample({ hidden: "softmax", output: "sigmoid" }), halfSquares), ({ label, given, D, l, p, d, a }) => [
        instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], prime: a.map((each) => each * (1 - each)) }, text.line1),
      ]),
  }),
  erratum({
    id: "B.9 softmax output",
    source,
    place: "where the seed [m = n] does not hold",
    latex: "\\partial c_n/\\partial z_m \\ne 0\\ \\text{for}\\ m \\ne n\\ \\text{under softmax}",
    corrected: () =>
      lastPoints(softmaxOutput(halfSquares), ({ label, given, p, d, a }) => [
        instance(label, d.flat(), { slope: slopes((h, y) => h - y, a, given.Y[p]), h: a }, text.softmaxSeed),
      ]),
    printed: () =>
      lastPoints(softmaxOutput(halfSquares), ({ label, given, p, d, a }) => [
        instance(label, d.flat(), { slope: slopes((h, y) => h - y, a, given.Y[p]), prime: a.map((h) => h * (1 - h)) }, text.seed),
      ]),
  }),
  erratum({
    id: "B.6 softmax output",
    source,
    place: "where (13) line 1 does not hold",
    latex: "\\text{softmax with } c_n = y_n\\log h_n:\\ y_n([m=n] - h_m),\\ \\text{over } n:\\ y_m - h_m\\ \\text{if}\\ \\textstyle\\sum y = 1",
    corrected: () => {
      const terms: Terms = (h, y) => mul(y, log(h));
      return [
        ...lastPoints(softmaxOutput(terms), ({ label, given, p, d, a }) => [instance(label, d.flat(), { y: given.Y[p] ?? [], h: a }, text.logSoftmaxSeed)]),
        ...lastPoints(softmaxOutput(terms, "one-hot"), ({ label, given, whole, l, p, a }) => [
          instance(label, whole.delta[l]?.[p] ?? [], { y: given.Y[p] ?? [], h: a }, ({ y, h }) => vector(h.length, (m) => at(y, m) - at(h, m))),
        ]),
      ];
    },
    printed: () =>
      lastPoints(softmaxOutput(logLikelihood), ({ label, given, p, d, a }) => [instance(label, d.flat(), { y: given.Y[p] ?? [], h: a }, text.equation13)]),
  }),
];
