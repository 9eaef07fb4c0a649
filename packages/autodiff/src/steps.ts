import { checkArguments, ValueError, describe } from "./shape.ts";
import { type Tape, type TapeNode } from "./record.ts";

/** One operand's part of a backward step. */
export interface Received {
  /** Position of the operand in the tape's nodes. */
  readonly node: number;
  readonly slot: number;
  /** What it receives in this step, and what it has received so far. */
  readonly share: readonly number[];
  readonly sum: readonly number[];
  /** No later step adds to it: the sum is its whole adjoint. */
  readonly final: boolean;
}

/** One step of a run: a node gets its value, or passes its adjoint on. */
export interface TapeStep {
  readonly direction: "forward" | "backward";
  /** Position in the tape's nodes. */
  readonly node: number;
  /** What a backward step hands to the operands; empty in a forward step. */
  readonly received: readonly Received[];
}

/**
 * A tape as the steps of its run: each node gets its value, operands before uses; then each node with an adjoint passes it on, uses before
 * operands, and the shares add up. A list, so it can be walked forwards and backwards.
 *
 * Throws ValueError for anything but a tape.
 *
 * @example
 * steps(record((x: Tensor) => mul(x, x), tensor(3))).map(({ direction, node }) => `${direction} ${node}`) // => ["forward 0", "forward 1", "backward 1"]
 * steps(record((x: Tensor) => mul(x, x), tensor(3))).at(-1)?.received.map(({ sum }) => sum[0]) // => [3, 6]
 */
export function steps(tape: Tape): readonly TapeStep[] {
  checkArguments("steps", 1, arguments);
  const { nodes } = checkTape(tape);
  const forward = nodes.map(({ index }): TapeStep => ({ direction: "forward", node: index, received: [] }));
  const left = new Map<number, number>();
  for (const { from } of nodes.flatMap(handing)) left.set(from, (left.get(from) ?? 0) + 1);
  const sums = new Map<number, readonly number[]>();
  const backward = nodes.toReversed().flatMap((node): TapeStep[] => {
    const edges = handing(node);
    if (edges.length === 0) return [];
    const received = edges.map(({ from, slot, share }): Received => {
      const before = sums.get(from);
      const sum = before === undefined ? share : share.map((entry, at) => entry + (before[at] ?? 0));
      sums.set(from, sum);
      left.set(from, (left.get(from) ?? 0) - 1);
      return { node: from, slot, share, sum, final: left.get(from) === 0 };
    });
    return [{ direction: "backward", node: node.index, received }];
  });
  return [...forward, ...backward];
}

function checkTape(tape: Tape): Tape {
  const whole = typeof tape === "object" && tape !== null && Array.isArray(tape.nodes);
  const broken = whole ? tape.nodes.findIndex((each) => typeof each !== "object" || each === null || !Array.isArray(each.inputs)) : -1;
  if (whole && broken < 0) return tape;
  const found = whole ? `has ${describe(tape.nodes[broken])} in place of node ${broken}` : `is ${describe(tape)}`;
  throw new ValueError(`steps: the tape ${found}; record makes one, steps(record(f, x))`);
}

/** The edges along which a node's adjoint flows on. */
function handing({ adjoint, inputs }: TapeNode): { readonly from: number; readonly slot: number; readonly share: readonly number[] }[] {
  return adjoint === undefined ? [] : inputs.flatMap(({ from, slot, share }) => (share === undefined ? [] : [{ from, slot, share }]));
}
