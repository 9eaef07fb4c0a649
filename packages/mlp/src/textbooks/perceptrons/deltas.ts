import { type Tensor, item, jacobian, log, matmul, mul, neg, sum, tensor, values, zeros } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { tapeDeltas } from "../../compare.ts";
import { forward } from "../../pass.ts";
import { type Matrix, type Vector, at, vector } from "../numbers.ts";
import { type Place, places, single } from "../places.ts";
import { type Comparison, type Row, different, equation, erratum, exponent, instance, measured, over, tolerance } from "../row.ts";
import { type Sample, everyActivation, everyHidden } from "../sample.ts";
import { type Run, type Terms, crossEntropy, halfSquares, jacobianOf, run, runEach } from "../tape.ts";
import { costs, everyNetwork } from "./costs.ts";
import * as text from "./equations.ts";
import { neuronByTape, squares } from "./neuron.ts";

const source = "E" as const;

const categorical: Terms = (a, y) => neg(mul(y, log(a)));

type Visit = (place: Place) => readonly Comparison[];

/** Every layer, or those that fit, of every sample of networks of both kinds: of three different widths, and the text's own. */
const everywhere = (visit: Visit, fits: (place: Place) => boolean = () => true): Comparison[] =>
  over(everyNetwork(), (given) => places(given, halfSquares).filter(fits).flatMap(visit));

/** The output layers of networks under a cost. */
const tops = (samples: readonly Sample[], terms: Terms, visit: Visit): Comparison[] =>
  over(samples, (given) =>
    places(given, terms)
      .filter(({ last }) => last)
      .flatMap(visit),
  );

/** The output layers under each cost that fits, with ∂C/∂a: any activation under (17), sigmoid under (19). */
const outputs = (visit: (place: Place, byA: Vector) => readonly Comparison[]): Comparison[] =>
  costs.flatMap(({ name, terms, samples, byA }) =>
    tops(samples(), terms, (place) => visit(place, slopesAt(place, byA)).map((each) => ({ ...each, label: `${name}, ${each.label}` }))),
  );

/** The output layers of networks with a softmax output, whatever is below. */
const softmaxOutputs = (visit: Visit, terms: Terms = halfSquares): Comparison[] => tops(everyHidden({ output: "softmax" }), terms, visit);
const softmaxOneHot = (visit: Visit, terms: Terms): Comparison[] => tops(everyHidden({ output: "softmax" }).filter(({ targets }) => targets === "one-hot"), terms, visit); // prettier-ignore

const a = ({ one, l }: Place): Vector => single(one.a[l + 1]);
const delta = ({ one, l }: Place): Vector => single(one.delta[l]);
const target = ({ given, p }: Place): Vector => given.Y[p] ?? [];
const slopesAt = (place: Place, byA: (a: number, y: number) => number): number[] => a(place).map((each, j) => byA(each, at(target(place), j)));
/** What softmax would have on the diagonal alone. */
const softmaxPrime = (place: Place): number[] => a(place).map((each) => each * (1 - each));
/** What an equation between two layers reads. */
const between = ({ given, one, l, prime }: Place): { w: Matrix; delta: Vector; prime: Vector } => ({
  w: given.W[l + 1] ?? [],
  delta: single(one.delta[l + 1]),
  prime,
});
const firstOf3553 = (right: typeof text.equation42): Comparison[] =>
  over(everyActivation({ sizes: [3, 5, 5, 3] }), (given) =>
    places(given, halfSquares)
      .filter(({ l }) => l === 0)
      .map((place) => instance(`${place.label}, (42)`, delta(place), between(place), right)),
  );

/** ∂z^{l+1}/∂z^l by the tape. */
function jacobianBetween({ given, one, l }: Place): Matrix {
  const activation = given.net.layers[l]?.activation;
  const w = tensor((given.W[l + 1] ?? []).map((row) => [...row]));
  return jacobianOf((z) => matmul(w, activation?.of(z) ?? z), single(one.z[l]));
}

