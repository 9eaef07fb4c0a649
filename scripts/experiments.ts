/** `pnpm experiments [name ...]`: trains on the whole of MNIST, times gradients, and records what came out in docs/experiments.md, one section per experiment. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Tensor, grad, item, log, mean, mul, neg, normal, randomKey, reshape, splitKey, sum, tensor, uniform, values, zeros } from "@nabla/autodiff";
import { type Cost, accuracy, binaryCrossEntropy, categoricalCrossEntropy, cosineDecay, custom, fit, forward, network, sgd, textbookRows } from "@nabla/mlp";
import { mnist } from "./mnist-data.ts";
import { writeWhole } from "./whole-file.ts";

interface Experiment {
  readonly title: string;
  run(): readonly string[];
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
/** Milliseconds of the fastest of some calls: whatever else the machine does only adds to them. */
function shortest(run: () => readonly number[], calls: number): number {
  const times = Array.from({ length: calls }, () => {
    const start = performance.now();
    if (run().length === 0) throw new Error("nothing was computed");
    return performance.now() - start;
  });
  return Math.min(...times);
}
const milliseconds = (time: number): string => (time < 100 ? time.toPrecision(3) : time.toFixed(0));
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;

/** 784-128-10 for five epochs, under the library's cross-entropy and under the same cost as a user writes it. */
function crossEntropy(): readonly string[] {
  const training = mnist("train");
  const test = mnist("t10k");
  const mine = custom("mine", (a: Tensor, y: Tensor) => neg(mean(sum(mul(y, log(a)), { axis: 1 }))));
  const [epochs, batchSize] = [5, 50];
  const began = performance.now();
  const runOf = (cost: Cost): { readonly cost: number; readonly share: number }[] => {
    const lines: { readonly cost: number; readonly share: number }[] = [];
    fit(network({ sizes: [784, 128, 10], activations: ["relu", "softmax"], key: 1 }), training, {
      cost,
      optimiser: sgd({ learningRate: cosineDecay({ rate: 0.05, steps: (epochs * 60_000) / batchSize }), momentum: 0.9 }),
      epochs,
      batchSize,
      key: 2,
      onEpoch: ({ epoch, cost: reached, network: current }) => {
        lines.push({ cost: reached, share: accuracy(current, test) });
        console.log(`${cost.name}, epoch ${epoch}: cost ${reached}, test ${percent(lines.at(-1)?.share ?? 0)}, ${seconds(began)}`);
      },
    });
    return lines;
  };
  const builtIn = runOf(categoricalCrossEntropy);
  const own = runOf(mine);
  const differences = builtIn.map(({ cost }, at) => Math.abs(cost - (own[at]?.cost ?? Number.NaN)) / cost);
  const last = builtIn.at(-1)?.share ?? 0;
  const lastOwn = own.at(-1)?.share ?? 0;
  if (!(last >= 0.975 && lastOwn >= 0.975)) throw new Error(`784-128-10 reached ${percent(last)} and ${percent(lastOwn)}, want at least 97.50 %`);
  if (!differences.every((each) => each <= 1e-9)) throw new Error(`the two costs differ by up to ${Math.max(...differences)}, want at most 1e-9`);
  return [
    "784-128-10, relu and softmax, He weights, momentum 0.9, learning rate 0.05 falling to 0 along a cosine, batches of 50, five epochs; once under `categoricalCrossEntropy`, once under",
    '`custom("mine", (a, y) => neg(mean(sum(mul(y, log(a)), { axis: 1 }))))`. Wanted: at least 97.5 % of the 10,000 test images, and costs of every epoch equal',
    "up to 1e-9.",
    "",
    "| epoch | cost, built in | cost, own | relative difference | test, built in | test, own |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ...builtIn.map(
      ({ cost, share }, at) =>
        `| ${at + 1} | ${cost.toPrecision(12)} | ${own[at]?.cost.toPrecision(12)} | ${(differences[at] ?? Number.NaN).toExponential(1)} | ${percent(share)} | ${percent(own[at]?.share ?? 0)} |`,
    ),
  ];
}

/** The network of Nielsen's first chapter, its weights drawn with variance 1/n_in as his third chapter improves it. */
function nielsen(): readonly string[] {
  const training = mnist("train");
  const test = mnist("t10k");
  const began = performance.now();
  const shares: number[] = [];
  fit(network({ sizes: [784, 30, 10], activations: ["sigmoid", "sigmoid"], initialiser: "lecun", key: 1 }), training, {
    cost: "quadratic",
    learningRate: 3,
    epochs: 30,
    batchSize: 10,
    key: 2,
    onEpoch: ({ epoch, cost, network: current }) => {
      shares.push(accuracy(current, test));
      console.log(`nielsen, epoch ${epoch}: cost ${cost}, test ${percent(shares.at(-1) ?? 0)}, ${seconds(began)}`);
    },
  });
  const last = shares.at(-1) ?? 0;
  if (!(last >= 0.95)) throw new Error(`784-30-10 reached ${percent(last)}, want at least 95.00 %`);
  return [
    "784-30-10, sigmoid twice, quadratic cost, weights from N(0, 1/n_in), learning rate 3.0, batches of 10, 30 epochs, on all 60,000 images (Nielsen 2015, chapter 1,",
    "trains on 50,000 of them). Wanted: at least 95 % of the 10,000 test images.",
    "",
    "| epoch | test |",
    "| ---: | ---: |",
    ...shares.map((share, at) => `| ${at + 1} | ${percent(share)} |`),
  ];
}

