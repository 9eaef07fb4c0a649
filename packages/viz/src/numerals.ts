import { describe } from "@nabla/autodiff/argument";
import { DiagramError } from "./diagram-error.ts";

/** From here on numbers are written with a power of ten. */
const [large, largeWhole] = [1e5, 1e9];
/** Below this, four decimals would show one digit or none. */
const small = 1e-3;

/**
 * Four decimals, or a power of ten where those would show nothing or too much; what is not finite as a word. The minus is ASCII, so that
 * columns align.
 *
 * @example
 * [numeral(0.5), numeral(2), numeral(3e-7), numeral(-Infinity)] // => ["0.5000", "2.0", "3.00e-7", "-Infinity"]
 */
export function numeral(value: number): string {
  if (typeof value !== "number") throw new DiagramError(`numeral: ${describe(value)} is no number`);
  if (!Number.isFinite(value)) return String(value);
  if (powered(value)) return value.toExponential(2);
  return Number.isInteger(value) ? value.toFixed(1) : value.toFixed(4);
}

/**
 * A block of numbers with the same decimals everywhere: as few as say everything, else four; powers of ten where all are tiny or one is
 * huge. Among four decimals an exact zero is `0`, so that it can be told from what is rounded.
 *
 * @example
 * numerals([[0.5, -1.25]]) // => [["0.50", "-1.25"]]
 */
export function numerals(rows: readonly (readonly number[])[]): string[][] {
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row) && row.every((value) => typeof value === "number")))
    throw new DiagramError(`numerals: the rows are ${describe(rows)}, want a list of rows, each a list of numbers, such as [[1, 2], [3, 4]]`);
  const all = rows.flat().filter((value) => Number.isFinite(value));
  const scientific = all.some(long) || (all.some((value) => value !== 0) && all.every((value) => Math.abs(value) < small));
  const decimals = scientific ? 0 : Math.max(1, ...all.map(decimalsOf));
  const one = (value: number): string => {
    if (!Number.isFinite(value)) return String(value);
    if (scientific) return value === 0 ? "0" : value.toExponential(2);
    if (value === 0 && decimals > 2) return "0";
    return powered(value) ? value.toExponential(2) : value.toFixed(decimals);
  };
  return rows.map((row) => row.map(one));
}

/** Whole numbers lose digits later than others. */
const long = (value: number): boolean => Math.abs(value) >= (Number.isInteger(value) ? largeWhole : large);
const powered = (value: number): boolean => value !== 0 && (Math.abs(value) < small || long(value));

/** Decimals that say the number to within rounding: 0.30000000000000004 needs one. At most two, else the usual four. */
function decimalsOf(value: number): number {
  for (let decimals = 0; decimals <= 2; decimals++) if (Math.abs(value - Number(value.toFixed(decimals))) < 1e-9) return decimals;
  return 4;
}

/** Significant digits of a number in a formula that is read. */
const digitsRead = 4;

/** A formula with its long decimals cut for reading: `0.3333` for `0.3333333333333333`. Names with digits in them stay. */
export function readable(formula: string): string {
  return formula.replaceAll(/(?<![\p{L}\d_.])(\d+)\.\d{5,}(?:e[+-]?\d+)?(?![\p{L}\d_.])/gu, (number, whole: string) =>
    String(Number(Number(number).toPrecision(Math.max(digitsRead, whole.length)))),
  );
}

const lower = "₀₁₂₃₄₅₆₇₈₉";
const upper = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * An index below, in Unicode, so that DOT, SVG and a terminal show the same.
 *
 * @example
 * subscript(12) // => "₁₂"
 */
export function subscript(index: number): string {
  return digits("subscript", index, lower, "₋");
}

/**
 * An index above, in Unicode.
 *
 * @example
 * superscript(12) // => "¹²"
 */
export function superscript(index: number): string {
  return digits("superscript", index, upper, "⁻");
}

function digits(caller: string, index: number, signs: string, minus: string): string {
  if (!Number.isSafeInteger(index)) throw new DiagramError(`${caller}: ${describe(index)} is no index; give a whole number`);
  return [...String(index)].map((digit) => (digit === "-" ? minus : (signs[Number(digit)] ?? digit))).join("");
}
