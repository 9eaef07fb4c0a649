import { type Like, type Tensor } from "@nabla/autodiff";
import { checkDifferentiable } from "./activation.ts";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { finiteExamplesFor } from "./examples.ts";
import { checkLabels } from "./label.ts";
import { type Network, checkNetwork } from "./layer.ts";

/** What a network is differentiated on: a batch with its targets under a cost. */
export interface Exercise {
  readonly cost: Cost;
  readonly x: Tensor;
  readonly y: Tensor;
}

/**
 * The exercise that a function is given.
 *
 * Throws ShapeError when data and network do not fit; ValueError for what is no network or no cost, a layer whose derivative says nothing,
 * NaN or Infinity in the data, or labels that the cost is not made for.
 */
export function exerciseFor(caller: string, net: Network, cost: CostName | Cost, x: Like, y: Like): Exercise {
  checkNetwork(caller, net);
  // Before the data, so that arguments in another order are named by the first that is out of place.
  const chosen = costOf(caller, cost);
  checkDifferentiable(caller, net.layers);
  const examples = finiteExamplesFor(caller, net, x, y);
  checkLabels(caller, chosen, examples.y);
  return { cost: chosen, ...examples };
}
