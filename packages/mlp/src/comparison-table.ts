import { type Comparison, type ComparisonRow, lostByClosedForm, lostToRounding } from "./compare.ts";
import { checkRows, markdownTable, textTable } from "./table.ts";

const head = ["layer", "equation", "quantity", "shape", "largest difference", "scaled error", "worst entry", "relative", "ULPs", "verdict"];
const numeric = [4, 5, 7, 8];

/**
 * The comparison as a table for a terminal.
 *
 * @example
 * comparisonTable(compare(network({ sizes: [1, 1], activations: ["sigmoid"] }), "quadratic", [[1]], [[0]])).split("\n").length // => 5
 */
export function comparisonTable(comparison: Comparison): string {
  return textTable(head, rowsIn("comparisonTable", comparison).map(cells), numeric);
}

/**
 * The comparison in Markdown: a table, and a sentence about what it says.
 *
 * @example
 * comparisonMarkdown(compare(network({ sizes: [1, 1], activations: ["sigmoid"] }), "quadratic", [[1]], [[0]])).startsWith("| layer | equation |") // => true
 */
export function comparisonMarkdown(comparison: Comparison): string {
  return `${markdownTable(head, rowsIn("comparisonMarkdown", comparison).map(cells), numeric)}\n\n${verdict(comparison)}\n`;
}

function rowsIn(caller: string, comparison: Comparison): readonly ComparisonRow[] {
  return checkRows(caller, comparison?.rows, ["layer", "equation", "quantity", "shape"], "compare(...)");
}

function verdict({ cost, value, rows, largestScaledError, agrees }: Comparison): string {
  const where = (which: (row: ComparisonRow) => boolean): string =>
    rows
      .filter(which)
      .map(({ layer, equation }) => `${equation} of layer ${layer}`)
      .join(", ");
  const notes = [
    [where(lostByClosedForm), "the closed form lost its digits, and the tape agrees with one of 32."],
    [where((row) => row.agrees === false && row.lost === "tape"), "the tape lost its digits, more than rounding explains."],
    [where((row) => row.agrees === undefined && !lostToRounding(row)), "there is no closed form: that was not judged."],
    [where(lostToRounding), "terms cancel and the tape lost its digits, no more than rounding explains: that is neither right nor wrong."],
  ].flatMap(([places = "", note = ""]) => (places === "" ? [] : [` In ${places} ${note}`]));
  const judged = rows.every((row) => row.agrees !== undefined) ? "" : " in every row that could be judged";
  const said = agrees ? `agree${judged}` : `differ in ${where((row) => row.agrees === false)}`;
  return `Cost ${cost}, ${value}. Autodiff and the closed forms ${said}: the largest scaled error is ${largestScaledError.toExponential(1)}.${notes.join("")}`;
}

function cells(row: ComparisonRow): string[] {
  const { layer, equation, quantity, shape, closed, largestDifference, scaledError, worst, lost, agrees } = row;
  const rounded = lostToRounding(row);
  const known = agrees !== undefined || rounded;
  return [
    String(layer),
    equation,
    quantity,
    shape.join("×"),
    known ? largestDifference.toExponential(1) : "-",
    known ? scaledError.toExponential(1) : "-",
    worst === undefined ? "-" : `[${worst.index.join(", ")}]`,
    worst === undefined ? "-" : worst.relativeError.toExponential(1),
    worst === undefined ? "-" : worst.ulps < 1e6 ? String(worst.ulps) : worst.ulps.toExponential(1),
    known
      ? `${rounded ? "rounding alone" : agrees ? "✓" : "✗ differs"}${lost === undefined || lost === "neither" ? "" : `, digits lost: ${lost}`}`
      : `no closed form${closed === undefined ? "" : " here"}`,
  ];
}
