import { fileURLToPath } from "node:url";
import { tensor } from "@nabla/autodiff";
import { describe, expect, test } from "vitest";
import { close, compareTensor } from "./compare.ts";
import { conformance } from "./groups.ts";
import { report, tally } from "./report.ts";

const folder = fileURLToPath(new URL("../fixtures/reference", import.meta.url));

describe("every reference case passes or says why it cannot run", () => {
  for (const group of conformance(folder)) {
    test(`${group.group} on ${group.engine}: ${group.passed} cases`, () => {
      expect(group.failures).toEqual([]);
      expect(group.passed).toBeGreaterThan(0);
    });
  }
});

describe("the harness sees what is wrong", () => {
  const tolerance = { rtol: 1e-12, atol: 0 };
  const want = { shape: [2], data: [1, 2] };

  test("a wrong value, a NaN and a wrong shape are mismatches, at their element", () => {
    expect(compareTensor("value", tensor([1, 2 + 1e-11]), [want], tolerance)?.element).toBe(1);
    expect(compareTensor("value", tensor([Number.NaN, 2]), [want], tolerance)?.element).toBe(0);
    expect(compareTensor("value", tensor([[1, 2]]), [want], tolerance)?.element).toBe(-1);
    expect(compareTensor("value", tensor([1, 2]), [want], tolerance)).toBeUndefined();
  });

  test("0 equals -0, NaN equals NaN, Infinity does not equal a number", () => {
    expect(close(0, -0, tolerance)).toBe(true);
    expect(close(Number.NaN, Number.NaN, tolerance)).toBe(true);
    expect(close(Number.POSITIVE_INFINITY, 1e308, tolerance)).toBe(false);
  });

  test("an element may match any accepted variant at its place", () => {
    expect(compareTensor("value", tensor([1, 5]), [want, { shape: [2], data: [3, 5] }], tolerance)).toBeUndefined();
  });

  test("a case that throws fails, and the totals stand on the last line", () => {
    const thrown = tally("g", "eager", [
      {
        name: "bad",
        run: () => {
          throw new Error("boom");
        },
      },
      { name: "good", run: () => [] },
    ]);
    const { text, failed } = report([thrown]);
    expect(failed).toBe(1);
    expect(text).toContain("boom");
    expect(text.split("\n").at(-1)).toBe("1 passed, 1 failed, 0 skipped");
  });
});
