import { type Nested } from "@nabla/autodiff";
import { type Cells } from "../diagram.ts";
import { DiagramError } from "../diagram-error.ts";
import { markup } from "../escape.ts";
import { numerals, superscript } from "../numerals.ts";
import { mix } from "../colour.ts";
import { type Theme, type ThemeName, themeReader } from "../theme.ts";
import { type Fields, type Reader, flag, list, maybe, number, readOptions, record, text, wanted } from "../schema.ts";
import { type Look, documentOf, lookOf } from "./shell.ts";

/** A comparison as plain data: what `compare` of @nabla/mlp gives. */
export interface ComparedPage {
  /** The heading where several are on one page, such as the sizes of the network. */
  readonly name?: string;
  readonly cost: string;
  readonly value: number;
  readonly largestScaledError: number;
  readonly agrees: boolean;
  readonly rows: readonly {
    readonly layer: number;
    readonly equation: string;
    readonly quantity: string;
    readonly shape: readonly number[];
    readonly tape: Nested;
    readonly closed: Nested | undefined;
    readonly largestDifference: number;
    readonly scaledError: number;
    readonly agrees: boolean | undefined;
  }[];
}

/** An equation that was checked, in words: what `equationLines` of @nabla/mlp gives. */
export interface CheckedLine {
  readonly id: string;
  readonly place: string;
  readonly equation: string;
  readonly kind: string;
  readonly number: string;
  readonly passes: boolean;
  readonly detail: string;
}

/** What a report has beside its comparisons. */
export interface ReportOptions {
  readonly title?: string;
  /** The system's choice when absent. */
  readonly theme?: Theme | ThemeName;
  /** A table of them comes first. */
  readonly equations?: readonly CheckedLine[];
}

const tints = 8;
/** Wider blocks are drawn as tiles without numbers, and cut at the most tiles. */
const mostNumbers = 10;
const mostTiles = 64;

/**
 * A comparison, or several, as one HTML page without a script: for each layer and equation the tape, the closed form and their difference as heat maps,
 * with verdicts. Blue is positive, orange negative; a difference is coloured by its share of 1e-12 of the largest closed entry, the gate.
 *
 * Throws DiagramError for what is no comparison, and for unknown options.
 *
 * @example
 * (await comparisonHtml({ cost: "quadratic", value: 0, largestScaledError: 0, agrees: true, rows: [] })).includes("quadratic") // => true
 */
export async function comparisonHtml(comparison: ComparedPage | readonly ComparedPage[], options: ReportOptions = {}): Promise<string> {
  const { title = "Autodiff against the closed form", theme, equations = [] } = readOptions("comparisonHtml", options, optionFields);
  const all = readAll(comparison, equations.length === 0);
  const body = `<main><h1>${markup(title)}</h1>${equations.length === 0 ? "" : table(equations)}${all.map(compared).join("\n")}</main>`;
  const look = lookOf(theme);
  return documentOf({ title, look, bodyClass: "report", body, extraStyle: heatRules(look), scripted: false });
}

const numbers: Reader = (value, place) => (typeof value === "number" ? value : Array.isArray(value) ? list(numbers)(value, place) : refuse(value, place));
const refuse: Reader = (value, place) => {
  throw wanted("a number or a list of numbers", value, place);
};
const rowFields: Fields<ComparedPage["rows"][number]> = {
  layer: number,
  equation: text,
  quantity: text,
  shape: list(number),
  tape: numbers,
  closed: maybe(numbers),
  largestDifference: number,
  scaledError: number,
  agrees: maybe(flag),
};
const comparedFields: Fields<ComparedPage> = {
  name: maybe(text),
  cost: text,
  value: number,
  largestScaledError: number,
  agrees: flag,
  rows: list(record(rowFields)),
};
const lineFields: Fields<CheckedLine> = { id: text, place: text, equation: text, kind: text, number: text, passes: flag, detail: text };
const optionFields: Fields<ReportOptions> = { title: maybe(text), theme: maybe(themeReader), equations: maybe(list(record(lineFields))) };

function readAll(given: ComparedPage | readonly ComparedPage[], wanted: boolean): readonly ComparedPage[] {
  const all = Array.isArray(given) ? (given as readonly ComparedPage[]) : [given as ComparedPage];
  const stray = all.find((each) => typeof each !== "object" || each === null || !("rows" in each));
  if (stray !== undefined || (all.length === 0 && wanted))
    throw new DiagramError(
      `comparisonHtml: ${all.length === 0 ? "there is no comparison" : "this is no comparison, which has rows"}; give what compare(network, cost, x, y) of @nabla/mlp returns, or several in a list`,
    );
  return all.map(
    (each, at) => record(comparedFields)(each, { caller: "comparisonHtml", key: all.length === 1 ? "the comparison" : `comparison ${at}` }) as ComparedPage,
  );
}

function compared({ name, cost, value, rows, agrees, largestScaledError }: ComparedPage): string {
  const heading = name === undefined ? "" : `<h2>${markup(name)}</h2>`;
  const summary = `<p>cost ${markup(cost)} = ${value} · ${verdict(agrees)} · largest scaled error ${largestScaledError.toExponential(1)}</p>`;
  return `${heading}${summary}${rows.map((row) => section(row, name === undefined ? "h2" : "h3")).join("\n")}`;
}

