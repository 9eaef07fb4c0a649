import { type Tape, type TapeEdge, type Tensor, add, exp, matmul, mul, name, record, sin, softmax, square, sum, tensor, transpose } from "@nabla/autodiff";
import { explain, network } from "@nabla/mlp";
import { type GraphPicture, fromTape, toHtml } from "@nabla/viz";
import { describe, expect, test } from "vitest";

type Block = readonly (readonly number[])[];

/** The backward steps of a page: their heading, and what stands in the box with the numbers. */
async function backward(tape: Tape, picture: GraphPicture = {}): Promise<{ readonly symbol: string; readonly product: string; readonly text: string }[]> {
  const html = await toHtml(fromTape(tape, picture), { tape });
  return html
    .split("\n")
    .filter((line) => /^(<ol[^>]*>)?<li hidden data-direction="backward"/.test(line))
    .map((line) => ({
      symbol: /<h2>(.*?)<\/h2>/.exec(line)?.[1] ?? "",
      product: /<div class="product">(.*)<\/div>/.exec(line)?.[1] ?? "",
      text: line.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " "),
    }));
}

/** Blocks of numbers and signs in the order in which they stand. */
function tokens(product: string): (Block | string)[] {
  return [...product.matchAll(/<table[^>]*>(.*?)<\/table>|<span class="n">(.*?)<\/span>/g)].map(([, table, alone = ""]) => {
    if (table !== undefined)
      return [...table.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = ""]) => [...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, each]) => Number(each)));
    return alone !== "" && Number.isFinite(Number(alone)) ? [[Number(alone)]] : alone;
  });
}

/** What a reader gets who works out the left side by hand, and what the page says it is. */
function worked(product: string): { readonly computed: Block; readonly said: Block } | undefined {
  const all = tokens(product);
  const equals = all.indexOf("=");
  if (equals <= 0) return undefined;
  let at = 0;
  const atom = (): Block => {
    const token = all[at++];
    if (token !== "(") return token as Block;
    const inside = sums();
    at += 1;
    return inside;
  };
  const sums = (): Block => {
    let sofar = products();
    while (all[at] === "+") {
      at += 1;
      sofar = entrywise(sofar, products(), (a, b) => a + b);
    }
    return sofar;
  };
  const products = (): Block => {
    let sofar = atom();
    for (;;) {
      const token = all[at];
      if (token === "⊙" || token === "×") {
        at += 1;
        sofar = entrywise(sofar, atom(), (a, b) => a * b);
      } else if (token === "(" || typeof token === "object") sofar = times(sofar, atom());
      else return sofar;
    }
  };
  const computed = sums();
  expect(at, "everything before = is read").toBe(equals);
  return { computed, said: all[equals + 1] as Block };
}

/** Entry by entry, where a number alone goes with every entry. */
function entrywise(a: Block, b: Block, f: (a: number, b: number) => number): Block {
  if (b.length === 1 && b[0]?.length === 1) return a.map((row) => row.map((each) => f(each, b[0]?.[0] ?? Number.NaN)));
  if (a.length === 1 && a[0]?.length === 1) return b.map((row) => row.map((each) => f(a[0]?.[0] ?? Number.NaN, each)));
  expect([b.length, b[0]?.length]).toEqual([a.length, a[0]?.length]);
  return a.map((row, at) => row.map((each, column) => f(each, b[at]?.[column] ?? Number.NaN)));
}

function times(a: Block, b: Block): Block {
  expect(b.length, "columns meet rows").toBe(a[0]?.length);
  return a.map((row) => (b[0] ?? []).map((_, column) => row.reduce((total, each, at) => total + each * (b[at]?.[column] ?? Number.NaN), 0)));
}

const x = name(tensor([0.3, -0.7, 1.2]), "x");
const W = name(tensor([[0.5, -1, 0.2], [0.8, 0.1, -0.4]]), "W"); // prettier-ignore
const net = (
  cost: "quadratic" | "binaryCrossEntropy" | "categoricalCrossEntropy",
  outputs: number,
): { readonly tape: Tape; readonly picture: GraphPicture } => {
  const last = cost === "categoricalCrossEntropy" ? "softmax" : "sigmoid";
  const lesson = explain(
    network({ sizes: [2, 3, outputs], activations: ["tanh", last], key: 3 }),
    cost,
    [0.6, -1],
    Array.from({ length: outputs }, (_, at) => (at === 0 ? 1 : 0)),
  );
  return { tape: lesson.tape, picture: lesson };
};

