import { execFileSync } from "node:child_process";
import { instance } from "@viz-js/viz";
import fc from "fast-check";
import { type Diagram, type DiagramNode, dark, fromNetwork, light, toDot, toPng, toSvg, trainingCurve } from "@nabla/viz";
import { describe, expect, test } from "vitest";

/** What has broken writers of DOT before, one by one and mixed with anything else. */
const known = [
  ..."<>&\"'\\{}|[]()/;:=,#%$@ \t\n\r\u0000\u0001\u001B\u007F\u0085\u00A0\u2028\uFFFE\uD800\uDC00",
  "<b>x</b>",
  "<x>,shape=box,URL=<javascript:alert(1)>",
  'x\\" URL=<javascript:alert(1)> //',
  "C:\\new",
  "end\\",
  "\\N\\G\\L\\E",
  "&lt;",
  "&#60;",
  "]]>",
  "<!--",
  "-->",
  "</TABLE>",
  "<BR/>",
  "/* */",
  "//",
  "node",
  "Graph",
  "subgraph",
  "strict",
  "a:b:n",
  "->",
  "--",
  "∂C/∂wˡⱼₖ ⊙ δᴸ",
  "漢字",
  "👩‍🔬",
  "e\u0301",
];
const hostile = fc.array(fc.oneof(fc.constantFrom(...known), fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 6 }).map((parts) => parts.join(""));

/** What a picture can show of a text: no control characters, no halves of characters, one line. */
const shown = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- the ones that no picture holds
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/g, "")
    .replaceAll(/[\uD800-\uDFFF]/gu, "\uFFFD");

/** As much of a text as there is room for; spaces are laid out, not kept. */
const squeezed = (text: string, room: number): string => {
  const characters = [...shown(text)];
  const cut = characters.length > room ? `${characters.slice(0, room - 1).join("")}…` : characters.join("");
  return cut.replaceAll(/\s+/g, "");
};

const box = (id: string, text: string): DiagramNode => ({
  id,
  role: "operation",
  name: text,
  operation: text,
  shape: text,
  value: [[1]],
  gradient: { symbol: text, value: undefined },
  equation: { tag: text, rule: text, agrees: true },
  folded: [text],
  place: { side: "line" },
});

const diagram = (texts: readonly [string, string, string]): Diagram => ({
  title: texts[0],
  subtitle: texts[1],
  nodes: [box("a", texts[1]), box("b", texts[2])],
  edges: [
    { from: "a", to: "b", direction: "forward", label: texts[2] },
    { from: "b", to: "a", direction: "backward", label: texts[0] },
  ],
});

/** A box or an arrow as Graphviz drew it. */
interface Drawn {
  readonly name: string;
  /** All its text, without spaces. */
  readonly text: string;
}

const viz = await instance();

/** What Graphviz understood: boxes and arrows with what it drew, when it had nothing to complain of. */
function read(dot: string): { readonly boxes: readonly Drawn[]; readonly arrows: readonly Drawn[] } {
  const { output = "", errors, status } = viz.render(dot, { format: "svg" });
  expect(errors.filter(({ level }) => level !== "warning")).toEqual([]);
  expect(status).toBe("success");
  const of = (kind: string): Drawn[] =>
    output.split(/(?=<g id="(?:node|edge)\d+")/).flatMap((part) => {
      if (!part.startsWith(`<g id="${kind}`)) return [];
      const text = [...part.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, each = ""]) => plain(each)).join("");
      return [{ name: plain(/<title>([^<]*)</.exec(part)?.[1] ?? ""), text: text.replaceAll(/\s+/g, "") }];
    });
  // The structure once more, from a format without text.
  const { objects = [], edges = [] } = JSON.parse(viz.render(dot, { format: "json0" }).output ?? "") as { objects?: unknown[]; edges?: unknown[] };
  const [boxes, arrows] = [of("node"), of("edge")];
  expect([boxes.length, arrows.length]).toEqual([objects.length, edges.length]);
  return { boxes, arrows };
}

