import { type Tensor, grad, mul, reshape, slice, sum, tensor, valueAndGrad, vjp, jvp } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { type Mismatch, compareTensor, scaled } from "./compare.ts";
import { type Case, type Entry, type Recorded, type ReferenceFile, recorded, toTensor, toTensors } from "./load.ts";
import { type Outcome, skipMissingFunctions } from "./report.ts";

interface CompositeCase extends Case {
  readonly expr: string;
  readonly inputs: Readonly<Record<string, Recorded>>;
  readonly constants: Readonly<Record<string, Recorded>>;
  readonly value: Recorded | Entry;
  readonly grad: Readonly<Record<string, Recorded>>;
  readonly hessian: Recorded;
  readonly hvp: { readonly v: Recorded; readonly result: Recorded };
}

const present = (found: readonly (Mismatch | undefined)[]): readonly Mismatch[] => found.filter((each) => each !== undefined);

/** A cost given as an expression: value, gradient, the whole Hessian, and one product with it. */
export function runComposite(file: ReferenceFile): Outcome[] {
  const [first, second] = file.meta.tol === undefined ? [1e-11, 1e-10] : [file.meta.tol.rtol, file.meta.tol.rtol];
  return file.cases.map((given) => {
    const each = given as CompositeCase;
    return {
      name: each.name,
      run: () =>
        skipMissingFunctions(() => {
          const constants = toTensors(each.constants);
          const read = formula(each.expr);
          const cost = (inputs: Record<string, Tensor>): Tensor => read({ ...constants, ...inputs });
          const inputs = toTensors(each.inputs);
          const { value, gradient } = valueAndGrad(cost)(inputs);
          const labels = Object.keys(inputs);
          const gradients = labels.map((label) =>
            compareTensor(`gradient of ${label}`, gradient[label] as Tensor, [each.grad[label] as Recorded], scaled(each.grad[label] as Recorded, first)),
          );
          const flat = flattened(each.inputs);
          const derivative = grad((x: Tensor) => cost(unflattened(x, each.inputs)));
          const size = flat.shape[0] ?? 0;
          const rows = Array.from({ length: size }, (_, row) => grad((x: Tensor) => sum(slice(derivative(x), { start: [row], end: [row + 1] })))(flat));
          const hessian = tensor(Float64Array.from(rows.flatMap((row) => Array.from(row.data ?? []))), [size, size]);
          const v = toTensor(each.hvp.v);
          const reverse = grad((x: Tensor) => sum(mul(derivative(x), v)))(flat);
          const forward = jvp(derivative, flat, v).tangent;
          return present([
            compareTensor("value", value, [recorded(each.value)], scaled(recorded(each.value), first)),
            ...gradients,
            compareTensor("Hessian", hessian, [each.hessian], scaled(each.hessian, second)),
            compareTensor("Hessian times vector, reverse over reverse", reverse, [each.hvp.result], scaled(each.hvp.result, second)),
            compareTensor("Hessian times vector, forward over reverse", forward, [each.hvp.result], scaled(each.hvp.result, second)),
          ]);
        }),
    };
  });
}

function flattened(inputs: Readonly<Record<string, Recorded>>): Tensor {
  const numbers = Object.values(inputs).flatMap(({ data }) => data.map(Number));
  return tensor(Float64Array.from(numbers), [numbers.length]);
}

function unflattened(x: Tensor, inputs: Readonly<Record<string, Recorded>>): Record<string, Tensor> {
  let at = 0;
  return Object.fromEntries(
    Object.entries(inputs).map(([label, { shape, data }]) => {
      const part = slice(x, { start: [at], end: [(at += data.length)] });
      return [label, reshape(part, { shape })];
    }),
  );
}

interface JacobianCase extends Case {
  readonly expr: string;
  readonly inputs: Readonly<Record<string, Recorded>>;
  readonly constants: Readonly<Record<string, Recorded>>;
  readonly output: Recorded;
  readonly jacobian: Readonly<Record<string, Recorded>>;
  readonly tangent: Readonly<Record<string, Recorded>>;
  readonly jvp: Recorded;
  readonly cotangent: Recorded;
  readonly vjp: Readonly<Record<string, Recorded>>;
}

/** A tensor function given as an expression: its Jacobian row by row, one forward and one reverse product. */
export function runJacobian(file: ReferenceFile): Outcome[] {
  const rtol = file.meta.tol?.rtol ?? 1e-11;
  return file.cases.map((given) => {
    const each = given as JacobianCase;
    return {
      name: each.name,
      run: () =>
        skipMissingFunctions(() => {
          const constants = toTensors(each.constants);
          const read = formula(each.expr);
          const f = (inputs: Record<string, Tensor>): Tensor => read({ ...constants, ...inputs });
          const inputs = toTensors(each.inputs);
          const { value, pullback } = vjp(f, inputs);
          const along = jvp(f, inputs, toTensors(each.tangent)).tangent;
          const pulled = pullback(toTensor(each.cotangent));
          const count = each.output.data.length;
          const rows = Array.from({ length: count }, (_, row) =>
            pullback(
              tensor(
                Float64Array.from({ length: count }, (__, at) => Number(at === row)),
                each.output.shape,
              ),
            ),
          );
          const labels = Object.keys(inputs);
          const jacobians = labels.map((label) => {
            const want = each.jacobian[label] as Recorded;
            const data = rows.flatMap((row) => Array.from((row[label] as Tensor).data ?? []));
            return compareTensor(`Jacobian by ${label}`, tensor(Float64Array.from(data), want.shape), [want], scaled(want, rtol));
          });
          return present([
            compareTensor("value", value, [each.output], scaled(each.output, rtol)),
            compareTensor("forward product", along, [each.jvp], scaled(each.jvp, rtol)),
            ...labels.map((label) =>
              compareTensor(`reverse product by ${label}`, pulled[label] as Tensor, [each.vjp[label] as Recorded], scaled(each.vjp[label] as Recorded, rtol)),
            ),
            ...jacobians,
          ]);
        }),
    };
  });
}
