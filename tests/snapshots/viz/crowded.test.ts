import { confusionMatrix, decisionBoundary, functionPlot, trainingCurve } from "@nabla/viz";
import { expect, test } from "vitest";

/** A text of a plot with the room that it takes: 0.58 of its size for a character, as Helvetica's digits are wide. */
interface Box {
  readonly text: string;
  /** What it is a piece of. */
  readonly source: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxes(svg: string): Box[] {
  // A heading of several lines moves what follows it down.
  const [heading = "", moved, marks = ""] = svg.split(/<g transform="translate\(0 ([\d.]+)\)">/);
  return [...boxesOf(heading, 0), ...boxesOf(marks, Number(moved ?? 0))];
}

function boxesOf(svg: string, down: number): Box[] {
  return [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)" ([^>]*)>([^<]*)</g)].flatMap(({ index: source, 1: x, 2: y, 3: look = "", 4: text = "" }): Box[] => {
    const size = Number(/font-size="([^"]+)"/.exec(look)?.[1]);
    const anchor = /text-anchor="(\w+)"/.exec(look)?.[1];
    const width = [...text.replaceAll(/&\w+;/g, "&")].length * size * 0.58;
    const aslant = /translate\((\S+) (\S+)\) rotate\(-45\)/.exec(look)?.slice(1).map(Number);
    if (aslant === undefined) {
      const left = Number(x) - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
      return [{ text, source: source + down, left, right: left + width, top: down + Number(y) - size * 0.72, bottom: down + Number(y) }];
    }
    // Small boxes along the line, as high as its letters.
    const [startX = 0, startY = 0] = aslant;
    return Array.from({ length: Math.ceil(width / size) }, (_, at) => {
      const along = at * size * Math.SQRT1_2;
      const [left, bottom] = [startX + along - size / 2, down + startY - along];
      return { text, source: source + down, left, right: left + size, top: bottom - size, bottom };
    });
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
    all
      .slice(at + 1)
      .flatMap((b) => (a.source !== b.source && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom ? [`${a.text} | ${b.text}`] : [])),
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
  [
    "thirty classes",
    confusionMatrix({
      title: "a title that is longer than two lines of the sheet, since somebody wished to say in it what was measured, when, on which examples and why",
      classes: Array.from({ length: 30 }, (_, i) => `the class number ${i}`),
      counts: Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (__, j) => (i === j ? 912 : i % 7))),
    }),
  ],
  ["a threshold of many digits, and a large axis", decisionBoundary({ title: "t", x: [0, 1], y: [-1e6, 1e6], threshold: 1 / 3, values: [[0, 1], [1, 0]] })], // prettier-ignore
])("no text covers another or leaves the sheet in a plot with %s", (_, svg) => {
  expect(collisions(svg)).toEqual([]);
});

test("a title is written whole, in as many lines as it needs, and the rest moves down", () => {
  const title = "Exclusive or, learned by four hidden neurons in four hundred steps of gradient descent";
  const short = decisionBoundary({ title: "short", x: [0, 1], y: [0, 1], values: [[0, 1], [1, 0]] }); // prettier-ignore
  const long = decisionBoundary({ title, subtitle: title, x: [0, 1], y: [0, 1], values: [[0, 1], [1, 0]] }); // prettier-ignore
  const lines = (size: number): string[] => [...long.matchAll(new RegExp(`font-size="${size}"[^>]*>([^<]+)<`, "g"))].map(([, line = ""]) => line);
  expect(lines(17).join(" ")).toBe(title);
  expect(lines(11).join(" ")).toContain(title);
  const heights = [short, long].map((svg) => Number(/ height="([\d.]+)"/.exec(svg)?.[1]));
  expect((heights[1] ?? 0) - (heights[0] ?? 0)).toBe(21 * (lines(17).length - 1) + 15);
  expect(long).toContain(`<title>${title}</title>`);
  for (const height of [420, 600]) {
    const given = decisionBoundary({ title, x: [0, 1], y: [0, 1], values: [[0, 1], [1, 0]] }, { height }); // prettier-ignore
    expect(given).toContain(` height="${height}"`);
  }
});

test("a text on another is found", () => {
  expect(collisions('viewBox="0 0 100 100"><text x="10" y="20" font-size="10">one</text><text x="15" y="22" font-size="10">two</text>')).toEqual(["one | two"]);
});
