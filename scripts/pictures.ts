/** Draws the pictures of the documents into docs/pictures, as SVG: all, or those that are named. `pnpm pictures curve --png` adds PNG files in out/ to look at. */
import { mkdirSync } from "node:fs";
import { toPng, toSvg } from "@nabla/viz";
import { pictures } from "./picture-list.ts";
import { writeWhole } from "./whole-file.ts";

const folder = new URL("../docs/pictures/", import.meta.url);
const out = new URL("../out/", import.meta.url);
mkdirSync(folder, { recursive: true });
mkdirSync(out, { recursive: true });
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const all = pictures();
const unknown = named.find((label) => !all.some((picture) => picture.label === label));
if (unknown !== undefined) throw new Error(`there is no picture ${unknown}; there are ${all.map(({ label }) => label).join(", ")}`);
for (const { label, title, description, dot, svg } of named.length === 0 ? all : all.filter((picture) => named.includes(picture.label))) {
  const drawn = svg ?? (await toSvg(dot ?? "", { title, description }));
  writeWhole(new URL(`${label}.svg`, folder), drawn);
  if (process.argv.includes("--png")) writeWhole(new URL(`${label}.png`, out), await toPng(drawn));
  console.log(`docs/pictures/${label}.svg`);
}
