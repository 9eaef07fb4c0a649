import {
  type Tensor,
  add,
  bernoulli,
  choice,
  clip,
  conv2d,
  cumprod,
  div,
  elu,
  exp,
  gather,
  grad,
  hessian,
  input,
  isTensor,
  item,
  jvp,
  log,
  log1p,
  logSoftmax,
  maxPool2d,
  mul,
  name,
  neg,
  nested,
  norm,
  normal,
  pad,
  pow,
  randomKey,
  record,
  scatter,
  sin,
  slice,
  softmax,
  sort,
  square,
  squeeze,
  sub,
  sum,
  take,
  tensor,
  text,
  transpose,
  values,
  xlogy,
} from "@nabla/autodiff";
import { expect, test } from "vitest";

/** The cases beside the usual ones: what a small slip in a condition would change, found by mutating the sources. */

test("a formula says what differs from the plain case, and only that", () => {
  const x = input("x", [3]);
  expect(text(elu(x))).toBe("elu(x)");
  expect(text(elu(x, { alpha: 2 }))).toBe("elu(x, α 2)");
  const cube = input("T", [2, 2, 2]);
  expect(text(sum(cube, { axis: [0, 2] }))).toContain("axes 0 2");
  expect(text(sum(cube, { axis: 1 }))).toContain("axis 1");
  const square = input("A", [2, 2]);
  expect(text(transpose(square))).toBe("Aᵀ");
  expect(text(transpose(square, { axes: [0, 1] }))).not.toContain("ᵀ");
});

test("an axis of null drops every axis of extent 1", () => {
  expect(squeeze([[[1], [2]]], { axis: null }).shape).toEqual([2]);
  expect(squeeze([[[1], [2]]]).shape).toEqual([2]);
});

test("a slice that keeps everything is the tensor itself, whatever its step over one entry", () => {
  const one = input("x", [1]);
  expect(text(slice(one, { step: [2] }))).toBe("x");
  expect(nested(slice([5, 6, 7], { step: [2] }))).toEqual([5, 7]);
});

