import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const source = tracked.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file));
const text = (file: string): string => readFileSync(`${root}/${file}`, "utf8");

describe("names and sizes", () => {
  test("no file is called utils, common, helpers or misc", () => {
    expect(tracked.filter((file) => /\b(utils?|common|helpers?|misc)\b/.test(file))).toEqual([]);
  });

  test("no file of code, tests included, is longer than 400 lines", () => {
    expect(tracked.filter((file) => file.endsWith(".ts")).filter((file) => text(file).split("\n").length > 400)).toEqual([]);
  });

  test("outside ops and print nothing asks for the name of an op", () => {
    const asks = source.filter(
      (file) => !/\/src\/(ops|print)\//.test(file) && /\bop\.name\s*[!=]==|[!=]==\s*\w+\.op\.name|switch \(\w*\.?op\.name\)|\bop\s*[!=]==\s*"/.test(text(file)),
    );
    expect(asks).toEqual([]);
  });

  test("sweeps, transformations, printers and pictures never name tanh", () => {
    const code = (file: string): string => text(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    // The networks on which a textbook's equations are checked name their activations, as a user's would.
    const sampled = /^packages\/mlp\/src\/textbooks\/\w+\//;
    const naming = tracked.filter(
      (file) => !sampled.test(file) && /^(packages\/|examples\/digits|scripts\/).*\.ts$/.test(file) && /\btanh\b/i.test(code(file)),
    );
    expect(naming).toEqual([
      "packages/autodiff/src/formula/vocabulary.ts", // the language's word for it
      "packages/autodiff/src/ops/circular.ts", // the derivative of log cosh
      "packages/autodiff/src/ops/index.ts", // the list of ops
      "packages/autodiff/src/ops/logistic.ts", // σ″ = -σ′ tanh(x/2), and the second derivative of silu
      "packages/autodiff/src/ops/normal-distribution.ts", // the approximation of gelu by tanh
      "packages/autodiff/src/ops/share.ts", // (exp(u) - exp(v)) / (exp(u) + exp(v))
      "packages/autodiff/src/ops/trigonometric.ts", // the op itself
      "packages/autodiff/src/scalar.ts", // the scalar algebra and its intrinsic for numbers
      "packages/mlp/src/activation.ts", // the networks' table of activations
      "packages/mlp/src/delta/precise-activation.ts", // its closed form in double-double
      "packages/mlp/src/homework/slope.ts", // σ′ as people write it, also under another activation
      "packages/mlp/src/textbooks/numbers.ts", // the textbooks' functions in plain numbers
    ]);
  });

  test("no package evaluates text as code", () => {
    expect(source.filter((file) => /\beval\(|new Function\(/.test(text(file)))).toEqual([]);
  });

  test("nothing names a folder of one machine", () => {
    const machine = new RegExp(["/(", "tmp|work|root|home|Users", ")/\\w|\\.\\./", "shared"].join(""));
    // Only what is committed: a log that somebody leaves in the folder may name any place.
    const committed = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
    const written = committed.filter((file) => !/^pnpm-lock|\.(gz|png)$/.test(file) && existsSync(`${root}/${file}`));
    expect(written.filter((file) => machine.test(text(file)))).toEqual([]);
  });
});
