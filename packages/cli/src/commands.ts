import { Command, CommanderError } from "commander";
import { normal, randomKey, sigmoid, splitKey } from "@nabla/autodiff";
import { type CostName, type Network, compare, comparisonTable, explain, network } from "@nabla/mlp";
import { describe, fromTape, toDot, toSvg } from "@nabla/viz";
import { readActivations, readSizes } from "./network-options.ts";
import { writeAtomically } from "./file.ts";

/** Where a command writes: the terminal, or a test. */
export interface Terminal {
  print(text: string): void;
  complain(text: string): void;
}

interface NetworkOptions {
  readonly network: string;
  readonly activations?: string;
  readonly cost: string;
  readonly seed: string;
}

/**
 * Runs the command `nabla` with its arguments and gives the exit code: 0, 1 when autodiff and a closed form differ, 2 for a call that
 * cannot be understood.
 *
 * @example
 * await run(["check", "--network", "2-2-1"], { print: () => undefined, complain: () => undefined }) // => 0
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = new Command("nabla")
    .description("Backpropagation checked against its textbook equations, and drawn.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.complain(text.trimEnd()) });
  const ofNetwork = (command: Command): Command =>
    command
      .option("--network <sizes>", "neurons per layer, inputs first", "2-2-1")
      .option("--activations <names>", "one per layer after the inputs, or one for all", "sigmoid")
      .option("--cost <name>", "quadratic, binaryCrossEntropy, categoricalCrossEntropy, ...", "binaryCrossEntropy")
      .option("--seed <number>", "seed of weights and data", "1");
  ofNetwork(program.command("check").description("compare autodiff with the closed form, layer by layer"))
    .option("--json", "print the comparison as JSON")
    .action((options: NetworkOptions & { readonly json?: boolean }) => {
      const { net, inputs, targets } = setUp(options, 7);
      const comparison = compare(net, options.cost as CostName, inputs, targets);
      terminal.print(
        options.json === true
          ? JSON.stringify(comparison, undefined, 2)
          : `${comparisonTable(comparison)}\nlargest scaled error ${comparison.largestScaledError.toExponential(1)}`,
      );
      code = comparison.agrees ? 0 : 1;
    });
  ofNetwork(program.command("draw").description("draw one example's forward and backward pass"))
    .option("-o, --output <file>", "graph.svg or graph.dot; DOT to standard output when absent")
    .action(async (options: NetworkOptions & { readonly output?: string }) => {
      const { net, inputs, targets } = setUp(options, 1);
      const lesson = explain(net, options.cost as CostName, flat(inputs), flat(targets));
      const title = `Backpropagation in a ${options.network} network`;
      const diagram = fromTape(lesson.tape, { ...lesson, title });
      const dot = toDot(diagram);
      if (options.output === undefined) return terminal.print(dot.trimEnd());
      if (!/\.(svg|dot)$/.test(options.output)) throw new CommanderError(2, "nabla.output", `--output ${options.output}: the file must end in .svg or .dot`);
      await writeAtomically(options.output, options.output.endsWith(".svg") ? await toSvg(dot, describe(diagram)) : dot);
      terminal.print(`wrote ${options.output}`);
    });
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (!error.code.startsWith("commander.")) terminal.complain(`nabla: ${error.message}`);
      return 2;
    }
    terminal.complain(`nabla: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  return code;
}

interface SetUp {
  readonly net: Network;
  readonly inputs: number[][];
  readonly targets: number[][];
}

/** A seeded network with as many random examples. */
function setUp({ network: sizesText, activations, seed, cost: _cost }: NetworkOptions, examples: number): SetUp {
  const sizes = readSizes(sizesText);
  const [weights, data, labels] = splitKey(randomKey(Number(seed)), 3);
  if (weights === undefined || data === undefined || labels === undefined) throw new Error("internal: three keys were asked for");
  const net = network({ sizes, activations: readActivations(activations ?? "sigmoid", sizes.length - 1), key: weights });
  const rows = (values: Float64Array, width: number): number[][] =>
    Array.from({ length: examples }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
  const [inputs, outputs] = [sizes[0] ?? 1, sizes.at(-1) ?? 1];
  return {
    net,
    inputs: rows(normal(data, { shape: [examples, inputs] }).data ?? new Float64Array(), inputs),
    targets: rows(sigmoid(normal(labels, { shape: [examples, outputs] })).data ?? new Float64Array(), outputs),
  };
}

const flat = (rows: readonly (readonly number[])[]): readonly number[] => rows[0] ?? [];
