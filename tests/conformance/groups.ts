import { runAccuracy } from "./accuracy.ts";
import { runComposite, runJacobian } from "./composite.ts";
import { type ReferenceFile, loadFolder } from "./load.ts";
import { runNetworks, runTraining } from "./networks.ts";
import { runOps } from "./ops.ts";
import { type Outcome, type Tally, tally } from "./report.ts";

type Engine = "eager";

/** How each group of reference files is run; a group that is not here fails by name. */
const groups: Readonly<Record<string, ((file: ReferenceFile, engine: Engine) => Outcome[]) | undefined>> = {
  "ops-basic": runOps,
  "ops-edge": runOps,
  opinfo: runOps,
  composite: runComposite,
  "jvp-vjp": runJacobian,
  accuracy: runAccuracy,
  mlp: runNetworks,
  training: runTraining,
};

const engines: readonly Engine[] = ["eager"];

/** Runs every reference file of a folder on every engine. */
export function conformance(folder: string): Tally[] {
  return loadFolder(folder).flatMap((file) =>
    engines.map((engine) => {
      const { group } = file.meta;
      const run = groups[group];
      const unknown = (): never => {
        throw new Error(`${file.path} has the group ${group}, which no runner knows; the groups are ${Object.keys(groups).join(", ")}`);
      };
      return tally(group, engine, run === undefined ? [{ name: file.path, run: unknown }] : run(file, engine));
    }),
  );
}
