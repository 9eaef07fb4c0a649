/** A piece of TypeScript in a document: a module of its own. */
export interface Snippet {
  /** The document, relative to the root of the repository. */
  readonly file: string;
  /** The line of the document on which the code begins, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** The blocks of a Markdown document that are marked `ts`. */
export function markdownSnippets(file: string, text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  let open: { readonly fence: string; readonly runs: boolean; readonly line: number; readonly indent: number } | undefined;
  let code: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [, indent = "", fence, language] = /^( *)(`{3,})\s*(\w*)/.exec(line) ?? [];
    if (open === undefined) {
      if (fence === undefined) continue;
      open = { fence, runs: language === "ts" || language === "typescript", line: index + 2, indent: indent.length };
      code = [];
    } else if (fence !== undefined && language === "" && fence.length >= open.fence.length) {
      if (open.runs) snippets.push({ file, line: open.line, code: code.join("\n") });
      open = undefined;
    } else code.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
  }
  if (open !== undefined) throw new Error(`${file}:${open.line - 1}: the block is not closed`);
  return snippets;
}

/** The `@example`s in the doc comments of a source file. They are written without imports: what the packages export is at hand. */
export function commentSnippets(file: string, text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const first = text.slice(0, comment.index).split("\n").length;
    let example: { readonly line: number; readonly code: string[] } | undefined;
    const close = (): void => {
      if (example !== undefined) snippets.push({ file, line: example.line, code: example.code.join("\n") });
      example = undefined;
    };
    for (const [index, raw] of comment[0].split("\n").entries()) {
      const line = raw.replace(/^\s*\/?\*+ ?/, "").replace(/\s*\*\/$/, "");
      const [, tag, rest = ""] = /^@(\w+)(.*)$/.exec(line) ?? [];
      if (tag !== undefined) {
        close();
        if (tag === "example") example = { line: first + index, code: [rest.trim()] };
      } else example?.code.push(line.startsWith("```") || /^\s*\*?\/$/.test(line) ? "" : line);
    }
    close();
  }
  return snippets;
}
