import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

/** The rooms of autodiff: a file imports only from rooms earlier in the list, or from its own. */
const rooms = [
  "shape",
  "nearest",
  "random",
  "error-function",
  "gamma-function",
  "scalar",
  "kernel",
  "tensor",
  "graph",
  "ops",
  "argument",
  "tree",
  "print",
  "sweep",
  "transform",
  "count",
  "caller",
  "record",
  "steps",
  "formula",
  "difference",
  "check",
  "kink",
  "diagnose",
  "index",
];

/** The order inside `ops`. */
const opFiles = [
  "notation",
  "like",
  "options",
  "mask",
  "broadcast",
  "recognise",
  "define",
  "comparison",
  "arithmetic",
  "selection",
  "creation",
  "layout",
  "join",
  "trigonometric",
  "logistic",
  "exponential",
  "others",
  "softmax",
  "linalg",
  "indexing",
  "order",
  "arrange",
  "scatter",
  "matrix",
  "triangle",
  "inverse",
  "logarithm",
  "power",
  "reduction",
  "extremum",
  "norm",
  "root",
  "circular",
  "plane",
  "inverse-hyperbolic",
  "logaddexp",
  "rounding",
  "gamma",
  "activation",
  "normal-distribution",
  "clip",
  "product",
  "statistics",
  "layer-norm",
  "scan",
  "cumulative-product",
  "pool",
  "average-pool",
  "einsum",
  "convolution",
  "random",
  "choice",
  "composite",
  "index",
];

interface Import {
  readonly from: string;
  readonly to: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((each) => each.endsWith(".ts"))
    .map((each) => join(folder, each));
}

function importsOf(name: string): Import[] {
  const root = join(packages, name, "src");
  return sources(root).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^(?:import|export)\s[^;]*?from "([^"]+)";/gms)].map(([, target = ""]) => ({
      from: relative(root, file),
      to: target.startsWith(".") ? normalize(join(dirname(relative(root, file)), target)) : target,
    })),
  );
}

const roomOf = (file: string): string => file.replace(/\.ts$/, "").split("/")[0] ?? file;

describe("the order of the rooms", () => {
  test("every file of autodiff belongs to a room of the list", () => {
    const known = new Set(rooms);
    expect(
      sources(join(packages, "autodiff/src"))
        .map((file) => roomOf(relative(join(packages, "autodiff/src"), file)))
        .filter((room) => !known.has(room)),
    ).toEqual([]);
  });

  test("a file of autodiff imports only from rooms before its own", () => {
    const wrong = importsOf("autodiff").filter(({ from, to }) => to.endsWith(".ts") && rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from)));
    expect(wrong).toEqual([]);
  });

  test("inside ops a file imports only from files before it", () => {
    const place = (file: string): number => opFiles.indexOf(file.replace(/^ops\//, "").replace(/\.ts$/, ""));
    const inside = importsOf("autodiff").filter(({ from, to }) => from.startsWith("ops/") && to.startsWith("ops/"));
    expect(inside.filter(({ from, to }) => place(from) < 0 || place(to) < 0)).toEqual([]);
    expect(inside.filter(({ from, to }) => place(to) >= place(from))).toEqual([]);
  });

  test("mlp and viz import autodiff's public entries only, viz only types of its tensors, and nobody but the command imports viz", () => {
    const outside = (name: string): string[] =>
      [
        ...new Set(
          importsOf(name)
            .map(({ to }) => to)
            .filter((to) => !to.endsWith(".ts") && !to.startsWith("node:")),
        ),
      ].toSorted();
    expect(outside("autodiff")).toEqual(["mathjs"]);
    expect(outside("mlp")).toEqual(["@nabla/autodiff", "@nabla/autodiff/argument"]);
    expect(outside("viz")).toEqual(["@nabla/autodiff", "@nabla/autodiff/argument"]);
    expect(outside("cli")).toEqual(["@nabla/autodiff", "@nabla/autodiff/formula", "@nabla/mlp", "@nabla/viz", "commander"]);
    for (const file of sources(join(packages, "viz/src")))
      for (const [line] of readFileSync(file, "utf8").matchAll(/^import .*"@nabla\/autodiff";/gm))
        expect(line.replaceAll(/type \w+,? ?/g, "").replaceAll(/\s+/g, " ")).toBe('import { } from "@nabla/autodiff";');
  });
});
