import { DiagramError } from "./diagram-error.ts";
import { missing } from "./peer.ts";

/** Of the free fonts with every sign the one whose text is as wide as Helvetica's. */
export const condensed = "DejaVu Sans Condensed";

/** The files of DejaVu Sans Condensed, regular and bold. Throws DiagramError when the peer dejavu-fonts-ttf is not installed. */
export async function dejaVu(): Promise<string[]> {
  const { createRequire } = node("node:module") as { createRequire(from: string): { resolve(path: string): string } };
  const { resolve } = createRequire((import.meta as { readonly url?: string }).url ?? "file:///");
  try {
    return ["", "-Bold"].map((weight) => resolve(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${weight}.ttf`));
  } catch (error) {
    return missing("dejavu-fonts-ttf")(error);
  }
}

/** How TrueType and OpenType files, and collections of them, begin. */
const beginnings = ["\0\u0001\0\0", "true", "OTTO", "ttcf"];

/** Throws DiagramError for a file that is absent or is no font: text would silently be missing. */
export async function checkFontFile(file: string): Promise<void> {
  const { open } = node("node:fs/promises") as { open(path: string): Promise<FileHandle> };
  let opened: FileHandle | undefined;
  try {
    opened = await open(file);
    const { bytesRead, buffer } = await opened.read(new Uint8Array(4), 0, 4, 0);
    if (beginnings.includes(String.fromCharCode(...buffer.subarray(0, bytesRead)))) return;
  } catch (error) {
    throw new DiagramError(`toPng: the font file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await opened?.close();
  }
  throw new DiagramError(`toPng: ${file} is no font; give a TrueType or OpenType file, such as DejaVuSans.ttf`);
}

/** What is needed of the file system; the package has no types of Node, since the rest runs in browsers. */
interface FileHandle {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number; readonly buffer: Uint8Array }>;
  close(): Promise<void>;
}

/** A module of Node, asked of it and not imported, so that bundlers for browsers have nothing to find. Throws DiagramError where there is none. */
function node(name: string): unknown {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };
  const found = process?.getBuiltinModule?.(name);
  if (found === undefined) throw new DiagramError(`toPng: this needs ${name}, which browsers do not have; draw pixels in Node`);
  return found;
}
