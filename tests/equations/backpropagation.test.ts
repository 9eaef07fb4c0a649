import { type Tensor, item, mean, mul, nested, normal, randomKey, sigmoid, splitKey, square, sub, sum, tensor } from "@nabla/autodiff";
import { type CostName, activations, compare, comparisonMarkdown, comparisonTable, costs, custom, forward, network, tapeDeltas } from "@nabla/mlp";
import { describe, expect, test } from "vitest";

type Rows = number[][];
const rows = (t: Tensor): Rows => nested(t) as unknown as Rows;
const [weights, data, labels] = splitKey(randomKey(11), 3) as [readonly [number, number], readonly [number, number], readonly [number, number]];
const m = 7;
const sizes = [3, 4, 2, 5];
const x = normal(data, { shape: [m, 3] });
const y = sigmoid(normal(labels, { shape: [m, 5] }));

/** σ′ in numbers, from the definitions alone. */
const primes: Readonly<Record<string, (z: number) => number>> = {
  identity: () => 1,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)) / (1 + Math.exp(z)),
  tanh: (z) => (2 / (Math.exp(z) + Math.exp(-z))) ** 2,
  softplus: (z) => 1 / (1 + Math.exp(-z)),
  relu: (z) => Number(z > 0),
};

/** largest |left - right| <= 1e-12 max(1, largest |right|) */
function expectResidual(left: readonly number[], right: readonly number[]): void {
  const scale = Math.max(1, ...right.map(Math.abs));
  expect(left).toHaveLength(right.length);
  left.forEach((entry, at) =>
    expect(Math.abs(entry - (right[at] ?? Number.NaN)), `entry ${at}: ${entry} against ${right[at]}`).toBeLessThanOrEqual(1e-12 * scale),
  );
}

const hidden = ["sigmoid", "tanh", "softplus", "identity", "relu"] as const;

describe.each(hidden)("widths 3-4-2-5 with %s, the four equations written out with sums over numbers", (activation) => {
  const net = network({ sizes, activations: [activation, activation, activation === "relu" ? "identity" : activation], key: weights });
  const { z, a } = forward(net, x);
  const { deltas, gradients } = tapeDeltas(net, costs.quadratic, x, y);
  const zs = z.map(rows);
  const as = a.map(rows);
  const ds = deltas.map(rows);
  const Ws = net.parameters.layers.map(({ W }) => rows(W));
  const prime = (l: number): ((z: number) => number) => primes[net.layers[l]?.activation.name ?? ""] ?? (() => Number.NaN);
  const at = (matrix: Rows | undefined, i: number, j: number): number => matrix?.[i]?.[j] ?? Number.NaN;

  test("BP1: δᴸ_j = (a_j - y_j) σ′(z_j) / m", () => {
    const right = (as[3] ?? []).flatMap((row, p) => row.map((_, j) => ((at(as[3], p, j) - at(rows(y), p, j)) * prime(2)(at(zs[2], p, j))) / m));
    expectResidual((ds[2] ?? []).flat(), right);
  });

  test.each([1, 0])("BP2: δˡ_j = Σ_k w_kj δ_k σ′(z_j), layer %i", (l) => {
    const right = (zs[l] ?? []).flatMap((row, p) =>
      row.map((_, j) => (Ws[l + 1] ?? []).reduce((sum, w, k) => sum + (w[j] ?? Number.NaN) * at(ds[l + 1], p, k), 0) * prime(l)(at(zs[l], p, j))),
    );
    expectResidual((ds[l] ?? []).flat(), right);
  });

  test.each([2, 1, 0])("BP3 and BP4: ∂C/∂b_j = Σ_p δ_j, ∂C/∂w_jk = Σ_p δ_j a_k, layer %i", (l) => {
    const width = sizes[l + 1] ?? 0;
    const sums = Array.from({ length: width }, (_, j) => (ds[l] ?? []).reduce((sum, row) => sum + (row[j] ?? Number.NaN), 0));
    expectResidual(nested(gradients.layers[l]?.b as Tensor) as number[], sums);
    const products = Array.from({ length: width }, (_, j) =>
      Array.from({ length: sizes[l] ?? 0 }, (__, k) => (ds[l] ?? []).reduce((sum, row, p) => sum + (row[j] ?? Number.NaN) * at(as[l], p, k), 0)),
    );
    expectResidual(rows(gradients.layers[l]?.W as Tensor).flat(), products.flat());
  });

  test("a term that is changed turns the equation red", () => {
    const left = (ds[2] ?? []).flat();
    const wrong = (as[3] ?? []).flatMap((row, p) => row.map((_, j) => ((at(as[3], p, j) - at(rows(y), p, j)) * prime(2)(at(zs[2], p, j))) / (m - 1)));
    expect(() => expectResidual(left, wrong)).toThrow();
  });
});

