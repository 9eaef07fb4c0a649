import {
  type Tensor,
  add,
  grad,
  hvp,
  item,
  jvp,
  matmul,
  mean,
  mul,
  normal,
  randomKey,
  sigmoid,
  silu,
  splitKey,
  sqrt,
  sub,
  sum,
  tensor,
  treeLeaves,
  treeMap,
  values,
  vmap,
} from "@nabla/autodiff";
import {
  type InitialiserName,
  type Network,
  type Parameters,
  activations,
  backpropagate,
  checkHomework,
  compare,
  costs,
  custom,
  dropout,
  explain,
  fit,
  forward,
  initialisers,
  isElementwise,
  network,
  objective,
  pathSum,
  predict,
  quadratic,
  readWeight,
  summary,
  withParameters,
  withWeight,
  withoutDropout,
} from "@nabla/mlp";
import { describe, expect, test } from "vitest";

const of = (t: Tensor): number[] => [...values(t)];

describe("a perceptron", () => {
  const football = withParameters(network({ sizes: [3, 1], activations: ["step"] }), { layers: [{ W: [[3, 1, 5]], b: [-3] }] });
  const inputs = Array.from({ length: 8 }, (_, at) => [(at >> 2) & 1, (at >> 1) & 1, at & 1]);

  test("decides about the football match as the threshold says", () => {
    expect(of(predict(football, inputs))).toEqual(inputs.map(([a = 0, b = 0, c = 0]) => (3 * a + b + 5 * c > 3 ? 1 : 0)));
    expect(inputs.filter((_, at) => of(predict(football, inputs))[at] === 1).length).toBe(5);
  });

  test("has no gradient, and whatever asks for one is refused by the name of its activation, with the reason", () => {
    const y = inputs.map(() => [1]);
    const asking: Readonly<Record<string, () => unknown>> = {
      fit: () => fit(football, { x: inputs, y }, { cost: "quadratic", learningRate: 1, epochs: 1 }),
      objective: () => objective(football, quadratic),
      compare: () => compare(football, "quadratic", inputs, y),
      backpropagate: () => backpropagate(football, "quadratic", inputs, y),
      checkHomework: () => checkHomework(football, "quadratic", inputs, y, { db: [[0]] }),
    };
    for (const [caller, ask] of Object.entries(asking))
      expect(ask).toThrow(`${caller}: layer 1 has the activation step, which cannot be trained: its derivative is 0 everywhere`);
  });
});

