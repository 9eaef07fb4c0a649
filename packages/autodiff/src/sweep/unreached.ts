import { ancestors } from "../graph.ts";
import { text } from "../print/text.ts";
import { type Tensor } from "../tensor.ts";

/** Why a leaf receives no gradient: an op with derivative 0 on the way, a factor 0, or no way at all. */
export function whyUnreached(cost: Tensor, leaf: Tensor): string {
  const users = ancestors([cost], 0, (t) => t.inputs).filter((t) => dependsOn(t, leaf));
  const stop = users.find(({ op }) => op.calculus.rule === "constant");
  if (stop !== undefined) return `it is used only through ${stop.op.name} (${text(stop)}), whose derivative is 0 everywhere`;
  return users.length > 0 ? "every path to the cost carries the factor 0" : "the cost does not depend on it; was it detached, read as numbers, or left out?";
}

function dependsOn(t: Tensor, leaf: Tensor): boolean {
  return ancestors([t], leaf.id, (each) => each.inputs).includes(leaf) && t !== leaf;
}
