import { type Cells, type Diagram, type DiagramNode, type Role } from "./diagram.ts";
import { clean } from "./escape.ts";
import { type NetworkDiagram } from "./network-diagram.ts";
import { shownFirst } from "./network-spot.ts";
import { numeral, numerals } from "./numerals.ts";
import { isNetwork, readPicture } from "./picture.ts";
import { numberedPath } from "./weight-paths.ts";
import { marks } from "./theme.ts";

/** Values with more numbers are told by their range. */
const mostNumbers = 6;
/** More lines side by side than a terminal shows. */
const mostRails = 24;
const longest = 60;

/** What stands for a value in the rails; a role that has no mark in pictures has one here. */
const markOf = (role: Role): string => marks[role].mark || (role === "constant" ? "·" : "○");

/**
 * A picture for the terminal. A computation has a line for each value, in the order in which they are computed, with rails at the left that
 * lead from each value to its uses; then its shape, value, gradient and equation. A network has a line for each neuron.
 *
 * Throws DiagramError when this is no picture.
 *
 * @example
 * toText(fromGraph(add(input("a", []), input("b", [])))).split("\n").slice(0, 3) // => ["»    a = input      scalar", "│ »  b = input      scalar", "★─╯  C = add(a, b)  scalar"]
 */
export function toText(picture: Diagram | NetworkDiagram): string {
  const read = readPicture("toText", picture);
  const paths = isNetwork(read) ? (read.paths ?? []).map(numberedPath) : [];
  const heading = [...[read.title, read.subtitle].map(plain), ...paths.map(oneLine), ...(read.notes ?? []).map(plain)].filter((line) => line !== "");
  const lines = isNetwork(read) ? networkLines(read) : computationLines(read);
  return `${[...heading, ...(heading.length > 0 ? [""] : []), ...lines].map((line) => line.trimEnd()).join("\n")}\n`;
}

function computationLines(diagram: Diagram): string[] {
  const rails = railsOf(diagram);
  const rows = diagram.nodes.map((node) => [
    plain(`${node.name} = ${node.operation}`),
    plain(node.shape === "" ? "scalar" : node.shape),
    ...valueOf(node),
    ...gradientOf(node),
  ]);
  const table = aligned(rows.map((row, at) => [rails[at] ?? "", ...row]));
  return table.flatMap((line, at) => [line, ...insides(diagram.nodes[at], [...(rails[at] ?? "")].length)]);
}

function valueOf({ value }: DiagramNode): string[] {
  return [value === undefined ? "" : inBrackets(value)];
}

function gradientOf({ gradient, equation, note }: DiagramNode): string[] {
  const slope =
    gradient === undefined
      ? ""
      : gradient.value === undefined
        ? `${gradient.symbol}${gradient.formula !== undefined ? ` = ${gradient.formula}` : gradient.hidden === true ? "" : " not computed"}`
        : `${gradient.symbol} = ${inBrackets(gradient.value)}`;
  const verdict = equation?.agrees === undefined ? "" : equation.agrees ? " ✓" : " ✗";
  return [plain(slope), plain(equation === undefined ? (note ?? "") : `${equation.tag} ${equation.rule}${verdict}`)];
}

/** What a folded box holds, under its line. */
function insides(node: DiagramNode | undefined, indent: number): string[] {
  const margin = " ".repeat(indent + 2);
  const { lines = [], bars = [] } = node ?? {};
  const largest = bars.reduce((most, { size }) => Math.max(most, size), 0);
  return [
    ...lines.map(({ label, text }) => plain(`${margin}${label.padEnd(12)}${text}`)),
    ...bars.map(({ symbol, size }) =>
      plain(`${margin}${symbol.padEnd(12)}${numeral(size)} ${"▇".repeat(largest > 0 ? Math.round((12 * size) / largest) : 0)}`),
    ),
  ];
}

/** `[0.6; -1.0]`, rows apart by semicolons; a single number bare; many by their range. */
function inBrackets(cells: Cells): string {
  const all = cells.flat();
  if (all.length > mostNumbers) {
    const [least, most] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
    return `${all.length} numbers from ${numeral(least)} to ${numeral(most)}`;
  }
  const rows = numerals(cells).map((row) => row.join(" "));
  return all.length === 1 ? (rows[0] ?? "") : `[${rows.join("; ")}]`;
}

