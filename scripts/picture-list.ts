import { explain, network, withParameters } from "@nabla/mlp";
import { dark, fromTape, light, networkDot, plot, toDot } from "@nabla/viz";

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
  const description = `✓ autodiff agrees with all ${lesson.comparison.rows.length} hand-derived equations, largest scaled error ${lesson.comparison.largestScaledError.toExponential(1)}`;
  const graph = fromTape(lesson.tape, { ...lesson, title, subtitle: description });
  const weights = [
    [
      [0.8, -0.5],
      [0.3, 0.9],
    ],
    [[1.2, -0.7]],
  ];
  const wide = { sizes: [64, 32, 10], activations: ["relu", "softmax"], title: "The network: 64 pixels, 10 digits" };
  return [
    { label: "graph", title, description, dot: toDot(graph, { theme: light }) },
    { label: "graph-dark", title, description, dot: toDot(graph, { theme: dark }) },
    {
      label: "network-2-2-1",
      title: "A 2-2-1 network",
      description: "Two inputs, two hidden neurons, one output, with their weights.",
      dot: networkDot({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], weights }),
    },
    { label: "network-64-32-10", title: wide.title, description: "Columns of 64, 32 and 10 neurons, each with an ellipsis.", dot: networkDot(wide) },
    {
      label: "curve",
      title: "A plot",
      description: "Two lines.",
      svg: plot({
        title: "A cost going down",
        xLabel: "epoch",
        yLabel: "cost",
        series: [
          { label: "training", points: Array.from({ length: 30 }, (_, i) => [i + 1, 2 * Math.exp(-i / 5) + 0.05] as const) },
          { label: "held out", points: Array.from({ length: 30 }, (_, i) => [i + 1, 2 * Math.exp(-i / 5) + 0.12] as const) },
        ],
      }),
    },
  ];
}
