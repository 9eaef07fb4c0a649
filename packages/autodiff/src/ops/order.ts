import { checkOptions } from "./options.ts";
import { type Dense } from "../kernel/dense.ts";
import { checkArguments, type Shape, ShapeError, ValueError, checkFlag, describe, resolveAxis, size } from "../shape.ts";
import { type Op, type Tensor, apply, showCall, showOperand } from "../tensor.ts";
import { type Defined, defined, reshapeTo } from "./broadcast.ts";
import { gather } from "./indexing.ts";
import { permute, section } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";

interface DirectionAttrs {
  readonly descending: boolean;
  readonly [key: string]: unknown;
}

/** Less than 0 when a stands before b in ascending order; NaN counts as the largest, and -0 equals 0. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The positions of the last axis in the order of their entries; equal entries keep theirs. */
const argsortOp: Op<DirectionAttrs> = {
  name: "argsort",
  kind: "factor",
  core: { operands: [1], result: 1 },
  notation: callWith("argsort", "\\operatorname{argsort}", ({ descending }) => (descending ? "descending" : "")),
  work: ([line]) => size(line as Shape) * Math.ceil(Math.log2(Math.max(1, size(line as Shape)))),
  matrix: ([line], _to, { descending }) => {
    const { data } = line as Dense;
    const side = descending ? -1 : 1;
    return Float64Array.from(data, (_, at) => at).toSorted((i, j) => side * compare(data[i] as number, data[j] as number) || i - j);
  },
  calculus: { rule: "constant" },
  shape: ([x]) => (x as Tensor).shape,
};

/** The position of the first largest, or first smallest, entry of the last axis. */
const extremePosition = (name: "argmax" | "argmin", side: 1 | -1): Op => ({
  name,
  kind: "factor",
  core: { operands: [1], result: 0 },
  notation: callWith(name, `\\operatorname{${name}}`, () => ""),
  work: ([line]) => size(line as Shape),
  matrix: ([line]) => {
    const { data } = line as Dense;
    let best = 0;
    for (let at = 1; at < data.length; at++) {
      const [top, each] = [data[best] as number, data[at] as number];
      if (Number.isNaN(top)) break;
      if (Number.isNaN(each) || side * compare(each, top) > 0) best = at;
    }
    return Float64Array.of(best);
  },
  calculus: { rule: "constant" },
  shape: ([x]) => (x as Tensor).shape.slice(0, -1),
});

const argmaxOp = extremePosition("argmax", 1);
const argminOp = extremePosition("argmin", -1);

/** What a search for a position accepts: one axis, or null for all entries in row-major order. */
export interface PositionAttrs {
  readonly axis?: number | null;
  readonly keepDims?: boolean;
}

function positionOf(op: Op, x: Like, options: PositionAttrs): Tensor {
  const { axis = null, keepDims = false } = checkOptions(op.name, options, ["axis", "keepDims"]);
  const t = like(x, op.name);
  const caller = showCall(op.name, [t]);
  const rank = t.shape.length;
  const at = axis === null ? undefined : resolveAxis(caller, axis, t.shape);
  if ((at === undefined ? size(t.shape) : t.shape[at]) === 0)
    throw new ShapeError(`${caller}: there is no position among no entries; ${at === undefined ? "the tensor" : `axis ${at}`} is empty`);
  const lines = at === undefined ? reshapeTo(t, [size(t.shape)]) : axisLast(t, at);
  const found = apply(op, [lines]);
  if (!checkFlag(op.name, "keepDims", keepDims)) return found;
  return reshapeTo(
    found,
    t.shape.map((extent, each) => (at === undefined || each === at ? 1 : extent)),
  );

  function axisLast(all: Tensor, moved: number): Tensor {
    return permute(all, [...Array.from({ length: rank }, (_, each) => each).filter((each) => each !== moved), moved]);
  }
}

/**
 * The position of the largest entry along one axis, the first among equals; in row-major order over all entries when `axis` is absent
 * or null. A NaN counts as the largest, as for max.
 *
 * Derivative: 0 everywhere. Throws ShapeError over no entries, ValueError for an unknown axis.
 *
 * @example
 * nested(argmax([[1, 4, 4], [3, 2, 1]], { axis: 1 })) // => [1, 0]
 */
export const argmax: Defined<(x: Like, attrs?: PositionAttrs) => Tensor> = defined(
  argmaxOp,
  (x: Like, attrs: PositionAttrs = {}): Tensor => positionOf(argmaxOp, x, attrs),
  2,
);

/**
 * The position of the smallest entry along one axis, the first among equals; in row-major order over all entries when `axis` is absent
 * or null. A NaN is found first, as for min.
 *
 * Derivative: 0 everywhere. Throws ShapeError over no entries, ValueError for an unknown axis.
 *
 * @example
 * nested(argmin([[1, 4, 4], [3, 2, 1]], { axis: 1 })) // => [0, 2]
 */
