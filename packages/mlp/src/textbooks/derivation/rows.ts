import { type Tensor, grad, greaterEqual, item, mul, relu, sin, square, sum, tensor, where } from "@nabla/autodiff";
import { type Matrix, matrix } from "../numbers.ts";
import { type Place, functionAt, places, single } from "../places.ts";
import { type Comparison, type Row, equation, erratum, exponent, instance, measured, over } from "../row.ts";
import { type Sample, bothTargets, everyActivation, everyHidden, sample } from "../sample.ts";
import { crossEntropy, halfSquares, jacobianOf, run, runEach } from "../tape.ts";
import * as text from "./equations.ts";

/** The library's weights, target first, as the notes have them: source first. */
const flipped = (W: Matrix): number[][] => matrix(W[0]?.length ?? 0, W.length, (i, j) => W[j]?.[i] ?? Number.NaN);

const samples = (): Sample[] => everyActivation({ biases: false });
const everywhere = (instances: (place: Place) => readonly Comparison[]): Comparison[] => over(samples(), (of) => places(of, halfSquares).flatMap(instances));
const logistic = (): Sample[] => bothTargets({ sizes: [4, 3], hidden: "sigmoid", biases: false });
/** Outputs between 0 and 1, whatever is below. */
const logisticOutputs = (): Sample[] => everyHidden({ output: "sigmoid", biases: false });

const functionsOf = (of: Sample) => ({ g: of.W.map((_, l) => functionAt(of, l).f), prime: of.W.map((_, l) => functionAt(of, l).prime) });
const given = (of: Sample, p: number) => ({ w: of.W.map(flipped), input: of.X[p] ?? [], y: of.Y[p] ?? [], ...functionsOf(of) });

/** The nets of 2.2 and 3.6: three layers of h to h, one example. */
const widths = [4, 8, 16, 32];
const net = (h: number): Sample => sample({ sizes: [h, h, h, h], hidden: "sigmoid", biases: false, m: 1 });
const weightsOf = ({ W }: Sample): number => W.flat(2).length;

/** 2.2 in one of these nets: its gradient by differences, with what that took. */
const differencesIn = (of: Sample, step: number): text.Differences => text.differences({ w: of.W.map(flipped), ...functionsOf(of), X: of.X, Y: of.Y, step });

/** Multiply-adds of differences in each of these nets, counted while they run. */
let counted: readonly number[] | undefined;
const differenceCounts = (): readonly number[] => (counted ??= widths.map((h) => differencesIn(net(h), 1e-6).count));

/** What one-sided differences of a cost are off from the tape's gradient, for one step; the largest over the weights. */
function differenceError(of: Sample, step: number): number {
  const exact = run(of, crossEntropy).dW.flatMap((dW) => flipped(dW).flat());
  return Math.max(...differencesIn(of, step).gradient.map((each, i) => Math.abs(each - (exact[i] ?? Number.NaN))));
}

/** Multiply-adds of one sweep of 3.6, counted while it runs. */
function sweepCounts(of: Sample): text.Swept["counts"] & { readonly all: number } {
  const { counts } = text.algorithm(given(of, 0));
  return { ...counts, all: counts.forward + counts.deltas + counts.gradients };
}

