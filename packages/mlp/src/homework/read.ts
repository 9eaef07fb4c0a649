import { type Like, ShapeError, ValueError, values } from "@nabla/autodiff";
import { type Matrix, transposed } from "../delta/matrix.ts";
import { asTensor } from "../examples.ts";
import { type Network } from "../layer.ts";
import { layerName } from "../notation.ts";

/**
 * Somebody's gradients, as nested arrays or tensors: one entry per layer, the first layer after the inputs first; undefined or null where
 * he has none. δ is [m, n] or, with examples in columns, [n, m]; ∂C/∂b is [n], [n, 1] or [1, n]; ∂C/∂W is [n_out, n_in].
 */
export interface Homework {
  readonly deltas?: readonly (Like | null | undefined)[];
  readonly dW?: readonly (Like | null | undefined)[];
  readonly db?: readonly (Like | null | undefined)[];
}

/** One layer of it as matrices: δ in rows, ∂C/∂b as one row or, not summed, a row per example. */
export interface Handed {
  readonly delta: Matrix | undefined;
  /** δ stood in the other orientation than the rest. */
  readonly deltaTurned: boolean;
  readonly dW: Matrix | undefined;
  readonly db: Matrix | undefined;
}

/** Which way the examples of a δ run. */
export type Orientation = "rows" | "columns";

/** Whether one may write a weight gradient [n_in, n_out]. */
export type WeightOrder = "target first" | "source first";

/** Reads somebody's gradients once for each way in which his examples may run. */
export function read(
  net: Network,
  theirs: Homework,
  m: number,
  order: WeightOrder,
): readonly { readonly orientation: Orientation; readonly layers: readonly Handed[] }[] {
  const depth = net.layers.length;
  for (const [key, list] of Object.entries(theirs) as [string, unknown][]) {
    if (!["deltas", "dW", "db"].includes(key)) throw new ValueError(`checkHomework: there is no ${key} in homework; give deltas, dW and db, any of them`);
    if (list !== undefined && (!Array.isArray(list) || list.length !== depth))
      throw new ShapeError(
        `checkHomework: ${key} must hold one entry per layer, ${depth} here, null where there is none; got ${Array.isArray(list) ? list.length : typeof list}`,
      );
  }
  const deltas = net.layers.map(({ outputs }, l) =>
    asMatrix(
      theirs.deltas?.[l],
      layerName("δ", l + 1),
      [
        [m, outputs],
        [outputs, m],
      ],
      "[examples, neurons] or, in columns, [neurons, examples]",
    ),
  );
  const dW = net.layers.map(({ inputs, outputs }, l) => {
    const label = layerName("W", l + 1);
    const found = asMatrix(
      theirs.dW?.[l],
      `∂C/∂${label}`,
      [
        [outputs, inputs],
        [inputs, outputs],
      ],
      `[outputs, inputs] as ${label}, or its transpose`,
      [outputs, outputs],
    );
    return order === "source first" && found !== undefined ? transposed(found) : found;
  });
  const db = net.layers.map((_, l) => theirs.db?.[l]);
  if ([...deltas, ...dW, ...db].every((each) => each === undefined || each === null))
    throw new ValueError("checkHomework: no gradient was handed in; give deltas, dW or db of at least one layer");
  const fits = (orientation: Orientation): number =>
    deltas.filter((each, l) => each === undefined || shapeIs(each, orientation === "rows" ? [m, outputsOf(net, l)] : [outputsOf(net, l), m])).length;
  const [rows, columns] = [fits("rows"), fits("columns")];
  const orientations: Orientation[] = rows > columns ? ["rows"] : columns > rows ? ["columns"] : ["rows", "columns"];
  return orientations.map((orientation) => ({
    orientation,
    layers: net.layers.map(({ outputs }, l) => {
      const delta = deltas[l];
      const turned = delta !== undefined && !shapeIs(delta, orientation === "rows" ? [m, outputs] : [outputs, m]);
      return {
        delta: delta === undefined || (orientation === "rows") !== turned ? delta : transposed(delta),
        deltaTurned: turned,
        dW: dW[l],
        db: biasOf(db[l], l, outputs, m, orientation),
      };
    }),
  }));
}

const outputsOf = (net: Network, l: number): number => net.layers[l]?.outputs ?? 0;
const shapeIs = (a: Matrix, [rows, columns]: readonly [number, number]): boolean => a.length === rows && a[0]?.length === columns;

function asMatrix(
  given: Like | null | undefined,
  label: string,
  shapes: readonly (readonly [number, number])[],
  want: string,
  itself?: readonly [number, number],
): Matrix | undefined {
  if (given === undefined || given === null) return undefined;
  const t = asTensor("checkHomework", given, label);
  if (!shapes.some((shape) => shape.join() === t.shape.join()))
    throw new ShapeError(
      `checkHomework: ${label} has shape [${t.shape.join(", ")}], want ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" or ")}: ${want}${
        itself !== undefined && t.shape.join() === itself.join() ? "; this is the shape that the activation of the layer itself would give" : ""
      }`,
    );
  return grid(values(t), t.shape[0] as number, t.shape[1] as number);
}

/** A bias gradient as one row, or as one row per example where nobody summed. */
function biasOf(given: Like | null | undefined, l: number, n: number, m: number, orientation: Orientation): Matrix | undefined {
  if (given === undefined || given === null) return undefined;
  const label = `∂C/∂${layerName("b", l + 1)}`;
  const t = asTensor("checkHomework", given, label);
  const shape = t.shape.join();
  const numbers = values(t);
  if ([`${n}`, `${n},1`, `1,${n}`].includes(shape) || (n === 1 && shape === "")) return [[...numbers]];
  const [inRows, inColumns] = [shape === `${m},${n}` || (n === 1 && shape === `${m}`), shape === `${n},${m}`];
  if (inRows && (orientation === "rows" || !inColumns)) return grid(numbers, m, n);
  if (inColumns) return transposed(grid(numbers, n, m));
  throw new ShapeError(
    `checkHomework: ${label} has shape [${t.shape.join(", ")}], want [${n}], one number per neuron${shape === `${m}` ? `; this is one per example: sum over the ${m} examples, not over the neurons` : ""}`,
  );
}

function grid(numbers: Float64Array, rows: number, columns: number): Matrix {
  return Array.from({ length: rows }, (_, i) => Array.from(numbers.subarray(i * columns, (i + 1) * columns)));
}
