import * as nabla from "@nabla/autodiff";
import { type Tensor, grad, item, tensor } from "@nabla/autodiff";
import { type Checked, broken } from "./compare.ts";
import { type Engine } from "./engines.ts";
import { type ReferenceFile, fileName } from "./load.ts";
import { type Outcome, Skip } from "./report.ts";

const relative = 1e-12;
const relativeThird = 1e-10;

/** A wanted 0 also stands for what lies below the normal range. */
const smallest = 2.3e-308;

/** What the functions of the file leave to their attributes. */
const attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  elu: { alpha: 1 },
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "none" },
};

/** Functions of two numbers along a line. */
const lines: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  "atan2(x, 1)": (x) => nabla.atan2(x, 1),
  "atan2(1, x)": (x) => nabla.atan2(1, x),
  "hypot(x, 1)": (x) => nabla.hypot(x, 1),
  "xlogy(0.7, x)": (x) => nabla.xlogy(0.7, x),
  "xlogy(x, 0.3)": (x) => nabla.xlogy(x, 0.3),
  "xlogy(x, x)": (x) => nabla.xlogy(x, x),
  "logaddexp(x, 0)": (x) => nabla.logaddexp(x, 0),
  "logaddexp(1.5, x)": (x) => nabla.logaddexp(1.5, x),
};

/** The order of the derivative that a column holds: f is 0, f' is 1. */
function orderOf(column: string): number {
  const primes = /^f('*)$/.exec(column)?.[1];
  if (primes === undefined || primes.length > 3) throw new Error(`column ${JSON.stringify(column)} is not f, f', f'' or f'''`);
  return primes.length;
}

/** Values and derivatives of a function of one number against 60-digit values: one case per function. */
export function runAccuracy(file: ReferenceFile, engine: Engine): Outcome[] {
  const { functions } = file;
  if (functions === undefined) return [{ name: fileName(file.path), run: () => [{ what: "has no functions", element: -1, got: 0, want: 0, allowed: 0 }] }];
  const tolerance = file.meta.tol?.rtol ?? relative;
  return Object.entries(functions).map(([label, rows]) => ({
    name: label,
    run: () => {
      const orders = (file.meta.columns ?? ["x", "f", "f'", "f''"]).slice(1).map(orderOf);
      const found: unknown = lines[label] ?? (nabla as unknown as Record<string, unknown>)[label];
      if (typeof found !== "function") throw new Skip(`op ${label} does not exist yet`);
      const op = found as (x: Tensor, attrs?: unknown) => Tensor;
      const f = (x: Tensor): Tensor => (attributes[label] === undefined ? op(x) : op(x, attributes[label]));
      const derivatives = [f, grad(f), grad(grad(f)), grad(grad(grad(f)))];
      return broken(
        rows.flatMap((row, element) => {
          const x = tensor(abscissa(row[0]));
          const wanted = orders.map((order, column) => ({ order, want: decimal(row[column + 1]) }));
          const scale = Math.max(0, ...wanted.map(({ order, want }) => (order > 0 && want !== undefined ? Math.abs(want) : 0)));
          return wanted.map(({ order, want }): Checked => {
            const derivative = derivatives[order];
            if (want === undefined || derivative === undefined) return undefined;
            const got = item(engine.evaluate(derivative, x));
            const allowed = Math.max(want === 0 ? smallest : 0, order === 3 ? relativeThird * scale : tolerance * Math.abs(want));
            const passes = got === want || Math.abs(got - want) <= allowed;
            return passes ? undefined : { what: `${label}${"'".repeat(order)}(${row[0]})`, element, got, want, allowed };
          });
        }),
      );
    },
  }));
}

/** The partial derivative that a column of a function of two numbers holds: f, fx, fxy, ... */
function partialOf(column: string, op: (x: Tensor, y: Tensor) => Tensor): (x: Tensor, y: Tensor) => Tensor {
  if (!/^f[xy]*$/.test(column)) throw new Error(`column ${JSON.stringify(column)} is not f, fx, fy, fxx, fxy or fyy`);
  return Array.from(column.slice(1)).reduce((f, by) => (x, y) => grad(f, { wrt: by === "x" ? 0 : 1 })(x, y), op);
}

/** Values and partial derivatives of a function of two numbers against 60-digit values: one case per function. */
export function runPlane({ functions = {}, meta }: ReferenceFile, engine: Engine): Outcome[] {
  const tolerance = meta.tol?.rtol ?? relative;
  const columns = meta.columns ?? ["x", "y", "f", "fx", "fy", "fxx", "fxy", "fyy"];
  return Object.entries(functions).map(([label, rows]) => ({
    name: label,
    run: () => {
      const op: unknown = (nabla as unknown as Record<string, unknown>)[label];
      if (typeof op !== "function") throw new Skip(`op ${label} does not exist yet`);
      return broken(
        columns.slice(2).flatMap((column, at) => {
          const partial = partialOf(column, op as (x: Tensor, y: Tensor) => Tensor);
          return rows.map((row, element): Checked => {
            const want = decimal(row[at + 2]);
            if (want === undefined) return undefined;
            const got = item(engine.evaluate(({ x, y }) => partial(x, y), { x: tensor(abscissa(row[0])), y: tensor(abscissa(row[1])) }));
            const allowed = Math.max(want === 0 ? smallest : 0, tolerance * Math.abs(want));
            const passes = got === want || Math.abs(got - want) <= allowed;
            return passes ? undefined : { what: `${label} ${column} at (${row[0]}, ${row[1]})`, element, got, want, allowed };
          });
        }),
      );
    },
  }));
}

function abscissa(entry: unknown): number {
  if (typeof entry !== "number") throw new Error(`${JSON.stringify(entry)} stands where a point is recorded`);
  return entry;
}

/** A decimal string as the nearest float64; null is not tested. */
function decimal(entry: unknown): number | undefined {
  if (entry === null) return undefined;
  const value = typeof entry === "string" && entry !== "" ? Number(entry) : Number.NaN;
  if (!Number.isFinite(value)) throw new Error(`${JSON.stringify(entry)} stands where a decimal number is recorded`);
  return value;
}
