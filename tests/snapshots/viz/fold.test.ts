import { type Tape, type Tensor, add, exp, name, record, scope, tanh, tensor } from "@nabla/autodiff";
import { fromTape } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { type Sketch, handMade } from "./hand-made.ts";

const backward = (tape: ReturnType<typeof handMade>, words: Parameters<typeof fromTape>[1] = {}): string[] =>
  fromTape(tape, { fold: "named", ...words })
    .edges.filter(({ direction }) => direction === "backward")
    .map(({ label }) => label);

/** x, then steps with these local derivatives one after the other, then C. */
const chain = (...locals: readonly string[]): ReturnType<typeof handMade> =>
  handMade([{ name: "x" }, ...locals.map((local, at): Sketch => ({ uses: [[at, local]], ...(at === locals.length - 1 && { name: "C" }) }))]);

describe("folding", () => {
  test("keeps a box for each name and says what the box stands for", () => {
    const tape = handMade([{ name: "x" }, { op: "exp", uses: [[0, "v1"]] }, { op: "log", uses: [[1, "1 / v1"]] }, { name: "C", op: "sum", uses: [[2, "1"]] }]);
    const { nodes, edges } = fromTape(tape, { fold: "named" });
    expect(nodes.map(({ name, folded }) => [name, folded])).toEqual([
      ["x", undefined],
      ["C", ["exp", "log"]],
    ]);
    expect(edges.map(({ from, to, direction }) => `${from} ${direction} ${to}`)).toEqual(["t00 forward t03", "t03 backward t00"]);
  });

  test.each([
    [["σ′(z)"], "⊙ σ′(z)"],
    [["1", "1"], "× 1"],
    [["2"], "× 2"],
    [["W ·", "1"], "W ·"],
    [["W ·", "σ′(z)"], "W (· ⊙ σ′(z))"],
    [["a", "b", "1"], "⊙ b ⊙ a"],
    [["b + c"], "⊙ (b + c)"],
    [["b - c", "x > 0"], "⊙ (x > 0) ⊙ (b - c)"],
    [["-(a + b)", "f(a, b - c)"], "⊙ f(a, b - c) ⊙ -(a + b)"],
    [["W ·", "b + c"], "W (· ⊙ (b + c))"],
    [["A ·", "B ·"], "A (B ·)"],
    [["· xᵀ", "B ·"], "(B ·) xᵀ"],
  ])("multiplies the local derivatives %j from the use to the operand", (locals, label) => {
    expect(backward(chain(...locals))).toEqual([label]);
  });

  test("counts the factors of a product that is too long to write", () => {
    expect(backward(chain(...Array.from({ length: 7 }, (_, at) => `factor(${at})`)))).toEqual(["product of 7 factors"]);
  });

  test("adds the ways by which a value is used twice", () => {
    const tape = handMade([{ name: "x" }, { uses: [[0, "2"]] }, { uses: [[0, "x"]] }, { name: "C", uses: [[1, "1"], [2, "1"]] }]); // prettier-ignore
    expect(backward(tape)).toEqual(["· ⊙ x + · × 2"]);
    expect(fromTape(tape, { fold: "named" }).nodes[0]?.gradient?.summands).toBe(2);
  });

  test("writes a square as two ways from one operand", () => {
    const tape = handMade([{ name: "x" }, { name: "C", uses: [[0, "x"], [0, "x"]] }]); // prettier-ignore
    expect(backward(tape)).toEqual(["· ⊙ x + · ⊙ x"]);
  });

  test("visits a step once however many ways lead through it", () => {
    const doubling = Array.from({ length: 200 }, (_, at): Sketch => ({ uses: [[at, "1"], [at, "1"]] })); // prettier-ignore
    const tape = handMade([{ name: "x" }, ...doubling, { name: "C", uses: [[200, "1"]] }]);
    expect(backward(tape)).toEqual([`Σ over ${2 ** 200} ways`]);
  });

  test("walks 100,000 steps without recursion", () => {
    const deep = handMade([
      { name: "x" },
      ...Array.from({ length: 100_000 }, (_, at): Sketch => ({ uses: [[at, "1"]] })),
      { name: "C", uses: [[100_000, "1"]] },
    ]);
    expect(backward(deep)).toEqual(["× 1"]);
  });

  test("gives one box to a value and the name given to it", () => {
    const tape = handMade([
      { name: "x" },
      { op: "sigmoid", formula: "σ(x)", uses: [[0, "σ′(x)"]] },
      { op: "alias", name: "a", formula: "σ(x)", uses: [[1, "1"]] },
      { op: "alias", name: "a", formula: "σ(x)", uses: [[2, "1"]] },
      { name: "C", uses: [[3, "1"]] },
    ]);
    expect(fromTape(tape).nodes.map(({ name }) => name)).toEqual(["x", "a", "C"]);
    expect(fromTape(tape, { fold: "none" }).nodes.map(({ name, operation }) => `${name}: ${operation}`)).toEqual(["x: input", "a: sigmoid(x)", "C: op(a)"]);
  });

  test("shows every step where nothing has a name, without broadcasts and bare constants", () => {
    const tape = handMade([
      {},
      { role: "constant", formula: "2" },
      { implicit: true, formula: "2", uses: [[1, "1"]] },
      { op: "mul", uses: [[0, "2"], [2, "v0"]] }, // prettier-ignore
      { op: "sum", uses: [[3, "1"]] },
    ]);
    expect(fromTape(tape).nodes.map(({ name, operation }) => `${name}: ${operation}`)).toEqual(["v0: input", "v3: mul(v0, 2)", "C: sum(v3)"]);
  });
});

