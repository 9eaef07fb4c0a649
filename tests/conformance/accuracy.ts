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

/** What the functions of the files leave to their attributes. */
const attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  elu: { alpha: 1 },
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "none" },
};

type Numeric = (...x: readonly Tensor[]) => Tensor;

/** A number of a grid, and what was computed there. */
export interface Measured {
  /** Which derivative: f, f', fx, ... */
  readonly column: string;
  readonly at: readonly number[];
  /** Position of the row in the grid. */
  readonly element: number;
  readonly got: number;
  readonly want: number;
  /** The largest derivative that is wanted at the point. */
  readonly scale: number;
}

/** Relative to what is wanted; without bound for NaN and for another number where 0 is wanted. */
export function relativeError({ got, want }: Measured): number {
  if (got === want || (want === 0 && Math.abs(got) <= smallest)) return 0;
  const error = Math.abs(got - want) / Math.abs(want);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** The grid of one function, measured; what is recorded as null is not. The columns before f hold its operands. */
export function measured({ functions = {}, meta }: ReferenceFile, label: string, engine: Engine): readonly Measured[] {
  const columns = meta.columns ?? ["x", "f", "f'", "f''"];
  const operands = columns.findIndex((column) => column.startsWith("f"));
  const f = functionOf(label);
  const derivatives = columns.slice(operands).map((column) => ({ column, derivative: derivativeOf(column, f) }));
  return (functions[label] ?? []).flatMap((row, element) => {
    const at = row.slice(0, operands).map(abscissa);
    const wanted = row.slice(operands).map(decimal);
    const scale = Math.max(0, ...wanted.slice(1).map((want) => Math.abs(want ?? 0)));
    return derivatives.flatMap(({ column, derivative }, which): Measured[] => {
      const want = wanted[which];
      if (want === undefined) return [];
      const got = item(
        engine.evaluate(
          (x) => derivative(...x),
          at.map((each) => tensor(each)),
        ),
      );
      return [{ column, at, element, got, want, scale }];
    });
  });
}

/** The op of that name, or that op along the line which its label names: `hypot(x, 1)` is hypot at (x, 1); an option may stand last. */
function functionOf(label: string): Numeric {
  const [, name = label, given] = /^(\w+)\((.*)\)$/.exec(label) ?? [];
  const op = (nabla as unknown as Record<string, unknown>)[name];
  if (typeof op !== "function") throw new Skip(`op ${label} does not exist yet`);
  const call = op as (...operands: readonly unknown[]) => Tensor;
  const extra = attributes[label];
  if (given !== undefined) return (x) => call(...given.split(", ").map((each) => (each === "x" ? x : numberOrOption(each))));
  return (...x) => (extra === undefined ? call(...x) : call(...x, extra));
}

/** `1`, or `{ order: 2 }`. */
function numberOrOption(written: string): unknown {
  const [, option, value] = /^\{ (\w+): (\S+) \}$/.exec(written) ?? [];
  return option === undefined ? Number(written) : { [option]: Number(value) };
}

/** The derivative that a column holds: f'' twice by the only operand, fxy by the first and then by the second. */
function derivativeOf(column: string, f: Numeric): Numeric {
  const by = /^f('{0,3}|[xy]*)$/.exec(column)?.[1];
  if (by === undefined) throw new Error(`column ${JSON.stringify(column)} is neither f, f', f'', f''' nor f, fx, fy, fxx, ...`);
  return Array.from(by).reduce<Numeric>((g, each) => grad<readonly Tensor[], 0 | 1>(g, { wrt: each === "y" ? 1 : 0 }), f);
}

/** Values and derivatives of functions of one number, or of two, against 60-digit values: one case per function. */
export function runAccuracy(file: ReferenceFile, engine: Engine): Outcome[] {
  if (file.functions === undefined) return [{ name: fileName(file.path), run: () => [{ what: "has no functions", element: -1, got: 0, want: 0, allowed: 0 }] }];
  const tolerance = file.meta.tol?.rtol ?? relative;
  return Object.keys(file.functions).map((label) => ({
    name: label,
    run: () => broken(measured(file, label, engine).map((each) => checked(label, each, tolerance))),
  }));
}

function checked(label: string, each: Measured, tolerance: number): Checked {
  const { column, at, element, got, want, scale } = each;
  const third = column === "f'''";
  const allowed = Math.max(want === 0 ? smallest : 0, third ? relativeThird * scale : tolerance * Math.abs(want));
  if (third ? Math.abs(got - want) <= allowed : relativeError(each) <= tolerance) return undefined;
  const what = /[xy]/.test(column) ? `${label} ${column}` : column.replace("f", label);
  return { what: `${what}(${at.join(", ")})`, element, got, want, allowed };
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
