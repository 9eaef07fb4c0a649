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
  const cost = tape.nodes[tape.output]?.name ?? "C";
  const symbolOf = (node: TapeNode): string => boxes.get(idOf(node))?.gradient?.symbol ?? `∂${cost}/∂(${node.formula})`;

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
    if (passes(edge, user))
      return sameRows(node, user) ? written(user, through) : atom(`${symbolOf(user)} as ${node.shape.join("×")}`, rowsOf(edge.share ?? [], node.shape));
    const { side, label, cells } = known(node, user, edge);
    if (cells === undefined) return undefined;
    const before = written(user, through);
    const shown = atom(label, cells).numbers;
    if (side === "entry") {
      const operator = user.shape.length === 0 || (cells.length === 1 && cells[0]?.length === 1) ? "×" : "⊙";
      const grouped = /[+\-/ ]/.test(label) && !/^(?:[^\s()]*\([^()]*\)|∂[^\s/]*\/∂[^\s/]*)$/.test(label) ? `(${label})` : label;
      return { letters: `${before.letters} ${operator} ${grouped}`, numbers: `${before.numbers}${punctuation(operator)}${shown}`, entrywise: true };
    }
    const { letters, numbers } = before.entrywise ? bracketed(before) : before;
    return side === "left"
      ? { letters: `${label} ${letters}`, numbers: shown + numbers, entrywise: false }
      : { letters: `${letters} ${label}`, numbers: numbers + shown, entrywise: false };
  };
  const known = (node: TapeNode, user: TapeNode, edge: TapeEdge): Factor => {
    const box = boxOf(user);
    const alone = (uses.get(node.index) ?? []).filter((use) => boxAround(use.user) === box?.id).length === 1;
    const said = box === undefined || !alone ? undefined : labels.get(`${box.id} ${idOf(node)}`);
    return factorOf(tape, user, edge, { name: `∂${box?.name ?? `(${user.formula})`}/∂${boxOf(node)?.name ?? `(${node.formula})`}`, said });
  };
  /** The box of a value: its own, or that of a step which hands on all that comes back, such as a name given to it. */
  const boxOf = (node: TapeNode): DiagramNode | undefined => {
    for (let at = node; ;) {
      const own = boxes.get(idOf(at));
      const [only, ...others] = uses.get(at.index) ?? [];
      if (own !== undefined || only === undefined || others.length > 0 || !passes(only.edge, only.user)) return own;
      at = only.user;
    }
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

/** Whether the numbers of two values stand in the same rows. */
function sameRows(one: TapeNode, other: TapeNode): boolean {
  const [mine, theirs] = [rowsOf(one.value, one.shape), rowsOf(other.value, other.shape)];
  return mine.length === theirs.length && mine[0]?.length === theirs[0]?.length;
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