describe("compare, per layer and per equation", () => {
  const outputs = ["sigmoid", "softmax", "identity"] as const;
  const cases = outputs.flatMap((output) =>
    (Object.keys(costs) as CostName[])
      .filter((cost) => output !== "identity" || cost === "quadratic" || cost === "sumOfSquares")
      .map((cost) => [cost, output] as const),
  );

  test.each(cases)("%s over %s agrees with the closed form within 1e-12 of scale", (cost, output) => {
    const net = network({ sizes, activations: ["gelu", "silu", output], key: weights });
    // A margin has its labels on both sides, the others have probabilities.
    const targets = costs[cost].labels?.admits(0.5) === false ? tensor(rows(y).map((row) => row.map((each) => (each > 0.3 ? 1 : -1)))) : y;
    const report = compare(net, cost, x, targets);
    expect(report.rows).toHaveLength(9);
    expect(report.rows.every(({ agrees }) => agrees === true)).toBe(true);
    expect(report.largestScaledError).toBeLessThanOrEqual(1e-12);
  });

  test("a closed form that is wrong is named by its layer and its equation", () => {
    const wrong = { name: "wrong", symbol: "σ", of: (z: Tensor) => sigmoid(z), prime: (z: number) => 1.001 / (1 + Math.exp(-z)) / (1 + Math.exp(z)) };
    const report = compare(network({ sizes: [3, 4, 5], activations: [wrong, "sigmoid"], key: weights }), "quadratic", x, y);
    expect(report.agrees).toBe(false);
    expect(report.rows.filter(({ agrees }) => agrees === false).map(({ layer, equation }) => `${layer} ${equation}`)).toEqual(["1 BP2"]);
    expect(comparisonTable(report)).toContain("✗ differs");
  });

  test("a cost to maximise has deltas that point uphill: y - a under a sigmoid", () => {
    const net = network({ sizes: [3, 5], activations: ["sigmoid"], key: weights });
    const { a } = forward(net, x);
    const { deltas, value } = tapeDeltas(net, costs.logLikelihood, x, y);
    const right = rows(a[1] as Tensor).flatMap((row, p) => row.map((entry, j) => (rows(y)[p]?.[j] ?? Number.NaN) - entry));
    expectResidual(rows(deltas[0] as Tensor).flat(), right);
    expect(value).toBeCloseTo(-m * item(costs.binaryCrossEntropy.of(a[1] as Tensor, y)), 10);
  });

  test("one neuron, saturated: cross-entropy keeps its cost and its delta at z = ±800", () => {
    const net = { layers: network({ sizes: [1, 1], activations: ["sigmoid"] }).layers, parameters: { layers: [{ W: tensor([[1]]), b: tensor([0]) }] } };
    for (const [z, target, cost, delta] of [
      [800, 1, 0, 0],
      [800, 0, 800, 1],
      [-800, 1, 800, -1],
      [-800, 0, 0, 0],
    ] as const) {
      const found = tapeDeltas(net, costs.binaryCrossEntropy, tensor([[z]]), tensor([[target]]));
      expect(found.value).toBeCloseTo(cost, 300);
      expect(item(found.deltas[0] as Tensor)).toBeCloseTo(delta, 300);
    }
  });

  test("the rows hold both computations as nested arrays of their shape", () => {
    const report = compare(network({ sizes: [3, 2, 5], activations: ["sigmoid", "softmax"], key: weights }), "categoricalCrossEntropy", x, y);
    for (const { tape, closed, shape } of report.rows) {
      expect(tensor(tape).shape).toEqual(shape);
      expect(tensor(closed ?? []).shape).toEqual(shape);
    }
  });

  test("a cost that nobody derived has no closed delta at the output, and closed forms below", () => {
    const own = custom("own", (a, targets) => mean(square(sub(a, targets))));
    const report = compare(network({ sizes: [3, 2, 5], activations: ["sigmoid", "softmax"], key: weights }), own, x, y);
    expect(report.rows.map(({ agrees, closed }) => [agrees, closed === undefined])).toEqual([
      [undefined, true],
      ...Array.from({ length: 5 }, () => [true, false]),
    ]);
    expect(comparisonTable(report)).toContain("no closed form");
    expect(comparisonMarkdown(report)).toContain("Autodiff and the closed forms agree in every row that could be judged: the largest scaled error is");
    expect(comparisonMarkdown(report)).toContain(" In BP1 of layer 2 there is no closed form: that was not judged.");
  });

  test("a ridge term is part of BP4, on weights only", () => {
    const net = network({ sizes: [3, 2, 5], activations: ["sigmoid", "softmax"], key: weights });
    const [ridged, without] = [compare(net, "quadratic", x, y, { lambda: 0.7 }), compare(net, "quadratic", x, y)];
    expect(ridged.agrees).toBe(true);
    expect(ridged.rows.map(({ tape }, at) => JSON.stringify(tape) === JSON.stringify(without.rows[at]?.tape))).toEqual([true, true, false, true, true, false]);
  });

  const unit = { layers: network({ sizes: [1, 1], activations: ["sigmoid"] }).layers, parameters: { layers: [{ W: tensor([[1]]), b: tensor([0]) }] } };

  test.each([20, 36, 40, 80, 300])("at saturation, z = %i, the closed form is what loses digits, and the report says so", (z) => {
    const [row] = compare(unit, "binaryCrossEntropy", [[z]], [[1]]).rows;
    expect(row?.lost).toBe("closed form");
    expect(row?.agrees).toBe(true);
    expect(Math.abs((row?.worst?.tape ?? 0) * (1 + Math.exp(z)) + 1)).toBeLessThan(1e-14);
    expect(Math.abs((row?.worst?.precise ?? 0) / (row?.worst?.tape ?? 1) - 1)).toBeLessThan(1e-14);
    expect(comparisonTable(compare(unit, "binaryCrossEntropy", [[z]], [[1]]))).toContain("✓, digits lost: closed form");
  });

  test("a tape that loses digits is named", () => {
    const known = { ...unit, layers: [{ inputs: 1, outputs: 1, activation: activations.sigmoid }] };
    const [row] = compare(known, { ...costs.binaryCrossEntropy, of: (a: Tensor, targets: Tensor) => sum(mul(a, sub(targets, 1))) }, [[0.5]], [[0.25]]).rows;
    expect(row?.lost).toBe("tape");
    expect(row?.agrees).toBe(false);
  });

  test.each(["identity", "sigmoid", "tanh", "relu", "leakyRelu", "elu", "softplus", "gelu", "silu", "softmax"] as const)(
    "the double-double form of %s agrees with the tape, as hidden layer and as output",
    (activation) => {
      const wide = mul(x, 4);
      const net = network({ sizes: [3, 4, 5], activations: [activation, activation], key: weights });
      for (const cost of ["quadratic", "sumOfSquares"] as const) {
        const report = compare(net, cost, wide, y);
        expect(report.agrees).toBe(true);
        expect(report.rows.map(({ lost }) => lost === "tape")).not.toContain(true);
        for (const { worst } of report.rows)
          if (worst !== undefined)
            expect(Math.abs((worst.precise ?? Number.NaN) - worst.tape)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(worst.tape), 1e-3));
      }
    },
  );

  test("the table in Markdown has a line per row and says the verdict", () => {
    const text = comparisonMarkdown(compare(network({ sizes: [3, 5], activations: ["sigmoid"], key: weights }), "quadratic", x, y));
    expect(text.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(5);
    expect(text).toContain("Autodiff and the closed forms agree: the largest scaled error is");
    expect(text).not.toContain("judged");
  });
});
