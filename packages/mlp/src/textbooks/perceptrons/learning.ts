import {
  type Tensor,
  add,
  grad,
  hessian,
  item,
  log,
  matmul,
  mul,
  neg,
  reshape,
  sigmoid,
  slice,
  square,
  sub,
  sum as sumOf,
  tensor,
  values,
} from "@nabla/autodiff";
import { tapeDeltas } from "../../compare.ts";
import { binaryCrossEntropy } from "../../cost.ts";
import { objective } from "../../objective.ts";
import { type ScalarFunction, type Matrix, type Vector, at, functions, of, sum, vector } from "../numbers.ts";
import { type Comparison, type Row, equation, erratum, instance, measured } from "../row.ts";
import { type Sample, rowsOf, sample } from "../sample.ts";
import { halfSquares, run } from "../tape.ts";
import { crossEntropy } from "./deltas.ts";
import { eigenvalues } from "./eigenvalues.ts";
import * as text from "./equations.ts";

const source = "E" as const;
const [eta, lambda] = [0.3, 0.8];
const scalar = (name: ScalarFunction["name"]): ScalarFunction => functions.find((each) => each.name === name) ?? (functions[0] as ScalarFunction);
const flat = (given: Sample): number[] => given.W.flat(2);
const byCrossEntropy = (a: number, y: number): number => (a - y) / (a * (1 - a));

/** ∂C_0/∂w and ∂C_0/∂b of (19) by the algorithm of section 9 and (56), weights and biases of layer `l` in a row. */
function closed(given: Sample, only?: readonly number[]): number[][] {
  const picked = only ?? given.X.map((_, p) => p);
  const each = picked.map((p) => text.algorithm(startOf(given, p), text.sigma, text.equation69, byCrossEntropy));
  return given.W.map((_, l) => text.meanOver({ each: each.map((layers) => layers[l] ?? []) }));
}
const startOf = ({ W, b, X, Y }: Sample, p: number): text.Start => ({ w: W, b, x: X[p] ?? [], y: Y[p] ?? [] });
const weightsOf = (given: Sample, layers: Matrix): number[] => layers.flatMap((layer, l) => layer.slice(0, (given.W[l] ?? []).flat().length));
const biasesOf = (given: Sample, layers: Matrix): number[] => layers.flatMap((layer, l) => layer.slice((given.W[l] ?? []).flat().length));

/** The tape's gradient of (21), all weights, then all biases. */
function regularised(given: Sample): { readonly byW: number[]; readonly byB: number[]; readonly value: number } {
  const { gradients, value } = tapeDeltas(given.net, binaryCrossEntropy, given.x, given.y, lambda);
  return { byW: gradients.layers.flatMap(({ W }) => rowsOf(W).flat()), byB: gradients.layers.flatMap(({ b }) => Array.from(values(b))), value };
}

/** (23): a step on the tape's gradient, against a form of it. */
function decays(form: (facts: { w: Vector; g: Vector; eta: number; lambda: number; m: number }) => number[]): Comparison[] {
  const given = sample();
  const layers = closed(given);
  const left = regularised(given).byW.map((each, p) => at(flat(given), p) - eta * each);
  return [instance(`${given.label}, weights`, left, { w: flat(given), g: weightsOf(given, layers), eta, lambda, m: given.X.length }, form)];
}

/** One step of section 9 on a minibatch: every layer, or all but the last as printed. */
function update(given: Sample, layers: "all" | "all but the last"): Comparison {
  const batch = [0, 2, 5];
  const { dW, db } = run(given, crossEntropy, batch);
  const old = given.W.map((w, l) => [...w.flat(), ...(given.b[l] ?? [])]);
  const left = old.map((each, l) => {
    const byTape = [...(dW[l] ?? []).flat(), ...(db[l] ?? [])];
    return each.map((entry, i) => entry - (eta / batch.length) * at(byTape, i));
  });
  const facts = { w: given.W, b: given.b, x: batch.map((p) => given.X[p] ?? []), y: batch.map((p) => given.Y[p] ?? []), eta };
  const right = ({ w, b, x, y, eta: rate }: typeof facts): number[] => {
    const each = x.map((row, n) => text.algorithm({ w, b, x: row, y: y[n] ?? [] }, text.sigma, text.equation69, byCrossEntropy));
    return w.flatMap((weights, l) => {
      const before = [...weights.flat(), ...(b[l] ?? [])];
      const moved = layers === "all" || l < w.length - 1;
      return before.map((entry, i) => (moved ? entry - (rate / x.length) * sum(x.length, (n) => at(each[n]?.[l], i)) : entry));
    });
  };
  return instance(`${given.label}, ${layers} layers`, left.flat(), facts, right);
}

