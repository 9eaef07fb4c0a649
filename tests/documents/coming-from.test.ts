import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "./collect.ts";

test("every name that docs/coming-from.md gives for one of another library exists, and is run on the page", async () => {
  const page = readFileSync(`${root}docs/coming-from.md`, "utf8");
  const rows = [...page.matchAll(/^\| [^|]*\| [^|]*\| ([^|]*) \|$/gm)].map(([, here = ""]) => here).filter((here) => here.includes("`"));
  expect(rows.length).toBeGreaterThan(25);
  const named = new Set(
    rows.flatMap((here) => [...here.matchAll(/`([^`]*)`/g)].flatMap(([, code = ""]) => [...code.matchAll(/([A-Za-z]\w*)\(/g)].map(([, name = ""]) => name))),
  );
  const modules = await Promise.all(["@nabla/autodiff", "@nabla/mlp"].map((entry) => import(entry) as Promise<object>));
  const exported = new Set(modules.flatMap((each) => Object.keys(each)));
  const run = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code.replaceAll(/^import .*$/gm, "")).join("\n");
  expect([...named].filter((name) => !exported.has(name))).toEqual(["f"].filter((name) => named.has(name)));
  expect([...named].filter((name) => exported.has(name) && !new RegExp(`\\b${name}\\(`).test(run))).toEqual([]);
});
