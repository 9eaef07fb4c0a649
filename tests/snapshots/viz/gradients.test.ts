import {
  type Tensor,
  add,
  exp,
  grad,
  input,
  log,
  matmul,
  mul,
  name,
  neg,
  record,
  scope,
  sigmoid,
  square,
  sub,
  sum,
  tanh,
  tensor,
  valueAndGrad,
} from "@nabla/autodiff";
import { type Diagram, fromGraph, fromJson, fromTape, toDot, toJson, toSvg, toText, describe as inWords } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const [W, b, x, x0] = [input("W", [3, 2]), input("b", [3]), input("x", [2]), input("x", [])];
const cost = (p: { W: Tensor; b: Tensor }): Tensor => sum(square(sigmoid(add(matmul(p.W, x), p.b))));
const both = valueAndGrad(cost)({ W, b });

const rows = ({ nodes }: Diagram): string[] =>
  nodes.flatMap(({ gradient }) =>
    gradient === undefined ? [] : [`${gradient.symbol} = ${gradient.formula ?? JSON.stringify(gradient.value) ?? "not computed"}`],
  );
const back = ({ nodes, edges }: Diagram): string[] => {
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  return edges.flatMap(({ from, to, direction, label }) => (direction === "backward" ? [`${names.get(from) ?? ""} → ${names.get(to) ?? ""}: ${label}`] : []));
};

/** Numbered values and derivatives that some text of a picture names and no box or row is called. */
const nowhere = ({ nodes, edges }: Diagram): string[] => {
  const known = new Set(nodes.flatMap(({ name: box, gradient }) => [box, gradient?.symbol ?? box]));
  const texts = [...nodes.flatMap(({ operation, gradient }) => [operation, gradient?.formula ?? ""]), ...edges.map(({ label }) => label)];
  return texts.flatMap((text) =>
    [...text.matchAll(/∂[^\s()/]+\/∂[^\s()]+|(?<![∂\w])v\d+/g)].flatMap(([found]) => (known.has(found) ? [] : [`${found} in ${text}`])),
  );
};

describe("the gradient of a traced function", () => {
  const picture = fromGraph(both, { title: "both passes" });

  test("has its values above and its adjoints below, as formulas over each other", () => {
    expect(picture.nodes.map(({ name: box, operation, role }) => `${box} = ${operation}, ${role}`)).toEqual([
      "W = parameter, parameter",
      "b = parameter, parameter",
      "x = input, input",
      "v6 = matmul(W, x), operation",
      "v8 = add(v6, b), operation",
      "v9 = sigmoid(v8), operation",
      "v10 = square(v9), operation",
      "C = sum(v10), cost",
    ]);
    expect(rows(picture)).toEqual([
      "∂C/∂W = ∂C/∂v6 xᵀ",
      "∂C/∂b = σ′(v8) ⊙ ∂C/∂v9",
      "∂C/∂v6 = ∂C/∂b",
      "∂C/∂v8 = ∂C/∂b",
      "∂C/∂v9 = 2 ⊙ v9",
      "∂C/∂v10 = [[1],[1],[1]]",
      "∂C/∂C = [[1]]",
    ]);
  });

  test("has the local derivative on each arrow back, and says so in its legend", () => {
    expect(back(picture)).toEqual(["v6 → W: · xᵀ", "v8 → b: × 1", "v8 → v6: × 1", "v9 → v8: ⊙ σ′(v8)", "v10 → v9: ⊙ 2 ⊙ v9", "C → v10: × 1"]);
    const dot = toDot(picture);
    expect(dot.match(/ -> .*style="dashed"/g)).toHaveLength(6);
    expect(dot).toContain("forward, label = shape");
    expect(dot).toContain("backward, label = local derivative");
    expect(dot).not.toContain("gradient size");
  });

  test("is the same from the gradient alone, in every fold, and in JSON, in words and in a terminal", () => {
    expect(fromGraph(grad(cost)({ W, b }), { title: "both passes" }).nodes.map(({ name: box }) => box)).toEqual(picture.nodes.map(({ name: box }) => box));
    expect(back(fromGraph(grad(cost)({ W, b })))).toEqual(back(picture));
    expect(back(fromGraph(both, { fold: "none" }))).toEqual(back(picture));
    expect(back(fromGraph(both, { fold: "named" }))).toEqual(["C → W: product of 3 factors", "C → b: ⊙ 2 ⊙ σ(W x + b) ⊙ σ′(W x + b)"]);
    expect(fromJson(toJson(picture))).toEqual(picture);
    expect(inWords(picture).description).toContain("∂C/∂W is ∂C/∂v6 xᵀ");
    expect(toText(picture)).toContain("∂C/∂b = σ′(v8) ⊙ ∂C/∂v9");
  });

  test("keeps the scopes of layers: dashed arrows lead from one to the one before", () => {
    const deep = valueAndGrad((t: Tensor) => {
      const below = scope("layer 1", () => exp(exp(t)));
      return square(scope("layer 2", () => tanh(sigmoid(below))));
    })(input("t", []));
    expect(back(fromGraph(deep, { fold: "groups" }))).toEqual(["layer 2 → layer 1: ⊙ σ′(layer 1)", "C → layer 2: ⊙ 2 ⊙ layer 2"]);
  });

  test("has equations where they are given", () => {
    const [parameter] = fromGraph(both, { equations: { W: { tag: "BP4", rule: "δ xᵀ", agrees: true } } }).nodes;
    expect(parameter?.equation?.tag).toBe("BP4");
  });

  test("names only what has a box: what a twin computed is written out, and what a formula calls by its number has a box", () => {
    const y = input("y", []);
    const crossEntropy = (z: Tensor): Tensor => {
      const a = name(sigmoid(z), "a");
      return neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a)))));
    };
    const both = valueAndGrad((w: Tensor) => crossEntropy(name(mul(w, x0), "z")))(input("W", []));
    const named = fromGraph(both);
    expect(named.nodes.map(({ name: box, operation }) => `${box} = ${operation}`)).toEqual([
      "x = input",
      "y = input",
      "W = parameter",
      "z = W ⊙ x",
      "a = σ(z)",
      "v17 = y ⊙ log(a) + (1 - y) ⊙ log(1 - a)",
      "C = -v17",
    ]);
    expect(rows(named)).toContain("∂C/∂z = -(σ(-(-z)) ⊙ (1 - y) ⊙ ∂C/∂v17) + σ(-z) ⊙ y ⊙ ∂C/∂v17");
    for (const fold of ["named", "none"] as const) expect(nowhere(fromGraph(both, { fold }))).toEqual([]);
  });

  test("is not computed for a value that a twin steps over", () => {
    const twin = fromGraph(valueAndGrad((z: Tensor) => neg(sum(log(sigmoid(z)))))(input("z", [2])));
    expect(rows(twin)).toEqual(["∂C/∂z = σ(-z) ⊙ ∂C/∂v3", "∂C/∂v2 = not computed", "∂C/∂v3 = [[-1],[-1]]", "∂C/∂v4 = [[-1]]", "∂C/∂C = [[1]]"]);
    expect(back(twin)).toEqual(["v4 → v3: × 1", "C → v4: × -1", "v3 → z: ⊙ σ(-z)"]);
  });

  test("may be a value that was there before", () => {
    const product = fromGraph(valueAndGrad((p: { u: Tensor; v: Tensor }) => mul(p.u, p.v))({ u: input("u", []), v: input("v", []) }));
    expect(rows(product)).toEqual(["∂C/∂u = v", "∂C/∂v = u", "∂C/∂C = [[1]]"]);
    expect(back(product)).toEqual(["C → u: ⊙ v", "C → v: ⊙ u"]);
  });

  test("has a box for each step of the sweep when asked, and dashed arrows for what it passes on", () => {
    const boxes = fromGraph(both, { adjoints: "boxes" });
    expect(boxes.nodes.filter(({ role }) => role === "gradient").map(({ name: box, operation }) => `${box} = ${operation}`)).toEqual([
      "∂C/∂v9 = mul(2, v9)",
      "v14 = sigmoidPrime(v8)",
      "∂C/∂b = mul(v14, ∂C/∂v9)",
      "v17 = transpose(x)",
      "∂C/∂W = matmul(∂C/∂b, v17)",
    ]);
    expect(boxes.edges.filter(({ adjoint }) => adjoint).map(({ label }) => label)).toEqual(["⊙ v14", "· xᵀ"]);
    expect(toDot(boxes)).toContain("adjoint passed on, label = local derivative");
    expect(fromJson(toJson(boxes))).toEqual(boxes);
    expect(() => fromGraph(both, { adjoints: "lines" as "rows" })).toThrow('fromGraph: adjoints is "lines", want one of "rows", "boxes"');
  });

  test("keeps its dashed arrows where boxes are many and there are no numbers to tint", async () => {
    const long = grad((t: Tensor) => Array.from({ length: 30 }).reduce<Tensor>((y) => sigmoid(y), t))(input("t", []));
    const dot = toDot(fromGraph(long));
    expect(dot.match(/ -> .*style="dashed"/g)).toHaveLength(30);
    expect(await toSvg(dot)).toContain("stroke-dasharray");
  });
});

