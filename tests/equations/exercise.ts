import { type Tensor, mul, nested, normal, randomKey, softmax, splitKey, transpose, uniform } from "@nabla/autodiff";
import { type Homework, type HomeworkReport, checkHomework, network, withParameters } from "@nabla/mlp";
import { type Exercise, type Grid, type Solution } from "./student.ts";

/** A matrix as arrays. */
export const grid = (t: Tensor): Grid => nested(t) as unknown as Grid;

/** What a student is given, and what becomes of what he hands in. */
export interface Task {
  readonly exercise: Exercise;
  check(solution: Homework, m?: number): HomeworkReport;
}

/** A seeded network with data, as the student and as the checker get it; weights and biases have the deviation given. */
export function task(widths: readonly number[], setting: Partial<Exercise>, m = 6, seed = 5, deviation = 0.7): Task {
  const { hidden = "sigmoid", output = "sigmoid", cost = "quadratic", lambda = 0, lasso = 0 } = setting;
  const [weights, biases, data, labels] = splitKey(randomKey(seed), 4) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const plain = network({ sizes: widths, activations: widths.slice(1).map((_, l) => (l === widths.length - 2 ? output : hidden)) });
  const parameters = plain.layers.map(({ inputs, outputs }, l) => ({
    W: mul(normal(splitKey(weights, 9)[l] ?? weights, { shape: [outputs, inputs] }), deviation),
    b: mul(normal(splitKey(biases, 9)[l] ?? biases, { shape: [outputs] }), deviation),
  }));
  const net = withParameters(plain, { layers: parameters });
  const x = normal(data, { shape: [m, widths[0] as number] });
  const width = widths.at(-1) as number;
  const y = cost === "categoricalCrossEntropy" ? softmax(normal(labels, { shape: [m, width] })) : uniform(labels, { shape: [m, width], low: 0.1, high: 0.9 });
  return {
    exercise: {
      hidden,
      output,
      cost,
      lambda,
      lasso,
      W: parameters.map(({ W }) => grid(W)),
      b: parameters.map(({ b }) => nested(b) as number[]),
      X: grid(transpose(x)),
      Y: grid(transpose(y)),
    },
    check: (solution) => checkHomework(net, cost, x, y, solution, { lambda, lasso }),
  };
}

/** The gradients without the deltas. */
export const gradientsOnly = ({ dW, db }: Solution): Homework => ({ dW, db });
