import { type Row, textbookRows } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

type Comparison = ReturnType<NonNullable<Row["comparisons"]>>[number];

/** How far apart the two sides are, in units of max(1, largest |right|), with the right side over `facts`. */
function residual({ left, right }: Comparison, facts: object): number {
  const wanted = right(facts);
  if (wanted.length !== left.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1, ...wanted.map(Math.abs));
  return Math.max(0, ...wanted.map((entry, at) => (Number.isFinite(entry) ? Math.abs(entry - (left[at] ?? Number.NaN)) / scale : Number.POSITIVE_INFINITY)));
}

/** Numbers moved a little, each by another amount, so that no ratio and no sum stays; functions give moved numbers. */
function spoiled(fact: unknown, at: number = 1): unknown {
  if (typeof fact === "number") return Number.isInteger(fact) && at === 1 ? fact + 1 : fact * (1 + 0.01 * Math.sin(at)) + 0.003 * Math.cos(at);
  if (Array.isArray(fact)) return fact.map((each, i) => spoiled(each, 7 * at + i + 1));
  if (typeof fact === "function") return (...given: unknown[]) => spoiled((fact as (...given: unknown[]) => unknown)(...given), 5);
  return fact;
}

/** The facts that a right side reads. */
function reads(given: Comparison): string[] {
  const read = new Set<string>();
  given.right(new Proxy(given.facts, { get: (target, key) => (read.add(String(key)), Reflect.get(target, key) as unknown) }));
  return [...read];
}

describe.each(textbookRows.map((row) => [row.id, row] as const))("%s", (_, row) => {
  test("holds", () => {
    const { passes, number, bound, detail } = row.check();
    expect([passes, number, bound, detail]).toEqual([true, number, bound, detail]);
  });

  if (row.comparisons === undefined) return;
  test("turns red when any quantity of its right side is spoiled", () => {
    const all = row.comparisons?.() ?? [];
    expect(all.length).toBeGreaterThan(0);
    const names = new Set(all.flatMap(reads));
    expect(names.size).toBeGreaterThan(0);
    for (const name of names) {
      const noticed = all.some((each) => {
        if (!(name in each.facts)) return false;
        const facts = { ...each.facts, [name]: spoiled((each.facts as Record<string, unknown>)[name]) };
        try {
          return !(residual(each, facts) <= 1e-9);
        } catch {
          return true;
        }
      });
      expect(noticed, `${row.id}: spoiling ${name} is noticed`).toBe(true);
    }
  });
});

test("ids differ, and every row says where it stands and how it reads", () => {
  expect(new Set(textbookRows.map(({ id }) => id)).size).toBe(textbookRows.length);
  for (const { id, source, place, latex } of textbookRows) {
    expect(id.startsWith(`${source}.`), id).toBe(true);
    expect(place.length * latex.length, id).toBeGreaterThan(0);
  }
});