describe("the gradient of a gradient", () => {
  const t = input("t", []);
  const fourth = (u: Tensor): Tensor => square(square(u));
  const picture = fromGraph(grad(grad(fourth))(t));

  test("has the last sweep below the values, and the steps of the first as boxes of their own", () => {
    expect(picture.nodes.map(({ name: box, operation, role }) => `${box} = ${operation}, ${role}`)).toEqual([
      "t = parameter, parameter",
      "v3 = square(t), operation",
      "C = square(v3), operation",
      "∂C/∂v3 = mul(2, v3), gradient",
      "v8 = mul(2, t), gradient",
      "∂C/∂t = mul(v8, ∂C/∂v3), gradient",
    ]);
    expect(rows(picture)).toEqual([
      "∂²C/∂t² = 2 ⊙ t ⊙ ∂(∂C/∂t)/∂v3 + 2 ⊙ ∂C/∂v3",
      "∂(∂C/∂t)/∂v3 = 2 ⊙ v8",
      "∂(∂C/∂t)/∂(∂C/∂v3) = v8",
      "∂(∂C/∂t)/∂v8 = ∂C/∂v3",
      "∂(∂C/∂t)/∂(∂C/∂t) = [[1]]",
    ]);
    expect(back(picture)).toEqual(["v3 → t: ⊙ 2 ⊙ t", "∂C/∂v3 → v3: × 2", "v8 → t: × 2", "∂C/∂t → ∂C/∂v3: ⊙ v8", "∂C/∂t → v8: ⊙ ∂C/∂v3"]);
    expect(picture.edges.filter(({ adjoint }) => adjoint)).toHaveLength(1);
  });

  test("counts its order: the third derivative", () => {
    expect(fromGraph(grad(grad(grad(fourth)))(t)).nodes[0]?.gradient?.symbol).toBe("∂³C/∂t³");
  });

  test("on a tape has one box for a value that was watched twice", () => {
    const tape = record((u: Tensor) => square(grad(fourth)(u)), name(tensor(0.5), "x"));
    for (const fold of ["named", "none"] as const) expect(fromTape(tape, { fold }).nodes.filter(({ name: box }) => box === "x")).toHaveLength(1);
    expect(tape.nodes.every(({ formula }) => formula !== "")).toBe(true);
  });
});
