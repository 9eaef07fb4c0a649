import { type Shape } from "../shape.ts";
import { type Attrs, type Dense } from "./dense.ts";

/**
 * Where a loop index falls in a tensor. Without `axes` the position is `offset + sum(index[loop] * strides[loop])`. With `axes`
 * each axis has its own coordinate, and a coordinate outside 0 .. extent - 1 contributes nothing (the zero padding of a convolution).
 */
export interface Reach {
  readonly offset: number;
  readonly strides: readonly number[];
  readonly axes?: readonly { readonly offset: number; readonly strides: readonly number[]; readonly extent: number }[];
}

/**
 * A multilinear map as one loop nest: `out[o(i)] += product over operands of x[p(i)]` for every index i of `extents`. Exchanging the
 * result with an operand gives the adjoint, so the kind is closed under differentiation.
 */
export interface Contraction {
  readonly extents: readonly number[];
  readonly out: Reach;
  readonly operands: readonly Reach[];
}

export interface Contract<A extends Attrs = Attrs> {
  readonly kind: "contract";
  contraction(shapes: readonly Shape[], to: Shape, attrs: A): Contraction;
}

export function contract(kernel: Contract, inputs: readonly Dense[], attrs: Attrs, shape: Shape, count: number): Float64Array {
  const nest = kernel.contraction(
    inputs.map((input) => input.shape),
    shape,
    attrs,
  );
  const out = new Float64Array(count);
  if (nest.extents.some((extent) => extent === 0)) return out;
  const reaches = [nest.out, ...nest.operands];
  const arrays = [out, ...inputs.map((input) => input.data)];
  const plain = reaches.every((reach) => reach.axes === undefined);
  if (plain && reaches.length === 3 && nest.extents.length >= 2) {
    const loops = turning(nest.extents);
    const pick = (values: readonly number[]): number[] => loops.map((loop) => values[loop] as number);
    pairs(
      pick(nest.extents),
      reaches.map(({ offset, strides }) => ({ offset, strides: pick(strides) })),
      arrays,
    );
  } else general(nest.extents, reaches, arrays);
  return out;
}

/** The loops that turn more than once, so that the innermost ones are worth setting up; all where fewer than two do. */
function turning(extents: readonly number[]): number[] {
  const all = extents.map((_, loop) => loop);
  const more = all.filter((loop) => extents[loop] !== 1);
  return more.length < 2 ? all : more;
}

/** Two operands, no padding: the two innermost loops run on plain offsets. */
function pairs(extents: readonly number[], reaches: readonly Reach[], arrays: readonly Float64Array[]): void {
  const [o, p, q] = reaches as readonly [Reach, Reach, Reach];
  const [out, a, b] = arrays as readonly [Float64Array, Float64Array, Float64Array];
  const last = extents.length - 1;
  const [rows, columns] = [extents[last - 1] as number, extents[last] as number];
  const [o1, o0] = [o.strides[last - 1] as number, o.strides[last] as number];
  const [a1, a0] = [p.strides[last - 1] as number, p.strides[last] as number];
  const [b1, b0] = [q.strides[last - 1] as number, q.strides[last] as number];
  eachIndex(extents.slice(0, -2), (index) => {
    let atOut = position(o, index);
    let atA = position(p, index);
    let atB = position(q, index);
    let i = 0;
    // The middle loop only adds to the same row of the result, as in a matrix product: four of its turns at once, in the same order and
    // so with the same rounding, read and write that row a quarter as often.
    if (o1 === 0 && a0 === 0 && o0 !== 0)
      for (; i + 4 <= rows; i += 4, atA += 4 * a1, atB += 4 * b1) {
        const [f0, f1, f2, f3] = [a[atA] as number, a[atA + a1] as number, a[atA + 2 * a1] as number, a[atA + 3 * a1] as number];
        let io = atOut;
        let ib = atB;
        for (let j = 0; j < columns; j++, io += o0, ib += b0)
          out[io] =
            (out[io] as number) + f0 * (b[ib] as number) + f1 * (b[ib + b1] as number) + f2 * (b[ib + 2 * b1] as number) + f3 * (b[ib + 3 * b1] as number);
      }
    for (; i < rows; i++, atOut += o1, atA += a1, atB += b1) {
      let io = atOut;
      let ia = atA;
      let ib = atB;
      if (a0 === 0) {
        const factor = a[ia] as number;
        for (let j = 0; j < columns; j++, io += o0, ib += b0) out[io] = (out[io] as number) + factor * (b[ib] as number);
      } else for (let j = 0; j < columns; j++, io += o0, ia += a0, ib += b0) out[io] = (out[io] as number) + (a[ia] as number) * (b[ib] as number);
    }
  });
}

function general(extents: readonly number[], reaches: readonly Reach[], arrays: readonly Float64Array[]): void {
  eachIndex(extents, (index) => {
    let product = 1;
    for (let which = 1; which < reaches.length; which++) {
      const at = position(reaches[which] as Reach, index);
      if (at < 0) return;
      product *= (arrays[which] as Float64Array)[at] as number;
    }
    const at = position(reaches[0] as Reach, index);
    const out = arrays[0] as Float64Array;
    if (at >= 0) out[at] = (out[at] as number) + product;
  });
}

/** Position of a loop index, or -1 where it falls into the padding. */
function position(reach: Reach, index: readonly number[]): number {
  let at = reach.offset;
  for (let loop = 0; loop < index.length; loop++) at += (index[loop] as number) * (reach.strides[loop] as number);
  if (reach.axes !== undefined)
    for (const axis of reach.axes) {
      let coordinate = axis.offset;
      for (let loop = 0; loop < index.length; loop++) coordinate += (index[loop] as number) * (axis.strides[loop] as number);
      if (coordinate < 0 || coordinate >= axis.extent) return -1;
    }
  return at;
}

function eachIndex(extents: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = new Array<number>(extents.length).fill(0);
  for (;;) {
    visit(index);
    let loop = extents.length - 1;
    for (; loop >= 0; loop--) {
      const next = (index[loop] as number) + 1;
      index[loop] = next === extents[loop] ? 0 : next;
      if (index[loop] !== 0) break;
    }
    if (loop < 0) return;
  }
}
