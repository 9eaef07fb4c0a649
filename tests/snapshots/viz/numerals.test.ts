import { numeral, numerals, subscript, superscript } from "@nabla/viz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("numbers", () => {
  test.each([
    [
      [[0.6], [-1]],
      [["0.6"], ["-1.0"]],
    ],
    [
      [[1.08], [-0.92]],
      [["1.08"], ["-0.92"]],
    ],
    [[[0.1 + 0.2]], [["0.3"]]],
    [
      [[0.7465], [2]],
      [["0.7465"], ["2.0000"]],
    ],
    [[[0.123456, 3e-7]], [["0.1235", "3.00e-7"]]],
    [[[1e-5, 0, -2e-9]], [["1.00e-5", "0", "-2.00e-9"]]],
    [[[123456, 1]], [["123456.0", "1.0"]]],
    [[[123456.7, 1]], [["1.23e+5", "1.00e+0"]]],
    [[[2e9, 1]], [["2.00e+9", "1.00e+0"]]],
    [[[0.00012, 0.5]], [["1.20e-4", "0.5000"]]],
    [
      [[0], [0]],
      [["0.0"], ["0.0"]],
    ],
    [[[Number.NaN, Infinity, -Infinity, 0.5]], [["NaN", "Infinity", "-Infinity", "0.5"]]],
  ])("%j align as %j", (rows, texts) => {
    expect(numerals(rows)).toEqual(texts);
  });

  test("are never shown as zero when they are not, nor with a minus that is no ASCII", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e300, max: 1e300 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)), { minLength: 1, maxLength: 4 }),
        (row) => {
          const texts = [...(numerals([row])[0] ?? []), ...row.map(numeral)];
          [...row, ...row].forEach((value, at) => {
            const text = texts[at] ?? "";
            expect(text).toMatch(/^-?(\d+(\.\d+)?(e[+-]\d+)?|Infinity)$|^NaN$/);
            if (Number.isFinite(value)) expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 0.051);
            expect(Number(text) === 0).toBe(value === 0);
          });
        },
      ),
    );
  });

  test("stand above and below names as Unicode", () => {
    expect(`a${superscript(1)}${subscript(10)}`).toBe("a¹₁₀");
  });
});
