import { type Attrs, type Dense } from "./kernel/dense.ts";
import { type Contract, contract } from "./kernel/contract.ts";
import { type Elementwise, elementwise } from "./kernel/elementwise.ts";
import { type Factor, factor } from "./kernel/factor.ts";
import { type Index, index } from "./kernel/index.ts";
import { type Reduce, reduce } from "./kernel/reduce.ts";
import { type Scan, scan } from "./kernel/scan.ts";
import { type View, view } from "./kernel/view.ts";
import { type Window, window } from "./kernel/window.ts";
import { type Shape, mostEntries, size } from "./shape.ts";

/** Draws `count` numbers; the attributes hold the key. */
export interface Random<A extends Attrs = Attrs> {
  readonly kind: "random";
  draw(attrs: A, count: number): Float64Array;
}

/** A block drawn and explained as one node. Without `compute` its value and derivatives are those of its expansion. */
export interface Composite<A extends Attrs = Attrs> {
  readonly kind: "composite";
  compute?(inputs: readonly Dense[], to: Shape, attrs: A): Float64Array;
  /** Its kernel does what its expansion does: a batch runs the expansion of one example over all of them. */
  readonly runs?: "expansion";
  /** Scalar operations of its kernel, where they are not those of its expansion. */
  work?(shapes: readonly Shape[], to: Shape, attrs: A): number;
}

/** A value given from outside: a constant, an input, a watched argument. */
export interface Leaf {
  readonly kind: "leaf";
}

/** How an op computes, by kind. Each kind has one reference loop, one batching rule and one way to be compiled. */
export type Kernel<A extends Attrs = Attrs> =
  Leaf | Elementwise<A> | View<A> | Index<A> | Reduce | Scan | Contract<A> | Window | Factor<A> | Random<A> | Composite<A>;

/** The name of a kind: "leaf", "elementwise", "view", "index", "reduce", "scan", "contract", "window", "factor", "random" or "composite". */
export type Kind = Kernel["kind"];

/** The reference interpreter: the value of one node from the values of its operands. */
export function compute(kernel: Kernel, inputs: readonly Dense[], shape: Shape, attrs: Attrs): Float64Array {
  const count = size(shape);
  // Some engines end the program rather than refuse an array.
  if (count > mostEntries) throw new RangeError(`${count} entries`);
  switch (kernel.kind) {
    case "elementwise":
      return elementwise(kernel, inputs, attrs, count);
    case "view":
      return view(kernel, inputs, attrs, shape, count);
    case "index":
      return index(kernel, inputs, attrs, shape, count);
    case "reduce":
      return reduce(kernel, inputs, attrs, count);
    case "scan":
      return scan(kernel, inputs, attrs, shape, count);
    case "contract":
      return contract(kernel, inputs, attrs, shape, count);
    case "window":
      return window(kernel, inputs, attrs, shape, count);
    case "factor":
      return factor(kernel, inputs, attrs, shape, count);
    case "random":
      return kernel.draw(attrs, count);
    case "composite":
      if (kernel.compute === undefined) throw new Error("internal: a composite without a kernel is computed by its expansion");
      return kernel.compute(inputs, shape, attrs);
    case "leaf":
      throw new Error("internal: a leaf is given, not computed");
    default:
      return kernel satisfies never;
  }
}