/**
 * What stands at the left of each line: the mark of its value in a column, rails of the values that are still to be used, and a line from
 * its operands. A column is free again after the last use of its value.
 */
function railsOf({ nodes, edges }: Diagram): string[] {
  const order = new Map(nodes.map(({ id }, at) => [id, at]));
  const operands = nodes.map(() => new Set<string>());
  const lastUse = new Map<string, number>();
  for (const { from, to, direction } of edges) {
    const at = order.get(to) ?? 0;
    if (direction !== "forward") continue;
    operands[at]?.add(from);
    lastUse.set(from, Math.max(lastUse.get(from) ?? 0, at));
  }
  const columns: (string | undefined)[] = [];
  const rows = nodes.map(({ id, role }, at) => {
    const used = columns.flatMap((each, column) => (each !== undefined && operands[at]?.has(each) === true ? [column] : []));
    const dying = new Set(used.filter((column) => lastUse.get(columns[column] ?? "") === at));
    const free = columns.indexOf(undefined);
    const own = [...dying][0] ?? (free === -1 ? columns.length : free);
    const ends = [own, ...used];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    const width = Math.max(columns.length, own + 1);
    const row = Array.from({ length: width }, (_, column) => {
      const sign =
        column === own
          ? markOf(role)
          : used.includes(column)
            ? joint(column, own, from, to, dying.has(column))
            : columns[column] !== undefined
              ? "│"
              : column > from && column < to
                ? "─"
                : " ";
      return sign + (column >= from && column < to ? "─" : " ");
    });
    for (const column of dying) columns[column] = undefined;
    columns[own] = lastUse.has(id) ? id : undefined;
    while (columns.length > 0 && columns.at(-1) === undefined) columns.pop();
    return row.join("").trimEnd();
  });
  const widest = rows.reduce((most, row) => Math.max(most, [...row].length), 0);
  return widest > 2 * mostRails ? nodes.map(({ role }) => markOf(role)) : rows.map((row) => row + " ".repeat(widest - [...row].length));
}

/** How the line to a value meets the rail of an operand that ends here or goes on. */
function joint(column: number, own: number, from: number, to: number, ends: boolean): string {
  if (column < own) return column === from ? "├" : "┼";
  if (ends) return column === to ? "╯" : "┴";
  return column === to ? "┤" : "┼";
}

function networkLines({ columns, connections }: NetworkDiagram): string[] {
  const labels = new Map(columns.flatMap(({ neurons }) => neurons.map(({ id, label }) => [id, label] as const)));
  return columns.flatMap(({ caption, details, neurons, hidden }) => {
    const rows = neurons.map(({ id, label, value, bias }) => {
      const sources = connections.filter(({ to, weight }) => to === id && weight !== undefined);
      const sum =
        sources.length > mostNumbers
          ? `${sources.length} weights`
          : sources
              .map(
                ({ from, weight = 0 }, at) =>
                  `${at > 0 ? (weight < 0 ? " - " : " + ") : ""}${numeral(at > 0 ? Math.abs(weight) : weight)} ${labels.get(from) ?? ""}`,
              )
              .join("");
      return [plain(label), value === undefined ? "" : `= ${value}`, plain(sum === "" ? "" : `← ${sum}`), plain(bias ?? "")];
    });
    const told = aligned(rows).map((line) => `  ${line}`);
    const gap = hidden > 0 ? [`  ⋮ ${hidden} more`] : [];
    return [plain(`${caption}: ${details.join(", ")}`), ...told.slice(0, shownFirst), ...gap, ...told.slice(shownFirst), ""];
  });
}

/** Cells in columns of equal width, two spaces apart; columns that are empty throughout are left out. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, [...(row[column] ?? "")].length), 0));
  return rows.map((row) =>
    row.flatMap((cell, column) => ((widths[column] ?? 0) === 0 ? [] : [cell + " ".repeat((widths[column] ?? 0) - [...cell].length)])).join("  "),
  );
}

/** One line without control characters, so that no name can move the cursor. */
function plain(content: string): string {
  const line = [...oneLine(content)];
  return line.length > longest * 2 ? `${line.slice(0, longest * 2 - 1).join("")}…` : line.join("");
}

const oneLine = (content: string): string => clean(content).replaceAll(/[\t\n]/g, " ");
