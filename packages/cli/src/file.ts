import { rename, rm, writeFile } from "node:fs/promises";

/** What an error of the system means for the file. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "it is a folder",
  EACCES: "its folder may not be written",
  EPERM: "its folder may not be written",
  EROFS: "its disk may not be written",
  ENOSPC: "its disk is full",
  ENAMETOOLONG: "its name is too long",
};

/** Writes a file whole or not at all: what was there stays until the new content is complete. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const { code } = error as { readonly code?: unknown };
    const reason = typeof code === "string" && Object.hasOwn(reasons, code) ? reasons[code] : error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be written: ${reason}`, { cause: error });
  }
}
