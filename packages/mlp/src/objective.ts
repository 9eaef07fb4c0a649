import { ShapeError, type Tensor, ValueError, add, mul, square, sum } from "@nabla/autodiff";
import { type Cost } from "./cost.ts";
import { type Network, type Parameters, forward } from "./network.ts";

/** What training goes down: a function of the parameters and a batch. */
export type Objective = (parameters: Parameters, x: Tensor, y: Tensor, offsets?: readonly Tensor[]) => Tensor;

/**
 * The cost of a network with a ridge term, C + λ/(2m) Σ w² over weights, never biases; m is the number of examples.
 *
 * Throws ValueError when λ is not a number of at least 0; the objective throws ShapeError when the cost is not a scalar.
 *
 * @example
 * const net = network({ sizes: [1, 1], activations: ["identity"] });
 * objective(net, quadratic)(net.parameters, tensor([[0]]), tensor([[2]])).data?.[0] // => 2
 */
export function objective(net: Network, cost: Cost, lambda: number = 0): Objective {
  if (!Number.isFinite(lambda) || lambda < 0) throw new ValueError(`objective: lambda must be a number of at least 0, got ${String(lambda)}`);
  return (parameters, x, y, offsets) => {
    const value = cost.of(forward(net, x, parameters, offsets).a.at(-1) as Tensor, y);
    if (value.shape.length > 0)
      throw new ShapeError(`cost ${cost.name}: it must give a scalar, got shape [${value.shape.join(", ")}]; sum or average over examples and outputs`);
    if (lambda === 0) return value;
    const squares = parameters.layers.map(({ W }) => sum(square(W))).reduce((total, each) => add(total, each));
    return add(value, mul(lambda / (2 * (x.shape[0] as number)), squares));
  };
}
