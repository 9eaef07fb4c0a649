import { confusionMatrix, decisionBoundary, functionPlot, trainingCurve } from "@nabla/viz";
import { expect, test } from "vitest";

/** A text of a plot with the room that it takes: 0.58 of its size for a character, as Helvetica's digits are wide. */
interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxes(svg: string): Box[] {
  return [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)" ([^>]*)>([^<]*)</g)].map(([, x, y, look = "", text = ""]) => {
    const size = Number(/font-size="([^"]+)"/.exec(look)?.[1]);
    const anchor = /text-anchor="(\w+)"/.exec(look)?.[1];
    const width = [...text.replaceAll(/&\w+;/g, "&")].length * size * 0.58;
    const left = Number(x) - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
    return { text, left, right: left + width, top: Number(y) - size * 0.72, bottom: Number(y) };
  });
}

/** Pairs of texts that cover each other, and texts that leave the sheet. */
function collisions(svg: string): string[] {
  const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number);
  const all = boxes(svg);
  const out = all
    .filter(({ left, right, top, bottom }) => left < 0 || right > width || top < 0 || bottom > height)
    .map(({ text }) => `${text} leaves the sheet`);
  const pairs = all.flatMap((a, at) =>
    all.slice(at + 1).flatMap((b) => (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom ? [`${a.text} | ${b.text}`] : [])),
  );
  return [...out, ...pairs];
}

const line = (label: string, end: number): { label: string; points: [number, number][] } => ({ label, points: [[0, 1], [1_234_567, end]] }); // prettier-ignore
const classes = ["aeroplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "articulated lorry"];

test.each<[string, string]>([
  ["many curves that end close together", trainingCurve({ title: "t", series: Array.from({ length: 26 }, (_, k) => line(`series ${k}`, 0.5 + k / 1000)) })],
  [
    "many curves on a low sheet",
    trainingCurve({ title: "t", series: Array.from({ length: 26 }, (_, k) => line(`series ${k}`, 0.5 + k / 1000)) }, { height: 300 }),
  ],
  ["a narrow sheet", trainingCurve({ title: "a title that is longer than the sheet is wide", series: [line("training", 0.5)] }, { width: 260 })],
  [
    "long names of classes, and large counts",
    confusionMatrix({ title: "t", classes, counts: classes.map((_, i) => classes.map((_each, j) => (i === j ? 912_345 : i * j))) }),
  ],
  ["a matrix in a given width", confusionMatrix({ title: "t", classes, counts: classes.map(() => classes.map(() => 123_456)) }, { width: 560 })],
  [
    "many functions in panels with large numbers",
    functionPlot({
      title: "t",
      panels: [
        { title: "a panel whose title is longer than the panel is wide", series: Array.from({ length: 6 }, (_, k) => ({ label: `function number ${k}`, points: [[0, k], [1, 2e5]] })) }, // prettier-ignore
        { title: "other", series: [{ label: "a long label that goes on and on and on", points: [[0, 1], [1, 2]] }, { label: "second", points: [[0, 0]] }] }, // prettier-ignore
      ],
    }),
  ],
  ["a threshold of many digits, and a large axis", decisionBoundary({ title: "t", x: [0, 1], y: [-1e6, 1e6], threshold: 1 / 3, values: [[0, 1], [1, 0]] })], // prettier-ignore
])("no text covers another or leaves the sheet in a plot with %s", (_, svg) => {
  expect(collisions(svg)).toEqual([]);
});

test("a text on another is found", () => {
  expect(collisions('viewBox="0 0 100 100"><text x="10" y="20" font-size="10">one</text><text x="15" y="22" font-size="10">two</text>')).toEqual(["one | two"]);
});
