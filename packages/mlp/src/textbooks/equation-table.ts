import { checkRows, markdownTable, textTable } from "../table.ts";
import { type CheckedEquation, sources } from "./check.ts";
import { plainText } from "./plain-text.ts";
import { type Source, different } from "./row.ts";

/** The longest formula in a table for a terminal. */
const widest = 64;

/** A checked equation in words: what a table or a page shows. */
export interface EquationLine {
  readonly id: string;
  readonly place: string;
  /** The formula as plain text. */
  readonly equation: string;
  readonly kind: string;
  /** The number in the digits that mean something. */
  readonly number: string;
  readonly passes: boolean;
  readonly detail: string;
}

/**
 * The checked equations in words.
 *
 * @example
 * equationLines(checkEquations(textbookRows.slice(0, 1))).map(({ id, kind }) => [id, kind]) // => [["A.1", "residual"]]
 */
export function equationLines(equations: readonly CheckedEquation[]): EquationLine[] {
  return linesOf("equationLines", equations);
}

function linesOf(caller: string, equations: readonly CheckedEquation[]): EquationLine[] {
  return checked(caller, equations).map((each) => {
    const { id, place, kind, passes, detail } = each;
    return { id, place, equation: plainText(each.latex), kind, number: exact(each), passes, detail };
  });
}

/** What was measured or counted says more than one number, and a table of truths more than how many there are. */
const told = (equations: readonly CheckedEquation[]): CheckedEquation[] => equations.filter(({ kind }) => kind !== "residual" && kind !== "erratum");

/**
 * The checked equations as a table for a terminal; below it what was measured, and what failed.
 *
 * @example
 * equationTable(checkEquations(textbookRows.slice(0, 1))).split("\n")[2]?.startsWith("A.1") // => true
 */
export function equationTable(equations: readonly CheckedEquation[]): string {
  const lines = linesOf("equationTable", equations).map(({ id, equation, kind, number, passes }) => [
    id,
    short(equation),
    kind,
    number,
    passes ? "✓" : "✗ wrong",
  ]);
  const wrong = equations.filter(({ passes }) => !passes).map(({ id, place, detail }) => `✗ ${id}, ${place}: ${detail}`);
  const measured = told(equations.filter(({ passes }) => passes)).map(({ id, detail }) => `${id}: ${detail}`);
  return [textTable(["id", "equation", "kind", "number", "verdict"], lines, [3]), ...measured, ...wrong].join("\n");
}

/**
 * The checked equations in Markdown, text by text, with what was measured below each table. Numbers are rounded so that the page stays the same from machine to machine.
 *
 * @example
 * equationMarkdown(checkEquations(textbookRows.slice(0, 1))).split("\n")[0] // => "## A: Neural Networks (Mehrotra, 2020)"
 */
export function equationMarkdown(equations: readonly CheckedEquation[]): string {
  checked("equationMarkdown", equations);
  return (Object.keys(sources) as Source[])
    .map((source) => ({ source, lines: equations.filter((each) => each.source === source) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ source, lines }) => {
      const cells = lines.map((each) => [each.id, each.place, `$${withoutBars(each.latex)}$`, each.kind, rounded(each), each.passes ? "✓" : "✗"]);
      const table = markdownTable(["id", "where", "equation", "kind", "number", "verdict"], cells, [4]);
      const measured = told(lines).map(({ id, detail }) => `- ${id}: ${detail}`);
      return `## ${source}: ${sources[source]}\n\n${table}\n${measured.length === 0 ? "" : `\n${measured.join("\n")}\n`}`;
    })
    .join("\n");
}

function checked(caller: string, equations: readonly CheckedEquation[]): readonly CheckedEquation[] {
  return checkRows(caller, equations, ["id", "place", "latex", "kind", "number", "passes"], "checkEquations(...)");
}

/** A bar would end the cell of a table. */
const withoutBars = (latex: string): string => latex.replaceAll(String.raw`\|`, String.raw`\Vert `).replaceAll("|", String.raw`\vert `);

const short = (text: string): string => (text.length <= widest ? text : `${text.slice(0, widest - 1)}…`);

/** The number of an equation in the digits that mean something. */
function exact({ kind, number }: CheckedEquation): string {
  if (Number.isNaN(number)) return "-";
  if (kind === "erratum" && number > different)
    return number === Number.POSITIVE_INFINITY ? "printed: another shape" : `printed: off by ${number.toExponential(1)}`;
  if (kind === "residual") return number === Number.POSITIVE_INFINITY ? "another shape" : number.toExponential(1);
  return Number.isInteger(number) ? String(number) : Math.abs(number) < 1e-3 ? number.toExponential(1) : number.toPrecision(4);
}

/** The number of an equation, so coarse that another processor's last digits do not show. */
function rounded(each: CheckedEquation): string {
  const { kind, number } = each;
  if (kind === "residual") return number === Number.POSITIVE_INFINITY ? "another shape" : `below ${below(number)}`;
  if (kind === "exponent") return number.toFixed(1);
  if (kind === "erratum" && number > different && Number.isFinite(number)) return `printed: off by ${number.toExponential(0)}`;
  return Number.isFinite(number) && Math.abs(number) < 1e-10 ? `below ${below(Math.abs(number))}` : exact(each);
}

/** The power of ten above a residual, 1e-14 at least: what is smaller is rounding. */
const below = (number: number): string => (number < 1e-14 ? "1e-14" : `1e${Math.floor(Math.log10(number)) + 1}`);
