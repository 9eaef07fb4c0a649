import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "@nabla/cli";
import { type Diagram, type NetworkDiagram, fromJson } from "@nabla/viz";
import { describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "nabla-draw-"));

/** What the command says, and its exit code. */
async function nabla(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string; readonly complained: string }> {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await run(args, { print: (text) => void said.push(text), complain: (text) => void complained.push(text) });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

const drawn = async (...args: readonly string[]): Promise<Diagram> => {
  const { code, said, complained } = await nabla("draw", ...args, "--format", "json");
  expect(complained).toBe("");
  expect(code).toBe(0);
  return fromJson(said) as Diagram;
};

describe("nabla draw of a formula", () => {
  test("gives DOT to standard output", async () => {
    const { code, said } = await nabla("draw", "sum((W*x - y).^2)", "--input", "W=3x2", "--input", "x=2", "--input", "y=3");
    expect(code).toBe(0);
    expect(said).toMatch(/^digraph [^]*\}$/);
  });

  test("traces by shapes", async () => {
    const { nodes } = await drawn("sum(sigmoid(W*x))", "--input", "W=3x2", "--input", "x=2x4");
    expect(nodes.map(({ name, shape }) => `${name} ${shape}`)).toEqual(["W 3×2", "x 2×4", "v2 3×4", "v3 3×4", "C "]);
    expect(nodes.every(({ value, gradient }) => value === undefined && gradient === undefined)).toBe(true);
  });

  test("takes a formula that begins with a minus", async () => {
    expect((await drawn("-sum(x.^2)", "--value", "x=[1,2]")).nodes.at(-1)).toMatchObject({ value: [[-5]], role: "cost" });
    expect((await drawn("-hypot(x, 0)", "--value", "x=3")).nodes.at(-1)).toMatchObject({ value: [[-3]] });
    for (const written of ["-x - y", "-x-y"]) expect((await drawn(written, "--value", "x=2", "--value", "y=1")).nodes.at(-1)).toMatchObject({ value: [[-3]] });
    expect(await drawn("-sum(x.^2)", "--value", "x=[1,2]")).toMatchObject({ title: "-sum(x.^2)" });
    expect(await drawn("x", "--value", "x=2", "--title", "-f(x)")).toMatchObject({ title: "-f(x)" });
  });

  test("takes a file beside its option, whatever its name", async () => {
    const file = join(folder, "a(1)*.svg");
    const { code, said } = await nabla("draw", "-x^2", "--value", "x=2", `-o${file}`);
    expect([code, said]).toEqual([0, `wrote ${file}`]);
    expect(existsSync(file)).toBe(true);
  });

  test("takes a formula without names", async () => {
    expect(await drawn("1 + 2")).toMatchObject({ subtitle: "", nodes: [{ name: "C", value: [[3]], role: "cost" }] });
  });

  test("computes with numbers, whatever the shape of the result", async () => {
    expect((await drawn("2*x", "--value", "x=[1,2]")).nodes.at(-1)).toMatchObject({ name: "C", value: [[2], [4]], role: "prediction" });
    expect((await drawn("sum(x)", "--value", "x=[1,2]")).nodes.at(-1)).toMatchObject({ value: [[3]], role: "cost" });
  });

  test("with --backward has a gradient for every number", async () => {
    const { nodes, edges } = await drawn("sum(x.^2)", "--value", "x=[1,2]", "--backward");
    expect(nodes[0]).toMatchObject({ name: "x", gradient: { symbol: "∂C/∂x", value: [[2], [4]] } });
    expect(edges.filter(({ direction }) => direction === "backward")).toHaveLength(2);
  });

  test("says the exponent of a power, and puts a sum in brackets", async () => {
    const { nodes, edges } = await drawn("a*(b+c) + (a-1)^3", "--value", "a=2", "--value", "b=3", "--value", "c=4", "--backward");
    expect(nodes.map(({ operation }) => operation)).toContain("v6^3");
    expect(edges.map(({ label }) => label)).toContain("⊙ (b + c)");
  });

  test("with --backward and shapes has the graph of the gradient, for what --wrt names", async () => {
    const names = async (...wrt: readonly string[]): Promise<string[]> =>
      (await drawn("sum(W*x)", "--input", "W=3x2", "--input", "x=2", "--backward", ...wrt)).nodes
        .filter(({ role }) => role === "parameter")
        .map(({ gradient }) => gradient?.symbol ?? "none");
    expect(await names()).toEqual(["∂C/∂W", "∂C/∂x"]);
    expect(await names("--wrt", "W")).toEqual(["∂C/∂W"]);
  });
});

