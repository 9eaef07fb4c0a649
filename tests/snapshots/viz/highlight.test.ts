import { type Tape, type Tensor, add, exp, mul, name, nested, record, sigmoid, sin, square, sum, tensor } from "@nabla/autodiff";
import { type PathSum, compare, network, pathSum } from "@nabla/mlp";
import { type GraphPicture, type NetworkDiagram, fromJson, fromNetwork, fromTape, pathsOf, toDot, toJson, toText, describe as inWords } from "@nabla/viz";
import { describe, expect, test } from "vitest";

/** C = e^z + z² with z = 2 w, at w = 0.5: two ways from w. */
const tape = record(
  (w: Tensor) => {
    const z = name(mul(w, 2), "z");
    return name(add(name(exp(z), "p"), name(square(z), "q")), "C");
  },
  name(tensor(0.5), "w"),
);
const ways = (slope: number): NonNullable<GraphPicture["paths"]> => [
  { through: ["w", "z", "p", "C"], factors: [2, Math.E, 1] },
  { through: ["w", "z", "q", "C"], factors: [2, slope, 1] },
];

describe("paths from a value to the cost", () => {
  const picture = fromTape(tape, { paths: ways(2) });

  test("are written as products with their sum, which is what the tape has", () => {
    expect(picture.notes).toEqual([
      "w → z → p → C:  2.0 × 2.7183 × 1.0 = 5.4366",
      "w → z → q → C:  2.0 × 2.0 × 1.0 = 4.0",
      "∂C/∂w = sum over 2 paths = 9.4366  ✓ as on the tape",
    ]);
    expect(inWords(picture).description).toContain("sum over 2 paths = 9.4366");
  });

  test("say so when they do not add up", () => {
    expect(fromTape(tape, { paths: ways(3) }).notes?.at(-1)).toBe("∂C/∂w = sum over 2 paths = 11.4366  ✗ on the tape 9.4366");
    expect(fromTape(tape, { paths: ways(2).slice(1) }).notes?.at(-1)).toBe("∂C/∂w = the product = 4.0  ✗ on the tape 9.4366");
  });

  test("are drawn heavier, in both directions, and outlive JSON", () => {
    const heavy = (dot: string): number => dot.split("\n").filter((line) => line.includes('penwidth="3.2"')).length;
    expect(heavy(toDot(picture))).toBe(10);
    expect(heavy(toDot(fromTape(tape)))).toBe(0);
    expect(fromJson(toJson(picture))).toEqual(picture);
  });

  test.each<[string, NonNullable<GraphPicture["paths"]>, string]>([
    ["pass what is not there", [{ through: ["w", "q", "C"], factors: [1, 1] }], "no arrow leads from w to q in this picture"],
    ["begin at two values", [...ways(2), { through: ["z", "C"], factors: [1] }], "fromTape: the paths begin at w and at z"],
    ["have too few factors", [{ through: ["w", "z"], factors: [] }], "fromTape: the path w → z has 2 values and 0 factors, want one factor less than values"],
  ])("are refused when they %s", (_, paths, message) => {
    expect(() => fromTape(tape, { paths })).toThrow(message);
  });
});

describe("paths read off a tape of scalars", () => {
  test("are those written by hand", () => {
    expect(pathsOf(tape, "w").toSorted((a, b) => (a.through[2] ?? "") < (b.through[2] ?? "") ? -1 : 1)).toEqual(ways(2)); // prettier-ignore
  });

  test("are as many as the widths of the layers multiply to, and their products sum to the gradient", () => {
    const weights = Array.from({ length: 15 }, (_, at) => name(tensor(Math.sin(at + 1)), `w${at}`));
    const deep = record((w: Tensor) => {
      let layer = [name(mul(w, 0.3), "h0_0"), name(mul(w, -0.7), "h0_1"), name(mul(w, 1.1), "h0_2")];
      for (let l = 1; l <= 2; l++)
        layer = layer.map((_, j) => name(sigmoid(layer.reduce((sum, a, k) => add(sum, mul(a, Math.sin(l + 3 * j + 7 * k))), tensor(0))), `h${l}_${j}`));
      return name(
        layer.reduce((sum, a) => add(sum, square(a)), tensor(0)),
        "C",
      );
    }, weights[0] as Tensor);
    const paths = pathsOf(deep, "w0");
    expect(paths).toHaveLength(27);
    expect(fromTape(deep, { paths }).notes?.at(-1)).toContain("✓ as on the tape");
  });

  test("are refused where there is no such name, no scalar, or too many", () => {
    expect(() => pathsOf(tape, "v")).toThrow('no value on the tape is called "v"; name it, or take one of w, z, p, q, C');
    const vectors = record((x: Tensor) => name(sum(exp(x)), "C"), name(tensor([1, 2]), "x"));
    expect(() => pathsOf(vectors, "x")).toThrow("the step from exp(x) to sum(exp(x)) has 2 derivatives as numbers, want 1: paths lead through scalars");
    const doubling = record(
      (x: Tensor) => {
        let y = x;
        for (let i = 0; i < 20; i++) y = add(y, y);
        return y;
      },
      name(tensor(1), "x"),
    );
    expect(() => pathsOf(doubling, "x")).toThrow("1048576 paths lead from x to the output");
  });
});

