import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../packages/mlp/src/textbooks/", import.meta.url));

test("right sides import no op, no kernel and no tape: they are loops over numbers", () => {
  const rightSides = globSync(["*/equations*.ts", "numbers.ts"], { cwd: folder });
  expect(rightSides.length).toBeGreaterThan(2);
  const imports = rightSides.flatMap((file) =>
    [...readFileSync(`${folder}${file}`, "utf8").matchAll(/^(?:import|export) .* from "([^"]+)";/gm)].map(([, from]) => `${file}: ${from}`),
  );
  expect(imports.filter((each) => !each.endsWith(": ../numbers.ts") && !/: \.\.?\/(?:[\w-]+\/)?equations[\w-]*\.ts$/.test(each))).toEqual([]);
});
