import { type Tensor, add, input, log, mul, name, neg, record, scope, sigmoid, square, sum, tensor, valueAndGrad } from "@nabla/autodiff";
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
    expect(groups).toEqual(["layer 1", "layer 2", "layer 3"]);
    const said = folded.nodes.flatMap(({ lines = [] }) => lines.filter(({ label }) => label === "gradients").map(({ text }) => text));
    expect(said).toEqual(["∂C/∂W1, ∂C/∂b1", "∂C/∂W2, ∂C/∂b2", "∂C/∂W3, ∂C/∂b3"]);
    expect(folded.edges.filter(({ direction }) => direction === "backward").map(({ label }) => label)).toEqual(["· W2", "· W3", expect.any(String)]);
    const svg = await toSvg(toDot(folded));
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(folded.nodes.length);
    expect(folded.nodes.length).toBeLessThanOrEqual(60);
    for (const group of groups) expect(svg).toContain(group);
  });

  test("says how many parameters a layer holds", () => {
    const said = folded.nodes.flatMap(({ lines = [] }) => lines.filter(({ label }) => label === "parameters").map(({ text }) => text));
    expect(said).toEqual(["100,480 = 128×784 + 128", "8,256 = 64×128 + 64", "650 = 10×64 + 10"]);
  });

  test("has a group for each layer and pass where the steps of the sweep have boxes", () => {
    const boxes = fromGraph(both, { fold: "groups", adjoints: "boxes" }).nodes.filter(({ lines }) => lines !== undefined);
    expect(boxes.map(({ name: group }) => group)).toEqual([...groups, "layer 3, backward", "layer 2, backward", "layer 1, backward"]);
    expect(boxes.length).toBeLessThanOrEqual(60);
  });

  test("stands for every node of the graph by its id, and shows every box again when all is opened", () => {
    const ids = Array.from({ length: nodes }, (_, at) => `t${String(at).padStart(2, "0")}`);
    for (const adjoints of ["rows", "boxes"] as const) {
      const full = fromGraph(both, { fold: "none", adjoints });
      const shut = fromGraph(both, { fold: "groups", adjoints });
      const all = shut.nodes.filter(({ lines }) => lines !== undefined).map(({ name: group }) => group);
      const opened = fromGraph(both, { fold: "none", adjoints, open: all });
      expect(membersOf(full)).toEqual(ids);
      expect(membersOf(shut)).toEqual(ids);
      expect(opened.nodes.map(({ id }) => id)).toEqual(full.nodes.map(({ id }) => id));
      for (const group of all) expect(membersOf(fromGraph(both, { fold: "groups", adjoints, open: [group] }))).toEqual(ids);
    }
  });

  test("opens one layer in a frame", async () => {
    const one = fromGraph(both, { fold: "groups", open: ["layer 2"] });
    expect(one.nodes.map(({ name: box }) => box)).toEqual(expect.arrayContaining(["layer 1", "W2", "b2", "layer 3"]));
    expect(await toSvg(toDot(one))).toContain("cluster");
  });

  test("names the groups that there are when asked for one that is not", () => {
    expect(() => fromGraph(both, { open: ["layer 4"] })).toThrow('there is no group "layer 4" to open; there is layer 1, layer 2, layer 3');
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

describe("a graph without data", () => {
  test("is drawn with shapes, and with the operations that the user wrote where a twin computes", () => {
    const z = input("z", [2]);
    const picture = fromGraph(neg(sum(log(sigmoid(z)))));
    expect(picture.nodes.map(({ operation }) => operation)).toEqual(["input", "sigmoid(z)", "log(v1)", "sum(v2)", "neg(v3)"]);
    expect(picture.nodes.every(({ value, gradient }) => value === undefined && gradient === undefined)).toBe(true);
  });

  test("of numbers that forgot their history says how to have it", () => {
    const cost = (x: Tensor): Tensor => sum(square(x));
    expect(fromGraph(valueAndGrad(cost)(tensor([1, 2]))).notes).toEqual([
      "Numbers forget how they were computed: draw fromTape(record(f, x)), or fromGraph(f(input(name, shape))).",
    ]);
    expect(fromGraph(valueAndGrad(cost)(input("x", [2]))).notes).toBeUndefined();
  });

  test("writes a few constant numbers, and has boxes for them where every step has one", () => {
    const y = sum(mul(add(input("x", [2]), [1, -2]), 3));
    expect(fromGraph(y).nodes.map(({ operation }) => operation)).toEqual(["input", "add(x, [1, -2])", "mul(v2, 3)", "sum(v4)"]);
    expect(fromGraph(y, { fold: "none" }).nodes.filter(({ role }) => role === "constant")).toMatchObject([
      { name: "[1, -2]", value: [[1], [-2]] },
      { name: "3", value: [[3], [3]] },
    ]);
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
