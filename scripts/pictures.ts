/** Draws the pictures of the documents into docs/pictures, as SVG. `pnpm pictures --png` adds PNG files in out/ to look at. */
import { mkdirSync } from "node:fs";
import { toPng, toSvg } from "@nabla/viz";
import { pictures } from "./picture-list.ts";
import { writeWhole } from "./whole-file.ts";

const folder = new URL("../docs/pictures/", import.meta.url);
const out = new URL("../out/", import.meta.url);
mkdirSync(folder, { recursive: true });
mkdirSync(out, { recursive: true });
for (const { label, title, description, dot, svg } of pictures()) {
  const drawn = svg ?? (await toSvg(dot ?? "", { title, description }));
  writeWhole(new URL(`${label}.svg`, folder), drawn);
  if (process.argv.includes("--png")) writeWhole(new URL(`${label}.png`, out), await toPng(drawn));
  console.log(`docs/pictures/${label}.svg`);
}