export const deltaRows: readonly Row[] = [
  equation({
    id: "E.11",
    source,
    place: "(24) to (30)",
    latex:
      "\\delta_j^L = \\frac{\\partial C}{\\partial z_j^L} = \\sum_k\\frac{\\partial C}{\\partial a_k^L}\\frac{\\partial a_k^L}{\\partial z_j^L} = \\frac{\\partial C}{\\partial a_j^L}\\sigma'(z_j^L)",
    comparisons: () => [
      ...outputs((place, byA) => [
        instance(`${place.label}, (27)`, delta(place), { byA, local: text.diagonal(place.prime) }, text.equation27),
        instance(`${place.label}, (30)`, delta(place), { byA, prime: place.prime }, text.equation31),
      ]),
      ...softmaxOutputs((place) => [
        instance(`${place.label}, (27)`, delta(place), { byA: slopesAt(place, text.bySquares), local: text.softmaxLocal(a(place)) }, text.equation27),
      ]),
      ...averages(),
    ],
  }),
  erratum({
    id: "E.11 erratum (28)",
    source,
    place: '(27) to (28), "of course"',
    latex: "\\partial a_k^L/\\partial z_j^L = 0 \\text{ unless } j = k:\\ \\text{not for softmax}",
    corrected: () =>
      softmaxOutputs((place) => [
        instance(place.label, delta(place), { byA: slopesAt(place, text.bySquares), local: text.softmaxLocal(a(place)) }, text.equation27),
      ]),
    printed: () =>
      softmaxOutputs((place) => [instance(place.label, delta(place), { byA: slopesAt(place, text.bySquares), prime: softmaxPrime(place) }, text.equation31)]),
  }),
  equation({
    id: "E.12",
    source,
    place: "(31) to (35)",
    latex: "\\delta^L = \\nabla_a C \\odot \\sigma'(\\mathbf z^L) = M_L \\nabla_a C",
    comparisons: () => [
      ...outputs((place, byA) => [
        instance(`${place.label}, (31)`, delta(place), { byA, prime: place.prime }, text.equation31),
        instance(`${place.label}, (35)`, delta(place), { byA, prime: place.prime }, text.equation35),
      ]),
      ...softmaxTops(),
    ],
  }),
  erratum({
    id: "E.12 softmax",
    source,
    place: "(31), (33), (34), where they do not hold",
    latex: "\\text{softmax: } M_L = \\operatorname{diag}(\\mathbf a) - \\mathbf a\\mathbf a^{\\mathsf T},\\ \\text{not diagonal}",
    corrected: () => softmaxTops(),
    printed: () =>
      softmaxOutputs((place) => [instance(place.label, delta(place), { byA: slopesAt(place, text.bySquares), prime: softmaxPrime(place) }, text.equation35)]),
  }),
  equation({
    id: "E.13",
    source,
    place: "(36) to (47)",
    latex: "\\delta^l = \\left[(w^{l+1})^{\\mathsf T}\\delta^{l+1}\\right]\\odot\\sigma'(\\mathbf z^l) = M_l (w^{l+1})^{\\mathsf T}\\delta^{l+1}",
    comparisons: () => [
      ...everywhere(
        (place) => {
          const facts = between(place);
          return [
            instance(`${place.label}, (40)`, jacobianBetween(place).flat(), { w: facts.w, prime: facts.prime }, text.equation40),
            instance(`${place.label}, (41)`, delta(place), facts, text.equation41),
            instance(`${place.label}, (45)`, delta(place), facts, text.equation45),
            instance(`${place.label}, (47)`, delta(place), facts, text.equation47),
          ];
        },
        ({ last }) => !last,
      ),
      ...firstOf3553(text.equation42),
    ],
  }),
  erratum({
    id: "E.13 erratum (45)",
    source,
    place: "display after (45), last factor",
    latex: "\\left(\\sum_k w_{kj}^3\\delta_k^3\\right)_j\\ \\text{is one column, not a square matrix}",
    corrected: () => firstOf3553(text.equation47),
    printed: () => firstOf3553(text.printedAfter45),
  }),
  equation({
    id: "E.14",
    source,
    place: "(48) to (55)",
    latex:
      "\\frac{\\partial C}{\\partial b_j^l} = \\delta_j^l,\\quad \\frac{\\partial C}{\\partial w_{jk}^l} = \\delta_j^l a_k^{l-1},\\quad \\frac{\\partial z_i^l}{\\partial w_{jk}^l} = 0 \\text{ unless } i = j",
    comparisons: () =>
      everywhere((place) => {
        const { label, one, given, l, p } = place;
        const facts = { delta: delta(place), a: single(one.a[l]) };
        const gradients = [
          instance(`${label}, (51)`, one.db[l] ?? [], { delta: facts.delta }, text.equation51),
          instance(`${label}, (55)`, (one.dW[l] ?? []).flat(), facts, text.equation55),
        ];
        if (p > 0) return gradients;
        const w = given.W[l] ?? [];
        const byWeight = jacobian((moved: Tensor) => matmul(moved, tensor([...facts.a])))(tensor(w.map((row) => [...row])));
        return [...gradients, instance(`${label}, ∂z/∂w`, Array.from(values(byWeight)), { a: facts.a, count: w.length }, text.equation54)];
      }),
  }),
  equation({
    id: "E.20",
    source,
    place: "sections 4 and 5, softmax outputs",
    latex: "C = -\\sum_j y_j\\ln a_j^L:\\quad \\delta^L = \\mathbf a^L\\sum_j y_j - \\mathbf y",
    comparisons: () => [
      ...softmaxOutputs((place) => [instance(place.label, delta(place), { a: a(place), y: target(place) }, text.softmaxDelta)], categorical),
      ...softmaxOneHot((place) => [instance(`${place.label}, a - y`, delta(place), { a: a(place), y: target(place) }, text.difference)], categorical),
    ],
  }),
  erratum({
    id: "E.20 with (19)",
    source,
    place: "(19) over softmax outputs",
    latex: "\\delta_j = r_j - a_j\\sum_k r_k,\\ r = (a-y)/(1-a):\\ \\text{not } a - y",
    corrected: () => softmaxOutputs((place) => [instance(place.label, delta(place), { a: a(place), y: target(place) }, text.softmaxBinaryDelta)], crossEntropy),
    printed: () => softmaxOneHot((place) => [instance(place.label, delta(place), { a: a(place), y: target(place) }, text.difference)], crossEntropy),
  }),
  exponent({
    id: "E.21",
    source,
    place: "section 8, before (26)",
    latex: "\\Delta C \\approx \\frac{\\partial C}{\\partial z_j^l}\\Delta z_j^l = \\delta_j^l\\Delta z_j^l",
    wanted: 2,
    curves: () =>
      over(everyNetwork(), (given) => {
        const width = given.W[0]?.length ?? 0;
        const cost = (moved: number, dz: number): number => {
          const offsets = given.net.layers.map(({ outputs: count }, l) =>
            l === 0 ? tensor([vector(count, (j) => (j === moved ? dz : 0))]) : zeros([1, count]),
          );
          const { a: activations } = forward(given.net, tensor([[...(given.X[0] ?? [])]]), given.net.parameters, offsets);
          return item(sum(halfSquares(activations.at(-1) as Tensor, tensor([[...(given.Y[0] ?? [])]]))));
        };
        const slopes = single(run(given, halfSquares, [0]).delta[0]);
        const remainder = (dz: number): number => Math.max(...vector(width, (j) => Math.abs(cost(j, dz) - cost(j, 0) - at(slopes, j) * dz)));
        return [{ label: "largest over z of layer 2", points: steps.map((dz) => [dz, remainder(dz)] as const) }];
      }),
  }),
  measured({
    id: "E.21 erratum section 8",
    source,
    place: 'section 8, a small derivative means "close to optimal"',
    kind: "erratum",
    latex: "y = 1,\\ z = -10:\\ \\delta = -4.5\\cdot 10^{-5},\\ C = 0.49995",
    comparisons: saturated,
    check: () => {
      const [C = Number.NaN, , byBias = Number.NaN] = saturated()[0]?.left ?? [];
      const holds = saturated().every((each) => each.residual() <= tolerance);
      return {
        passes: holds && Math.abs(byBias + 4.5e-5) < 1e-6 && Math.abs(C - 0.49995) < 1e-5,
        number: C,
        bound: different,
        detail: `saturated, not optimal: δ = ${byBias.toExponential(1)} and C = ${C.toFixed(5)}, where its least value is 0`,
      };
    },
  }),
];

