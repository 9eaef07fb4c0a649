/**
 * Checks the packages as they would be published: packs each one, lints its manifest with publint and resolves its types with attw.
 * Run it with `pnpm packages`, after `tsc -b`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packed = fileURLToPath(new URL("../.pack", import.meta.url));
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed);

const pnpm = (...args: readonly string[]): void => {
  execFileSync("pnpm", args, { cwd: root, stdio: "inherit" });
};

pnpm("-r", "--filter", "./packages/*", "pack", "--pack-destination", packed);
for (const tarball of readdirSync(packed)) {
  pnpm("exec", "publint", "run", `${packed}/${tarball}`, "--strict");
  pnpm("exec", "attw", `${packed}/${tarball}`, "--profile", "esm-only", "--format", "ascii");
}
