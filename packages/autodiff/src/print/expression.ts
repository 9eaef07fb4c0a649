import { type Attrs } from "../kernel/dense.ts";
import { type Nested, item, nested } from "../ops/like.ts";
import { ValueError, describe } from "../shape.ts";
import { precedence } from "../ops/notation.ts";
import { type Notation, type Tensor } from "../tensor.ts";

/** What a node is called; undefined to write out how it was made. */
export type Naming = (t: Tensor) => string | undefined;

/** A way of writing: which half of the notations it reads, and what it does with names, numbers and parentheses. */
export interface Style {
  operation(notation: Notation, operands: readonly string[], attrs: Attrs): string;
  name(name: string): string;
  number(value: number): string;
  array(shape: readonly number[]): string;
  list(parts: readonly string[]): string;
  enclosed(inner: string): string;
  readonly ellipsis: string;
}

/** A formula with the strength of its outermost operation. */
interface Written {
  readonly text: string;
  readonly precedence: number;
}

const { atom, postfix, power, product, sign } = precedence;

/** A name that ends in an exponent is not raised as it stands; in Unicode it may be transposed, as texts write it. LaTeX refuses two exponents. */
function strength(shown: string): number {
  if (shown.includes("\\cdot 10^")) return product;
  if (shown.startsWith("-")) return sign;
  if (/\^\{[^{}]*\}$/.test(shown)) return power;
  return /[⁰¹²³⁴⁵⁶⁷⁸⁹ᴸˡᵀ]$/.test(shown) ? postfix : atom;
}

/** Deeper formulas are cut with an ellipsis: nobody reads them, and a walk this deep would cost stack. */
const deepest = 40;

/** Longer operands too: written out wherever it is used, a value that is used twice at every step doubles the text at every step. */
const longest = 500;

/** A tensor as a formula over the names that `naming` gives. The outermost tensor is always written out. */
export function expression(t: Tensor, style: Style, naming: Naming): string {
  const cut: Written = { text: style.ellipsis, precedence: atom };
  const known = Array.from({ length: deepest + 1 }, () => new Map<Tensor, Written>());
  const write = (each: Tensor, depth: number): Written => {
    const name = depth === 0 ? undefined : naming(each);
    if (name !== undefined && typeof name !== "string")
      throw new ValueError(`text: a tensor is named by a string, or undefined to write it out; got ${describe(name)}`);
    if (name !== undefined) return standing(style.name(name));
    if (each.inputs.length === 0 && each.op.kind !== "random") return leaf(each, style);
    const before = known[depth]?.get(each);
    if (depth > deepest || before !== undefined) return before ?? cut;
    const made = operation(each, style, (input) => write(input, depth + 1));
    const kept = depth > 0 && made.text.length > longest ? cut : made;
    known[depth]?.set(each, kept);
    return kept;
  };
  return write(t, 0).text;
}

function operation(t: Tensor, style: Style, write: (operand: Tensor) => Written): Written {
  const { notation } = t.op;
  const operands = t.inputs.map(write);
  const least = (slot: number): number => notation.operands[Math.min(slot, notation.operands.length - 1)] ?? atom;
  const shown = operands.map((operand, slot) => (operand.precedence < least(slot) ? style.enclosed(operand.text) : operand.text));
  const written = style.operation(notation, shown, t.attrs);
  const [only] = operands;
  return { text: written, precedence: operands.length === 1 && only !== undefined && written === only.text ? only.precedence : notation.precedence };
}

function standing(shown: string): Written {
  return { text: shown, precedence: strength(shown) };
}

/** More numbers than these, or a longer text of them, are told by their shape. */
const mostNumbers = 4;
const longestNumbers = 40;

function listed(numbers: Nested, style: Style): string {
  return typeof numbers === "number" ? style.number(numbers) : style.list(numbers.map((each) => listed(each, style)));
}

/** A constant by its number, or a few of them, a larger one by its shape. */
function leaf(t: Tensor, style: Style): Written {
  if (t.name !== undefined) return standing(style.name(t.name));
  if (t.data !== undefined && t.data.length > 0 && t.data.every((entry) => entry === t.data?.[0])) {
    const value = t.data.length === 1 ? item(t) : (t.data[0] as number);
    return standing(style.number(value));
  }
  const few = t.data !== undefined && t.data.length > 0 && t.data.length <= mostNumbers ? listed(nested(t), style) : "";
  return { text: few === "" || few.length > longestNumbers ? style.array(t.shape) : few, precedence: atom };
}
