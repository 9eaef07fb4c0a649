import { type Matrix, entry } from "../delta/matrix.ts";
import { type Form, type Sized } from "./form.ts";

/** How near two numbers are that mean the same: of a tensor's largest entry, and units of rounding of the terms of one entry. */
export interface Nearness {
  readonly scaled: number;
  readonly rounding: number;
}

/** Two float64 programs sum in different orders; float32 numbers and printed ones have fewer digits. */
export const nearness: Readonly<Record<"float64" | "float32", Nearness>> = {
  float64: { scaled: 1e-10, rounding: 2 ** -47 },
  float32: { scaled: 1e-4, rounding: 2 ** -18 },
};

/** A tensor of somebody else's with the place of its largest finite entry, at which most wrong guesses fail at once. */
export interface Theirs {
  readonly numbers: Matrix;
  readonly rows: number;
  readonly columns: number;
  readonly largest: readonly [number, number];
  readonly scale: number;
}

/** Measures somebody else's numbers. */
export function theirsOf(numbers: Matrix): Theirs {
  let largest: [number, number] = [0, 0];
  let scale = 0;
  numbers.forEach((row, i) =>
    row.forEach((each, j) => {
      if (Number.isFinite(each) && Math.abs(each) > scale) [largest, scale] = [[i, j], Math.abs(each)];
    }),
  );
  return { numbers, rows: numbers.length, columns: numbers[0]?.length ?? 0, largest, scale };
}

/** Whether a number of somebody's is what a form computes there. */
export function fitsEntry({ scale }: Pick<Theirs, "scale">, theirs: number, [value, size]: Sized, near: Nearness): boolean {
  return Number.isFinite(theirs) && Number.isFinite(value) && Math.abs(value - theirs) <= near.scaled * scale + near.rounding * size;
}

/** Whether every entry is what the form computes; NaN and Infinity never are. */
export function matches(theirs: Theirs, form: Form, near: Nearness): boolean {
  const { numbers, rows, columns, largest } = theirs;
  if (form.rows !== rows || form.columns !== columns) return false;
  const fits = (i: number, j: number): boolean => fitsEntry(theirs, entry(numbers, i, j), form.at(i, j), near);
  if (!fits(...largest)) return false;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (!fits(i, j)) return false;
  return true;
}
