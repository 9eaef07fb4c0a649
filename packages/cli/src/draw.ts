import { type Command } from "commander";
import { type Nested, type Tape, type Tensor, ValueError, input, name, record, sum, tensor, valueAndGrad } from "@nabla/autodiff";
import { type Network, type PathSum, costs, explain, pathSum, plainNetwork } from "@nabla/mlp";
import { DiagramError, type GraphPicture, type NetworkDiagram, fromGraph, fromNetwork, fromTape } from "@nabla/viz";
import { refuseConflicts, refuseRepeats } from "./conflicts.ts";
import { readNumbers, readShape, readValue } from "./draw-options.ts";
import { formulaOf, shortened } from "./given-formula.ts";
import { type NetworkOptions, checkGradient, choices, networkOptions, readCost, seeded } from "./network-options.ts";
import { type Terminal } from "./terminal.ts";
import { type Drawn, formatOf, rendered, textFormats } from "./rendered.ts";
import { writeAtomically } from "./file.ts";
import { readWeight } from "./weight-place.ts";

/** What `nabla draw` is asked for. */
interface DrawOptions extends Omit<NetworkOptions, "network"> {
  readonly network?: string;
  readonly input?: readonly string[];
  readonly value?: readonly string[];
  readonly wrt?: string;
  readonly sample?: string;
  readonly target?: string;
  readonly paths?: string;
  readonly backward?: boolean;
  readonly fold?: string;
  readonly open?: readonly string[];
  readonly values: boolean;
  readonly theme?: string;
  readonly direction: string;
  readonly title?: string;
  readonly format?: string;
  readonly output?: string;
}

const networkOnly = ["network", "activations", "cost", "seed", "sample", "target", "paths"];
const formulaOnly = ["input", "value", "wrt"];

const examples = `
Examples:
  nabla draw "sum((W*x - y).^2)" --input W=3x2 --input x=2 --input y=3 | dot -Tpdf > graph.pdf
  nabla draw "sum(x.^2)" --value x=[1,2] --backward -o graph.svg
  nabla draw --network 2-2-1 --sample 0.6,-1 --target 1 --backward -o graph.html
  nabla draw --network 2-3-3-1 --sample 0.6,-1 --target 1 --paths w1,1,2 -o paths.svg`;

/** `nabla draw`: a formula or a network as a picture. */
export function drawCommand(program: Command, terminal: Terminal): void {
  const several = (each: string, before: readonly string[] = []): readonly string[] => [...before, each];
  const draw = networkOptions(program.command("draw"))
    .description("draw a formula's graph, or a network, with the backward pass if you like: give a formula, or --network")
    .argument("[expression]", 'a formula such as "sum((W*x - y).^2)"; without one, --network says what is drawn')
    .option("--input <name=shape>", "a name of the formula without numbers, such as W=3x2 or t=scalar; may be repeated", several)
    .option("--value <name=numbers>", "a name of the formula with numbers, such as x=[1,2] or t=0.5; may be repeated", several)
    .option("--wrt <names>", "what to differentiate by with --backward, joined by commas; every input when absent")
    .option("--sample <numbers>", "the network's inputs for one example, such as 0.6,-1")
    .option("--target <numbers>", "the example's target, with --backward or --paths")
    .option("--paths <weight>", "all paths from a weight to the cost, such as w1,1,2 for w¹₁₂, or b1,2 for b¹₂: the product along each, and their sum")
    .option("--backward", "draw the backward pass too")
    .option("--fold <how>", "named, none or groups (one box per layer)")
    .option("--open <group...>", "groups that stay open where the others are folded, such as 'layer 2'")
    .option("--no-values", "shapes without numbers")
    .option("--theme <name>", "light or dark; light when absent, and a page follows the system")
    .option("--direction <way>", "LR: to the right; TB: down", "LR")
    .option("--title <text>", "above the picture")
    .option("--format <name>", `what goes to standard output: ${textFormats.join(", ")}; dot when absent`)
    .option("-o, --output <file>", "graph.svg, .png, .dot, .json, .txt, or .html for a page that walks both passes; standard output when absent")
    .addHelpText("after", examples)
    .action(async (written: string | undefined, options: DrawOptions, command: Command) => {
      const expression = written?.trim();
      const format = formatOf(options.output, options.format);
      readCost(options.cost);
      if (options.title?.trim() === "") throw new ValueError("--title is empty; write a title, or leave it out");
      const [isNetwork, forwardOnly] = [expression === undefined, options.backward !== true];
      const needsBackward = "has no effect without --backward; add it, or leave the option out";
      refuseConflicts(command, [
        { options: networkOnly, here: !isNetwork, reason: "belongs to a network, and a formula is to be drawn; leave one of them out" },
        { options: formulaOnly, here: isNetwork, reason: 'belongs to a formula; write it first, such as nabla draw "sum(x.^2)" --value x=[1,2]' },
        { options: ["paths"], here: !forwardOnly, reason: "is drawn on neurons; leave --backward out, or this" },
        { options: ["target", "cost"], here: forwardOnly && options.paths === undefined, reason: needsBackward },
        { options: ["wrt"], here: forwardOnly, reason: needsBackward },
        { options: ["fold", "open"], here: isNetwork && forwardOnly, reason: needsBackward },
        {
          options: ["direction"],
          here: isNetwork && forwardOnly,
          reason: "has no effect: neurons are drawn from left to right; add --backward, or leave it out",
        },
        { options: ["theme", "direction"], here: format === "txt" || format === "json", reason: `has no effect on ${format}; leave it out` },
      ]);
      const { network = "" } = options;
      if (expression === undefined && network === "")
        throw new ValueError(
          'draw: say what is to be drawn: a formula, such as nabla draw "sum(x.^2)" --value x=[1,2], or a network, such as nabla draw --network 2-2-1',
        );
      const theme = options.theme === undefined ? undefined : oneOf("--theme", options.theme, { light: "light", dark: "dark" } as const);
      const direction = oneOf("--direction", options.direction, { LR: "LR", TB: "TB" } as const);
      const drawn = inOptions(() => (expression === undefined ? ofNetwork({ ...options, network }) : ofFormula(expression, options)));
      const drawing = await rendered(drawn, format, { theme, direction });
      if (options.output === undefined) return terminal.print(String(drawing).trimEnd());
      await writeAtomically(options.output, drawing);
      terminal.print(`wrote ${options.output}`);
    });
  refuseRepeats(draw);
}

