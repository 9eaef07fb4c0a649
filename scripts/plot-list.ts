import { type Tensor, grad, item, normal, randomKey, splitKey, sum, tensor, values } from "@nabla/autodiff";
import { type ActivationName, type Network, activations, adam, fit, network, predict, textbookRows, withParameters } from "@nabla/mlp";
import { confusionMatrix, decisionBoundary, functionPlot, trainingCurve, weightImages } from "@nabla/viz";
import { type Picture } from "./picture.ts";

/** The plots of the documents: what is learned is learned here, from seeds. */
export function plots(): Picture[] {
  const plot = (label: string, svg: string): Picture => ({ label, title: "a plot", description: "in the SVG itself", svg });
  return [
    plot("curve", curve()),
    plot("perceptron-and-sigmoid", functionPlot({ title: "A step, and a smooth step", panels: [{ title: "perceptron", xLabel: "w · x + b", series: [{ label: "output", points: step }] }, { title: "sigmoid neuron", xLabel: "z = w · x + b", series: withDerivative("sigmoid", "σ") }] })), // prettier-ignore
    plot("relu", functionPlot({ title: "Rectified linear unit", panels: [{ title: "relu", series: withDerivative("relu", "relu", [0]) }] }, { width: 460 })), // prettier-ignore
    plot("decision", decision()),
    plot("operation-counts", operationCounts()),
    plot("learning-slowdown", learningSlowdown()),
    ...classes(),
  ];
}

/** A circle told from what lies around it, from points of which some are mislabelled: the cost after each epoch, on a third held out too. */
function curve(): string {
  const examples = 90;
  const [place, noise] = splitKey(randomKey(23), 2);
  if (place === undefined || noise === undefined) throw new Error("two keys were asked for");
  const [at, doubt] = [values(normal(place, { shape: [examples, 2] })), values(normal(noise, { shape: [examples] }))];
  const x = Array.from({ length: examples }, (_, i) => [at[2 * i] ?? 0, at[2 * i + 1] ?? 0]);
  const y = x.map(([p = 0, q = 0], i) => [Number(Math.hypot(p, q) + 0.6 * (doubt[i] ?? 0) < 1.1)]);
  const start = network({ sizes: [2, 12, 1], activations: ["elu", "sigmoid"], key: 2 });
  const { history } = fit(
    start,
    { x, y },
    { cost: "binaryCrossEntropy", optimiser: adam({ learningRate: 0.05 }), epochs: 150, batchSize: 16, validation: 1 / 3, key: 3 },
  );
  return trainingCurve({
    title: "A circle, learned from noisy points",
    yLabel: "binary cross-entropy",
    series: [
      { label: "training", points: history.map(({ epoch, cost }) => [epoch, cost] as const) },
      { label: "held out", points: history.map(({ epoch, validation }) => [epoch, validation?.cost ?? Number.NaN] as const) },
    ],
  });
}

/** What a gradient costs by differences and by backpropagation: the points of the equations D.3 and D.7. */
function operationCounts(): string {
  const series = (id: string, label: string): { label: string; points: readonly (readonly [number, number])[] } => ({
    label,
    points: textbookRows.find((row) => row.id === id)?.curves?.()[0]?.points ?? [],
  });
  return trainingCurve(
    {
      title: "A gradient by differences is quadratic, by backpropagation linear",
      xLabel: "weights",
      yLabel: "multiply-adds, counted",
      log: "both",
      series: [series("D.3 cost", "differences"), series("D.7 cost", "backpropagation")],
    },
    { width: 680 },
  );
}

/** One saturated neuron, x = y = 1, learning with rate 1 from w = -4 and -6: its output step by step under both costs (E.16, E.17). */
function learningSlowdown(): string {
  const epochs = 300;
  const learn = (w: number, cost: "quadratic" | "binaryCrossEntropy", label: string): { label: string; points: [number, number][] } => {
    const start = withParameters(network({ sizes: [1, 1], activations: ["sigmoid"] }), { layers: [{ W: [[w]], b: [0] }] });
    const points: [number, number][] = [];
    const onEpoch = ({ epoch, network: now }: { readonly epoch: number; readonly network: Network }): void =>
      void points.push([epoch, item(predict(now, [[1]]))]);
    fit(start, { x: [[1]], y: [[1]] }, { cost, learningRate: 1, epochs, onEpoch });
    return { label, points };
  };
  return trainingCurve(
    {
      title: "A saturated neuron learns slowly under the quadratic cost",
      xLabel: "steps taken",
      yLabel: "output, 1 is wanted",
      log: "both",
      series: [-4, -6].flatMap((w) => [learn(w, "binaryCrossEntropy", `cross-entropy, w = ${w}`), learn(w, "quadratic", `quadratic, w = ${w}`)]),
    },
    { width: 680 },
  );
}

