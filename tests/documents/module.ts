import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "../syntax.ts";
import { declaredNames, mentionedNames, withChecks } from "./promises.ts";
import { type Snippet } from "./snippet.ts";

/** Where a name comes from that a snippet uses without importing it: the module and what it exports, nearest first. */
export interface Source {
  readonly module: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

const folder = new URL("../../.cache/snippets/", import.meta.url);
const checkerFile = fileURLToPath(new URL("checker.ts", import.meta.url));

/** Writes a snippet as a module that checks its promises, in a folder that is not committed, and gives the module's path. */
export function writeChecked(snippet: Snippet, sources: readonly Source[]): string {
  const prelude = `import { checker as __checker } from ${JSON.stringify(checkerFile)}; const __document = __checker(${JSON.stringify(snippet.file)}, ${snippet.line}); const console = __document.console;`;
  return write(snippet, "run", `${prelude} ${imports(snippet, sources)}\n${withChecks(snippet.code)}\nexport {};\n`);
}

/** Writes a snippet as it stands, for the compiler. Its first line is the second of the module. */
export function writePlain(snippet: Snippet, sources: readonly Source[]): string {
  return write(snippet, "types", `${imports(snippet, sources)}\n${snippet.code}\nexport {};\n`);
}

function imports(snippet: Snippet, sources: readonly Source[]): string {
  const program = parse(snippet.code);
  const own = declaredNames(program);
  const open = new Set([...mentionedNames(program)].filter((name) => !own.has(name)));
  return sources
    .map(({ module, names, types }) => {
      const taken = [...names.filter((name) => open.delete(name)), ...types.filter((name) => open.delete(name)).map((name) => `type ${name}`)];
      return taken.length === 0 ? "" : `import { ${taken.join(", ")} } from ${JSON.stringify(module)};`;
    })
    .join(" ");
}

function write(snippet: Snippet, purpose: "run" | "types", text: string): string {
  const into = new URL(`${purpose}/`, folder);
  mkdirSync(into, { recursive: true });
  const path = fileURLToPath(new URL(`${snippet.file.replaceAll(/[^\w]+/g, "-")}-${snippet.line}.ts`, into));
  writeFileSync(path, text);
  return path;
}
