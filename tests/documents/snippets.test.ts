import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "../syntax.ts";
import { documents, entries, root, snippets } from "./collect.ts";
import { writeChecked, writePlain } from "./module.ts";
import { mentionedNames } from "./promises.ts";

rmSync(`${root}.cache/snippets`, { recursive: true, force: true });
const all = await snippets();

describe("every block of the documents and every example in a doc comment runs and gives what it says", () => {
  for (const { snippet, sources } of all)
    test(`${snippet.file}:${snippet.line}`, async () => {
      try {
        await import(/* @vite-ignore */ pathToFileURL(writeChecked(snippet, sources)).href);
      } catch (error) {
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        throw new Error(message.includes(`${snippet.file}:`) ? message : `${snippet.file}:${snippet.line}: ${message}`, { cause: error });
      }
    });
});

test("they all compile", () => {
  const files = all.map(({ snippet, sources }) => writePlain(snippet, sources));
  const config = `${root}.cache/snippets/tsconfig.json`;
  const compilerOptions = {
    rootDir: root,
    noEmit: true,
    composite: false,
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    types: ["node"],
  };
  writeFileSync(config, JSON.stringify({ extends: `${root}tsconfig.base.json`, compilerOptions, files }));
  let complaints = "";
  try {
    execFileSync(`${root}node_modules/.bin/tsc`, ["-p", config, "--pretty", "false"], { cwd: root, encoding: "utf8" });
  } catch (error) {
    complaints = String((error as { readonly stdout?: unknown }).stdout ?? error);
  }
  expect(complaints).toBe("");
});

test("every exported function has an example", async () => {
  const shown = new Set(all.filter(({ sources }) => sources.length > 0).flatMap(({ snippet }) => [...mentionedNames(parse(snippet.code))]));
  const missing = await Promise.all(
    Object.keys(entries).map(async (module) => {
      const exported = Object.entries((await import(module)) as Record<string, unknown>);
      return exported
        .filter(([name, value]) => typeof value === "function" && !(value.prototype instanceof Error) && !shown.has(name))
        .map(([name]) => `${module} ${name}`);
    }),
  );
  expect(missing.flat()).toEqual([]);
});

test("every relative link leads to a file", () => {
  const broken = documents.flatMap((file) =>
    [
      ...readFileSync(`${root}${file}`, "utf8")
        .replaceAll(/```[\s\S]*?```/g, "")
        .matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g),
    ]
      .map(([, link, attribute]) => link ?? attribute ?? "")
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
      .filter((link) => !existsSync(resolve(root, dirname(file), link.replace(/#.*$/, ""))))
      .map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
});
