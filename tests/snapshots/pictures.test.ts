import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toSvg } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { pictures } from "../../scripts/picture-list.ts";

/** Ids are already stable; coordinates to one decimal keep the picture and drop the noise. */
const rounded = (svg: string): string => svg.replaceAll(/-?\d+\.\d+/g, (number) => Number(number).toFixed(1));

const all = pictures();

describe.each(all)("the picture $label", ({ label, title, description, dot, svg }) => {
  const draw = async (): Promise<string> => svg ?? toSvg(dot ?? "", { title, description });

  test("is drawn as its file in the documents shows", async () => {
    expect(rounded(await draw())).toBe(rounded(readFileSync(new URL(`../../docs/pictures/${label}.svg`, import.meta.url), "utf8")));
  });

  test("speaks its title and description", async () => {
    expect(await draw()).toMatch(/<title>[^<]+<\/title>[\s\S]*<desc>[^<]+<\/desc>/);
  });
});

test("the derivative of relu is drawn as a jump", () => {
  const paths = [...(all.find(({ label }) => label === "relu")?.svg ?? "").matchAll(/<path d="([^"]+)"/g)].map(([, d = ""]) => d);
  expect(paths.map((d) => d.match(/M/g)?.length)).toEqual([1, 2]);
});

describe.each(all.flatMap(({ label, dot }) => (dot === undefined ? [] : [{ label, dot }])))("the DOT text of $label", ({ label, dot }) => {
  test("is text that a person can read", async () => {
    await expect(dot).toMatchFileSnapshot(`${label}.dot`);
  });

  // Graphviz 5 in WebAssembly was built without HTML-like labels, so it is asked for the structure alone.
  test("is understood by an older Graphviz: the same boxes and arrows", () => {
    const old = execFileSync("graphviz", ["-Tsvg", fileURLToPath(new URL(`${label}.dot`, import.meta.url))], {
      encoding: "utf8",
      // It warns that it does not know how wide characters outside ASCII are.
      stdio: ["ignore", "pipe", "ignore"],
    });
    const titles = [...old.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text = ""]) => text).slice(1);
    // A frame is neither, and an arrow that only orders boxes is not drawn.
    const lines = dot.split("\n").filter((line) => !line.includes('style="invis"'));
    expect(titles.filter((text) => !text.includes("&gt;") && !text.startsWith("cluster_"))).toHaveLength(
      lines.filter((line) => /^ {2}"[^"]+" \[/.test(line) && !line.includes("->")).length,
    );
    expect(titles.filter((text) => text.includes("&gt;"))).toHaveLength(lines.filter((line) => /^ {2}"[^"]+"\S* -> /.test(line)).length);
  });
});
