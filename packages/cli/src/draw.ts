import { type Command } from "commander";
import { ValueError } from "@nabla/autodiff";
import { DiagramError } from "@nabla/viz";
import { refuseConflicts, refuseRepeats } from "./conflicts.ts";
import { ofFormula } from "./draw-formula.ts";
import { ofNetwork } from "./draw-network.ts";
import { type DrawOptions, oneOf } from "./draw-request.ts";
import { writeAtomically } from "./file.ts";
import { networkOptions, readCost } from "./network-options.ts";
import { type Drawn, formatOf, rendered, textFormats } from "./rendered.ts";
import { type Terminal } from "./terminal.ts";

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
