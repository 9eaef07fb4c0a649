import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importsOf } from "../syntax.ts";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

/** The rooms of autodiff: a file imports only from rooms earlier in the list, or from its own. */
const rooms = [
  "shape",
  "synonym",
  "nearest",
  "libraries",
  "random",
  "error-function",
  "gamma-function",
  "scalar",
  "kernel",
  "summary",
  "op",
  "copies",
  "tensor",
  "graph",
  "ops",
  "tree",
  "argument",
  "print",
  "sweep",
  "transform",
  "count",
  "caller",
  "fault",
  "debug",
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
  "logistic",
  "trigonometric",
  "growth",
  "raise",
  "others",
  "weighted-deviation",
  "softmax",
  "linalg",
  "product",
  "combination",
  "logaddexp",
  "scaled",
  "share",
  "exponential",
  "indexing",
  "order",
  "arrange",
  "scatter",
  "matrix",
  "triangle",
  "inverse",
  "logarithm",
  "reduction",
  "extremum",
  "norm",
  "plane",
  "root",
  "power",
  "circular",
  "inverse-hyperbolic",
  "rounding",
  "gamma",
  "activation",
  "clip",
  "normal-distribution",
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

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((each) => each.endsWith(".ts"))
    .map((each) => join(folder, each));
}

/** One import of a package: the file it stands in, what it names, and whether anything but types is taken from there. */
interface Needed {
  readonly from: string;
  readonly to: string;
  readonly values: boolean;
}

function needsOf(name: string): Needed[] {
  const root = join(packages, name, "src");
  return sources(root).flatMap((file) => {
    const from = relative(root, file);
    return importsOf(readFileSync(file, "utf8")).map(({ source, values }) => ({
      from,
      to: source.startsWith(".") ? normalize(join(dirname(from), source)) : source,
      values,
    }));
  });
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
    const wrong = needsOf("autodiff").filter(({ from, to }) => to.endsWith(".ts") && rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from)));
    expect(wrong).toEqual([]);
  });

  test("inside ops a file imports only from files before it", () => {
    const place = (file: string): number => opFiles.indexOf(file.replace(/^ops\//, "").replace(/\.ts$/, ""));
    const inside = needsOf("autodiff").filter(({ from, to }) => from.startsWith("ops/") && to.startsWith("ops/"));
    expect(inside.filter(({ from, to }) => place(from) < 0 || place(to) < 0)).toEqual([]);
    expect(inside.filter(({ from, to }) => place(to) >= place(from))).toEqual([]);
  });

  test("mlp and viz import autodiff's public entries only, viz only types of its tensors, and nobody but the command imports viz", () => {
    const outside = (name: string): string[] =>
      [
        ...new Set(
          needsOf(name)
            .map(({ to }) => to)
            .filter((to) => !to.endsWith(".ts") && !to.startsWith("node:")),
        ),
      ].toSorted();
    expect(outside("autodiff")).toEqual(["mathjs"]);
    expect(outside("mlp")).toEqual(["@nabla/autodiff", "@nabla/autodiff/argument"]);
    // What draws is loaded when it is asked for.
    expect(outside("viz")).toEqual(["@nabla/autodiff", "@nabla/autodiff/argument", "@resvg/resvg-js", "@viz-js/viz"]);
    expect(outside("cli")).toEqual(["@nabla/autodiff", "@nabla/autodiff/argument", "@nabla/autodiff/formula", "@nabla/mlp", "@nabla/viz", "commander"]);
    expect(needsOf("viz").filter(({ to, values }) => to === "@nabla/autodiff" && values)).toEqual([]);
  });
});

test("no way of importing goes unseen", () => {
  const text = [
    'import {\n  type A,\n  b,\n} from "over lines";',
    'import { type A } from "types";',
    'import type D from "whole";',
    'import "effect";',
    'export * from "all";',
    'export type { E } from "exported";',
    'const f = async () => [await import("inside"), await import(`quoted`), await import(name)];',
    'type T = import("of a type").T;',
  ].join("\n");
  const all = importsOf(text);
  expect(all.filter(({ values }) => values).map(({ source }) => source)).toEqual(["over lines", "effect", "all", "inside", "quoted", "(computed)"]);
  expect(all.filter(({ values }) => !values).map(({ source }) => source)).toEqual(["types", "whole", "exported", "of a type"]);
});
