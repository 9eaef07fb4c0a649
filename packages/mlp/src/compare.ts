import { type Like, ShapeError, type Tensor, ValueError, valueAndGrad, values, zeros } from "@nabla/autodiff";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { bp1, bp2, bp3, bp4 } from "./delta/equations.ts";
import { type Matrix, rowsOf } from "./delta/matrix.ts";
import { objective } from "./objective.ts";
import { type Network, type Parameters, asTensor, checkData, forward } from "./network.ts";

/** The scaled error up to which autodiff and the closed form agree. */
export const tolerance = 1e-12;

/** One quantity of one layer, by autodiff and by its equation. */
export interface ComparisonRow {
  /** 1 for the first layer after the inputs. */
  readonly layer: number;
  readonly equation: "BP1" | "BP2" | "BP3" | "BP4";
  readonly quantity: "δ" | "∂C/∂b" | "∂C/∂W";
  readonly shape: readonly number[];
  readonly largestDifference: number;
  /** largest |difference| / largest |closed form| over the tensor: what decides. */
  readonly scaledError: number;
  /** undefined where there is no closed form to compare with. */
  readonly agrees: boolean | undefined;
}

/** Autodiff against the four equations, layer by layer. */
export interface Comparison {
  readonly cost: string;
  readonly value: number;
  readonly rows: readonly ComparisonRow[];
  readonly largestScaledError: number;
  /** Every row that has a closed form is within the tolerance. */
  readonly agrees: boolean;
}

/**
 * Compares the tape's deltas and gradients with the four equations of backpropagation, each taken with the tape's own δ of the layer
 * above, so that a wrong row names the guilty equation. The closed forms are plain loops over numbers.
 *
 * Throws ShapeError when data and network do not fit; ValueError for an unknown cost, NaN or Infinity in the data, or a cost that is not
 * finite there.
 *
 * @example
 * compare(network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] }), "binaryCrossEntropy", [[0.5, -1]], [[1]]).agrees // => true
 */
export function compare(net: Network, cost: CostName | Cost, x: Like, y: Like): Comparison {
  const chosen = costOf(cost);
  const data = asTensor(x, "x");
  const targets = asTensor(y, "y");
  checkData("compare", net, data);
  checkTargets("compare", net, data, targets);
  checkFinite("compare", "x", data);
  checkFinite("compare", "y", targets);
  const { value, deltas, gradients } = tapeDeltas(net, chosen, data, targets);
  if (!Number.isFinite(value))
    throw new ValueError(
      `compare: the cost ${chosen.name} is ${value} here, so there is no derivative to compare; are the outputs inside its domain (an activation that gives 0 to 1 for a cross-entropy)?`,
    );
  const { z, a } = forward(net, data);
  const rows = net.layers.toReversed().flatMap(({ activation }, back): ComparisonRow[] => {
    const position = net.layers.length - 1 - back;
    const delta = rowsOf(deltas[position] as Tensor);
    const zs = rowsOf(z[position] as Tensor);
    const as = rowsOf(a[position + 1] as Tensor);
    const above = net.parameters.layers[position + 1];
    const hand =
      above === undefined ? bp1(chosen, activation, zs, as, rowsOf(targets)) : bp2(activation, zs, as, rowsOf(above.W), rowsOf(deltas[position + 1] as Tensor));
    const found = gradients.layers[position] as Parameters["layers"][number];
    const layer = position + 1;
    return [
      row(layer, above === undefined ? "BP1" : "BP2", "δ", deltas[position] as Tensor, hand),
      row(layer, "BP3", "∂C/∂b", found.b, [bp3(delta)]),
      row(layer, "BP4", "∂C/∂W", found.W, bp4(delta, rowsOf(a[position] as Tensor))),
    ];
  });
  const errors = rows.filter(({ agrees }) => agrees !== undefined).map(({ scaledError }) => scaledError);
  return { cost: chosen.name, value, rows, largestScaledError: Math.max(0, ...errors), agrees: rows.every(({ agrees }) => agrees !== false) };
}

