import { type Tensor, debug, diagnose, log, name, record, sum, tensor } from "@nabla/autodiff";
import { library } from "@nabla/autodiff/argument";
import { formula } from "@nabla/autodiff/formula";
import { forward, network } from "@nabla/mlp";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

type Cost = (x: Tensor) => Tensor;

/** A module of the user's in a folder of any name. */
async function written(folder: string, file: string): Promise<{ readonly url: string; readonly cost: (log: (x: Tensor) => Tensor) => Cost }> {
  const place = join(tmpdir(), folder);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, file), "export const cost = (log) => (x) => {\n  return log(x);\n};\n");
  const { href: url } = pathToFileURL(join(place, file));
  return { url, ...((await import(/* @vite-ignore */ url)) as { readonly cost: (log: (x: Tensor) => Tensor) => Cost }) };
}

const zero = name(tensor(0), "x");

describe("the line of the user's", () => {
  test("is found in a folder that is called as ours is", async () => {
    const { cost } = await written("my autodiff/autodiff/src", "cost.mjs");
    expect(diagnose(cost(log), zero).fault?.line).toMatch(/^cost\.mjs:2:\d+$/);
  });

  test("is that of the caller of a library that said where it lies", async () => {
    const { url, cost } = await written("a library 100%/src", "index.mjs");
    expect(diagnose(cost(log), zero).fault?.line).toMatch(/^index\.mjs:2:\d+$/);
    library(url);
    expect(diagnose((x) => cost(log)(x), zero).fault?.line).toMatch(/^lines\.test\.ts:\d+:\d+$/);
  });

  test("is where a network was run", () => {
    const net = network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"] });
    const tape = debug(() => record((x: Tensor) => sum(forward(net, x).a.at(-1) as Tensor), tensor([[1, 2]])));
    const lines = tape.nodes.flatMap(({ line, inputs }) => (inputs.length === 0 ? [] : [line]));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/^lines\.test\.ts:\d+:\d+$/);
  });

  test("is where a formula was called", () => {
    const deep = formula(`${"sqrt(1 + ".repeat(12)}log(x)${")".repeat(12)}`);
    const { fault } = diagnose((x: Tensor) => deep({ x }), zero);
    expect(fault?.line).toMatch(/^lines\.test\.ts:\d+:\d+$/);
  });
});
