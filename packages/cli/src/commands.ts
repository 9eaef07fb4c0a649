import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check.ts";
import { drawCommand } from "./draw.ts";
import { type Terminal } from "./terminal.ts";

/**
 * Runs the command `nabla` with its arguments and gives the exit code: 0, 1 when an equation does not hold or autodiff and a
 * closed form differ, 2 for a call that cannot be understood.
 *
 * @example
 * await run(["check", "--network", "2-2-1"], { print: () => undefined, complain: () => undefined }) // => 0
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = new Command("nabla")
    .description("Backpropagation checked against its textbook equations, and drawn.")
    .version(version(), "--version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.complain(text.trimEnd()) });
  checkCommand(program, terminal, (right) => {
    if (!right) code = 1;
  });
  drawCommand(program, terminal);
  try {
    const takesValue = (option: string): boolean =>
      program.commands.some(({ options }) => options.some(({ long, short, required }) => required && (option === long || option === short)));
    await program.parseAsync(
      args.map((argument, at) => (takesValue(args[at - 1] ?? "") ? argument : operand(argument))),
      { from: "user" },
    );
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

/** A formula that begins with a minus, such as `-sum(x)` or `-x - y`, kept from being read as an option; `-oa(1).svg` is a file. */
function operand(argument: string): string {
  return /^-[^-][^]*[(*/^+\s-]/.test(argument) && !/^-o[^]*\.[a-z]+$/i.test(argument) ? ` ${argument}` : argument;
}

/** The version of this package, which lies beside its manifest as source and as it is published. */
function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
}
