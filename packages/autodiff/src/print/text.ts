import { item } from "../ops/like.ts";
import { type Tensor } from "../tensor.ts";

/** What a node is called; undefined to write out how it was made. */
export type Naming = (t: Tensor) => string | undefined;

/** A formula with the strength of its outermost operation. */
interface Written {
  readonly text: string;
  readonly precedence: number;
}

const atom = 6;

/** Deeper formulas are cut with an ellipsis: nobody reads them, and a walk this deep would cost stack. */
const deepest = 40;

/** A tensor as a formula in Unicode over the names that `naming` gives. The outermost tensor is always written out. */
export function text(t: Tensor, naming: Naming = (each) => each.name): string {
  return write(t, naming, 0, true).text;
}

function write(t: Tensor, naming: Naming, depth: number, outermost: boolean): Written {
  const name = outermost ? undefined : naming(t);
  if (name !== undefined) return { text: name, precedence: name.startsWith("-") ? 3 : atom };
  if (t.inputs.length === 0 && t.op.kind !== "random") return leaf(t);
  if (depth > deepest) return { text: "…", precedence: atom };
  const { notation } = t.op;
  const operands = t.inputs.map((input) => write(input, naming, depth + 1, false));
  const least = (slot: number): number => notation.operands[Math.min(slot, notation.operands.length - 1)] ?? atom;
  const shown = operands.map((operand, slot) => (operand.precedence < least(slot) ? `(${operand.text})` : operand.text));
  const written = notation.text(shown, t.attrs);
  const [only] = operands;
  return { text: written, precedence: operands.length === 1 && only !== undefined && written === only.text ? only.precedence : notation.precedence };
}

/** A constant by its number, a larger one by its shape. */
function leaf(t: Tensor): Written {
  if (t.name !== undefined) return { text: t.name, precedence: atom };
  if (t.data !== undefined && t.data.length > 0 && t.data.every((entry) => entry === t.data?.[0])) {
    const number = String(t.data.length === 1 ? item(t) : t.data[0]);
    return { text: number, precedence: number.startsWith("-") ? 3 : atom };
  }
  return { text: `[${t.shape.join("×")}]`, precedence: atom };
}
