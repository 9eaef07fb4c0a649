import { DiagramError } from "./diagram-error.ts";

/**
 * What becomes of an import that fails, written on the import itself: `import("x").catch(missing("x"))`. Bundlers then forgive that x is not
 * installed. Throws DiagramError, and says how to install it.
 */
export function missing(label: string): (error: unknown) => never {
  return (error) => {
    throw new DiagramError(`this needs the package ${label}: npm install ${label} (${error instanceof Error ? error.message : String(error)})`);
  };
}
