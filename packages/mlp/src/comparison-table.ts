import { type Comparison, type ComparisonRow, lostByClosedForm } from "./compare.ts";
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
  return textTable(head, rowsOf("comparisonTable", comparison).map(cells), numeric);
}

/**
 * The comparison in Markdown: a table, and a sentence about what it says.
 *
 * @example
 * comparisonMarkdown(compare(network({ sizes: [1, 1], activations: ["sigmoid"] }), "quadratic", [[1]], [[0]])).startsWith("| layer | equation |") // => true
 */
export function comparisonMarkdown(comparison: Comparison): string {
  return `${markdownTable(head, rowsOf("comparisonMarkdown", comparison).map(cells), numeric)}\n\n${verdict(comparison)}\n`;
}

function rowsOf(caller: string, comparison: Comparison): readonly ComparisonRow[] {
  return checkRows(caller, comparison?.rows, ["layer", "equation", "quantity", "shape"], "compare(...)");
}

function verdict({ cost, value, rows, largestScaledError, agrees }: Comparison): string {
  const wrong = rows.filter((row) => row.agrees === false);
  const lost = rows.filter(lostByClosedForm).map(({ layer, equation }) => `${equation} of layer ${layer}`);
  const digits = lost.length === 0 ? "" : ` In ${lost.join(", ")} the closed form lost its digits, and the tape agrees with one of 32.`;
  const said = agrees
    ? `Autodiff and the closed forms agree: the largest scaled error is ${largestScaledError.toExponential(1)}.${digits}`
    : `Autodiff and the closed forms differ in ${wrong.map(({ layer, equation }) => `${equation} of layer ${layer}`).join(", ")}: the largest scaled error is ${largestScaledError.toExponential(1)}.`;
  return `Cost ${cost}, ${value}. ${said}`;
}

function cells({ layer, equation, quantity, shape, closed, largestDifference, scaledError, worst, lost, agrees }: ComparisonRow): string[] {
  const known = agrees !== undefined;
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
      ? `${agrees ? "✓" : "✗ differs"}${lost === undefined || lost === "neither" ? "" : `, digits lost: ${lost}`}`
      : `no closed form${closed === undefined ? "" : " here"}`,
  ];
}
