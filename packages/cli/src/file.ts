import { rename, rm, writeFile } from "node:fs/promises";

/** Writes a file whole or not at all: what was there stays until the new content is complete. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const reason =
      (error as { readonly code?: unknown }).code === "ENOENT" ? "its folder does not exist" : error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be written: ${reason}`, { cause: error });
  }
}
