import { type Diagram, DiagramError, fromTape, light, toDot, toPng, toSvg } from "@nabla/viz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sketch, handMade } from "../snapshots/viz/hand-made.ts";

const refused = async (dot: string): Promise<string> => toSvg(dot).then(() => "drawn", String);

describe("Graphviz", () => {
  test.each([
    ["a syntax error", "digraph { a -> }", "syntax error in line 1"],
    ["a label that it cannot read, for which it draws an empty box", "digraph { a [label=<<B>x>] }", "mismatched tag"],
    ["an unknown tag", "digraph { a [label=<<TABLE><TR><FOO/></TR></TABLE>>] }", "Unknown HTML element <FOO>"],
  ])("says of %s what is wrong", async (_, dot, message) => {
    expect(await refused(dot)).toMatch(new RegExp(`^DiagramError: toSvg: Graphviz cannot draw this: .*${message}`));
  });

  test("is not asked to lay out more than it can", async () => {
    const boxes = Array.from({ length: 5001 }, (_, at) => `  "t${at}" [label="x"];`);
    expect(await refused(`digraph {\n${boxes.join("\n")}\n}\n`)).toMatch(/^DiagramError: toSvg: 5001 boxes are more than the 5000 that can be laid out here; /);
  });
});

describe("what is no picture, tape or text", () => {
  const diagram: Diagram = { title: "t", subtitle: "", nodes: [], edges: [] };
  const tape = handMade([{ name: "x" }, { name: "C", uses: [[0, "1"]] }]);

  // As JavaScript would call them, without types.
  test.each<[string, () => unknown, string]>([
    ["a tape as a picture", () => toDot(tape as never), "toDot: this is a tape; make a picture of it with fromTape(tape)"],
    ["nothing as a picture", () => toDot(undefined as never), "toDot: this is no picture, which has nodes and edges"],
    ["a theme by no name", () => toDot(diagram, { theme: "drak" } as never), 'toDot: theme is "drak", want "light"'],
    ["an unknown direction", () => toDot(diagram, { direction: "RL" } as never), 'toDot: direction is "RL", want one of "LR", "TB"'],
    ["a lesson as a tape", () => fromTape({ tape } as never), "fromTape: this is no tape, which has nodes; give what record(...) returns"],
    ["an unknown fold", () => fromTape(tape, { fold: "group" } as never), 'fromTape: fold is "group", want one of "named", "none", "groups"'],
  ])("%s is refused in a sentence", (_, draw, message) => {
    expect(draw).toThrow(DiagramError);
    expect(draw).toThrow(message);
  });

  test("a picture as DOT text is refused in a sentence", async () => {
    expect(await refused(diagram as never)).toBe("DiagramError: toSvg: this is no DOT text; for a picture write toSvg(toDot(picture), describe(picture))");
  });
});

