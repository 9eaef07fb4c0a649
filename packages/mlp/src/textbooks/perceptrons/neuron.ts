import { type Tensor, add, grad, item, mul, sigmoid, square, sub, tensor } from "@nabla/autodiff";
import { type Vector, at } from "../numbers.ts";
import { type Row, type Verdict, equation, instance, measured } from "../row.ts";
import { crossEntropy } from "../tape.ts";
import * as text from "./equations.ts";

const source = "E" as const;

/** A cost of the output of one neuron. */
export type NeuronCost = (sigma: Tensor, y: number) => Tensor;

/** (58). */
export const squares: NeuronCost = (s, y) => mul(0.5, square(sub(y, s)));
/** (61). */
export const entropy: NeuronCost = (s, y) => crossEntropy(s, tensor(y));

/** Cost, ∂C/∂w and ∂C/∂b of one sigmoid neuron by the tape. */
export function neuronByTape({ w, b, x, y }: text.Neuron, cost: NeuronCost): number[] {
  const of = (weight: Tensor, bias: Tensor): Tensor => cost(sigmoid(add(mul(weight, x), bias)), y);
  const [byW, byB] = grad((given: readonly [Tensor, Tensor]) => of(...given))([tensor(w), tensor(b)]);
  return [item(of(tensor(w), tensor(b))), item(byW), item(byB)];
}

const neurons = [-2, -0.5, 0.8, 4].flatMap((w) => [0, 1, 0.3].map((y): text.Neuron => ({ w, b: 0.25, x: 0.9, y })));
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

function slow(cost: "squares" | "entropy", gradient: (neuron: text.Neuron) => Vector, byTape: NeuronCost): Verdict {
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

export const neuronRows: readonly Row[] = [
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
        const [cost = Number.NaN, byW = Number.NaN, byB = Number.NaN] = neuronByTape(given, entropy);
        const label = `w = ${given.w}, y = ${given.y}`;
        return [
          instance(`${label}, (63) to (65), (70)`, [byW, byW, byW, byW], given, text.neuronSteps),
          instance(`${label}, (71), (73)`, [byW, byB], given, text.neuronCrossEntropy),
          instance(`${label}, (59) = (71) σ'`, neuronByTape(given, squares).slice(1), given, text.slowedCrossEntropy),
          instance(`${label}, (61)`, [cost], given, text.neuronCost),
        ];
      }),
      ...[-800, 800].flatMap((z) =>
        [0, 1].map((y) => {
          const [b, x] = [20, -2];
          const given = { w: (z - b) / x, b, x, y };
          return instance(`z = ${z}, y = ${y}`, neuronByTape(given, entropy), given, text.neuronFarOut);
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
];
