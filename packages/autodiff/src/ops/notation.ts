import { type Attrs } from "../kernel/dense.ts";
import { type Notation } from "../tensor.ts";

/** Binding strengths, loosest first. */
export const precedence = { comparison: 0, sum: 1, product: 2, sign: 3, power: 4, postfix: 5, atom: 6 } as const;

/** `name(a, b)` in text and `\name\left(a, b\right)` in LaTeX. */
export function call(text: string, latex: string = `\\operatorname{${text}}`): Notation {
  return {
    text: (operands) => `${text}(${operands.join(", ")})`,
    latex: (operands) => `${latex}\\left(${operands.join(", ")}\\right)`,
    precedence: precedence.atom,
    operands: [precedence.comparison],
  };
}

/** `a symbol b`; an operand on the right binds tighter unless the operation is `associative`. */
export function infix(text: string, latex: string, strength: number, associative: boolean = true): Notation {
  return {
    text: ([a, b]) => `${a} ${text} ${b}`,
    latex: ([a, b]) => `${a} ${latex} ${b}`,
    precedence: strength,
    operands: [strength, associative ? strength : strength + 1],
  };
}

/** A symbol after its operand: `xᵀ`, `x²`. */
export function postfix(text: string, latex: string, strength: number = precedence.postfix): Notation {
  return { text: ([x]) => `${x}${text}`, latex: ([x]) => `${x}${latex}`, precedence: strength, operands: [precedence.atom] };
}

/** Written as its operand: what moves numbers without changing them. */
export const transparent: Notation = { text: ([x]) => String(x), latex: ([x]) => String(x), precedence: precedence.atom, operands: [precedence.comparison] };

/** A call that shows attributes after its operands: `sum(x, axis 0)`. */
export function callWith<A extends Attrs>(text: string, latex: string, show: (attrs: A) => string): Notation<A> {
  const rest = (attrs: A): string => {
    const shown = show(attrs);
    return shown === "" ? "" : `, ${shown}`;
  };
  return {
    text: (operands, attrs) => `${text}(${operands.join(", ")}${rest(attrs)})`,
    latex: (operands, attrs) => `${latex}\\left(${operands.join(", ")}${rest(attrs) === "" ? "" : `, \\text{${show(attrs)}}`}\\right)`,
    precedence: precedence.atom,
    operands: [precedence.comparison],
  };
}

/** A change of shape: written as its operand when another op inserted it. */
export function hidden(name: string): Notation<{ readonly implicit: boolean; readonly shape: readonly number[]; readonly [key: string]: unknown }> {
  return {
    text: ([x], { implicit, shape }) => (implicit ? String(x) : `${name}(${x}, [${shape.join(", ")}])`),
    latex: ([x], { implicit, shape }) => (implicit ? String(x) : `\\operatorname{${name}}\\left(${x}, [${shape.join(", ")}]\\right)`),
    precedence: precedence.atom,
    operands: [precedence.comparison],
  };
}