describe("a network as the textbooks draw it", () => {
  test("counts the input layer as 1 when asked, and names activations and weights so", () => {
    const { columns, connections } = fromNetwork({ sizes: [2, 2, 1], inputLayer: 1, weightNames: true });
    expect(columns.map(({ details, neurons }) => [details[0], ...neurons.map(({ label }) => label)])).toEqual([
      ["l = 1", "a¹₁", "a¹₂"],
      ["l = 2", "a²₁", "a²₂"],
      ["L = 3", "a³₁"],
    ]);
    expect(connections.map(({ label }) => label)).toEqual(["w²₁₁", "w²₂₁", "w²₁₂", "w²₂₂", "w³₁₁", "w³₁₂"]);
  });

  test("has arrows out of its outputs, gaps in its columns and weights of any name", () => {
    const picture = fromNetwork({ sizes: [3, 1], names: [["x₁", "⋮", "xₙ"], ["y"]], weightNames: [[["u", "", "v"]]], outputs: ["output"], look: "ink" });
    expect(picture.connections.map(({ label }) => label)).toEqual(["u", "v"]);
    const dot = toDot(picture);
    expect(dot).toContain('"n1_1" -> "o_n1_1"');
    expect(dot).toContain('label="  output"');
    expect(fromJson(toJson(picture))).toEqual(picture);
  });

  test("fills its neurons by what they hold: colour by sign, depth by size", () => {
    const fills = (sample: readonly number[]): string[] =>
      [...toDot(fromNetwork({ sizes: [3, 1], sample: [sample, [0.5]] })).matchAll(/"n0_\d".*fillcolor="(#\w+)"/g)].map(([, fill = ""]) => fill);
    const [none, some, most] = fills([0, 0.5, 1]);
    expect(new Set([none, some, most]).size).toBe(3);
    expect(fills([0, -0.5, 1])[1]).not.toBe(some);
    expect(fills([0, 5, 10])).toEqual([none, some, most]);
  });

  test("marks the connections of paths, and writes what is said of them", () => {
    const picture = fromNetwork({ sizes: [1, 2, 1], highlight: { from: 0, paths: [[0, 0, 0], [0, 1, 0]], notes: ["both ways"] } }); // prettier-ignore
    expect(picture.connections.filter(({ marked }) => marked)).toHaveLength(4);
    expect(toDot(picture)).toContain("both ways");
    const one = fromNetwork({ sizes: [2, 3, 1], highlight: { from: 1, paths: [[2, 0]] } });
    expect(one.connections.filter(({ marked }) => marked).map(({ from, to }) => `${from} ${to}`)).toEqual(["n1_3 n2_1"]);
    expect(() => fromNetwork({ sizes: [1, 2, 1], highlight: { from: 0, paths: [[0, 2, 0]] } })).toThrow(
      "passes neuron 2 of a layer that has 2, counted from 0",
    );
  });
});

