import { ValueError } from "@nabla/autodiff";
import { type Network, type PathSum, costs, explain, pathSum, plainNetwork } from "@nabla/mlp";
import { type NetworkDiagram, fromNetwork } from "@nabla/viz";
import { readNumbers } from "./draw-options.ts";
import { type DrawOptions, graphPicture, recorded } from "./draw-request.ts";
import { type NetworkOptions, checkGradient, readCost, seeded } from "./network-options.ts";
import { type Drawn } from "./rendered.ts";
import { readWeight } from "./weight-place.ts";

/** A network: its neurons, or with --backward both passes of one example. */
export function ofNetwork(options: DrawOptions & NetworkOptions): Drawn {
  const { net, inputs, targets } = seeded(options, 1);
  const sample = options.sample === undefined ? undefined : readNumbers("--sample", options.sample, inputs[0]?.length ?? 0);
  if (options.backward !== true && options.paths === undefined) return { picture: neurons(net, sample, options) };
  const target = options.target === undefined ? (targets[0] ?? []) : readNumbers("--target", options.target, targets[0]?.length ?? 0);
  const { labels } = costs[readCost(options.cost)];
  if (labels !== undefined && !target.every((each) => labels.admits(each)))
    throw new ValueError(`--target ${options.target}: the labels of ${options.cost} are ${labels.says}; give such, or take another --cost`);
  checkGradient(net, "draw");
  const [cost, x] = [readCost(options.cost), sample ?? inputs[0] ?? []];
  if (options.paths !== undefined) return { picture: neurons(net, x, options, pathSum(net, cost, [x], [target], readWeight(options.paths, net))) };
  const lesson = explain(net, cost, x, target);
  return recorded(lesson.tape, { ...lesson, title: `Backpropagation in a ${options.network} network`, ...graphPicture(options) });
}

function neurons(
  net: Network,
  sample: readonly number[] | undefined,
  { network, title, values: shown }: DrawOptions & NetworkOptions,
  paths?: PathSum,
): NetworkDiagram {
  const { weights, biases, ...plain } = plainNetwork(net, sample);
  return fromNetwork({ ...plain, title: title ?? `A ${network} network`, ...(shown && { weights, biases }), ...(paths !== undefined && { paths }) });
}