describe("nabla draw of a network", () => {
  test("draws its neurons, with one example in them", async () => {
    const { code, said } = await nabla("draw", "--network", "2-3-1", "--sample", "0.6,-1", "--format", "txt");
    expect(code).toBe(0);
    expect(said).toMatch(/x₁ {2}= 0\.6/);
    expect(said).toMatch(/a²₁ {2}= 0\.\d{4}/);
  });

  test("with --backward draws both passes, folded and opened as asked", async () => {
    const both = ["--network", "2-2-1", "--sample", "0.6,-1", "--target", "1", "--backward"];
    expect((await drawn(...both)).nodes.map(({ name }) => name)).toEqual(["y", "W¹", "b¹", "W²", "b²", "x", "z¹", "a¹", "z²", "a²", "C"]);
    expect((await drawn(...both, "--fold", "groups")).nodes.map(({ name }) => name)).toEqual(["y", "x", "layer 1", "layer 2", "C"]);
    expect((await drawn(...both, "--open", "layer 2")).frames).toEqual(["layer 2"]);
    expect((await drawn(...both, "--no-values")).nodes.every(({ value }) => value === undefined)).toBe(true);
  });
});

test("nabla --version prints the version of the package", async () => {
  expect(await nabla("--version")).toMatchObject({ code: 0, said: expect.stringMatching(/^\d+\.\d+\.\d+/), complained: "" });
});