function subsets(m: number, n: number, from: number = 0): number[][] {
  if (n === 0) return [[]];
  return vector(m - from, (i) => from + i).flatMap((first) => subsets(m, n - 1, first + 1).map((rest) => [first, ...rest]));
}

const neurons = [-2, -0.5, 0.8, 4].flatMap((w) => [0, 1, 0.3].map((y): text.Neuron => ({ w, b: 0.25, x: 0.9, y })));
type NeuronCost = (sigma: Tensor, y: number) => Tensor;
const squares: NeuronCost = (s, y) => mul(0.5, square(sub(y, s)));
const entropy: NeuronCost = (s, y) => neg(add(mul(y, log(s)), mul(1 - y, log(sub(1, s)))));

/** Cost, ∂C/∂w and ∂C/∂b of one neuron by the tape. */
function neuronByTape({ w, b, x, y }: text.Neuron, cost: NeuronCost): number[] {
  const of = (weight: Tensor, bias: Tensor): Tensor => cost(sigmoid(add(mul(weight, x), bias)), y);
  const [byW, byB] = grad((given: readonly [Tensor, Tensor]) => of(...given))([tensor(w), tensor(b)]);
  return [item(of(tensor(w), tensor(b))), item(byW), item(byB)];
}

/** The starting weights of the appendix's slowdown, and the number of steps that each cost takes to σ(z) > 0.5. */
export const slowdown: readonly { readonly w: number; readonly squares: number; readonly entropy: number }[] = [
  { w: -2, squares: 8, entropy: 2 },
  { w: -4, squares: 36, entropy: 3 },
  { w: -6, squares: 214, entropy: 4 },
  { w: -8, squares: 1507, entropy: 5 },
];

/** How many steps of the tape's gradient take the neuron from w and b = 0 to σ(z) > 0.5, with x = y = η = 1. */
function stepsByTape(w: number, cost: NeuronCost): number {
  let [weight, b, count] = [w, 0, 0];
  for (; text.sigma(weight + b) <= 0.5 && count < 10_000; count++) {
    const [, byW = 0, byB = 0] = neuronByTape({ w: weight, b, x: 1, y: 1 }, cost);
    [weight, b] = [weight - byW, b - byB];
  }
  return count;
}

function slow(
  cost: "squares" | "entropy",
  gradient: (neuron: text.Neuron) => Vector,
  byTape: NeuronCost,
): { passes: boolean; number: number; bound: number; detail: string } {
  const found = slowdown.map(({ w }) => text.descent(gradient, w).length - 1);
  const tape = slowdown.map(({ w }) => stepsByTape(w, byTape));
  const wanted = slowdown.map((each) => each[cost]);
  return {
    passes: found.join() === wanted.join() && tape.join() === wanted.join(),
    number: at(found, 3),
    bound: at(wanted, 3),
    detail: `steps to σ > 0.5 from w = -2, -4, -6, -8: ${found.join(", ")}`,
  };
}

/** The least eigenvalue of the Hessian of a function of one vector. */
const leastEigenvalue = (f: (v: Tensor) => Tensor, where: Vector): number => Math.min(...eigenvalues(rowsOf(hessian(f)(tensor([...where])))));
const oneNeuron =
  (cost: NeuronCost, output: (z: Tensor) => Tensor, y: number) =>
  (v: Tensor): Tensor =>
    cost(output(add(mul(slice(v, { start: [0], end: [1] }), 1.3), slice(v, { start: [1], end: [2] }))), y);

