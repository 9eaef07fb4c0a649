import { checkOptions } from "./options.ts";
import { type Contraction, type Reach } from "../kernel/contract.ts";
import { type Shape, ShapeError, ValueError, describe, showShape, stridesOf } from "../shape.ts";
import { type Op, type Tensor, apply, showCall, showOperand } from "../tensor.ts";
import { type Defined, defined } from "./broadcast.ts";
import { type Like, likes } from "./like.ts";

/** Labels per operand and of the result, with the extent of each label; an axis of extent 1 under a longer label repeats. */
interface EinsumAttrs {
  readonly terms: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: Readonly<Record<string, number>>;
  readonly shape: Shape;
  readonly [key: string]: unknown;
}

const shown = ({ terms, output }: EinsumAttrs): string => `${terms.map((term) => term.join("")).join(",")}->${output.join("")}`;

const einsumOp: Op<EinsumAttrs> = {
  name: "einsum",
  kind: "contract",
  notation: {
    text: (operands, attrs) => `einsum(${shown(attrs)}; ${operands.join(", ")})`,
    latex: (operands, attrs) => `\\operatorname{einsum}_{${shown(attrs)}}\\left(${operands.join(", ")}\\right)`,
    precedence: 6,
    operands: [0],
  },
  contraction: (shapes, to, { terms, output, sizes }): Contraction => {
    const summed = Object.keys(sizes).filter((label) => !output.includes(label));
    const loops = [...new Set(output), ...summed];
    const reach = (labels: readonly string[], shape: Shape): Reach => {
      const strides = stridesOf(shape);
      return {
        offset: 0,
        strides: loops.map((loop) => labels.reduce((sum, label, axis) => (label === loop && shape[axis] !== 1 ? sum + (strides[axis] as number) : sum), 0)),
      };
    };
    return {
      extents: loops.map((label) => sizes[label] as number),
      out: reach(output, to),
      operands: terms.map((term, which) => reach(term, shapes[which] as Shape)),
    };
  },
  // The result and the operand change places; a label that only the operand has is then repeated, a repeated one fills a diagonal.
  calculus: {
    rule: "multilinear",
    adjoint: (operand, g, x, { terms, output, sizes }) => {
      const others = x.filter((_, which) => which !== operand);
      return apply(einsumOp, [g, ...others], {
        terms: [output, ...terms.filter((_, which) => which !== operand)],
        output: terms[operand] as readonly string[],
        sizes,
        shape: (x[operand] as Tensor).shape,
      });
    },
  },
  shape: (_x, { shape }) => shape,
};

/**
 * Einstein summation: labels that occur in the operands but not in the result are summed. `...` stands for leading axes that broadcast;
 * without `->` the result has the labels that occur once, in alphabetical order; a label twice in one operand takes the diagonal.
 *
 * Derivative: the result and an operand change places. Throws ValueError for an equation that cannot be read, ShapeError for an operand
 * whose rank or extents do not fit it.
 *
 * @example
 * nested(einsum([[[1, 2], [3, 4]], [1, 1]], { equation: "ij,j->i" })) // => [3, 7]
 */
export const einsum: Defined<(xs: readonly Like[], attrs: { readonly equation: string }) => Tensor> = defined(
  einsumOp,
  (xs: readonly Like[], attrs: { readonly equation: string }): Tensor => {
    const { equation } = checkOptions("einsum", attrs, ["equation"]);
    const all = likes(xs, "einsum");
    return apply(einsumOp, all, parsed(equation, all));
  },
  2,
);

function parsed(equation: string, x: readonly Tensor[]): EinsumAttrs {
  if (equation === undefined) throw new ValueError('einsum: the equation is missing; write { equation: "ij,jk->ik" }, letters for the axes of each operand');
  if (typeof equation !== "string" || !/^[a-zA-Z.,\s]*(->[a-zA-Z.\s]*)?$/.test(equation))
    throw new ValueError(`einsum: ${describe(equation)} is not an equation; write letters, commas and ->, such as "ij,jk->ik"`);
  const caller = `${showCall("einsum", x)} "${equation}"`;
  const [left = "", right] = equation.replaceAll(/\s/g, "").split("->");
  const written = left.split(",");
  if (written.length !== x.length) throw new ValueError(`${caller}: the equation names ${written.length} operands, but ${x.length} were given`);
  const ranks = written.map((term, which) => (x[which] as Tensor).shape.length - term.replace("...", "").length);
  const widest = Math.max(0, ...written.map((term, which) => (term.includes("...") ? (ranks[which] as number) : 0)));
  const ellipsis = Array.from({ length: widest }, (_, axis) => `${axis}`);
  const expand = (term: string, extra: number): string[] => {
    const [before = "", after = ""] = term.split("...");
    return term.includes("...") ? [...before, ...ellipsis.slice(widest - extra), ...after] : [...before];
  };
  const terms = written.map((term, which) => {
    const extra = ranks[which] as number;
    if (extra < 0 || (extra > 0 && !term.includes("...")))
      throw new ShapeError(`${caller}: "${term}" has ${term.length} labels, but operand ${which} is ${showOperand(x[which] as Tensor)}`);
    return expand(term, extra);
  });
  const sizes: Record<string, number> = {};
  terms.forEach((term, which) =>
    term.forEach((label, axis) => {
      const extent = (x[which] as Tensor).shape[axis] as number;
      const known = sizes[label];
      if (known !== undefined && known !== extent && known !== 1 && extent !== 1)
        throw new ShapeError(
          `${caller}: label ${label} is ${known} before but ${extent} on axis ${axis} of operand ${which}, ${showOperand(x[which] as Tensor)}`,
        );
      sizes[label] = known === undefined || known === 1 ? extent : known;
    }),
  );
  const letters = terms.flat().filter((label) => !ellipsis.includes(label));
  const once = [...new Set(letters)].filter((label) => letters.filter((each) => each === label).length === 1).toSorted();
  const output = right === undefined ? [...ellipsis, ...once] : expand(right, widest);
  output.forEach((label, position) => {
    if (sizes[label] === undefined || output.indexOf(label) !== position)
      throw new ValueError(`${caller}: the result's label ${label} ${sizes[label] === undefined ? "occurs in no operand" : "is written twice"}`);
  });
  const shape = output.map((label) => sizes[label] as number);
  if (shape.some((extent) => !Number.isInteger(extent))) throw new ShapeError(`${caller}: the result's shape ${showShape(shape)} is not one`);
  return { terms, output, sizes, shape };
}
