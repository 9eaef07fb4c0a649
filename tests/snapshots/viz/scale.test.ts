import { type Tensor, add, input, matmul, mul, scope, sigmoid, sum, tanh, valueAndGrad } from "@nabla/autodiff";
import { type Diagram, foldGroups, fromGraph, fromJson, toDot, toHtml, toJson, toSvg, toText, describe as inWords } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const repeated = (times: number, step: (x: Tensor, at: number) => Tensor, start: Tensor): Tensor => {
  let y = start;
  for (let at = 0; at < times; at++) y = step(y, at);
  return y;
};

const [W, h] = [input("W", [4, 4]), input("h", [4])];
const recurrent = (w: Tensor): Tensor => sum(repeated(2000, (s, at) => tanh(add(matmul(w, s), input(`x${at}`, [4]))), h));

const shapes: Readonly<Record<string, () => Diagram>> = {
  "a chain of 10,000 steps": () => fromGraph(repeated(10_000, (y) => sigmoid(y), input("x", []))),
  "a fan of 10,000 steps": () => {
    const x = input("x", []);
    return fromGraph(Array.from({ length: 5000 }, (_, at) => mul(x, at + 2)).reduce((all, part) => add(all, part), x));
  },
  "2,500 layers": () =>
    fromGraph(
      sum(repeated(2500, (a, at) => scope(`layer ${at + 1}`, () => tanh(add(matmul(input(`W${at}`, [8, 8]), a), input(`b${at}`, [8])))), input("x", [8]))),
    ),
  "2,000 steps with one weight": () => fromGraph(recurrent(W)),
  "2,000 steps with one weight and their gradient": () => fromGraph(valueAndGrad(recurrent)(W)),
};

const membersOf = ({ nodes }: Diagram): string => [...new Set(nodes.flatMap(({ id, members }) => members ?? [id]))].toSorted().join(" ");
const boxesOf = ({ nodes }: Diagram): Diagram["nodes"] => nodes.filter(({ reference }) => reference === undefined);

/** Each is made once, whoever asks for it. */
const made = new Map<string, Diagram>();
const pictureOf = (label: string): Diagram => {
  const picture = made.get(label) ?? shapes[label]?.();
  if (picture === undefined) throw new Error(`there is no shape ${label}`);
  made.set(label, picture);
  return picture;
};

describe.each(Object.keys(shapes))("%s", (label) => {
  const picture = pictureOf(label);

  test("are a picture of few boxes, none with many arrows, which says what it folded", async () => {
    expect(boxesOf(picture).length).toBeLessThanOrEqual(25);
    expect(picture.subtitle).toMatch(/^[\d,]+ steps folded into \d+ boxes; open one by its name: open: \["(steps|layer) \d+ to (layer )?\d+"\]$/);
    for (const { id } of picture.nodes)
      expect(picture.edges.filter(({ from, direction }) => from === id && direction === "forward").length).toBeLessThanOrEqual(6);
    expect(await toSvg(toDot(picture))).toContain("steps folded into");
  });

  test("can be opened to every node, a fold at a time", () => {
    const all = membersOf(picture);
    const open: string[] = [];
    let opened = picture;
    for (
      let at = opened.nodes.find(({ lines }) => lines !== undefined);
      at !== undefined && open.length < 6;
      at = opened.nodes.find(({ lines }) => lines !== undefined)
    ) {
      open.push(at.name);
      opened = foldGroups(picture, { open });
      expect(membersOf(opened) === all).toBe(true);
      expect(opened.nodes.length).toBeLessThan(300);
      expect(opened.nodes.some(({ name, lines }) => lines !== undefined && name === open.at(-1))).toBe(false);
    }
    expect(open.length).toBeGreaterThan(2);
    expect(boxesOf(opened).filter(({ lines }) => lines === undefined).length).toBeGreaterThan(
      boxesOf(picture).filter(({ lines }) => lines === undefined).length,
    );
  });
});

