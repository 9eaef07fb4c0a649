import { type Tensor, add, grad, greaterEqual, item, log, mul, neg, relu, sin, square, sub, sum, tensor, where } from "@nabla/autodiff";
import { type Matrix, type Vector, functions, matrix } from "../numbers.ts";
import { type Place, functionAt, places, single } from "../places.ts";
import { type Comparison, type Row, equation, erratum, exponent, instance, measured } from "../row.ts";
import { type Sample, sample } from "../sample.ts";
import { type Terms, halfSquares, jacobianOf, run, runEach } from "../tape.ts";
import * as text from "./equations.ts";

/** The library's weights, target first, as the notes have them: source first. */
const flipped = (W: Matrix): number[][] => matrix(W[0]?.length ?? 0, W.length, (i, j) => W[j]?.[i] ?? Number.NaN);

/** 2.1, entry by entry. */
const logLoss: Terms = (o, y) => neg(add(mul(y, log(o)), mul(sub(1, y), log(sub(1, o)))));

const samples = (): Sample[] => functions.map(({ name }) => sample({ hidden: name, biases: false }));
const everywhere = (): Place[] => places(samples(), halfSquares);
const logistic = (): Sample => sample({ sizes: [4, 3], hidden: "sigmoid", biases: false });

const given = (of: Sample, p: number) => ({
  w: of.W.map(flipped),
  input: of.X[p] ?? [],
  y: of.Y[p] ?? [],
  g: (s: number): number => of.hidden.f(s),
  prime: (s: number): number => of.hidden.prime(s),
});

/** The nets of 2.2 and 3.6: three layers of h to h. */
const widths = [4, 8, 16, 32];
const net = (h: number): Vector => [h, h, h, h];

/** What one-sided differences of a cost are off from the tape's gradient, for one step; the largest over the weights of a layer. */
function differenceError(step: number): number {
  const of = sample({ sizes: [3, 4, 2], hidden: "sigmoid", biases: false });
  const loss = (W: Matrix): number => {
    const net = {
      ...of.net,
      parameters: { layers: of.net.parameters.layers.map((each, l) => (l === 0 ? { ...each, W: tensor(W.map((row) => [...row])) } : each)) },
    };
    return run({ ...of, net }, logLoss).value;
  };
  const [W, exact] = [of.W[0] ?? [], run(of, logLoss).dW[0] ?? []];
  const start = loss(W);
  return Math.max(
    ...W.flatMap((row, j) =>
      row.map((_, k) => {
        const moved = W.map((each, i) => each.map((weight, c) => (i === j && c === k ? weight + step : weight)));
        return Math.abs((loss(moved) - start) / step - (exact[j]?.[k] ?? Number.NaN));
      }),
    ),
  );
}

