import { type Tensor, input, mul, name, record, sigmoid, sum, tensor } from "@nabla/autodiff";
import { fromGraph, fromNetwork, fromTape, toDot, toHtml, toSvg } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const long = "WWWWWW MMMM the gradient of a weight is the sum over all of its paths through this network, which is what backpropagation finds in the end";
const tape = record((x: Tensor) => sum(mul(x, x)), name(tensor([1, 2]), "x"));

const pictures = {
  graph: fromTape(tape, { title: long, subtitle: long }),
  "graph with a subtitle": fromTape(tape, { title: "t", subtitle: long }),
  network: fromNetwork({ sizes: [2, 1], weights: [[[1, -1]]], title: long, subtitle: long }),
};

describe.each(Object.entries(pictures))("the long title of a %s", (_, picture) => {
  test("is broken into lines, and nothing of it is lost", async () => {
    const svg = await toSvg(toDot(picture));
    const text = [...svg.matchAll(/<text [^>]*font-size="17.00"[^>]*>([^<]*)</g)].map(([, line = ""]) => line.replaceAll("&#160;", " ").trim());
    expect(text.join(" ")).toBe(picture.title);
  });

  test("leaves room for broader bold letters, and the legend in one piece", async () => {
    const svg = await toSvg(toDot(picture));
    const whole = Number(/ width="([\d.]+)pt"/.exec(svg)?.[1]);
    for (const [, x, line = ""] of svg.matchAll(/<text [^>]* x="([\d.]+)"[^>]*font-size="17.00"[^>]*>([^<]*)</g))
      expect(Number(x) + line.replaceAll("&#160;", " ").trim().length * 17 * 0.58).toBeLessThanOrEqual(whole);
    // A swatch is as wide as it asks to be, and a line of a legend ends at its head.
    for (const [, points = "", head] of svg.matchAll(/<polygon [^>]*points="([^"]*)"\/>\n<text [^>]* x="([\d.]+)"[^>]*>▸</g)) {
      const right = Math.max(...[...points.matchAll(/([-\d.]+),/g)].map(([, x]) => Number(x)));
      expect(Number(head) - right).toBeLessThan(8);
    }
    for (const [, from, to] of svg.matchAll(/ d="M([-\d.]+),[-\d.]+C[-\d.]+,[-\d.]+ ([-\d.]+),[^"]*"\/>\n<text [^>]*font-size="9.00"[^>]*>[»◆★]</g))
      expect(Math.abs(Number(to) - Number(from))).toBeLessThan(30);
  });
});

test("a page does not tell its readers which option its author could give", async () => {
  let deep = input("x", []);
  for (let step = 0; step < 1000; step++) deep = sigmoid(deep);
  const picture = fromGraph(deep);
  expect(picture.subtitle).toMatch(/; open one by its name: open: \["steps 1 to \d+"\]$/);
  const html = await toHtml(picture);
  expect(html).toContain("1,001 steps folded into");
  expect(html).not.toMatch(/open: \[|fold: "none"|fold: &quot;/);
});
