import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Syntax, children, parse } from "../syntax.ts";
import { type Source } from "./module.ts";
import { type Snippet, commentSnippets, markdownSnippets } from "./snippet.ts";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** Every Markdown document of the project, relative to its root. */
export const documents: readonly string[] = globSync(["*.md", "docs/**/*.md", "packages/*/*.md", "tests/*.md", "examples/**/*.md", "bench/**/*.md"], {
  cwd: root,
  exclude: ["CHANGELOG.md", "**/node_modules/**"],
}).toSorted();

/** The entries of the packages, and the files in which they begin. */
export const entries: Readonly<Record<string, string>> = {
  "@nabla/autodiff": "packages/autodiff/src/index.ts",
  "@nabla/autodiff/argument": "packages/autodiff/src/argument.ts",
  "@nabla/autodiff/formula": "packages/autodiff/src/formula/index.ts",
  "@nabla/mlp": "packages/mlp/src/index.ts",
  "@nabla/viz": "packages/viz/src/index.ts",
  "@nabla/cli": "packages/cli/src/index.ts",
};

const read = (file: string): string => readFileSync(`${root}${file}`, "utf8");

/** Every snippet of the documents, and of the doc comments with what they may use without importing it. */
export async function snippets(): Promise<readonly { readonly snippet: Snippet; readonly sources: readonly Source[] }[]> {
  const inDocuments = documents.flatMap((file) => markdownSnippets(file, read(file))).map((snippet) => ({ snippet, sources: [] }));
  const exported = await Promise.all(Object.entries(entries).map(async ([module, file]) => source(module, file)));
  const inComments = await Promise.all(
    globSync("packages/*/src/**/*.ts", { cwd: root })
      .toSorted()
      .map(async (file) => {
        const found = commentSnippets(file, read(file));
        if (found.length === 0) return [];
        const home = `@nabla/${file.split("/")[1]}`;
        const sources = [...exported.filter(({ module }) => module === home), ...exported, await source(`${root}${file}`, file)];
        return found.map((snippet) => ({ snippet, sources }));
      }),
  );
  return [...inDocuments, ...inComments.flat()];
}

async function source(module: string, file: string): Promise<Source> {
  return { module, names: Object.keys((await import(module)) as object), types: exportedTypes(file) };
}

/** The types that a file exports, itself or from others. */
function exportedTypes(file: string): readonly string[] {
  return children(parse(read(file))).flatMap((statement) => {
    if (statement.type === "ExportAllDeclaration") return exportedTypes(join(dirname(file), (statement["source"] as Syntax)["value"] as string));
    if (statement.type !== "ExportNamedDeclaration") return [];
    const declaration = statement["declaration"] as Syntax | null;
    if (declaration !== null) return declaration.type.startsWith("TS") ? [(declaration["id"] as Syntax)["name"] as string] : [];
    const specifiers = statement["specifiers"] as readonly Syntax[];
    return specifiers
      .filter((each) => each["exportKind"] === "type" || statement["exportKind"] === "type")
      .map((each) => (each["exported"] as Syntax)["name"] as string);
  });
}