test("nabla draw writes the kind of file that its name ends in, whole or not at all", async () => {
  const starts: Readonly<Record<string, RegExp>> = { dot: /^digraph/, svg: /^<svg/, json: /^\{/, txt: /^sum/, png: /^.PNG/, html: /^<!doctype html>/ };
  for (const [ending, start] of Object.entries(starts)) {
    const file = join(folder, `graph.${ending}`);
    expect(await nabla("draw", "sum(x)", "--input", "x=3", "-o", file)).toMatchObject({ code: 0, said: `wrote ${file}` });
    expect(readFileSync(file, "latin1")).toMatch(start);
  }
  const before = readdirSync(folder);
  expect((await nabla("draw", "sum(x)", "--input", "x=3", "-o", join(folder, "none", "graph.svg"))).complained).toContain("its folder does not exist");
  expect((await nabla("draw", "sum(", "--input", "x=3", "-o", join(folder, "bad.svg"))).code).toBe(2);
  expect(existsSync(join(folder, "bad.svg"))).toBe(false);
  expect(readdirSync(folder)).toEqual(before);
});

test("nabla draw writes a page that walks both passes in numbers, in the theme and direction asked for", async () => {
  const page = async (...args: readonly string[]): Promise<string> => (await nabla("draw", ...args, "--format", "html")).said;
  const both = await page("--network", "2-2-1", "--sample", "0.6,-1", "--target", "1", "--backward");
  expect(both).toContain("W²ᵀ δ² ⊙ σ′(z¹)");
  expect(both).toMatch(/<html lang="en">/);
  expect(await page("sum(x.^2)", "--value", "x=[1,2]", "--backward", "--theme", "dark")).toMatch(
    /<html lang="en" data-theme="dark">[^]*<li hidden data-direction="backward"/,
  );
  expect(await page("sum(x.^2)", "--value", "x=[1,2]")).toMatch(/<button id="to-backward" disabled>[^]*<li hidden data-direction="forward"/);
  expect(await page("--network", "2-2-1")).toContain("5 neurons");
  const boxes = async (...args: readonly string[]): Promise<string> =>
    /viewBox="0(?:.0+)? 0(?:.0+)? ([\d.]+ [\d.]+)"/.exec(await page("exp(sin(cos(tanh(exp(x)))))", "--value", "x=1", ...args))?.[1] ?? "";
  const [right, down] = [await boxes(), await boxes("--direction", "TB")].map((each) => each.split(" ").map(Number));
  expect([(down?.[0] ?? 0) < (right?.[0] ?? 0), (down?.[1] ?? 0) > (right?.[1] ?? 0)]).toEqual([true, true]);
});

test.each<[string, readonly string[], string]>([
  ["a file of no known kind", ["sum(x)", "--input", "x=3", "-o", "graph.pdf"], "--output graph.pdf: the file must end in .dot, .txt, .json, .svg, .html, .png"],
  ["a kind that is no text", ["sum(x)", "--input", "x=3", "--format", "png"], "--format png: choose one of dot, txt, json, svg, html"],
  ["an input without a shape", ["sum(x)", "--input", "x"], "--input x: write a name, =, and what it is, such as W=3x2"],
  [
    "a shape that is none",
    ["sum(x)", "--input", "x=[1,2]"],
    "--input x=[1,2]: write a shape such as 3x2, 3 for a vector, or scalar; numbers are given with --value",
  ],
  [
    "numbers that are none",
    ["sum(x)", "--value", "x=3x2"],
    "--value x=3x2: write finite numbers such as 0.5, [1,2] or [[1,2],[3,4]]; shapes are given with --input",
  ],
  ["a name twice", ["sum(x)", "--value", "x=1", "--input", "x=1"], "x has an --input and a --value; give one of them"],
  ["a name that is not there", ["sum(x)", "--input", "x=3", "--backward", "--wrt", "y"], "--wrt y: the formula has no such name; there is x"],
  [
    "a gradient of something that is no scalar",
    ["2*x", "--input", "x=3", "--backward"],
    "--backward: the formula gives 3 numbers, and a gradient is of one; write sum(...) or mean(...) around it",
  ],
  ["a gradient of many numbers", ["x", "--value", "x=[[1,2],[3,4]]", "--backward"], "--backward: the formula gives 2×2 numbers"],
  [
    "to draw nothing",
    [],
    'draw: say what is to be drawn: a formula, such as nabla draw "sum(x.^2)" --value x=[1,2], or a network, such as nabla draw --network 2-2-1',
  ],
  ["to guess a network", ["--backward", "-o", "graph.html"], "draw: say what is to be drawn"],
  ["a file twice", ["--network", "2-2-1", "-o", "a.svg", "-o", "b.svg"], "--output is given twice; give it once"],
  ["a network twice", ["--network", "2-2-1", "--network", "3-3"], "--network is given twice"],
  ["a misspelt theme", ["--network", "2-2-1", "--theme", "drak"], "--theme drak: did you mean dark? choose one of light, dark"],
  ["a misspelt kind", ["--network", "2-2-1", "--format", "sgv"], "--format sgv: did you mean svg? choose one of "],
  ["rows of different lengths", ["sum(x)", "--value", "x=[[1,2],[3]]"], "--value x: ragged array: "],
  [
    "a label that the cost does not know",
    ["--network", "2-2-1", "--cost", "hinge", "--backward", "--target", "0.5"],
    "--target 0.5: the labels of hinge are -1 or 1",
  ],
  [
    "a network without a gradient",
    ["--network", "2-2-1", "--activations", "step", "--backward"],
    "--activations step: there is no gradient to draw; its derivative",
  ],
  ["a weight that is none", ["--network", "2-3-2", "--paths", "w1,1"], "--paths w1,1: write w and layer, neuron and source counted from 1, such as w1,1,2"],
  ["a bias with a source", ["--network", "2-3-2", "--paths", "b1,1,1"], "--paths b1,1,1: write w and layer"],
  ["a weight of no layer", ["--network", "2-3-2", "--paths", "w3,1,1"], "--paths w3,1,1: there is no layer 3; the network has layers 1 to 2"],
  ["a weight of no neuron", ["--network", "2-3-2", "--paths", "w1,4,1"], "--paths w1,4,1: layer 1 has no neuron 4; they are counted from 1 to 3"],
  ["a weight of no source", ["--network", "2-3-2", "--paths", "w1,1,0"], "--paths w1,1,0: layer 1 has no source 0; they are counted from 1 to 2"],
  [
    "a weight in a softmax layer",
    ["--network", "2-3-2", "--activations", "tanh,softmax", "--paths", "w2,1,1"],
    "--paths w2,1,1: layer 2 is softmax, where one weight",
  ],
  ["paths with the backward pass", ["--network", "2-3-2", "--paths", "w1,1,1", "--backward"], "--paths is drawn on neurons; leave --backward out, or this"],
  ["paths of a formula", ["sum(x)", "--value", "x=1", "--paths", "w1,1,1"], "--paths belongs to a network"],
  ["a name without a value", ["sum(W)"], "W has no value; give --input W=3x2 or --value W=[...]"],
  ["a formula that cannot be read", ["sum(x", "--input", "x=3"], "cannot be read: Parenthesis ) expected (column 6)"],
  ["an example that does not fit", ["--network", "2-2-1", "--sample", "1"], "--sample 1: the network wants 2 numbers, got 1"],
  ["an example without numbers", ["--network", "2-2-1", "--sample", "a,b"], "--sample a,b: write numbers joined by commas"],
  ["an input without a formula", ["--input", "x=3"], "--input belongs to a formula; write it first"],
  ["a formula and a network", ["sum(x)", "--input", "x=3", "--network", "2-2-1"], "--network belongs to a network, and a formula is to be drawn"],
  ["an example of a formula", ["sum(x)", "--input", "x=3", "--sample", "1"], "--sample belongs to a network"],
  ["a target of a formula", ["sum(x)", "--input", "x=3", "--backward", "--target", "1"], "--target belongs to a network"],
  ["an input that is not used", ["sum(x)", "--input", "x=3", "--input", "y=2"], "--input or --value y: the formula does not use it; it uses x"],
  ["a value that is not used", ["x = 2; x^2", "--value", "x=3"], "--input or --value x: the formula does not use it; it uses no names"],
  ["an input twice", ["sum(x)", "--input", "x=3", "--input", "x=2"], "--input x is given twice"],
  ["a value twice", ["sum(x)", "--value", "x=3", "--value", "x=2"], "--value x is given twice"],
  ["a target without --backward", ["--network", "2-2-1", "--target", "1"], "--target has no effect without --backward"],
  ["names to differentiate by without --backward", ["sum(x)", "--input", "x=3", "--wrt", "x"], "--wrt has no effect without --backward"],
  ["a fold of neurons", ["--network", "2-2-1", "--fold", "groups"], "--fold has no effect without --backward"],
  ["an open group of neurons", ["--network", "2-2-1", "--open", "layer 1"], "--open has no effect without --backward"],
  ["a cost without --backward", ["--network", "2-2-1", "--cost", "quadratic"], "--cost has no effect without --backward"],
  ["an unknown cost", ["--network", "2-2-1", "--cost", "toString"], "--cost toString: choose one of quadratic, "],
  ["a direction of neurons", ["--network", "2-2-1", "--direction", "TB"], "--direction has no effect: neurons are drawn from left to right"],
  ["a theme of plain text", ["sum(x)", "--input", "x=3", "--format", "txt", "--theme", "dark"], "--theme has no effect on txt"],
  ["a value that is not finite", ["sum(x)", "--value", "x=1e999"], "--value x=1e999: write finite numbers"],
  ["a value that is no number", ["sum(x)", "--value", "x=NaN"], "--value x=NaN: write finite numbers"],
  ["a seed that is no number", ["--network", "2-2-1", "--seed", "abc"], '--seed "abc": write a whole number'],
  ["an empty seed", ["--network", "2-2-1", "--seed", ""], '--seed "": write a whole number'],
  ["an unknown kind beside a file", ["sum(x)", "--input", "x=3", "-o", "graph.svg", "--format", "nonsense"], "--format nonsense: the file of --output is svg"],
  ["what every object has", ["sum(x)", "--input", "x=3", "--backward", "--wrt", "toString"], "--wrt toString: the formula has no such name"],
  ["an unknown theme", ["sum(x)", "--input", "x=3", "--theme", "blue"], "--theme blue: choose one of light, dark"],
  [
    "a group that is not there",
    ["--network", "2-2-1", "--backward", "--open", "layer 9"],
    'nabla: --open: there is no group "layer 9" to open; there is layer 1, layer 2',
  ],
])("nabla draw refuses %s and says what to do", async (_, args, message) => {
  const { code, said, complained } = await nabla("draw", ...args);
  expect(complained).toContain(message);
  expect(complained.split("\n")).toHaveLength(1);
  expect([code, said]).toEqual([2, ""]);
});

describe("nabla draw refuses in one sentence", () => {
  const deep = (text: string, times: number): string => text.repeat(times);
  const taken = join(folder, "folder.svg");
  test.each<[string, readonly string[], RegExp]>([
    [
      "a shape without entries",
      ["sum(x)", "--input", "x=0"],
      /^nabla: --input x=0: a shape with 0 has no entries to draw; a number is given with --value x=0$/,
    ],
    ["an empty title", ["sum(x)", "--input", "x=3", "--title", " "], /^nabla: --title is empty; write a title, or leave it out$/],
    ["nothing to differentiate by", ["1 + 2", "--backward"], /^nabla: --backward needs something to differentiate by: give names with --input or --value$/],
    ["a formula of too many sums", [`${deep("x+", 20_000)}x`, "--value", "x=1"], /^nabla: the formula of 40001 characters is nested too deeply to be read; /],
    ["a formula of too many brackets", [`${deep("(", 20_000)}x${deep(")", 20_000)}`, "--value", "x=1"], /^nabla: the formula of 40001 characters is nested/],
    ["a long formula that is wrong", [`${deep("x+", 200)}q`, "--value", "x=1"], /^nabla: formula: .{0,300}$/],
    ["a file that is a folder", ["sum(x)", "--value", "x=[1]", "-o", taken], /folder\.svg cannot be written: it is a folder$/],
    ["a folder that is not there", ["sum(x)", "--value", "x=[1]", "-o", join(folder, "no", "x.svg")], /x\.svg cannot be written: its folder does not exist$/],
    ["a folder that is a file", ["sum(x)", "--value", "x=[1]", "-o", "package.json/x.svg"], /x\.svg cannot be written: its folder is a file$/],
    ["an unknown extension", ["sum(x)", "--value", "x=[1]", "-o", "x.gif"], /^nabla: --output x\.gif: the file must end in \.dot, /],
  ])("%s", async (_, args, message) => {
    mkdirSync(taken, { recursive: true });
    const { code, said, complained } = await nabla("draw", ...args);
    expect({ code, said }).toEqual({ code: 2, said: "" });
    expect(complained).toMatch(message);
    expect(complained).not.toMatch(/\n|\.part/);
  });
});

test("nabla draw --paths marks and writes every path from a weight to the cost, and their sum, which is the gradient", async () => {
  const given = ["draw", "--network", "2-3-2", "--sample", "0.6,-1", "--target", "1,0", "--cost", "quadratic", "--format", "json"];
  const both = fromJson((await nabla(...given, "--backward")).said) as Diagram;
  const slopes = (name: string): readonly (readonly number[])[] => both.nodes.find((node) => node.name === name)?.gradient?.value ?? [];
  for (const [weight, slope, count] of [
    ["w1,3,2", slopes("W¹")[2]?.[1], 2],
    ["w2,2,1", slopes("W²")[1]?.[0], 1],
    ["b1,2", slopes("b¹")[1]?.[0], 2],
  ] as const) {
    const { paths = [] } = fromJson((await nabla(...given, "--paths", weight)).said) as NetworkDiagram;
    expect(paths).toHaveLength(count);
    expect(paths.reduce((sum, { product }) => sum + product, 0)).toBeCloseTo(slope ?? Number.NaN, 12);
  }
  expect((await nabla("draw", "--network", "2-3-2", "--paths", "w1,1,2", "--format", "txt")).said).toContain("= sum over 2 paths = ");
});

test("nabla runs from the sources of this workspace, and writes where it is called", () => {
  const here = mkdtempSync(join(folder, "here-"));
  const { status, stdout, stderr } = spawnSync(resolve("node_modules/.bin/nabla"), ["draw", "sum(x)", "--input", "x=2", "-o", "sum.dot"], {
    cwd: here,
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "wrote sum.dot\n", stderr: "" });
  expect(readdirSync(here)).toEqual(["sum.dot"]);
});

describe("nabla draw in a pipe", () => {
  const command = "node --conditions=@nabla/source packages/cli/src/nabla.ts draw";
  const piped = (shell: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync("bash", ["-c", `set -o pipefail; ${shell}`], { encoding: "utf8", env: { ...process.env, PATH: `node_modules/.bin:${process.env["PATH"]}` } });

  test("gives what graphviz draws", () => {
    const { status, stdout } = piped(`${command} "sum((W*x - y).^2)" --input W=3x2 --input x=2 --input y=3 --backward | graphviz -Tsvg`);
    expect(status).toBe(0);
    expect(stdout).toContain("<title>sum((W*x &#45; y).^2)</title>");
    expect(stdout.match(/class="node/g)?.length).toBeGreaterThanOrEqual(7);
  });

  test("ends in silence where the reader has enough", () => {
    const { status, stdout, stderr } = piped(`${command} --network 64-32-10 --backward --format html | head -1`);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "<!doctype html>\n", stderr: "" });
  });
});
