import { type Tape, type TapeEdge, type TapeNode } from "@nabla/autodiff";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { clip, markup } from "../escape.ts";
import { idOf } from "../steps.ts";
import { matrix } from "./matrix.ts";
import { type Factor, factorOf, passes, rowsOf, same } from "./product.ts";

/** Of a value that is used more often, the first uses are written out and the others summed. */
const mostSummands = 3;

/** Of steps without a box, so many are written out; then the adjoint of the next stands for the rest. */
const mostFactors = 6;

/** Longer formulas are cut. */
const longestLabel = 80;

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

/** A factor that is met on the way from a value to the next adjoint with a symbol. */
interface Met extends Product {
  readonly side: Factor["side"];
  /** It is a number, or multiplies one. */
  readonly scalar: boolean;
}

const further: Factor = { side: "unknown", label: "", cells: undefined };

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
      const known = uses.get(edge.from);
      if (known === undefined) uses.set(edge.from, [{ user, edge }]);
      else known.push({ user, edge });
    }
  const labels = new Map(diagram.edges.filter(({ direction }) => direction === "backward").map(({ from, to, label }) => [`${from} ${to}`, label]));
  const cost = tape.nodes[tape.output]?.name ?? "C";
  const symbolOf = (node: TapeNode): string => boxes.get(idOf(node))?.gradient?.symbol ?? `∂${cost}/∂(${node.formula})`;

  const adjointOf = (node: TapeNode): Product => atom(symbolOf(node), rowsOf(node.adjoint ?? [], node.shape));

  /** Whether the adjoint of a node has a symbol that a product may end in: that of its box, or one of its own where an equation steps over boxes. */
  const stops = (node: TapeNode, through: boolean): boolean => {
    const own = boxes.get(idOf(node));
    return own !== undefined && (!through || !(own.gradient?.symbol ?? "∂").startsWith("∂"));
  };
  /**
   * What comes back along one use as a product, opened up to the next adjoint that has a symbol, or over a few steps; undefined where the
   * tape has no numbers that multiply to it.
   */
  const term = (start: TapeNode, first: Use, through: boolean): Product | undefined => {
    const met: Met[] = [];
    const multiplied = (product: Product): Product => met.reduceRight(times, product);
    for (let [node, use] = [start, first]; ;) {
      const { user, edge } = use;
      if (passes(edge, user)) {
        if (!sameRows(node, user)) return multiplied(atom(`${symbolOf(user)} as ${node.shape.join("×")}`, rowsOf(edge.share ?? [], node.shape)));
      } else {
        const { side, label, cells } = met.length < mostFactors ? known(node, user, edge) : further;
        if (cells === undefined) return node === start ? undefined : multiplied(adjointOf(node));
        met.push({ side, scalar: user.shape.length === 0 || (cells.length === 1 && cells[0]?.length === 1), ...atom(label, cells) });
      }
      const used = uses.get(user.index) ?? [];
      const [only] = used;
      if (stops(user, through) || only === undefined || used.length > 1 || !addsUp(user, used)) return multiplied(adjointOf(user));
      [node, use] = [user, only];
    }
  };
  const known = (node: TapeNode, user: TapeNode, edge: TapeEdge): Factor => {
    const box = boxOf(user);
    const alone = (uses.get(node.index) ?? []).filter((use) => boxAround(use.user) === box?.id).length === 1;
    const said = box === undefined || !alone ? undefined : labels.get(`${box.id} ${idOf(node)}`);
    const name = `∂${box?.name ?? `(${user.formula})`}/∂${boxOf(node)?.name ?? `(${node.formula})`}`;
    return factorOf(tape, user, edge, { name: name === symbolOf(node) ? "local derivative" : name, said });
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
    const result = `${punctuation("=")}<i class="result">${matrix(value)}<small>${markup(symbol)}</small></i>`;
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

/** A product with one more factor. */
function times(before: Product, { side, scalar, letters: label, numbers: shown }: Met): Product {
  if (side === "entry") {
    const operator = scalar ? "×" : "⊙";
    const grouped = /[+\-/ ]/.test(label) && !/^(?:[^\s()]*\([^()]*\)|∂[^\s/]*\/∂[^\s/]*)$/.test(label) ? `(${label})` : label;
    return { letters: `${before.letters} ${operator} ${grouped}`, numbers: `${before.numbers}${punctuation(operator)}${shown}`, entrywise: true };
  }
  const { letters, numbers } = before.entrywise ? bracketed(before) : before;
  return side === "left"
    ? { letters: `${label} ${letters}`, numbers: shown + numbers, entrywise: false }
    : { letters: `${letters} ${label}`, numbers: numbers + shown, entrywise: false };
}

function atom(text: string, cells: readonly (readonly number[])[]): Product {
  const label = clip(text, longestLabel);
  return { letters: label, numbers: `<i>${matrix(cells)}<small>${markup(label)}</small></i>`, entrywise: false };
}

function bracketed({ letters, numbers, entrywise }: Product): Product {
  return { letters: `(${letters})`, numbers: `${punctuation("(")}${numbers}${punctuation(")")}`, entrywise };
}

const punctuation = (sign: string): string => `<b>${sign}</b>`;
