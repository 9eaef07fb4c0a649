import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * Every test makes its temporary files below one folder of the run, so that none has to clean up after itself. The folder goes with the run,
 * whether tests pass, fail or are skipped, or the run is stopped.
 */

const folder = mkdtempSync(join(tmpdir(), "nabla-tests-"));

export function setup(): void {
  for (const variable of ["TMPDIR", "TMP", "TEMP"]) process.env[variable] = folder;
  process.once("exit", teardown);
  process.once("SIGTERM", () => process.exit(143));
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
