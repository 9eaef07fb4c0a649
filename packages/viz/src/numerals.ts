/** Four decimals, or a power of ten where those would show nothing; non-finite values as words. The minus is ASCII, so columns align. */
export function numeral(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 5e-5 || size >= 1e5)) return value.toExponential(2);
  return Number.isInteger(value) ? value.toFixed(1) : value.toFixed(4);
}

/** A block of numbers aligned at the decimal point: a block of short numbers keeps few decimals. */
export function numerals(rows: readonly (readonly number[])[]): string[][] {
  const all = rows.flat();
  const short = all.every((value) => Number.isFinite(value) && Math.abs(value) < 1e5 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-9);
  const decimals = Math.max(1, ...all.map((value) => (String(Math.round(value * 100) / 100).split(".")[1] ?? "").length));
  return rows.map((row) => row.map((value) => (short ? value.toFixed(decimals) : numeral(value))));
}

const lower = "₀₁₂₃₄₅₆₇₈₉";
const upper = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `₁₂`: an index below, in Unicode, so that DOT, SVG and a terminal show the same. */
export function subscript(index: number): string {
  return [...String(index)].map((digit) => lower[Number(digit)] ?? digit).join("");
}

/** `¹²`: an index above. */
export function superscript(index: number): string {
  return [...String(index)].map((digit) => upper[Number(digit)] ?? digit).join("");
}