/** A gradient by differences and by the tape, in networks of three layers from h to h, one example: the times beside the counts of D.3 and D.7. */
function gradients(): readonly string[] {
  const counts = (id: string): readonly (readonly [number, number])[] => textbookRows.find((row) => row.id === id)?.curves?.()[0]?.points ?? [];
  const [byDifferences, bySweep] = [counts("D.3 cost"), counts("D.7 cost")];
  const lines = [4, 8, 16, 32].map((h, i) => {
    const net = network({ sizes: [h, h, h, h], activations: ["sigmoid", "sigmoid", "sigmoid"], key: h });
    const [data = randomKey(1), labels = randomKey(2)] = splitKey(randomKey(h), 2);
    const [x, y] = [normal(data, { shape: [1, h] }), uniform(labels, { shape: [1, h] })];
    const weights = net.parameters.layers.map(({ W }) => Float64Array.from(values(W)));
    const cost = (given: readonly Tensor[]): Tensor => {
      const layers = given.map((W, l) => ({ W: reshape(W, { shape: [h, h] }), b: (net.parameters.layers[l] ?? { b: zeros([h]) }).b }));
      return binaryCrossEntropy.of(forward(net, x, { layers }).a.at(-1) as Tensor, y);
    };
    const at = (moved: readonly Float64Array[]): number => item(cost(moved.map((W) => tensor(W))));
    const differences = (): number[] => {
      const start = at(weights);
      return weights.flatMap((W, l) =>
        Array.from(W, (weight, k) => (at(weights.map((each, layer) => (layer === l ? each.with(k, weight + 1e-7) : each))) - start) / 1e-7),
      );
    };
    const sweep = (): number[] => grad(cost)(weights.map((W) => tensor(W))).flatMap((W) => Array.from(values(W)));
    const exact = sweep();
    const off = Math.max(...differences().map((each, k) => Math.abs(each - (exact[k] ?? Number.NaN))));
    if (!(off < 1e-5)) throw new Error(`differences are ${off} off the gradient; not timed`);
    const [slow, fast] = [shortest(differences, 25), shortest(sweep, 500)];
    console.log(`h = ${h}: differences ${slow} ms, backpropagation ${fast} ms`);
    return {
      h,
      n: weights.reduce((total, { length }) => total + length, 0),
      slow,
      fast,
      counts: [byDifferences[i]?.[1] ?? Number.NaN, bySweep[i]?.[1] ?? Number.NaN],
    };
  });
  return [
    "A network of three layers from h to h neurons, one example, sigmoid, binary cross-entropy: its gradient by one-sided differences of the library's forward",
    "pass, one for each weight, and by one reverse sweep. Multiply-adds are those that `nabla check D.3 D.7` counts; times are the shortest of 25 and of 500 runs, after the two",
    "gradients were found to agree. In small networks the time is that of the operations' calls, which grows more slowly than their work. The counts are exact;",
    "the times were taken on a machine with other work, and show orders of magnitude: `pnpm bench` is what measures speed.",
    "",
    "| h | weights | multiply-adds, differences | multiply-adds, backpropagation | ms, differences | ms, backpropagation | ratio of times |",
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map(
      ({ h, n, slow, fast, counts: [many, few] }) =>
        `| ${h} | ${n} | ${many} | ${few} | ${milliseconds(slow)} | ${milliseconds(fast)} | ${(slow / fast).toFixed(0)} |`,
    ),
  ];
}

const experiments: Readonly<Record<string, Experiment>> = {
  "cross-entropy": { title: "784-128-10 under cross-entropy, built in and written by the user", run: crossEntropy },
  nielsen: { title: "784-30-10 as Nielsen trains it", run: nielsen },
  gradients: { title: "What a gradient costs, by differences and by backpropagation", run: gradients },
};

const file = new URL("../docs/experiments.md", import.meta.url);

/** Puts a section between its marks and leaves the others as they are. */
function recordSection(label: string, lines: readonly string[]): void {
  const [from, to] = [`<!-- ${label} -->`, `<!-- end of ${label} -->`];
  const text = readFileSync(file, "utf8");
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`docs/experiments.md has no section between ${from} and ${to}`);
  writeWhole(file, `${text.slice(0, start + from.length)}\n\n${lines.join("\n")}\n\n${text.slice(end)}`);
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(experiments);
for (const label of wanted) {
  const experiment = experiments[label];
  if (experiment === undefined) throw new Error(`there is no experiment ${label}; there are ${Object.keys(experiments).join(", ")}`);
  const lines = experiment.run();
  recordSection(label, [`## ${experiment.title}`, "", ...lines, "", `Node ${process.versions.node}, ${cpus()[0]?.model ?? "an unknown processor"}.`]);
}
