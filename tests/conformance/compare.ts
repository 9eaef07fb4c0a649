import { type Tensor, values } from "@nabla/autodiff";
import { type Recorded, type Tolerance, toNumber } from "./load.ts";

/** Why one check of a case does not hold. */
export interface Mismatch {
  readonly what: string;
  readonly element: number;
  readonly got: number;
  readonly want: number;
  readonly allowed: number;
}

/** Equal (0 and -0 too), both NaN, or within atol + rtol |want|. */
export function close(got: number, want: number, { rtol, atol }: Tolerance): boolean {
  return got === want || (Number.isNaN(got) && Number.isNaN(want)) || Math.abs(got - want) <= atol + rtol * Math.abs(want);
}

/** The first entry that matches none of the accepted variants. A wrong shape is a mismatch at element -1. */
export function compareTensor(what: string, got: Tensor, variants: readonly Recorded[], tolerance: Tolerance): Mismatch | undefined {
  const [first] = variants;
  if (first === undefined) return { what: `${what}: nothing recorded to compare with`, element: -1, got: Number.NaN, want: Number.NaN, allowed: 0 };
  if (got.shape.join() !== first.shape.join())
    return { what: `${what}: shape [${got.shape.join(", ")}], want [${first.shape.join(", ")}]`, element: -1, got: Number.NaN, want: Number.NaN, allowed: 0 };
  const numbers = values(got);
  for (let element = 0; element < numbers.length; element++) {
    const entry = numbers[element] ?? Number.NaN;
    const wanted = variants.map(({ data }) => toNumber(data[element] ?? "NaN"));
    if (!wanted.some((want) => close(entry, want, tolerance))) {
      const want = wanted[0] ?? Number.NaN;
      return { what, element, got: entry, want, allowed: tolerance.atol + tolerance.rtol * Math.abs(want) };
    }
  }
  return undefined;
}

/** A tolerance in proportion to the largest entry of what is wanted, with a floor of 1e-13. */
export function scaled(want: Recorded, rtol: number, atol: number = 1e-13): Tolerance {
  const scale = want.data.reduce<number>((largest, entry) => Math.max(largest, Math.abs(toNumber(entry))), 0);
  return { rtol: 0, atol: rtol * (Number.isFinite(scale) ? scale : 1) + atol };
}
