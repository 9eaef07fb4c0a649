import { type Network, checkLayers } from "./layer.ts";

/**
 * A table of the layers: shapes, activations, dropout, how many weights and biases, and how many in all.
 *
 * @example
 * summary(network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] })).split("\n").at(-1) // => "13 parameters: 9 weights, 4 biases"
 */
export function summary(net: Pick<Network, "layers">): string {
  checkLayers("summary", net);
  const { layers } = net;
  const drops = layers.some(({ dropout }) => dropout !== undefined);
  const head = ["layer", "inputs", "outputs", "activation", ...(drops ? ["dropout"] : []), "weights", "biases", "parameters"];
  const rows = layers.map(({ inputs, outputs, activation, dropout }, l) => [
    String(l + 1),
    String(inputs),
    String(outputs),
    activation.name,
    ...(drops ? [dropout === undefined ? "-" : String(dropout)] : []),
    (inputs * outputs).toLocaleString("en"),
    outputs.toLocaleString("en"),
    ((inputs + 1) * outputs).toLocaleString("en"),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const biases = layers.reduce((sum, { outputs }) => sum + outputs, 0);
  return [
    line(head),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...rows.map(line),
    `${(weights + biases).toLocaleString("en")} parameters: ${weights.toLocaleString("en")} weights, ${biases.toLocaleString("en")} biases`,
  ].join("\n");
}
