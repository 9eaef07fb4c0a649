import { type Kernel } from "../kernel.ts";
import { type Scalar } from "../scalar.ts";
import { type Shape, size } from "../shape.ts";
import { type Attrs } from "./dense.ts";
import { type WindowAttrs } from "./window.ts";

/** What scalar operations weigh: an addition, a product or a choice 1, a quotient or a root 4, a transcendental function 10. */
export const weights = { simple: 1, quotient: 4, transcendental: 10 } as const;

const { simple, quotient, transcendental } = weights;

/** What each operation of the scalar algebra weighs; a literal weighs nothing. */
const weightOf: Readonly<Record<Exclude<keyof Scalar<number>, "precision" | "lit">, number>> = {
  add: simple,
  sub: simple,
  mul: simple,
  neg: simple,
  abs: simple,
  floor: simple,
  round: simple,
  max: simple,
  min: simple,
  less: simple,
  lessEqual: simple,
  equal: simple,
  select: simple,
  div: quotient,
  sqrt: quotient,
  remainder: quotient,
  exp: transcendental,
  expm1: transcendental,
  log: transcendental,
  log1p: transcendental,
  log2: transcendental,
  log10: transcendental,
  cbrt: transcendental,
  sin: transcendental,
  cos: transcendental,
  tan: transcendental,
  asin: transcendental,
  acos: transcendental,
  atan: transcendental,
  sinh: transcendental,
  cosh: transcendental,
  tanh: transcendental,
  asinh: transcendental,
  acosh: transcendental,
  atanh: transcendental,
  atan2: transcendental,
  erf: transcendental,
  erfc: transcendental,
  lgamma: transcendental,
  polygamma: transcendental,
  pow: transcendental,
};

/** Scalar operations of one node by the shapes alone; a composite is counted through its expansion where it has one. */
export function work(kernel: Kernel, shapes: readonly Shape[], to: Shape, attrs: Attrs): number {
  switch (kernel.kind) {
    case "elementwise":
      return (
        size(to) *
        tallied((k, [x, y, z]) => {
          if (kernel.arity === 1) kernel.scalar(k, x, attrs);
          else if (kernel.arity === 2) kernel.scalar(k, x, y, attrs);
          else kernel.scalar(k, x, y, z, attrs);
        })
      );
    case "reduce":
      return Math.max(0, size(shapes[0] as Shape) - size(to)) * tallied((k, [total, x]) => kernel.combine(k, total, x));
    case "scan":
      return size(to) * tallied((k, [total, x]) => kernel.combine(k, total, x));
    case "contract": {
      const { extents, operands } = kernel.contraction(shapes, to, attrs);
      return size(extents) * operands.length * weights.simple;
    }
    case "index":
      return kernel.direction === "scatter" ? size(shapes[0] as Shape) * weights.simple : 0;
    case "window":
      return size(to) * size((attrs as WindowAttrs).kernel) * weights.simple;
    case "factor": {
      const batch = to.slice(0, to.length - kernel.core.result);
      return size(batch) * kernel.work(shapes.map((shape, which) => shape.slice(shape.length - (kernel.core.operands[which] as number))));
    }
    case "composite":
      return kernel.work?.(shapes, to, attrs) ?? 0;
    case "random":
      return size(to) * weights.transcendental;
    case "view":
    case "leaf":
      return 0;
    default:
      return kernel satisfies never;
  }
}

/** Three operands that no operation made. Values are numbered as they are met. */
type Operands = readonly [x: number, y: number, z: number];

/** The weight of what a scalar definition does; an operation met twice on the same operands counts once, one of literals not at all. */
function tallied(define: (k: Scalar<number>, operands: Operands) => unknown): number {
  const numbers = new Map<string, number>();
  const literals = new Set<number>();
  let total = 0;
  const numberOf = (key: string, made: (number: number) => unknown = () => {}): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(key, number);
    made(number);
    return number;
  };
  const weighed = ([operation, weight]: readonly [string, number]): readonly [string, (...operands: readonly number[]) => number] => [
    operation,
    (...operands) =>
      numberOf(`${operation} ${operands.join(" ")}`, (number) => {
        if (operands.every((each) => literals.has(each))) literals.add(number);
        else total += weight;
      }),
  ];
  const algebra = {
    precision: 53,
    lit: (value: number) => numberOf(`lit ${value}`, (number) => literals.add(number)),
    ...Object.fromEntries(Object.entries(weightOf).map(weighed)),
  } as Scalar<number>;
  define(algebra, [numberOf("x"), numberOf("y"), numberOf("z")]);
  return total;
}
