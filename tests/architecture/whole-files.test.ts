import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { writeWhole } from "../../scripts/whole-file.ts";

test.each(["scripts", "examples"])("%s write their files whole or not at all", (folder) => {
  const root = new URL(`../../${folder}/`, import.meta.url);
  const files = readdirSync(root).filter((file) => file.endsWith(".ts") && file !== "whole-file.ts");
  expect(files.filter((file) => /\bwriteFile/.test(readFileSync(new URL(file, root), "utf8")))).toEqual([]);
});

test("a file that cannot be replaced leaves no draft behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-whole-"));
  writeWhole(join(folder, "a"), "old");
  writeWhole(pathToFileURL(join(folder, "a")), "new");
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("new");
  expect(() => writeWhole(folder, "over a folder")).toThrow();
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readdirSync(join(folder, "..")).filter((file) => file.endsWith(".part") && file.includes("nabla-whole-"))).toEqual([]);
});

test("what tests write into the folder for temporary files goes with the run", () => {
  expect(tmpdir()).toMatch(/nabla-tests-\w+$/);
});
