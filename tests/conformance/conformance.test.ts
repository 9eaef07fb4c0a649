import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { conformance } from "./groups.ts";

const folder = fileURLToPath(new URL("../fixtures/reference", import.meta.url));

describe("every reference case passes or says why it cannot run", () => {
  test.each(conformance(folder))("$group on $engine", ({ passed, failed, failures }) => {
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThan(0);
  });
});
