import { type Tensor, input, name, record, square, sum, tensor } from "@nabla/autodiff";
import { compare, explain, network } from "@nabla/mlp";
import * as viz from "@nabla/viz";
import { describe, expect, test } from "vitest";

const net = network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 });
const lesson = explain(net, "quadratic", [0.6, -1], [1]);
const tape = record((x: Tensor) => sum(square(x)), name(tensor([1, 2]), "x"));
const diagram = viz.fromTape(tape);
const neurons = viz.fromNetwork({ sizes: [2, 1] });
const comparison = compare(net, "quadratic", [[0.6, -1]], [[1]]);
const curves = { title: "t", series: [{ label: "l", points: [[1, 2]] }] };
const decision = { title: "t", x: [0, 1], y: [0, 1], values: [[0, 1], [0, 1]] }; // prettier-ignore
const confusion = { title: "t", classes: ["a", "b"], counts: [[1, 0], [0, 1]] }; // prettier-ignore
const images = { title: "t", images: [{ label: "l", rows: [[1]] }] };
const panels = { title: "t", panels: [{ title: "p", series: curves.series }] };

/** Two values of one name. */
const twice = record((x: Tensor) => sum(name(square(name(square(x), "h")), "h")), name(tensor([1, 2]), "x"));

/** What a person who writes without types might give. */
const wrong = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  "a number": 3,
  "a negative number": -1,
  "a fraction": 0.5,
  "an infinity": Number.POSITIVE_INFINITY,
  "a big integer": 3n,
  "a truth": true,
  "a symbol": Symbol("s"),
  "no text": "",
  "a text": "text",
  "an empty list": [],
  "a list of nothing": [undefined],
  "a list of lists": [[null]],
  "a list of numbers": [1, 2],
  "an empty object": {},
  "an object of another kind": { title: 3, nodes: 3, edges: 3, columns: 3, rows: 3 },
  "a misspelt option": { titel: "t", widht: 3, theem: "dark" },
  "a function": () => 0,
  "a date": new Date(0),
  "a map": new Map([["a", 1]]),
  "a promise": Promise.resolve(diagram),
  "a tensor": tensor([1]),
  "a traced tensor": input("x", [2]),
  "a tape": tape,
  "a lesson": lesson,
  "a network": net,
  "a diagram": diagram,
  "a diagram without its boxes' roles": { ...diagram, nodes: diagram.nodes.map((node) => ({ ...node, role: undefined })) },
  "a diagram with text as values": { ...diagram, nodes: diagram.nodes.map((node) => ({ ...node, value: "1" })) },
  "a picture of neurons": neurons,
  "a comparison": comparison,
} as const;
type Wrong = keyof typeof wrong;

interface Call {
  /** Arguments that are right; each is replaced by each wrong one in turn. */
  readonly right: readonly unknown[];
  /** By position what would be right there, too. */
  readonly fits?: readonly (readonly Wrong[])[];
}

const numbers = ["NaN", "a number", "a negative number", "a fraction", "an infinity"] as const;
const pictures = ["a diagram", "a picture of neurons"] as const;
const noOptions = ["undefined", "an empty object"] as const;
/** Objects without fields of their own are options that say nothing. */
const empty = [...noOptions, "a date", "a map", "a promise"] as const;

const calls: Readonly<Record<string, Call>> = {
  contrast: { right: ["#000000", "#FFFFFF"] },
  describe: { right: [diagram], fits: [pictures] },
  checkDiagram: { right: [diagram], fits: [["a diagram"]] },
  toDot: { right: [diagram, { direction: "TB" }], fits: [pictures, empty] },
  foldGroups: { right: [diagram, { most: 3 }], fits: [["a diagram"], empty] },
  fromGraph: {
    right: [input("x", []), { title: "t" }],
    fits: [
      ["a tensor", "a traced tensor"],
      [...noOptions, "a date", "a promise"],
    ],
  },
  fromTape: { right: [tape, { title: "t" }], fits: [["a tape"], [...noOptions, "a date", "a promise"]] },
  fromNetwork: { right: [{ sizes: [2, 1] }] },
  pathsOf: { right: [record((x: Tensor) => square(x), name(tensor(2), "x")), "x"] },
  numeral: { right: [3], fits: [numbers] },
  numerals: { right: [[[3]]], fits: [["an empty list"]] },
  subscript: { right: [3], fits: [["a number", "a negative number"]] },
  superscript: { right: [3], fits: [["a number", "a negative number"]] },
  confusionMatrix: { right: [confusion, { width: 400 }], fits: [[], empty] },
  decisionBoundary: { right: [decision, { width: 400 }], fits: [[], empty] },
  functionPlot: { right: [panels, { width: 400 }], fits: [[], empty] },
  trainingCurve: { right: [curves, { width: 400 }], fits: [[], empty] },
  weightImages: { right: [images, { width: 400 }], fits: [[], empty] },
  fromJson: { right: [viz.toJson(diagram)] },
  toJson: { right: [diagram], fits: [pictures] },
  toText: { right: [diagram], fits: [pictures] },
  toSvg: { right: ["digraph { a }", { title: "t" }], fits: [[], ["undefined"]] },
  toPng: { right: ['<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', { scale: 1 }], fits: [[], empty] },
  toHtml: { right: [neurons, { title: "t" }], fits: [pictures, empty] },
  comparisonHtml: { right: [comparison, { title: "t" }], fits: [["a comparison"], empty] },
};

