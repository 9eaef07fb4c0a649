import { type Kind } from "./kernel.ts";
import { type Shape, checkFunction } from "./shape.ts";
import { lineInDebug } from "./debug.ts";
import { ones } from "./ops/creation.ts";
import { dataOf } from "./ops/like.ts";
import { type Naming } from "./print/expression.ts";
import { text } from "./print/text.ts";
import { checkCost } from "./sweep/cost.ts";
import { adjointsOfAll } from "./sweep/intermediate.ts";
import { literalShare, localDerivative, localJacobian, localPartial } from "./sweep/local.ts";
import { type Tensor, asUser } from "./tensor.ts";
import { watchTree } from "./transform/grad.ts";
import { type Tree, type TreeList } from "./tree.ts";
import { ancestors } from "./graph.ts";

/** A computation with its adjoints as plain data: what pictures, comparisons and lessons read. */
export interface Tape {
  /** Operands before uses. */
  readonly nodes: readonly TapeNode[];
  /** Position of the result in `nodes`. */
  readonly output: number;
}

/** One value of a tape: how it was made, its numbers, and the derivative of the output by it. */
export interface TapeNode {
  readonly index: number;
  /** For reading only: nothing should depend on it. */
  readonly op: string;
  readonly kind: Kind;
  /** input: an argument of the recorded function; constant: a value from outside. */
  readonly role: "input" | "constant" | "operation" | "output";
  /** Inserted by another op, such as a broadcast. */
  readonly implicit: boolean;
  readonly name: string | undefined;
  readonly scope: string | undefined;
  /** Where it was made, `file:line:column`, when recorded in debug mode. */
  readonly line: string | undefined;
  /** How it was made, over the names of named nodes. */
  readonly formula: string;
  readonly shape: Shape;
  readonly value: readonly number[];
  /** Derivative of the output by this value; undefined: not computed, because nothing flows there. */
  readonly adjoint: readonly number[] | undefined;
  readonly inputs: readonly TapeEdge[];
}

/** One use of a value as an operand, and the local derivative that the adjoint is multiplied by on its way back. */
export interface TapeEdge {
  /** Position of the operand in `nodes`. */
  readonly from: number;
  readonly slot: number;
  /**
   * The local derivative that the adjoint is multiplied by on its way back; `·` stands for the adjoint where the order matters. Where it would
   * be long over the names of named nodes, the unnamed node 7 is called `v7`.
   */
  readonly local: string;
  /** The values of that partial, in the shape of the node, for an elementwise op. */
  readonly partial: readonly number[] | undefined;
  /** The local Jacobian as numbers, row-major [entries of the node, entries of the operand], where it has at most 64. */
  readonly jacobian: readonly number[] | undefined;
  /**
   * What the operand receives along this edge of the node's adjoint, in the operand's shape. Over all uses the shares sum to the operand's
   * adjoint, but where a rounding-safe form gives that adjoint: there the shares are what the formula as written gives, and may have lost
   * their digits, as at saturation.
   */
  readonly share: readonly number[] | undefined;
}

/**
 * Runs f and its reverse sweep and gives everything as plain data: nodes, values, adjoints of intermediates too, names, scopes, and the
 * local derivative of each edge. Named tensors and the paths of records give the names.
 *
 * The adjoint of a value is the derivative by that value as the user wrote the formula above it: the rounding-safe forms are used only
 * where they do not step over it.
 *
 * Throws GradientError when f does not return a scalar tensor, ValueError when an argument is not a tree of tensors,
 * TraceError when one is symbolic.
 *
 * @example
 * record((x: Tensor) => sum(square(x)), tensor([1, 2])).nodes[0]?.adjoint // => [2, 4]
 */
export function record<Args extends TreeList<Args>>(f: (...args: Args) => Tensor, ...args: Args): Tape {
  checkFunction("record", f);
  const watched: Tensor[] = [];
  const given = (args as readonly Tree[]).map((arg, position) => watchTree(arg, "", watched, `record: argument ${position}`)) as unknown as Args;
  const output: unknown = asUser(() => f(...given));
  checkCost("record", output);
  dataOf(output, "record");
  const nodes = withConstants([...ancestors([output], 0, (t) => t.inputs), output], watched);
  const positions = new Map(nodes.map(({ id }, index) => [id, index]));
  const placeOf = ({ id, op }: Tensor): number => {
    const place = positions.get(id);
    if (place === undefined) throw new Error(`internal: a recorded step uses ${op.name}, which was not recorded`);
    return place;
  };
  const adjoints = adjointsOfAll(output, ones([]));
  const starts = new Set(watched);
  // What somebody named afterwards is called by that name.
  const aliases = new Map(
    nodes.flatMap(({ name: own, inputs, op }) =>
      own !== undefined && op.wrapper === "view" && inputs[0]?.name === undefined ? [[inputs[0]?.id, own] as const] : [],
    ),
  );
  const numbered = (t: Tensor): string | undefined => {
    const index = positions.get(t.id);
    return t.name ?? aliases.get(t.id) ?? (index === undefined || t.inputs.length === 0 || t.attrs["implicit"] === true ? undefined : `v${index}`);
  };
  return {
    output: placeOf(output),
    nodes: nodes.map((t, index) => ({
      index,
      op: t.op.name,
      kind: t.op.kind,
      role: starts.has(t) ? "input" : t === output ? "output" : t.inputs.length === 0 ? "constant" : "operation",
      implicit: t.attrs["implicit"] === true,
      name: t.name,
      scope: t.scope,
      line: lineInDebug(t),
      formula: text(t),
      shape: t.shape,
      value: Array.from(t.data ?? []),
      adjoint: numbers(adjoints.get(t.id)?.data),
      inputs: t.inputs.map((input, slot) => ({ from: placeOf(input), slot, ...edge(t, slot, adjoints.get(t.id), numbered) })),
    })),
  };
}

function edge(t: Tensor, slot: number, adjoint: Tensor | undefined, numbered: Naming): Omit<TapeEdge, "from" | "slot"> {
  const flows = (t.inputs[slot] as Tensor).tracked;
  return {
    local: briefest(t, localDerivative(t, slot), () => localDerivative(t, slot, numbered)),
    partial: numbers(flows ? localPartial(t, slot) : undefined),
    jacobian: numbers(localJacobian(t, slot)),
    share: numbers(adjoint && literalShare(t, slot, adjoint)?.data),
  };
}

/** A local derivative over the names of the user, or of an unnamed value over numbers where those would make it too long or leave something out. */
function briefest({ name: own }: Tensor, named: string, overNumbers: () => string): string {
  return own === undefined && /…|^\(?∂/.test(named) ? overNumbers() : named;
}

function numbers(data: Float64Array | undefined): readonly number[] | undefined {
  return data && Array.from(data);
}

/** The tracked nodes with the arguments and constants that they use, operands before uses. */
function withConstants(tracked: readonly Tensor[], watched: readonly Tensor[]): Tensor[] {
  const all = new Set<Tensor>(watched);
  for (const t of tracked) for (const each of [...t.inputs, t]) all.add(each);
  return [...all].toSorted((a, b) => a.id - b.id);
}