/** (58) to (60) of the saturated neuron, by the tape and by hand. */
function saturated(): Comparison[] {
  const neuron = { w: 0, b: -10, x: 1, y: 1 };
  return [instance("z = -10, y = 1", neuronByTape(neuron, squares), neuron, text.neuronSquares)];
}

/** (35) with the full Jacobian of softmax. */
const softmaxTops = (): Comparison[] =>
  softmaxOutputs((place) => [
    instance(`${place.label}, (35) with M = diag(a) - a aᵀ`, delta(place), { byA: slopesAt(place, text.bySquares), a: a(place) }, text.equation35softmax),
  ]);

/** So small that no relu of a sample, whose |z| are above 1e-3, meets its kink. */
const steps = [4e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5];

/** The display below (25): the gradient of the mean cost is the mean over the samples, every weight and bias. */
function averages(): Comparison[] {
  const flat = ({ value: C, dW, db }: Pick<Run, "value" | "dW" | "db">): number[] => [C, ...dW.flat(2), ...db.flat()];
  return costs.flatMap(({ name, mean, terms, samples }) =>
    over(samples(), (given) => {
      const { value, gradients } = tapeDeltas(given.net, mean, given.x, given.y);
      const left = flat({ value, dW: gradients.layers.map(({ W }) => rowsOf(W)), db: gradients.layers.map(({ b }) => Array.from(values(b))) });
      return [instance(`${name}, mean over samples`, left, { each: runEach(given, terms).map(flat) }, text.meanOver)];
    }),
  );
}
