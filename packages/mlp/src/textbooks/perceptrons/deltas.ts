import { type Tensor, add, item, jacobian, log, matmul, mul, neg, sub, sum, tensor, zeros } from "@nabla/autodiff";
import { tapeDeltas } from "../../compare.ts";
import { binaryCrossEntropy, quadratic } from "../../cost.ts";
import { forward } from "../../network.ts";
import { type Matrix, type Vector, at, matrix, vector } from "../numbers.ts";
import { type Comparison, type Row, equation, erratum, exponent, instance, measured } from "../row.ts";
import { type Sample, elementwiseSamples, rowsOf, sample } from "../sample.ts";
import { type Run, type Terms, halfSquares, jacobianOf, runEach } from "../tape.ts";
import * as text from "./equations.ts";

const source = "E" as const;

/** The terms of (19), one per output. */
export const crossEntropy: Terms = (a, y) => neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a)))));
const categorical: Terms = (a, y) => neg(mul(y, log(a)));

/** ∂C/∂a of one output of one sample. */
const costs: readonly { readonly name: string; readonly terms: Terms; byA(a: number, y: number): number }[] = [
  { name: "(17)", terms: halfSquares, byA: (a, y) => a - y },
  { name: "(19)", terms: crossEntropy, byA: (a, y) => (a - y) / (a * (1 - a)) },
];

/** One layer of one sample; `l` is 0 for the text's layer 2. */
interface Spot {
  readonly label: string;
  readonly given: Sample;
  readonly one: Run;
  readonly l: number;
  readonly p: number;
  readonly a: Vector;
  readonly y: Vector;
  readonly prime: Vector;
}

const first = (rows: Matrix | undefined): Vector => rows?.[0] ?? [];

function spots(given: Sample, terms: Terms): Spot[] {
  return runEach(given, terms).flatMap((one, p) =>
    given.W.map((_, l) => {
      const f = l === given.W.length - 1 && given.output !== "softmax" ? given.output : given.hidden;
      const base = { label: `${given.label}, layer ${l + 2}, sample ${p}`, given, one, l, p };
      return { ...base, a: first(one.a[l + 1]), y: given.Y[p] ?? [], prime: first(one.z[l]).map(f.prime) };
    }),
  );
}

const isLast = ({ l, given }: Spot): boolean => l === given.W.length - 1;
const open = (): Spot[] => elementwiseSamples().flatMap((given) => spots(given, halfSquares));
const byA = ({ a, y }: Spot, slope: (a: number, y: number) => number): number[] => vector(a.length, (j) => slope(at(a, j), at(y, j)));
const between = ({ given, one, l, prime }: Spot): { w: Matrix; delta: Vector; prime: Vector } => ({
  w: given.W[l + 1] ?? [],
  delta: first(one.delta[l + 1]),
  prime,
});
const delta = ({ one, l }: Spot): Vector => first(one.delta[l]);

/** The output layer under each cost that fits: sigmoid under both, the others under half squares. */
const outputs = (): { spot: Spot; byA: Vector }[] => [
  ...costs.flatMap(({ terms, byA: slope }) => spots(sample(), terms).filter(isLast).map((spot) => ({ spot, byA: byA(spot, slope) }))),
  ...open().filter(isLast).map((spot) => ({ spot, byA: byA(spot, (a, y) => a - y) })),
]; // prettier-ignore

const softmaxOutputs = (terms: Terms = halfSquares, targets: "one-hot" | "between 0 and 1" = "between 0 and 1"): Spot[] =>
  spots(sample({ hidden: "tanh", output: "softmax", targets }), terms).filter(isLast);
const softmaxPrime = ({ a }: Spot): number[] => a.map((each) => each * (1 - each));
const local = (a: Vector, prime: Vector | undefined): number[][] =>
  prime === undefined ? matrix(a.length, a.length, (k, j) => at(a, k) * (Number(k === j) - at(a, j))) : text.diagonal(prime);
const oneHalf = (a: number, y: number): number => a - y;

/** ∂z^{l+1}/∂z^l by the tape. */
function jacobianBetween({ given, one, l }: Spot): Matrix {
  const activation = given.net.layers[l]?.activation;
  const w = tensor((given.W[l + 1] ?? []).map((row) => [...row]));
  return jacobianOf((z) => matmul(w, activation?.of(z) ?? z), first(one.z[l]));
}