/** What a picture refuses, in words of the command. */
function inOptions(draw: () => Drawn): Drawn {
  try {
    return draw();
  } catch (error) {
    const group = error instanceof DiagramError ? /there is no group .*/.exec(error.message)?.[0] : undefined;
    if (group === undefined) throw error;
    throw new ValueError(`--open: ${group}`, { cause: error });
  }
}

function graphPicture({ fold, open, values: shown, title }: DrawOptions): GraphPicture {
  return {
    ...(fold !== undefined && { fold: oneOf("--fold", fold, { named: "named", none: "none", groups: "groups" } as const) }),
    ...(open !== undefined && { open }),
    ...(!shown && { values: false }),
    ...(title !== undefined && { title }),
  };
}

/** A formula: its graph, or with --backward both passes, in numbers where all are given. */
function ofFormula(source: string, options: DrawOptions): Drawn {
  const shapes = named("--input", options.input ?? []).map(({ label, text }) => ({ label, shape: readShape(label, text) }));
  const given = named("--value", options.value ?? []).map(({ label, text }) => ({ label, value: readValue(label, text) }));
  const both = shapes.find(({ label }) => given.some((each) => each.label === label));
  if (both !== undefined) throw new ValueError(`${both.label} has an --input and a --value; give one of them`);
  const scope: Readonly<Record<string, Tensor>> = Object.fromEntries([
    ...shapes.map(({ label, shape }) => [label, input(label, shape)] as const),
    ...given.map(({ label, value }) => [label, name(tensorOf(label, value), label)] as const),
  ]);
  const apply = formulaOf(source, Object.keys(scope));
  const picture: GraphPicture = { title: shortened(source), fold: "none", ...graphPicture(options) };
  if (options.backward !== true) return shapes.length === 0 ? recorded(forwardTape(apply, scope), picture) : { picture: fromGraph(apply(scope), picture) };
  const wrt = options.wrt?.split(",").map((each) => each.trim()) ?? Object.keys(scope);
  const stray = wrt.find((each) => !Object.hasOwn(scope, each));
  if (stray !== undefined)
    throw new ValueError(
      `--wrt ${stray}: the formula has no such name; there ${Object.keys(scope).length === 0 ? "is none" : `is ${Object.keys(scope).join(", ")}`}`,
    );
  if (wrt.length === 0) throw new ValueError("--backward needs something to differentiate by: give names with --input or --value");
  const chosen = Object.fromEntries(wrt.map((each) => [each, scope[each] as Tensor]));
  const cost = (parts: typeof chosen): Tensor => {
    const result = apply({ ...scope, ...parts });
    if (result.shape.length > 0)
      throw new ValueError(`--backward: the formula gives ${result.shape.join("×")} numbers, and a gradient is of one; write sum(...) or mean(...) around it`);
    return result;
  };
  return shapes.length === 0 ? recorded(record(cost, chosen), picture) : { picture: fromGraph(valueAndGrad(cost)(chosen), picture) };
}

