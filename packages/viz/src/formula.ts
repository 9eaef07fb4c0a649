import { type Naming, type Tensor } from "@nabla/autodiff";

/** A formula with the strength of its outermost operation, and the name that stands for it in longer ones. */
export interface Written {
  readonly text: string;
  readonly precedence: number;
  readonly name: string | undefined;
}

/** A tensor over operands that were written before. */
export function write(t: Tensor, operands: readonly Written[]): Omit<Written, "name"> {
  if (t.inputs.length === 0) return leaf(t);
  const [only] = operands;
  // A watched alias is what it watches.
  if (t.op.kind === "leaf" && only !== undefined) return { text: only.name ?? only.text, precedence: only.precedence };
  const { notation } = t.op;
  const shown = operands.map(({ text, precedence, name }, slot) => {
    if (name !== undefined) return name;
    const least = notation.operands[Math.min(slot, notation.operands.length - 1)] ?? 6;
    return precedence < least ? `(${text})` : text;
  });
  const text = notation.text(shown, t.attrs);
  return { text, precedence: operands.length === 1 && text === shown[0] ? (only?.precedence ?? 6) : notation.precedence };
}

/** Deeper formulas are cut with an ellipsis: nobody reads them, and a walk this deep would cost stack. */
const deepest = 8;

/** A tensor written out over what others are called. */
export function formulaOf(t: Tensor, naming: Naming): string {
  const written = (each: Tensor, depth: number): Written => {
    const name = depth === 0 ? undefined : naming(each);
    if (name !== undefined) return { text: name, precedence: 6, name };
    if (depth > deepest) return { text: "…", precedence: 6, name: undefined };
    const operands = each.inputs.map((operand) => written(operand, depth + 1));
    return { ...write(each, operands), name: undefined };
  };
  return written(t, 0).text;
}

/** More numbers than these, or a longer text of them, are told by their shape. */
const mostNumbers = 4;
const longestNumbers = 40;

/** A constant as formulas write it: its number, up to four of them, or else its shape. */
function leaf({ name, data, shape }: Tensor): Omit<Written, "name"> {
  if (name !== undefined) return { text: name, precedence: 6 };
  const [first, ...others] = data ?? [];
  if (first !== undefined && others.every((each) => each === first)) return { text: String(first), precedence: first < 0 ? 3 : 6 };
  const few = data !== undefined && data.length > 0 && data.length <= mostNumbers ? listed(Array.from(data, String), shape) : "";
  return { text: few === "" || few.length > longestNumbers ? `[${shape.join("×")}]` : few, precedence: 6 };
}

/** Row-major numbers in the brackets of their axes. */
function listed(numbers: readonly string[], [extent = 1, ...rest]: readonly number[]): string {
  const width = numbers.length / extent;
  const parts = Array.from({ length: extent }, (_, at) => numbers.slice(at * width, (at + 1) * width));
  return `[${parts.map((part) => (rest.length === 0 ? part.join("") : listed(part, rest))).join(", ")}]`;
}

/** A formula in which what was transposed twice is itself. */
export function untransposed(formula: string): string {
  return formula.replaceAll(/transpose\(([^\s(),]+)\)ᵀ/g, "$1");
}
