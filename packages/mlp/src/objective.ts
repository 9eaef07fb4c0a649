import { type Key, ShapeError, type Tensor, ValueError } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { checkDifferentiable } from "./activation.ts";
import { type Cost, costOf } from "./cost.ts";
import { type Network, type Parameters, checkNetwork } from "./layer.ts";
import { forward } from "./pass.ts";
import { checkNumbers } from "./number.ts";
import { type Penalty, checkPenalty, penalised } from "./penalty.ts";
import { checkFits, tensorOf } from "./term.ts";

/** What training goes down: a function of the parameters and a batch, of weights of its examples, and of a key for dropout. */
export type Objective = (parameters: Parameters, x: Tensor, y: Tensor, offsets?: readonly Tensor[], extra?: ObjectiveExtra) => Tensor;

/** What some objectives need besides the batch. */
export interface ObjectiveExtra {
  /** Which activations are dropped; a new key for every step. */
  readonly key?: Key | undefined;
  /** How much each example counts, [m]. */
  readonly weights?: Tensor | undefined;
}

/** Terms that keep weights small. */
export interface Penalties extends Penalty {
  /** m, the number of training examples; that of the batch when absent. */
  readonly examples?: number;
}

/**
 * The cost of a network with a ridge term, C + λ/(2m) Σ w² over weights, never biases (Nielsen 2015, eq. 87), and a lasso term λ/m Σ |w|;
 * m is the number of examples. From a cost to maximise they are taken away. A number in place of the penalties is the λ of the ridge.
 *
 * Throws ValueError when a λ is not a number of at least 0, for an unknown option, or a step activation; the objective throws ShapeError when the cost is not a scalar, and ValueError
 * when the network has dropout and there is no key.
 *
 * @example
 * const net = network({ sizes: [1, 1], activations: ["identity"] });
 * objective(net, quadratic)(net.parameters, tensor([[0]]), tensor([[2]])).data?.[0] // => 2
 */
export function objective(net: Network, cost: Cost, penalties: number | Penalties = 0): Objective {
  checkNetwork("objective", net);
  costOf("objective", cost);
  const given = typeof penalties === "number" ? { lambda: penalties } : penalties;
  const { examples, ...penalty } = checkOptions("objective", given, ["lambda", "lasso", "examples"]);
  checkPenalty("objective", penalty);
  if (examples !== undefined) checkNumbers("objective", "a whole number of at least 1", { "the number of examples": examples });
  checkDifferentiable("objective", net.layers);
  const drops = net.layers.findIndex(({ dropout }) => dropout !== undefined);
  return (parameters, x, y, offsets, { key, weights } = {}) => {
    if (drops >= 0 && key === undefined)
      throw new ValueError(
        `objective: layer ${drops + 1} has dropout, which takes a key: give one (a new one for every step), or compare and predict with withoutDropout(network)`,
      );
    const a = forward(net, x, parameters, offsets, key).a.at(-1) as Tensor;
    checkFits(cost.name, a, y);
    const value = tensorOf(cost.name, cost.of(a, y, weights));
    if (value.shape.length > 0)
      throw new ShapeError(`cost ${cost.name}: it must give a scalar, got shape [${value.shape.join(", ")}]; sum or average it over examples and outputs`);
    const m = examples ?? x.shape[0] ?? 1;
    return penalised(
      value,
      parameters.layers.map(({ W }) => W),
      penalty,
      m,
      cost.sense === "maximise",
    );
  };
}