export const deltaRows: readonly Row[] = [
  equation({
    id: "E.11",
    source,
    place: "(24) to (30)",
    latex:
      "\\delta_j^L = \\frac{\\partial C}{\\partial z_j^L} = \\sum_k\\frac{\\partial C}{\\partial a_k^L}\\frac{\\partial a_k^L}{\\partial z_j^L} = \\frac{\\partial C}{\\partial a_j^L}\\sigma'(z_j^L)",
    comparisons: () => [
      ...outputs().flatMap(({ spot, byA: gradient }) => [
        instance(`${spot.label}, (27)`, delta(spot), { byA: gradient, local: local(spot.a, spot.prime) }, text.equation27),
        instance(`${spot.label}, (30)`, delta(spot), { byA: gradient, prime: spot.prime }, text.equation31),
      ]),
      ...softmaxOutputs().map((spot) =>
        instance(`${spot.label}, (27)`, delta(spot), { byA: byA(spot, oneHalf), local: local(spot.a, undefined) }, text.equation27),
      ),
      ...averages(),
    ],
  }),
  erratum({
    id: "E.11 erratum (28)",
    source,
    place: '(27) to (28), "of course"',
    latex: "\\partial a_k^L/\\partial z_j^L = 0 \\text{ unless } j = k:\\ \\text{not for softmax}",
    corrected: () =>
      softmaxOutputs().map((spot) => instance(spot.label, delta(spot), { byA: byA(spot, oneHalf), local: local(spot.a, undefined) }, text.equation27)),
    printed: () => softmaxOutputs().map((spot) => instance(spot.label, delta(spot), { byA: byA(spot, oneHalf), prime: softmaxPrime(spot) }, text.equation31)),
  }),
  equation({
    id: "E.12",
    source,
    place: "(31) to (35)",
    latex: "\\delta^L = \\nabla_a C \\odot \\sigma'(\\mathbf z^L) = M_L \\nabla_a C",
    comparisons: () => [
      ...outputs().flatMap(({ spot, byA: gradient }) => [
        instance(`${spot.label}, (31)`, delta(spot), { byA: gradient, prime: spot.prime }, text.equation31),
        instance(`${spot.label}, (35)`, delta(spot), { byA: gradient, prime: spot.prime }, text.equation35),
      ]),
      ...softmaxOutputs().map((spot) =>
        instance(`${spot.label}, (35) with M = diag(a) - a aᵀ`, delta(spot), { byA: byA(spot, oneHalf), a: spot.a }, text.equation35softmax),
      ),
    ],
  }),
  erratum({
    id: "E.12 softmax",
    source,
    place: "(31), (33), (34), where they do not hold",
    latex: "\\text{softmax: } M_L = \\operatorname{diag}(\\mathbf a) - \\mathbf a\\mathbf a^{\\mathsf T},\\ \\text{not diagonal}",
    corrected: () => softmaxOutputs().map((spot) => instance(spot.label, delta(spot), { byA: byA(spot, oneHalf), a: spot.a }, text.equation35softmax)),
    printed: () => softmaxOutputs().map((spot) => instance(spot.label, delta(spot), { byA: byA(spot, oneHalf), prime: softmaxPrime(spot) }, text.equation35)),
  }),
  equation({
    id: "E.13",
    source,
    place: "(36) to (47)",
    latex: "\\delta^l = \\left[(w^{l+1})^{\\mathsf T}\\delta^{l+1}\\right]\\odot\\sigma'(\\mathbf z^l) = M_l (w^{l+1})^{\\mathsf T}\\delta^{l+1}",
    comparisons: () => [
      ...open().filter((spot) => !isLast(spot)).flatMap((spot) => {
        const facts = between(spot);
        return [
          instance(`${spot.label}, (40)`, jacobianBetween(spot).flat(), { w: facts.w, prime: facts.prime }, text.equation40),
          instance(`${spot.label}, (41)`, delta(spot), facts, text.equation41),
          instance(`${spot.label}, (45)`, delta(spot), facts, text.equation45),
          instance(`${spot.label}, (47)`, delta(spot), facts, text.equation47),
        ];
      }),
      ...spots(sample({ sizes: [3, 5, 5, 3] }), halfSquares).filter(({ l }) => l === 0).map((spot) => instance(`${spot.label}, (42)`, delta(spot), between(spot), text.equation42)),
    ], // prettier-ignore
  }),
  erratum({
    id: "E.13 erratum (45)", source, place: "display after (45), last factor",
    latex: "\\left(\\textstyle\\sum_k w_{kj}^3\\delta_k^3\\right)_j\\ \\text{is one column, not a square matrix}",
    corrected: () => spots(sample({ sizes: [3, 5, 5, 3] }), halfSquares).filter(({ l }) => l === 0).map((spot) => instance(spot.label, delta(spot), between(spot), text.equation47)),
    printed: () => spots(sample({ sizes: [3, 5, 5, 3] }), halfSquares).filter(({ l }) => l === 0).map((spot) => instance(spot.label, delta(spot), between(spot), text.printedAfter45)),
  }), // prettier-ignore
  equation({
    id: "E.14",
    source,
    place: "(48) to (55)",
    latex:
      "\\frac{\\partial C}{\\partial b_j^l} = \\delta_j^l,\\quad \\frac{\\partial C}{\\partial w_{jk}^l} = \\delta_j^l a_k^{l-1},\\quad \\frac{\\partial z_i^l}{\\partial w_{jk}^l} = 0 \\text{ unless } i = j",
    comparisons: () => [
      ...open().flatMap((spot) => {
        const facts = { delta: delta(spot), a: first(spot.one.a[spot.l]) };
        return [
          instance(`${spot.label}, (51)`, spot.one.db[spot.l] ?? [], { delta: facts.delta }, text.equation51),
          instance(`${spot.label}, (55)`, (spot.one.dW[spot.l] ?? []).flat(), facts, text.equation55),
        ];
      }),
      ...spots(sample(), halfSquares).map((spot) => {
        const [w, a] = [spot.given.W[spot.l] ?? [], first(spot.one.a[spot.l])];
        const byWeight = jacobian((given: Tensor) => matmul(given, tensor([...a])))(tensor(w.map((row) => [...row])));
        const right = (facts: { a: Vector; count: number }): number[] =>
          vector(facts.count, (i) => i).flatMap((i) => matrix(facts.count, facts.a.length, (j, k) => (i === j ? at(facts.a, k) : 0)).flat());
        return instance(`${spot.label}, ∂z/∂w`, Array.from(byWeight.data ?? []), { a, count: w.length }, right);
      }),
    ],
  }),
  equation({
    id: "E.20",
    source,
    place: "sections 4 and 5, softmax outputs",
    latex: "C = -\\sum_j y_j\\ln a_j^L:\\quad \\delta^L = \\mathbf a^L\\textstyle\\sum_j y_j - \\mathbf y",
    comparisons: () => [
      ...softmaxOutputs(categorical).map((spot) => instance(spot.label, delta(spot), { a: spot.a, y: spot.y }, text.softmaxDelta)),
      ...softmaxOutputs(categorical, "one-hot").map((spot) =>
        instance(`${spot.label}, a - y`, delta(spot), { a: spot.a, y: spot.y }, ({ a, y }) => vector(a.length, (j) => at(a, j) - at(y, j))),
      ),
    ],
  }),
  erratum({
    id: "E.20 with (19)",
    source,
    place: "(19) over softmax outputs",
    latex: "\\delta_j = r_j - a_j\\textstyle\\sum_k r_k,\\ r = (a-y)/(1-a):\\ \\text{not } a - y",
    corrected: () => softmaxOutputs(crossEntropy).map((spot) => instance(spot.label, delta(spot), { a: spot.a, y: spot.y }, text.softmaxBinaryDelta)),
    printed: () =>
      softmaxOutputs(crossEntropy, "one-hot").map((spot) =>
        instance(spot.label, delta(spot), { a: spot.a, y: spot.y }, ({ a, y }) => vector(a.length, (j) => at(a, j) - at(y, j))),
      ),
  }),
  exponent({
    id: "E.21",
    source,
    place: "section 8, before (26)",
    latex: "\\Delta C \\approx \\frac{\\partial C}{\\partial z_j^l}\\Delta z_j^l = \\delta_j^l\\Delta z_j^l",
    wanted: 2,
    points: () => {
      const given = sample();
      const one = spots(given, halfSquares)[0] as Spot;
      const cost = (dz: number): number => {
        const offsets = given.net.layers.map(({ outputs: count }, l) => (l === 0 ? tensor([vector(count, (j) => (j === 1 ? dz : 0))]) : zeros([1, count])));
        return item(
          sum(
            halfSquares(
              forward(given.net, tensor([[...(given.X[0] ?? [])]]), given.net.parameters, offsets).a.at(-1) as Tensor,
              tensor([[...(given.Y[0] ?? [])]]),
            ),
          ),
        );
      };
      return [0.4, 0.2, 0.1, 0.05, 0.02, 0.01].map((dz): [number, number] => [dz, Math.abs(cost(dz) - cost(0) - at(delta(one), 1) * dz)]);
    },
  }),
  measured({
    id: "E.21 erratum section 8",
    source,
    place: 'section 8, a small derivative means "close to optimal"',
    kind: "erratum",
    latex: "y = 1,\\ z = -10:\\ \\delta = -4.5\\cdot 10^{-5},\\ C = 0.49995",
    check: () => {
      const [C = 0, , byBias = 0] = text.neuronSquares({ w: 0, b: -10, x: 1, y: 1 });
      return {
        passes: Math.abs(byBias + 4.5e-5) < 1e-6 && Math.abs(C - 0.49995) < 1e-5,
        number: byBias,
        bound: 0,
        detail: `saturated, not optimal: C = ${C.toFixed(5)} where its least value is 0`,
      };
    },
  }),
];

/** The display below (25): the gradient of the mean cost is the mean over the samples, every weight and bias. */
function averages(): Comparison[] {
  return [
    { cost: quadratic, terms: halfSquares },
    { cost: binaryCrossEntropy, terms: crossEntropy },
  ].map(({ cost, terms }) => {
    const given = sample();
    const { value, gradients } = tapeDeltas(given.net, cost, given.x, given.y);
    const flat = ({ value: C, dW, db }: Pick<Run, "value" | "dW" | "db">): number[] => [C, ...dW.flat(2), ...db.flat()];
    const left = flat({ value, dW: gradients.layers.map(({ W }) => rowsOf(W)), db: gradients.layers.map(({ b }) => Array.from(b.data ?? [])) });
    return instance(`${cost.name}, mean over samples`, left, { each: runEach(given, terms).map(flat) }, text.meanOver);
  });
}
