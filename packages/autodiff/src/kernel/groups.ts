import { type Shape, size } from "../shape.ts";
import { type Dense } from "./dense.ts";

/** Calls `group` with the positions of each set of entries that are summed together. */
export function eachGroup({ data, shape }: Dense, axes: readonly number[], group: (positions: Int32Array, at: number) => void): void {
  const inner = shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  const outer = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const offsets = positionsOf(shape, inner);
  const starts = positionsOf(shape, outer);
  if (data.length === 0) return;
  const positions = new Int32Array(offsets.length);
  starts.forEach((start, at) => {
    offsets.forEach((offset, each) => (positions[each] = start + offset));
    group(positions, at);
  });
}

/** Row-major positions in `shape` of the entries of its corner of extents `part`. */
function positionsOf(shape: Shape, part: Shape): Int32Array {
  const out = new Int32Array(size(part));
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let step = 1;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = part[axis] as number;
      at += (rest % extent) * step;
      rest = Math.floor(rest / extent);
      step *= shape[axis] as number;
    }
    out[i] = at;
  }
  return out;
}