describe("what flows back", () => {
  const tape = handMade([
    { name: "x", adjoint: [3] },
    { name: "w", adjoint: [4] },
    { name: "y", role: "constant" },
    { name: "dead", adjoint: undefined },
    { name: "C", uses: [[0, "w"], [1, "x"], [2, "1"], [3, "0"]] }, // prettier-ignore
  ]);
  const gradients = (words: Parameters<typeof fromTape>[1]): Record<string, unknown> =>
    Object.fromEntries(fromTape(tape, words).nodes.map(({ name, gradient }) => [name, gradient && (gradient.value ?? "not computed")]));

  test("reaches the inputs where nothing is trained", () => {
    expect(gradients({})).toEqual({ x: [[3]], w: [[4]], y: undefined, dead: "not computed", C: [[1]] });
  });

  test("reaches the parameters where there are some, and leaves the data alone", () => {
    expect(gradients({ roles: { w: "parameter" } })).toEqual({ x: undefined, w: [[4]], y: undefined, dead: undefined, C: [[1]] });
  });

  test("has no arrow where no gradient was computed", () => {
    expect(backward(tape)).toEqual(["⊙ w", "⊙ x"]);
  });

  test("is called what the caller calls it", () => {
    expect(backward(tape, { labels: { "C→x": "mine" } })).toEqual(["mine", "⊙ x"]);
    expect(fromTape(tape, { names: { x: "x = a⁰" }, symbols: { x: "δ" } }).nodes[0]).toMatchObject({ name: "x = a⁰", gradient: { symbol: "δ" } });
  });
});

test("a value may be called like something that every object has", () => {
  const tape = handMade([{ name: "constructor" }, { name: "toString", uses: [[0, "1"]] }]);
  expect(fromTape(tape, { names: {}, roles: {}, operations: {}, symbols: {}, equations: {}, labels: {} }).nodes.map(({ name, role }) => [name, role])).toEqual([
    ["constructor", "input"],
    ["toString", "cost"],
  ]);
});

