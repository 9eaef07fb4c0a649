import { type Tensor, type Tree } from "@nabla/autodiff";
import { type Diagram } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { type GraphPicture, fromSteps } from "./from-steps.ts";
import { checkResults } from "./given.ts";
import { graphFields } from "./graph-options.ts";
import { readOptions } from "./schema.ts";
import { type Step, type Steps, type Use } from "./steps.ts";

/** Longer formulas of unnamed operands are written by number, so that the text of a graph grows no faster than the graph. */
const longestOperand = 28;

/** What `valueAndGrad` gives. */
export interface Differentiated {
  readonly value: Tensor;
  readonly gradient: Tree;
}

/**
 * The picture of a graph: of whatever `input(...)` was traced into, and of gradients of any order, since those are graphs too. `results` is
 * a tensor or a record of tensors. What `valueAndGrad` gives is drawn as a cost `C` with its gradients `∂C/∂W`, the steps of the reverse
 * sweep in a look of their own.
 *
 * Throws DiagramError when there is no result, fold is no way to fold, or a group to open does not exist.
 *
 * @example
 * fromGraph(sum(square(input("x", [2]))), { fold: "none" }).nodes.map(({ name, operation }) => `${name}: ${operation}`) // => ["x: input", "v1: square(x)", "C: sum(v1)"]
 */
export function fromGraph(results: Tree | Differentiated, picture: GraphPicture = {}): Diagram {
  return fromSteps("fromGraph", stepsOf(checkResults("fromGraph", results) as Tree | Differentiated), readOptions("fromGraph", picture, graphFields));
}

function stepsOf(results: Tree | Differentiated): Steps {
  const leaves = leavesOf(results);
  const main = leaves.find(({ path }) => path === "value") ?? leaves[0];
  if (main === undefined) throw new DiagramError("fromGraph: there is no tensor in what was given; give a tensor or a record of tensors");
  const differentiated = leaves.some(({ path }) => path === "value") && leaves.some(({ path }) => path.startsWith("gradient"));
  const order = reachable(leaves.map(({ tensor }) => tensor));
  const forward = differentiated ? new Set(reachable([main.tensor])) : undefined;
  const watched = new Set(order.filter(({ op, inputs }) => op.kind === "leaf" && inputs.length > 0).flatMap(({ inputs }) => inputs));
  const positions = new Map(order.map((t, index) => [t, index]));
  const [only, ...others] = [...watched].filter(({ inputs }) => inputs.length === 0);
  const names = resultNames(leaves, main.tensor, differentiated, (others.length === 0 ? only?.name : undefined) ?? "x");
  const written: Written[] = [];
  const nodes = order.map((t, index): Step => {
    const operands = t.inputs.map((each): Written => written[positions.get(each) ?? 0] ?? { text: "…", precedence: 6, name: undefined });
    const name = t.name ?? names.get(t);
    const said = write(t, operands);
    written.push({ ...said, name: name ?? (said.text.length > longestOperand ? `v${index}` : undefined) });
    const inputs = t.inputs.map((each, slot): Use => ({ from: positions.get(each) ?? 0, slot, local: operands[slot]?.text === said.text ? "1" : "" }));
    return {
      index,
      op: t.op.name,
      role: inputs.length > 0 ? "operation" : t.tracked ? "input" : "constant",
      implicit: t.attrs["implicit"] === true,
      name,
      scope: t.scope,
      formula: said.text,
      shape: t.shape,
      value: Array.from(t.data ?? []),
      adjoint: undefined,
      inputs,
      ...(forward !== undefined && !forward.has(t) && inputs.length > 0 && { backward: true }),
      ...(watched.has(t) && inputs.length === 0 && { trained: true }),
    };
  });
  return { nodes, output: positions.get(main.tensor) ?? 0, results: leaves.map(({ tensor }) => positions.get(tensor) ?? 0) };
}

/** A tensor of a record and where it stands: `gradient.W`. */
interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

function leavesOf(tree: Tree | Differentiated, path: string = ""): Leaf[] {
  if (isTensor(tree)) return [{ path, tensor: tree }];
  if (Array.isArray(tree)) return tree.flatMap((each: Tree, at) => leavesOf(each, `${path}[${at}]`));
  return Object.entries(tree).flatMap(([key, each]) => leavesOf(each, path === "" ? key : `${path}.${key}`));
}

function isTensor(tree: Tree | Differentiated): tree is Tensor {
  return "op" in tree && "inputs" in tree && "shape" in tree && "attrs" in tree;
}

/** Everything that some tensors depend on, operands before uses. The walk keeps its own list, so that depth costs no stack. */
function reachable(roots: readonly Tensor[]): Tensor[] {
  const found = new Set(roots);
  for (const each of found) for (const operand of each.inputs) found.add(operand);
  return [...found].toSorted((a, b) => a.id - b.id);
}

/** What results are called that have no name of their own; `by` is what a single gradient is by. */
function resultNames(leaves: readonly Leaf[], main: Tensor, differentiated: boolean, by: string): Map<Tensor, string> {
  const cost = main.name ?? "C";
  return new Map(
    leaves.flatMap(({ path, tensor }): [Tensor, string][] => {
      if (tensor.name !== undefined) return [];
      if (!differentiated) return path === "" ? [] : [[tensor, path]];
      return [[tensor, tensor === main ? cost : `∂${cost}/∂${path.replace(/^gradient[.]?/, "") || by}`]];
    }),
  );
}

/** A formula with the strength of its outermost operation, and the name that stands for it in longer ones. */
interface Written {
  readonly text: string;
  readonly precedence: number;
  readonly name: string | undefined;
}

function write(t: Tensor, operands: readonly Written[]): Omit<Written, "name"> {
  if (t.inputs.length === 0) return leaf(t);
  const [only] = operands;
  // A watched alias is what it watches.
  if (t.op.kind === "leaf" && only !== undefined) return { text: only.name ?? only.text, precedence: only.precedence };
  const { notation } = t.op;
  const shown = operands.map(({ text, precedence, name }, slot) => {
    if (name !== undefined) return name;
    const least = notation.operands[Math.min(slot, notation.operands.length - 1)] ?? 6;
    return precedence < least ? `(${text})` : text;
  });
  const text = notation.text(shown, t.attrs);
  return { text, precedence: operands.length === 1 && text === shown[0] ? (only?.precedence ?? 6) : notation.precedence };
}

/** A constant by its number where all its entries are one, else by its shape. */
function leaf({ name, data, shape }: Tensor): Omit<Written, "name"> {
  if (name !== undefined) return { text: name, precedence: 6 };
  const [first, ...others] = data ?? [];
  if (first !== undefined && others.every((each) => each === first)) return { text: String(first), precedence: first < 0 ? 3 : 6 };
  return { text: `[${shape.join("×")}]`, precedence: 6 };
}
