import { type Tape } from "@nabla/autodiff";
import { type Diagram, type GraphPicture, fromTape, toHtml } from "@nabla/viz";
import { expect } from "vitest";

export type Block = readonly (readonly number[])[];

/** A backward step of a page. */
export interface BackwardStep {
  /** Its heading. */
  readonly symbol: string;
  /** The formulas in letters: the textbook's where there is one, and the product. */
  readonly rules: readonly string[];
  /** What stands in the box with the numbers. */
  readonly product: string;
  /** All that is read. */
  readonly text: string;
}

/** The backward steps of a page, from its file. */
export async function backward(tape: Tape, picture: GraphPicture = {}): Promise<BackwardStep[]> {
  return read((await toHtml(fromTape(tape, picture), { tape })).split("\n"));
}

const source = new URL("../../packages/viz/src/page/walk.ts", import.meta.url).href;
const { walk } = (await import(source)) as { walk(diagram: Diagram, tape: Tape): string[] };

/** The backward steps of a page without its drawing, which takes most of the time. */
export function walkedBack(tape: Tape, picture: GraphPicture = {}): BackwardStep[] {
  return read(walk(fromTape(tape, picture), tape));
}

function read(lines: readonly string[]): BackwardStep[] {
  return lines
    .filter((line) => /^(<ol[^>]*>)?<li hidden data-direction="backward"/.test(line))
    .map((line) => ({
      symbol: plain(/<h2>(.*?)<\/h2>/.exec(line)?.[1] ?? ""),
      rules: [...line.matchAll(/<p class="rule">(.*?)<\/p>/g)].map(([, rule = ""]) =>
        plain(rule.replaceAll(/<span class="(?:tag|good|bad)">.*?<\/span>/g, "")),
      ),
      product: /<div class="product">(.*)<\/div>/.exec(line)?.[1] ?? "",
      text: plain(line),
    }));
}

export const plain = (html: string): string =>
  html
    .replaceAll(/(?<=<b class="m"[^>]*>)[^<]*/g, (numbers) => numbers.replaceAll(/[,;]/g, " "))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Blocks of numbers and signs in the order in which they stand. */
function tokens(product: string): (Block | string)[] {
  return [...product.matchAll(/<b( class="m")?[^>]*>(.*?)<\/b>/g)].map(([, isBlock, content = ""]) => {
    if (isBlock !== undefined) return content.split(";").map((row) => row.split(",").map(Number));
    return content !== "" && Number.isFinite(Number(content)) ? [[Number(content)]] : content;
  });
}

/** What a reader gets who works out the left side by hand, and what the page says it is. */
export function worked(product: string): { readonly computed: Block; readonly said: Block } | undefined {
  const all = tokens(product);
  const equals = all.indexOf("=");
  if (equals <= 0) return undefined;
  let at = 0;
  const atom = (): Block => {
    const token = all[at++];
    if (token !== "(") return token as Block;
    const inside = sums();
    at += 1;
    return inside;
  };
  const sums = (): Block => {
    let sofar = products();
    while (all[at] === "+") {
      at += 1;
      sofar = entrywise(sofar, products(), (a, b) => a + b);
    }
    return sofar;
  };
  const products = (): Block => {
    let sofar = atom();
    for (;;) {
      const token = all[at];
      if (token === "⊙" || token === "×") {
        at += 1;
        sofar = entrywise(sofar, atom(), (a, b) => a * b);
      } else if (token === "(" || typeof token === "object") sofar = times(sofar, atom());
      else return sofar;
    }
  };
  const computed = sums();
  expect(at, "everything before = is read").toBe(equals);
  return { computed, said: all[equals + 1] as Block };
}

/** Entry by entry, where a number alone goes with every entry. */
function entrywise(a: Block, b: Block, f: (a: number, b: number) => number): Block {
  if (b.length === 1 && b[0]?.length === 1) return a.map((row) => row.map((each) => f(each, b[0]?.[0] ?? Number.NaN)));
  if (a.length === 1 && a[0]?.length === 1) return b.map((row) => row.map((each) => f(a[0]?.[0] ?? Number.NaN, each)));
  expect([b.length, b[0]?.length]).toEqual([a.length, a[0]?.length]);
  return a.map((row, at) => row.map((each, column) => f(each, b[at]?.[column] ?? Number.NaN)));
}

function times(a: Block, b: Block): Block {
  expect(b.length, "columns meet rows").toBe(a[0]?.length);
  return a.map((row) => (b[0] ?? []).map((_, column) => row.reduce((total, each, at) => total + each * (b[at]?.[column] ?? Number.NaN), 0)));
}

/** Checks that every step but the first has a product, which multiplies and adds up to what stands after it. */
export function expectSound(steps: readonly BackwardStep[]): void {
  // What is cut cannot be worked out.
  const whole = steps.filter(({ product }) => !product.includes("data-of"));
  const read = whole.map(({ symbol, product }) => ({ symbol, both: worked(product) }));
  expect(
    read.filter(({ both }) => both === undefined).map(({ symbol }) => symbol),
    "only the seed has nothing before =",
  ).toEqual([steps[0]?.symbol]);
  for (const { symbol, both } of read) {
    if (both === undefined) continue;
    const { computed, said } = both;
    // The factors are written with four digits.
    const scale = Math.max(...said.flat().map(Math.abs), 1e-3);
    expect([computed.length, computed[0]?.length], symbol).toEqual([said.length, said[0]?.length]);
    computed.forEach((row, at) =>
      row.forEach((each, column) => expect(Math.abs(each - (said[at]?.[column] ?? Number.NaN)), symbol).toBeLessThan(0.02 * scale)),
    );
  }
}
