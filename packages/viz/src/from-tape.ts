import { type Tape, type TapeNode } from "@nabla/autodiff";
import { type Cells, type Diagram, type DiagramEdge, type DiagramNode, type Equation, type Role, checkDiagram } from "./diagram.ts";

/** What the picture should say beyond what the tape knows. Keys are names of nodes. */
export interface TapePicture {
  readonly title?: string;
  readonly subtitle?: string;
  /** "named": unnamed steps are folded into the named value that they lead to. "none": one box for each step. */
  readonly fold?: "named" | "none";
  readonly roles?: Readonly<Record<string, Role>>;
  /** What stands at the right of a box's header; the formula when absent. */
  readonly operations?: Readonly<Record<string, string>>;
  /** Symbols of gradients, such as δ² for z². ∂C/∂name when absent. */
  readonly symbols?: Readonly<Record<string, string>>;
  readonly equations?: Readonly<Record<string, Equation>>;
  /** Labels of backward edges by `use→operand`, where the tape's own would be long. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The forward and backward picture of a recorded computation: one box per named value (or per step), forward edges with shapes, backward
 * edges with local derivatives.
 *
 * @example
 * fromTape(record((x: Tensor) => sum(square(x)), name(tensor([1, 2]), "x"))).nodes.length // => 2
 */
export function fromTape(tape: Tape, picture: TapePicture = {}): Diagram {
  const fold = picture.fold ?? (tape.nodes.some(({ name }) => name !== undefined) ? "named" : "none");
  const boxed = (node: TapeNode): boolean =>
    node.index === tape.output || (fold === "named" ? node.name !== undefined && !renamed(tape, node) : !node.implicit && node.role !== "constant");
  const boxes = tape.nodes.filter(boxed);
  const cost = tape.nodes[tape.output]?.name ?? "C";
  const nameOf = (node: TapeNode): string => node.name ?? (node.index === tape.output ? cost : `v${node.index}`);
  const links = boxes.flatMap((node) => linksOf(tape, node, boxed));
  const users = new Map<number, TapeNode>();
  for (const { from, to } of links) if (!users.has(from.index)) users.set(from.index, to);
  const nodes = boxes.map((node): DiagramNode => {
    const label = nameOf(node);
    const role = picture.roles?.[label] ?? roleOf(tape, node);
    const user = users.get(node.index);
    const equation = picture.equations?.[label];
    return {
      id: idOf(node),
      role,
      name: label,
      operation: picture.operations?.[label] ?? (node.role === "input" || node.role === "constant" ? role : node.formula),
      shape: node.shape.join("×"),
      value: cellsOf(node.value, node.shape),
      ...(role === "constant"
        ? {}
        : { gradient: { symbol: picture.symbols?.[label] ?? `∂${cost}/∂${label}`, value: node.adjoint && cellsOf(node.adjoint, node.shape) } }),
      ...(equation && { equation }),
      place:
        user !== undefined && (role === "parameter" || role === "constant")
          ? { side: role === "constant" || node.shape.length > 1 ? "above" : "below", of: idOf(user) }
          : { side: "line" },
    };
  });
  const edges = links.flatMap(({ from, to, local }): DiagramEdge[] => {
    const shown = nodes.find(({ id }) => id === idOf(from));
    const forward: DiagramEdge = { from: idOf(from), to: idOf(to), direction: "forward", label: from.shape.join("×") };
    if (shown?.gradient === undefined) return [forward];
    // Nothing flows back into the data: their gradient may be known, but no arrow is part of training.
    if (shown.role === "input") return [forward];
    return [forward, { from: idOf(to), to: idOf(from), direction: "backward", label: picture.labels?.[`${nameOf(to)}→${nameOf(from)}`] ?? local }];
  });
  const kept = nodes.map((node) => (node.role === "input" ? withoutGradient(node) : node));
  return checkDiagram({ title: picture.title ?? "", subtitle: picture.subtitle ?? "", nodes: kept, edges });
}

function withoutGradient({ gradient: _gradient, ...rest }: DiagramNode): DiagramNode {
  return rest;
}

const idOf = ({ index }: TapeNode): string => `t${String(index).padStart(2, "0")}`;

/** A name given to an argument that has the same name already. */
function renamed(tape: Tape, node: TapeNode): boolean {
  const [only] = node.inputs;
  return node.op === "alias" && only !== undefined && tape.nodes[only.from]?.name === node.name;
}

function roleOf(tape: Tape, node: TapeNode): Role {
  if (node.index === tape.output) return "cost";
  return node.role === "input" ? "input" : node.role === "constant" ? "constant" : "operation";
}

/** A boxed operand of a boxed use, with the product of the local derivatives of the folded steps between. */
interface Link {
  readonly from: TapeNode;
  readonly to: TapeNode;
  readonly local: string;
}

function linksOf(tape: Tape, node: TapeNode, boxed: (node: TapeNode) => boolean): Link[] {
  const found = new Map<number, { readonly from: TapeNode; readonly locals: string[] }>();
  const pending = node.inputs.map((edge) => ({ edge, factors: [edge.local] }));
  while (pending.length > 0) {
    const { edge, factors } = pending.shift() as (typeof pending)[number];
    const operand = tape.nodes[edge.from];
    if (operand === undefined) continue;
    if (!boxed(operand)) {
      for (const below of operand.inputs) pending.push({ edge: below, factors: [...factors, below.local] });
      continue;
    }
    const known = found.get(operand.index) ?? { from: operand, locals: [] };
    known.locals.push(factorText(factors));
    found.set(operand.index, known);
  }
  return [...found.values()].map(({ from, locals }) => ({ from, to: node, local: locals.length === 1 ? (locals[0] ?? "") : `Σ of ${locals.length} paths` }));
}

/** What the adjoint meets on its way back, outermost first: `⊙ σ′(z)`, `Wᵀ ·`, `× 1`. */
function factorText(factors: readonly string[]): string {
  const shown = factors
    .filter((factor) => factor !== "1")
    .map((factor) => (factor.includes("·") ? factor : /^-?[\d.]+$/.test(factor) ? `× ${factor}` : `⊙ ${factor}`));
  return shown.length === 0 ? "× 1" : shown.join("  ");
}

/** Numbers in rows: a vector as a column, a matrix as it is, more axes flattened into rows. */
function cellsOf(numbers: readonly number[], shape: readonly number[]): Cells {
  if (shape.length < 2) return numbers.map((value) => [value]);
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: width === 0 ? 0 : numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}
