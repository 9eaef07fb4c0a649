import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importsOf } from "../syntax.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files that a file needs, for values or for types only. */
function needs(file: string): readonly string[] {
  const sources = importsOf(readFileSync(join(root, file), "utf8")).map(({ source }) => source);
  return sources.filter((source) => source.startsWith(".")).map((source) => join(dirname(file), source));
}

/** The first way found from a node back to itself. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (at: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return undefined;
    for (const next of graph.get(at) ?? []) {
      const found = visit(next, [...path, at]);
      if (found !== undefined) return found;
    }
    done.add(at);
    return undefined;
  };
  for (const start of graph.keys()) {
    const found = visit(start, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

test("no file of a package needs itself through others, not even for a type", () => {
  const files = globSync("packages/*/src/**/*.ts", { cwd: root });
  expect(files.length).toBeGreaterThan(50);
  const graph = new Map(files.map((file) => [file, needs(file)]));
  expect([...graph.values()].flat().filter((file) => !graph.has(file))).toEqual([]);
  expect(findCycle(graph)).toBeUndefined();
});

test("a cycle is found", () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> => new Map(Object.entries(edges));
  expect(findCycle(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toBeUndefined();
  expect(findCycle(graph({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual(["b", "c", "b"]);
  expect(findCycle(graph({ a: ["a"] }))).toEqual(["a", "a"]);
});
