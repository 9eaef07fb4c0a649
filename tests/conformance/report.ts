import { type Mismatch } from "./compare.ts";

/** One case ready to run: it gives the checks that do not hold. */
export interface Outcome {
  readonly name: string;
  run(): readonly Mismatch[];
}

/** Thrown by a case that cannot run yet; the reason is printed. */
export class Skip extends Error {
  override readonly name: string = "Skip";
}

/** Turns a formula's unknown function into a skip that names it; every other error stays one. */
export function skipMissingFunctions<R>(run: () => R): R {
  try {
    return run();
  } catch (error) {
    const missing = error instanceof Error && error.name === "FormulaError" ? /there is no function (\w+)/.exec(error.message)?.[1] : undefined;
    if (missing !== undefined) throw new Skip(`function ${missing} does not exist yet`);
    throw error;
  }
}

export interface Tally {
  readonly group: string;
  readonly engine: string;
  passed: number;
  failed: number;
  readonly skipped: Map<string, number>;
  readonly failures: string[];
}

/** Runs the cases of one group on one engine. */
export function tally(group: string, engine: string, outcomes: readonly Outcome[]): Tally {
  const result: Tally = { group, engine, passed: 0, failed: 0, skipped: new Map(), failures: [] };
  for (const outcome of outcomes) {
    try {
      const wrong = outcome.run();
      if (wrong.length === 0) result.passed++;
      else {
        result.failed++;
        for (const { what, element, got, want, allowed } of wrong)
          result.failures.push(`${group} / ${outcome.name}: ${what}, element ${element}: got ${got}, want ${want}, allowed ${allowed.toExponential(1)}`);
      }
    } catch (error) {
      if (error instanceof Skip) result.skipped.set(error.message, (result.skipped.get(error.message) ?? 0) + 1);
      else {
        result.failed++;
        result.failures.push(`${group} / ${outcome.name}: threw ${String(error)}`);
      }
    }
  }
  return result;
}

/** The table of groups, the failures, the reasons for skips, and the totals on the last line. */
export function report(tallies: readonly Tally[]): { readonly text: string; readonly failed: number } {
  const skips = (each: Tally): number => [...each.skipped.values()].reduce((sum, count) => sum + count, 0);
  const rows = tallies.map((each) => [each.group, each.engine, String(each.passed), String(each.failed), String(skips(each))]);
  const table = [["group", "engine", "passed", "failed", "skipped"], ...rows].map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(14) : cell.padStart(8))).join(""),
  );
  const reasons = tallies.flatMap((each) => [...each.skipped].map(([reason, count]) => `skipped in ${each.group}: ${count} because ${reason}`));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const each of tallies) {
    total.passed += each.passed;
    total.failed += each.failed;
    total.skipped += skips(each);
  }
  const lines = [
    ...table,
    "",
    ...tallies.flatMap((each) => each.failures),
    ...reasons,
    "",
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
  ];
  return { text: lines.join("\n"), failed: total.failed };
}
