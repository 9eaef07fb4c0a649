import { type Tensor, add, composite, exp, log, mul, name, neg, record, sigmoid, sin, square, sub, tensor } from "@nabla/autodiff";
import { expect, test } from "vitest";

test("each operand of a composite receives its own share, though one depends on the other or is the other", () => {
  const product = composite({ name: "product", expand: (a, b) => mul(a, b) });
  const sharesOf = (f: (x: Tensor) => Tensor): { readonly shares: (number | undefined)[]; readonly total: number; readonly adjoint: number | undefined } => {
    const tape = record(f, name(tensor(3), "x"));
    const { inputs = [] } = tape.nodes[tape.output] ?? {};
    const leaf = tape.nodes.findIndex(({ role }) => role === "input");
    const all = tape.nodes.flatMap((node) => node.inputs.filter(({ from }) => from === leaf).map(({ share }) => share?.[0] ?? 0));
    return { shares: inputs.map(({ share }) => share?.[0]), total: all.reduce((sum, each) => sum + each), adjoint: tape.nodes[leaf]?.adjoint?.[0] };
  };
  expect(sharesOf((x) => product(square(x), x))).toEqual({ shares: [3, 9], total: 27, adjoint: 27 });
  expect(sharesOf((x) => product(x, square(x)))).toEqual({ shares: [9, 3], total: 27, adjoint: 27 });
  expect(sharesOf((x) => product(x, x))).toEqual({ shares: [3, 3], total: 6, adjoint: 6 });
  const tape = record((x: Tensor) => product(square(x), x), name(tensor(3), "x"));
  expect(tape.nodes[tape.output]?.inputs.map(({ jacobian, local }) => [jacobian, local])).toEqual([
    [[3], "x ⊙ ·"],
    [[9], "x² ⊙ ·"],
  ]);
});

/** The adjoint of what is called `label` where f is recorded. */
function adjointOf(label: string, f: (x: Tensor) => Tensor, at: number): number | undefined {
  return record(f, name(tensor(at), "x")).nodes.find(({ name: own }) => own === label)?.adjoint?.[0];
}

test("the adjoint of a value that a twin steps over is by the formula as written, in all of its uses", () => {
  // By u: log(u exp(sin u)) has 1/u + cos u, and the use beside it 3.
  const beside = (x: Tensor): Tensor => {
    const u = name(exp(x), "u");
    return add(log(mul(u, exp(name(sin(u), "v")))), mul(3, u));
  };
  const u = Math.exp(0.5);
  expect(adjointOf("u", beside, 0.5)).toBeCloseTo(1 / u + Math.cos(u) + 3, 13);
  expect(adjointOf("v", beside, 0.5)).toBeCloseTo(1, 13);
  expect(adjointOf("x", beside, 0.5)).toBeCloseTo(u * (1 / u + Math.cos(u) + 3), 13);
});

test("a twin among the values that another steps over hands its adjoint on", () => {
  const nested = (x: Tensor): Tensor => {
    const s = name(sigmoid(x), "s");
    const inner = name(log(name(sub(1, s), "c")), "inner");
    return log(sub(1, sigmoid(name(square(inner), "w"))));
  };
  const x = 0.3;
  const s = 1 / (1 + Math.exp(-x));
  const inner = Math.log(1 - s);
  const byW = -1 / (1 + Math.exp(-(inner ** 2)));
  const byInner = byW * 2 * inner;
  expect(adjointOf("w", nested, x)).toBeCloseTo(byW, 13);
  expect(adjointOf("inner", nested, x)).toBeCloseTo(byInner, 13);
  expect(adjointOf("c", nested, x)).toBeCloseTo(byInner / (1 - s), 12);
  expect(adjointOf("s", nested, x)).toBeCloseTo(-byInner / (1 - s), 12);
  expect(adjointOf("x", nested, x)).toBeCloseTo(-byInner * s, 13);
});

test("a twin inside a block steps over the block's operand, which has its adjoint as written", () => {
  const logarithm = composite({ name: "logarithm", expand: (a) => neg(log(a)) });
  const f = (x: Tensor): Tensor => logarithm(name(sub(1, name(sigmoid(x), "s")), "c"));
  const s = 1 / (1 + Math.exp(-0.3));
  expect(adjointOf("c", f, 0.3)).toBeCloseTo(-1 / (1 - s), 13);
  expect(adjointOf("s", f, 0.3)).toBeCloseTo(1 / (1 - s), 13);
  expect(adjointOf("x", f, 0.3)).toBeCloseTo(s, 13);
  expect(adjointOf("x", f, 800)).toBe(1);
});