test("the adjoint of a slice with a step spreads its entries", () => {
  const weighed = (x: Tensor): Tensor => sum(mul(slice(x, { start: [1], step: [2] }), [10, 20]));
  expect(nested(grad(weighed)(tensor([1, 2, 3, 4, 5])))).toEqual([0, 10, 0, 20, 0]);
  const steps = (x: Tensor): Tensor => sum(mul(slice(x, { step: [2, 1] }), [[1, 2]]));
  expect(
    nested(
      grad(steps)(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    ),
  ).toEqual([
    [1, 2],
    [0, 0],
  ]);
});

test("padding needs a pair of whole numbers for every axis", () => {
  expect(() => pad([1, 2], { widths: [[1, 1, 1]] as never })).toThrow(/pad/);
  expect(() =>
    pad([[1], [2]], {
      widths: [
        [1, 1],
        [0.5, 1],
      ],
    }),
  ).toThrow(/pad/);
  expect(() => pad([[1], [2]], { widths: [[1, 1]] })).toThrow(/pad/);
});

test("only a tensor is a tensor", () => {
  for (const other of [5, "x", true, undefined, null, {}, { op: 1 }, [], () => 1, Symbol("t")]) expect(isTensor(other)).toBe(false);
});

test("indices may be one number, and those outside the axis are refused at both ends", () => {
  expect(item(take([7, 8, 9], { indices: 1, axis: 0 }))).toBe(8);
  expect(item(take([7, 8, 9], { indices: -3, axis: 0 }))).toBe(7);
  expect(() => take([7, 8, 9], { indices: -4, axis: 0 })).toThrow(/index -4 \(entry 0\)/);
  expect(() => take([7, 8, 9], { indices: 3, axis: 0 })).toThrow(/index 3 \(entry 0\)/);
});

test("indices of gather and scatter have as many axes as the tensor, none but the named one longer", () => {
  const x = [
    [1, 2],
    [3, 4],
  ];
  for (const indices of [[0], [[[0]]], [[0, 0, 0]]]) {
    expect(() => gather(x, { indices, axis: 0 })).toThrow(/gather/);
    expect(() => scatter(x, { indices, axis: 0, updates: 9 })).toThrow(/scatter/);
  }
  expect(
    nested(
      gather(x, {
        indices: [
          [0, 1],
          [1, 0],
          [0, 0],
        ],
        axis: 0,
      }),
    ),
  ).toEqual([
    [1, 4],
    [3, 2],
    [1, 2],
  ]);
});

test("the updates of scatter broadcast to the indices from the last axis on", () => {
  const zero = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  expect(nested(scatter(zero, { indices: [[1, 0, 1]], axis: 0, updates: [7, 8, 9] }))).toEqual([
    [0, 8, 0],
    [7, 0, 9],
  ]);
  expect(
    nested(
      scatter(
        [
          [0, 0],
          [0, 0],
        ],
        { indices: [[1], [0], [1]], axis: 0, updates: [[7], [8], [9]] },
      ),
    ),
  ).toEqual([
    [8, 0],
    [9, 0],
  ]);
  expect(() => scatter(zero, { indices: [[1, 0, 1]], axis: 0, updates: [7, 8] })).toThrow(/broadcast/);
  expect(() => scatter(zero, { indices: [[1, 0, 1]], axis: 0, updates: [[[7]]] })).toThrow(/broadcast/);
});

test("a convolution refuses operands of other ranks, groups that do not divide, and filters beyond the image by the axis", () => {
  const image = [
    [
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ],
  ];
  const filter = [
    [
      [
        [1, 1],
        [1, 1],
      ],
    ],
  ];
  expect(() => conv2d([[[1]]], filter)).toThrow(/4 axes each/);
  expect(() => conv2d(image, [[[1]]])).toThrow(/4 axes each/);
  for (const groups of [0, 1.5, 2, -1, Number.NaN]) expect(() => conv2d(image, filter, { groups })).toThrow(/groups must be a whole number/);
  expect(() => conv2d(image, [[[[1, 1, 1, 1]]]])).toThrow(/axis 3/);
});

test("a window is one whole number or two", () => {
  const image = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  expect(() => maxPool2d(image, { kernel: [2, 2, 2] })).toThrow(/kernel/);
  expect(() => maxPool2d(image, { kernel: [2] })).toThrow(/kernel/);
  expect(nested(maxPool2d(image, { kernel: [3, 2], stride: 1 }))).toEqual([[8, 9]]);
});

test("sorting up and down is asked for by true and false alone", () => {
  expect(() => sort([2, 1], { descending: 1 as never })).toThrow(/descending/);
  expect(nested(sort([2, 1, 3], { descending: true }))).toEqual([3, 2, 1]);
});

test("running products of nothing have a gradient of nothing", () => {
  expect(nested(grad((x: Tensor) => sum(cumprod(x, { axis: 0 })))(tensor([])))).toEqual([]);
  expect(nested(jvp((x: Tensor) => cumprod(x, { axis: 0 }), tensor([]), tensor([])).tangent)).toEqual([]);
});

test("random draws take a symbolic probability and a deviation of 0, and refuse weights that are none", () => {
  const key = randomKey(1);
  expect(text(bernoulli(key, { shape: [2], probability: input("p", []) }))).toContain("p");
  expect(nested(normal(key, { shape: [2], mean: 3, deviation: 0 }))).toEqual([3, 3]);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1]) expect(() => choice(key, [1, 2], { count: 1, weights: [1, bad] })).toThrow(/weight 1/);
});

