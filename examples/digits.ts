import { mkdirSync } from "node:fs";
import { type Tensor, log, mean, mul, neg, randomKey, square, splitKey, sub, sum } from "@nabla/autodiff";
import { accuracy, compare, comparisonTable, custom, explain, fit, network, plainNetwork, withParameters } from "@nabla/mlp";
import { describe, fromNetwork, fromTape, toDot, toHtml, toSvg, trainingCurve } from "@nabla/viz";
import { writeWhole } from "../scripts/whole-file.ts";
import { loadDigits } from "./digits-data.ts";

const [splitting, weights, shuffling] = splitKey(randomKey(7), 3);
if (splitting === undefined || weights === undefined || shuffling === undefined) throw new Error("three keys were asked for");
const { training, heldOut } = loadDigits(splitting);

// The focal cross-entropy: confident examples count less. Two lines, and nobody derives its gradient.
const focal = custom("focal", (a: Tensor, y: Tensor) => neg(mean(sum(mul(mul(y, square(sub(1, a))), log(a)), { axis: 1 }))));

console.log("A 64-32-10 network learns handwritten digits with a custom cost, the focal cross-entropy.");
const epochs = 30;
const start = network({ sizes: [64, 32, 10], activations: ["relu", "softmax"], key: weights });
const curves: { readonly training: [number, number][]; readonly heldOut: [number, number][] } = { training: [], heldOut: [] };
const began = performance.now();
const trained = fit(start, training, {
  cost: focal,
  learningRate: 0.5,
  epochs,
  batchSize: 32,
  key: shuffling,
  onEpoch: ({ epoch, cost, network: current }) => {
    curves.training.push([epoch, 100 * accuracy(current, training)]);
    curves.heldOut.push([epoch, 100 * accuracy(current, heldOut)]);
    const line = `epoch ${String(epoch).padStart(2)} of ${epochs}   cost ${cost.toFixed(4)}   held out ${(curves.heldOut.at(-1)?.[1] ?? 0).toFixed(1)} %`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}${epoch === epochs ? "\n" : ""}`);
    else if (epoch === 1 || epoch % 10 === 0) console.log(line);
  },
});
console.log(`training took ${((performance.now() - began) / 1000).toFixed(1)} s`);
console.log(`test accuracy ${(100 * accuracy(trained.network, heldOut)).toFixed(1)} %`);

console.log("\nThe same network under cross-entropy: autodiff against the closed form, layer by layer.");
const comparison = compare(trained.network, "categoricalCrossEntropy", heldOut.x, heldOut.y);
console.log(comparisonTable(comparison));
console.log(`largest scaled error ${comparison.largestScaledError.toExponential(1)} (the two agree up to 1e-12)`);

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
const lesson = explain(small, "binaryCrossEntropy", [0.6, -1], [1]);
const verdict = lesson.comparison.agrees ? "✓ autodiff agrees with" : "✗ autodiff differs from";
const title = "Backpropagation in a 2-2-1 sigmoid network";
const subtitle = `${verdict} all ${lesson.comparison.rows.length} hand-derived equations, largest scaled error ${lesson.comparison.largestScaledError.toExponential(1)}`;
const diagram = fromTape(lesson.tape, { ...lesson, title, subtitle });
const graph = toDot(diagram);
const picture = fromNetwork({ ...plainNetwork(trained.network), title: "The trained network: 64 pixels, 10 digits" });

const out = new URL("../out/", import.meta.url);
mkdirSync(out, { recursive: true });
const files = {
  "graph.dot": graph,
  "graph.html": await toHtml(diagram, { tape: lesson.tape }),
  "graph.svg": await toSvg(graph, describe(diagram)),
  "network.svg": await toSvg(toDot(picture), describe(picture)),
  "training.svg": trainingCurve({
    title: "Training on handwritten digits",
    yLabel: "accuracy in %",
    series: [
      { label: "training", points: curves.training },
      { label: "held out", points: curves.heldOut },
    ],
  }),
};
console.log("\nPictures:");
for (const [label, text] of Object.entries(files)) {
  writeWhole(new URL(label, out), text);
  console.log(`  out/${label}`);
}
