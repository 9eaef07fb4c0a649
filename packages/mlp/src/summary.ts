import { type Network, checkLayers } from "./layer.ts";
import { textTable } from "./table.ts";

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
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const biases = layers.reduce((sum, { outputs }) => sum + outputs, 0);
  return [
    textTable(
      head,
      rows,
      head.flatMap((title, column) => (title === "activation" ? [] : [column])),
    ),
    `${(weights + biases).toLocaleString("en")} parameters: ${weights.toLocaleString("en")} weights, ${biases.toLocaleString("en")} biases`,
  ].join("\n");
}
