import { numbers, type Scalar } from "../scalar.ts";
import { type Attrs, type Dense } from "./dense.ts";

/** One scalar function for every entry; all operands have the shape of the result (constructors insert the broadcasts). */
export type Elementwise<A extends Attrs = Attrs> =
  | { readonly kind: "elementwise"; readonly arity: 1; scalar<S>(k: Scalar<S>, x: S, attrs: A): S }
  | { readonly kind: "elementwise"; readonly arity: 2; scalar<S>(k: Scalar<S>, a: S, b: S, attrs: A): S }
  | { readonly kind: "elementwise"; readonly arity: 3; scalar<S>(k: Scalar<S>, a: S, b: S, c: S, attrs: A): S };

export function elementwise(kernel: Elementwise, inputs: readonly Dense[], attrs: Attrs, count: number): Float64Array {
  const out = new Float64Array(count);
  const [first, second, third] = inputs;
  const a = first?.data as Float64Array;
  switch (kernel.arity) {
    case 1: {
      for (let i = 0; i < count; i++) out[i] = kernel.scalar(numbers, a[i] as number, attrs);
      return out;
    }
    case 2: {
      const b = second?.data as Float64Array;
      for (let i = 0; i < count; i++) out[i] = kernel.scalar(numbers, a[i] as number, b[i] as number, attrs);
      return out;
    }
    case 3: {
      const b = second?.data as Float64Array;
      const c = third?.data as Float64Array;
      for (let i = 0; i < count; i++) out[i] = kernel.scalar(numbers, a[i] as number, b[i] as number, c[i] as number, attrs);
      return out;
    }
    default:
      return kernel satisfies never;
  }
}
