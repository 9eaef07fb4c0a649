import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { conformance } from "./groups.ts";

const folder = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

describe.each(["reference", "own"])("every case of %s passes or says why it cannot run", (name) => {
  test.each(conformance(folder(name)))("$group on $engine", ({ passed, failed, failures }) => {
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThan(0);
  });
});
