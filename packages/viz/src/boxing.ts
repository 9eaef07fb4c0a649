import { type Folded } from "./fold.ts";
import { thousands } from "./groups.ts";
import { type Lane, type Step, type Steps } from "./steps.ts";
import { showEach } from "./remedy.ts";

/** What must be known of steps to tell which have boxes. */
export interface Boxable extends Omit<Steps, "lane"> {
  readonly lane?: Pick<Lane, "made"> | undefined;
}

/** Whether a step has a name that folding by names can keep: that of a value in between, since arguments and results are named without being asked. */
export function saysMore({ nodes, results, output }: Boxable, { index, name, unasked = false, ...step }: Step): boolean {
  if (unasked || name === undefined || index === output || results?.includes(index) === true) return false;
  // An alias repeats the name of an argument, however often it was watched or named.
  let at: Pick<Step, "inputs" | "formula"> = step;
  for (let below = repeatedBy(nodes, at); below !== undefined; below = repeatedBy(nodes, at)) at = below;
  return at.inputs.length > 0;
}

/** The operand of a node that only repeats it, such as a name given to it. */
function repeatedBy(nodes: readonly Step[], { inputs, formula }: Pick<Step, "inputs" | "formula">): Step | undefined {
  const [only, ...others] = inputs;
  const operand = only && nodes[only.from];
  if (operand === undefined || others.length > 0 || only?.local !== "1") return undefined;
  return formula === operand.name || reads(formula, operand.formula) ? operand : undefined;
}

/** Whether two formulas are one; a deep one is cut a level earlier in what repeats it. */
function reads(formula: string, operand: string): boolean {
  const [begins = "", ...cut] = formula.split("…");
  return formula === operand || (cut.length > 0 && operand.startsWith(begins));
}

/** Which nodes have a box, and whether each step has one. */
export interface Boxing {
  readonly stepwise: boolean;
  readonly boxed: (node: Step) => boolean;
}

/**
 * Which nodes have a box. A node that only repeats its operand, such as a name given to it, shares one box with it. Where steps are folded
 * into named values, a step that a formula calls by its number has a box as well.
 */
export function boxing(steps: Boxable, fold: "named" | "none" | "groups" | undefined): Boxing {
  const stepwise = fold === "none" || (fold !== "named" && !steps.nodes.some((node) => saysMore(steps, node)));
  const repeated = new Set<number>();
  const repeats = new Set<number>();
  for (const node of steps.nodes) {
    const operand = node.implicit ? undefined : repeatedBy(steps.nodes, node);
    if (operand === undefined) continue;
    if (node.name === undefined || node.name === operand.name) repeats.add(node.index);
    else if (operand.name === undefined && operand.inputs.length > 0) repeated.add(operand.index);
  }
  const results = new Set([steps.output, ...(steps.results ?? [])]);
  const referred = new Set<number>();
  const boxed = (node: Step): boolean => {
    if (steps.lane?.made.has(node.index) === true) return false;
    if (results.has(node.index) || referred.has(node.index)) return true;
    if (repeats.has(node.index)) return false;
    if (!stepwise) return node.name !== undefined;
    return !repeated.has(node.index) && !node.implicit && (fold === "none" || node.role !== "constant" || node.name !== undefined);
  };
  // Operands come before uses, so that one walk from the last finds what those refer to that were found.
  if (!stepwise) for (const node of steps.nodes.toReversed()) if (boxed(node)) for (const index of node.refers ?? []) referred.add(index);
  return { stepwise, boxed };
}

/** So many steps can be read off the formulas of the boxes that hide them. */
const mostUntold = 8;

/** What a picture by names says of the steps that it hides, where they are more than a few. */
export function hiding({ nodes }: Steps, boxes: readonly Step[], folded: ReadonlyMap<number, Folded<Step>>): string[] {
  const inside = new Set(boxes.flatMap(({ index }) => folded.get(index)?.steps ?? []));
  for (const box of boxes) for (let below = repeatedBy(nodes, box); below !== undefined; below = repeatedBy(nodes, below)) inside.delete(below);
  const hidden = [...inside].filter((step) => step.inputs.length > 0 && !step.implicit);
  return hidden.length <= mostUntold ? [] : [`${thousands(hidden.length)} steps without a name folded into ${thousands(boxes.length)} boxes${showEach}`];
}
