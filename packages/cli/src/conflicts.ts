import { type Command } from "commander";
import { ValueError } from "@nabla/autodiff";

/** Options that say nothing in some call. */
export interface Conflict {
  readonly options: readonly string[];
  /** Whether the call is such a one. */
  readonly here: boolean;
  /** Why, and what to do, after the option's name. */
  readonly reason: string;
}

/** Throws ValueError for the first option that was given where it has no effect, or contradicts another. */
export function refuseConflicts(command: Command, conflicts: readonly Conflict[]): void {
  for (const { options, here, reason } of conflicts) {
    const stray = here ? options.find((option) => isGiven(command, option)) : undefined;
    if (stray !== undefined) throw new ValueError(`--${stray} ${reason}`);
  }
}

/** Makes a command refuse an option that is given twice, unless it gathers values: the last would win in silence. */
export function refuseRepeats(command: Command): void {
  for (const option of command.options.filter(({ parseArg, variadic }) => parseArg === undefined && !variadic)) {
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) throw new ValueError(`--${option.name()} is given twice; give it once`);
      given = true;
    });
  }
}

/** Whether an option was written, and not only has its default. */
export function isGiven(command: Command, option: string): boolean {
  const source = command.getOptionValueSource(option);
  return source !== undefined && source !== "default";
}
