import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Syntax, lineAt, parse, walk } from "../syntax.ts";

const folder = fileURLToPath(new URL("../../packages/mlp/src/textbooks/", import.meta.url));
const sourceOf = (file: string): string => readFileSync(`${folder}${file}`, "utf8");
const files = globSync("**/*.ts", { cwd: folder }).map((file) => file.replaceAll("\\", "/"));
const isRightSide = (file: string): boolean => file === "numbers.ts" || posix.basename(file) === "equations.ts";

/** The modules that a file imports or exports from, as written; the nodes that say so. */
function importsOf(source: string): { readonly from: string; readonly node: Syntax }[] {
  return [...walk(parse(source))].flatMap((node) => {
    if (!["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration", "ImportExpression"].includes(node.type)) return [];
    const from = node["source"] as (Syntax & { readonly value?: unknown }) | null;
    return from === null || from === undefined ? [] : [{ from: String(from.value), node }];
  });
}

test("right sides import no op, no kernel and no tape: equations import numbers and each other, and nothing else", () => {
  const rightSides = files.filter(isRightSide);
  expect(rightSides.toSorted()).toEqual(["backpropagation", "basics", "derivation", "mehrotra", "perceptrons", "together"].map((text) => `${text}/equations.ts`).concat("numbers.ts").toSorted()); // prettier-ignore
  const strays = rightSides.flatMap((file) =>
    importsOf(sourceOf(file))
      .map(({ from }) => (from.startsWith(".") ? posix.join(posix.dirname(file), from) : from))
      .filter((from) => !isRightSide(from))
      .map((from) => `${file}: ${from}`),
  );
  expect(strays).toEqual([]);
});

/** Where a call of `instance` has a right side that is not a name from a file of equations, nor one that its function was given. */
function ownRightSides(file: string, source: string): string[] {
  const program = parse(source);
  const equations = new Set(
    importsOf(source)
      .filter(({ from }) => isRightSide(posix.join(posix.dirname(file), from)))
      .flatMap(({ node }) => (node["specifiers"] as readonly Syntax[]).map((each) => (each["local"] as Syntax)["name"])),
  );
  const given = new Set(
    [...walk(program)]
      .filter(({ type }) => type === "ArrowFunctionExpression" || type === "FunctionDeclaration")
      .flatMap((node) => (node["params"] as readonly Syntax[]).flatMap((each) => (each.type === "Identifier" ? [each["name"]] : []))),
  );
  const stands = (right: Syntax): boolean => {
    if (right.type === "CallExpression") return stands(right["callee"] as Syntax);
    if (right.type === "MemberExpression") return equations.has((right["object"] as Syntax)["name"]);
    return right.type === "Identifier" && given.has(right["name"]);
  };
  return [...walk(program)]
    .filter((node) => node.type === "CallExpression" && (node["callee"] as Syntax)["name"] === "instance")
    .map((node) => ({ node, right: (node["arguments"] as readonly Syntax[])[3] }))
    .filter(({ right }) => right === undefined || !stands(right))
    .map(({ node }) => `${file}:${lineAt(source, node.start)}`);
}

test("every right side stands in a file of equations", () => {
  expect(files.filter((file) => !isRightSide(file)).flatMap((file) => ownRightSides(file, sourceOf(file)))).toEqual([]);
});

test("a right side written in place is found, and so is an import over several lines", () => {
  const given =
    'import * as text from "./equations.ts";\nconst own = () => [1];\ninstance("a", [1], {}, text.one);\ninstance("b", [1], {}, () => [1]);\ninstance("c", [1], {}, own);';
  expect(ownRightSides("mehrotra/rows.ts", given)).toEqual(["mehrotra/rows.ts:4", "mehrotra/rows.ts:5"]);
  expect(importsOf('import {\n  sigmoid,\n} from "@nabla/autodiff";\nexport * from "./tape.ts";').map(({ from }) => from)).toEqual([
    "@nabla/autodiff",
    "./tape.ts",
  ]);
});
