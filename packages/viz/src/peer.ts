import { DiagramError } from "./diagram-error.ts";

/** A package that is loaded when it is first needed. Throws DiagramError where it is not installed, and says how to install it. */
export async function load<M>(get: () => Promise<M>, label: string): Promise<M> {
  try {
    return await get();
  } catch (error) {
    throw new DiagramError(`this needs the package ${label}: npm install ${label} (${error instanceof Error ? error.message : String(error)})`);
  }
}
