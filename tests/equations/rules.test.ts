import { readFileSync } from "node:fs";
import { type Row, textbookRows } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

/*
 * What the data of a check must be, asserted of every row of the table. Which equations leave activations or targets open stands in a file
 * beside the list of ids, so that a row cannot excuse itself.
 */
const { open, unlike } = JSON.parse(readFileSync(new URL("../fixtures/textbook-equations.json", import.meta.url), "utf8")) as {
  readonly open: { readonly activation: readonly string[]; readonly targets: readonly string[] };
  readonly unlike: Readonly<Record<string, string>>;
};

type Sample = NonNullable<ReturnType<NonNullable<Row["comparisons"]>>[number]["sample"]>;

const activations = ["sigmoid", "tanh", "softplus", "identity", "relu"];
const kinds = ["between 0 and 1", "one-hot"] as const;
const base = (id: string): string => id.split(" ")[0] ?? id;
const rowsOver = (ids: readonly string[]): Row[] =>
  textbookRows.filter(({ id, kind }) => ids.includes(base(id)) && ["residual", "erratum", "exponent"].includes(kind) && !Object.hasOwn(unlike, id));

/** The networks of a row that take part: each gives an instance or a curve. */
const samplesOf = (row: Row): Sample[] => [
  ...new Set([...(row.comparisons?.() ?? []), ...(row.curves?.() ?? [])].flatMap(({ sample }) => (sample === undefined ? [] : [sample]))),
];
const names = (samples: readonly Sample[]): string[] => [...new Set(samples.flatMap(({ hidden, output }) => [hidden.name, output.name]))];
const widths = ({ W }: Sample): number[] => [W[0]?.[0]?.length ?? 0, ...W.map((rows) => rows.length)];
const every = [...new Set(textbookRows.flatMap(samplesOf))];

test("the list of open equations has rows, and its exceptions are rows too", () => {
  for (const id of [...open.activation, ...open.targets]) expect(textbookRows.map((row) => base(row.id)), id).toContain(id); // prettier-ignore
  for (const id of Object.keys(unlike)) expect(textbookRows.map((row) => row.id), id).toContain(id); // prettier-ignore
});

test.each(rowsOver(open.activation).map((row) => [row.id, row] as const))(
  "%s leaves the activation open: it runs with all five, each with targets in (0, 1) and one-hot",
  (_, row) => {
    const samples = samplesOf(row);
    for (const kind of kinds) expect(names(samples.filter(({ targets }) => targets === kind)), kind).toEqual(expect.arrayContaining(activations));
    if (row.kind !== "erratum") expect(samples.some((each) => new Set(widths(each)).size === widths(each).length)).toBe(true);
  },
);

test.each(rowsOver(open.targets).map((row) => [row.id, row] as const))("%s leaves the targets open: in (0, 1) and one-hot", (_, row) => {
  expect(new Set(samplesOf(row).map(({ targets }) => targets))).toEqual(new Set(kinds));
});

describe("the sample networks", () => {
  test("have 7 examples, but those that only count", () => {
    expect([...new Set(every.map(({ X }) => X.length))]).toEqual([7]);
  });

  test("have weights and biases of deviation 0.7, or no biases", () => {
    for (const { label, W, b } of every) {
      for (const numbers of [W.flat(2), b.flat()]) {
        const deviation = Math.sqrt(numbers.reduce((total, each) => total + each * each, 0) / numbers.length);
        if (deviation > 0 && numbers.length > 30) expect(Math.abs(deviation - 0.7), label).toBeLessThan(0.2);
      }
      expect(Math.max(...W.flat(2).map(Math.abs)), label).toBeLessThan(3);
    }
  });

  test("have targets in (0, 1), or one class for each example", () => {
    for (const { label, Y, targets } of every)
      for (const row of Y) {
        if (targets === "one-hot")
          expect([row.every((each) => each === 0 || each === 1), row.length === 1 || row.filter((each) => each === 1).length === 1], label).toEqual([true, true]); // prettier-ignore
        else expect(row.every((each) => each > 0 && each < 1) || label.includes("XOR"), label).toBe(true);
      }
  });

  test("have no z within 1e-3 of the kink where relu is", () => {
    for (const { label, X, W, b, hidden, output } of every.filter((each) => names([each]).includes("relu")))
      for (const x of X) {
        let a: readonly number[] = x;
        W.forEach((rows, l) => {
          const z = rows.map((row, j) => row.reduce((total, weight, k) => total + weight * (a[k] ?? Number.NaN), b[l]?.[j] ?? Number.NaN));
          const { name, f } = l === W.length - 1 ? output : hidden;
          if (name === "relu") expect(Math.min(...z.map(Math.abs)), label).toBeGreaterThanOrEqual(1e-3);
          const total = z.reduce((sum, each) => sum + Math.exp(each), 0);
          a = name === "softmax" ? z.map((each) => Math.exp(each) / total) : z.map(f);
        });
      }
  });
});

test.each(textbookRows.filter(({ kind }) => kind === "residual").map((row) => [row.id, row] as const))(
  "%s passes by 1e-12 max(1, largest |right|), in every instance",
  (_, row) => {
    expect(row.check().bound).toBe(1e-12);
    for (const each of row.comparisons?.() ?? []) {
      const wanted = each.right(each.facts);
      expect(wanted.length, each.label).toBe(each.left.length);
      const scale = Math.max(1, ...wanted.map(Math.abs));
      const worst = Math.max(0, ...wanted.map((entry, i) => Math.abs(entry - (each.left[i] ?? Number.NaN))));
      expect(worst <= 1e-12 * scale, each.label).toBe(true);
      expect(each.residual()).toBe(worst / scale);
    }
  },
);

test("an erratum is off by more than 1e-6, or has another shape", () => {
  for (const row of textbookRows.filter(({ kind }) => kind === "erratum")) expect(row.check().number, row.id).toBeGreaterThan(1e-6);
});
