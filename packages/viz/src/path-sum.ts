import { numeral } from "./numerals.ts";

/** More paths are added up, but not written. */
export const mostWritten = 40;
/** Of the largest product: what rounding may make of a sum. */
const tolerance = 1e-12;

export const total = (products: readonly number[]): number => products.reduce((all, product) => all + product, 0);

/** A path in words: `w → z → C:  0.5 × 2.0 = 1.0`. */
export function pathText({
  through,
  factors,
  product,
}: {
  readonly through: readonly string[];
  readonly factors: readonly number[];
  readonly product: number;
}): string {
  return `${through.join(" → ")}:  ${factors.map(numeral).join(" × ")} = ${numeral(product)}`;
}

/** How many paths are not written, and what they add. */
export function restOf(count: number, added: number): string[] {
  return count <= 0 ? [] : [`and ${count} more path${count === 1 ? "" : "s"}, which add${count === 1 ? "s" : ""} ${numeral(added)}`];
}

/** The chain rule over all paths: `∂C/∂w = sum over 2 paths = 9.4366`. */
export function sumText(symbol: string, count: number, sum: number): string {
  return `${symbol} = ${count === 1 ? "the product" : `sum over ${count} paths`} = ${numeral(sum)}`;
}

/** Whether products sum to a derivative that was found in another way, as far as rounding lets them. */
export function isSum(products: readonly number[], derivative: number): boolean {
  const scale = products.reduce((most, product) => Math.max(most, Math.abs(product)), 0);
  return Math.abs(total(products) - derivative) <= tolerance * scale;
}
