import { checkOptions } from "./options.ts";
import { type Dense } from "../kernel/dense.ts";
import { type ScanAttrs } from "../kernel/scan.ts";
import { checkFlag, resolveAxis, size } from "../shape.ts";
import { type Op, type Tensor, apply, showOperand } from "../tensor.ts";
import { mul, sumOfTangents } from "./arithmetic.ts";
import { type Defined, defined } from "./broadcast.ts";
import { padWith, section } from "./layout.ts";
import { type Like, like } from "./like.ts";
import { callWith } from "./notation.ts";

const along = ({ axis, reverse }: ScanAttrs): string => `axis ${axis}${reverse ? ", from the end" : ""}`;

/** Each entry's predecessor on the way of a scan, and `first` for the one without. */
function previous(x: Tensor, { axis, reverse }: ScanAttrs, first: number): Tensor {
  const extent = x.shape[axis] as number;
  if (extent === 0) return x;
  const cut = section(
    x,
    x.shape.map((_, each) => (each === axis && reverse ? 1 : 0)),
    x.shape.map((length, each) => (each === axis ? extent - 1 : length)),
  );
  return padWith(
    cut,
    x.shape.map((_, each) => (each !== axis ? ([0, 0] as const) : reverse ? ([0, 1] as const) : ([1, 0] as const))),
    first,
  );
}

/** h[i] = a[i] h[i - 1] + b[i], the derivative of a running product along a direction: no entry is divided by. */
const recurrenceOp: Op<ScanAttrs> = {
  name: "recurrence",
  kind: "composite",
  notation: callWith("recurrence", "\\operatorname{recurrence}", along),
  work: (_shapes, to) => 2 * size(to),
  compute: ([factors, terms], to, { axis, reverse }) => {
    const [a, b] = [(factors as Dense).data, (terms as Dense).data];
    const out = new Float64Array(b.length);
    const extent = to[axis] as number;
    const step = to.slice(axis + 1).reduce((product, each) => product * each, 1);
    for (let at = 0; at < out.length; at++) {
      const place = reverse ? out.length - 1 - at : at;
      const first = Math.floor(place / step) % extent === (reverse ? extent - 1 : 0);
      out[place] = first ? (b[place] as number) : (a[place] as number) * (out[place + (reverse ? step : -step)] as number) + (b[place] as number);
    }
    return out;
  },
  calculus: {
    rule: "general",
    vjp: (operand, g, y, [a], attrs) => {
      const back = { ...attrs, reverse: !attrs.reverse };
      const terms = recurrence(previous(a as Tensor, back, 0), g, back);
      return operand === 0 ? mul(terms, previous(y, attrs, 0)) : terms;
    },
    jvp: ([da = 0, db = 0], y, [a], attrs) => {
      const moved = da === 0 ? 0 : mul(da, previous(y, attrs, 0));
      return recurrence(a as Tensor, sumOfTangents(moved, db), attrs);
    },
  },
  shape: ([a]) => (a as Tensor).shape,
};

function recurrence(a: Tensor, b: Tensor, attrs: ScanAttrs): Tensor {
  return apply(recurrenceOp, [a, b], attrs);
}

const cumprodOp: Op<ScanAttrs> = {
  name: "cumprod",
  kind: "scan",
  notation: callWith("cumprod", "\\operatorname{cumprod}", along),
  combine: (k, total, x) => k.mul(total, x),
  calculus: {
    rule: "general",
    vjp: (_operand, g, y, [x], attrs) => {
      const back = { ...attrs, reverse: !attrs.reverse };
      return mul(previous(y, attrs, 1), recurrence(previous(x as Tensor, back, 0), g, back));
    },
    jvp: ([dx], y, [x], attrs) => recurrence(x as Tensor, mul(dx as Tensor, previous(y, attrs, 1)), attrs),
  },
  shape: ([x]) => (x as Tensor).shape,
};

/**
 * Running products along one axis; from the end when `reverse`.
 *
 * Shape: kept. Derivative: sums of the products of the others, exact with zeros present, since nothing is divided by. Throws ValueError for
 * an unknown axis.
 *
 * @example
 * nested(cumprod([2, 3, 4], { axis: 0 })) // => [2, 6, 24]
 */
export const cumprod: Defined<(x: Like, attrs: { readonly axis: number; readonly reverse?: boolean }) => Tensor> = defined(
  cumprodOp,
  (x: Like, attrs: { readonly axis: number; readonly reverse?: boolean }): Tensor => {
    const { axis, reverse = false } = checkOptions("cumprod", attrs, ["axis", "reverse"]);
    const t = like(x, "cumprod");
    return apply(cumprodOp, [t], { axis: resolveAxis(`cumprod(${showOperand(t)})`, axis, t.shape), reverse: checkFlag("cumprod", "reverse", reverse) });
  },
  2,
);
