import { type IndexNode, type MathNode, type RangeNode, type SymbolNode } from "mathjs";
import { reshapeTo } from "../ops/broadcast.ts";
import { section } from "../ops/layout.ts";
import { item } from "../ops/like.ts";
import { ValueError, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";

/** `x[2]`, `x[2:5]`, `A[1, :]`: positions count from 1 and the end is included; a single position drops its axis. */
export function indexed(x: Tensor, index: IndexNode, translate: (node: MathNode) => Tensor, written: string): Tensor {
  const { dimensions } = index;
  if (dimensions.length !== x.shape.length)
    throw new ValueError(
      `formula: "${written}" has ${dimensions.length} indices, but the value has shape ${showShape(x.shape)}; give one per axis, : for a whole one`,
    );
  const position = (node: MathNode, extent: number): number =>
    node.type === "SymbolNode" && (node as SymbolNode).name === "end" ? extent : item(translate(node));
  const parts = dimensions.map((dimension, axis) => {
    const extent = x.shape[axis] as number;
    const ranged = dimension.type === "RangeNode";
    const { start, end, step } = dimension as RangeNode;
    const from = position(ranged ? start : dimension, extent);
    const to = ranged ? position(end, extent) : from;
    const stride = ranged && step !== null && step !== undefined ? position(step, extent) : 1;
    const good = [from, to, stride].every(Number.isInteger) && stride >= 1 && from >= 1 && to <= extent && from <= to + 1;
    if (!good)
      throw new ValueError(
        `formula: "${written}" reads ${ranged ? `${from} to ${to}` : from} on axis ${axis + 1} of ${extent} entries; positions are whole numbers from 1 to ${extent}`,
      );
    return { from, count: Math.floor((to - from) / stride) + 1, stride, single: !ranged };
  });
  const cut = section(
    x,
    parts.map(({ from }) => from - 1),
    parts.map(({ count }) => count),
    parts.map(({ stride }) => stride),
  );
  return reshapeTo(
    cut,
    parts.flatMap(({ count, single }) => (single ? [] : [count])),
  );
}
