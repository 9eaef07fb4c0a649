import { type Tensor, jvp, tensor, values, vjp } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { broken, compareScaled } from "./compare.ts";
import { type Engine } from "./engines.ts";
import { type Case, type ReferenceFile, recorded, toTensor, toTensors, toleranceOf } from "./load.ts";
import { type Outcome } from "./report.ts";

interface JacobianCase extends Case {
  readonly expr: string;
  readonly inputs: unknown;
  readonly constants?: unknown;
  readonly output: unknown;
  readonly jacobian: Readonly<Record<string, unknown>>;
  readonly tangent: unknown;
  readonly jvp: unknown;
  readonly cotangent: unknown;
  readonly vjp: Readonly<Record<string, unknown>>;
}

/** A tensor function given as an expression: its Jacobian row by row, one forward and one reverse product. */
export function runJacobian(file: ReferenceFile, engine: Engine): Outcome[] {
  const tolerance = toleranceOf(file, { rtol: 1e-11, atol: 1e-13 });
  return file.cases.map((given) => ({
    name: given.name,
    run: () => {
      const each = given as JacobianCase;
      const constants = toTensors(each.constants);
      const read = formula(each.expr);
      const f = (inputs: Record<string, Tensor>): Tensor => read({ ...constants, ...inputs });
      const inputs = toTensors(each.inputs);
      const reverse = (g: Tensor): Record<string, Tensor> => engine.evaluate((all) => vjp(f, all.inputs).pullback(all.g), { inputs, g });
      const forward = engine.evaluate((all) => jvp(f, all.inputs, all.tangent).tangent, { inputs, tangent: toTensors(each.tangent) });
      const pulled = reverse(toTensor(each.cotangent));
      const { shape, data } = recorded(each.output);
      const rows = data.map((_, row) =>
        reverse(
          tensor(
            Float64Array.from(data, (__, at) => Number(at === row)),
            shape,
          ),
        ),
      );
      const jacobian = (label: string): Tensor => {
        const entries = rows.flatMap((row) => [...values(row[label] as Tensor)]);
        return tensor(Float64Array.from(entries), [...shape, ...(inputs[label] as Tensor).shape]);
      };
      const labels = Object.keys(inputs);
      return broken([
        compareScaled("value", engine.evaluate(f, inputs), each.output, tolerance),
        compareScaled("forward product", forward, each.jvp, tolerance),
        ...labels.map((label) => compareScaled(`reverse product by ${label}`, pulled[label], each.vjp[label], tolerance)),
        ...labels.map((label) => compareScaled(`Jacobian by ${label}`, jacobian(label), each.jacobian[label], tolerance)),
      ]);
    },
  }));
}
