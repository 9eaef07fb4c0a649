import { describe, expect, test } from "vitest";
import { checker } from "./checker.ts";
import { matches } from "./matches.ts";
import { withChecks } from "./promises.ts";
import { commentSnippets, markdownSnippets } from "./snippet.ts";

describe("what counts as the same text", () => {
  test.each([
    ["3", "3"],
    ["[ 1, 2 ]", "[1, 2]"],
    ["{ a: 'x' }", '{ a: "x" }'],
    ["Float64Array(2) [ 1, 2 ]", "[1, 2]"],
    ["0.46211715726000973", "0.4621"],
    ["0.46219", "0.4621…"],
    ["0.30000000000000004", "0.3"],
    ["4.248354255291589e-18", "4.2e-18"],
    ["layer  1   0.25", "layer 1 0.25"],
    ["a, b, c, d", "a, …, d"],
    ["NaN", "NaN"],
  ])("%s is %s", (got, promised) => expect(matches(got, promised)).toBe(true));

  test.each([
    ["3.2", "3"],
    ["[1, 2, 3]", "[1, 2]"],
    ["0.46219", "0.4621"],
    ["0.5", "-0.5"],
    ["4.4e-18", "4.2e-18"],
    ["4e-17", "4e-18"],
    ["W1", "W2"],
    ["64-32-10", "64-32-11"],
    ["", "0"],
    ["a, b", "a, …, d"],
    ["NaN", "0"],
    ["-0", "0"],
  ])("%s is not %s", (got, promised) => expect(matches(got, promised)).toBe(false));
});

/** Runs a snippet of plain JavaScript with its promises checked. */
async function run(code: string): Promise<void> {
  const body = withChecks(code);
  const url = `data:text/javascript,${encodeURIComponent(`export default async (__document, console) => { ${body}\n}`)}`;
  const made = (await import(/* @vite-ignore */ url)) as { readonly default: (...given: readonly unknown[]) => Promise<void> };
  const check = checker("page.md", 1);
  await made.default(check, check.console);
}

describe("a promise that holds passes, one that does not fails at its line", () => {
  const pairs: readonly (readonly [what: string, right: string, wrong: string])[] = [
    ["of an expression", "1 + 1 // => 2", "1 + 1 // => 3"],
    ["of an expression without semicolons", "let x = 1\nx + 1 // => 2\nx + 2 // => 3", "let x = 1\nx + 1 // => 2\nx + 2 // => 2"],
    ["of an expression over several lines", "[\n  1, // one\n  2,\n]; // => [1, 2]", "[\n  1,\n  2,\n]; // => [1]"],
    ["of a name", "const x = { a: [1.5] }; // => { a: [1.5] }", "const x = { a: [1.5] }; // => { a: [1] }"],
    ["of a string, with or without quotes", '"ab" // => ab\n"ab" // => "ab"', '"ab" // => "a"'],
    ["of printed text", "console.log(1, 'a') // => 1 a", "console.log(1, 'a') // => 1 b"],
    ["of several printed lines", "console.log('a\\nb');\n// => a\n//    b", "console.log('a\\nb');\n// => a\n//    c"],
    ["of what a loop printed", "for (const i of [1, 2]) {\n  console.log(i);\n}\n// => 1\n// => 2", "for (const i of [1, 2]) {\n  console.log(i);\n}\n// => 1"],
    ["inside a loop", "for (const i of [1, 1]) {\n  console.log(i); // => 1\n}", "for (const i of [1, 2]) {\n  console.log(i); // => 1\n}"],
    ["of an awaited value", "await Promise.resolve(2) // => 2", "Promise.resolve(2) // => 2"],
    ["of an error", "null.x; // => throws TypeError: Cannot read", "null.x; // => throws RangeError"],
    ["of an error that must come", "null.x; // => throws TypeError", "1; // => throws TypeError"],
  ];
  test.each(pairs)("%s", async (_, right, wrong) => {
    await expect(run(right)).resolves.toBeUndefined();
    await expect(run(wrong)).rejects.toThrow(/^page\.md:\d+: the document says/);
  });

  test("the line is that of the document", async () => {
    await expect(run("1; // => 1\n\n2; // => 3")).rejects.toThrow("page.md:3:");
  });

  test("a promise in a string is none, and one that follows nothing is refused", () => {
    expect(withChecks('const x = "// => 3";')).toBe('const x = "// => 3";');
    expect(() => withChecks("// => 3\n")).toThrow("follows no statement");
    expect(() => withChecks("f(\n  1, // => 1\n);")).toThrow("follows no statement");
  });
});

describe("snippets", () => {
  test("Markdown gives the blocks marked ts, with their lines", () => {
    const page = "# A\n\n```ts\na\n```\n\n```sh\nb\n```\n\n- x\n\n  ```ts\n  c\n\n  d\n  ```\n";
    expect(markdownSnippets("p.md", page)).toEqual([
      { file: "p.md", line: 4, code: "a" },
      { file: "p.md", line: 14, code: "c\n\nd" },
    ]);
    expect(() => markdownSnippets("p.md", "```ts\na\n")).toThrow("p.md:1");
  });

  test("a doc comment gives its examples, up to the next tag", () => {
    const text = "/** Text. */\nx\n/**\n * Text.\n *\n * @example\n * a\n *   b\n *\n * @example c\n * @returns d\n */\n";
    expect(commentSnippets("s.ts", text)).toEqual([
      { file: "s.ts", line: 6, code: "\na\n  b\n" },
      { file: "s.ts", line: 10, code: "c" },
    ]);
  });
});
