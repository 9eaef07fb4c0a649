/**
 * Writes the style and the script of the interactive page as text that the package can carry: `pnpm page`, after a change in
 * packages/viz/page. The types are blanked out by Node itself; a test says when this was forgotten.
 */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { writeWhole } from "./whole-file.ts";

const source = (name: string): string => readFileSync(new URL(`../packages/viz/page/${name}`, import.meta.url), "utf8");
export const assetsFile: string = fileURLToPath(new URL("../packages/viz/src/page/assets.ts", import.meta.url));

/** The modules of the script, each after those that it imports. */
const modules = ["document", "numbers", "typed", "ranges", "view", "sketch", "cards", "spoken", "script"] as const;

/** The module with both texts. The modules of the script become one block, in which they see each other without imports. */
export function assets(): string {
  const tidy = (text: string): string =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("//"))
      .join("\n");
  const joined = modules
    .map((part) =>
      stripTypeScriptTypes(source(`${part}.ts`))
        .replaceAll(/^import .*$/gm, "")
        .replaceAll(/^export /gm, "")
        .replaceAll(/^\s*\/\*\*[\s\S]*?\*\/$/gm, ""),
    )
    .join("\n");
  return [
    "// Written by scripts/page.ts from packages/viz/page. Change it there.",
    `export const style: string = ${JSON.stringify(tidy(source("style.css") + source("sketch.css")))};`,
    `export const script: string = ${JSON.stringify(`{\n${tidy(joined).replaceAll(/ {2,}/g, " ")}\n}`)};`,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeWhole(assetsFile, assets());