describe("activations", () => {
  const x = normal(randomKey(1), { shape: [4, 3] });

  test("say whether they are elementwise: all but softmax, whose Jacobian is full", () => {
    const mixing = Object.values(activations).filter((each) => !isElementwise(each));
    expect(mixing.map(({ name }) => name)).toEqual(["softmax"]);
    for (const activation of Object.values(activations)) {
      const row = tensor([[0.3, -1.2, 0.8]]);
      const moved = tensor([[0.3, -1.2, 0.9]]);
      expect([activation.name, of(activation.of(row))[0] === of(activation.of(moved))[0]]).toEqual([activation.name, isElementwise(activation)]);
    }
  });

  test("of one's own that are not elementwise are explained by their Jacobian, and refused where σ′ is a vector", () => {
    const rest = { name: "rest", symbol: "r", of: (z: Tensor) => sub(z, mean(z, { axis: -1, keepDims: true })), elementwise: false };
    const net = network({ sizes: [3, 2, 2], activations: ["tanh", rest], key: 2 });
    expect(explain(net, "quadratic", [1, 2, 3], [0, 1]).equations["z²"]?.rule).toBe("J(z²)ᵀ ∂C/∂a²");
    expect(() => backpropagate(net, "quadratic", [[1, 2, 3]], [[0, 1]])).toThrow("give it pull(a, v), which is Jᵀ v of its Jacobian J");
    expect(() => pathSum(net, "quadratic", [[1, 2, 3]], [[0, 1]], { layer: 2, to: 0, from: 0 })).toThrow("no path begins at neuron 0 alone");
    expect(compare(net, "quadratic", [[1, 2, 3]], [[0, 1]]).rows[0]).toMatchObject({ closed: undefined, rule: "J(z²)ᵀ ∂C/∂a²" });
  });

  test("of one's own whose closed form is of the other kind are refused", () => {
    const made = (fields: object): unknown => network({ sizes: [1, 1], activations: [{ name: "f", symbol: "f", of: (z: Tensor) => z, ...fields }] });
    expect(() => made({ elementwise: false, prime: () => 1 })).toThrow(
      "network: the activation f is not elementwise, so prime(z, a) of one entry cannot be its derivative",
    );
    expect(() => made({ elementwise: true, pull: () => [1] })).toThrow("network: the activation f is elementwise, so its derivative is prime(z, a)");
    expect(() => made({ elementwise: "no" })).toThrow('network: elementwise of the activation f must be true or false, got "no"');
  });

  test("gelu's closed derivative is Φ(z) + z φ(z) to 4e-15 of its terms, from a series and a continued fraction", () => {
    // Φ(z) by mpmath with 30 digits.
    for (const [z, phi] of [
      [-9.5, 1.0494515075362604e-21],
      [-3.1, 0.0009676032132183569],
      [-2, 0.02275013194817921],
      [-0.4, 0.3445782583896758],
      [0, 0.5],
      [1.9, 0.9712834401839981],
      [5, 0.9999997133484281],
    ] as const) {
      const term = (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
      expect(Math.abs((activations.gelu.prime?.(z, 0) ?? Number.NaN) - (phi + term))).toBeLessThan(4e-15 * (phi + Math.abs(term)) + 1e-33);
    }
  });

  test("may be a function of one's own, bare or with its closed form, and learn as the named one does", () => {
    const swish = (z: Tensor): Tensor => mul(z, sigmoid(z));
    const closed = { name: "swish", symbol: "swish", of: swish, prime: (z: number) => activations.silu.prime?.(z, 0) ?? 0 };
    const parameters = network({ sizes: [3, 5, 2], activations: ["silu", "identity"], key: 2 }).parameters;
    const slopes = [swish, closed, "silu" as const].map((each) => {
      const net = withParameters(network({ sizes: [3, 5, 2], activations: [each, "identity"] }), parameters);
      return treeLeaves(grad((p: Parameters) => objective(net, quadratic)(p, x, tensor(new Float64Array(8), [4, 2])))(net.parameters)).flatMap((leaf) =>
        of(leaf.tensor),
      );
    });
    const [bare = [], withForm = [], named = []] = slopes;
    named.forEach((want, at) => {
      expect(bare[at]).toBeCloseTo(want, 13);
      expect(withForm[at]).toBeCloseTo(want, 13);
    });
    const report = compare(network({ sizes: [3, 5, 2], activations: [closed, "identity"], key: 2 }), "quadratic", x, tensor(new Float64Array(8), [4, 2]));
    expect(report.rows.map(({ agrees }) => agrees)).toEqual(report.rows.map(() => true));
    expect(of(silu(2))[0]).toBeCloseTo(of(swish(tensor(2)))[0] ?? 0, 15);
  });
});

describe("initialisers", () => {
  const deviations: Readonly<Record<InitialiserName, number>> = {
    zeros: 0,
    normal: 1,
    xavier: Math.sqrt(2 / 500),
    glorot: Math.sqrt(2 / 500),
    xavierUniform: Math.sqrt(2 / 500),
    glorotUniform: Math.sqrt(2 / 500),
    he: Math.sqrt(2 / 300),
    heUniform: Math.sqrt(2 / 300),
    lecun: Math.sqrt(1 / 300),
    lecunUniform: Math.sqrt(1 / 300),
    orthogonal: Math.sqrt(1 / 300),
  };

  test.each(Object.keys(deviations) as InitialiserName[])("%s has the spread that its paper asks for, and the same key gives the same weights", (label) => {
    const W = initialisers[label](randomKey(1), 200, 300);
    const drawn = of(W);
    const mean = drawn.reduce((total, each) => total + each, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((total, each) => total + each * each, 0) / drawn.length);
    // 60,000 draws: four standard errors.
    expect(Math.abs(mean)).toBeLessThanOrEqual((4 * deviations[label]) / Math.sqrt(60_000));
    expect(Math.abs(deviation - deviations[label])).toBeLessThanOrEqual((4 * deviations[label]) / Math.sqrt(120_000));
    expect(of(initialisers[label](randomKey(1), 200, 300))).toEqual(drawn);
    if (label !== "zeros") expect(of(initialisers[label](randomKey(2), 200, 300))).not.toEqual(drawn);
    if (label.endsWith("Uniform")) expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(3) * deviations[label]);
  });

  test.each([
    [4, 9],
    [9, 4],
    [5, 5],
    [1, 3],
  ])("orthogonal [%i, %i] has orthogonal rows or columns of length 1", (outputs, inputs) => {
    const W = of(initialisers.orthogonal(randomKey(3), outputs, inputs));
    const few = Math.min(outputs, inputs);
    const line = (i: number): number[] =>
      outputs <= inputs ? W.slice(i * inputs, (i + 1) * inputs) : Array.from({ length: outputs }, (_, row) => W[row * inputs + i] ?? 0);
    for (let i = 0; i < few; i++)
      for (let j = 0; j < few; j++) {
        const product = line(i).reduce((total, each, k) => total + each * (line(j)[k] ?? 0), 0);
        expect(Math.abs(product - Number(i === j))).toBeLessThan(1e-14);
      }
  });
});