describe("pictures of random computations", () => {
  const shape = fc.oneof(fc.constant([]), fc.tuple(fc.integer({ min: 1, max: 6 })), fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })));
  const node = fc.record({
    shape,
    uses: fc.array(fc.nat(), { maxLength: 3 }),
    role: fc.constantFrom("parameter", "constant", "input"),
    computed: fc.boolean(),
  });

  /** Every node uses some before it; the last one uses the one before it. */
  const picture = fc.array(node, { minLength: 2, maxLength: 14 }).map((nodes) => {
    const sketches = nodes.map(({ shape, uses, computed }, at): Sketch => {
      const value = Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i / 7);
      const operands = at === 0 ? [] : at === nodes.length - 1 ? [at - 1, ...uses] : uses;
      return {
        name: `n${at}`,
        shape,
        value,
        adjoint: computed ? value : undefined,
        uses: operands.map((from, slot) => [from % at, ["1", "Wᵀ ·", "σ′(z)"][slot % 3] ?? "1"] as const),
      };
    });
    const roles = Object.fromEntries(
      nodes.flatMap(({ role, uses }, at) => (uses.length === 0 && at > 0 && at < nodes.length - 1 ? [[`n${at}`, role] as const] : [])),
    );
    return fromTape(handMade(sketches), { title: "t", roles });
  });

  // Labels of arrows within a rank made Graphviz lose arrows or abort in one of twenty such pictures.
  test("are drawn with every box and every arrow, in either direction", async () => {
    await fc.assert(
      fc.asyncProperty(picture, fc.constantFrom("LR" as const, "TB" as const), async (diagram, direction) => {
        const svg = await toSvg(toDot(diagram, { direction }));
        expect(svg.match(/<g id="node\d+"/g)).toHaveLength(diagram.nodes.length);
        expect(svg.match(/<g id="edge\d+"/g) ?? []).toHaveLength(diagram.edges.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is no picture", () => {
  const empty: Diagram = { title: "", subtitle: "", nodes: [], edges: [] };
  const box = { id: "a", role: "input", name: "x", operation: "", shape: "", value: [[1]], place: { side: "line" } } as const;

  test.each<[string, Diagram, string]>([
    [
      "an edge to nowhere",
      { ...empty, nodes: [box], edges: [{ from: "a", to: "b", direction: "forward", label: "" }] },
      "the edge from a to b names b, which is no box",
    ],
    ["two boxes of one id", { ...empty, nodes: [box, box] }, "two boxes share the id a"],
    ["a place beside nothing", { ...empty, nodes: [{ ...box, place: { side: "above", of: "z" } }] }, "the place of a names z, which is no box"],
    ["an id that DOT cannot hold", { ...empty, nodes: [{ ...box, id: "a\u0000" }] }, "cannot be an id"],
  ])("%s is refused", (_, diagram, message) => {
    expect(() => toDot(diagram)).toThrow(DiagramError);
    expect(() => toDot(diagram)).toThrow(message);
  });

  test("a colour that is none is refused, whatever it would add to the text", () => {
    const theme = { ...light, roles: { ...light.roles, input: { ...light.roles.input, border: 'red" URL="x' } } };
    expect(() => toDot({ ...empty, nodes: [box] }, { theme })).toThrow('"red\\" URL=\\"x" is not a colour; write #RRGGBB');
  });

  test("an SVG that is none is refused by name", async () => {
    await expect(toPng("<svg")).rejects.toThrow(/^toPng: this SVG cannot be drawn: /);
    await expect(toPng(toDot({ title: "t", subtitle: "", nodes: [], edges: [] }))).rejects.toThrow("this is DOT text; write toPng(await toSvg(dot))");
    await expect(toPng("<svg/>", { fontFiles: [] })).rejects.toThrow("toPng: give at least one font file");
  });

  test.each([
    [Number.NaN, "the scale is NaN"],
    [0, "the scale is 0"],
    [-1, "the scale is -1"],
    [Number.POSITIVE_INFINITY, "the scale is Infinity"],
    ["2", "the scale is 2; give"],
    [1e6, "300 by 200 units at scale 1000000 are 300000000 by 200000000 pixels, more than 1e8 in all; give a smaller scale, at most 40"],
  ])("the scale %s is refused", async (scale, message) => {
    const drawn = toPng('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"/>', { scale: scale as number });
    await expect(drawn).rejects.toThrow(DiagramError);
    await expect(drawn).rejects.toThrow(message);
  });

  test("a font file that is absent, or is no font, is refused by name", async () => {
    const drawn = (file: string): Promise<unknown> => toPng('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', { fontFiles: [file] });
    await expect(drawn("/no/font.ttf")).rejects.toThrow(/^toPng: the font file \/no\/font\.ttf cannot be read: ENOENT/);
    await expect(drawn("package.json")).rejects.toThrow("toPng: package.json is no font; give a TrueType or OpenType file");
  });

  test("nothing at all is a picture without boxes", async () => {
    expect(await toSvg(toDot(empty))).toMatch(/^<svg/);
  });
});
