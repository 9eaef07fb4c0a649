import { type Tensor, add, concat, item, log, matmul, mul, neg, ones, reshape, slice, sqrt, square, sub, sum, tensor } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { forward } from "../../pass.ts";
import { type Vector, at, vector } from "../numbers.ts";
import { functionAt } from "../places.ts";
import { type Comparison, type Row, equation, erratum, instance, measured, over } from "../row.ts";
import { type Sample, bothTargets, everyActivation, everyHidden, sample } from "../sample.ts";
import { type Run, type Terms, halfSquares, jacobianOf, run } from "../tape.ts";
import * as text from "./equations.ts";

import {
  type Swept,
  gradient,
  hiddenPoints,
  lastPoints,
  line1,
  lines2and3,
  logLikelihood,
  points,
  slopes,
  softmaxOutputs,
  sources,
  swept,
  weights,
  withoutOutputs,
} from "./sweep.ts";
import { limits } from "./limits.ts";

const source = "B" as const;

/** Networks of one output, of two layers with several, and of sigmoids alone. */
const oneOutput = (): Sample[] => everyActivation({ sizes: [3, 4, 2, 1] });
const twoLayers = (outputs: number): Sample[] => everyActivation({ sizes: [3, 4, outputs] });
const sigmoids = (): Sample[] => bothTargets({ hidden: "sigmoid" });

/** The 2-2-1 network on the four points of XOR. */
function xor(): { given: Sample; whole: Run; w: Vector; h: Vector; y: Vector } {
  const base = sample({ sizes: [2, 2, 1], hidden: "sigmoid", m: 4 });
  const X = [[0, 0], [0, 1], [1, 0], [1, 1]]; // prettier-ignore
  const Y = [[0], [1], [1], [0]];
  const given: Sample = { ...base, label: "2-2-1 on XOR", x: tensor(X), y: tensor(Y), X, Y };
  const whole = run(given, logLikelihood);
  return { given, whole, w: sources(given, 1).map((row) => at(row, 0)), h: (whole.a[2] ?? []).map((row) => at(row, 0)), y: [0, 1, 1, 0] };
}

function equation15(count: number): Comparison[] {
  const { given, whole, w, h, y } = xor();
  const facts = { w, x: given.X.slice(0, count), a: (whole.a[1] ?? []).slice(0, count), y: y.slice(0, count), h: h.slice(0, count) };
  return [instance(given.label, gradient(whole, 0), facts, text.equation15)];
}

/** dc/dh of the four costs that start the recursion; a logarithm wants outputs between 0 and 1. */
const starts: readonly { name: string; terms: Terms; samples(): Sample[]; slope(h: number, y: number): number }[] = [
  { name: "half squares", terms: halfSquares, samples: everyActivation, slope: (h, y) => h - y },
  { name: "(12)", terms: logLikelihood, samples: () => everyHidden({ output: "sigmoid" }), slope: (h, y) => y / h - (1 - y) / (1 - h) },
  { name: "-y log h", terms: (h, y) => neg(mul(y, log(h))), samples: () => everyHidden({ output: "sigmoid" }), slope: (h, y) => -y / h },
  {
    name: "sqrt(1 + (y - h)^2)",
    terms: (h, y) => sqrt(add(1, square(sub(y, h)))),
    samples: everyActivation,
    slope: (h, y) => (h - y) / Math.sqrt(1 + (y - h) ** 2),
  },
];

