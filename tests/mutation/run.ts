/**
 * `pnpm mutation [count] [seed]`: changes the core in small ways, one at a time, and looks whether a test notices. A seeded sample of the
 * mutants of shape, ops, sweep and transform is run (all of them with `all`); the last line is the share that was noticed. Exit code 1 below 85 %.
 */
import { Stryker } from "@stryker-mutator/core";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomKey, permutation } from "@nabla/autodiff";

const least = 85;
const root = fileURLToPath(new URL("../..", import.meta.url));
const core = "packages/autodiff/src/";
const excludedMutations = ["StringLiteral"];

type Mutant = Awaited<ReturnType<Instrumenter["instrument"]>>["mutants"][number];

/** Every mutant of the core, as the tool itself would make them. */
async function mutants(): Promise<readonly Mutant[]> {
  const files = readdirSync(`${root}${core}`, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(?:shape\.ts|(?:ops|sweep|transform)\/.*\.ts)$/.test(file))
    .toSorted();
  const silent = new Proxy({}, { get: () => () => false });
  const instrumenter = new Instrumenter(silent as ConstructorParameters<typeof Instrumenter>[0]);
  const made = await instrumenter.instrument(
    files.map((file) => ({ name: `${core}${file}`, content: readFileSync(`${root}${core}${file}`, "utf8"), mutate: true })),
    { plugins: null, excludedMutations, ignorers: [], noHeader: true },
  );
  return made.mutants.filter(({ mutatorName }) => !excludedMutations.includes(mutatorName));
}

/** `file:line:column-line:column`, lines and columns as the tool counts them. */
function range({ fileName, location: { start, end } }: Mutant): string {
  return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
}

/** Whether the tool would make `inner` too when told to change the range of `outer`. */
function holds(outer: Mutant, inner: Mutant): boolean {
  const { start, end } = outer.location;
  const { start: from, end: to } = inner.location;
  const startsBefore = start.line < from.line || (start.line === from.line && start.column <= from.column);
  const endsAfter = end.line > to.line || (end.line === to.line && end.column >= to.column);
  return outer.fileName === inner.fileName && startsBefore && endsAfter;
}

/** Mutants in a seeded order until at least `count` are run: with each come those inside it. */
function sample(all: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const run = new Set<Mutant>();
  const chosen: Mutant[] = [];
  for (const at of permutation(randomKey(seed), all.length)) {
    if (run.size >= count) break;
    const mutant = all[at] as Mutant;
    if (run.has(mutant)) continue;
    chosen.push(mutant);
    for (const each of all) if (holds(mutant, each)) run.add(each);
  }
  console.log(`${all.length} mutants; running ${run.size} of them (seed ${seed})`);
  return chosen;
}

const [count = "1000", seed = "1"] = process.argv.slice(2);
const all = await mutants();
const chosen = count === "all" ? all : sample(all, Number(count), Number(seed));

const results = await new Stryker({
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "tests/mutation/vitest.config.ts", related: false },
  tsconfigFile: "none.json",
  coverageAnalysis: "perTest",
  mutate: [...new Set(chosen.map(range))].toSorted(),
  mutator: { plugins: null, excludedMutations },
  ignorePatterns: ["out", "dist", "docs", "examples", "bench", "coverage", "reports"],
  tempDirName: ".mutation",
  concurrency: 2,
  timeoutMS: 60_000,
  reporters: ["progress-append-only"],
  allowConsoleColors: false,
  warnings: false,
  disableTypeChecks: false,
  checkers: [],
}).runMutationTest();

const noticed = results.filter(({ status }) => status === "Killed" || status === "Timeout");
const counted = results.filter(({ status }) => ["Killed", "Timeout", "Survived", "NoCoverage"].includes(status));
for (const { fileName, location, mutatorName, replacement, status } of counted.filter(({ status: each }) => each !== "Killed"))
  console.log(
    `${status} ${fileName.slice(fileName.indexOf(core) + core.length)}:${location.start.line}:${location.start.column} ${mutatorName} ${(replacement ?? "").replaceAll(/\s+/g, " ").slice(0, 120)}`,
  );
const share = (100 * noticed.length) / counted.length;
console.log(`${noticed.length} of ${counted.length} mutants noticed: ${share.toFixed(1)} %`);
process.exitCode = share >= least ? 0 : 1;