const functions = Object.entries(viz).flatMap(([key, value]) => (typeof value === "function" && key !== "DiagramError" ? [key] : []));

/** What a call without types comes to: nothing when it gives something, else its error. */
async function outcome(key: string, args: readonly unknown[]): Promise<unknown> {
  try {
    await (viz as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>)[key]?.(...args);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("wrong arguments", () => {
  test("are tried on every function", () => expect(Object.keys(calls).toSorted()).toEqual(functions.toSorted()));

  test.each(functions)("of %s are refused in a sentence that names it, and right ones are not", async (key) => {
    const { right = [], fits = [] } = calls[key] ?? {};
    expect(await outcome(key, right)).toBeUndefined();
    const surprises: string[] = [];
    for (let position = 0; position < right.length; position++)
      for (const [label, value] of Object.entries(wrong)) {
        const error = await outcome(
          key,
          right.map((each, at) => (at === position ? value : each)),
        );
        const fine = (fits[position] ?? []).includes(label as Wrong)
          ? error === undefined
          : error instanceof viz.DiagramError && error.message.startsWith(key) && !/is not a function|not iterable|Cannot read|\[object/.test(error.message);
        if (!fine) surprises.push(`argument ${position + 1}, ${label}: ${String(error)}`);
      }
    expect(surprises).toEqual([]);
  });
});

/** What users get wrong most, as they would write it without types. */
const mistakes: readonly (readonly [code: string, call: () => unknown])[] = [
  ["toDot(tape)", () => viz.toDot(tape as never)],
  ["toDot(lesson)", () => viz.toDot(lesson as never)],
  ["toDot(network)", () => viz.toDot(net as never)],
  ['toDot(picture, "dark")', () => viz.toDot(diagram, "dark" as never)],
  ['toDot(picture, { theme: "blue" })', () => viz.toDot(diagram, { theme: "blue" } as never)],
  ["toDot(picture, { them: dark })", () => viz.toDot(diagram, { them: viz.dark } as never)],
  ['toDot(picture, { direction: "down" })', () => viz.toDot(diagram, { direction: "down" } as never)],
  ["toSvg(picture)", () => viz.toSvg(diagram as never)],
  ['toSvg(dot, { alt: "a sum" })', () => viz.toSvg("digraph { a }", { alt: "a sum" } as never)],
  ["toPng(picture)", () => viz.toPng(diagram as never)],
  ["toPng(dot)", () => viz.toPng(viz.toDot(diagram))],
  ["toPng(file)", () => viz.toPng("graph.svg")],
  ["toSvg(svg)", () => viz.toSvg('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ["toPng(svg, 2)", () => viz.toPng("<svg/>", 2 as never)],
  ["toPng(svg, { scale: NaN })", () => viz.toPng("<svg/>", { scale: Number.NaN })],
  ['toPng(svg, { fontFiles: "arial.ttf" })', () => viz.toPng("<svg/>", { fontFiles: "arial.ttf" } as never)],
  ["toText(tape)", () => viz.toText(tape as never)],
  ["toJson(lesson.tape)", () => viz.toJson(lesson.tape as never)],
  ["fromJson(picture)", () => viz.fromJson(diagram as never)],
  ['fromJson("[]")', () => viz.fromJson("[]")],
  ["describe(tape)", () => viz.describe(tape as never)],
  ["toHtml(tape)", () => viz.toHtml(tape as never)],
  ["toHtml(picture, tape)", () => viz.toHtml(diagram, tape as never)],
  ["toHtml(picture, { tape: lesson })", () => viz.toHtml(diagram, { tape: lesson as never })],
  ["toHtml(picture, { tape: anotherTape })", () => viz.toHtml(diagram, { tape: record((x: Tensor) => sum(square(x)), name(tensor([1, 3]), "x")) })],
  ["toHtml(picture, { tape: lesson.tape })", () => viz.toHtml(diagram, { tape: lesson.tape })],
  ["toHtml(picture, { theme: { page } })", () => viz.toHtml(diagram, { theme: { page: "#FFFFFF" } as never })],
  ["toHtml(picture, { theme: '\"><script>' })", () => viz.toHtml(diagram, { theme: '"><script>' as never })],
  ["comparisonHtml(network)", () => viz.comparisonHtml(net as never)],
  ["comparisonHtml([])", () => viz.comparisonHtml([])],
  ["comparisonHtml(comparison, 'title')", () => viz.comparisonHtml(comparison, "title" as never)],
  ["comparisonHtml(comparison, { theme: 'blue' })", () => viz.comparisonHtml(comparison, { theme: "blue" as never })],
  ["fromTape(lesson)", () => viz.fromTape(lesson as never)],
  ['fromTape(tape, { fold: "group" })', () => viz.fromTape(tape, { fold: "group" as never })],
  ['fromTape(tape, { open: "layer 1" })', () => viz.fromTape(tape, { open: "layer 1" as never })],
  ['fromTape(tape, { open: ["layer 9"] })', () => viz.fromTape(tape, { open: ["layer 9"] })],
  ["fromTape(tape, { most: 0 })", () => viz.fromTape(tape, { most: 0 })],
  ['fromTape(tape, { roles: { x: "weight" } })', () => viz.fromTape(tape, { roles: { x: "weight" as never } })],
  ['fromTape(tape, { names: { X: "data" } })', () => viz.fromTape(tape, { names: { X: "data" } })],
  ['fromTape(tape, { symbols: { v1: "δ", y: "ε" } })', () => viz.fromTape(tape, { symbols: { v1: "δ", y: "ε" } })],
  ['fromTape(tape, { operations: { v0: "data" } })', () => viz.fromTape(tape, { operations: { v0: "data" } })],
  ['fromTape(tape, { labels: { "v1→y": "⊙ 2x" } })', () => viz.fromTape(tape, { labels: { "v1→y": "⊙ 2x" } })],
  ['fromTape(tape, { labels: { "x, v1": "⊙ 2x" } })', () => viz.fromTape(tape, { labels: { "x, v1": "⊙ 2x" } })],
  ["fromTape(tape, lesson)", () => viz.fromTape(tape, lesson)],
  ['fromTape(twice, { names: { h: "state" } })', () => viz.fromTape(twice, { names: { h: "state" } })],
  ["fromTape(twice, { paths })", () => viz.fromTape(twice, { paths: [{ through: ["x", "h", "C"], factors: [1, 1] }] })],
  ["fromTape(tape, { title: 3 })", () => viz.fromTape(tape, { title: 3 as never })],
  ["fromTape(tape, { value: false })", () => viz.fromTape(tape, { value: false } as never)],
  ["fromGraph(tape)", () => viz.fromGraph(tape as never)],
  ["fromGraph({ x: 3 })", () => viz.fromGraph({ x: 3 } as never)],
  ["fromGraph({})", () => viz.fromGraph({})],
  ["foldGroups(tape)", () => viz.foldGroups(tape as never)],
  ["foldGroups(picture, { most: NaN })", () => viz.foldGroups(diagram, { most: Number.NaN })],
  ["fromNetwork(network)", () => viz.fromNetwork(net as never)],
  ["fromNetwork({ sizes: [2, 0] })", () => viz.fromNetwork({ sizes: [2, 0] })],
  ["fromNetwork({ sizes: [2, 1], weights: [[[NaN, 1]]] })", () => viz.fromNetwork({ sizes: [2, 1], weights: [[[Number.NaN, 1]]] })],
  ['fromNetwork({ sizes: [2, 1], look: "Ink" })', () => viz.fromNetwork({ sizes: [2, 1], look: "Ink" as never })],
  ["pathsOf(lesson, 'w')", () => viz.pathsOf(lesson as never, "w")],
  ["pathsOf(tape, 'w')", () => viz.pathsOf(tape, "w")],
  ["confusionMatrix with a class twice", () => viz.confusionMatrix({ ...confusion, classes: ["a", "a"] })],
  ["trainingCurve(history)", () => viz.trainingCurve([1, 2, 3] as never)],
  ["trainingCurve(curves, { width: -5 })", () => viz.trainingCurve(curves as never, { width: -5 })],
  ["trainingCurve(curves, { width: 100 })", () => viz.trainingCurve(curves as never, { width: 100 })],
  ["trainingCurve of numbers instead of points", () => viz.trainingCurve({ title: "t", series: [{ label: "l", points: [1, 2] as never }] })],
  ["decisionBoundary without x", () => viz.decisionBoundary({ ...decision, x: undefined } as never)],
  ["weightImages of a flat list", () => viz.weightImages({ title: "t", images: [{ label: "l", rows: [1, 2] as never }] })],
  ["functionPlot without panels", () => viz.functionPlot({ title: "t", panels: [] })],
  ['numeral("3")', () => viz.numeral("3" as never)],
  ["subscript(0.5)", () => viz.subscript(0.5)],
  ['contrast("red", "white")', () => viz.contrast("red", "white")],
];

test("boxes that share a name are drawn with a note that says so", () => {
  expect(viz.fromTape(twice).notes).toEqual(["2 boxes are called h"]);
  expect(viz.fromTape(tape).notes).toBeUndefined();
  // A name given to a value again is no second value.
  expect(viz.fromTape(record((x: Tensor) => sum(name(name(square(x), "h"), "h")), name(tensor([1]), "x"))).notes).toBeUndefined();
});

test("each of the commonest mistakes is met with a sentence", async () => {
  const written: string[] = [];
  for (const [code, call] of mistakes) {
    const error: unknown = await Promise.resolve()
      .then(call)
      .then(
        () => "accepted",
        (reason: unknown) => reason,
      );
    expect(error, code).toBeInstanceOf(viz.DiagramError);
    written.push(`${code}\n    ${String(error)}`);
  }
  await expect(`${written.join("\n")}\n`).toMatchFileSnapshot("viz-messages.txt");
});
