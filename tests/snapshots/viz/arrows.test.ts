import { instance } from "@viz-js/viz";
import { type Tensor, add, einsum, exp, grad, input, matmul, mul, relu, square, sum, tanh, tensor, name, record, valueAndGrad } from "@nabla/autodiff";
import { explain, network } from "@nabla/mlp";
import { type Diagram, fromGraph, fromTape, toDot, toSvg } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const lesson = explain(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 }), "binaryCrossEntropy", [0.6, -1], [1]);
const recurrent = record((W: Tensor) => {
  let h: Tensor = tensor([0.1, -0.2]);
  for (let step = 1; step <= 6; step++) h = name(tanh(matmul(W, h)), `h${step}`);
  return sum(h);
}, name(tensor([[0.5, -0.3], [0.2, 0.8]]), "W")); // prettier-ignore
const patch = input("patch", [2, 3, 3, 1]);

const pictures: Readonly<Record<string, Diagram>> = {
  "a lesson": fromTape(lesson.tape, lesson),
  "a lesson with a layer open": fromTape(lesson.tape, { ...lesson, open: ["layer 2"] }),
  "a recurrent network": fromTape(recurrent),
  "a gradient": fromGraph(valueAndGrad((k: Tensor) => sum(relu(einsum([patch, k], { equation: "bijc,ijcd->bd" }))))(input("kernel", [3, 3, 1, 4]))),
  "two weights above each other": fromGraph(valueAndGrad((p: { a: Tensor; b: Tensor }) => sum(add(mul(p.a, p.b), input("x", [2, 2]))))({ a: input("a", [2, 2]), b: input("b", [2, 2]) })), // prettier-ignore
};

type Point = readonly [x: number, y: number];
const points = (text: string): Point[] => [...text.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const distance = ([a, b]: Point, [c, d]: Point): number => Math.hypot(a - c, b - d);

/** How far each arrow's head is from the nearer end of its line. */
function gaps(svg: string): number[] {
  return [...svg.matchAll(/<g id="[^"]*" class="edge[^"]*">([\s\S]*?)<\/g>/g)].flatMap(([, edge = ""]) => {
    const line = points(/ d="([^"]*)"/.exec(edge)?.[1] ?? "");
    const [left, , right] = points(/<polygon [^>]*points="([^"]*)"/.exec(edge)?.[1] ?? "");
    if (left === undefined || right === undefined) return [];
    const base: Point = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
    return [Math.min(distance(line[0] as Point, base), distance(line.at(-1) as Point, base))];
  });
}

describe.each(Object.entries(pictures))("the arrows of %s", (_, picture) => {
  test("reach their heads", async () => {
    const found = gaps(await toSvg(toDot(picture)));
    expect(found.length).toBeGreaterThanOrEqual(picture.edges.length);
    expect(Math.max(...found)).toBeLessThanOrEqual(0.5);
  });

  test("have their labels after them, in a halo of the page's colour, and lose none", async () => {
    const dot = toDot(picture);
    const svg = await toSvg(dot);
    const [, labels = ""] = /<g class="labels">([\s\S]*?)<\/g>/.exec(svg) ?? [];
    expect(svg.indexOf('<g class="labels">')).toBeGreaterThan(svg.lastIndexOf('class="edge'));
    const written = [...labels.matchAll(/<text [^>]*stroke="#[Ff]{6}"[^>]*paint-order="stroke"[^>]*>/g)];
    expect(written).toHaveLength([...dot.matchAll(/ -> [^\n]*[[ ]label="/g)].length);
    expect(svg).not.toMatch(/class="edge[^"]*">(?:(?!<\/g>)[\s\S])*<text/);
  });
});

test("as Graphviz draws them, some of these arrows do not reach their heads", async () => {
  const graphviz = await instance();
  expect(Math.max(...gaps(graphviz.renderString(toDot(pictures["a lesson"] as Diagram), { format: "svg" })))).toBeGreaterThan(2);
});

test("what flows back stays below what flows forward, also past boxes in between", async () => {
  const svg = await toSvg(toDot(pictures["a recurrent network"] as Diagram));
  const lines = (kind: string): number[] =>
    [...svg.matchAll(new RegExp(`class="edge${kind}">\\n<title>[^<]*</title>\\n<path [^>]*d="([^"]*)"`, "g"))].map(([, d = ""]) => {
      const all = points(d);
      return all.reduce((sum, [, y]) => sum + y, 0) / all.length;
    });
  const [back, forth] = [lines(" backward"), lines("")];
  expect(back).toHaveLength(12);
  expect(forth).toHaveLength(12);
  expect(Math.min(...back)).toBeGreaterThan(Math.max(...forth));
});

/** Labels of arrows back through which a line forward runs. */
function crossings(svg: string): string[] {
  const forward = [...svg.matchAll(/<path fill="none" stroke="#3a4452"[^>]*d="M([^"]*)"/g)].flatMap(([, d = ""]) => curve(points(d)));
  const labels = svg.matchAll(/<text [^>]*text-anchor="middle" x="([^"]*)" y="([^"]*)"[^>]* font-size="10.00" fill="#970c23"[^>]*>([^<]*)</g);
  return [...labels].flatMap(([, x, y, raw = ""]) => {
    const text = raw.replaceAll("&#160;", " ").trim();
    return forward.some(([a, b]) => Math.abs(a - Number(x)) < [...text].length * 2.5 && b < Number(y) && b > Number(y) - 7) ? [text] : [];
  });
}

/** Points along the pieces of a Bézier curve. */
function curve([start = [0, 0], ...rest]: Point[]): Point[] {
  const found: Point[] = [start];
  for (let at = 0; at + 2 < rest.length; at += 3) {
    const [a, b, c, d] = [found.at(-1), rest[at], rest[at + 1], rest[at + 2]] as [Point, Point, Point, Point];
    for (let t = 0.01; t < 1.005; t += 0.01) {
      const along = (axis: 0 | 1): number => (1 - t) ** 3 * a[axis] + 3 * (1 - t) ** 2 * t * b[axis] + 3 * (1 - t) * t ** 2 * c[axis] + t ** 3 * d[axis];
      found.push([along(0), along(1)]);
    }
  }
  return found;
}

const branching = fromTape(
  record(
    (w: Tensor) => {
      const z = name(mul(w, 2), "z");
      return name(add(name(exp(z), "p"), name(square(z), "q")), "C");
    },
    name(tensor(0.5), "w"),
  ),
);
const fourth = fromGraph(grad(grad((t: Tensor) => square(square(t))))(input("t", [])));

test.each([["two paths", branching] as const, ["a second derivative", fourth] as const])("no other line runs through a label of %s", async (_, picture) => {
  expect(crossings(await toSvg(toDot(picture)))).toEqual([]);
});

test("as Graphviz sets them, a line runs through a label", async () => {
  const graphviz = await instance();
  expect(crossings(graphviz.renderString(toDot(branching).replaceAll(/ +"/g, ' "'), { format: "svg" }))).toEqual(["⊙ exp(z)"]);
});
