import * as nabla from "@nabla/autodiff";
import { type Op, type Tensor, input, latex, nested, stack, tensor, text, vmap } from "@nabla/autodiff";
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { samples } from "./samples.ts";

/** An op as users meet it: the exported function with its name, and what it applies. */
interface Entry {
  readonly label: string;
  readonly op: Op;
  readonly call: (...operands: Tensor[]) => Tensor;
}

const entries: readonly Entry[] = Object.entries(nabla as unknown as Record<string, Entry["call"] & { readonly op?: Op }>).flatMap(([label, call]) =>
  call.op === undefined ? [] : [{ label, op: call.op, call }],
);

const folder = new URL("../fixtures/", import.meta.url);

/** Every op that some reference file has a case of. */
const cases: ReadonlySet<string> = new Set(
  ["reference", "own"].flatMap((group) =>
    readdirSync(new URL(`${group}/`, folder))
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => {
        const { cases: recorded = [], functions = {} } = JSON.parse(readFileSync(new URL(`${group}/${file}`, folder), "utf8")) as {
          readonly cases?: readonly { readonly op?: string }[];
          readonly functions?: Readonly<Record<string, unknown>>;
        };
        return [...recorded.flatMap(({ op }) => op ?? []), ...Object.keys(functions).map((label) => label.replace(/\(.*/, ""))];
      }),
  ),
);

/** Draws have no recorded case: their bits are pinned by examples and their distribution by tests/properties/random.test.ts. */
const drawn: ReadonlySet<string> = new Set(["uniform", "normal"]);

const sampled = (label: string): boolean =>
  samples.some((sample) => sample.label === label || sample.label.startsWith(`${label} `) || sample.label.startsWith(`${label},`));

/** What an op still lacks, in words. */
function gaps({ label, op, call }: Entry, recorded: ReadonlySet<string>): string[] {
  const { calculus } = op;
  const constant = calculus.rule === "constant";
  const found: string[] = [];
  if (calculus.rule === "general" && calculus.jvp === undefined) found.push("no forward rule");
  if (!recorded.has(label) && !drawn.has(label)) found.push("no reference case");
  if (!constant && !sampled(label)) found.push("no sample for the laws of derivatives, second derivatives and batches");
  if (constant && op.kind !== "random" && !batches(call)) found.push("no batching rule");
  if (!notated(op)) found.push("no notation");
  return found;
}

/** Attributes with which some sample applies each op. */
const attributes = new Map<string, Tensor["attrs"]>();
for (const { shapes, f } of samples) {
  const seen = new Set<Tensor>([f(...shapes.map((shape, slot) => input(`x${slot}`, shape)))]);
  for (const t of seen) {
    for (const below of [...t.inputs, ...(t.via === undefined ? [] : [t.via])]) seen.add(below);
    attributes.set(t.op.name, t.attrs);
  }
}

/** Whether text and LaTeX write the op's operand. */
function notated({ kind, name, notation }: Op): boolean {
  if (kind === "random") return notation.text([], { low: 0, high: 1 }) !== "" && notation.latex([], { low: 0, high: 1 }) !== "";
  const attrs = attributes.get(name) ?? {};
  return [notation.text(["p", "q"], attrs), notation.latex(["p", "q"], attrs)].every((written) => written.includes("p"));
}

/** Whether an op without a derivative gives over a batch what it gives example by example. */
function batches(call: Entry["call"]): boolean {
  const rows = [tensor([[1, -2, 0.5], [3, 0, -1]]), tensor([[1, 2, 0.5], [-3, 0, 1]])]; // prettier-ignore
  const row = (of: Tensor, at: number): Tensor => nabla.reshape(nabla.take(of, { indices: [at], axis: 0 }), { shape: [3] });
  try {
    const whole = vmap((a: Tensor, b: Tensor) => call(...[a, b].slice(0, arity(call))))(...(rows as [Tensor, Tensor]));
    const one = stack(
      [0, 1].map((at) => call(...rows.slice(0, arity(call)).map((each) => row(each, at)))),
      { axis: 0 },
    );
    return JSON.stringify(nested(whole)) === JSON.stringify(nested(one));
  } catch {
    return false;
  }
}

function arity(call: Entry["call"]): number {
  const { op } = call as unknown as Entry;
  return op.kind === "elementwise" ? op.arity : 1;
}

test("every exported op has rules in both modes, a sample for the laws, a batching rule, a reference case and a notation", () => {
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.flatMap((entry) => gaps(entry, cases).map((gap) => `${entry.label}: ${gap}`))).toEqual([]);
});

test("an op that lacks something is named, with what it lacks", () => {
  const { op } = nabla.det;
  if (op.calculus.rule !== "general") throw new Error("det has a general rule");
  const { jvp: _forward, ...reverseOnly } = op.calculus;
  const incomplete: Entry = { label: "planted", op: { ...op, calculus: reverseOnly, notation: { ...op.notation, latex: () => "" } }, call: nabla.det };
  expect(gaps(incomplete, cases)).toEqual([
    "no forward rule",
    "no reference case",
    "no sample for the laws of derivatives, second derivatives and batches",
    "no notation",
  ]);
  const unbatched = Object.assign((x: Tensor): Tensor => tensor(Math.floor(nabla.item(nabla.sum(x)))), { op: { ...nabla.floor.op } });
  expect(gaps({ label: "floor", op: unbatched.op, call: unbatched }, cases)).toEqual(["no batching rule"]);
});

test("an op is called what it is exported as, unless one op serves several functions", () => {
  const others = entries.filter(({ label, op }) => op.name !== label).map(({ label, op }) => `${label}: ${op.name}`);
  expect(others).toEqual(["avgPool2d: windowSum", "conv1d: convolution", "conv2d: convolution"]);
});

test("text and LaTeX of every sample name every operand", () => {
  for (const { label, shapes, f } of samples) {
    const made = f(...shapes.map((shape, slot) => input(`q${slot}`, shape)));
    shapes.forEach((_, slot) => {
      expect(text(made), label).toContain(`q${slot}`);
      expect(latex(made), label).toContain(`\\mathrm{q${slot}}`);
    });
  }
});
