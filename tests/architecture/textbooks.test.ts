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

/** A function with its name, if it has one, and the names of its parameters. */
interface Given {
  readonly name: unknown;
  readonly params: readonly unknown[];
  readonly node: Syntax;
}

function functionsOf(program: Syntax): Given[] {
  const named = ({ type, ...node }: Syntax): readonly [unknown, Syntax] | undefined => {
    if (type === "FunctionDeclaration") return [(node["id"] as Syntax)["name"], { type, ...node }];
    const init = node["init"] as Syntax | null;
    return type === "VariableDeclarator" && init?.type === "ArrowFunctionExpression" ? [(node["id"] as Syntax)["name"], init] : undefined;
  };
  return [...walk(program)].flatMap((node) => {
    const found = named(node);
    return found === undefined ? [] : [{ name: found[0], node: found[1], params: (found[1]["params"] as readonly Syntax[]).map((each) => each["name"]) }];
  });
}

/**
 * Where a call of `instance` has a right side that is not a name from a file of equations; or is one that its function was given, and a call of
 * that function gives another.
 */
function ownRightSides(file: string, source: string): string[] {
  const program = parse(source);
  const equations = new Set(
    importsOf(source)
      .filter(({ from }) => isRightSide(posix.join(posix.dirname(file), from)))
      .flatMap(({ node }) => (node["specifiers"] as readonly Syntax[]).map((each) => (each["local"] as Syntax)["name"])),
  );
  const fromEquations = (right: Syntax): boolean =>
    right.type === "CallExpression"
      ? fromEquations(right["callee"] as Syntax)
      : right.type === "MemberExpression" && equations.has((right["object"] as Syntax)["name"]);
  const calls = [...walk(program)].filter(({ type }) => type === "CallExpression");
  const functions = functionsOf(program);
  const strays = (name: unknown, at: number, among: readonly Syntax[]): Syntax[] =>
    among
      .filter((call) => (call["callee"] as Syntax)["name"] === name)
      .flatMap((call) => {
        const right = (call["arguments"] as readonly Syntax[])[at];
        if (right === undefined || fromEquations(right)) return right === undefined ? [call] : [];
        const giver = functions.find(
          ({ node, params }) => right.type === "Identifier" && params.includes(right["name"]) && node.start <= call.start && call.end <= node.end,
        );
        return giver === undefined ? [call] : strays(giver.name, giver.params.indexOf(right["name"]), calls);
      });
  return [...new Set(strays("instance", 3, calls).map(({ start }) => `${file}:${lineAt(source, start)}`))];
}

test("every right side stands in a file of equations", () => {
  expect(files.filter((file) => !isRightSide(file)).flatMap((file) => ownRightSides(file, sourceOf(file)))).toEqual([]);
});

test("a right side written in place is found, also where it is handed on, and so is an import over several lines", () => {
  const lines = [
    'import * as text from "./equations.ts";',
    "const own = () => [1];",
    'instance("a", [1], {}, text.one);',
    'instance("b", [1], {}, () => [1]);',
    'instance("c", [1], {}, own);',
    'const over = (count: number, right: typeof text.one) => [instance("d", [count], {}, right)];',
    "over(1, text.one);",
    "over(1, () => [1]);",
  ];
  expect(ownRightSides("mehrotra/rows.ts", lines.join("\n"))).toEqual([4, 5, 8].map((line) => `mehrotra/rows.ts:${line}`));
  expect(importsOf('import {\n  sigmoid,\n} from "@nabla/autodiff";\nexport * from "./tape.ts";').map(({ from }) => from)).toEqual([
    "@nabla/autodiff",
    "./tape.ts",
  ]);
});