export const derivation: readonly Row[] = [
  equation({
    id: "D.1",
    source: "D",
    place: "1.1",
    latex: "S_j = \\sum_i w_{ij} x_i,\\quad x_j = g(S_j),\\quad \\frac{\\partial L}{\\partial w_{ij}} = \\sum_X (o_j - y_j)\\, x_i",
    comparisons: () => [
      ...everywhere(({ label, given: of, one, l }) => [
        instance(label, [...single(one.z[l]), ...single(one.a[l + 1])], { w: flipped(of.W[l] ?? []), x: single(one.a[l]), g: functionAt(of, l).f }, text.layer),
      ]),
      ...over(logistic(), (of) => {
        const { dW, a } = run(of, crossEntropy);
        return [instance("logistic regression", flipped(dW[0] ?? []).flat(), { o: a[1] ?? [], y: of.Y, x: of.X }, text.logisticGradient)];
      }),
    ],
  }),
  equation({
    id: "D.2",
    source: "D",
    place: "2.1",
    latex: "L = -\\sum_X \\left(y \\log o + (1 - y)\\log(1 - o)\\right)",
    comparisons: () => [...logLosses(text.crossEntropy), ...logLosses(text.negativeLogLikelihood)],
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
    id: "D.3",
    source: "D",
    place: "2.2",
    latex: "\\frac{L(w + \\Delta w) - L(w)}{\\Delta w} - \\frac{\\partial L}{\\partial w} = O(\\Delta w)",
    wanted: 1,
    curves: () =>
      over(logisticOutputs(), (of) => [{ label: "largest error", points: [1e-2, 1e-3, 1e-4, 1e-5].map((step) => [step, differenceError(of, step)] as const) }]),
  }),
  measured({
    id: "D.3 best step",
    source: "D",
    place: "2.2",
    kind: "measured",
    latex: "\\text{the error is least near}\\ \\Delta w = 10^{-8}",
    check: () => {
      // Half a decade apart, on one example each: over many examples L is a longer sum, and rounds more.
      const steps = Array.from({ length: 13 }, (_, i) => 10 ** -(5 + i / 2));
      const best = everyHidden({ output: "sigmoid", biases: false, m: 1 }).map((of) => {
        const errors = steps.map((step) => differenceError(of, step));
        return steps[errors.indexOf(Math.min(...errors))] ?? Number.NaN;
      });
      const number = Math.exp(best.reduce((total, each) => total + Math.log(each), 0) / best.length);
      return {
        passes: number >= 1e-9 && number <= 1e-7,
        number,
        bound: 1e-8,
        detail: `least at steps from ${Math.min(...best).toExponential(0)} to ${Math.max(...best).toExponential(0)} on ${best.length} networks, in the geometric mean at ${number.toExponential(0)}; within a decade of 1e-8`,
      };
    },
  }),
  exponent({
    id: "D.3 cost",
    source: "D",
    place: "2.2",
    latex: "\\text{multiply-adds of differences, counted: } O(n^2)",
    wanted: 2,
    curves: () => [{ label: "differences", points: differenceCounts().map((count, i) => [weightsOf(net(widths[i] ?? 0)), count] as const) }],
  }),
  measured({
    id: "D.3 count",
    source: "D",
    place: "2.2",
    kind: "count",
    latex: "\\text{multiply-adds of differences: } (n + 1)\\,n",
    check: () => {
      const found = differenceCounts();
      const wanted = widths.map((h) => (weightsOf(net(h)) + 1) * weightsOf(net(h)));
      return {
        passes: found.join() === wanted.join(),
        number: found.at(-1) ?? Number.NaN,
        bound: wanted.at(-1) ?? Number.NaN,
        detail: `counted ${found.join(", ")} for ${widths.map((h) => weightsOf(net(h))).join(", ")} weights`,
      };
    },
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
      everywhere(({ label, given: of, one, l, p, prime, last }) => {
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
    comparisons: () => recursions(text.recursion),
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
      over(samples(), (of) =>
        runEach(of, halfSquares).map((one, p) =>
          instance(
            `example ${p}`,
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
    latex: "\\text{multiply-adds of backpropagation, counted: linear in the number of weights}",
    wanted: 1,
    curves: () => [{ label: "backpropagation", points: widths.map((h) => [weightsOf(net(h)), sweepCounts(net(h)).all] as const) }],
  }),
  exponent({
    id: "D.7 nodes",
    source: "D",
    place: "3.6",
    latex: "\\text{and quadratic in the number of nodes}",
    wanted: 2,
    curves: () => [{ label: "backpropagation", points: widths.map((h) => [4 * h, sweepCounts(net(h)).all] as const) }],
  }),
  measured({
    id: "D.7 count",
    source: "D",
    place: "3.6",
    kind: "count",
    latex: "\\text{multiply-adds: } n\\ \\text{forward},\\ n\\ \\text{for the gradients},\\ n - n_1\\ \\text{for the deltas}",
    check: () => {
      const all = [...widths.map(net), sample({ biases: false })].map((of) => ({ n: weightsOf(of), first: of.W[0]?.flat().length ?? 0, ...sweepCounts(of) }));
      const last = all[widths.length - 1];
      return {
        passes: all.every(({ n, first, forward, deltas, gradients }) => forward === n && gradients === n && deltas === n - first),
        number: last?.all ?? Number.NaN,
        bound: last === undefined ? Number.NaN : 3 * last.n - last.first,
        detail: `counted ${all
          .slice(0, -1)
          .map((each) => each.all)
          .join(", ")} for ${all
          .slice(0, -1)
          .map(({ n }) => n)
          .join(", ")} weights`,
      };
    },
  }),
  equation({
    id: "D.8",
    source: "D",
    place: "1.2",
    latex: "O_i = g\\left(\\sum_j w_{ji}^{(2)}\\, g\\left(\\sum_k w_{kj}^{(1)} x_k\\right)\\right)",
    comparisons: () => [...twoLayerNets([3, 4, 2], text.twoLayers), ...twoLayerNets([3, 3, 3], text.twoLayers)],
  }),
  erratum({
    id: "D.8 erratum 1.2",
    source: "D",
    place: "1.2",
    latex: "w_{ji}^{(2)}, w_{kj}^{(1)},\\ \\text{not}\\ w_{ij}, w_{jk}:\\ \\text{the source comes first}",
    // Indices in the wrong order read past the end unless the matrices are square.
    corrected: () => twoLayerNets([3, 3, 3], text.twoLayers),
    printed: () => twoLayerNets([3, 3, 3], text.twoLayersPrinted),
  }),
  equation({
    id: "D.9",
    source: "D",
    place: "1.2",
    latex: "(x\\, w^{(1)})\\, w^{(2)} = x\\, (w^{(1)} w^{(2)})",
    comparisons: () =>
      over([sample({ sizes: [5, 2, 4], hidden: "identity", biases: false })], (of) => {
        const { a } = run(of, halfSquares);
        return of.X.map((x, p) =>
          instance(`example ${p}`, a[2]?.[p] ?? [], { first: flipped(of.W[0] ?? []), second: flipped(of.W[1] ?? []), x }, text.oneStage),
        );
      }),
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
      return {
        passes: found === 2,
        number: found,
        bound: 2,
        detail: `rank ${found} of the 5×4 map from inputs to outputs of a 5-2-4 network without activations`,
      };
    },
  }),
  measured({
    id: "D.10",
    source: "D",
    place: "2",
    kind: "measured",
    latex: "w_{\\mathrm{new}} = w_{\\mathrm{old}} - \\eta\\, \\nabla_w L",
    check: () => {
      const ratios = logisticOutputs().map((of) => {
        const before = run(of, crossEntropy);
        const eta = 1e-4;
        const layers = of.W.map((W, l) => ({
          W: tensor(W.map((row, j) => row.map((weight, k) => weight - eta * (before.dW[l]?.[j]?.[k] ?? Number.NaN)))),
          b: (of.net.parameters.layers[l] as { readonly b: Tensor }).b,
        }));
        const after = run({ ...of, net: { ...of.net, parameters: { layers } } }, crossEntropy).value;
        return (before.value - after) / before.dW.flat(2).reduce((total, each) => total + eta * each * each, 0);
      });
      const number = ratios.toSorted((p, q) => Math.abs(q - 1) - Math.abs(p - 1))[0] ?? Number.NaN;
      return {
        passes: Math.abs(number - 1) < 0.05,
        number,
        bound: 1,
        detail: `L falls by η |∇L|² to first order; by ${number.toFixed(3)} of it for the worst of ${ratios.length} networks`,
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
      const by = (from: number, to: number): number => (item(relu(tensor(to))) - item(relu(tensor(from)))) / (to - from);
      const [ours, theirs] = [slope(relu, 0), slope(printed, 0)];
      const base = item(grad((s: Tensor) => sum(halfSquares(printed(s), tensor(0.3))))(tensor(0)));
      const [forward, backward, central] = [by(0, 0.5), by(-0.5, 0), by(-0.5, 0.5)];
      const table = [
        [slope(relu, -0.5), 0],
        [slope(relu, 0.5), 1],
        [slope(printed, -0.5), 0],
        [slope(printed, 0.5), 1],
        [ours, 0],
        [theirs, 1],
        [base, -0.3],
        [forward, 1],
        [backward, 0],
        [central, 0.5],
      ];
      const right = table.filter(([got, want]) => got === want).length;
      return {
        passes: right === table.length,
        number: right,
        bound: table.length,
        detail: `at S = 0 the library's relu has g' = ${ours}, as text E; where(S ≥ 0, S, 0) has ${theirs}, and with y = 0.3 the base case -y = ${base}; differences: forward ${forward}, backward ${backward}, central ${central}`,
      };
    },
  }),
];

function logLosses(right: typeof text.crossEntropy): Comparison[] {
  return over([...logistic(), ...logisticOutputs()], (of) => {
    const { value, a } = run(of, crossEntropy);
    return [instance("L", [value], { o: a.at(-1) ?? [], y: of.Y }, right)];
  });
}

function recursions(right: typeof text.recursion): Comparison[] {
  return everywhere(({ label, given: of, one, l, prime, last }) =>
    last ? [] : [instance(label, single(one.delta[l]), { w: flipped(of.W[l + 1] ?? []), delta: single(one.delta[l + 1]), prime }, right)],
  );
}

function twoLayerNets(sizes: readonly number[], right: typeof text.twoLayers): Comparison[] {
  return over(everyActivation({ sizes, biases: false }), (of) => {
    const { a } = run(of, halfSquares);
    return of.X.map((x, p) =>
      instance(`example ${p}`, a[2]?.[p] ?? [], { first: flipped(of.W[0] ?? []), second: flipped(of.W[1] ?? []), x, g: of.hidden.f }, right),
    );
  });
}

/** The map of a network without activations, by the tape: what it makes of each unit vector. */
function mapOf(of: Sample): Matrix {
  const [n, outputs] = [of.W[0]?.[0]?.length ?? 0, of.W.at(-1)?.length ?? 0];
  return run({ ...of, x: tensor(matrix(n, n, (i, j) => Number(i === j))), y: tensor(matrix(n, outputs, () => 0)) }, halfSquares).a.at(-1) ?? [];
}