/** Throws ValueError, naming the option, for rows of different lengths. */
function tensorOf(label: string, value: Nested): Tensor {
  try {
    return tensor(value);
  } catch (error) {
    throw new ValueError(`--value ${label}: ${error instanceof Error ? error.message.replace(/^tensor: /, "") : String(error)}`, { cause: error });
  }
}

const recorded = (tape: Tape, picture: GraphPicture): Drawn => ({ picture: fromTape(tape, picture), tape });

/** The forward pass alone, with its numbers; the result need not be a scalar. */
function forwardTape(apply: (scope: Readonly<Record<string, Tensor>>) => Tensor, scope: Readonly<Record<string, Tensor>>): Tape {
  let scalar = true;
  const { nodes, output } = record((parts: typeof scope) => {
    const result = apply(parts);
    scalar = result.shape.length === 0;
    return scalar ? result : sum(result);
  }, scope);
  const last = scalar ? output : (nodes[output]?.inputs[0]?.from ?? output);
  return { nodes: nodes.slice(0, last + 1).map((node) => ({ ...node, adjoint: undefined })), output: last };
}

/** A network: its neurons, or with --backward both passes of one example. */
function ofNetwork(options: DrawOptions & NetworkOptions): Drawn {
  const { net, inputs, targets } = seeded(options, 1);
  const sample = options.sample === undefined ? undefined : readNumbers("--sample", options.sample, inputs[0]?.length ?? 0);
  if (options.backward !== true && options.paths === undefined) return { picture: neurons(net, sample, options) };
  const target = options.target === undefined ? (targets[0] ?? []) : readNumbers("--target", options.target, targets[0]?.length ?? 0);
  const { labels } = costs[readCost(options.cost)];
  if (labels !== undefined && !target.every((each) => labels.admits(each)))
    throw new ValueError(`--target ${options.target}: the labels of ${options.cost} are ${labels.says}; give such, or take another --cost`);
  checkGradient(net, "draw");
  const [cost, x] = [readCost(options.cost), sample ?? inputs[0] ?? []];
  if (options.paths !== undefined) return { picture: neurons(net, x, options, pathSum(net, cost, [x], [target], readWeight(options.paths, net))) };
  const lesson = explain(net, cost, x, target);
  return recorded(lesson.tape, { ...lesson, title: `Backpropagation in a ${options.network} network`, ...graphPicture(options) });
}

function neurons(
  net: Network,
  sample: readonly number[] | undefined,
  { network, title, values: shown }: DrawOptions & NetworkOptions,
  paths?: PathSum,
): NetworkDiagram {
  const { weights, biases, ...plain } = plainNetwork(net, sample);
  return fromNetwork({ ...plain, title: title ?? `A ${network} network`, ...(shown && { weights, biases }), ...(paths !== undefined && { paths }) });
}

interface Given {
  readonly label: string;
  readonly text: string;
}

function named(option: string, list: readonly string[]): Given[] {
  const given = list.map((each) => {
    const at = each.indexOf("=");
    if (at < 1) throw new ValueError(`${option} ${each}: write a name, =, and what it is, such as ${option === "--input" ? "W=3x2" : "x=[1,2]"}`);
    return { label: each.slice(0, at).trim(), text: each.slice(at + 1).trim() };
  });
  const twice = given.find(({ label }, at) => given.findIndex((each) => each.label === label) < at);
  if (twice !== undefined) throw new ValueError(`${option} ${twice.label} is given twice; give it once`);
  return given;
}

function oneOf<T>(option: string, word: string, known: Readonly<Record<string, T>>): T {
  const choice = Object.hasOwn(known, word) ? known[word] : undefined;
  if (choice === undefined) throw new ValueError(`${option} ${word}: ${choices(word, Object.keys(known))}`);
  return choice;
}
