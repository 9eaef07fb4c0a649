import * as nabla from "@nabla/autodiff";
import { type Tensor } from "@nabla/autodiff";
import { compareTensor } from "./compare.ts";
import { type Case, type Recorded, type ReferenceFile, type Tolerance, toTensor } from "./load.ts";
import { type Outcome, Skip } from "./report.ts";

const groupTolerance: Readonly<Record<string, Tolerance>> = {
  "ops-basic": { rtol: 1e-11, atol: 1e-13 },
  "ops-edge": { rtol: 1e-12, atol: 1e-14 },
  opinfo: { rtol: 1e-11, atol: 1e-12 },
};

type AnyOp = (...operands: readonly unknown[]) => Tensor;

/** Ops whose operands come as one list. */
const listed = new Set(["concat", "stack", "einsum"]);

/** The public function of that name, called as the reference table writes it: arrays positional, attributes last. */
function call(op: string, operands: readonly Tensor[], attrs: Readonly<Record<string, unknown>>): Tensor {
  const found: unknown = (nabla as unknown as Record<string, unknown>)[op];
  if (typeof found !== "function") throw new Skip(`op ${op} does not exist yet`);
  const f = found as AnyOp;
  const rest = Object.keys(attrs).length > 0 ? [attrs] : [];
  return listed.has(op) ? f(operands, ...rest) : f(...operands, ...rest);
}

interface OpCase extends Case {
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Recorded[];
  readonly operands?: readonly number[];
  readonly output: Recorded;
  readonly cotangent: Recorded;
  readonly grads: readonly (Recorded | null)[];
  readonly tol?: Tolerance;
  readonly jax?: { readonly output?: Recorded; readonly grads?: readonly (Recorded | null)[] };
  readonly alt?: Readonly<Record<string, { readonly output?: Recorded; readonly grads?: readonly (Recorded | null)[] }>>;
  readonly accept?: readonly string[];
}

/** What a conforming library may give: the variants that the case accepts, the exact one first. */
function variants<T>(each: OpCase, pick: (from: { readonly output?: Recorded; readonly grads?: readonly (Recorded | null)[] }) => T | null | undefined): T[] {
  const labels = (each.accept ?? ["output"]).toSorted((a, b) => Number(b === "alt.exact") - Number(a === "alt.exact"));
  return labels.flatMap((label) => {
    const from = label === "output" ? each : label === "jax" ? each.jax : each.alt?.[label.replace(/^alt\./, "")];
    const picked = from && pick(from);
    return picked === undefined || picked === null ? [] : [picked];
  });
}

/** One op on recorded inputs: its value, and its gradients for the recorded cotangent. */
export function runOps(file: ReferenceFile): Outcome[] {
  return file.cases.map((each) => {
    const { op, attrs, inputs, operands, cotangent, grads, tol } = each as OpCase;
    const tolerance = file.meta.tol ?? tol ?? groupTolerance[file.meta.group];
    return {
      name: each.name,
      run: () => {
        if (tolerance === undefined) throw new Error(`no tolerance for group ${file.meta.group}`);
        const f = (xs: readonly Tensor[]): Tensor => call(op, operands === undefined ? xs : operands.map((which) => xs[which] as Tensor), attrs);
        const { value, pullback } = nabla.vjp(f, inputs.map(toTensor));
        const wrong = compareTensor(
          "value",
          value,
          variants(each as OpCase, (from) => from.output),
          tolerance,
        );
        if (wrong !== undefined) return [wrong];
        const found = pullback(toTensor(cotangent));
        return grads.flatMap((_, which) => {
          if (grads[which] === null) return [];
          const difference = compareTensor(
            `gradient of input ${which}`,
            found[which] as Tensor,
            variants(each as OpCase, (from) => from.grads?.[which]),
            tolerance,
          );
          return difference === undefined ? [] : [difference];
        });
      },
    };
  });
}
