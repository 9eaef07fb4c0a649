import { type Tape, type TapeEdge, type TapeNode } from "@nabla/autodiff";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { markup } from "../escape.ts";
import { idOf } from "../steps.ts";
import { matrix } from "./matrix.ts";
import { type Factor, factorOf, passes, rowsOf } from "./product.ts";

interface Use {
  readonly user: TapeNode;
  readonly edge: TapeEdge;
}

/** A product as it is written: in letters and in numbers. */
interface Product {
  readonly letters: string;
  readonly numbers: string;
}

/** How the adjoint of a box comes about, from the adjoints of its uses, in letters and in numbers. */
export interface Chain {
  readonly html: string;
}

/** Writes the chain rule of the boxes of a diagram from the numbers of its tape. */
export function chains(diagram: Diagram, tape: Tape): (box: DiagramNode) => Chain | undefined {
  const boxes = new Map(diagram.nodes.map((node) => [node.id, node]));
  const uses = new Map<number, Use[]>();
  for (const user of tape.nodes)
    for (const edge of user.inputs) {
      if (user.adjoint === undefined || tape.nodes[edge.from]?.adjoint === undefined) continue;
      uses.set(edge.from, [...(uses.get(edge.from) ?? []), { user, edge }]);
    }
  const labels = new Map(diagram.edges.filter(({ direction }) => direction === "backward").map(({ from, to, label }) => [`${from} ${to}`, label]));
  const symbolOf = (node: TapeNode): string => boxes.get(idOf(node))?.gradient?.symbol ?? `∂/∂(${node.formula})`;

  /** The adjoint of a node, opened up to the next one that has a box, or a symbol of its own where an equation steps over boxes. */
  const written = (node: TapeNode, through: boolean, start: boolean): Product => {
    const own = boxes.get(idOf(node));
    const used = uses.get(node.index) ?? [];
    const [only] = used;
    const stops = !start && own !== undefined && (!through || !(own.gradient?.symbol ?? "∂").startsWith("∂"));
    if (stops || only === undefined || (used.length > 1 && !start)) return atom(symbolOf(node), rowsOf(node.adjoint ?? [], node.shape));
    const terms = used.map(({ user, edge }) => term(node, user, edge, through));
    return { letters: terms.map(({ letters }) => letters).join(" + "), numbers: terms.map(({ numbers }) => numbers).join('<span class="n">+</span>') };
  };
  const term = (node: TapeNode, user: TapeNode, edge: TapeEdge, through: boolean): Product => {
    const before = written(user, through, false);
    if (passes(edge, user)) return before;
    const factor = known(node, user, edge);
    const { side, label, cells } = factor;
    const shown = cells === undefined ? `<span class="factor"><span class="n">${markup(label)}</span></span>` : atom(label, cells).numbers;
    const operator = cells?.length === 1 && cells[0]?.length === 1 ? "×" : side === "entry" ? "⊙" : "";
    const sign = operator === "" ? "" : `<span class="n">${operator}</span>`;
    const grouped = /[+\-/ ]/.test(label) && !label.startsWith("(") ? `(${label})` : label;
    return side === "left"
      ? { letters: `${label} ${before.letters}`, numbers: shown + before.numbers }
      : { letters: `${before.letters} ${operator === "" ? "" : `${operator} `}${grouped}`, numbers: before.numbers + sign + shown };
  };
  /** Where an op recorded no share, a value used once by a scalar received its whole adjoint. */
  const known = (node: TapeNode, user: TapeNode, edge: TapeEdge): Factor => {
    const factor = factorOf(tape, user, edge);
    const said = labels.get(`${boxAround(user) ?? ""} ${idOf(node)}`)?.replace(/^⊙\s*/, "");
    if (factor.side !== "unknown") return said !== undefined && factor.side === "entry" && boxes.has(idOf(user)) ? { ...factor, label: said } : factor;
    const label = said ?? factor.label;
    const [scalar] = user.adjoint ?? [];
    if ((uses.get(node.index) ?? []).length !== 1 || user.shape.length > 0 || scalar === undefined || scalar === 0) return { ...factor, label };
    return {
      side: "entry",
      label,
      cells: rowsOf(
        (node.adjoint ?? []).map((each) => each / scalar),
        node.shape,
      ),
    };
  };
  const around = new Map(diagram.nodes.flatMap(({ id, members = [id] }) => members.map((member) => [member, id])));
  const boxAround = (node: TapeNode): string | undefined => around.get(idOf(node));

  const byId = new Map(tape.nodes.map((node) => [idOf(node), node]));
  return (box) => {
    const node = byId.get(box.id);
    if (node?.adjoint === undefined || box.gradient === undefined) return undefined;
    const { symbol } = box.gradient;
    const value = rowsOf(node.adjoint, node.shape);
    const result = `<span class="n">=</span><span class="factor result">${matrix(value)}<small>${markup(symbol)}</small></span>`;
    if (node.index === tape.output)
      return { html: `<p>The walk back begins: the cost changes with itself at the rate 1.</p><div class="product">${result}</div>` };
    const { letters, numbers } = written(node, box.equation !== undefined, true);
    const html = `<p class="rule"><span class="backward">${markup(symbol)}</span> = ${markup(letters)}</p><div class="product">${numbers}${result}</div>`;
    return { html };
  };
}

function atom(label: string, cells: readonly (readonly number[])[]): Product {
  return { letters: label, numbers: `<span class="factor">${matrix(cells)}<small>${markup(label)}</small></span>` };
}
