import { type Tensor, add, grad, input, log, matmul, name, neg, record, scope, sigmoid, square, sum, tensor, valueAndGrad } from "@nabla/autodiff";
import { categoricalCrossEntropy, explain, network, objective } from "@nabla/mlp";
import { type Diagram, foldGroups, fromGraph, fromTape, toDot, toSvg } from "@nabla/viz";
import { describe, expect, test } from "vitest";

/** Value and gradient of a network for handwritten digits, traced by shapes alone. */
function digits(): { readonly both: { value: Tensor; gradient: { layers: { W: Tensor; b: Tensor }[] } }; readonly nodes: number } {
  const net = network({ sizes: [784, 128, 64, 10], activations: ["relu", "relu", "softmax"], key: 1 });
  const parameters = { layers: net.layers.map(({ inputs, outputs }, l) => ({ W: input(`W${l + 1}`, [outputs, inputs]), b: input(`b${l + 1}`, [outputs]) })) };
  const cost = objective(net, categoricalCrossEntropy);
  const both = valueAndGrad((p: typeof parameters) => cost(p, input("x", [32, 784]), input("y", [32, 10])))(parameters);
  const seen = new Set<Tensor>([both.value, ...both.gradient.layers.flatMap(({ W, b }) => [W, b])]);
  for (const each of seen) for (const operand of each.inputs) seen.add(operand);
  return { both, nodes: seen.size };
}

const membersOf = ({ nodes }: Diagram): string[] => [...new Set(nodes.flatMap(({ id, members }) => members ?? [id]))].toSorted();

describe("a graph folded into its layers", () => {
  const { both, nodes } = digits();
  const folded = fromGraph(both, { fold: "groups", title: "784-128-64-10" });
  const groups = folded.nodes.filter(({ lines }) => lines !== undefined).map(({ name: group }) => group);

  test("of a 784-128-64-10 network has at most 60 boxes and names every layer, in both passes", async () => {
    expect(groups).toEqual(["layer 1", "layer 2", "layer 3", "layer 3, backward", "layer 2, backward", "layer 1, backward"]);
    const svg = await toSvg(toDot(folded));
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(folded.nodes.length);
    expect(folded.nodes.length).toBeLessThanOrEqual(60);
    for (const group of groups) expect(svg).toContain(group);
  });

  test("says how many parameters a layer holds", () => {
    const said = folded.nodes.flatMap(({ lines = [] }) => lines.filter(({ label }) => label === "parameters").map(({ text }) => text));
    expect(said).toEqual(["100,480 = 128×784 + 128", "8,256 = 64×128 + 64", "650 = 10×64 + 10"]);
  });

  test("stands for every node of the graph, and shows every box again when all is opened", () => {
    expect(membersOf(folded)).toHaveLength(nodes);
    const full = fromGraph(both, { fold: "none" });
    const opened = fromGraph(both, { fold: "none", open: groups });
    expect(opened.nodes.map(({ id }) => id)).toEqual(full.nodes.map(({ id }) => id));
    expect(membersOf(opened)).toEqual(membersOf(folded));
    for (const group of groups) expect(membersOf(fromGraph(both, { fold: "groups", open: [group] }))).toEqual(membersOf(folded));
  });

  test("opens one layer in a frame", async () => {
    const one = fromGraph(both, { fold: "groups", open: ["layer 2"] });
    expect(one.nodes.map(({ name: box }) => box)).toEqual(expect.arrayContaining(["layer 1", "W2", "b2", "layer 3"]));
    expect(await toSvg(toDot(one))).toContain("cluster");
  });

  test("names the groups that there are when asked for one that is not", () => {
    expect(() => fromGraph(both, { open: ["layer 4"] })).toThrow('there is no group "layer 4" to open; there is layer 1, layer 2, layer 3, layer 3, backward');
  });
});

describe("a recorded pass folded into its layers", () => {
  const lesson = explain(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 }), "binaryCrossEntropy", [0.6, -1], [1]);
  const folded = fromTape(lesson.tape, { ...lesson, fold: "groups" });

  test("shows the sizes of the gradients of each layer, as the tape has them", () => {
    const bars = folded.nodes.find(({ name: box }) => box === "layer 1")?.bars ?? [];
    expect(bars.map(({ symbol }) => symbol)).toEqual(["‖∂C/∂W¹‖", "‖∂C/∂b¹‖", "‖δ¹‖"]);
    const W = lesson.tape.nodes.find((node) => node.name === "W¹" && node.adjoint !== undefined)?.adjoint ?? [];
    expect(bars[0]?.size).toBeCloseTo(Math.hypot(...W), 14);
  });

  test("keeps the local derivatives between the layers", () => {
    const backward = folded.edges.filter(({ direction }) => direction === "backward").map(({ label }) => label);
    expect(backward).toEqual(["(W²)ᵀ ·", "(a² - y) / (a²(1 - a²))"]);
  });
});