export const derivation: readonly Row[] = [
  equation({
    id: "D.1",
    source: "D",
    place: "1.1",
    latex: "S_j = \\sum_i w_{ij} x_i,\\quad x_j = g(S_j),\\quad \\frac{\\partial L}{\\partial w_{ij}} = \\sum_X (o_j - y_j)\\, x_i",
    comparisons: () => [
      ...everywhere().map(({ label, given: of, one, l }) =>
        instance(label, [...single(one.z[l]), ...single(one.a[l + 1])], { w: flipped(of.W[l] ?? []), x: single(one.a[l]), g: functionAt(of, l).f }, text.layer),
      ),
      (() => {
        const of = logistic();
        const swept = run(of, logLoss);
        return instance("logistic regression", flipped(swept.dW[0] ?? []).flat(), { o: swept.a[1] ?? [], y: of.Y, x: of.X }, text.logisticGradient);
      })(),
    ],
  }),
  equation({
    id: "D.2",
    source: "D",
    place: "2.1",
    latex: "L = -\\sum_X \\left(y \\log o + (1 - y)\\log(1 - o)\\right)",
    comparisons: () =>
      [logistic(), sample({ hidden: "sigmoid", biases: false }), sample({ hidden: "sigmoid", biases: false, targets: "one-hot" })].flatMap((of) => {
        const { value, a } = run(of, logLoss);
        const facts = { o: a.at(-1) ?? [], y: of.Y };
        return [instance(of.label, [value], facts, text.crossEntropy), instance(`${of.label}, likelihoods`, [value], facts, text.negativeLogLikelihood)];
      }),
  }),
  erratum({
    id: "D.2 erratum 2.1",
    source: "D",
    place: "2.1",
    latex: "\\log(1 - o),\\ \\text{not}\\ \\log 1 - o",
    corrected: () => logLosses(text.crossEntropy),
    printed: () => logLosses(text.crossEntropyPrinted),
  }),
  exponent({
    id: "D.3 error",
    source: "D",
    place: "2.2",
    latex: "\\frac{L(w + \\Delta w) - L(w)}{\\Delta w} - \\frac{\\partial L}{\\partial w} = O(\\Delta w)",
    wanted: 1,
    points: () => [1e-2, 1e-3, 1e-4, 1e-5].map((step) => [step, differenceError(step)] as const),
  }),
  measured({
    id: "D.3 best step",
    source: "D",
    place: "2.2",
    kind: "measured",
    latex: "\\text{the error is least near}\\ \\Delta w = 10^{-8}",
    check: () => {
      const steps = Array.from({ length: 11 }, (_, i) => 10 ** -(i + 2));
      const errors = steps.map(differenceError);
      const best = steps[errors.indexOf(Math.min(...errors))] ?? Number.NaN;
      return {
        passes: best >= 1e-9 && best <= 1e-7,
        number: best,
        bound: 1e-8,
        detail: `least error ${Math.min(...errors).toExponential(1)} at a step of ${best.toExponential(0)}`,
      };
    },
  }),
  exponent({
    id: "D.3 cost",
    source: "D",
    place: "2.2",
    latex: "\\text{multiply-adds of differences:}\\ (n + 1)\\,n = O(n^2)",
    wanted: 2,
    points: () => widths.map((h) => [text.forwardCount(net(h)), text.differenceCount(net(h))] as const),
  }),
  equation({
    id: "D.4",
    source: "D",
    place: "3.1",
    latex: "\\frac{df}{dy} = \\frac{\\partial f}{\\partial x}\\frac{dx}{dy} + \\frac{\\partial f}{\\partial z}\\frac{dz}{dy} = 8 y \\sin y + 4 y^2 \\cos y",
    comparisons: () =>
      [0.7, -1.3, 2].map((y) => {
        const f = (x: Tensor, z: Tensor): Tensor => mul(square(x), z);
        const slope = (g: (t: Tensor) => Tensor): number => item(grad(g)(tensor(y)));
        const [fixedX, fixedZ] = [tensor(2 * y), sin(tensor(y))];
        const left = [slope((t) => f(mul(2, t), fixedZ)), slope((t) => f(fixedX, sin(t))), slope((t) => f(mul(2, t), sin(t)))];
        return instance(`y = ${y}`, left, { y }, text.twoPaths);
      }),
  }),
  equation({
    id: "D.5",
    source: "D",
    place: "3.2 to 3.4",
    latex:
      "\\delta_j = \\frac{\\partial e}{\\partial S_j},\\quad \\frac{\\partial S_j}{\\partial w_{ij}} = x_i,\\quad \\frac{\\partial e}{\\partial w_{ij}} = \\delta_j x_i,\\quad \\delta_i = (g(S_i) - y_i)\\, g'(S_i)",
    comparisons: () =>
      everywhere().flatMap(({ label, given: of, one, l, p, prime, last }): Comparison[] => {
        const [delta, x] = [single(one.delta[l]), single(one.a[l])];
        const weights = [
          instance(`${label}, S`, single(one.z[l]), { w: flipped(of.W[l] ?? []), x }, text.weighted),
          instance(`${label}, weights`, flipped(one.dW[l] ?? []).flat(), { delta, x }, text.weightGradient),
        ];
        if (!last) return weights;
        const facts = { x: single(one.a[l + 1]), y: of.Y[p] ?? [], prime };
        const y = tensor([...facts.y]);
        const f = of.net.layers[l]?.activation.of ?? ((z: Tensor) => z);
        const errors = jacobianOf((S) => halfSquares(f(S), y), single(one.z[l])).flat();
        return [...weights, instance(`${label}, base case`, delta, facts, text.baseCase), instance(`${label}, errors apart`, errors, facts, text.errorBySum)];
      }),
  }),
  equation({
    id: "D.6",
    source: "D",
    place: "3.5",
    latex: "\\delta_i^{(l-1)} = \\sum_j \\delta_j^{(l)} w_{ij}^{(l)} g'(S_i^{(l-1)})",
    comparisons: () =>
      everywhere()
        .filter(({ last }) => !last)
        .map(({ label, given: of, one, l, prime }) =>
          instance(label, single(one.delta[l]), { w: flipped(of.W[l + 1] ?? []), delta: single(one.delta[l + 1]), prime }, text.recursion),
        ),
  }),
  erratum({
    id: "D.6 erratum 3.5",
    source: "D",
    place: "3.5",
    latex: "\\delta_j^{(l)}\\ \\text{under the sum over}\\ j,\\ \\text{not}\\ \\delta_i^{(l)}",
    corrected: () => recursions(text.recursion),
    printed: () => recursions(text.recursionPrinted),
  }),
  equation({
    id: "D.7",
    source: "D",
    place: "3.6",
    latex:
      "\\text{forward;}\\ \\delta\\ \\text{of the last layer, then downwards;}\\ \\frac{\\partial e}{\\partial w_{ij}^{(l)}} = \\delta_j^{(l)} x_i^{(l-1)}",
    comparisons: () =>
      samples().flatMap((of) =>
        runEach(of, halfSquares).map((one, p) =>
          instance(
            `${of.label}, example ${p}`,
            one.delta.flatMap((delta, l) => [...single(delta), ...flipped(one.dW[l] ?? []).flat()]),
            given(of, p),
            text.everything,
          ),
        ),
      ),
  }),
  exponent({
    id: "D.7 cost",
    source: "D",
    place: "3.6",
    latex: "\\text{multiply-adds of backpropagation: linear in the number of weights}",
    wanted: 1,
    points: () => sweepCounts((h) => text.forwardCount(net(h))),
  }),
  exponent({
    id: "D.7 nodes",
    source: "D",
    place: "3.6",
    latex: "\\text{and quadratic in the number of nodes}",
    wanted: 2,
    points: () => sweepCounts((h) => 4 * h),
  }),
  equation({
    id: "D.8",
    source: "D",
    place: "1.2",
    latex: "O_i = g\\left(\\sum_j w_{ji}^{(2)}\\, g\\left(\\sum_k w_{kj}^{(1)} x_k\\right)\\right)",
    comparisons: () => twoLayerNets().map(({ label, left, ...facts }) => instance(label, left, facts, text.twoLayers)),
  }),
  erratum({
    id: "D.8 erratum 1.2",
    source: "D",
    place: "1.2",
    latex: "w_{ji}^{(2)}, w_{kj}^{(1)},\\ \\text{not}\\ w_{ij}, w_{jk}:\\ \\text{the source comes first}",
    corrected: () => twoLayerNets().map(({ label, left, ...facts }) => instance(label, left, facts, text.twoLayers)),
    printed: () => twoLayerNets().map(({ label, left, ...facts }) => instance(label, left, facts, text.twoLayersPrinted)),
  }),
  equation({
    id: "D.9",
    source: "D",
    place: "1.2",
    latex: "(x\\, w^{(1)})\\, w^{(2)} = x\\, (w^{(1)} w^{(2)})",
    comparisons: () => {
      const of = sample({ sizes: [5, 2, 4], hidden: "identity", biases: false });
      const { a } = run(of, halfSquares);
      return of.X.map((x, p) => instance(`example ${p}`, a[2]?.[p] ?? [], { first: flipped(of.W[0] ?? []), second: flipped(of.W[1] ?? []), x }, text.oneStage));
    },
  }),
  measured({
    id: "D.9 rank",
    source: "D",
    place: "1.2",
    kind: "count",
    latex: "\\operatorname{rank}(w^{(1)} w^{(2)}) \\le \\text{hidden width}",
    check: () => {
      const of = sample({ sizes: [5, 2, 4], hidden: "identity", biases: false });
      const found = text.rank(mapOf(of));
      return { passes: found === 2, number: found, bound: 2, detail: "5-2-4 without activation: the map from inputs to outputs" };
    },
  }),
  measured({
    id: "D.10",
    source: "D",
    place: "2",
    kind: "measured",
    latex: "w_{\\mathrm{new}} = w_{\\mathrm{old}} - \\eta\\, \\nabla_w L",
    check: () => {
      const of = sample({ hidden: "sigmoid", biases: false });
      const before = run(of, logLoss);
      const eta = 1e-3;
      const layers = of.W.map((W, l) => ({
        W: tensor(W.map((row, j) => row.map((weight, k) => weight - eta * (before.dW[l]?.[j]?.[k] ?? Number.NaN)))),
        b: (of.net.parameters.layers[l] as { readonly b: Tensor }).b,
      }));
      const after = run({ ...of, net: { ...of.net, parameters: { layers } } }, logLoss).value;
      const fall = before.dW.flat(2).reduce((total, each) => total + eta * each * each, 0);
      const ratio = (before.value - after) / fall;
      return {
        passes: after < before.value && Math.abs(ratio - 1) < 0.05,
        number: ratio,
        bound: 1,
        detail: `L falls from ${before.value.toFixed(4)} to ${after.toFixed(4)}, ${ratio.toFixed(3)} of η |∇L|²`,
      };
    },
  }),
  measured({
    id: "D.11",
    source: "D",
    place: "3.4",
    kind: "truth table",
    latex: "g'(S) = 1\\ \\text{if}\\ S \\ge 0\\ \\text{else}\\ 0",
    check: () => {
      const slope = (g: (s: Tensor) => Tensor, at: number): number => item(grad(g)(tensor(at)));
      const printed = (s: Tensor): Tensor => where(greaterEqual(s, 0), s, 0);
      const table = [
        [slope(relu, -0.5), 0],
        [slope(relu, 0.5), 1],
        [slope(printed, -0.5), 0],
        [slope(printed, 0.5), 1],
        [slope(relu, 0), 0],
        [slope(printed, 0), 1],
        [item(grad((s: Tensor) => sum(halfSquares(printed(s), tensor(0.3))))(tensor(0))), -0.3],
      ];
      const wrong = table.filter(([got, want]) => got !== want).length;
      return {
        passes: wrong === 0,
        number: wrong,
        bound: 0,
        detail: "at S = 0 the library's relu gives 0, as text E; where(S ≥ 0, S, 0) gives 1, and with it the base case -y holds",
      };
    },
  }),
];