export const argmin: Defined<(x: Like, attrs?: PositionAttrs) => Tensor> = defined(
  argminOp,
  (x: Like, attrs: PositionAttrs = {}): Tensor => positionOf(argminOp, x, attrs),
  2,
);

/** What sorting accepts: the last axis when absent, from the smallest unless `descending`. */
export interface SortAttrs {
  readonly axis?: number;
  readonly descending?: boolean;
}

interface SortedAttrs extends DirectionAttrs {
  readonly axis: number;
}

function sorted(caller: string, x: Tensor, options: SortAttrs): SortedAttrs {
  const { axis = -1, descending = false } = checkOptions(caller, options, ["axis", "descending"]);
  return { axis: resolveAxis(`${caller}(${showOperand(x)})`, axis, x.shape), descending: checkFlag(caller, "descending", descending) };
}

function positions(x: Tensor, { axis, descending }: SortedAttrs): Tensor {
  const exchanged = x.shape.map((_, each) => (each === axis ? x.shape.length - 1 : each === x.shape.length - 1 ? axis : each));
  return permute(apply(argsortOp, [permute(x, exchanged)], { descending }), exchanged);
}

/**
 * The positions of the entries along one axis (the last when absent) in ascending order, or descending. Stable: equal entries keep their
 * order, either way. A NaN counts as the largest, so it stands last, or first when descending.
 *
 * Shape: kept. Derivative: 0 everywhere. Throws ValueError for an unknown axis.
 *
 * @example
 * nested(argsort([3, 1, 2])) // => [1, 2, 0]
 */
export const argsort: Defined<(x: Like, attrs?: SortAttrs) => Tensor> = defined(
  argsortOp,
  (x: Like, attrs: SortAttrs = {}): Tensor => {
    const t = like(x, "argsort");
    return positions(t, sorted("argsort", t, attrs));
  },
  2,
);

const sortOp: Op<SortedAttrs> = {
  name: "sort",
  kind: "composite",
  notation: callWith("sort", "\\operatorname{sort}", ({ axis, descending }) => `axis ${axis}${descending ? ", descending" : ""}`),
  calculus: { rule: "expansion", expand: ([x], attrs) => gather(x as Tensor, { indices: positions(x as Tensor, attrs), axis: attrs.axis }) },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * The entries along one axis (the last when absent) in ascending order, or descending: argsort, then gather. A NaN counts as the largest.
 *
 * Shape: kept. Derivative: the adjoint goes back to where each entry came from; equal entries keep their order, so ties have one too.
 * Throws ValueError for an unknown axis.
 *
 * @example
 * nested(sort([3, 1, 2], { descending: true })) // => [3, 2, 1]
 */
export const sort: Defined<(x: Like, attrs?: SortAttrs) => Tensor> = defined(
  sortOp,
  (x: Like, attrs: SortAttrs = {}): Tensor => {
    const t = like(x, "sort");
    return apply(sortOp, [t], sorted("sort", t, attrs));
  },
  2,
);

/**
 * The k largest entries along one axis (the last when absent), the largest first, and their positions; the smallest, smallest first, with
 * `largest: false`. The first among equals comes first. A NaN counts as the largest.
 *
 * Derivative: of the values as of sort; of the indices 0. Throws ValueError when k is not a whole number from 0 to the extent of the axis.
 *
 * @example
 * nested(topK([3, 1, 2], { k: 2 }).values) // => [3, 2]
 * nested(topK([3, 1, 2], { k: 2 }).indices) // => [0, 2]
 */
export function topK(
  x: Like,
  options: { readonly k: number; readonly axis?: number; readonly largest?: boolean },
): { readonly values: Tensor; readonly indices: Tensor } {
  checkArguments("topK", 2, arguments);
  const { k, axis = -1, largest = true } = checkOptions("topK", options, ["k", "axis", "largest"]);
  const t = like(x, "topK");
  const attrs = sorted("topK", t, { axis, descending: checkFlag("topK", "largest", largest) });
  const extent = t.shape[attrs.axis] as number;
  if (!Number.isInteger(k) || k < 0 || k > extent)
    throw new ValueError(`topK(${showOperand(t)}): k must be a whole number from 0 to ${extent}, the entries of axis ${attrs.axis}, got ${describe(k)}`);
  const indices = section(
    positions(t, attrs),
    t.shape.map(() => 0),
    t.shape.map((length, each) => (each === attrs.axis ? k : length)),
  );
  return { values: gather(t, { indices, axis: attrs.axis }), indices };
}