describe("a graph without scopes", () => {
  const chain = (length: number): Diagram => {
    let y = input("x", []);
    for (let i = 0; i < length; i++) y = sigmoid(y);
    return fromGraph(y);
  };

  test("of 10,000 nodes is folded into runs of steps, and says so and how to open one", async () => {
    const picture = chain(10_000);
    expect(picture.nodes.length).toBeLessThanOrEqual(62);
    expect(picture.subtitle).toMatch(/^10,001 steps folded into \d+ boxes; open one by its name: open: \["steps 1 to \d+"\]$/);
    expect(membersOf(picture)).toHaveLength(10_001);
    expect(await toSvg(toDot(picture))).toContain("steps 1 to");
  });

  test("opens a run, and a run within a run where it is long", () => {
    let y = input("x", []);
    for (let i = 0; i < 10_000; i++) y = sigmoid(y);
    const [first = ""] = fromGraph(y).nodes.map(({ name: box }) => box);
    const opened = fromGraph(y, { open: [first] });
    expect(opened.nodes.length).toBeGreaterThan(62);
    expect(opened.nodes.length).toBeLessThan(200);
    expect(membersOf(opened)).toHaveLength(10_001);
    const [inner = ""] = opened.nodes.map(({ name: box }) => box);
    const deeper = fromGraph(y, { open: [first, inner] });
    expect(deeper.nodes.some(({ operation }) => operation === "sigmoid(x)")).toBe(true);
  });
});

describe("a graph without data", () => {
  test("is drawn with shapes, and with the operations that the user wrote where a twin computes", () => {
    const z = input("z", [2]);
    const picture = fromGraph(neg(sum(log(sigmoid(z)))));
    expect(picture.nodes.map(({ operation }) => operation)).toEqual(["input", "sigmoid(z)", "log(v1)", "sum(v2)", "neg(v3)"]);
    expect(picture.nodes.every(({ value, gradient }) => value === undefined && gradient === undefined)).toBe(true);
  });

  test("of second order has the steps of both sweeps in a look of their own", () => {
    const x = input("x", []);
    const twice = grad((t: Tensor) => grad((u: Tensor) => sum(square(square(u))))(t));
    const picture = fromGraph({ value: sum(square(square(x))), gradient: twice(x) }, { fold: "none" });
    expect(picture.nodes.filter(({ role }) => role === "gradient").length).toBeGreaterThan(2);
    expect(picture.nodes.at(-1)).toMatchObject({ name: "∂C/∂x", role: "gradient" });
  });

  test("names what was differentiated by as parameters and gradients by their paths", () => {
    const both = valueAndGrad((p: { W: Tensor; b: Tensor }) => sum(square(add(matmul(p.W, input("x", [2])), p.b))))({
      W: input("W", [3, 2]),
      b: input("b", [3]),
    });
    const roles = Object.fromEntries(fromGraph(both).nodes.map(({ name: box, role }) => [box, role]));
    expect(roles).toMatchObject({ W: "parameter", b: "parameter", x: "input", C: "cost", "∂C/∂W": "gradient", "∂C/∂b": "gradient" });
  });
});

describe("numbers", () => {
  const tape = record((x: Tensor) => name(sum(square(scope("inside", () => name(sigmoid(x), "a")))), "C"), name(tensor([1, 2]), "x"));

  test("can be left out, which is not the same as not computed", () => {
    const { nodes } = fromTape(tape, { values: false });
    expect(nodes.every(({ value }) => value === undefined)).toBe(true);
    expect(nodes.map(({ gradient }) => gradient?.hidden)).toEqual([true, true, true]);
    const dot = toDot(fromTape(tape, { values: false }));
    expect(dot).not.toContain("not computed");
    expect(dot).toContain("∂C/∂a");
  });

  test("of a fold are those of the picture: nothing is folded twice", () => {
    const once = foldGroups(fromTape(tape));
    expect(foldGroups(once)).toEqual(once);
  });
});

test("where boxes are many, what is sent back shows on the forward edges", () => {
  let y: Tensor = name(tensor(0.5), "x");
  const tape = record((x: Tensor) => {
    y = x;
    for (let i = 0; i < 30; i++) y = sigmoid(y);
    return y;
  }, y);
  const dot = toDot(fromTape(tape, { fold: "none" }));
  const widths = [...dot.matchAll(/ -> .*penwidth="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(30);
  expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  expect(widths.at(-1)).toBe(3);
  expect(dot).not.toContain('style="dashed"');
});