describe("dropout", () => {
  const net = network({ sizes: [3, 50, 40, 2], activations: ["tanh", "relu", "identity"], dropout: [0.3, 0.5, 0], key: 1 });
  const x = normal(randomKey(8), { shape: [20, 3] });
  const dropped = (pass: readonly Tensor[], plain: readonly Tensor[], layer: number): number => {
    const [a, p] = [of(pass[layer] as Tensor), of(plain[layer] as Tensor)];
    return a.filter((each, at) => each === 0 && p[at] !== 0).length / p.filter((each) => each !== 0).length;
  };

  test("drops its share and scales up the rest, so that the mean stays", () => {
    const t = of(dropout(tensor(new Float64Array(40_000).fill(1)), { rate: 0.2, key: randomKey(1) }));
    expect(new Set(t)).toEqual(new Set([0, 1.25]));
    expect(Math.abs(t.reduce((total, each) => total + each, 0) / 40_000 - 1)).toBeLessThan(4 * 0.5 * Math.sqrt(1 / 40_000));
  });

  test("is off when predicting and on with a key, by the rate of each layer", () => {
    const plain = forward(net, x).a;
    expect(of(predict(net, x))).toEqual(of(predict(withoutDropout(net), x)));
    const { a } = forward(net, x, net.parameters, undefined, randomKey(5));
    expect(Math.abs(dropped(a, plain, 1) - 0.3)).toBeLessThan(0.06);
    const first = of(a[1] as Tensor);
    const bare = of(plain[1] as Tensor);
    first.forEach((each, at) => expect(each === 0 || Math.abs(each - (bare[at] ?? 0) / 0.7) < 1e-15).toBe(true));
    expect(of(forward(net, x, net.parameters, undefined, randomKey(5)).a[3] as Tensor)).toEqual(of(a[3] as Tensor));
    expect(of(forward(net, x, net.parameters, undefined, randomKey(6)).a[3] as Tensor)).not.toEqual(of(a[3] as Tensor));
  });

  test("takes a key in a training of one's own, and sends no gradient through what is dropped", () => {
    const total = objective(net, quadratic);
    const y = tensor(new Float64Array(40), [20, 2]);
    expect(() => total(net.parameters, x, y)).toThrow(/layer 1 has dropout, which takes a key/);
    const one = network({ sizes: [1, 200, 1], activations: ["identity", "identity"], dropout: 0.5, key: 1 });
    const slope = grad((p: Parameters) => objective(one, quadratic)(p, tensor([[1]]), tensor([[0]]), undefined, { key: randomKey(1) }))(one.parameters);
    const alive = of(forward(one, tensor([[1]]), one.parameters, undefined, randomKey(1)).a[1] as Tensor).map((each) => each !== 0);
    expect(of(slope.layers[1]?.W as Tensor).map((each) => each !== 0)).toEqual(alive);
    expect(of(slope.layers[0]?.b as Tensor).map((each) => each !== 0)).toEqual(alive);
  });

  test("leaves the comparison with closed forms, which has none, alone", () => {
    expect(compare(net, "quadratic", x, tensor(new Float64Array(40), [20, 2])).agrees).toBe(true);
  });
});