export const backpropagationRows: readonly Row[] = [
  equation({
    id: "B.1",
    source,
    place: "(1)",
    latex: "z_{n_{l+1}}^{p,l+1} = w_{0 n_{l+1}}^l + \\sum_{n_l=1}^{N_l} w_{n_l n_{l+1}}^l f(z_{n_l}^{p,l})",
    comparisons: () =>
      over(everyActivation(), (given) => {
        const { z, a } = run(given, halfSquares);
        return given.W.flatMap((_, l) =>
          given.X.map((__, p) => {
            const left = [...(z[l]?.[p] ?? []), ...(a[l + 1]?.[p] ?? [])];
            const facts = { w: weights(given, l), a: a[l]?.[p] ?? [], f: functionAt(given, l).f };
            return instance(`layer ${l + 1}, point ${p}`, left, facts, text.equation1);
          }),
        );
      }),
  }),
  equation({
    id: "B.2",
    source,
    place: "(2)",
    latex: "C = \\sum_{p=1}^{P}\\sum_{n_L=1}^{N_L} c(y_{n_L}^p, h_{n_L}^p)",
    comparisons: () =>
      starts.flatMap(({ name, terms, samples }) =>
        over(samples(), (given) => {
          const h = forward(given.net, given.x).a.at(-1) as Tensor;
          return [instance(name, [run(given, terms).value], { c: rowsOf(terms(h, given.y)) }, text.equation2)];
        }),
      ),
  }),
  equation({
    id: "B.3",
    source,
    place: "(3) to (8)",
    latex:
      "\\frac{\\partial c_{n_L}^p}{\\partial w_{n_l n_{l+1}}^l} = \\frac{\\partial c_{n_L}^p}{\\partial z_{n_{l+1}}^{p,l+1}} a_{n_l}^{p,l},\\quad \\frac{\\partial z_{n_{l+2}}^{p,l+2}}{\\partial z_{n_{l+1}}^{p,l+1}} = w_{n_{l+1} n_{l+2}}^{l+1} f'(z_{n_{l+1}}^{p,l+1})",
    comparisons: () => over([...everyActivation(), ...everyHidden({ output: "softmax" })], splitting),
  }),
  equation({
    id: "B.4",
    source,
    place: "(9), (10)",
    latex:
      "\\frac{\\partial c_{n_L}^p}{\\partial z_{n_{l-1}}^{p,l-1}} = f'(z_{n_{l-1}}^{p,l-1})\\sum_{n_l=1}^{N_l} w_{n_{l-1} n_l}^{l-1}\\frac{\\partial c_{n_L}^p}{\\partial z_{n_l}^{p,l}},\\quad \\frac{\\partial C}{\\partial w_{n_{l-2} n_{l-1}}^{l-2}} = \\sum_p a_{n_{l-2}}^{p,l-2}\\sum_{n_L}\\frac{\\partial c_{n_L}^p}{\\partial z_{n_{l-1}}^{p,l-1}}",
    comparisons: () =>
      over([...everyActivation(), ...everyHidden({ output: "softmax" })], (given) => {
        const one = swept(given, halfSquares);
        const sums = points(one, ({ label, whole, l, p, d }) => [instance(`${label}, over outputs`, whole.delta[l]?.[p] ?? [], { d }, text.overOutputs)]);
        return [...line1(one), ...sums, ...withoutOutputs(given, one.whole), ...lines2and3(one)];
      }),
  }),
  equation({
    id: "B.5",
    source,
    place: "(11)",
    latex: "\\frac{\\partial c^p}{\\partial z_{n_{L-1}}^{p,L-1}} = f'(z_{n_{L-1}}^{p,L-1})\\, w_{n_{L-1}}^{L-1}\\frac{\\partial c^p}{\\partial z^{p,L}}",
    comparisons: () =>
      over(oneOutput(), (given) => {
        const one = swept(given, halfSquares);
        return [...line11(one, (l) => l === given.W.length - 2), ...line1(one), ...lines2and3(one)];
      }),
  }),
  erratum({
    id: "B.5 erratum (11)",
    source,
    place: "(11) line 1, below the last hidden layer",
    latex: "\\text{for } l < L \\text{ the sum over } n_l \\text{ stays, also with one output}",
    corrected: () => over(oneOutput(), (given) => line1(swept(given, halfSquares))),
    printed: () => over(oneOutput(), (given) => line11(swept(given, halfSquares), (l) => l < given.W.length - 2)),
  }),
  equation({
    id: "B.6",
    source,
    place: "(12), (13)",
    latex: "\\frac{\\partial c_{n_L}^p}{\\partial z_{n_L}^{p,L}} = y_{n_L}^p - h_{n_L}^p = d_{n_L}^p,\\quad f' = a(1-a)",
    comparisons: () =>
      over(sigmoids(), (given) => {
        const one = swept(given, logLikelihood);
        const { whole } = one;
        const h = forward(given.net, given.x).a.at(-1) as Tensor;
        const outputs = whole.a.at(-1) ?? [];
        return [
          ...rowsOf(logLikelihood(h, given.y)).map((c, p) => instance(`(12), point ${p}`, c, { y: given.Y[p] ?? [], h: outputs[p] ?? [] }, text.equation12)),
          ...lastPoints(one, ({ label, p, d, a }) => [instance(label, d.flat(), { y: given.Y[p] ?? [], h: a }, text.equation13)]),
          ...hiddenPoints(one, ({ label, D, l, p, d, a }) => [
            instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], a }, text.equation13line2),
          ]),
          ...lines2and3(one),
          instance("C = -P E", [whole.value], { y: given.Y, h: outputs }, text.asCrossEntropy),
          instance(
            "gradients likewise",
            whole.dW.flatMap((w, l) => [...w.flat(), ...(whole.db[l] ?? [])]),
            { w: given.W, b: given.b, x: given.X, y: given.Y },
            text.asCrossEntropyGradient,
          ),
        ];
      }),
  }),
  measured({
    id: "B.6 maximised",
    source,
    place: "section 3, the sign of (12)",
    kind: "measured",
    latex: "C(w + \\eta\\,\\nabla C) > C(w)",
    check: () => {
      const given = sample();
      const { value, dW, db } = run(given, logLikelihood);
      const stepped = given.net.parameters.layers.map(({ W, b }, l) => ({
        W: add(W, mul(1e-3, tensor((dW[l] ?? []).map((row) => [...row])))),
        b: add(b, mul(1e-3, tensor([...(db[l] ?? [])]))),
      }));
      const after = item(sum(logLikelihood(forward(given.net, given.x, { layers: stepped }).a.at(-1) as Tensor, given.y)));
      return {
        passes: after > value,
        number: after - value,
        bound: 0,
        detail: `C from ${value.toFixed(6)} to ${after.toFixed(6)} by a step of 0.001 along the gradient`,
      };
    },
  }),
  equation({
    id: "B.7",
    source,
    place: "(14)",
    latex: "\\frac{\\partial C}{\\partial w_{q n_1}^0} = \\sum_{p=1}^P x_q^p\\sum_{n_2=1}^{N_2}\\frac{\\partial c_{n_2}^p}{\\partial z_{n_1}^{p,1}}",
    comparisons: () =>
      over([...twoLayers(1), ...twoLayers(5)], (given) => {
        const one = swept(given, halfSquares);
        return [...line1(one), instance("lines 2, 3", gradient(one.whole, 0), { a: given.X, d: one.D[0] ?? [] }, text.lines2and3)];
      }),
  }),
  erratum({
    id: "B.7 erratum (14)",
    source,
    place: "(14) line 1, with several outputs",
    latex: "\\sum_{n_l} w_{n_1 n_l}^1 \\frac{\\partial c_{n_2}}{\\partial z_{n_l}},\\ \\text{not}\\ \\frac{\\partial c_{n_2}}{\\partial z_{n_2}}",
    corrected: () => over(twoLayers(5), (given) => line1(swept(given, halfSquares))),
    printed: () =>
      over(twoLayers(5), (given) =>
        hiddenPoints(swept(given, halfSquares), ({ label, D, l, p, d, prime }) => [
          instance(label, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], prime }, text.equation14printed),
        ]),
      ),
  }),
  equation({
    id: "B.8",
    source,
    place: "(15)",
    latex: "\\frac{\\partial C}{\\partial w_{q n_1}^0} = w_{n_1}^1\\sum_{p=1}^P x_q^p a_{n_1}^{p,1}(1 - a_{n_1}^{p,1})(y^p - h^p)",
    comparisons: () => equation15(4),
  }),
  erratum({
    id: "B.8 erratum (15)",
    source,
    place: "(15), the sum over points",
    latex: "\\sum_{p=1}^{P},\\ \\text{not}\\ \\sum_{p=1}^{2}",
    corrected: () => equation15(4),
    printed: () => equation15(2),
  }),
  equation({
    id: "B.9",
    source,
    place: "the start of (9) to (11)",
    latex: "\\frac{\\partial c_n}{\\partial z_m^L} = [m=n]\\frac{dc}{dh_n}f'(z_n);\\ \\text{softmax: } \\frac{dc}{dh_n}h_n([m=n] - h_m)",
    comparisons: () =>
      starts.flatMap(({ name, terms, samples, slope }) => [
        ...over(samples(), (given) =>
          lastPoints(swept(given, terms), ({ label, p, d, a, prime }) => [
            instance(`${name}, ${label}`, d.flat(), { slope: slopes(slope, a, given.Y[p]), prime }, text.seed),
          ]),
        ),
        ...softmaxOutputs(terms, ({ label, given, p, d, a }) => [
          instance(`${name}, ${label}`, d.flat(), { slope: slopes(slope, a, given.Y[p]), h: a }, text.softmaxSeed),
        ]),
      ]),
  }),
  equation({
    id: "B.10",
    source,
    place: "section 5, last words",
    latex: "\\frac{\\partial C}{\\partial w_{n_1}^1} = \\sum_p a_{n_1}^{p,1}(y^p - h^p)",
    comparisons: () => {
      const { given, whole, h, y } = xor();
      return [instance(given.label, gradient(whole, 1), { a: whole.a[1] ?? [], y, h }, text.closing)];
    },
  }),
  ...limits,
];

