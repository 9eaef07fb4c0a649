import * as nabla from "@nabla/autodiff";
import { type Tensor, vjp } from "@nabla/autodiff";
import { broken, compareTensor } from "./compare.ts";
import { type Engine } from "./engines.ts";
import { type Case, type Recorded, type ReferenceFile, type Tolerance, recorded, toTensor, toleranceOf } from "./load.ts";
import { type Outcome, Skip } from "./report.ts";

const groupTolerance: Readonly<Record<string, Tolerance>> = {
  "ops-basic": { rtol: 1e-11, atol: 1e-13 },
  "ops-edge": { rtol: 1e-12, atol: 1e-14 },
  opinfo: { rtol: 1e-11, atol: 1e-12 },
};

type Attrs = Readonly<Record<string, unknown>>;
type Arguments = (operands: readonly Tensor[], attrs: readonly Attrs[]) => readonly unknown[];

/** Arrays positional, attributes last in one object: the signature of all ops but these. */
const positional: Arguments = (operands, attrs) => [...operands, ...attrs];
const listed: Arguments = (operands, attrs) => [operands, ...attrs];

const signatures: ReadonlyMap<string, Arguments> = new Map([
  ["concat", listed],
  ["stack", listed],
  ["einsum", listed],
]);

/** The public function of that name, called with what the reference table gives it. */
function call(op: string, operands: readonly Tensor[], attrs: Attrs): Tensor {
  const found: unknown = (nabla as unknown as Attrs)[op];
  if (typeof found !== "function") throw new Skip(`op ${op} does not exist yet`);
  const signature = signatures.get(op) ?? positional;
  return (found as (...given: readonly unknown[]) => Tensor)(...signature(operands, Object.keys(attrs).length > 0 ? [attrs] : []));
}

/** What an op may give: its value, and a gradient per input where it is differentiated. */
interface Variant {
  readonly output?: Recorded;
  readonly grads?: readonly (Recorded | null)[];
}

interface OpCase extends Case, Variant {
  readonly op: string;
  readonly attrs?: Attrs;
  readonly inputs: readonly Recorded[];
  readonly operands?: readonly number[];
  readonly output: Recorded;
  readonly cotangent: Recorded;
  readonly grads: readonly (Recorded | null)[];
  readonly tol?: Partial<Tolerance>;
  readonly jax?: Variant;
  readonly alt?: Readonly<Record<string, Variant>>;
  readonly accept?: readonly string[];
}

/** What the case accepts, entry by entry: the exact values first where there are any. */
function variants<T>(each: OpCase, pick: (from: Variant) => T | null | undefined): T[] {
  const labels = (each.accept ?? ["output"]).toSorted((a, b) => Number(b === "alt.exact") - Number(a === "alt.exact"));
  return labels.flatMap((label) => {
    const from = label === "output" ? each : label === "jax" ? each.jax : each.alt?.[label.replace(/^alt\./, "")];
    if (from === undefined) throw new Error(`accepts ${label}, which is not recorded`);
    const picked = pick(from);
    return picked === undefined || picked === null ? [] : [picked];
  });
}

/** One op on recorded inputs: its value, and its gradients for the recorded cotangent. */
export function runOps(file: ReferenceFile, engine: Engine): Outcome[] {
  const group = groupTolerance[file.meta.group] ?? { rtol: 0, atol: 0 };
  return file.cases.map((given) => ({
    name: given.name,
    run: () => {
      const each = given as OpCase;
      const { op, attrs = {}, inputs, operands = inputs.map((_, which) => which), grads } = each;
      if (grads.length !== inputs.length) throw new Error(`${inputs.length} inputs but ${grads.length} gradients are recorded`);
      const tolerance = { ...toleranceOf(file, group), ...each.tol };
      const f = (xs: readonly Tensor[]): Tensor =>
        call(
          op,
          operands.map((which) => xs[which] as Tensor),
          attrs,
        );
      const xs = inputs.map(toTensor);
      const value = engine.evaluate(f, xs);
      const expected = variants(each, ({ output }) => output);
      const wrong = compareTensor("value", value, expected, tolerance);
      if (value.shape.join() !== recorded(each.cotangent).shape.join()) return broken([wrong]);
      const found = engine.evaluate(({ xs, g }) => vjp(f, xs).pullback(g), { xs, g: toTensor(each.cotangent) });
      const checks = grads.map((want, which) => {
        if (want === null) return undefined;
        const accepted = variants(each, (from) => from.grads?.[which]);
        return compareTensor(`gradient of input ${which}`, found[which], accepted, tolerance);
      });
      return broken([wrong, ...checks]);
    },
  }));
}