describe("parameters", () => {
  const net = network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"], key: 4 });
  const x = normal(randomKey(1), { shape: [5, 2] });
  const y = tensor([[0], [1], [1], [0], [1]]);
  const total = (p: Parameters): Tensor => objective(net, costs.binaryCrossEntropy)(p, x, y);

  test("are a plain record on which forward mode, Hessian products and vmap work", () => {
    const direction = treeMap(net.parameters, (t) => mul(t, 0.5));
    const slope = grad(total)(net.parameters);
    const along = treeLeaves(slope).reduce((sumSoFar, { tensor: g }, at) => sumSoFar + item(sum(mul(g, treeLeaves(direction)[at]?.tensor ?? 0))), 0);
    expect(item(jvp(total, net.parameters, direction).tangent)).toBeCloseTo(along, 12);
    expect(treeLeaves(hvp(total)(net.parameters, direction)).every(({ tensor: t }) => of(t).every((each) => Number.isFinite(each)))).toBe(true);
    const perExample = vmap((row: Tensor, label: Tensor) => grad((p: Parameters) => costs.binaryCrossEntropy.of(outputs(net, row, p), label))(net.parameters))(
      x,
      y,
    );
    treeLeaves(perExample).forEach(({ tensor: t }, at) => {
      const mean = of(t).reduce((sums, each, place) => {
        const width = of(t).length / 5;
        sums[place % width] = (sums[place % width] ?? 0) + each / 5;
        return sums;
      }, [] as number[]);
      mean.forEach((each, entry) => expect(each).toBeCloseTo(of(treeLeaves(slope)[at]?.tensor as Tensor)[entry] ?? Number.NaN, 12));
    });
  });

  test("can be read and set one by one", () => {
    const changed = withWeight(withWeight(net, { layer: 1, to: 2, from: 1 }, 7), { layer: 2, to: 0, from: "bias" }, -1);
    expect([readWeight(changed, { layer: 1, to: 2, from: 1 }), readWeight(changed, { layer: 2, to: 0, from: "bias" })]).toEqual([7, -1]);
    expect(of(changed.parameters.layers[0]?.W as Tensor).filter((each, at) => each !== of(net.parameters.layers[0]?.W as Tensor)[at])).toEqual([7]);
    expect(of(net.parameters.layers[1]?.b as Tensor)).toEqual([0]);
  });

  test("are counted in a table", () => {
    const wide = network({ sizes: [784, 128, 10], activations: ["relu", "softmax"], dropout: 0.2 });
    expect(`\n${summary(wide)}\n`).toBe(`
layer  inputs  outputs  activation  dropout  weights  biases  parameters
─────  ──────  ───────  ──────────  ───────  ───────  ──────  ──────────
    1     784      128  relu            0.2  100,352     128     100,480
    2     128       10  softmax           -    1,280      10       1,290
101,770 parameters: 101,632 weights, 138 biases
`);
  });
});

/** The outputs for one row, as a vector. */
function outputs(net: Network, row: Tensor, parameters: Parameters): Tensor {
  return parameters.layers.reduce((a, { W, b }, l) => (net.layers[l] as Network["layers"][number]).activation.of(add(matmul(W, a), b)), row);
}

