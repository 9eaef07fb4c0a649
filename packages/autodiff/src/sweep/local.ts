import { type Opened, ancestors } from "../graph.ts";
import { type Naming } from "../print/expression.ts";
import { text } from "../print/text.ts";
import { size } from "../shape.ts";
import { type Partial, type Tensor, asRule, asUser, constant, symbol, watch } from "../tensor.ts";
import { literalInputs } from "./intermediate.ts";
import { pulled, reverse } from "./reverse.ts";

/** A label longer than this says only which derivative it is. */
const longest = 48;

/** A Jacobian of more entries than this is not written out. */
const mostEntries = 64;

/**
 * The local derivative of a node by one operand as a formula: the partial for an elementwise op (`b`, `σ′(z)`, `1`), and for others the
 * map itself with `·` in place of the adjoint (`Wᵀ ·`). What is too long has its symbol alone: `∂div/∂x` goes entry by entry, and a
 * Jacobian before the adjoint, as in `(∂softmax/∂x)ᵀ ·`, is a matrix.
 */
export function localDerivative(t: Tensor, slot: number, naming: Naming = (each) => each.name): string {
  const operand = t.inputs[slot] as Tensor;
  const { calculus } = t.op;
  const called = `∂${naming(t) ?? t.op.name}/∂${naming(operand) ?? "x"}`;
  const brief = calculus.rule === "partials" || size(t.shape) === 1 ? called : `(${called})ᵀ ·`;
  const formula = asRule(true, () => {
    const inputs = t.inputs.map(written);
    if (calculus.rule === "partials") return partialText(calculus.partial(slot, t, inputs, t.attrs), naming);
    if (!operand.tracked) return "0";
    const g = symbol("·", t.shape);
    const share = literalShare({ ...t, inputs }, slot, g, true);
    if (share === undefined) return "0";
    const shown = text(share, (each) => (each === g ? "·" : naming(each)));
    return share === g || shown === "·" ? "1" : shown;
  });
  return formula.length > longest ? brief : formula;
}

/** A named constant as an operand that is followed, since what is made of constants alone is a number without a formula. */
function written(operand: Tensor): Tensor {
  return operand.tracked || operand.name === undefined ? operand : watch(operand, operand.name);
}

function partialText(partial: Partial, naming: Naming): string {
  if (typeof partial === "number") return String(partial);
  if (!("mask" in partial)) return naming(partial) ?? text(partial, naming);
  const inner = partialText(partial.partial, naming);
  const condition = text(partial.mask, naming);
  return inner === "1" ? `[${condition}]` : `[${condition}] ${inner}`;
}

/** The values of an elementwise op's partial by one operand; undefined for other ops. */
export function localPartial(t: Tensor, slot: number): Float64Array | undefined {
  const { calculus } = t.op;
  if (calculus.rule !== "partials" || t.data === undefined) return undefined;
  const count = size(t.shape);
  const entries = (partial: Partial): Float64Array => {
    if (typeof partial === "number") return new Float64Array(count).fill(partial);
    if (!("mask" in partial)) return partial.data ?? new Float64Array(count).fill(Number.NaN);
    const inner = entries(partial.partial);
    return Float64Array.from(inner, (entry, at) => (partial.mask.data?.[at] === 0 ? 0 : entry));
  };
  return asRule(false, () => entries(calculus.partial(slot, t, t.inputs, t.attrs)));
}

/** The local Jacobian, row-major [entries of the node, entries of the operand]; undefined when it is large or nothing flows. */
export function localJacobian(t: Tensor, slot: number): Float64Array | undefined {
  const operand = t.inputs[slot] as Tensor;
  const [rows, columns] = [size(t.shape), size(operand.shape)];
  if (!operand.tracked || t.data === undefined || rows * columns > mostEntries) return undefined;
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const seed = new Float64Array(rows);
    seed[row] = 1;
    const share = literalShare(t, slot, constant(seed, t.shape));
    if (share?.data !== undefined) out.set(share.data, row * columns);
  }
  return out;
}

/** What one operand receives of an adjoint by the op as the user wrote it: no twin takes its place. undefined where nothing flows. */
export function literalShare(t: Tensor, slot: number, g: Tensor, records: boolean = false): Tensor | undefined {
  const operand = t.inputs[slot] as Tensor;
  if (!operand.tracked) return undefined;
  return asRule(records, () => (t.via === undefined || t.op.calculus.rule !== "expansion" ? pulled(t, slot, g) : throughExpansion(t, slot, g, records)));
}

/** As written: a twin inside, such as that of log(a), would step over the operand. How one operand depends on another is not the block's. */
function throughExpansion(t: Tensor, slot: number, g: Tensor, records: boolean): Tensor | undefined {
  const { operands, result } = expanded(t);
  const operand = operands[slot] as Tensor;
  if (result === operand) return g;
  const given = new Set(operands);
  const order = ancestors([result], operand.id, (each) => (given.has(each) ? [] : literalInputs(each))).filter((each) => !given.has(each));
  return reverse({ order, records }, new Map([[result.id, g]]), [operand], { inputsOf: literalInputs, visit: () => {} })[0];
}

/** The expansion of a block on operands that are told apart: one given twice is expanded again, so that each slot has its own share. */
function expanded({ op, inputs, attrs, via }: Tensor): Opened {
  const { calculus } = op;
  if (calculus.rule !== "expansion" || new Set(inputs).size === inputs.length) return { operands: inputs, result: via as Tensor };
  const operands = inputs.map((each) => watch(each));
  return { operands, result: asUser(() => calculus.expand(operands, attrs)) };
}