describe("places", () => {
  test("parameters and constants stand beside their first use, the longest chain is straight", () => {
    const tape = handMade([
      { name: "x" },
      { name: "W", shape: [2, 2] },
      { name: "b", shape: [2] },
      { name: "y", role: "constant" },
      { name: "z", uses: [[0, "1"], [1, "1"], [2, "1"]] }, // prettier-ignore
      { name: "C", uses: [[4, "1"], [3, "1"], [0, "1"], [1, "1"]] }, // prettier-ignore
    ]);
    const { nodes, edges } = fromTape(tape, { roles: { W: "parameter", b: "parameter" } });
    expect(nodes.map(({ name, place }) => `${name} ${place.side}${place.side === "line" ? "" : ` ${place.of}`}`)).toEqual([
      "x line",
      "W above t04",
      "b below t04",
      "y above t05",
      "z line",
      "C line",
    ]);
    expect(edges.filter(({ spine, direction }) => spine && direction === "forward").map(({ from, to }) => `${from} ${to}`)).toEqual(["t00 t04", "t04 t05"]);
  });
});

describe("a recording in which", () => {
  const steps = (count: number) => (x: Tensor) => Array.from({ length: count }).reduce((at: Tensor) => tanh(at), x);
  const start = tensor(0.3);
  const chains = (count: number): readonly Tape[] => [
    record(steps(count), start),
    record(steps(count), name(start, "x")),
    record(({ x }: { x: Tensor }) => steps(count)(x), { x: start }),
    record((x: Tensor) => name(steps(count)(x), "C"), name(start, "x")),
  ];

  test.each([5, 500])("only arguments and the result have names has a box for each step, or says what it folded: %d steps", (count) => {
    const [bare, ...named] = chains(count).map((tape) => fromTape(tape));
    expect(bare?.nodes).toHaveLength(count === 5 ? 6 : 24);
    expect(bare?.subtitle).toBe(count === 5 ? "" : '501 steps folded into 24 boxes; open one by its name: open: ["steps 1 to 22"]');
    for (const { nodes, subtitle } of named) {
      expect(nodes).toHaveLength(bare?.nodes.length ?? 0);
      expect(subtitle).toBe(bare?.subtitle);
    }
  });

  test("an argument is named once more, however often, has a box for each step", () => {
    const { nodes } = fromTape(record((x: Tensor) => steps(3)(name(name(x, "x"), "x")), start));
    expect(nodes.map(({ name: label }) => label)).toEqual(["v0", "x", "v3", "v4", "C"]);
  });

  test("a hundred scopes have a hundred steps each is folded into the scopes", () => {
    const tape = record(
      (x: Tensor) => Array.from({ length: 100 }, (_, at) => at).reduce((at, k) => scope(`layer ${k + 1}`, () => steps(100)(at)), x),
      name(start, "x"),
    );
    expect(fromTape(tape).subtitle).toBe('10,001 steps folded into 21 boxes; open one by its name: open: ["layer 1 to layer 5"]');
  });

  test("a value in between has a name is folded by names, also where it only adds a number to an argument", () => {
    const kept = record((x: Tensor) => exp(exp(name(add(x, 3), "y"))), name(start, "x"));
    expect(fromTape(kept).nodes.map(({ name: label }) => label)).toEqual(["x", "y", "C"]);
  });

  test("names hide more than a few steps says how many, after what the caller says, and what shows them", () => {
    const hiding = (count: number, subtitle?: string): string =>
      fromTape(
        record((x: Tensor) => tanh(name(steps(count)(x), "mid")), start),
        { ...(subtitle !== undefined && { subtitle }) },
      ).subtitle;
    expect(hiding(9)).toBe("");
    expect(hiding(10)).toBe('9 steps without a name folded into 2 boxes; fold: "none" shows each');
    expect(hiding(2001, "mine")).toBe('mine · 2,000 steps without a name folded into 2 boxes; fold: "none" shows each');
  });

  test("a box hides very many steps names the first and counts the others", () => {
    const [, box] = fromTape(chains(500)[1] as Tape, { fold: "named" }).nodes;
    expect(box?.folded).toHaveLength(30);
    expect(box?.folded?.slice(-2)).toEqual(["tanh", "470 more"]);
    expect(box?.members).toHaveLength(500);
  });
});