test.each<[string, { readonly tape: Tape; readonly picture?: GraphPicture }]>([
  ["a network with a quadratic cost", net("quadratic", 2)],
  ["a network with a binary cross-entropy", net("binaryCrossEntropy", 1)],
  ["a network with softmax and cross-entropy", net("categoricalCrossEntropy", 3)],
  ["a matrix product", { tape: record((w: Tensor, v: Tensor) => sum(square(matmul(w, v))), W, x), picture: { fold: "none" } }],
  ["a product of matrices", { tape: record((w: Tensor) => sum(exp(matmul(w, transpose(w)))), W), picture: { fold: "none" } }],
  ["a product before steps without names", { tape: record((w: Tensor, v: Tensor) => sum(exp(mul(2, matmul(w, sin(v))))), W, x) }],
  ["softmax", { tape: record((v: Tensor) => sum(square(softmax(v))), x), picture: { fold: "none" } }],
  [
    "a value of many uses",
    { tape: record((v: Tensor) => Array.from({ length: 9 }, (_, k) => name(sum(sin(mul(v, k + 1))), `u${k}`)).reduce((a, b) => add(a, b)), x) },
  ],
])("what stands before = multiplies and adds up to what stands after it, in %s", async (_, { tape, picture }) => {
  const steps = (await backward(tape, picture)).map(({ symbol, product }) => ({ symbol, product, both: worked(product) }));
  const written = steps.filter(({ both }) => both !== undefined);
  expect(
    steps.filter(({ both }) => both === undefined).map(({ symbol }) => symbol),
    "only the seed has nothing before =",
  ).toEqual([steps[0]?.symbol]);
  for (const { symbol, both } of written) {
    const { computed, said } = both ?? { computed: [], said: [] };
    // The factors are written with four digits.
    const scale = Math.max(...said.flat().map(Math.abs), 1e-3);
    expect([computed.length, computed[0]?.length], symbol).toEqual([said.length, said[0]?.length]);
    computed.forEach((row, at) =>
      row.forEach((each, column) => expect(Math.abs(each - (said[at]?.[column] ?? Number.NaN)), symbol).toBeLessThan(0.02 * scale)),
    );
  }
});

describe("a tape that lacks", () => {
  const sound = record((v: Tensor) => sum(name(exp(v), "e")), x);
  /** The tape with the edges from x changed. */
  const without = (change: Partial<TapeEdge>): Tape => ({
    ...sound,
    nodes: sound.nodes.map((node) => ({ ...node, inputs: node.inputs.map((edge) => (edge.from === 0 ? { ...edge, ...change } : edge)) })),
  });
  const ofX = async (tape: Tape): Promise<string> => (await backward(tape)).find(({ symbol }) => symbol === "∂C/∂x")?.text ?? "";

  test("nothing shows the factor", async () => {
    expect(await ofX(sound)).toMatch(/∂C\/∂x = ∂C\/∂e ⊙ /);
  });

  test("a factor, or has one that does not multiply to the share, shows the share alone", async () => {
    const half = sound.nodes
      .flatMap(({ inputs }) => inputs)
      .find(({ from }) => from === 0)
      ?.partial?.map((each) => each / 2);
    for (const tape of [without({ partial: undefined, jacobian: undefined }), without({ partial: half, jacobian: undefined })]) {
      const text = await ofX(tape);
      expect(text).toContain("∂C/∂x = what comes back from exp(x) 1.3499 0.4966 3.3201 what comes back from exp(x) = 1.3499 0.4966 3.3201 ∂C/∂x");
      expect(text).not.toContain("⊙");
    }
  });

  test("a share, or has shares that do not add up, shows the adjoint alone", async () => {
    for (const tape of [without({ share: undefined }), without({ share: [1, 2, 3] })])
      expect(await ofX(tape)).toContain("∂C/∂x = 1.3499 0.4966 3.3201 ∂C/∂x The tape has no products that add up to this.");
  });
});

test("of many uses three are written out and the others summed", async () => {
  const uses = (count: number): Tape =>
    record((v: Tensor) => Array.from({ length: count }, (_, k) => name(sin(mul(v, k + 1)), `u${k}`)).reduce((a, b) => add(a, b)), name(tensor(0.1), "x"));
  const last = async (count: number): Promise<string> => (await backward(uses(count), { fold: "none" })).find(({ symbol }) => symbol === "∂C/∂x")?.text ?? "";
  expect(await last(4)).not.toContain("more");
  const text = await last(20);
  expect(text).toContain("+ … 17 more, their sum");
  expect(text.match(/∂C\/∂v\d+/g)?.length).toBeLessThanOrEqual(6);
});
