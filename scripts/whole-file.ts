import { renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Writes a file whole or not at all: what was there stays until the new content is complete. */
export function writeWhole(file: string | URL, content: string | Uint8Array): void {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const draft = `${path}.${process.pid}.part`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
