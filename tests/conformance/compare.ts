import { type Tensor, values } from "@nabla/autodiff";
import { type Recorded, type Tolerance, recorded, toNumber } from "./load.ts";

/** Why one check of a case does not hold. */
export interface Mismatch {
  readonly what: string;
  readonly element: number;
  readonly got: number;
  readonly want: number;
  readonly allowed: number;
}

/** What a check gives: nothing when it holds. */
export type Checked = Mismatch | undefined;

/** Equal (0 and -0 too), both NaN, or within atol + rtol |want|. Nothing is near an infinity but itself. */
export function close(got: number, want: number, { rtol, atol }: Tolerance): boolean {
  if (got === want || (Number.isNaN(got) && Number.isNaN(want))) return true;
  return Number.isFinite(want) && Math.abs(got - want) <= atol + rtol * Math.abs(want);
}

/** One number against the one recorded. */
export function compareNumber(what: string, got: number, want: number, tolerance: Tolerance): Checked {
  return close(got, want, tolerance) ? undefined : { what, element: 0, got, want, allowed: tolerance.atol + tolerance.rtol * Math.abs(want) };
}

/** The first entry that matches none of the accepted variants; the first variant is the one shown. A wrong shape is a mismatch at element -1. */
export function compareTensor(what: string, got: Tensor | undefined, variants: readonly Recorded[], tolerance: Tolerance): Checked {
  const nowhere = { element: -1, got: Number.NaN, want: Number.NaN, allowed: 0 };
  const accepted = variants.map(recorded);
  const [first] = accepted;
  if (first === undefined) return { what: `${what}: nothing recorded to compare with`, ...nowhere };
  if (got === undefined) return { what: `${what}: there is none`, ...nowhere };
  const odd = accepted.find(({ shape }) => shape.join() !== got.shape.join());
  if (odd !== undefined) return { what: `${what}: shape [${got.shape.join(", ")}], want [${odd.shape.join(", ")}]`, ...nowhere };
  const numbers = values(got);
  for (const [element, entry] of numbers.entries()) {
    const wanted = accepted.map(({ data }) => toNumber(data[element]));
    if (wanted.some((want) => close(entry, want, tolerance))) continue;
    const [want = Number.NaN] = wanted;
    return { what, element, got: entry, want, allowed: tolerance.atol + tolerance.rtol * Math.abs(want) };
  }
  return undefined;
}

/** A tolerance in proportion to the largest finite entry of what is wanted. */
export function scaled(want: Recorded, { rtol, atol }: Tolerance): Tolerance {
  const scale = want.data.map(toNumber).reduce((largest, entry) => (Number.isFinite(entry) ? Math.max(largest, Math.abs(entry)) : largest), 0);
  return { rtol: 0, atol: rtol * scale + atol };
}

/** A tensor against the one recorded, in proportion to its largest entry. */
export function compareScaled(what: string, got: Tensor | undefined, field: unknown, tolerance: Tolerance): Checked {
  const want = recorded(field);
  return compareTensor(what, got, [want], scaled(want, tolerance));
}

/** The checks that do not hold. */
export function broken(checks: readonly Checked[]): readonly Mismatch[] {
  return checks.filter((each) => each !== undefined);
}