const plain = (text: string): string =>
  text.replaceAll(/&(?:(amp|lt|gt|quot)|#(\d+));/g, (_, name: string | undefined, code: string | undefined) =>
    name === undefined ? String.fromCodePoint(Number(code)) : ({ amp: "&", lt: "<", gt: ">", quot: '"' }[name] ?? ""),
  );

describe("hostile text", () => {
  test("in the marks and words of a theme is shown as it is too", () => {
    const bad = 'x</FONT></TD><TD HREF="javascript:alert(1)"><FONT>y';
    for (const [mark, label] of [
      ["<B>m</B>", "plain"],
      ["&", "<"],
      ["m", bad],
    ] as const) {
      const theme = { ...light, roles: { ...light.roles, operation: { ...light.roles.operation, mark, label } } };
      const dot = toDot(
        { ...diagram(["t", "s", "e"]), nodes: [box("a", "s"), box("b", "e")].map((node) => ({ ...node, role: "operation" as const })) },
        { theme },
      );
      const svg = viz.renderString(dot, { format: "svg" });
      expect(svg).not.toMatch(/xlink:href|font-weight="bold"[^>]*>m</);
      const shown = plain([...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, each = ""]) => each).join("")).replaceAll("\u00a0", " ");
      expect(shown).toContain(mark);
      expect(shown).toContain(label);
    }
  });

  test("is shown as it is, in as many boxes and arrows as there are", () => {
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile), fc.constantFrom(light, dark), fc.constantFrom("LR", "TB"), (texts, theme, direction) => {
        const { boxes, arrows } = read(toDot(diagram(texts), { theme, direction }));
        const label = (text: string): string =>
          [[text, 48], [text, 44], [text, 48], ["1.0", 9], [text, 48], ["notcomputed", 11], [text, 56], [text, 56], ["✓", 1]] // prettier-ignore
            .map(([part, room]) => squeezed(part as string, room as number))
            .join("");
        expect(boxes).toEqual([
          { name: "a", text: label(texts[1]) },
          { name: "b", text: label(texts[2]) },
        ]);
        expect(arrows.map(({ text }) => text)).toEqual([squeezed(texts[2], 40), squeezed(texts[0], 40)]);
      }),
      { numRuns: 150 },
    );
  });

  test("names neurons as it is", () => {
    fc.assert(
      fc.property(hostile, hostile, (name, title) => {
        const { boxes, arrows } = read(toDot(fromNetwork({ sizes: [1, 1], names: [[name], [name]], title, activations: [name] })));
        const neurons = boxes.filter((each) => /^n\d+_\d+$/.test(each.name));
        expect(neurons).toHaveLength(2);
        expect(arrows).toHaveLength(1);
        // A long name stands beside its circle.
        const beside = boxes.filter((each) => /^s_n\d+_\d+$/.test(each.name));
        expect(beside).toHaveLength([...name].length > 8 ? 2 : 0);
        for (const { text } of beside.length > 0 ? beside : neurons) expect(text).toBe(squeezed(name, 40));
      }),
      { numRuns: 150 },
    );
  });

  test("names neurons on a path as it is, in the table and behind the output", () => {
    const paths = { place: { layer: 1, to: 0, from: 0 }, count: 1, paths: [{ neurons: [0], factors: [2, 3], product: 6 }], complete: true, sum: 6 };
    fc.assert(
      fc.property(hostile, (name) => {
        const svg = viz.renderString(toDot(fromNetwork({ sizes: [1, 1], names: [[name], [name]], paths })), { format: "svg" });
        const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, each = ""]) => plain(each).replaceAll(/[\s\u00a0]+/g, ""));
        expect(texts).toContain(`w¹₁₁→${squeezed(name, 24)}→C`);
        expect(svg).not.toMatch(/xlink:href|<script/);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps every SVG readable, without links or scripts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(hostile, hostile, hostile), async (texts) => {
        const curve = trainingCurve({ title: texts[0], xLabel: texts[1], yLabel: texts[2], series: [{ label: texts[0], points: [[0, 1]] }] });
        for (const svg of [await toSvg(toDot(diagram(texts)), { title: texts[0], description: texts[1] }), curve]) {
          expect((await toPng(svg, { scale: 0.1 }))[1]).toBe("P".charCodeAt(0));
          expect(svg).not.toMatch(/<script|<image|<style|href=/);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("leaves the text's structure alone, also for an older Graphviz", () => {
    const dot = toDot(diagram(['x\\" URL=<javascript:alert(1)> //', "<x>,shape=box", "\\N\\"]));
    const old = execFileSync("graphviz", ["-Tsvg"], { input: dot, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
    expect([...old.matchAll(/<g id="(?:node|edge)\d+"/g)]).toHaveLength(4);
    expect(old).not.toContain('javascript:alert(1)&gt; //" ');
  });

  test("is cut where it is long, before an attribute could become too long for Graphviz", () => {
    const long = "∂".repeat(100_000);
    const dot = toDot(diagram([long, long, long]));
    expect(Math.max(...dot.split("\n").map((line) => Buffer.byteLength(line)))).toBeLessThan(16_384);
    expect(read(dot).boxes).toHaveLength(2);
  });

  test("is the same bytes for the same picture, with line feeds and an end", () => {
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile), (texts) => {
        const dot = toDot(diagram(texts));
        expect(toDot(diagram(texts))).toBe(dot);
        expect(dot).toMatch(/^digraph [^\r\uFEFF]*\}\n$/);
        expect(dot).not.toContain("strict digraph");
      }),
    );
  });
});

