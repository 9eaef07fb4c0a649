import { runAccuracy } from "./accuracy.ts";
import { runComposite } from "./composite.ts";
import { type Engine, engines } from "./engines.ts";
import { runJacobian } from "./jvp-vjp.ts";
import { type ReferenceFile, fileName, loadFolder } from "./load.ts";
import { runNetworks } from "./mlp.ts";
import { runOps } from "./ops.ts";
import { type Outcome, type Tally, merged, tally } from "./report.ts";
import { runTraining } from "./training.ts";

/** How each group of reference files is run; a group that is not here fails by name. */
const groups: ReadonlyMap<string, (file: ReferenceFile, engine: Engine) => Outcome[]> = new Map([
  ["ops-basic", runOps],
  ["ops-edge", runOps],
  ["opinfo", runOps],
  ["composite", runComposite],
  ["jvp-vjp", runJacobian],
  ["mlp", runNetworks],
  ["training", runTraining],
  ["accuracy", runAccuracy],
  ["accuracy-plane", runAccuracy],
]);

/** Runs every reference file of a folder on every engine: one tally per group and engine. */
export function conformance(folder: string): Tally[] {
  return merged(
    loadFolder(folder).flatMap((file) =>
      engines.map((engine) => {
        if ("problem" in file) return refused("malformed", engine, `${fileName(file.path)}: ${file.problem}`);
        const { group } = file.meta;
        const run = groups.get(group);
        if (run === undefined) return refused(group, engine, `${fileName(file.path)}: the group is unknown; those known are ${[...groups.keys()].join(", ")}`);
        return tally(group, engine.name, run(file, engine));
      }),
    ),
  );
}

/** A file that cannot be run is one failure. */
function refused(group: string, { name }: Engine, message: string): Tally {
  return { group, engine: name, passed: 0, failed: 1, skipped: new Map(), failures: [`${group}: ${message}`] };
}
