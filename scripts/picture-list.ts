import { type Nested, nested, values } from "@nabla/autodiff";
import { explain, network, withParameters } from "@nabla/mlp";
import { dark, describe, fromNetwork, fromTape, light, toDot, trainingCurve } from "@nabla/viz";

/** A picture of the documents: DOT text for Graphviz, or an SVG that we draw ourselves. */
export interface Picture {
  readonly label: string;
  readonly title: string;
  readonly description: string;
  readonly dot?: string;
  readonly svg?: string;
}

const small = withParameters(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"] }), {
  layers: [
    {
      W: [
        [0.8, -0.5],
        [0.3, 0.9],
      ],
      b: [0.1, -0.2],
    },
    { W: [[1.2, -0.7]], b: [0.2] },
  ],
});

/** Every picture of the documents. */
export function pictures(): Picture[] {
  const lesson = explain(small, "binaryCrossEntropy", [0.6, -1], [1]);
  const title = "Backpropagation in a 2-2-1 sigmoid network";
  const subtitle = `✓ autodiff agrees with all ${lesson.comparison.rows.length} hand-derived equations, largest scaled error ${lesson.comparison.largestScaledError.toExponential(1)}`;
  const graph = fromTape(lesson.tape, { ...lesson, title, subtitle, names: { x: "x = a⁰", "a²": "a² = ŷ" } });
  const { description = "" } = describe(graph);
  const layers = small.parameters.layers;
  const rows = (values: Nested): number[][] => values as number[][];
  const two = fromNetwork({
    sizes: [2, 2, 1],
    activations: ["sigmoid", "sigmoid"],
    title: "A 2-2-1 network with one example",
    weights: layers.map(({ W }) => rows(nested(W))),
    biases: layers.map(({ b }) => Array.from(values(b))),
    sample: ["x", "a¹", "a²"].map((label) => lesson.tape.nodes.find(({ name }) => name === label)?.value ?? []),
  });
  const wide = fromNetwork({
    sizes: [64, 32, 10],
    activations: ["relu", "softmax"],
    title: "A network for handwritten digits",
    subtitle: "8 × 8 pixels to 10 classes, 2,410 parameters",
  });
  return [
    { label: "graph", title, description, dot: toDot(graph, { theme: light }) },
    { label: "graph-dark", title, description, dot: toDot(graph, { theme: dark }) },
    { label: "network-2-2-1", title: two.title, description: describe(two).description ?? "", dot: toDot(two) },
    { label: "network-64-32-10", title: wide.title, description: describe(wide).description ?? "", dot: toDot(wide) },
    {
      label: "curve",
      title: "A plot",
      description: "Two lines.",
      svg: trainingCurve({
        title: "A cost going down",
        series: [
          { label: "training", points: Array.from({ length: 30 }, (_, i) => [i + 1, 2 * Math.exp(-i / 5) + 0.05] as const) },
          { label: "held out", points: Array.from({ length: 30 }, (_, i) => [i + 1, 2 * Math.exp(-i / 5) + 0.12] as const) },
        ],
      }),
    },
  ];
}
