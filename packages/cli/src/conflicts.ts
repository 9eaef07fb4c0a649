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

/** Whether an option was written, and not only has its default. */
export function isGiven(command: Command, option: string): boolean {
  const source = command.getOptionValueSource(option);
  return source !== undefined && source !== "default";
}
