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
