import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { entries, root } from "./collect.ts";
import { rooms, typesBehind } from "./signatures.ts";

const page = readFileSync(`${root}docs/api.md`, "utf8");

/** After a change of a signature: `pnpm exec vitest run tests/documents/api.test.ts -u`. */
test("docs/api.md holds the signatures of the sources", async () => {
  const written = page.replaceAll(/<!-- (packages\/\S+) -->[\s\S]*?<!-- end -->/g, (_, entry: string) => {
    const blocks = rooms(entry).map(({ file, signatures }) => `### ${file}\n\n\`\`\`text\n${signatures.join("\n\n")}\n\`\`\`\n`);
    return `<!-- ${entry} -->\n\n${blocks.join("\n")}\n<!-- end -->`;
  });
  await expect(written).toMatchFileSnapshot("../../docs/api.md");
});

test("every name that a package exports stands in docs/api.md with a signature", async () => {
  for (const [entry, file] of Object.entries(entries)) {
    const listed = rooms(file).flatMap(({ names }) => names);
    const called = Object.entries((await import(entry)) as object).flatMap(([name, value]) =>
      Object.prototype.toString.call(value) === "[object Module]" ? Object.keys(value as object).map((each) => `${name}.${each}`) : [name],
    );
    expect(
      called.filter((name) => !listed.includes(name)),
      entry,
    ).toEqual([]);
    const unsigned = rooms(file).flatMap(({ names, signatures }) => names.filter((name) => !signatures.some((each) => declares(each, name))));
    expect(unsigned, entry).toEqual([]);
  }
});

test("every type that a public name is made of can be imported", () => {
  const unnamed = Object.entries(entries).flatMap(([entry, file]) => typesBehind(file).map((type) => `${entry} ${type}`));
  expect(unnamed).toEqual([]);
});

test("the sentence on errors names every class of error that a package exports", async () => {
  const modules = await Promise.all(Object.keys(entries).map(async (entry) => import(entry) as Promise<object>));
  const errors = modules.flatMap((each) => Object.entries(each)).flatMap(([name, value]) => (isErrorClass(value) ? [name] : []));
  const [sentence = ""] = /^Errors are [\s\S]*?;/m.exec(page) ?? [];
  expect(new Set([...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name))).toEqual(new Set(errors));
});

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && (value.prototype as unknown) instanceof Error;
}

/** Whether a signature is that of a name: past its comment it begins with it, alone or behind a keyword. */
function declares(signature: string, name: string): boolean {
  const code = signature.replace(/^\/\/.*\n/, "").replace(/^(?:class|interface|type) /, "");
  return code.startsWith(name) && !/^[\w.]/.test(code.slice(name.length));
}