test("a sum of weighted exponentials keeps the signs of its weights, and takes weights of 0", () => {
  const u = tensor([0, 0]);
  const logOf = (of: (u: Tensor) => Tensor): number => item(log(sum(of(u))));
  expect(logOf((v) => mul([3, -1], exp(v)))).toBeCloseTo(Math.LN2, 14);
  expect(logOf((v) => neg(mul([-3, -1], exp(v))))).toBeCloseTo(Math.log(4), 14);
  expect(logOf((v) => neg(mul([3, 1], exp(v))))).toBeNaN();
  expect(logOf((v) => div(exp(v), [4, 4]))).toBeCloseTo(-Math.LN2, 14);
  expect(logOf((v) => sub([3, 3], exp(v)))).toBeCloseTo(Math.log(4), 14);
  expect(logOf((v) => add([3, 3], exp(v)))).toBeCloseTo(Math.log(8), 14);
  expect(item(log(sum(mul([1, 0], exp([0, 800])))))).toBe(0);
});

test("a product with a zero counts the zeros of what stands in the logarithm", () => {
  const at = (c: number, x: number): number => item(mul(tensor(c), log1p(tensor(x))));
  expect(at(0, -1)).toBe(item(mul(tensor(0), log(add(1, tensor(-1))))));
  expect(item(grad((x: Tensor) => sum(mul([0, 2], log1p(x))))(tensor(-0.5)))).toBeCloseTo(4, 14);
});

test("log(1 - softmax) keeps its digits in the leading entry and in the others", () => {
  const complement = log(sub(1, softmax([40, 0, -3])));
  const [leading, other, last] = values(complement) as unknown as [number, number, number];
  expect(leading).toBeCloseTo(-40 + Math.log1p(Math.exp(-3)), 12);
  expect(other).toBeCloseTo(-Math.exp(-40), 30);
  expect(last).toBeCloseTo(-Math.exp(-43), 31);
});

test("a softmax keeps the digits of its derivative under an almost constant gradient, forwards too", () => {
  const x = tensor([-40, 0.6, 13.3]);
  const [e, f] = [Math.exp(-40 - 13.3), Math.exp(0.6 - 13.3)];
  const [low, middle, top] = [e, f, 1].map((each) => each / (1 + e + f)) as [number, number, number];
  const wanted = [-low * (top + middle), low * middle, low * top];
  const seen = [grad((t: Tensor) => sum(mul(softmax(t), [1e9 - 1, 1e9, 1e9])))(x), jvp((t: Tensor) => softmax(t), x, tensor([1e9 - 1, 1e9, 1e9])).tangent];
  for (const found of seen) for (const [k, each] of values(found).entries()) expect(each / (wanted[k] as number)).toBeCloseTo(1, 13);
  const along = jvp((t: Tensor) => logSoftmax(t), x, tensor([1e9 - 1, 1e9, 1e9])).tangent;
  expect(values(along)[0]).toBeCloseTo(-1, 14);
  expect((values(along)[2] as number) / low).toBeCloseTo(1, 13);
});

test("derivatives of a softmax and its logarithm are right to the fourth order, backwards and forwards", () => {
  const c = tensor([0.7, -1.3, 2.1]);
  const v = tensor([0.4, -0.2, 1.1]);
  for (const f of [
    (t: Tensor) => sum(mul(softmax(t), c)),
    (t: Tensor) => sum(mul(sin(logSoftmax(t)), c)),
    (t: Tensor) => sum(mul(square(sub(1, softmax(t))), c)),
  ]) {
    const down = (g: (t: Tensor) => Tensor) => (t: Tensor) => sum(mul(grad(g)(t), v));
    const over = (g: (t: Tensor) => Tensor) => (t: Tensor) => jvp(g, t, v).tangent;
    const x = tensor([0.3, 1.2, -0.5]);
    let [backwards, forwards, mixed] = [f, f, f];
    for (let order = 1; order <= 4; order++) {
      const h = 1e-3;
      const at = (s: number): number => item(backwards(add(x, mul(s * h, v))));
      const differences = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
      [backwards, forwards, mixed] = [down(backwards), over(forwards), order % 2 === 0 ? down(mixed) : over(mixed)];
      expect(item(backwards(x))).toBeCloseTo(differences, 8);
      expect(item(forwards(x))).toBeCloseTo(item(backwards(x)), 11);
      expect(item(mixed(x))).toBeCloseTo(item(backwards(x)), 11);
    }
  }
});

