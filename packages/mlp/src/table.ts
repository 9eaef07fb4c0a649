import { ValueError } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";

/** The rows to be shown. Throws ValueError unless they are a list of records with these entries, as the function named gives them. */
export function checkRows<T extends object>(caller: string, rows: readonly T[] | undefined, keys: readonly (string & keyof T)[], from: string): readonly T[] {
  const given: unknown = rows;
  const sound = (each: unknown): boolean => typeof each === "object" && each !== null && keys.every((key) => key in each);
  if (Array.isArray(given) && given.every(sound)) return rows as readonly T[];
  throw new ValueError(
    `${caller}: it takes ${from.endsWith(")") ? `what ${from} gives` : from}, whose rows each have ${keys.join(", ")}; got ${describe(given)} for the rows`,
  );
}

/** A table for a terminal: columns as wide as their widest cell, numbers at the right. */
export function textTable(head: readonly string[], lines: readonly (readonly string[])[], numeric: readonly number[] = []): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)));
  const line = (parts: readonly string[]): string =>
    parts
      .map((part, column) => (numeric.includes(column) ? part.padStart(widths[column] ?? 0) : part.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(head), rule, ...lines.map(line)].join("\n");
}

/** The same as a table in Markdown; a bar inside a cell is escaped. */
export function markdownTable(head: readonly string[], lines: readonly (readonly string[])[], numeric: readonly number[] = []): string {
  const line = (parts: readonly string[]): string => `| ${parts.map((part) => part.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (numeric.includes(column) ? "---:" : "---"))), ...lines.map(line)].join("\n");
}
