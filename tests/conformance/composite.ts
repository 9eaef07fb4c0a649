import { type Tensor, grad, jvp, mul, reshape, slice, sum, tensor, valueAndGrad, values } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { broken, compareScaled } from "./compare.ts";
import { type Engine } from "./engines.ts";
import { type Case, type Recorded, type ReferenceFile, recorded, toTensor, toTensors, toleranceOf } from "./load.ts";
import { type Outcome } from "./report.ts";

interface CompositeCase extends Case {
  readonly expr: string;
  readonly inputs: Readonly<Record<string, Recorded>>;
  readonly constants?: Readonly<Record<string, Recorded>>;
  readonly value: unknown;
  readonly grad: Readonly<Record<string, unknown>>;
  readonly hessian: unknown;
  readonly hvp: { readonly v: unknown; readonly result: unknown };
}

/** A cost given as an expression: value, gradient, the whole Hessian, and one product with it, reverse and forward over reverse. */
export function runComposite(file: ReferenceFile, engine: Engine): Outcome[] {
  const first = toleranceOf(file, { rtol: 1e-11, atol: 1e-13 });
  const second = toleranceOf(file, { rtol: 1e-10, atol: 1e-13 });
  return file.cases.map((given) => ({
    name: given.name,
    run: () => {
      const each = given as CompositeCase;
      const constants = toTensors(each.constants);
      const read = formula(each.expr);
      const cost = (inputs: Record<string, Tensor>): Tensor => read({ ...constants, ...inputs });
      const inputs = toTensors(each.inputs);
      const { value, gradient } = engine.evaluate(valueAndGrad(cost), inputs);
      const gradients = Object.keys(inputs).map((label) => compareScaled(`gradient of ${label}`, gradient[label], each.grad[label], first));
      const x = flattened(each.inputs);
      const v = toTensor(each.hvp.v);
      const derivative = grad((all: Tensor) => cost(unflattened(all, each.inputs)));
      const along = (g: { x: Tensor; v: Tensor }): Tensor => grad((all: Tensor) => sum(mul(derivative(all), g.v)))(g.x);
      return broken([
        compareScaled("value", value, each.value, first),
        ...gradients,
        compareScaled("Hessian", hessian(engine, derivative, x), each.hessian, second),
        compareScaled("Hessian times vector, reverse over reverse", engine.evaluate(along, { x, v }), each.hvp.result, second),
        compareScaled(
          "Hessian times vector, forward over reverse",
          engine.evaluate((g) => jvp(derivative, g.x, g.v).tangent, { x, v }),
          each.hvp.result,
          second,
        ),
      ]);
    },
  }));
}

/** The derivative of the derivative, one row at a time. */
function hessian(engine: Engine, derivative: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const size = x.shape[0] ?? 0;
  const rows = Array.from({ length: size }, (_, row) => {
    const entry = (at: Tensor): Tensor => sum(slice(derivative(at), { start: [row], end: [row + 1] }));
    return values(engine.evaluate(grad(entry), x));
  });
  return tensor(Float64Array.from(rows.flatMap((row) => [...row])), [size, size]);
}

function flattened(inputs: Readonly<Record<string, Recorded>>): Tensor {
  const numbers = Object.values(toTensors(inputs)).flatMap((each) => [...values(each)]);
  return tensor(Float64Array.from(numbers), [numbers.length]);
}

function unflattened(x: Tensor, inputs: Readonly<Record<string, Recorded>>): Record<string, Tensor> {
  let at = 0;
  return Object.fromEntries(
    Object.entries(inputs).map(([label, field]) => {
      const { shape, data } = recorded(field);
      const part = slice(x, { start: [at], end: [(at += data.length)] });
      return [label, reshape(part, { shape })];
    }),
  );
}