/** Throws ValueError at the first entry that is NaN or infinite, naming its place. */
export function checkFinite(caller: string, label: string, t: Tensor): void {
  const width = t.shape[1] as number;
  values(t).forEach((entry, at) => {
    if (!Number.isFinite(entry))
      throw new ValueError(`${caller}: ${label}[${Math.floor(at / width)}][${at % width}] is ${entry}; replace or remove missing values first`);
  });
}

/** Throws ShapeError unless the targets have one row per example and one column per output. */
export function checkTargets(caller: string, { layers }: Network, x: Tensor, y: Tensor): void {
  const outputs = layers.at(-1)?.outputs;
  if (y.shape.length !== 2 || y.shape[0] !== x.shape[0] || y.shape[1] !== outputs)
    throw new ShapeError(`${caller}: y has shape [${y.shape.join(", ")}], want [${x.shape[0]}, ${outputs}]: one row per example of x, one column per output`);
}

/** The tape's value, its δ of every layer, and its gradients. */
export interface TapeDeltas {
  readonly value: number;
  readonly deltas: readonly Tensor[];
  readonly gradients: Parameters;
}

/**
 * The value of a cost, δ of every layer and the gradients, by the tape: δˡ is the gradient by an offset of zeros added to zˡ.
 *
 * @example
 * const net = network({ sizes: [1, 1], activations: ["identity"] });
 * tapeDeltas(net, quadratic, tensor([[0]]), tensor([[2]])).deltas[0]?.data // => [-2]
 */
export function tapeDeltas(net: Network, cost: Cost, x: Tensor, y: Tensor, lambda: number = 0): TapeDeltas {
  const offsets = net.layers.map(({ outputs }) => zeros([x.shape[0] as number, outputs]));
  const total = objective(net, cost, lambda);
  const run = valueAndGrad((given: { readonly parameters: Parameters; readonly offsets: readonly Tensor[] }) => total(given.parameters, x, y, given.offsets));
  const { value, gradient } = run({ parameters: net.parameters, offsets });
  return { value: values(value)[0] ?? Number.NaN, deltas: gradient.offsets, gradients: gradient.parameters };
}

function row(layer: number, equation: ComparisonRow["equation"], quantity: ComparisonRow["quantity"], tape: Tensor, hand: Matrix | undefined): ComparisonRow {
  const base = { layer, equation, quantity, shape: tape.shape };
  if (hand === undefined) return { ...base, largestDifference: Number.NaN, scaledError: Number.NaN, agrees: undefined };
  const closed = hand.flat();
  let difference = 0;
  let scale = 0;
  values(tape).forEach((entry, at) => {
    difference = Math.max(difference, Math.abs(entry - (closed[at] ?? Number.NaN)));
    scale = Math.max(scale, Math.abs(closed[at] ?? Number.NaN));
  });
  const scaledError = difference === 0 ? 0 : difference / scale;
  return { ...base, largestDifference: difference, scaledError, agrees: scaledError <= tolerance };
}

/**
 * The comparison as a table for a terminal.
 *
 * @example
 * comparisonTable(compare(network({ sizes: [1, 1], activations: ["sigmoid"] }), "quadratic", [[1]], [[0]])).split("\n").length // => 5
 */
export function comparisonTable({ rows }: Comparison): string {
  const cells = rows.map(({ layer, equation, quantity, shape, largestDifference, scaledError, agrees }) => [
    String(layer),
    equation,
    quantity,
    shape.join("×"),
    Number.isNaN(largestDifference) ? "-" : largestDifference.toExponential(1),
    Number.isNaN(scaledError) ? "-" : scaledError.toExponential(1),
    agrees === undefined ? "no closed form" : agrees ? "✓" : "✗ differs",
  ]);
  const head = ["layer", "equation", "quantity", "shape", "largest difference", "scaled error", ""];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => (line[column] ?? "").length)));
  const line = (parts: readonly string[]): string =>
    parts
      .map((part, column) => (column > 3 && column < 6 ? part.padStart(widths[column] ?? 0) : part.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    line(head),
    widths
      .map((width) => "─".repeat(width))
      .join("  ")
      .trimEnd(),
    ...cells.map(line),
  ].join("\n");
}
