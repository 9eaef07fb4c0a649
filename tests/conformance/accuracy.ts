import * as nabla from "@nabla/autodiff";
import { type Tensor, grad, item, tensor } from "@nabla/autodiff";
import { type Mismatch } from "./compare.ts";
import { type ReferenceFile } from "./load.ts";
import { type Outcome, Skip } from "./report.ts";

const relative = 1e-12;
const relativeThird = 1e-10;
const attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  elu: { alpha: 1 },
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "none" },
};

/** Values and derivatives of a function of one number against 60-digit values: one case per function. */
export function runAccuracy(file: ReferenceFile): Outcome[] {
  return Object.entries(file.functions ?? {}).map(([label, rows]) => ({
    name: label,
    run: () => {
      const found: unknown = (nabla as unknown as Record<string, unknown>)[label];
      if (typeof found !== "function") throw new Skip(`op ${label} does not exist yet`);
      const attrs = attributes[label];
      const op = found as (x: Tensor, attrs?: unknown) => Tensor;
      const f = (x: Tensor): Tensor => (attrs === undefined ? op(x) : op(x, attrs));
      const orders = [f, grad(f), grad(grad(f)), grad(grad(grad(f)))];
      return rows.flatMap((row) => {
        const x = tensor(Number(row[0]));
        const want = row.slice(1).map((each) => (each === null ? undefined : Number(each)));
        const scale = Math.max(...want.slice(1).map((each) => Math.abs(each ?? 0)));
        return want.flatMap((expected, order): Mismatch[] => {
          const derivative = orders[order];
          if (expected === undefined || derivative === undefined) return [];
          const got = item(derivative(x));
          const allowed = order === 3 ? relativeThird * scale : expected === 0 ? 2.3e-308 : relative * Math.abs(expected);
          return got === expected || Math.abs(got - expected) <= allowed
            ? []
            : [{ what: `${label}${"'".repeat(order)}(${row[0]})`, element: 0, got, want: expected, allowed }];
        });
      });
    },
  }));
}