describe("all paths of a weight in a network", () => {
  const net = network({ sizes: [2, 2, 2, 2], activations: ["tanh", "tanh", "sigmoid"], key: 6 });
  const sums = (options?: { readonly limit: number }): PathSum => pathSum(net, "quadratic", [[0.6, -1]], [[1, 0]], { layer: 1, to: 0, from: 0 }, options);
  const picture = fromNetwork({ sizes: [2, 2, 2, 2], weights: net.parameters.layers.map(({ W }) => nested(W) as number[][]), paths: sums() });

  test("are numbered and written as products with their sum, which is the gradient", () => {
    const lines = [
      "① w¹₁₁ → a¹₁ → a²₁ → a³₁ → C:  0.5035 × 0.6250 × 0.1319 × -0.4727 = -0.0196",
      "② w¹₁₁ → a¹₁ → a²₁ → a³₂ → C:  0.5035 × 0.6250 × -0.1182 × 0.5111 = -0.0190",
      "③ w¹₁₁ → a¹₁ → a²₂ → a³₁ → C:  0.5035 × 0.1959 × -0.5141 × -0.4727 = 0.0240",
      "④ w¹₁₁ → a¹₁ → a²₂ → a³₂ → C:  0.5035 × 0.1959 × 0.1104 × 0.5111 = 0.0056",
      "∂C/∂w¹₁₁ = sum over 4 paths = -0.0091  ✓ as backpropagated",
    ];
    expect(picture.paths?.map(({ sign }) => sign)).toEqual(["①", "②", "③", "④"]);
    expect(picture.notes).toEqual(lines.slice(-1));
    expect(toText(picture).split("\n").slice(0, 5)).toEqual(lines);
    expect(inWords(picture).description).toBe(`${lines.join(". ")}. A network of 2 inputs, 2 neurons, 2 neurons, 2 neurons.`);
    const slope = compare(net, "quadratic", [[0.6, -1]], [[1, 0]]).rows.find(({ layer, quantity }) => layer === 1 && quantity === "∂C/∂W");
    expect(slope?.agrees).toBe(true);
  });

  test("have their local derivatives on their lines, and those of the cost behind the outputs", () => {
    expect(picture.connections.filter(({ marked }) => marked).map(({ label }) => label)).toEqual([
      "①–④ × 0.5035",
      "①② × 0.6250",
      "③④ × 0.1959",
      "① × 0.1319",
      "② × -0.1182",
      "③ × -0.5141",
      "④ × 0.1104",
    ]);
    expect(picture.connections.find(({ marked }) => !marked)?.label).toMatch(/^w¹₂₁ = /);
    expect(picture.columns.at(-1)?.neurons.map(({ output }) => output)).toEqual(["× ∂C/∂a³₁ = -0.4727", "× ∂C/∂a³₂ = 0.5111"]);
    expect(fromJson(toJson(picture))).toEqual(picture);
  });

  test("say when they are not all there, or do not sum to what they should", () => {
    const one = fromNetwork({ sizes: [2, 2, 2, 2], paths: sums({ limit: 1 }) });
    expect(one.paths).toHaveLength(1);
    expect(one.notes).toEqual(["and 3 more paths, which add 0.0105", "∂C/∂w¹₁₁ = sum over 4 paths = -0.0091"]);
    expect(fromNetwork({ sizes: [2, 2, 2, 2], paths: { ...sums(), sum: 1 } }).notes?.at(-1)).toBe(
      "∂C/∂w¹₁₁ = sum over 4 paths = 1.0  ✗ the listed products sum to -0.0091",
    );
    const bias = pathSum(net, "quadratic", [[0.6, -1]], [[1, 0]], { layer: 3, to: 1, from: "bias" });
    const told = fromNetwork({ sizes: [2, 2, 2, 2], paths: bias });
    expect(told.paths).toHaveLength(1);
    expect(told.notes?.at(-1)).toContain("∂C/∂b³₂ = the product = ");
    expect(told.connections.some(({ marked }) => marked)).toBe(false);
  });

  /** The layers as they are drawn, and every line of the picture that stands out. */
  const wide = (sizes: readonly number[], place: PathSum["place"], options?: { readonly limit: number }): NetworkDiagram => {
    const big = network({ sizes, activations: sizes.slice(1).map(() => "tanh" as const), key: 2 });
    const [x = 0, y = 0] = [sizes[0], sizes.at(-1)];
    const given = pathSum(big, "quadratic", [Array.from({ length: x }, (_, i) => Math.sin(i))], [Array.from({ length: y }, () => 1)], place, options);
    return fromNetwork({ sizes, paths: given });
  };
  const red = ({ connections }: NetworkDiagram): string[] => connections.filter(({ marked }) => marked).map(({ from, to }) => `${from} ${to}`);

  test("are all written up to 40, in the picture and in the terminal, and the others are counted and added up", () => {
    const all = wide([3, 5, 5, 3], { layer: 1, to: 0, from: 0 });
    expect(all.paths?.map(({ sign }) => sign)).toEqual(Array.from({ length: 15 }, (_, at) => `(${at + 1})`));
    expect(all.notes).toHaveLength(1);
    const numbers = ["(1–15)", "(1–3)", "(4–6)", "(7–9)", "(10–12)", "(13–15)", ...Array.from({ length: 15 }, (_, at) => `(${at + 1})`)];
    expect(all.connections.filter(({ marked }) => marked).map(({ label }) => label?.replace(/ × .*/, ""))).toEqual(numbers);
    expect([...toDot(all).matchAll(/= ?<\/FONT>/g)]).toHaveLength(15);
    const more = wide([2, 10, 20, 10], { layer: 1, to: 0, from: 0 });
    expect(more.paths).toHaveLength(40);
    const written = (more.paths ?? []).reduce((sum, { product }) => sum + product, 0);
    const [rest = "", sum = ""] = (more.notes ?? []).map((note) => /-?[\d.]+(?:e-\d+)?(?=$|  ✓)/.exec(note)?.[0]);
    expect(more.notes?.[0]).toMatch(/^and 160 more paths, which add /);
    expect(Math.abs(written + Number(rest) - Number(sum))).toBeLessThan(2e-4);
  });

  test("run through the ellipsis of a wide layer", () => {
    const picture = wide([2, 2, 12, 2], { layer: 1, to: 1, from: 1 });
    const through = picture.connections.filter(({ from, to }) => `${from}${to}`.includes("m"));
    expect(through.map(({ from, to, label, marked }) => `${from} ${to} ${label} ${marked}`)).toEqual([
      "n1_2 m2 14 paths true",
      "m2 n3_1 7 paths true",
      "m2 n3_2 7 paths true",
    ]);
    expect(toDot(picture)).toMatch(/"n1_2" -> "m2" \[color="#970C23"/);
    expect(red(wide([20, 9, 1], { layer: 1, to: 4, from: 10 }))).toEqual(["m0 m1", "m1 n2_1"]);
    const one = fromNetwork({ sizes: [20, 9, 1], highlight: { from: 0, paths: [[10, 0, 0], [0, 5, 0]] } }); // prettier-ignore
    expect(red(one)).toEqual(["n0_1 m1", "m0 n1_1", "n1_1 n2_1", "m1 n2_1"]);
    expect(fromJson(toJson(picture))).toEqual(picture);
  });

  test("name the weight as its line is named, also where the input layer is counted as 1", () => {
    const nielsen = fromNetwork({ sizes: [2, 2, 2, 2], inputLayer: 1, weightNames: true, paths: sums() });
    expect(nielsen.paths?.[0]?.through).toEqual(["w²₁₁", "a²₁", "a³₁", "a⁴₁", "C"]);
    expect(nielsen.connections.find(({ marked }) => !marked)?.label).toBe("w²₂₁");
    expect(nielsen.notes?.at(-1)).toContain("∂C/∂w²₁₁ = ");
  });

  test("stand out whether they are listed or not", () => {
    const place = { layer: 1, to: 1, from: 0 };
    expect(red(wide([2, 3, 12, 2], place, { limit: 3 }))).toEqual(red(wide([2, 3, 12, 2], place)));
    expect(red(wide([2, 3, 12, 2], { ...place, from: "bias" }, { limit: 0 }))).toEqual(red(wide([2, 3, 12, 2], { ...place, from: "bias" })));
  });

  test("are refused where they do not fit the layers", () => {
    expect(() => fromNetwork({ sizes: [2, 2, 2], paths: sums() })).toThrow("has 3 neurons and 4 factors, want 2 and 3 in a 2-2-2 network");
    expect(() => fromNetwork({ sizes: [2, 2, 1, 2], paths: sums() })).toThrow("passes neuron 1 of a layer that has 1, counted from 0");
    expect(() => fromNetwork({ sizes: [2, 2, 2, 2], paths: { ...sums(), place: { layer: 1, to: 1, from: 0 } } })).toThrow(
      "begins at neuron 0, and its weight belongs to neuron 1",
    );
    expect(() => fromNetwork({ sizes: [2, 2, 2, 2], paths: { ...sums(), place: { layer: 1, to: 0, from: 5 } } })).toThrow("has a weight from neuron 5");
  });
});

test("up to 40 paths on a tape are written with their products, and what the others add", () => {
  const branching = (stages: number): Tape =>
    record(
      (w: Tensor) => {
        let at = w;
        for (let stage = 1; stage <= stages; stage++) at = name(add(name(mul(at, 0.5), `p${stage}`), name(sin(at), `q${stage}`)), `s${stage}`);
        return at;
      },
      name(tensor(0.7), "w"),
    );
  const notes = (stages: number): readonly string[] => {
    const tape = branching(stages);
    return fromTape(tape, { paths: pathsOf(tape, "w") }).notes ?? [];
  };
  const [few, many] = [notes(5), notes(6)];
  expect(few).toHaveLength(33);
  expect(few.at(-1)).toMatch(/sum over 32 paths = .* ✓ as on the tape$/);
  expect(many).toHaveLength(42);
  expect(many[40]).toMatch(/^and 24 more paths, which add [-\d.e]+$/);
  expect(many.at(-1)).toMatch(/sum over 64 paths = .* ✓ as on the tape$/);
});
