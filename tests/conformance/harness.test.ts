import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tensor } from "@nabla/autodiff";
import { describe, expect, test } from "vitest";
import { close, compareTensor, scaled } from "./compare.ts";
import { conformance } from "./groups.ts";
import { report, tally } from "./report.ts";

/** A folder with the given files. */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-conformance-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}

const scalar = (value: unknown): unknown => ({ shape: [], data: [value] });

/** square(3) = 9, with gradient 6 for a cotangent of 1. */
const square = { name: "square of 3", op: "square", attrs: {}, inputs: [scalar(3)], output: scalar(9), cotangent: scalar(1), grads: [scalar(6)] };

/** What becomes of cases in a folder of one file. */
function outcome(meta: object, ...cases: readonly object[]): { passed: number; failed: number; skipped: number; text: string } {
  const { text } = report(conformance(folderOf({ "some file.json": { meta: { format: 1, ...meta }, cases } })));
  const [, passed, failed, skipped] = (/(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(text) ?? []).map(Number);
  return { passed: passed ?? -1, failed: failed ?? -1, skipped: skipped ?? -1, text };
}
const ops = (...cases: readonly object[]): ReturnType<typeof outcome> => outcome({ group: "ops-basic" }, ...cases);

/** The first recorded case of a group, with one thing changed. */
function recordedCase(group: string, change: (each: Record<string, unknown>) => void): Record<string, unknown> {
  const file = JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/reference/${group}.json`, import.meta.url)), "utf8")) as {
    cases: Record<string, unknown>[];
  };
  const [each] = file.cases;
  if (each === undefined) throw new Error(`no case of ${group}`);
  change(each);
  return each;
}

describe("two numbers", () => {
  const tolerance = { rtol: 1e-12, atol: 1e-14 };

  test("0 is -0, NaN is NaN, Infinity is Infinity", () => {
    expect([close(0, -0, tolerance), close(Number.NaN, Number.NaN, tolerance), close(-Infinity, -Infinity, tolerance)]).toEqual([true, true, true]);
  });

  test("nothing else is near an infinity or NaN", () => {
    const pairs: readonly (readonly [number, number])[] = [
      [Infinity, 1e308],
      [1e308, Infinity],
      [-Infinity, Infinity],
      [5, Infinity],
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.NaN, Infinity],
    ];
    expect(pairs.filter(([got, want]) => close(got, want, tolerance))).toEqual([]);
  });

  test("the bound is atol + rtol |want|, inclusive", () => {
    expect([close(3, 2, { rtol: 0.25, atol: 0.5 }), close(3.1, 2, { rtol: 0.25, atol: 0.5 })]).toEqual([true, false]);
  });
});

describe("two tensors", () => {
  const tolerance = { rtol: 1e-12, atol: 0 };
  const want = { shape: [2], data: [1, 2] };

  test("a wrong entry, a NaN and a wrong shape are mismatches, at their element", () => {
    expect(compareTensor("value", tensor([1, 2 + 1e-11]), [want], tolerance)?.element).toBe(1);
    expect(compareTensor("value", tensor([Number.NaN, 2]), [want], tolerance)?.element).toBe(0);
    expect(compareTensor("value", tensor([[1, 2]]), [want], tolerance)?.element).toBe(-1);
    expect(compareTensor("value", undefined, [want], tolerance)?.element).toBe(-1);
    expect(compareTensor("value", tensor([1, 2]), [], tolerance)?.element).toBe(-1);
    expect(compareTensor("value", tensor([1, 2]), [want], tolerance)).toBeUndefined();
  });

  test("an entry may match any accepted variant at its place, and only there", () => {
    const other = { shape: [2], data: [3, 5] };
    expect(compareTensor("value", tensor([1, 5]), [want, other], tolerance)).toBeUndefined();
    expect(compareTensor("value", tensor([5, 1]), [want, other], tolerance)?.element).toBe(0);
  });

  test("a tolerance in proportion takes the largest finite entry", () => {
    expect(scaled({ shape: [3], data: [-4, 1, "Infinity"] }, { rtol: 0.5, atol: 1 })).toEqual({ rtol: 0, atol: 3 });
  });
});

describe("op cases", () => {
  test("a right case passes, and got 0 where -0 is wanted too", () => {
    expect(ops(square)).toMatchObject({ passed: 1, failed: 0 });
    expect(ops({ ...square, inputs: [scalar(0)], output: scalar(-0), grads: [scalar(-0)] })).toMatchObject({ passed: 1, failed: 0 });
  });

  test.each<[string, object, string]>([
    ["value", { output: scalar(9.1) }, "value, element 0: got 9, want 9.1, tolerance 9.1e-11"],
    ["gradient", { grads: [scalar(6.1)] }, "gradient of input 0, element 0: got 6, want 6.1"],
    ["NaN", { output: scalar("NaN") }, "got 9, want NaN"],
    ["infinity", { output: scalar("Infinity") }, "got 9, want Infinity"],
    ["shape", { output: { shape: [1], data: [9] } }, "value: shape [], want [1]"],
    ["number of entries", { output: { shape: [2], data: [9] } }, "shape [2] has 1 entries"],
    ["number", { output: scalar("nine") }, '"nine" stands where a number is recorded'],
    ["number of gradients", { grads: [] }, "1 inputs but 0 gradients"],
    ["accepted variant", { accept: ["alt.exact"] }, "accepts alt.exact, which is not recorded"],
  ])("a wrong %s fails and is named", (_, change, message) => {
    const { failed, text } = ops({ ...square, ...change });
    expect(failed).toBe(1);
    expect(text).toContain("ops-basic / square of 3 on eager: ");
    expect(text).toContain(message);
  });

  test("one tensor as both operands receives both gradients", () => {
    const twice = { ...square, op: "mul", operands: [0, 0] };
    expect(ops(twice)).toMatchObject({ passed: 1, failed: 0 });
    expect(ops({ ...twice, grads: [scalar(3)] })).toMatchObject({ passed: 0, failed: 1 });
  });

  test("an input whose gradient is null is not differentiated", () => {
    const where = { name: "w", op: "where", attrs: {}, inputs: [scalar(1), scalar(2), scalar(3)], output: scalar(2), cotangent: scalar(1) };
    expect(ops({ ...where, grads: [null, scalar(1), scalar(0)] })).toMatchObject({ passed: 1 });
    expect(ops({ ...where, grads: [null, scalar(0), scalar(0)] })).toMatchObject({ failed: 1 });
  });

  test("an accepted variant passes, one that is recorded but not accepted fails", () => {
    const off = { ...square, output: scalar(8), alt: { exact: { output: scalar(9), grads: [scalar(6)] } } };
    expect(ops({ ...off, accept: ["output", "alt.exact"] })).toMatchObject({ passed: 1 });
    expect(ops({ ...off, accept: ["output"] })).toMatchObject({ failed: 1 });
    expect(ops({ ...off, accept: ["output", "alt.exact"], alt: { exact: { output: scalar(7) } } }).text).toContain("want 7");
  });

  test("the figures of the file replace the group's, those of a case both", () => {
    const near = { ...square, output: scalar(9.05) };
    expect(outcome({ group: "ops-basic", tol: { rtol: 0.01, atol: 0 } }, near)).toMatchObject({ passed: 1 });
    expect(outcome({ group: "ops-edge" }, { ...near, tol: { rtol: 0.01, atol: 0 } })).toMatchObject({ passed: 1 });
    expect(outcome({ group: "ops-edge", tol: { rtol: 0.01, atol: 0 } }, { ...near, tol: { rtol: 1e-12, atol: 0 } })).toMatchObject({ failed: 1 });
  });

  test("an op that does not exist is skipped, with the reason", () => {
    const { skipped, failed, text } = ops({ ...square, op: "hypersquare" });
    expect([skipped, failed]).toEqual([1, 0]);
    expect(text).toContain("1 skipped: op hypersquare does not exist yet");
  });

  test("a case that throws fails", () => {
    const { failed, text } = ops({ ...square, op: "matmul", inputs: [scalar(3), scalar(2)], grads: [scalar(6), scalar(6)] });
    expect(failed).toBe(1);
    expect(text).toContain("threw ShapeError");
  });
});

describe("the other groups see what is wrong", () => {
  /** Moves the first number of the first list of numbers found below. */
  const shift = (part: unknown): void => {
    const inside = Object.values(part as object) as unknown[];
    const list = Array.isArray(part) && typeof part[0] === "number" ? (part as number[]) : undefined;
    if (list === undefined) shift((part as { readonly data?: unknown }).data ?? inside[0]);
    else list[0] = (list[0] as number) * 1.001 + 0.001;
  };
  const within = (part: unknown, key: string): unknown => (part as Record<string, unknown>)[key];

  test.each<[string, string, (each: Record<string, unknown>) => void]>([
    ["composite", "value", (each) => void (each["value"] = Number(each["value"]) + 1e-9)],
    ["composite", "gradient", (each) => shift(each["grad"])],
    ["composite", "Hessian", (each) => shift(each["hessian"])],
    ["composite", "Hessian times vector", (each) => shift(within(each["hvp"], "result"))],
    ["jvp-vjp", "value", (each) => shift(each["output"])],
    ["jvp-vjp", "forward product", (each) => shift(each["jvp"])],
    ["jvp-vjp", "reverse product", (each) => shift(each["vjp"])],
    ["jvp-vjp", "Jacobian", (each) => shift(each["jacobian"])],
    ["mlp", "cost", (each) => void (each["cost"] = Number(each["cost"]) * (1 + 1e-10))],
    ["mlp", "z of layer 1", (each) => shift(each["z"])],
    ["mlp", "a of layer 1", (each) => shift(each["a"])],
    ["mlp", "delta of layer 1", (each) => shift(each["delta"])],
    ["mlp", "dW of layer 1", (each) => shift(each["dW"])],
    ["mlp", "db of layer 1", (each) => shift(each["db"])],
    ["training", "batch cost of step 1", (each) => shift(each["batchCosts"])],
    ["training", "cost after step 1", (each) => shift(each["costs"])],
    ["training", "W of layer 1 after step 1", (each) => shift(within(each["first"], "W"))],
    ["training", "b of layer 1 at the end", (each) => shift(within(each["final"], "b"))],
  ])("%s: a wrong %s", (group, what, change) => {
    expect(
      outcome(
        { group },
        recordedCase(group, () => {}),
      ),
    ).toMatchObject({ passed: 1, failed: 0 });
    const { failed, text } = outcome({ group }, recordedCase(group, change));
    expect(failed).toBe(1);
    expect(text).toContain(what);
  });

  test("accuracy: a wrong value of any order fails, a wanted 0 and null are lenient", () => {
    const accuracy = (row: readonly unknown[]): string => {
      const meta = { group: "accuracy", columns: ["x", "f", "f'", "f''", "f'''"] };
      return report(conformance(folderOf({ "a.json": { meta, functions: { exp: [row] } } }))).text;
    };
    const e = "2.718281828459045235360287";
    expect(accuracy([1, e, e, e, e])).toContain("1 passed, 0 failed");
    expect(accuracy([1, "2.718281828465", e, e, e])).toContain("exp(1), element 0: got 2.718281828459045, want 2.718281828465");
    expect(accuracy([1, e, e, "2.718281828465", e])).toContain("exp''(1), element 0");
    expect(accuracy([1, e, e, e, "2.7182818287"])).not.toContain("exp'''");
    expect(accuracy([1, e, e, e, "2.71828183"])).toContain("exp'''(1), element 0");
    expect(accuracy([-740, "0", null, "0", null])).toContain("1 passed, 0 failed");
    expect(accuracy([1, e, e, e, "e"])).toContain('"e" stands where a decimal number is recorded');
  });
});

describe("folders and files", () => {
  test("a group may come in several files of any name; the table has one row for it", () => {
    const file = { meta: { group: "ops-basic" }, cases: [square] };
    const { text, failed } = report(conformance(folderOf({ "a.json": file, "zz top.json": file, "notes.txt": "no cases" })));
    expect(failed).toBe(0);
    expect(text.match(/ops-basic +eager +2 +0 +0/g)).toHaveLength(1);
  });

  test.each<[string, unknown, string]>([
    ["an unknown group", { meta: { group: "poetry" }, cases: [square] }, "odd.json: the group is unknown"],
    ["no JSON", "{bad", "odd.json: cannot be read as JSON"],
    ["no group", { cases: [] }, "odd.json: has no meta.group"],
    ["no cases", { meta: { group: "opinfo" } }, "odd.json: has neither"],
    ["a case without a name", { meta: { group: "opinfo" }, cases: [square, {}] }, "odd.json: case 1 has no name"],
    ["accuracy without functions", { meta: { group: "accuracy" }, cases: [] }, "odd.json on eager: has no functions"],
    ["null", null, "odd.json: has no meta.group"],
  ])("%s is named and fails, and the other files still run", (_, content, message) => {
    const { text, failed } = report(conformance(folderOf({ "odd.json": content, "right.json": { meta: { group: "ops-basic" }, cases: [square] } })));
    expect(failed).toBe(1);
    expect(text).toContain(message);
    expect(text).toMatch(/\n1 passed, 1 failed, 0 skipped$/);
  });

  test("a folder without files, or that is not there, fails", () => {
    expect(report(conformance(folderOf({}))).text).toContain("the folder has no *.json");
    expect(report(conformance(join(folderOf({}), "nowhere"))).failed).toBe(1);
  });
});

describe("the report", () => {
  const thrown = {
    name: "bad",
    run: (): never => {
      throw new Error("boom");
    },
  };

  test("the totals stand on the last line", () => {
    const { text, failed } = report([tally("g", "eager", [thrown, { name: "good", run: () => [] }])]);
    expect(failed).toBe(1);
    expect(text).toContain("boom");
    expect(text.split("\n").at(-1)).toBe("1 passed, 1 failed, 0 skipped");
  });

  test("the command reads the folder in NABLA_FIXTURES and exits with 1 when a case fails", () => {
    const run = (output: number): string => {
      const folder = folderOf({ "a.json": { meta: { group: "ops-basic" }, cases: [{ ...square, output: scalar(output) }] } });
      const args = ["--conditions=@nabla/source", fileURLToPath(new URL("run.ts", import.meta.url))];
      return execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe", env: { ...process.env, NABLA_FIXTURES: folder } });
    };
    expect(run(9)).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/);
    expect(() => run(8)).toThrow(expect.objectContaining({ status: 1, stdout: expect.stringMatching(/\n0 passed, 1 failed, 0 skipped\n$/) }));
  });
});
