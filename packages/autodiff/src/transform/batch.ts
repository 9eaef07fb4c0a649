import { ancestors, expansionOf } from "../graph.ts";
import { type Attrs, type Dense } from "../kernel/dense.ts";
import { type Kernel, compute } from "../kernel.ts";
import { type Reach } from "../kernel/contract.ts";
import { broadcast, reshapeTo, sumOver } from "../ops/broadcast.ts";
import { dataOf } from "../ops/like.ts";
import { type Shape, size } from "../shape.ts";
import { pushed } from "../sweep/forward.ts";
import { pulled } from "../sweep/reverse.ts";
import { type Op, type Tensor, apply, constant, effectiveInputs, standingFor, symbol } from "../tensor.ts";

/** A value of one example, or of all of them along a new leading axis. */
export interface Batched {
  readonly tensor: Tensor;
  readonly batched: boolean;
}

/**
 * Rebuilds the graph below `outputs` for a whole batch: `given` holds batched tensors for the symbols of one example. One node becomes one
 * node, by the batching rule of its kind; what depends on no symbol stays as it is.
 */
export function batchGraph(outputs: readonly Tensor[], given: ReadonlyMap<Tensor, Tensor>, count: number): Batched[] {
  const found = new Map<Tensor, Batched>();
  for (const [example, tensor] of given) found.set(example, { tensor, batched: true });
  const since = Math.min(...[...given.keys()].map(({ id }) => id));
  for (const node of ancestors(outputs, since, (t) => (given.has(t) ? [] : effectiveInputs(t)))) {
    if (found.has(node)) continue;
    const inputs = effectiveInputs(node).map((input) => found.get(input) ?? { tensor: input, batched: false });
    if (inputs.every(({ batched }) => !batched)) found.set(node, { tensor: node, batched: false });
    else if (node.via !== undefined || node.op.kind === "leaf") found.set(node, inputs[0] as Batched);
    else found.set(node, { tensor: standingFor(node, "copy", () => batchNode(node, inputs, count)), batched: true });
  }
  return outputs.map((output) => found.get(output) ?? { tensor: output, batched: false });
}

/** Puts the batch axis in front of a value that every example shares. */
export function repeated({ tensor, batched }: Batched, count: number): Tensor {
  return batched ? tensor : broadcast(reshapeTo(tensor, [1, ...tensor.shape]), [count, ...tensor.shape]);
}

function batchNode({ op, attrs, shape }: Tensor, inputs: readonly Batched[], count: number): Tensor {
  switch (op.kind) {
    case "elementwise":
    case "window":
    case "factor":
      return apply(
        op,
        inputs.map((input) => repeated(input, count)),
        attrs,
      );
    case "reduce":
      return apply(
        op,
        inputs.map(({ tensor }) => tensor),
        { ...attrs, axes: (attrs["axes"] as readonly number[]).map((axis) => axis + 1), whole: false },
      );
    case "scan":
      return apply(
        op,
        inputs.map(({ tensor }) => tensor),
        { ...attrs, axis: (attrs["axis"] as number) + 1 },
      );
    case "index": {
      // What is scattered is read in order, so a value that every example shares is repeated first.
      const [values, ...rest] = inputs as readonly [Batched, ...Batched[]];
      const all = op.direction === "scatter" ? [{ tensor: repeated(values, count), batched: true }, ...rest] : inputs;
      return apply(
        lifted(op),
        all.map(({ tensor }) => tensor),
        { inner: attrs, batched: all.map(({ batched }) => batched), count, shape },
      );
    }
    case "view":
    case "contract":
    case "composite":
      return apply(
        lifted(op),
        inputs.map(({ tensor }) => tensor),
        { inner: attrs, batched: inputs.map(({ batched }) => batched), count, shape },
      );
    case "random":
    case "leaf":
      throw new Error(`internal: a node of kind ${op.kind} has no operand to batch`);
    default:
      return op satisfies never;
  }
}

/** The attributes of a lifted op: those of one example, which operands carry the batch axis, its extent, and one example's result. */
interface LiftedAttrs extends Attrs {
  readonly inner: Attrs;
  readonly batched: readonly boolean[];
  readonly count: number;
  readonly shape: Shape;
}

const liftedOps = new WeakMap<Op, Op>();

/** The op over a leading batch axis: its kernel with one more loop, its rules batched in turn. */
function lifted(op: Op): Op {
  const known = liftedOps.get(op);
  if (known !== undefined) return known;
  const common: Pick<Op<LiftedAttrs>, "name" | "notation" | "shape" | "calculus"> = {
    name: op.name,
    notation: {
      ...op.notation,
      text: (operands, attrs) => op.notation.text(operands, attrs.inner),
      latex: (operands, attrs) => op.notation.latex(operands, attrs.inner),
    },
    shape: (_x, { count, shape }) => [count, ...shape],
    calculus: {
      rule: "general",
      vjp: (operand, g, y, x, attrs) =>
        throughExamples([g, y, ...x], [true, true, ...attrs.batched], attrs.count, attrs.batched[operand] === true, ([g1, y1, ...x1]) =>
          pulled({ ...(y1 as Tensor), op, inputs: x1, attrs: attrs.inner }, operand, g1 as Tensor),
        ) ?? 0,
      jvp: (dx, y, x, attrs) => {
        const moving = dx.map((each, at) => (each === 0 ? undefined : { each, at })).filter((each) => each !== undefined);
        const all = [y, ...x, ...moving.map(({ each }) => each)];
        const flags = [true, ...attrs.batched, ...moving.map(({ at }) => attrs.batched[at] === true)];
        return (
          throughExamples(all, flags, attrs.count, true, ([y1, ...rest]) => {
            const x1 = rest.slice(0, x.length);
            const tangents = dx.map((each, at) => (each === 0 ? 0 : (rest[x.length + moving.findIndex((one) => one.at === at)] as Tensor)));
            return pushed({ ...(y1 as Tensor), op, inputs: x1, attrs: attrs.inner }, tangents);
          }) ?? 0
        );
      },
    },
  };
  const expand = expansionOf(op);
  const made: Op<LiftedAttrs> = {
    ...common,
    // What has derivative 0 for one example has it for all.
    ...(op.calculus.rule === "constant" && { calculus: op.calculus }),
    ...liftedKernel(op),
    ...(op.holds && { holds: op.holds }),
    ...(expand && {
      expand: (x, { inner, batched, count }) => throughExamples(x, batched, count, true, (examples) => expand(examples, inner)) as Tensor,
    }),
  };
  liftedOps.set(op, made);
  return made;
}

