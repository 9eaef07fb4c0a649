import { superscript } from "./numerals.ts";

const plain = /^∂(?!²)([^/]+)\/∂([^/()]+)$/;
const higher = /^∂([⁰¹²³⁴⁵⁶⁷⁸⁹]+)([^/]+)\/∂([^/()]+?)\1$/;

/** The symbol of a derivative: `∂C/∂W`; of `∂C/∂t` by the same value once more `∂²C/∂t²`, and by another `∂(∂C/∂t)/∂v3`. */
export function derivative(of: string, by: string): string {
  const [, first, before] = plain.exec(of) ?? [];
  if (first !== undefined && before === by) return `∂²${first}/∂${by}²`;
  const [, order, cost, again] = higher.exec(of) ?? [];
  if (order !== undefined && again === by) {
    const next = superscript([...order].reduce((sum, digit) => 10 * sum + "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit), 0) + 1);
    return `∂${next}${cost ?? ""}/∂${by}${next}`;
  }
  return `∂${enclosed(of)}/∂${enclosed(by)}`;
}

const enclosed = (symbol: string): string => (symbol.startsWith("∂") ? `(${symbol})` : symbol);
