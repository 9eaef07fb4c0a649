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

/** What became of the cases of one group on one engine. */
export interface Tally {
  readonly group: string;
  readonly engine: string;
  readonly passed: number;
  readonly failed: number;
  /** How many cases were skipped, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

/** Runs the cases of one group on one engine. */
export function tally(group: string, engine: string, outcomes: readonly Outcome[]): Tally {
  let [passed, failed] = [0, 0];
  const skipped = new Map<string, number>();
  const failures: string[] = [];
  for (const outcome of outcomes) {
    const place = `${group} / ${outcome.name} on ${engine}`;
    try {
      const wrong = outcome.run();
      if (wrong.length === 0) passed++;
      else failed++;
      failures.push(...wrong.map((each) => `${place}: ${described(each)}`));
    } catch (error) {
      if (error instanceof Skip) skipped.set(error.message, (skipped.get(error.message) ?? 0) + 1);
      else {
        failed++;
        failures.push(`${place}: threw ${String(error)}`);
      }
    }
  }
  return { group, engine, passed, failed, skipped, failures };
}

function described({ what, element, got, want, allowed }: Mismatch): string {
  return element < 0 ? what : `${what}, element ${element}: got ${shown(got)}, want ${shown(want)}, tolerance ${allowed.toExponential(1)}`;
}

function shown(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The tallies of several files of one group as one. */
export function merged(tallies: readonly Tally[]): Tally[] {
  const rows = new Map<string, Tally>();
  for (const each of tallies) {
    const key = JSON.stringify([each.group, each.engine]);
    const before = rows.get(key);
    rows.set(key, before === undefined ? each : joined(before, each));
  }
  return [...rows.values()];
}

function joined(a: Tally, b: Tally): Tally {
  const skipped = new Map(a.skipped);
  for (const [why, count] of b.skipped) skipped.set(why, (skipped.get(why) ?? 0) + count);
  return { ...a, passed: a.passed + b.passed, failed: a.failed + b.failed, skipped, failures: [...a.failures, ...b.failures] };
}

/** The table of groups, the failures, the reasons for skips, and the totals on the last line. */
export function report(tallies: readonly Tally[]): { readonly text: string; readonly failed: number } {
  const skips = ({ skipped }: Tally): number => [...skipped.values()].reduce((sum, count) => sum + count, 0);
  const rows = tallies.map((each) => [each.group, each.engine, String(each.passed), String(each.failed), String(skips(each))]);
  const lines = [["group", "engine", "passed", "failed", "skipped"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  const table = lines.map((row) => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "));
  const reasons = tallies.flatMap((each) => [...each.skipped].map(([why, count]) => `${each.group} on ${each.engine}: ${count} skipped: ${why}`));
  const total = (count: (each: Tally) => number): number => tallies.reduce((sum, each) => sum + count(each), 0);
  const failed = total((each) => each.failed);
  const blocks = [table, tallies.flatMap((each) => each.failures), reasons].filter((block) => block.length > 0).map((block) => block.join("\n"));
  return { text: [...blocks, `${total((each) => each.passed)} passed, ${failed} failed, ${total(skips)} skipped`].join("\n\n"), failed };
}
