import { layerName } from "../notation.ts";
import { checkRows, markdownTable, textTable } from "../table.ts";
import { type HomeworkReport } from "./check.ts";
import { type Mistake } from "./mistakes.ts";
import { type HomeworkRow, isWrong } from "./row.ts";

const head = ["layer", "equation", "quantity", "verdict", "largest difference"];

/**
 * The report for a terminal: a table of all rows, then in sentences what is wrong first, what follows, and what these numbers cannot show.
 *
 * @example
 * homeworkText(checkHomework(network({ sizes: [1, 1], activations: ["identity"] }), "quadratic", [[1], [2]], [[5], [5]], { db: [[0]] })).includes("never computed") // => true
 */
export function homeworkText(report: HomeworkReport): string {
  return [textTable(head, rowsIn("homeworkText", report).map(cells), [4]), "", ...sentences(report)].join("\n");
}

/**
 * The same in Markdown.
 *
 * @example
 * homeworkMarkdown(checkHomework(network({ sizes: [1, 1], activations: ["identity"] }), "quadratic", [[1], [2]], [[5], [5]], { db: [[0]] })).startsWith("| layer |") // => true
 */
export function homeworkMarkdown(report: HomeworkReport): string {
  const rows = rowsIn("homeworkMarkdown", report);
  const lines = sentences(report).map((line) => `- ${line}`);
  return `${[markdownTable(head, rows.map(cells), [4]), "", ...lines].join("\n")}\n`;
}

function rowsIn(caller: string, report: HomeworkReport): readonly HomeworkRow[] {
  return checkRows(caller, report?.rows, ["layer", "equation", "verdict", "explanations"], "checkHomework(...)");
}

const verdicts: Readonly<Record<HomeworkRow["verdict"], string>> = {
  right: "✓",
  wrong: "✗ wrong",
  unknown: "✗ wrong, unknown mistake",
  inferred: "✗ wrong, seen in the gradients",
  "not given": "not given",
};

function cells(row: HomeworkRow): string[] {
  const { layer, equation, quantity, verdict, explanations, largestDifference } = row;
  const named = explanations.map((set) => set.map(({ name }) => name).join(" and ")).join(", or ");
  return [
    String(layer),
    equation,
    quantity,
    named === "" ? verdicts[verdict] : `${verdicts[verdict]}: ${named}`,
    largestDifference === undefined ? "-" : largestDifference.toExponential(1),
  ];
}

function sentences(report: HomeworkReport): string[] {
  const { first, rows, alternatives } = report;
  const wrong = rows.filter(isWrong);
  return [
    ...(report.deltas === "per example" ? ["The deltas are of each example alone, so the 1/m stands in BP3 and BP4."] : []),
    ...(report.examples === "columns" ? ["The deltas have their examples in columns."] : []),
    first === undefined ? "Everything that was handed in is right." : `First wrong: ${about(first)}`,
    ...wrong.slice(1).map((row) => `Then, given what stands above it: ${about(row)}`),
    ...alternatives.map((each) => `Or, with the same numbers: ${each.filter(isWrong).map(about).join(" ")}`),
    ...unseen(rows),
  ];
}

function about({ layer, equation, quantity, verdict, explanations, hint, worst, theirs, wanted }: HomeworkRow): string {
  const place = `${quantity.replace("δ", layerName("δ", layer)).replace(/[bW]$/, (letter) => layerName(letter, layer))} (${equation}, layer ${layer})`;
  if (verdict === "unknown") {
    const at =
      worst === undefined ? "" : ` at [${worst.join(", ")}] it is ${theirs?.[worst[0]]?.[worst[1]]}, the equation gives ${wanted?.[worst[0]]?.[worst[1]]}`;
    return `${place}: no known mistake gives these numbers;${at}${hint === undefined ? "" : `; ${hint}`}.`;
  }
  const ways = explanations.map(said);
  return ways.length === 1
    ? `${place}: ${ways[0]}.`
    : `${place}: undecidable here, because these give the same numbers: ${ways.map((way, at) => `(${at + 1}) ${way}`).join("; ")}.`;
}

const said = (set: readonly Mistake[]): string => set.map(({ says }) => says).join(", and ");

/** What the right rows cannot rule out, by name. */
function unseen(rows: readonly HomeworkRow[]): string[] {
  const places = new Map<string, string[]>();
  for (const { layer, equation, unseen: mistakes } of rows)
    for (const name of new Set(mistakes.map((each) => each.name))) places.set(name, [...(places.get(name) ?? []), `${equation} of layer ${layer}`]);
  return [...places].map(([name, where]) => `Undecidable with these numbers: "${name}" would change nothing in ${where.join(", ")}.`);
}
