import { crossEntropy } from "../perceptrons/deltas.ts";
import { type Row, equation, instance } from "../row.ts";
import { type Sample, elementwiseSamples, sample } from "../sample.ts";
import { type Run, halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

/** The texts' networks, with biases and without, the output being a function of one entry. */
const networks = (biases: boolean): Sample[] =>
  [
    [3, 4, 2, 5],
    [3, 5, 5, 3],
    [2, 2, 1],
  ].flatMap((sizes) => (["sigmoid", "softplus"] as const).map((hidden) => sample({ sizes, hidden, biases })));

/** The tape's gradient of S, weights then biases, layer by layer; without biases the weights alone. */
const gradientOf = ({ dW, db }: Run, biases: boolean): number[] => dW.flatMap((W, l) => [...W.flat(), ...(biases ? (db[l] ?? []) : [])]);

const facts = ({ W, b, X, Y, hidden }: Sample): text.Given => ({ W, b, X, Y, f: (z) => hidden.f(z), prime: (z) => hidden.prime(z) });

export const together: readonly Row[] = [
  equation({
    id: "X.1",
    source: "X",
    place: "costs of the five texts",
    latex: "N C_A = C_B = \\sum C_C = \\sum e_D = m C_E;\\quad L_D = -C_B = m C_E",
    comparisons: () =>
      [...elementwiseSamples(), ...networks(false)].flatMap((given) => {
        const squares = run(given, halfSquares);
        const both = { a: squares.a.at(-1) ?? [], y: given.Y };
        const half = instance(
          `${given.label}, half squares`,
          Array.from({ length: 5 }, () => squares.value),
          both,
          text.halfSquares,
        );
        if (given.output === "softmax" || given.output.name !== "sigmoid") return [half];
        const entropy = run(given, crossEntropy).value;
        return [half, instance(`${given.label}, cross-entropy`, [entropy, entropy, entropy], both, text.crossEntropy)];
      }),
  }),
  equation({
    id: "X.2",
    source: "X",
    place: "gradients of the five texts",
    latex: "N\\,\\nabla C_A = \\nabla C_B = \\sum\\nabla C_C = \\sum\\nabla e_D = m\\,\\nabla C_E",
    comparisons: () => [
      ...networks(true).flatMap((given) => {
        const left = gradientOf(run(given, halfSquares), true);
        return [
          instance(`${given.label}, text A`, left, facts(given), text.byMehrotra),
          instance(`${given.label}, text B`, left, facts(given), text.byBackpropagation),
          instance(`${given.label}, text C`, left, facts(given), text.byBasics),
          instance(`${given.label}, text E`, left, facts(given), text.byPerceptrons),
        ];
      }),
      ...networks(false).map((given) => instance(`${given.label}, text D`, gradientOf(run(given, halfSquares), false), facts(given), text.byDerivation)),
    ],
  }),
];
