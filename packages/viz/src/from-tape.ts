import { type Tape, type TapeNode } from "@nabla/autodiff";
import { type Cells, type Diagram, type DiagramEdge, type DiagramNode, type GradientRow, checkDiagram } from "./diagram.ts";
import { foldInto } from "./fold.ts";
import { placesOf, spineOf } from "./places.ts";
import { type Words, wordingOf } from "./wording.ts";

/** How a tape becomes a picture, and what the picture should say beyond what the tape knows. */
export interface TapePicture extends Words {
  readonly title?: string;
  readonly subtitle?: string;
  /**
   * "named": unnamed steps are folded into the named value that they lead to; the default when there are names. "none": one box for each
   * step.
   */
  readonly fold?: "named" | "none";
}

/**
 * The forward and backward picture of a recorded computation: one box per named value (or per step), forward edges with shapes, backward
 * edges with local derivatives. Where the picture has parameters, its inputs are data and no arrow flows back to them; where it has none,
 * the inputs are what was differentiated by.
 *
 * Throws DiagramError when the tape has no node at its output.
 *
 * @example
 * fromTape(record((x: Tensor) => sum(square(x)), name(tensor([1, 2]), "x"))).nodes.length // => 2
 */
export function fromTape(tape: Tape, picture: TapePicture = {}): Diagram {
  const stepwise = (picture.fold ?? (tape.nodes.some(({ name }) => name !== undefined) ? "named" : "none")) === "none";
  const boxed = boxing(tape, stepwise);
  const words = wordingOf(tape, picture, stepwise);
  const boxes = tape.nodes.filter(boxed);
  const folded = new Map(boxes.map((node) => [node.index, foldInto(tape, node, boxed)]));
  const links = boxes.flatMap((node) => folded.get(node.index)?.links ?? []);
  const roles = new Map(boxes.map((node) => [node.index, words.role(node)]));
  const places = placesOf(boxes, links, roles, idOf);
  const trained = [...roles.values()].includes("parameter");
  const receives = ({ index }: TapeNode): boolean => roles.get(index) !== "constant" && !(trained && roles.get(index) === "input");
  const ways = new Map<number, number>();
  for (const link of links) ways.set(link.from.index, (ways.get(link.from.index) ?? 0) + link.ways);

  const nodes = boxes.map((node): DiagramNode => {
    const equation = words.equation(node);
    const steps = (folded.get(node.index)?.steps ?? []).filter((step) => step.inputs.length > 0 && !step.implicit).map((step) => step.op);
    return {
      id: idOf(node),
      role: roles.get(node.index) ?? "operation",
      name: words.name(node),
      operation: words.operation(node),
      shape: node.shape.join("×"),
      value: cellsOf(node.value, node.shape),
      ...(receives(node) && { gradient: gradientOf(node, words.symbol(node), ways.get(node.index) ?? 0) }),
      ...(equation && { equation }),
      ...(node.index === tape.output && node.adjoint !== undefined && { note: "seed" }),
      ...(steps.length > 0 && { folded: steps.toReversed() }),
      place: places.get(node.index) ?? { side: "line" },
    };
  });
  const onLine = ({ index }: TapeNode): boolean => places.get(index)?.side === "line";
  const spine = spineOf(
    links.filter(({ from, to }) => onLine(from) && onLine(to)),
    tape.output,
  );
  const edges = links.flatMap((link): DiagramEdge[] => {
    const [from, to] = [idOf(link.from), idOf(link.to)];
    const straight = spine.has(link) ? { spine: true } : {};
    const forward: DiagramEdge = { from, to, direction: "forward", label: link.from.shape.join("×"), ...straight };
    const flows = receives(link.from) && link.from.adjoint !== undefined && link.to.adjoint !== undefined;
    return flows ? [forward, { from: to, to: from, direction: "backward", label: words.local(link), ...straight }] : [forward];
  });
  return checkDiagram({ title: picture.title ?? "", subtitle: picture.subtitle ?? "", nodes, edges });
}

const idOf = ({ index }: TapeNode): string => `t${String(index).padStart(2, "0")}`;

/** Which nodes have a box. A node that only repeats its operand, such as a name given to it, shares one box with it. */
function boxing(tape: Tape, stepwise: boolean): (node: TapeNode) => boolean {
  const repeated = new Set<number>();
  const repeats = new Set<number>();
  for (const node of tape.nodes) {
    const [only, ...others] = node.inputs;
    const operand = only && tape.nodes[only.from];
    if (operand === undefined || others.length > 0 || node.implicit || only?.local !== "1" || operand.formula !== node.formula) continue;
    if (node.name === undefined || node.name === operand.name) repeats.add(node.index);
    else if (operand.name === undefined && operand.inputs.length > 0) repeated.add(operand.index);
  }
  return (node) => {
    if (node.index === tape.output) return true;
    if (repeats.has(node.index)) return false;
    if (!stepwise) return node.name !== undefined;
    return !repeated.has(node.index) && !node.implicit && (node.role !== "constant" || node.name !== undefined);
  };
}

function gradientOf(node: TapeNode, symbol: string, ways: number): GradientRow {
  const value = node.adjoint && cellsOf(node.adjoint, node.shape);
  return { symbol, value, ...(ways > 1 && { summands: ways }) };
}

/** Numbers in rows: a vector as a column, a matrix as it is, more axes flattened into rows. */
function cellsOf(numbers: readonly number[], shape: readonly number[]): Cells {
  if (shape.length < 2) return numbers.map((value) => [value]);
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: width === 0 ? 0 : numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}
