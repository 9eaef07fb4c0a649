import { type Kernel } from "../kernel.ts";
import { type Scalar, scalarWeights, weights } from "../scalar.ts";
import { type Shape, size } from "../shape.ts";
import { type Attrs } from "./dense.ts";
import { type WindowAttrs } from "./window.ts";

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
    ...Object.fromEntries(Object.entries(scalarWeights).map(weighed)),
  } as Scalar<number>;
  define(algebra, [numberOf("x"), numberOf("y"), numberOf("z")]);
  return total;
}
