import { type Tensor, add, exp, grad, input, matmul, mul, name, record, scope, sigmoid, square, sub, sum, tensor, valueAndGrad } from "@nabla/autodiff";
import { categoricalCrossEntropy, explain, network, objective } from "@nabla/mlp";
import { type Diagram, dark, fromGraph, fromTape, pathsOf } from "@nabla/viz";
import { type Picture, drawn, small } from "./picture.ts";

/** The graphs of the documents. */
export function graphs(): Picture[] {
  const lesson = explain(small, "binaryCrossEntropy", [0.6, -1], [1]);
  const title = "Backpropagation in a 2-2-1 sigmoid network";
  const subtitle = `✓ autodiff agrees with all ${lesson.comparison.rows.length} hand-derived equations, largest scaled error ${lesson.comparison.largestScaledError.toExponential(1)}`;
  const graph = fromTape(lesson.tape, { ...lesson, title, subtitle, names: { x: "x = a⁰", "a²": "a² = ŷ" } });
  const deep = explain(network({ sizes: [3, 5, 5, 3], activations: ["sigmoid", "sigmoid", "sigmoid"], key: 4 }), "quadratic", [0.5, -1, 2], [1, 0, 0]);
  const [W, b, x] = [input("W", [3, 2]), input("b", [3]), input("x", [2])];
  const affine = (w: Tensor, c: Tensor): Tensor => sigmoid(add(matmul(w, x), c));
  const both = valueAndGrad((p: { W: Tensor; b: Tensor }) => sum(square(affine(p.W, p.b))))({ W, b });
  const t = input("t", []);
  const twice = grad(grad((u: Tensor) => square(square(u))))(t);
  return [
    drawn("graph", graph),
    drawn("graph-dark", graph, dark),
    drawn(
      "layers",
      fromTape(deep.tape, {
        ...deep,
        fold: "groups",
        title: "A 3-5-5-3 sigmoid network, one box per layer",
        subtitle: "the gradients shrink on their way back",
      }),
    ),
    drawn("layer-open", fromTape(lesson.tape, { ...lesson, open: ["layer 2"], title: "Layer 2 opened" })),
    drawn("shapes", fromTape(lesson.tape, { ...lesson, values: false, title: "Shapes and symbols, without numbers" })),
    drawn("traced", fromGraph(sum(square(affine(W, b))), { title: "A traced function" })),
    drawn("gradient", fromGraph(both, { title: "Value and gradient of sum(σ(W x + b)²), one graph" })),
    drawn("gradient-boxes", fromGraph(both, { title: "The same with a box for each step of the reverse sweep", adjoints: "boxes" })),
    drawn("second", fromGraph(twice, { title: "C = t⁴ with its first derivative, and the second below" })),
    drawn("digits-folded", digits()),
    drawn("scalar-tape", scalarTape()),
    drawn("paths", paths()),
  ];
}

/** A network for handwritten digits with its gradient, traced by shapes alone: 118,282 parameters. */
function digits(): Diagram {
  const net = network({ sizes: [784, 128, 64, 10], activations: ["relu", "relu", "softmax"], key: 1 });
  const parameters = { layers: net.layers.map(({ inputs, outputs }, l) => ({ W: input(`W${l + 1}`, [outputs, inputs]), b: input(`b${l + 1}`, [outputs]) })) };
  const cost = objective(net, categoricalCrossEntropy);
  const both = valueAndGrad((p: typeof parameters) => cost(p, input("x", [32, 784]), input("y", [32, 10])))(parameters);
  return fromGraph(both, { fold: "groups", title: "Value and gradient of a 784-128-64-10 network, 32 examples" });
}

/** The 2-2-1 network in scalars: every product and sum has its box. */
function scalarTape(): Diagram {
  const leaf = (label: string, value: number): Tensor => name(tensor(value), label);
  const p = {
    "x₁": leaf("x₁", 0.6), "x₂": leaf("x₂", -1),
    "w¹₁₁": leaf("w¹₁₁", 0.8), "w¹₁₂": leaf("w¹₁₂", -0.5), "w¹₂₁": leaf("w¹₂₁", 0.3), "w¹₂₂": leaf("w¹₂₂", 0.9), "b¹₁": leaf("b¹₁", 0.1), "b¹₂": leaf("b¹₂", -0.2),
    "w²₁₁": leaf("w²₁₁", 1.2), "w²₁₂": leaf("w²₁₂", -0.7), "b²₁": leaf("b²₁", 0.2),
  }; // prettier-ignore
  const neuron = (label: string, w: readonly [Tensor, Tensor], a: readonly [Tensor, Tensor], b: Tensor): Tensor =>
    scope(`neuron ${label}`, () => name(sigmoid(name(add(add(mul(w[0], a[0]), mul(w[1], a[1])), b), `z${label}`)), `a${label}`));
  const tape = record((q: typeof p) => {
    const first = neuron("¹₁", [q["w¹₁₁"], q["w¹₁₂"]], [q["x₁"], q["x₂"]], q["b¹₁"]);
    const second = neuron("¹₂", [q["w¹₂₁"], q["w¹₂₂"]], [q["x₁"], q["x₂"]], q["b¹₂"]);
    const out = neuron("²₁", [q["w²₁₁"], q["w²₁₂"]], [first, second], q["b²₁"]);
    return name(mul(0.5, square(sub(out, 1))), "C");
  }, p);
  const roles = Object.fromEntries(Object.keys(p).map((label) => [label, label.startsWith("x") ? ("input" as const) : ("parameter" as const)]));
  return fromTape(tape, { fold: "none", title: "The 2-2-1 network in scalars", roles: { ...roles, "a²₁": "prediction" } });
}

/** Two ways from a weight to the cost: the derivative is the sum of the products along them. */
function paths(): Diagram {
  const [w, x] = [0.5, 2];
  const tape = record(
    (v: Tensor) => {
      const z = name(mul(v, x), "z");
      const [p, q] = [name(exp(z), "p"), name(square(z), "q")];
      return name(add(p, q), "C");
    },
    name(tensor(w), "w"),
  );
  return fromTape(tape, { title: "The gradient of a weight is a sum over all its paths", paths: pathsOf(tape, "w") });
}