/** A step of the drawing of a label, as Graphviz's JSON has it: T sets text. */
interface Stroke {
  readonly op: string;
  readonly text?: string;
}

describe("ten thousand names, random and hostile", () => {
  const perPicture = 250;
  const names = fc.sample(hostile, { numRuns: 10_000, seed: 20_260_101 });
  const pictures = Array.from({ length: names.length / perPicture }, (_, at) => names.slice(at * perPicture, (at + 1) * perPicture));

  test("survive DOT, read back as JSON, and SVG, read by an XML parser: as many boxes, each with its text", async () => {
    for (const part of pictures) {
      const nodes = part.map((name, at): DiagramNode => ({
        id: `b${at}`,
        role: "input",
        name,
        operation: "",
        shape: "1",
        value: undefined,
        place: { side: "line" },
      }));
      const { output = {}, errors } = viz.renderFormats(toDot({ title: part[0] ?? "", subtitle: "", nodes, edges: [] }), ["json", "svg"]);
      expect(errors.filter(({ level }) => level !== "warning")).toEqual([]);
      const { objects } = JSON.parse(output["json"] ?? "") as { readonly objects: readonly { readonly name: string; readonly _ldraw_: readonly Stroke[] }[] };
      expect(objects.map(({ name }) => name)).toEqual(nodes.map(({ id }) => id));
      const label = (name: string): string => `»${squeezed(name, 48)}1`;
      objects.forEach(({ _ldraw_: strokes }, at) => {
        const name = part[at] ?? "";
        const text = strokes.map((stroke) => (stroke.op === "T" ? (stroke.text ?? "") : "")).join("");
        // Graphviz's JSON doubles backslashes and then cuts the text to its first length; its SVG, read below, does not.
        if (!name.includes("\\")) expect(text.replaceAll(/\s+/g, ""), JSON.stringify(name)).toBe(label(name));
      });
      const { svg = "" } = output;
      const boxes = svg.split(/(?=<g id="node\d+")/).slice(1);
      expect(boxes).toHaveLength(perPicture);
      boxes.forEach((drawn, at) => {
        const text = [...drawn.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, each = ""]) => plain(each)).join("").replaceAll(/\s+/g, ""); // prettier-ignore
        expect(text, JSON.stringify(part[at])).toBe(label(part[at] ?? ""));
      });
      // An XML parser reads one document in eight: drawing it costs more than reading it.
      if (pictures.indexOf(part) % 8 === 0) expect((await toPng(svg, { scale: 0.02 }))[1]).toBe("P".charCodeAt(0));
    }
  });
});

describe("hostile ids", () => {
  test("join the boxes that they name, or are refused", () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const nodes = [box(one, "a"), box(other, "b")];
        const picture: Diagram = { title: "", subtitle: "", nodes, edges: [{ from: one, to: other, direction: "forward", label: "" }] };
        let dot: string;
        try {
          dot = toDot(picture);
        } catch (error) {
          expect(String(error)).toMatch(/DiagramError: .*(cannot be an id|share the id)/s);
          return;
        }
        const { boxes, arrows } = read(dot);
        expect([boxes.length, arrows.length]).toEqual([2, 1]);
      }),
      { numRuns: 150 },
    );
  });
});
