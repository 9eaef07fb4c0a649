import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Syntax, lineAt, parse, walk } from "../syntax.ts";

const folder = fileURLToPath(new URL("../../packages/mlp/src/", import.meta.url));

/** What a closed form may take from autodiff: errors, and the numbers of a tensor that is there. */
const plain = new Set(["ShapeError", "ValueError", "values"]);

/** Names that a module takes from autodiff other than types and those above, under the name they have in it. */
function opsOf(program: Syntax): string[] {
  return [...walk(program)].flatMap((node) =>
    node.type !== "ImportDeclaration" || node["importKind"] === "type" || (node["source"] as Syntax)["value"] !== "@nabla/autodiff"
      ? []
      : (node["specifiers"] as readonly Syntax[])
          .filter((each) => each["importKind"] !== "type" && !plain.has(String((each["imported"] as Syntax | undefined)?.["name"])))
          .map((each) => String((each["local"] as Syntax)["name"])),
  );
}

/** Where the `prime` or `pull` of an activation, or a function declared beside them that they may call, uses one of those names. */
function opsInClosedParts(source: string): string[] {
  const program = parse(source);
  const ops = new Set(opsOf(program));
  const parts = [...walk(program)].filter(
    (node) =>
      (node.type === "Property" && ["prime", "pull"].includes(String((node["key"] as Syntax)["name"]))) ||
      (node.type === "FunctionDeclaration" && String((node["id"] as Syntax)["name"]).endsWith("Prime")),
  );
  return parts.flatMap((part) =>
    [...walk(part["type"] === "Property" ? (part["value"] as Syntax) : part)]
      .filter((node) => node.type === "Identifier" && ops.has(String(node["name"])))
      .map((node) => `${lineAt(source, node.start)}: ${String(node["name"])}`),
  );
}

const closed = ["pairing.ts", "derivative.ts", "measured.ts", "double-double.ts", "normal-distribution.ts", ...globSync("delta/*.ts", { cwd: folder })];

test.each(closed)("%s takes no op from autodiff: the closed forms share no code with the tape", (file) => {
  expect(opsOf(parse(readFileSync(`${folder}${file}`, "utf8")))).toEqual([]);
});

test("no activation's closed derivative calls an op", () => {
  const source = readFileSync(`${folder}activation.ts`, "utf8");
  expect(opsOf(parse(source))).toContain("gelu");
  expect(opsInClosedParts(source)).toEqual([]);
});

test("an op in a closed derivative would be found", () => {
  const source = 'import { type Tensor, erfc as tail, item } from "@nabla/autodiff";\nconst g = { of: (z) => tail(z),\n prime: (z) => item(tail(-z)) };';
  expect(opsInClosedParts(source)).toEqual(["3: item", "3: tail"]);
});
