import { readable } from "./numerals.ts";
import { type Step } from "./steps.ts";

/** A boxed operand of a boxed use, over the steps folded between them. */
export interface Link<S = Step> {
  readonly from: S;
  readonly to: S;
  /** The local derivative between the two: the product along the folded steps, the sum over the ways through them. undefined: too long. */
  readonly local: string | undefined;
  /** How many ways lead from one to the other. */
  readonly ways: number;
  /** An adjoint is taken along all of them. */
  readonly adjoint?: boolean;
}

/** What a box takes from other boxes, and the steps that it stands for. */
export interface Folded<S> {
  readonly links: readonly Link<S>[];
  readonly steps: readonly S[];
}

/** What folding needs to know of a step. */
type Linked = Pick<Step, "index" | "inputs">;

/** Longer products and sums are counted instead of written. */
const longestLocal = 36;

/**
 * The operands of a box after folding: the boxed values that it reaches through steps without a box of their own. Each folded step is
 * visited once, however many ways lead through it.
 */
export function foldInto<S extends Linked>(nodes: readonly S[], node: S, boxed: (node: S) => boolean): Folded<S> {
  const steps = foldedSteps(nodes, node, boxed);
  const ways = new Map<number, Ways>();
  ways.set(node.index, { count: 1, factors: 0, texts: ["·"], adjoint: true });
  for (const step of [node, ...steps]) {
    const through = ways.get(step.index);
    if (through === undefined) continue;
    for (const { from, local, adjoint = false } of step.inputs) {
      const extended = follow(through, local, adjoint);
      const known = ways.get(from);
      ways.set(from, known === undefined ? extended : together(known, extended));
    }
  }
  const links = [...ways]
    .flatMap(([index, way]): Link<S>[] => {
      const operand = nodes[index];
      return operand === undefined || index === node.index || !boxed(operand)
        ? []
        : [{ from: operand, to: node, local: sumText(way), ways: way.count, ...(way.adjoint && { adjoint: true }) }];
    })
    .toSorted((a, b) => a.from.index - b.from.index);
  return { links, steps };
}

/** The steps without a box between a box and its boxed operands, latest first. */
function foldedSteps<S extends Linked>(nodes: readonly S[], node: S, boxed: (node: S) => boolean): S[] {
  const found = new Set<S>();
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop())
    for (const { from } of at.inputs) {
      const operand = nodes[from];
      if (operand === undefined || boxed(operand) || found.has(operand)) continue;
      found.add(operand);
      pending.push(operand);
    }
  return [...found].toSorted((a, b) => b.index - a.index);
}

/** The ways from a use back to a value: how many, the most factors on one of them, and the product along each while they are few. */
interface Ways {
  readonly count: number;
  readonly factors: number;
  /** Products with `·` where the adjoint stands; empty when they became too long or too many. */
  readonly texts: readonly string[];
  /** All of them take an adjoint on. */
  readonly adjoint: boolean;
}

function follow({ count, factors, texts, adjoint }: Ways, local: string, takesOn: boolean): Ways {
  const extended = texts.map((text) => times(text, readable(local)));
  return {
    count,
    factors: factors + (local === "1" ? 0 : 1),
    texts: extended.some((text) => text.length > longestLocal) ? [] : extended,
    adjoint: adjoint && takesOn,
  };
}

function together(one: Ways, other: Ways): Ways {
  const texts = one.texts.length === one.count && other.texts.length === other.count ? [...one.texts, ...other.texts] : [];
  return {
    count: one.count + other.count,
    factors: Math.max(one.factors, other.factors),
    texts: texts.join(" + ").length > longestLocal ? [] : texts,
    adjoint: one.adjoint && other.adjoint,
  };
}

/** The product so far, met by one more local derivative: `Wᵀ ·` multiplies from the left, `· xᵀ` from the right, the rest entry by entry. */
function times(product: string, given: string): string {
  const local = factorOf(given);
  if (local === "1") return product;
  if (local.includes("·")) return product === "·" ? local : local.replace("·", () => `(${product})`);
  return `${product} ${/^-?[\d.]+(?:e[+-]?\d+)?$/.test(local) ? "×" : "⊙"} ${isLoose(local) ? `(${local})` : local}`;
}

/** `0.5` for `0.5 ⊙ ·`: what goes entry by entry needs no place for the adjoint. */
function factorOf(local: string): string {
  const [, factor] = /^([^·]+) ⊙ ·$/.exec(local) ?? [];
  return factor === undefined || isLoose(factor) ? local : factor;
}

/** Whether an operation outside every bracket binds looser than a product, as the plus of `b + c`. */
function isLoose(text: string): boolean {
  let depth = 0;
  for (const [at, each] of [...text].entries()) {
    if ("([".includes(each)) depth++;
    else if (")]".includes(each)) depth--;
    else if (depth === 0 && at > 0 && loose.test(text.slice(at - 1, at + 3))) return true;
  }
  return false;
}

const loose = /^ (?:[-+<>=≠≤≥∧∨]|[<>=!]=) ?/;

/** `⊙ σ′(z)`, `Wᵀ ·`, `× 1`; counted where it would be too long, unless it is a single factor. */
function sumText({ count, factors, texts }: Ways): string | undefined {
  if (texts.length === 0) return count === 1 ? (factors === 1 ? undefined : `product of ${factors} factors`) : `Σ over ${count} ways`;
  if (texts.length === 1) return alone(texts[0] ?? "");
  return texts.every((text) => text === "·") ? `× ${count}` : texts.join(" + ");
}

/** One product without the adjoint in front, which the arrow itself stands for. */
function alone(text: string): string {
  return text === "·" ? "× 1" : text.replace(/^· (?=[⊙×])/, "");
}
