import { type Kernel } from "../kernel.ts";
import { type Scalar } from "../scalar.ts";
import { type Shape, size } from "../shape.ts";
import { type Attrs } from "./dense.ts";
import { type WindowAttrs } from "./window.ts";

/** What scalar operations weigh: an addition, a product or a choice 1, a quotient or a root 4, a transcendental function 10. */
export const weights = { simple: 1, quotient: 4, transcendental: 10 } as const;

const simple: ReadonlySet<string> = new Set<keyof Scalar<number>>([
  "add",
  "sub",
  "mul",
  "neg",
  "abs",
  "floor",
  "round",
  "max",
  "min",
  "less",
  "lessEqual",
  "equal",
  "select",
]);
const quotients: ReadonlySet<string> = new Set<keyof Scalar<number>>(["div", "sqrt", "remainder"]);

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
  const numberOf = (key: string, made: (number: number) => void = () => {}): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(key, number);
    made(number);
    return number;
  };
  const weigh =
    (operation: string) =>
    (...operands: readonly number[]): number =>
      numberOf(`${operation} ${operands.join(" ")}`, (number) => {
        if (operation === "lit" || operands.every((each) => literals.has(each))) literals.add(number);
        else total += simple.has(operation) ? weights.simple : quotients.has(operation) ? weights.quotient : weights.transcendental;
      });
  const algebra = new Proxy({}, { get: (_target, member: string) => (member === "precision" ? 53 : weigh(member)) }) as Scalar<number>;
  define(algebra, [numberOf("x"), numberOf("y"), numberOf("z")]);
  return total;
}