describe("deep and saturated networks", () => {
  const keys = splitKey(randomKey(9), 4);
  const [X, Y] = [
    normal(keys[0] as (typeof keys)[number], { shape: [6, 40], deviation: 5 }),
    tensor(
      Float64Array.from({ length: 6 * 40 }, (_, at) => Number(at % 40 === at % 6)),
      [6, 40],
    ),
  ];
  const names = Object.keys(activations).filter((each) => each !== "step") as (keyof typeof activations)[];

  test.each(names)("eight layers of 40 with %s agree with the closed form, also far from 0", (hidden) => {
    const net = network({ sizes: new Array<number>(9).fill(40), activations: [...new Array<typeof hidden>(7).fill(hidden), "softmax"], key: 1 });
    const report = compare(net, "categoricalCrossEntropy", X, Y);
    expect(report.rows.filter(({ agrees }) => agrees !== true)).toEqual([]);
  });

  test.each(["quadratic", "sumOfSquares", "binaryCrossEntropy", "categoricalCrossEntropy", "logLikelihood"] as const)(
    "%s over sigmoid and softmax outputs keeps cost and gradients finite at z = ±40 and ±800",
    (cost) => {
      for (const output of ["sigmoid", "softmax"] as const)
        for (const size of [40, 800]) {
          const net = withParameters(network({ sizes: [1, 3], activations: [output] }), { layers: [{ W: [[size], [-size], [0.5]], b: [0, 0, 0] }] });
          const slope = grad((p: Parameters) =>
            objective(net, costs[cost])(
              p,
              tensor([[1], [-1]]),
              tensor([
                [0, 1, 0.3],
                [0, 1, 1],
              ]),
            ),
          )(net.parameters);
          expect([output, size, treeLeaves(slope).every(({ tensor: t }) => of(t).every((each) => Number.isFinite(each)))]).toEqual([output, size, true]);
        }
    },
  );
});

test("an entry that is not finite never agrees, unless it is the same infinity on both sides; where the closed form alone is none, nothing is said", () => {
  const net = withParameters(network({ sizes: [1, 2], activations: ["identity"] }), { layers: [{ W: [[0], [1]], b: [0, 0] }] });
  const agrees = (of: (a: Tensor) => Tensor, atZero: number, atOne: number): boolean | undefined => {
    const cost = custom("steep", of, { normalisation: "sum", derivative: (a) => (a === 0 ? atZero : atOne) });
    return compare(net, cost, [[1]], [[0, 0]]).rows.find(({ equation }) => equation === "BP1")?.agrees;
  };
  const infinite = (a: Tensor): Tensor => sum(sqrt(a));
  expect(agrees(infinite, Infinity, 0.5)).toBe(true);
  expect(agrees(infinite, Infinity, 1)).toBe(false);
  expect(agrees(infinite, -Infinity, 0.5)).toBe(false);
  expect(agrees(infinite, 1, 0.5)).toBe(false);
  expect(agrees((a) => sum(sub(sqrt(a), sqrt(a))), Number.NaN, 0)).toBe(false);
  expect(agrees((a) => sum(a), 1, 1)).toBe(true);
  expect(agrees((a) => sum(a), Infinity, 1)).toBe(undefined);
  expect(agrees((a) => sum(a), Infinity, 2)).toBe(false);
});

test("parameters that are no numbers, and labels that the cost is not made for, are refused", () => {
  const net = network({ sizes: [1, 1], activations: ["sigmoid"] });
  expect(() => withParameters(net, { layers: [{ W: tensor([[Number.NaN]]), b: [0] }] })).toThrow("withParameters: layers[0].W holds NaN");
  expect(() => withParameters(net, { layers: [{ W: [[1]], b: tensor([Infinity]) }] })).toThrow("withParameters: layers[0].b holds Infinity");
  expect(() => compare(net, "binaryCrossEntropy", [[1]], [[2]])).toThrow("compare: y[0][0] is 2, but the labels of binaryCrossEntropy are from 0 to 1");
});
