import { explain, network } from "@nabla/mlp";
import { type Diagram, foldGroups, fromJson, fromNetwork, fromTape, toDot, toJson, toText } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { handMade } from "./hand-made.ts";

const lesson = explain(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 }), "binaryCrossEntropy", [0.6, -1], [1]);
const graph = fromTape(lesson.tape, { ...lesson, title: "Backpropagation" });
const layers = foldGroups(graph, { open: ["layer 2"] });
const net = fromNetwork({ sizes: [3, 9, 1], activations: ["relu", "sigmoid"], sample: [[1, -2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9], [0.5]] }); // prettier-ignore
const odd = fromTape(handMade([{ name: "x", value: [Number.NaN, -Infinity], shape: [2], adjoint: undefined }, { name: "C", uses: [[0, "1"]] }])); // prettier-ignore

describe("JSON", () => {
  test.each<[string, Diagram | typeof net]>([
    ["of two lanes", graph],
    ["folded", layers],
    ["of a network", net],
    ["with numbers that are none", odd],
  ])("of a picture %s gives the same picture back, and the same DOT text", (_, picture) => {
    const back = fromJson(toJson(picture));
    expect(back).toEqual(picture);
    expect(toDot(back)).toBe(toDot(picture));
    expect(toJson(back)).toBe(toJson(fromJson(toJson(back))));
  });

  test("says its format and version", () => {
    expect(JSON.parse(toJson(graph))).toMatchObject({ format: "nabla diagram", version: 1 });
    expect(JSON.parse(toJson(net))).toMatchObject({ format: "nabla network", version: 1 });
  });

  const spoil = (change: (picture: Record<string, unknown>) => void): string => {
    const data = JSON.parse(toJson(graph)) as Record<string, unknown>;
    change(data);
    return JSON.stringify(data);
  };

  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /^fromJson: this is no JSON: /],
    ["a list", "[]", /^fromJson: the picture is an array of 0, want an object/],
    ["another format", '{"format":"dot"}', /^fromJson: format is "dot"/],
    ["a later version", spoil((picture) => (picture["version"] = 2)), /has version 2, and this program reads version 1; update/],
    [
      "a box without a role",
      spoil((picture) => delete (picture["nodes"] as Record<string, unknown>[])[1]?.["role"]),
      /^fromJson: nodes\[1\]\.role is undefined, want one of "input", "parameter"/,
    ],
    [
      "an edge to nowhere",
      spoil((picture) => ((picture["edges"] as Record<string, unknown>[])[0] = { from: "t00", to: "q", direction: "forward", label: "" })),
      /q, which is no box/,
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => fromJson(text)).toThrow(message);
  });
});

describe("text for the terminal", () => {
  test("leads from each value to its uses", async () => {
    await expect(toText(graph)).toMatchFileSnapshot("graph.txt");
  });

  test("shows what a folded box holds", async () => {
    await expect(toText(foldGroups(graph))).toMatchFileSnapshot("layers.txt");
  });

  test("lists the neurons of a network", async () => {
    await expect(toText(net)).toMatchFileSnapshot("network.txt");
  });

  test("tells rails that go on from rails that end", () => {
    const tape = handMade([
      { name: "a" },
      { name: "b" },
      { name: "c", uses: [[0, "1"], [1, "1"]] }, // prettier-ignore
      { name: "d", uses: [[0, "1"], [2, "1"]] }, // prettier-ignore
      { name: "e", uses: [[1, "1"], [3, "1"]] }, // prettier-ignore
    ]);
    const rails = toText(fromTape(tape)).split("\n").map((line) => line.slice(0, 6).trimEnd()); // prettier-ignore
    expect(rails.slice(0, 5)).toEqual(["»", "│ »", "├─┼─○", "○─│─╯", "★─╯"]);
  });

  test("holds no control character, whatever a value is called", () => {
    const tape = handMade([{ name: "x\u001B[31m\n\u0007" }, { name: "C\r", uses: [[0, "1"]] }]);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(toText(fromTape(tape))).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F]/);
  });

  test("gives up its rails where they would be wider than a terminal", () => {
    const many = handMade([
      ...Array.from({ length: 60 }, (_, at) => ({ name: `x${at}` })),
      { name: "C", uses: Array.from({ length: 60 }, (_, at) => [at, "1"] as const) },
    ]);
    expect(toText(fromTape(many)).split("\n").every((line) => !line.includes("│"))).toBe(true); // prettier-ignore
  });
});
