/** The same step by PyTorch, where a Python with PyTorch is at hand. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What pytorch.py prints. */
export interface Peer {
  readonly value: number;
  /** Of W2. */
  readonly gradient: readonly number[];
  readonly microseconds: number;
}

const script = fileURLToPath(new URL("pytorch.py", import.meta.url));

/** Runs the step in the first Python that can: the one `PYTHON` names, the one on the path, the system's. Undefined where none has PyTorch. */
export function pytorch(): Peer | undefined {
  for (const python of [process.env["PYTHON"], "python3", "/usr/bin/python3"]) {
    if (python === undefined) continue;
    const { status, stdout } = spawnSync(python, [script], { encoding: "utf8" });
    if (status === 0) return JSON.parse(stdout) as Peer;
  }
  return undefined;
}
