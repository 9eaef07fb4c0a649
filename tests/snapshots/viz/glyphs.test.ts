import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toPng, toSvg } from "@nabla/viz";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));

/** Every sign beyond ASCII that the sources of the packages have, those of formulas and pictures among them. */
const signs = [
  ...new Set(
    ["autodiff", "mlp", "viz"].flatMap((name) =>
      readdirSync(`${packages}${name}/src`, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => [...readFileSync(`${packages}${name}/src/${file}`, "utf8")].filter((each) => each > "\u007F")),
    ),
  ),
];

const drawn = async (sign: string): Promise<string> =>
  Buffer.from(
    await toPng(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="10" y="30" font-size="20">${sign}</text></svg>`, { scale: 1 }),
  ).toString("base64");

test("the font of a PNG has every sign of formulas and pictures", async () => {
  const [missing, blank] = [await drawn("\uF8FE"), await drawn("")];
  expect(missing).not.toBe(blank);
  expect(signs.length).toBeGreaterThan(100);
  for (const each of "∂⊙δσΣ²ᵀᴸ₁ᵢ′×→★◆") expect(signs).toContain(each);
  const absent: string[] = [];
  for (const sign of signs) if ([missing, blank].includes(await drawn(sign))) absent.push(sign);
  expect(absent).toEqual([]);
});

test("text in an SVG names fonts of Helvetica's width, and then some that have the signs", async () => {
  const families = new Set(
    (await toSvg('digraph { graph [fontname="Helvetica" label="∂C"]; node [fontname="Helvetica"]; a [label="δ²"] }')).match(/font-family="[^"]*"/g),
  );
  expect([...families], "once, on the whole").toEqual([
    `font-family="Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', 'Segoe UI Symbol', 'STIX Two Math', 'Noto Sans Math', sans-serif"`,
  ]);
});