export const learningRows: readonly Row[] = [
  equation({
    id: "E.9",
    source,
    place: "(20), (23)",
    latex:
      "w_p \\to w_p - \\eta\\frac{\\partial C_0}{\\partial w_p} - \\frac{\\eta\\lambda w_p}{m} = \\left(1 - \\frac{\\eta\\lambda}{m}\\right)w_p - \\eta\\frac{\\partial C_0}{\\partial w_p},\\quad b_q \\to b_q - \\eta\\frac{\\partial C_0}{\\partial b_q}",
    comparisons: () => {
      const given = sample();
      const b = given.b.flat();
      const left = regularised(given).byB.map((each, q) => at(b, q) - eta * each);
      return [
        ...decays(text.equation23),
        ...decays(text.equation23right),
        instance("biases", left, { w: b, g: biasesOf(given, closed(given)), eta }, text.equation20),
      ];
    },
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
    comparisons: () => {
      const given = sample();
      const m = given.X.length;
      const { byW } = regularised(given);
      const value = item(objective(given.net, binaryCrossEntropy, lambda)(given.net.parameters, given.x, given.y));
      const [C0 = 0] = text.equation19({ a: run(given, halfSquares).a.at(-1) ?? [], y: given.Y });
      return [
        instance("value", [value], { value: C0, w: flat(given), lambda, m }, text.equation22),
        instance("gradient", byW, { w: flat(given), g: weightsOf(given, closed(given)), lambda, m }, text.ridge),
      ];
    },
  }),
  equation({
    id: "E.15",
    source,
    place: "section 9, (56), the update",
    latex: "w_{jk}^l \\to w_{jk}^l - \\frac{\\eta}{N}\\sum_{X_n}\\frac{\\partial C_{X_n}}{\\partial w_{jk}^l},\\quad l = L, \\ldots, 2",
    comparisons: () => {
      const each = ["sigmoid", "tanh"].map((name) => scalar(name as "sigmoid" | "tanh"));
      return [
        ...each.flatMap(({ name, f, prime }) => {
          const given = sample({ hidden: name });
          return given.X.map((_, p) => {
            const { dW, db } = run(given, halfSquares, [p]);
            const left = dW.flatMap((w, l) => [...w.flat(), ...(db[l] ?? [])]);
            return instance(`${given.label}, sample ${p}, five steps`, left, startOf(given, p), (start) =>
              text.algorithm(start, f, prime, (a, y) => a - y).flat(),
            );
          });
        }),
        update(sample(), "all"),
        update(sample({ sizes: [3, 5, 5, 3] }), "all"),
      ];
    },
  }),
  erratum({
    id: "E.15 erratum section 9",
    source,
    place: "section 9, the update for l = L-1, ..., 2",
    latex: "l = L, \\ldots, 2:\\ \\text{else the output layer never learns}",
    corrected: () => [update(sample(), "all")],
    printed: () => [update(sample(), "all but the last")],
  }),
  measured({
    id: "E.15 minibatches",
    source,
    place: "(57)",
    kind: "statistics",
    latex:
      "\\nabla C \\approx \\frac{1}{N}\\sum_{X_n}\\nabla C_{X_n}:\\ \\text{mean over all subsets}\\ \\nabla C,\\ \\text{variance}\\ \\left(1 - \\frac{N}{m}\\right)\\frac{S^2}{N}",
    check: () => {
      const given = sample();
      const [m, n] = [given.X.length, 3];
      const one = given.X.map((_, p) => run(given, crossEntropy, [p]).dW.flat(2));
      const whole = run(given, crossEntropy)
        .dW.flat(2)
        .map((each) => each / m);
      const drawn = subsets(m, n).map((batch) => run(given, crossEntropy, batch).dW.flat(2).map((each) => each / n)); // prettier-ignore
      const worst = Math.max(...whole.map((full, i) => {
        const mean = sum(drawn.length, (s) => of(drawn, s, i)) / drawn.length;
        const variance = sum(drawn.length, (s) => (of(drawn, s, i) - full) ** 2) / drawn.length;
        const S2 = sum(m, (p) => (of(one, p, i) - full) ** 2) / (m - 1);
        return Math.max(Math.abs(mean - full), Math.abs(variance - ((1 - n / m) * S2) / n));
      })); // prettier-ignore
      return {
        passes: worst <= 1e-12,
        number: worst,
        bound: 1e-12,
        detail: `mean and variance of every weight's gradient over all ${drawn.length} subsets of ${n} of ${m} samples`,
      };
    },
  }),
  equation({
    id: "E.16",
    source,
    place: "(58) to (60)",
    latex: "\\frac{\\partial C}{\\partial w} = [\\sigma(z) - y]\\sigma'(z)x,\\quad \\frac{\\partial C}{\\partial b} = [\\sigma(z) - y]\\sigma'(z)",
    comparisons: () => neurons.map((given) => instance(`w = ${given.w}, y = ${given.y}`, neuronByTape(given, squares), given, text.neuronSquares)),
  }),
  measured({
    id: "E.16 slowdown",
    source,
    place: "appendix, learning slowdown",
    kind: "measured",
    latex: "\\text{half squares: steps to } \\sigma > 0.5",
    check: () => slow("squares", (neuron) => text.neuronSquares(neuron).slice(1), squares),
  }),
  equation({
    id: "E.17",
    source,
    place: "(61) to (65), (70) to (73)",
    latex: "\\frac{\\partial C}{\\partial w} = x[\\sigma(z) - y],\\quad \\frac{\\partial C}{\\partial b} = \\sigma(z) - y",
    comparisons: () => [
      ...neurons.flatMap((given) => {
        const [, byW = 0, byB = 0] = neuronByTape(given, entropy);
        const label = `w = ${given.w}, y = ${given.y}`;
        const [, slowW = 0, slowB = 0] = neuronByTape(given, squares);
        return [
          instance(`${label}, (63) to (65), (70)`, [byW, byW, byW, byW], given, text.neuronSteps),
          instance(`${label}, (71), (73)`, [byW, byB], given, text.neuronCrossEntropy),
          instance(`${label}, (59) = (71) σ'`, [slowW, slowB], given, (facts) =>
            text.neuronCrossEntropy(facts).map((each) => each * text.equation69(facts.w * facts.x + facts.b)),
          ),
          instance(`${label}, (61)`, [neuronByTape(given, entropy)[0] ?? 0], given, ({ w, b, x, y }) =>
            text.equation19({ a: [[text.sigma(w * x + b)]], y: [[y]] }),
          ),
        ];
      }),
      ...[-800, 800].flatMap((w) =>
        [0, 1].map((y) => {
          const given = { w, b: 0, x: 1, y };
          return instance(`z = ${w}, y = ${y}`, neuronByTape(given, entropy), given, (facts) => [
            Math.max(0, (1 - 2 * facts.y) * (facts.w * facts.x + facts.b)),
            ...text.neuronCrossEntropy(facts),
          ]);
        }),
      ),
    ],
  }),
  measured({
    id: "E.17 slowdown",
    source,
    place: "appendix, no learning slowdown",
    kind: "measured",
    latex: "\\text{cross-entropy: steps to } \\sigma > 0.5",
    check: () => slow("entropy", text.neuronCrossEntropy, entropy),
  }),
  measured({
    id: "E.18",
    source,
    place: "appendix, dying relu",
    kind: "measured",
    latex: "z \\le 0 \\text{ for every sample: } \\partial C/\\partial w = 0 \\text{ for the incoming and outgoing weights and the bias}",
    check: () => {
      const alive = sample({ sizes: [3, 4, 2], hidden: "relu", output: "sigmoid" });
      const dead = withBias(alive, -100);
      const ofUnit = ({ dW, db }: { dW: readonly Matrix[]; db: readonly Vector[] }, j: number): number[] => [
        ...(dW[0]?.[j] ?? []), at(db[0], j), ...(dW[1] ?? []).map((row) => at(row, j))]; // prettier-ignore
      const still = Math.max(...ofUnit(run(dead, halfSquares), 0).map(Math.abs));
      const neighbours = [1, 2, 3].some((j) => ofUnit(run(dead, halfSquares), j).some((each) => each !== 0));
      const reach = run(withBias(alive, 0), halfSquares).z[0] ?? [];
      const sorted = reach.map((row) => at(row, 0)).toSorted((p, q) => q - p);
      const one = run(withBias(alive, -(at(sorted, 0) + at(sorted, 1)) / 2), halfSquares);
      const single = (one.z[0] ?? []).filter((row) => at(row, 0) > 0).length === 1 && ofUnit(one, 0).every((each) => each !== 0);
      return {
        passes: still === 0 && neighbours && single,
        number: still,
        bound: 0,
        detail: "largest derivative of a dead unit's weights and bias; its neighbours learn, and with one sample above 0 so does it",
      };
    },
  }),
  measured({
    id: "E.22",
    source,
    place: "appendix, vanishing factors",
    kind: "measured",
    latex: "\\sigma' \\le \\tfrac14:\\ \\textstyle\\prod_l \\|M_l\\| \\le 4^{-L},\\quad \\text{relu: } 1",
    check: () => {
      const depth = 8;
      const sizes = vector(depth + 1, () => 6);
      /** The largest entry of the product of the diagonals M_l, over the depth. */
      const product = (name: "sigmoid" | "relu"): number[] => {
        const given = sample({ sizes, hidden: name, m: 1 });
        const activation = scalar(name);
        const { z } = run(given, halfSquares);
        let so = 1;
        return z.map((rows) => (so *= Math.max(...(rows[0] ?? []).map(activation.prime))));
      };
      const [sigmoids, relus] = [product("sigmoid"), product("relu")];
      const quarter = item(grad((z: Tensor) => sigmoid(z))(tensor(0)));
      const passes = quarter === 0.25 && sigmoids.every((each, l) => each <= 0.25 ** (l + 1)) && relus.every((each) => each === 1);
      return {
        passes,
        number: at(sigmoids, depth - 1),
        bound: 0.25 ** depth,
        detail: `product of the largest factors of M_l over ${depth} layers: sigmoid ${at(sigmoids, depth - 1).toExponential(1)}, relu ${at(relus, depth - 1)}`,
      };
    },
  }),
  measured({
    id: "E.23",
    source,
    place: 'section 7, "convex"',
    kind: "erratum",
    latex: "\\text{one neuron: cross-entropy over sigmoid and MSE over identity are convex; MSE over sigmoid and a 2-2-1 network are not}",
    check: () => {
      const grid = [-4, -1, 0, 0.7, 3].flatMap((w) => [-2, 0, 1.5].map((b) => [w, b]));
      const whole =
        (f: (v: Tensor) => Tensor) =>
        (v: Tensor): Tensor =>
          sumOf(f(v));
      const least = (f: (v: Tensor) => Tensor): number => Math.min(...grid.map((v) => leastEigenvalue(whole(f), v)));
      const convex = Math.min(...[0, 1].map((y) => least(oneNeuron(entropy, sigmoid, y))), least(oneNeuron(squares, (z) => z, 1)));
      const hollow = least(oneNeuron(squares, sigmoid, 1));
      const deep = leastEigenvalue(twoTwoOne, [0.4, -0.6, 0.9, 0.3, 0.1, -0.2, 0.7, -1.1, 0.2]);
      return {
        passes: convex >= -1e-15 && hollow < -1e-3 && deep < -1e-3,
        number: convex,
        bound: -1e-15,
        detail: `least eigenvalue of the Hessian: one neuron ${convex.toExponential(1)}, MSE over sigmoid ${hollow.toFixed(4)}, 2-2-1 network ${deep.toFixed(4)}`,
      };
    },
  }),
];

/** The sample with another bias for the first unit of its first layer. */
function withBias(given: Sample, bias: number): Sample {
  const { layers } = given.net.parameters;
  const b = given.b.map((row, l) => row.map((each, j) => (l === 0 && j === 0 ? bias : each)));
  return { ...given, b, net: { ...given.net, parameters: { layers: layers.map(({ W }, l) => ({ W, b: tensor([...(b[l] ?? [])]) })) } } };
}

/** Cross-entropy of a 2-2-1 sigmoid network on the points of XOR, over its nine numbers. */
function twoTwoOne(v: Tensor): Tensor {
  const part = (from: number, count: number, shape: readonly number[]): Tensor => reshape(slice(v, { start: [from], end: [from + count] }), { shape });
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]); // prettier-ignore
  const hidden = sigmoid(add(matmul(x, part(0, 4, [2, 2])), part(4, 2, [2])));
  const h = sigmoid(add(matmul(hidden, part(6, 2, [2, 1])), part(8, 1, [1])));
  return binaryCrossEntropy.of(h, tensor([[0], [1], [1], [0]]));
}
