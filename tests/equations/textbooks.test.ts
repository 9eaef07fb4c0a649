import { type Row, textbookRows } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

type Comparison = ReturnType<NonNullable<Row["comparisons"]>>[number];

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

/** Whether an instance over spoiled facts is refused: by a number, or by another shape. A throw, or NaN, is a crash of the test and no refusal. */
function refused(each: Comparison, name: string): boolean {
  if (!(name in each.facts)) return false;
  const facts = { ...each.facts, [name]: spoiled((each.facts as Record<string, unknown>)[name]) };
  if (each.right(facts).length !== each.left.length) return true;
  const off = each.residual(facts);
  return Number.isFinite(off) && off > 1e-9;
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
    for (const name of names) expect(all.some((each) => refused(each, name)), `${row.id}: spoiling ${name} is noticed`).toBe(true); // prettier-ignore
  });
});

test("ids differ, and every row says where it stands and how it reads", () => {
  expect(new Set(textbookRows.map(({ id }) => id)).size).toBe(textbookRows.length);
  for (const { id, source, place, latex } of textbookRows) {
    expect(id.startsWith(`${source}.`), id).toBe(true);
    expect(place.length * latex.length, id).toBeGreaterThan(0);
  }
});

test("every equation of the texts has a row that bears its number alone", () => {
  const ids = new Set(textbookRows.map(({ id }) => id));
  const equations = { A: 8, B: 10, C: 7, D: 11, E: 23, X: 2 };
  const wanted = Object.entries(equations).flatMap(([source, count]) => Array.from({ length: count }, (_, at) => `${source}.${at + 1}`));
  expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
});