const step = [[-6, 0], [0, 0], [0, Number.NaN], [0, 1], [6, 1]] as const; // prettier-ignore

/** An activation and its derivative, from the tape; the derivative jumps at some places, where its line breaks. */
function withDerivative(activation: ActivationName, symbol: string, jumps: readonly number[] = []): { label: string; points: [number, number][] }[] {
  const z = Array.from({ length: 121 }, (_, i) => (i - 60) / 10);
  const { of } = activations[activation];
  const slopeAt = (places: readonly number[]): Float64Array => values(grad((t: Tensor) => sum(of(t)))(tensor([...places])));
  const [a, slope] = [values(of(tensor(z))), slopeAt(z)];
  const points = (heights: Float64Array): [number, number][] => z.map((x, i) => [x, heights[i] ?? Number.NaN]);
  return [
    { label: `${symbol}(z)`, points: points(a) },
    { label: `${symbol}′(z)`, points: points(slope).flatMap(([x, height]) => (jumps.includes(x) ? [[x, height], [x, Number.NaN], [x, slopeAt([x + 1e-9])[0] ?? Number.NaN]] : [[x, height]])) }, // prettier-ignore
  ];
}

/** Exclusive or, learned by four hidden neurons. */
function decision(): string {
  const x = [[0, 0], [0, 1], [1, 0], [1, 1]]; // prettier-ignore
  const start = network({ sizes: [2, 4, 1], activations: ["elu", "sigmoid"], key: 3 });
  const learned = fit(start, { x, y: [[0], [1], [1], [0]] }, { cost: "binaryCrossEntropy", learningRate: 1, epochs: 400 }).network;
  const cells = 48;
  const at = (i: number): number => -0.5 + (2 * (i + 0.5)) / cells;
  const grid = values(
    predict(
      learned,
      Array.from({ length: cells * cells }, (_, i) => [at(i % cells), at(Math.floor(i / cells))]),
    ),
  );
  return decisionBoundary({
    title: "Exclusive or, learned by four hidden neurons",
    subtitle: "a 2-4-1 network after 400 steps",
    x: [-0.5, 1.5],
    y: [-0.5, 1.5],
    values: Array.from({ length: cells }, (_, row) => Array.from(grid.subarray(row * cells, (row + 1) * cells))),
    points: x.map(([a = 0, b = 0]) => ({ at: [a, b] as const, positive: a !== b })),
  });
}

/** Bars in noise, three classes of 6 by 6 pixels, learned by one layer: its weights as images, and what it mistakes. */
function classes(): Picture[] {
  const side = 6;
  const names = ["row", "column", "diagonal"];
  const bar = (kind: number, i: number, j: number): number => Number(kind === 0 ? i === 2 : kind === 1 ? j === 3 : i === j);
  const examples = 240;
  const [noise] = splitKey(randomKey(11), 1);
  if (noise === undefined) throw new Error("one key was asked for");
  const random = values(normal(noise, { shape: [examples, side * side] }));
  const kinds = Array.from({ length: examples }, (_, at) => at % names.length);
  const x = kinds.map((kind, at) =>
    Array.from({ length: side * side }, (_, p) => bar(kind, Math.floor(p / side), p % side) + 0.9 * (random[at * side * side + p] ?? 0)),
  );
  const y = kinds.map((kind) => names.map((_, each) => Number(each === kind)));
  const half = examples / 2;
  const start = network({ sizes: [side * side, 3], activations: ["softmax"], key: 5 });
  const learned = fit(start, { x: x.slice(0, half), y: y.slice(0, half) }, { cost: "categoricalCrossEntropy", learningRate: 0.5, epochs: 60 }).network;
  const outputs = values(predict(learned, x.slice(half)));
  const counts = names.map(() => names.map(() => 0));
  for (let at = 0; at < half; at++) {
    const row = Array.from(outputs.subarray(at * 3, at * 3 + 3));
    const [truth, guess] = [kinds[half + at] ?? 0, row.indexOf(Math.max(...row))];
    (counts[truth] as number[])[guess] = (counts[truth]?.[guess] ?? 0) + 1;
  }
  const W = values(learned.parameters.layers[0]?.W ?? tensor(0));
  const rowsOf = (neuron: number): number[][] =>
    Array.from({ length: side }, (_, i) => Array.from(W.subarray((neuron * side + i) * side, (neuron * side + i + 1) * side)));
  return [
    { label: "confusion", title: "", description: "", svg: confusionMatrix({ title: "Bars in noise, held out", classes: names, counts }, { width: 420 }) },
    {
      label: "weights",
      title: "",
      description: "",
      svg: weightImages({ title: "What each output looks for", images: names.map((name, neuron) => ({ label: name, rows: rowsOf(neuron) })) }),
    },
  ];
}
