import { type Command } from "commander";
import { ValueError } from "@nabla/autodiff";
import { comparisonHtml } from "@nabla/viz";
import { isGiven, refuseConflicts, refuseRepeats } from "./conflicts.ts";
import { writeAtomically } from "./file.ts";
import { type CheckedEquation, type Comparison, checkEquations, compare, comparisonTable, equationLines, equationTable, textbookRows } from "@nabla/mlp";
import { type NetworkOptions, checkGradient, networkOptions, readCost, seeded } from "./network-options.ts";
import { type Terminal } from "./terminal.ts";

/** Networks that are compared when none is described: each pairing of cost and output, and a pair that has no short delta. */
const builtIn: readonly Omit<NetworkOptions, "seed">[] = [
  { network: "2-2-1", activations: "sigmoid", cost: "binaryCrossEntropy" },
  { network: "3-5-5-3", activations: "sigmoid,sigmoid,softmax", cost: "categoricalCrossEntropy" },
  { network: "3-4-2-5", activations: "softplus,silu,sigmoid", cost: "quadratic" },
];

/** How many random examples a network is compared on. */
const examples = 7;

interface CheckOptions extends NetworkOptions {
  readonly json?: boolean;
  readonly output?: string;
}

/** A network with what autodiff and the closed form say of it. */
interface Compared {
  readonly network: string;
  readonly activations: string;
  readonly comparison: Comparison;
}

/** `nabla check`: the equations of the textbooks, then networks, layer by layer. `report` gets false when something is wrong. */
export function checkCommand(program: Command, terminal: Terminal, report: (right: boolean) => void): void {
  const check = networkOptions(program.command("check"), "2-2-1")
    .description("check the textbook equations, and compare autodiff with the closed form in a network, layer by layer")
    .argument("[ids...]", "equations such as A.5, or texts such as A; only these are checked, and no network")
    .option("--json", "print everything as JSON")
    .option("-o, --output <file>", "report.html: the same as a page, with each layer as heat maps")
    .action(async (ids: readonly string[], options: CheckOptions, command: Command) => {
      if (options.output !== undefined && !/[^/\\]\.html$/i.test(options.output))
        throw new ValueError(`--output ${options.output}: the file must end in .html`);
      const about = ["network", "activations", "cost", "seed"];
      refuseConflicts(command, [{ options: about, here: ids.length > 0, reason: `has no effect on the equations ${ids.join(" ")}; leave one of them out` }]);
      const rows = ids.length === 0 ? textbookRows : named(ids);
      const described = ["network", "activations", "cost"].some((option) => isGiven(command, option));
      const chosen = ids.length > 0 ? [] : described ? [options] : builtIn.map((each) => ({ ...each, seed: options.seed }));
      const networks = chosen.map(compared);
      const equations = checkEquations(rows);
      terminal.print(options.json === true ? json({ equations, networks }) : written(equations, networks));
      const right = equations.every(({ passes }) => passes) && networks.every(({ comparison }) => comparison.agrees);
      if (options.output !== undefined) {
        await writeAtomically(options.output, await page(equations, networks));
        if (options.json !== true) terminal.print(`\nwrote ${options.output}`);
      }
      report(right);
    });
  refuseRepeats(check);
}

/** The rows with these ids, or of these texts, in reading order. Throws ValueError for one that does not exist. */
function named(ids: readonly string[]): typeof textbookRows {
  const fits = (id: string, wanted: string): boolean => id === wanted || id.startsWith(`${wanted} `) || id.split(".")[0] === wanted;
  const stray = ids.find((wanted) => !textbookRows.some(({ id }) => fits(id, wanted)));
  if (stray !== undefined)
    throw new ValueError(`check ${stray}: there is no such equation; nabla check lists them all, with ids such as ${textbookRows[0]?.id}`);
  return textbookRows.filter(({ id }) => ids.some((wanted) => fits(id, wanted)));
}

function compared(options: NetworkOptions): Compared {
  const { net, inputs, targets } = seeded(options, examples);
  checkGradient(net, "check");
  const activations = net.layers.map(({ activation }) => activation.name).join(", ");
  return { network: options.network, activations, comparison: compare(net, readCost(options.cost), inputs, targets) };
}

function written(equations: readonly CheckedEquation[], networks: readonly Compared[]): string {
  const right = equations.filter(({ passes }) => passes).length;
  return [
    `${equationTable(equations)}\n${right} of ${equations.length} equations hold`,
    ...networks.map(
      ({ network, activations, comparison }) =>
        `${network}, ${activations}, ${comparison.cost}\n${comparisonTable(comparison)}\nlargest scaled error ${comparison.largestScaledError.toExponential(1)}`,
    ),
  ].join("\n\n");
}

function page(equations: readonly CheckedEquation[], networks: readonly Compared[]): Promise<string> {
  return comparisonHtml(
    networks.map(({ network, activations, comparison }) => ({ ...comparison, name: `${network}, ${activations}` })),
    { title: "nabla check", equations: equationLines(equations) },
  );
}

/** JSON has no Infinity and no NaN: they are written as words. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_, entry: unknown) => (typeof entry === "number" && !Number.isFinite(entry) ? String(entry) : entry), 2);