function table(equations: readonly CheckedLine[]): string {
  const right = equations.filter(({ passes }) => passes).length;
  const lines = equations.map(({ id, place, equation, kind, number, passes, detail }) => {
    const sign = passes ? '<span class="good">✓ holds</span>' : `<span class="bad">✗ wrong</span><br>${markup(detail)}`;
    return `<tr><th scope="row">${markup(id)}</th><td>${markup(place)}</td><td>${markup(equation)}</td><td>${markup(kind)}</td><td class="number">${markup(number)}</td><td>${sign}</td></tr>`;
  });
  const heads = ["id", "where", "equation", "kind", "number", "verdict"].map((each) => `<th scope="col">${each}</th>`).join("");
  return `<h2>Equations</h2><p>${right} of ${equations.length} hold</p><div class="scroll"><table class="lines"><thead><tr>${heads}</tr></thead><tbody>${lines.join("\n")}</tbody></table></div>`;
}

function section(row: ComparedPage["rows"][number], heading: "h2" | "h3"): string {
  const { layer, equation, quantity, shape, agrees, scaledError, largestDifference } = row;
  const [tape, closed] = [cellsOf(row.tape), row.closed === undefined ? undefined : cellsOf(row.closed)];
  const largest = Math.max(sizeOf(tape), closed === undefined ? 0 : sizeOf(closed));
  const difference = closed && tape.map((line, at) => line.map((entry, column) => entry - (closed[at]?.[column] ?? Number.NaN)));
  const gate = 1e-12 * (closed === undefined ? 0 : sizeOf(closed));
  const grids =
    closed === undefined || difference === undefined
      ? heat("tape", tape, largest)
      : heat("tape", tape, largest) + heat("closed form", closed, largest) + heat("difference", difference, gate);
  const name = `${quantity}${superscript(layer)}`;
  const numbers =
    agrees === undefined
      ? closed === undefined
        ? "nobody derived a closed form here"
        : "neither right nor wrong: the closed form has no value here, or rounding alone is left of terms that cancel"
      : `scaled error ${scaledError.toExponential(1)}, largest difference ${largestDifference.toExponential(1)}`;
  return `<section><${heading}>${markup(equation)} · ${markup(name)} <small class="hint">layer ${layer}, ${markup(shape.join("×"))}</small> ${verdict(agrees)}</${heading}><p class="hint">${numbers}</p><div class="grids">${grids}</div></section>`;
}

const verdict = (agrees: boolean | undefined): string =>
  agrees === undefined ? '<span class="hint">– not compared</span>' : agrees ? '<span class="good">✓ agrees</span>' : '<span class="bad">✗ differs</span>';

function heat(label: string, cells: Cells, largest: number): string {
  const [rows, columns] = [cells.length, cells[0]?.length ?? 0];
  const wide = rows > mostTiles || columns > mostNumbers;
  const shown = cells.slice(0, mostTiles).map((row) => row.slice(0, mostTiles));
  const texts = wide ? [] : numerals(shown);
  const body = shown
    .map((row, at) => `<tr>${row.map((entry, column) => `<td class="${shade(entry, largest)}">${markup(texts[at]?.[column] ?? "")}</td>`).join("")}</tr>`)
    .join("");
  const cut = rows > mostTiles || columns > mostTiles ? `, the first ${Math.min(rows, mostTiles)}×${Math.min(columns, mostTiles)}` : "";
  const alternative = wide ? ` role="img" aria-label="${rows} by ${columns} numbers of ${markup(label)}, largest size ${sizeOf(cells).toExponential(1)}"` : "";
  return `<figure><figcaption>${markup(label)}${cut}</figcaption><table class="heat${wide ? " wide" : ""}"${alternative}>${body}</table></figure>`;
}

function shade(entry: number, largest: number): string {
  if (!Number.isFinite(entry)) return "x";
  if (entry === 0 || largest === 0) return "z";
  return `${entry > 0 ? "p" : "n"}${Math.round(Math.min(1, Math.abs(entry) / largest) * tints)}`;
}

/** Tints stay pale enough for the ink on them. */
function heatRules({ day, night }: Look): string {
  const depth = 0.5;
  const tint = (sign: "positive" | "negative", at: number): string => {
    const share = (at / tints) * depth;
    return `light-dark(${mix(day.cell, day[sign], share)},${mix(night.cell, night[sign], share)})`;
  };
  const all = Array.from({ length: tints + 1 }, (_, at) => `.p${at}{background:${tint("positive", at)}}.n${at}{background:${tint("negative", at)}}`);
  return `${all.join("")}.z{background:var(--cell)}.x{background:var(--bad);color:var(--page)}\n`;
}

function cellsOf(numbers: Nested): Cells {
  if (typeof numbers === "number") return [[numbers]];
  if (numbers.every((each) => typeof each === "number")) return [numbers];
  return numbers.flatMap((each) => cellsOf(each));
}

function sizeOf(cells: Cells): number {
  return cells.flat().reduce((most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most), 0);
}