describe("a value that is used in many places", () => {
  const picture = pictureOf("2,000 steps with one weight and their gradient");

  test("has one box with its gradient, and small references beside its uses", () => {
    const weight = picture.nodes.find(({ name, reference }) => name === "W" && reference === undefined);
    expect(weight).toMatchObject({
      role: "parameter",
      note: "beside 22 boxes that use it",
      gradient: { symbol: "∂C/∂W", summands: 2000, formula: "sum of 2000 shares" },
    });
    const references = picture.nodes.filter(({ reference }) => reference === weight?.id);
    expect(references).toHaveLength(22);
    for (const { id } of references) {
      expect(picture.edges.filter(({ from, direction }) => from === id && direction === "forward")).toHaveLength(1);
      expect(picture.edges.filter(({ to, direction }) => to === id && direction === "backward")).toHaveLength(1);
    }
  });

  test("is told once in words, and outlives JSON, from which the folds can be opened as well", () => {
    expect(inWords(picture).description).not.toContain("W = ");
    expect(toText(picture)).toContain("∂C/∂W");
    const read = fromJson(toJson(picture)) as Diagram;
    expect(read).toEqual(picture);
    expect(foldGroups(read, { open: ["steps 2 to 365"] })).toEqual(foldGroups(picture, { open: ["steps 2 to 365"] }));
  });
});

test("a name that is no group is refused with some that are, however many there are", () => {
  const layers = pictureOf("2,500 layers");
  expect(() => foldGroups(layers, { open: ["layer 0"] })).toThrow(
    /^foldGroups: there is no group "layer 0" to open; there is layer 1, .*layer 24 and \d+ more$/,
  );
});

describe("a page of a folded picture", () => {
  const options = (html: string): string[] => [...html.matchAll(/<option[^>]*>([^<]*)/g)].map(([, label = ""]) => label);

  test("says that it is folded, and shows what is inside each fold", async () => {
    const small = fromGraph(
      repeated(100, (y) => sigmoid(y), input("x", [])),
      { most: 20 },
    );
    expect(small.nodes).toHaveLength(18);
    const html = await toHtml(small);
    const shown = options(html);
    expect(shown.slice(0, 3)).toEqual(["as drawn (18 boxes)", "inside steps 1 to 6 (6 boxes)", "inside steps 7 to 12 (7 boxes)"]);
    expect(html).toContain("sigmoid(v5)");
  });

  test("lists every fold: the first as drawings, the others, which would make it too large, as steps to be sketched", async () => {
    const html = await toHtml(pictureOf("a chain of 10,000 steps"));
    const all = options(html);
    expect(all).toHaveLength(24);
    expect(all[1]).toBe("inside steps 1 to 435 (24 boxes)");
    expect(all.at(-1)).toBe("inside steps 9571 to 10000 (430 steps)");
    expect(html).toContain("10,000 of 10,001 steps are folded into 23 boxes: open one by a double-click, by its name in this list, or by a search for a step");
    const drawings = html.match(/<svg /g)?.length ?? 0;
    expect(drawings).toBe(all.filter((label) => label.endsWith("boxes)")).length);
    expect(Buffer.byteLength(html)).toBeLessThan(700_000);
  });
});

test("a long line of folds is broken into as many rows as fit, from each of which an arrow leads to the next", () => {
  const picture = pictureOf("a chain of 10,000 steps");
  const lines = toDot(picture).split("\n");
  const turns = lines.filter((line) => / -> .*constraint="false"/.test(line));
  expect(turns).toHaveLength(4);
  for (const turn of turns) expect(turn).toMatch(/^ {2}"\w+":s -> "\w+":n \[/);
  const starts = lines.find((line) => line.includes('rank="same"')) ?? "";
  expect(starts.match(/"t\d+"/g)).toEqual([0, 5, 10, 15, 20].map((at) => `"${picture.nodes[at]?.id ?? ""}"`));
  // A short one, and one that runs down, stay one line.
  expect(toDot(picture, { direction: "TB" })).not.toContain('rank="same"');
});