/** (11) line 1 at the layers that are chosen. */
const line11 = (one: Swept, chosen: (l: number) => boolean): Comparison[] =>
  hiddenPoints(one, ({ label, given, D, l, p, d, prime }) =>
    chosen(l) ? [instance(`${label}, (11)`, d.flat(), { w: sources(given, l + 1), d: D[l + 1]?.[p] ?? [], prime }, text.equation11)] : [],
  );

/** Half squares of output n alone. */
const halfSquaresOf: readonly Terms[] = vector(5, (n) => n).map((n) => (a, y) => slice(halfSquares(a, y), { start: [0, n], end: [a.shape[0] ?? 0, n + 1] }));

/** (3) to (8), point by point and output by output. */
function splitting(given: Sample): Comparison[] {
  const one = swept(given, halfSquares);
  const outputs = given.Y[0]?.length ?? 0;
  const alone = given.X.map((_, p) => halfSquaresOf.slice(0, outputs).map((terms) => run(given, terms, [p])));
  return given.W.flatMap((_, l) => [
    instance(`layer ${l + 1}, (3)`, gradient(one.whole, l), { each: alone.map((runs) => runs.map((each) => gradient(each, l))) }, text.equation3),
    ...given.X.flatMap((__, p) => {
      const label = `layer ${l + 1}, point ${p}`;
      const a = one.whole.a[l]?.[p] ?? [];
      const w = weights(given, l);
      const count = w[0]?.length ?? 0;
      const z = (flat: Tensor): Tensor => matmul(concat([ones([1]), tensor([...a])], { axis: 0 }), reshape(flat, { shape: [w.length, count] }));
      const single = (alone[p] ?? []).map((each, n) =>
        instance(`${label}, output ${n}, (4)`, gradient(each, l), { d: (one.D[l]?.[p] ?? []).map((row) => at(row, n)), a }, text.equation4),
      );
      const own = [...single, instance(`${label}, (5), (6)`, jacobianOf(z, w.flat()).flat(), { a, count }, text.equations5and6)];
      if (l === given.W.length - 1) return own;
      const above = sources(given, l + 1);
      const before = one.whole.z[l]?.[p] ?? [];
      const activation = given.net.layers[l]?.activation;
      const next = (each: Tensor): Tensor => matmul(activation?.of(each) ?? each, tensor(above.map((row) => [...row])));
      const jacobian = jacobianOf(next, before);
      return [
        ...own,
        instance(`${label}, (7)`, (one.D[l]?.[p] ?? []).flat(), { d: one.D[l + 1]?.[p] ?? [], jacobian }, text.equation7),
        instance(`${label}, (8)`, jacobian.flat(), { w: above, prime: before.map(functionAt(given, l).prime) }, text.equation8),
      ];
    }),
  ]);
}
