import { type NetworkPicture, fromNetwork, describe as inWords, toDot } from "@nabla/viz";
import { describe, expect, test } from "vitest";

/** Weights without randomness: sines of a counter. */
const weights = (sizes: readonly number[]): number[][][] =>
  sizes.slice(1).map((rows, l) => Array.from({ length: rows }, (_, j) => Array.from({ length: sizes[l] ?? 0 }, (__, k) => Math.sin(1 + l + 3 * j + 7 * k))));

describe("a network", () => {
  test("shows all neurons of a layer up to eight, then three, an ellipsis and two", () => {
    const { columns } = fromNetwork({ sizes: [8, 9, 20] });
    expect(columns.map(({ neurons, hidden }) => [neurons.map(({ label }) => label).join(" "), hidden])).toEqual([
      ["x₁ x₂ x₃ x₄ x₅ x₆ x₇ x₈", 0],
      ["a¹₁ a¹₂ a¹₃ a¹₈ a¹₉", 4],
      ["a²₁ a²₂ a²₃ a²₁₉ a²₂₀", 15],
    ]);
    expect(toDot(fromNetwork({ sizes: [20, 1] }))).toContain('label="⋮\\n 15 more \\n⋮"');
  });

  test("puts a long name of an input or an output beside its circle, and breaks long captions and titles", () => {
    const long = "sepal length in cm";
    const drawn = toDot(fromNetwork({ sizes: [1, 1, 1], names: [[long], [long], [long]], sample: [[1], [1e300], [2]], title: "word ".repeat(30).trim() }));
    expect([...drawn.matchAll(/"(s_n\d_1)" \[.*label="([^"]+)"/g)].map(([, id, label]) => `${id} ${label}`)).toEqual([`s_n0_1 ${long}`, `s_n2_1 ${long}`]);
    expect(drawn).toMatch(/"n0_1" \[.*label="1\.0" tooltip="sepal length in cm"/);
    expect(drawn).toMatch(/"n1_1" \[.*label="sepal l…\\n1\.00e\+300" .*fontsize="11"/);
    expect(drawn.match(/POINT-SIZE="17"/g)).toHaveLength(3);
    const captions = [["a long caption of the inputs of this network", "and details that are as long as that caption is"], ["output"]] as const; // prettier-ignore
    const [above = "", below = ""] = [...toDot(fromNetwork({ sizes: [1, 1], captions })).matchAll(/"[cd]0" .*label="([^"]+)"/g)].map(([, label = ""]) => label);
    for (const [text, whole] of [[above, captions[0][0]], [below, captions[0][1]]] as const) expect(text.replaceAll("\\n", " ")).toBe(whole); // prettier-ignore
    for (const line of [...above.split("\\n"), ...below.split("\\n")]) expect(line.length).toBeLessThan(38);
  });

  test("says in words what few neurons hold, and few weights", () => {
    const picture = fromNetwork({ sizes: [2, 1], weights: [[[0.5, -2]]], biases: [[1]], sample: [[1, 0.25], [0.5]] }); // prettier-ignore
    expect(inWords(picture).description).toBe("A network of 2 inputs, 1 neuron. x₁ is 1.00, x₂ is 0.25, a¹₁ is 0.5. w¹₁₁ = 0.5, w¹₁₂ = -2.0, b¹₁ = 1.0.");
    expect(inWords(fromNetwork({ sizes: [40, 40], weights: weights([40, 40]) })).description).toBe("A network of 40 inputs, 40 neurons.");
  });

  test("names its layers with sizes and activations", () => {
    const { columns } = fromNetwork({ sizes: [64, 32, 16, 1], activations: ["relu", "tanh", "sigmoid"] });
    expect(columns.map(({ caption, details }) => [caption, ...details].join(", "))).toEqual([
      "input layer, 64 inputs",
      "hidden layer 1, 32 neurons, relu",
      "hidden layer 2, 16 neurons, tanh",
      "output layer, 1 neuron, sigmoid",
    ]);
  });

  test("writes up to twelve weights with their names, up to sixty without, and more not at all", () => {
    const labels = (sizes: readonly number[]): (string | undefined)[] => fromNetwork({ sizes, weights: weights(sizes) }).connections.map(({ label }) => label);
    expect(labels([2, 1])).toEqual(["w¹₁₁ = 0.8415", "w¹₁₂ = 0.9894"]);
    expect(labels([4, 4])[1]).toBe("-0.76");
    expect(labels([8, 8])[0]).toBeUndefined();
  });

  test("shows the sign of a weight by colour and dash, its size by width", () => {
    const lines = toDot(fromNetwork({ sizes: [3, 1], weights: [[[1, -1, 0]]] }))
      .split("\n")
      .filter((line) => line.includes("->"));
    expect(lines).toEqual([
      '  "n0_1" -> "n1_1" [color="#0068A6" penwidth="5"];',
      '  "n0_2" -> "n1_1" [color="#B0440A" penwidth="5" style="dashed"];',
      '  "n0_3" -> "n1_1" [color="#0068A6" penwidth="0.5"];',
    ]);
  });

  test.each([[[2, 2, 1]], [[3, 5, 4, 2]], [[4, 4]], [[7, 8]], [[1, 8, 1]], [[5, 5, 5]]])("of %j has no two numbers on one spot", (sizes) => {
    const dot = toDot(fromNetwork({ sizes, weights: weights(sizes) }));
    const seats = [...dot.matchAll(/"w_\S+" \[pos="([^,]+),([^!]+)!" fixedsize="true" width="([^"]+)" height="([^"]+)"/g)].map((found) =>
      found.slice(1).map(Number),
    );
    expect(seats).toHaveLength(sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] ?? 0), 0));
    const covered = seats.flatMap(([x = 0, y = 0, width = 0, height = 0], at) =>
      seats.slice(at + 1).filter(([x2 = 0, y2 = 0]) => Math.abs(x - x2) < width * 0.8 && Math.abs(y - y2) < height * 0.7),
    );
    expect(covered).toEqual([]);
  });

  test.each<[string, NetworkPicture, string]>([
    ["one layer", { sizes: [3] }, "fromNetwork: sizes is an array of 1, want at least 2 entries"],
    ["half a neuron", { sizes: [2, 1.5] }, "fromNetwork: sizes[1] is 1.5, want a whole number of at least 1"],
    ["weights turned round", { sizes: [2, 1], weights: [[[1], [1]]] }, "the weights of layer 1 must be 1 rows of 2 numbers"],
    ["an activation for the inputs", { sizes: [2, 1], activations: ["relu", "relu"] }, "activations: 2 entries for 1 places in a 2-1 network"],
    ["a name too few", { sizes: [2, 1], names: [["a"], ["b"]] }, "names of layer 0: 1 entries for 2 places in a 2-1 network"],
  ])("refuses %s", (_, picture, message) => {
    expect(() => fromNetwork(picture)).toThrow(message);
  });
});
