import { type Row, equation, instance, over } from "../row.ts";
import { type Sample, everyActivation, everyHidden } from "../sample.ts";
import { type Run, crossEntropy, halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

/** The texts' networks, with biases and without. */
const networks = (biases: boolean): Sample[] =>
  [
    [3, 4, 2, 5],
    [3, 5, 5, 3],
    [2, 2, 1],
  ].flatMap((sizes) => everyActivation({ sizes, biases }));

/** The tape's gradient of S, weights then biases, layer by layer; without biases the weights alone. */
const gradientOf = ({ dW, db }: Run, biases: boolean): number[] => dW.flatMap((W, l) => [...W.flat(), ...(biases ? (db[l] ?? []) : [])]);

const facts = ({ W, b, X, Y, hidden }: Sample): text.Given => ({ W, b, X, Y, f: (z) => hidden.f(z), prime: (z) => hidden.prime(z) });

export const together: readonly Row[] = [
  equation({
    id: "X.1",
    source: "X",
    place: "costs of the five texts",
    latex: "N C_A = C_B = \\sum C_C = \\sum e_D = m C_E;\\quad L_D = -C_B = m C_E",
    comparisons: () => [
      ...over([...networks(true), ...networks(false)], (given) => {
        const { value, a } = run(given, halfSquares);
        return [instance("half squares", [value, value, value, value, value], { a: a.at(-1) ?? [], y: given.Y }, text.halfSquares)];
      }),
      ...over([...everyHidden({ output: "sigmoid" }), ...everyHidden({ output: "sigmoid", biases: false })], (given) => {
        const { value, a } = run(given, crossEntropy);
        return [instance("cross-entropy", [value, value, value], { a: a.at(-1) ?? [], y: given.Y }, text.crossEntropy)];
      }),
    ],
  }),
  equation({
    id: "X.2",
    source: "X",
    place: "gradients of the five texts",
    latex: "N\\,\\nabla C_A = \\nabla C_B = \\sum\\nabla C_C = \\sum\\nabla e_D = m\\,\\nabla C_E",
    comparisons: () => [
      ...over(networks(true), (given) => {
        const left = gradientOf(run(given, halfSquares), true);
        return [
          instance("text A", left, facts(given), text.byMehrotra),
          instance("text B", left, facts(given), text.byBackpropagation),
          instance("text C", left, facts(given), text.byBasics),
          instance("text E", left, facts(given), text.byPerceptrons),
        ];
      }),
      ...over(networks(false), (given) => [instance("text D", gradientOf(run(given, halfSquares), false), facts(given), text.byDerivation)]),
    ],
  }),
];
