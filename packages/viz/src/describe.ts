import { type Diagram, type DiagramNode, type GradientRow } from "./diagram.ts";
import { numeral, numerals } from "./numerals.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { isNetwork, readPicture } from "./picture.ts";
import { type Alternative } from "./render.ts";
import { numberedPath } from "./weight-paths.ts";

/** Larger pictures are summed up instead of told box by box. */
const mostTold = 30;
/** Longer values are given by their shape alone. */
const mostNumbers = 4;

/**
 * A picture in words, for those who cannot see it: what `toSvg` puts into title and description.
 *
 * Throws DiagramError when this is no picture.
 *
 * @example
 * describe(fromNetwork({ sizes: [64, 32, 10] })).description // => "A network of 64 inputs, 32 neurons, 10 neurons."
 */
export function describe(picture: Diagram | NetworkDiagram): Alternative {
  const read = readPicture("describe", picture);
  return { title: read.title, description: isNetwork(read) ? network(read) : computation(read) };
}

function network({ columns, connections, subtitle, paths = [], notes = [] }: NetworkDiagram): string {
  const neurons = columns.flatMap((column) => column.neurons);
  const held = neurons.flatMap(({ label, value }) => (value === undefined ? [] : [`${label} is ${value}`]));
  const labels = [...connections.map(({ label }) => label), ...neurons.map(({ bias }) => bias)].filter((label) => label?.includes(" = ") === true);
  return [
    sentence(subtitle),
    ...[...paths.map(numberedPath), ...notes].map(sentence),
    `A network of ${columns.map(({ details }) => details.join(" with ")).join(", ")}.`,
    ...(held.length > 0 && held.length <= mostTold ? [` ${held.join(", ")}.`] : []),
    ...(paths.length === 0 && labels.length > 0 && labels.length <= mostTold ? [` ${labels.join(", ")}.`] : []),
  ].join("");
}

function computation({ nodes: all, subtitle, notes = [] }: Diagram): string {
  const nodes = all.filter(({ reference }) => reference === undefined);
  const told = nodes.length <= mostTold ? nodes.map(box) : [`A computation of ${nodes.length} values.`];
  return sentence(subtitle) + notes.map(sentence).join("") + told.join(" ");
}

/** `z = W x + b` for what is computed, `W (weights)` for what is given. */
export function wholeName({ name, operation, role }: DiagramNode): string {
  const given = role === "input" || role === "parameter" || role === "constant";
  return given ? `${name} (${operation})` : `${name} = ${operation}`;
}

function box(node: DiagramNode): string {
  const { role, value, gradient, equation } = node;
  if (node.lines !== undefined) return foldedBox(node);
  const is = wholeName(node);
  const holds = value !== undefined && numbers(value) !== undefined ? ` is ${numbers(value)}` : "";
  const slope = gradient === undefined || role === "cost" ? "" : `; ${gradient.symbol} ${slopeOf(gradient)}`;
  const rule =
    equation === undefined
      ? ""
      : `, by ${equation.tag} ${equation.rule}${equation.agrees === undefined ? "" : equation.agrees ? ", which agrees" : ", which differs"}`;
  return `${is}${holds}${slope}${rule}.`;
}

/** `layer 1 stands for 3 steps: holds z¹, a¹; parameters 6 = 2×2 + 2; ‖δ¹‖ 0.0777.` */
function foldedBox({ name, operation, lines = [], bars = [] }: DiagramNode): string {
  const parts = [...lines.map(({ label, text }) => `${label} ${text}`), ...bars.map(({ symbol, size }) => `${symbol} ${numeral(size)}`)];
  return `${name} stands for ${operation}: ${parts.join("; ")}.`;
}

function slopeOf({ value, formula, hidden = false }: GradientRow): string {
  if (value !== undefined) return said(value);
  if (formula !== undefined) return `is ${formula}`;
  return hidden ? "is not shown" : "was not computed";
}

function said(cells: NonNullable<DiagramNode["value"]>): string {
  const text = numbers(cells);
  return text === undefined ? "was computed" : `is ${text}`;
}

function numbers(cells: NonNullable<DiagramNode["value"]>): string | undefined {
  const count = cells.length * (cells[0]?.length ?? 0);
  if (count === 0) return "empty";
  if (count > mostNumbers) return undefined;
  const rows = numerals(cells).map((row) => row.join(", "));
  return rows.length === 1 ? (rows[0] ?? "") : `(${rows.join("; ")})`;
}

const sentence = (text: string): string => (text === "" ? "" : `${text}. `);