/** Runs a rule on symbols of one example and rebuilds what it made for the batch; summed over the batch where the operand is shared. */
function throughExamples(
  values: readonly Tensor[],
  batched: readonly boolean[],
  count: number,
  keeps: boolean,
  rule: (examples: readonly Tensor[]) => Tensor | undefined,
): Tensor | undefined {
  const examples = values.map((value, at) => (batched[at] === true ? symbol(`example ${at}`, value.shape.slice(1)) : value));
  const made = rule(examples);
  if (made === undefined) return undefined;
  const given = new Map(examples.flatMap((example, at) => (batched[at] === true ? [[example, values[at] as Tensor] as const] : [])));
  const [result] = batchGraph([made], given, count) as [Batched];
  if (keeps) return repeated(result, count);
  return sumOver(repeated(result, count), [0], false);
}

function liftedKernel(op: Op): Kernel<LiftedAttrs> {
  const part = (shape: Shape, at: number, attrs: LiftedAttrs): Shape => (attrs.batched[at] === true ? shape.slice(1) : shape);
  switch (op.kind) {
    case "view":
      return {
        kind: "view",
        layout: (from, to, attrs) => {
          const { offset, strides, bounds, fill } = op.layout(from.slice(1), to.slice(1), attrs.inner);
          return {
            offset,
            strides: [size(from.slice(1)), ...strides],
            ...(bounds && { bounds: [[0, attrs.count] as const, ...bounds] }),
            ...(fill !== undefined && { fill }),
          };
        },
      };
    case "index":
      return {
        kind: "index",
        name: op.name,
        direction: op.direction,
        addresses: (values, indices, to, attrs) => {
          const [v, i] = [part(values, 0, attrs), part(indices, 1, attrs)];
          const inner = op.addresses(v, i, to.slice(1), attrs.inner);
          const whole = op.direction === "gather" ? (attrs.batched[0] === true ? size(v) : 0) : size(to.slice(1));
          return {
            ...inner,
            space: [attrs.count, ...inner.space],
            strides: [whole, ...inner.strides],
            indexStrides: [attrs.batched[1] === true ? size(i) : 0, ...inner.indexStrides],
          };
        },
      };
    case "contract":
      return {
        kind: "contract",
        contraction: (shapes, to, attrs) => {
          const parts = shapes.map((shape, at) => part(shape, at, attrs));
          const { extents, out, operands } = op.contraction(parts, to.slice(1), attrs.inner);
          const lift = (reach: Reach, step: number): Reach => ({
            offset: reach.offset,
            strides: [step, ...reach.strides],
            ...(reach.axes && { axes: reach.axes.map((axis) => ({ ...axis, strides: [0, ...axis.strides] })) }),
          });
          return {
            extents: [attrs.count, ...extents],
            out: lift(out, size(to.slice(1))),
            operands: operands.map((reach, at) => lift(reach, attrs.batched[at] === true ? size(parts[at] as Shape) : 0)),
          };
        },
      };
    case "composite": {
      const { work: each } = op;
      return {
        kind: "composite",
        ...(each && {
          work: (shapes, to, attrs) =>
            attrs.count *
            each(
              shapes.map((shape, at) => part(shape, at, attrs)),
              to.slice(1),
              attrs.inner,
            ),
        }),
        compute: (inputs, to, attrs) => {
          const expand = op.runs === "expansion" ? expansionOf(op) : undefined;
          if (expand !== undefined) {
            const operands = inputs.map(({ data, shape: whole }) => constant(data, whole));
            const made = throughExamples(operands, attrs.batched, attrs.count, true, (examples) => expand(examples, attrs.inner));
            return dataOf(made as Tensor, op.name);
          }
          const shape = to.slice(1);
          const length = size(shape);
          const out = new Float64Array(size(to));
          for (let example = 0; example < attrs.count; example++) {
            const parts = inputs.map((input, at): Dense => {
              if (attrs.batched[at] !== true) return input;
              const extent = size(input.shape.slice(1));
              return { data: input.data.subarray(example * extent, (example + 1) * extent), shape: input.shape.slice(1) };
            });
            out.set(compute(op, parts, shape, attrs.inner), example * length);
          }
          return out;
        },
      };
    }
    default:
      throw new Error(`internal: kind ${op.kind} is batched by its own op`);
  }
}