function logLosses(right: typeof text.crossEntropy): Comparison[] {
  return [logistic(), sample({ hidden: "sigmoid", biases: false })].map((of) => {
    const { value, a } = run(of, logLoss);
    return instance(of.label, [value], { o: a.at(-1) ?? [], y: of.Y }, right);
  });
}

function recursions(right: typeof text.recursion): Comparison[] {
  return everywhere()
    .filter(({ last }) => !last)
    .map(({ label, given: of, one, l, prime }) =>
      instance(label, single(one.delta[l]), { w: flipped(of.W[l + 1] ?? []), delta: single(one.delta[l + 1]), prime }, right),
    );
}

/** Multiply-adds of one forward and one backward pass, by a measure of the net. */
function sweepCounts(measure: (h: number) => number): (readonly [number, number])[] {
  return widths.map((h) => {
    const of = sample({ sizes: [...net(h)], hidden: "sigmoid", biases: false, m: 1 });
    const { forward, backward, gradients } = text.algorithm(given(of, 0));
    return [measure(h), forward + backward + gradients] as const;
  });
}

function twoLayerNets(): {
  readonly label: string;
  readonly left: readonly number[];
  readonly first: Matrix;
  readonly second: Matrix;
  readonly x: Vector;
  readonly g: (s: number) => number;
}[] {
  // Indices in the wrong order read past the end unless the matrices are square.
  const sizes: readonly Vector[] = [
    [3, 4, 2],
    [3, 3, 3],
  ];
  return functions.flatMap(({ name, f }) =>
    sizes.flatMap((each) => {
      const of = sample({ sizes: each, hidden: name, biases: false });
      const { a } = run(of, halfSquares);
      return of.X.map((x, p) => ({
        label: `${of.label}, example ${p}`,
        left: a[2]?.[p] ?? [],
        first: flipped(of.W[0] ?? []),
        second: flipped(of.W[1] ?? []),
        x,
        g: f,
      }));
    }),
  );
}

/** The map of a network without activations, by the tape: what it makes of each unit vector. */
function mapOf(of: Sample): Matrix {
  const [n, outputs] = [of.W[0]?.[0]?.length ?? 0, of.W.at(-1)?.length ?? 0];
  return run({ ...of, x: tensor(matrix(n, n, (i, j) => Number(i === j))), y: tensor(matrix(n, outputs, () => 0)) }, halfSquares).a.at(-1) ?? [];
}