test("a formula that repeats a value at every step is cut, not doubled", () => {
  const steps = (x: Tensor, count: number): Tensor => {
    let t = x;
    for (let step = 0; step < count; step++) t = mul(t, add(t, 1));
    return t;
  };
  expect(text(steps(input("x", []), 2))).toBe("x ⊙ (x + 1) ⊙ (x ⊙ (x + 1) + 1)");
  expect(text(steps(input("x", []), 60)).length).toBeLessThan(1500);
  const tape = record((x: Tensor) => steps(x, 60), name(tensor(0.01), "x"));
  for (const { formula, inputs } of tape.nodes) for (const written of [formula, ...inputs.map(({ local }) => local)]) expect(written.length).toBeLessThan(1500);
});

test("an op's expansion in other ops has its value", () => {
  const x = tensor([1, -2, 3]);
  const node = norm(input("x", [3]), { ord: 3 });
  const expanded = node.op.expand?.([x], node.attrs) as Tensor;
  expect(item(expanded)).toBeCloseTo(item(norm(x, { ord: 3 })), 13);
});

test("a power whose exponent passes 0 has its mixed second derivative 1/x there", () => {
  const power = ([x, y]: readonly [Tensor, Tensor]): Tensor => pow(x, y);
  const at = (x: number): unknown => hessian(power)([tensor(x), tensor(0)]).map((row) => row.map((entry) => item(entry)));
  expect(at(4)).toEqual([
    [0, 0.25],
    [0.25, Math.log(4) ** 2],
  ]);
  const own = (x: Tensor): Tensor => pow(add(2, x), x);
  expect(item(grad(grad(own))(tensor(0)))).toBeCloseTo(1 + Math.log(2) ** 2, 14);
  expect(item(grad((x: Tensor) => pow(x, tensor(0)))(tensor(0)))).toBe(0);
  expect(item(grad((x: Tensor) => pow(x, x))(tensor(0)))).toBe(0);
});

test("powers 0, 1 and 2 have their derivative at 0 too", () => {
  for (const [exponent, slope, bend] of [
    [0, 0, 0],
    [1, 1, 0],
    [2, 0, 2],
    [3, 0, 0],
  ] as const) {
    const first = grad((x: Tensor) => pow(x, { exponent }));
    expect(item(first(tensor(0)))).toBe(slope);
    expect(item(grad(first)(tensor(0)))).toBe(bend);
  }
});

test("a local derivative behind a condition says both", () => {
  const localsOf = (f: (x: Tensor) => Tensor): readonly string[] => {
    const tape = record((x: Tensor) => sum(f(x)), name(tensor([0.5, 0.25]), "x"));
    return tape.nodes.flatMap(({ inputs }) => inputs.map(({ local }) => local)).filter((local) => local.startsWith("["));
  };
  expect(localsOf((x) => clip(x, { min: 0, max: 1 }))).toMatchInlineSnapshot(`
    [
      "[0 ≤ x ∧ (x ≤ 1)]",
    ]
  `);
  expect(localsOf((x) => xlogy(name(tensor([2, 3]), "c"), x))).toMatchInlineSnapshot(`
    [
      "[¬(c = 0 ∧ (x ≤ 0))] log(x)",
      "[¬(c = 0 ∧ (x ≤ 0))] c / x",
    ]
  `);
});

test("the shares of a composite's operands sum to their adjoints", () => {
  const tape = record(
    (x: Tensor) => sum(mul(norm(x, { ord: 3, axis: 0 }), [1, 2])),
    name(
      tensor([
        [1, 2],
        [3, -4],
      ]),
      "x",
    ),
  );
  const leaf = tape.nodes.findIndex(({ name: label }) => label === "x");
  const shares = tape.nodes.flatMap(({ inputs }) => inputs.filter(({ from }) => from === leaf).map(({ share }) => share));
  expect(shares).toHaveLength(1);
  shares[0]?.forEach((share, at) => expect(share).toBeCloseTo(tape.nodes[leaf]?.adjoint?.[at] as number, 13));
});
