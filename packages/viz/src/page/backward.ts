import { type Tape, type TapeEdge, type TapeNode } from "@nabla/autodiff";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { markup } from "../escape.ts";
import { idOf } from "../steps.ts";
import { matrix } from "./matrix.ts";
import { type Factor, factorOf, passes, rowsOf, same } from "./product.ts";

/** Of a value that is used more often, the first uses are written out and the others summed. */
const mostSummands = 3;

interface Use {
  readonly user: TapeNode;
  readonly edge: TapeEdge;
}

/** A product as it is written: in letters and in numbers. */
interface Product {
  readonly letters: string;
  readonly numbers: string;
  /** Whether it has an entrywise factor, around which a matrix needs brackets. */
  readonly entrywise: boolean;
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
  const written = (node: TapeNode, through: boolean): Product => {
    const own = boxes.get(idOf(node));
    const used = uses.get(node.index) ?? [];
    const [only] = used;
    const stops = own !== undefined && (!through || !(own.gradient?.symbol ?? "∂").startsWith("∂"));
    const opened = stops || only === undefined || used.length > 1 || !addsUp(node, used) ? undefined : term(node, only, through);
    return opened ?? atom(symbolOf(node), rowsOf(node.adjoint ?? [], node.shape));
  };
  /** What comes back along one use as a product; undefined where the tape has no numbers that multiply to it. */
  const term = (node: TapeNode, { user, edge }: Use, through: boolean): Product | undefined => {
    if (passes(edge, user)) return written(user, through);
    const { side, label, cells } = known(node, user, edge);
    if (cells === undefined) return undefined;
    const before = written(user, through);
    const shown = atom(label, cells).numbers;
    if (side === "entry") {
      const operator = user.shape.length === 0 || (cells.length === 1 && cells[0]?.length === 1) ? "×" : "⊙";
      const grouped = /[+\-/ ]/.test(label) && !/^[^\s()]*\([^()]*\)$/.test(label) ? `(${label})` : label;
      return { letters: `${before.letters} ${operator} ${grouped}`, numbers: `${before.numbers}${punctuation(operator)}${shown}`, entrywise: true };
    }
    const { letters, numbers } = before.entrywise ? bracketed(before) : before;
    return side === "left"
      ? { letters: `${label} ${letters}`, numbers: shown + numbers, entrywise: false }
      : { letters: `${letters} ${label}`, numbers: numbers + shown, entrywise: false };
  };
  const known = (node: TapeNode, user: TapeNode, edge: TapeEdge): Factor => {
    const factor = factorOf(tape, user, edge);
    const said = labels.get(`${boxAround(user) ?? ""} ${idOf(node)}`)?.replace(/^[⊙×]\s*/, "");
    return said !== undefined && factor.side === "entry" && boxes.has(idOf(user)) ? { ...factor, label: said } : factor;
  };
  /** All that comes back to a value: a product for each use, or its share alone; the uses beyond the first few in one sum. */
  const total = (node: TapeNode, used: readonly Use[], through: boolean): Product => {
    const few = used.length <= mostSummands + 1 ? used.length : mostSummands;
    const terms = used.slice(0, few).map((use) => {
      const { user, edge } = use;
      return term(node, use, through) ?? atom(`what comes back from ${user.name ?? user.formula}`, rowsOf(edge.share ?? [], node.shape));
    });
    const rest = used.slice(few);
    const all = rest.length === 0 ? terms : [...terms, atom(`… ${rest.length} more, their sum`, rowsOf(sumOf(rest), node.shape))];
    return { letters: all.map(({ letters }) => letters).join(" + "), numbers: all.map(({ numbers }) => numbers).join(punctuation("+")), entrywise: false };
  };
  const around = new Map(diagram.nodes.flatMap(({ id, members = [id] }) => members.map((member) => [member, id])));
  const boxAround = (node: TapeNode): string | undefined => around.get(idOf(node));

  const byId = new Map(tape.nodes.map((node) => [idOf(node), node]));
  return (box) => {
    const node = byId.get(box.id);
    if (node?.adjoint === undefined || box.gradient === undefined) return undefined;
    const { symbol } = box.gradient;
    const value = rowsOf(node.adjoint, node.shape);
    const result = `${punctuation("=")}<span class="factor result">${matrix(value)}<small>${markup(symbol)}</small></span>`;
    if (node.index === tape.output)
      return { html: `<p>The walk back begins: the cost changes with itself at the rate 1.</p><div class="product">${result}</div>` };
    const used = uses.get(node.index) ?? [];
    if (!addsUp(node, used)) return { html: `<div class="product">${result}</div><p class="hint">The tape has no products that add up to this.</p>` };
    const { letters, numbers } = total(node, used, box.equation !== undefined);
    const html = `<p class="rule"><span class="backward">${markup(symbol)}</span> = ${markup(letters)}</p><div class="product">${numbers}${result}</div>`;
    return { html };
  };
}

/** Whether the recorded shares of all uses sum to the adjoint; where a rounding-safe form gives it, they may not. */
function addsUp({ adjoint }: TapeNode, used: readonly Use[]): boolean {
  return adjoint !== undefined && used.length > 0 && used.every(({ edge }) => edge.share !== undefined) && same(sumOf(used), adjoint);
}

function sumOf([first, ...others]: readonly Use[]): number[] {
  return (first?.edge.share ?? []).map((entry, at) => others.reduce((sum, { edge }) => sum + (edge.share?.[at] ?? 0), entry));
}

function atom(label: string, cells: readonly (readonly number[])[]): Product {
  return { letters: label, numbers: `<span class="factor">${matrix(cells)}<small>${markup(label)}</small></span>`, entrywise: false };
}

function bracketed({ letters, numbers, entrywise }: Product): Product {
  return { letters: `(${letters})`, numbers: `${punctuation("(")}${numbers}${punctuation(")")}`, entrywise };
}

const punctuation = (sign: string): string => `<span class="n">${sign}</span>`;
