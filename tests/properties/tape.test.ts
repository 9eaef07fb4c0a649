import {
  type Tensor,
  add,
  composite,
  debug,
  grad,
  log,
  matmul,
  mean,
  mul,
  name,
  neg,
  randomKey,
  record,
  scope,
  sigmoid,
  softmax,
  square,
  steps,
  sub,
  sum,
  tensor,
  transpose,
  uniform,
  solve,
  div,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";
import { samples } from "./samples.ts";

const near = (got: number, want: number): boolean => Math.abs(got - want) <= 1e-12 * Math.max(1, Math.abs(want));

describe("the tape's numbers agree with each other", () => {
  test.each(samples)(
    "$label: a share is the adjoint through the Jacobian, shares sum to adjoints, the partial is the Jacobian's diagonal",
    ({ shapes, domain: [low, high], f }) => {
      const x = shapes.map((shape, which) => uniform(randomKey(90 + which), { shape, low, high }));
      const weights = uniform(randomKey(7), { shape: f(...x).shape });
      const tape = record((given: readonly Tensor[]) => sum(mul(weights, f(...given))), x);
      for (const { value, adjoint, inputs } of tape.nodes)
        for (const { from, partial, jacobian, share } of inputs) {
          const operand = tape.nodes[from];
          if (adjoint === undefined || operand === undefined) continue;
          if (jacobian !== undefined && share !== undefined) {
            const columns = operand.value.length;
            expect(jacobian.length).toBe(value.length * columns);
            share.forEach((entry, column) => {
              const through = adjoint.reduce((total, g, row) => total + g * (jacobian[row * columns + column] ?? 0), 0);
              expect(near(entry, through), `${entry} against ${through}`).toBe(true);
            });
          }
          if (partial !== undefined && jacobian !== undefined)
            jacobian.forEach((entry, at) => {
              const [row, column] = [Math.floor(at / value.length), at % value.length];
              expect(near(entry, row === column ? (partial[row] ?? Number.NaN) : 0)).toBe(true);
            });
        }
      const received = new Map(steps(tape).flatMap((step) => step.received.filter(({ final }) => final).map(({ node, sum: total }) => [node, total] as const)));
      for (const [node, total] of received) total.forEach((entry, at) => expect(near(entry, tape.nodes[node]?.adjoint?.[at] ?? Number.NaN)).toBe(true));
      expect(received.size).toBeGreaterThan(0);
    },
  );

  test("large Jacobians are not written out, partials are", () => {
    const tape = record((x: Tensor) => sum(square(x)), uniform(randomKey(1), { shape: [9] }));
    const [edge] = tape.nodes.find(({ op }) => op === "square")?.inputs ?? [];
    expect([edge?.jacobian, edge?.partial?.length]).toEqual([undefined, 9]);
  });

  test("a value used twice receives twice, and the second time finally", () => {
    const tape = record((x: Tensor) => add(mul(x, x), x), tensor(3));
    expect(steps(tape).flatMap(({ received }) => received.map(({ node, share, sum: total, final }) => [node, share[0], total[0], final]))).toEqual([
      [1, 1, 1, true],
      [0, 1, 1, false],
      [0, 3, 4, false],
      [0, 3, 7, true],
    ]);
  });

  test("the steps of a network: values forwards, adjoints backwards, names and scopes kept", () => {
    const W = name(tensor([[0.5, -1]]), "W");
    const x = name(tensor([[1, 2]]), "x");
    const tape = record(
      (w: Tensor) =>
        name(
          scope("layer 1", () => mean(square(sub(sigmoid(matmul(x, transpose(w))), 1)))),
          "C",
        ),
      W,
    );
    expect(tape.nodes.filter(({ scope: of }) => of === "layer 1").length).toBeGreaterThan(3);
    const walk = steps(tape);
    expect(walk.filter(({ direction }) => direction === "forward").map(({ node }) => node)).toEqual(tape.nodes.map(({ index }) => index));
    const back = walk.filter(({ direction }) => direction === "backward").map(({ node }) => node);
    expect(back).toEqual(back.toSorted((a, b) => b - a));
    expect(JSON.parse(JSON.stringify(walk))).toEqual(walk);
  });

  test("a cost drawn as one node hands on what its formula says, though it is computed around its operand", () => {
    const cost = composite({
      name: "bce",
      expand: (...[a, y]) => neg(add(mul(y as Tensor, log(a as Tensor)), mul(sub(1, y as Tensor), log(sub(1, a as Tensor))))),
    });
    const tape = record((z: Tensor) => cost(name(sigmoid(z), "a"), tensor(1)), name(tensor(0.5), "z"));
    const [edge] = tape.nodes[tape.output]?.inputs ?? [];
    const a = 1 / (1 + Math.exp(-0.5));
    expect(edge?.share?.[0]).toBeCloseTo(-1 / a, 12);
    expect(edge?.jacobian?.[0]).toBeCloseTo(-1 / a, 12);
    expect(edge?.local).not.toBe("0");
    expect(tape.nodes.find(({ name: label }) => label === "a")?.adjoint?.[0]).toBeCloseTo(-1 / a, 12);
  });

  test("in debug mode a tape knows the line of every step, outside of it none", () => {
    const cost = (x: Tensor): Tensor => sum(square(x));
    const lines = debug(() => record(cost, tensor([1, 2]))).nodes.map(({ line }) => line);
    expect(lines.slice(1).every((line) => /^tape\.test\.ts:\d+:\d+$/.test(line ?? ""))).toBe(true);
    expect(record(cost, tensor([1, 2])).nodes.every(({ line }) => line === undefined)).toBe(true);
    expect(() => debug(() => sum([1, [2]]))).toThrow("ragged");
    expect(record(cost, tensor([1, 2])).nodes.every(({ line }) => line === undefined)).toBe(true);
  });

  test("a gradient can be recorded: the second derivative of x³ is 6 x", () => {
    const tape = record((x: Tensor) => grad((t: Tensor) => mul(t, square(t)))(x), name(tensor(2), "x"));
    expect(tape.nodes[tape.output]?.value).toEqual([12]);
    expect(tape.nodes.find(({ name: label }) => label === "x")?.adjoint).toEqual([12]);
  });

  test("a named constant stands in a local derivative by its name", () => {
    const [W, c, at] = [name(tensor([[1, 2], [3, 5]]), "W"), name(tensor([2, 4]), "c"), name(tensor([1, 2]), "x")]; // prettier-ignore
    const locals = (f: (x: Tensor) => Tensor): readonly string[] =>
      record((x: Tensor) => sum(f(x)), at).nodes.flatMap(({ inputs }) => inputs.map(({ local }) => local));
    expect(locals((x) => matmul(W, x))).toContain("Wᵀ ·");
    expect(locals((x) => solve(W, x))).toContain("solve(Wᵀ, ·)");
    expect(locals((x) => div(x, c))).toContain("1 / c");
  });

  test("where a rounding-safe form gives the adjoint, the shares are those of the formula as written", () => {
    const tape = record((z: Tensor) => sum(log(name(softmax(z), "p"))), name(tensor([800, 0]), "z"));
    expect(tape.nodes.find(({ name: label }) => label === "z")?.adjoint).toEqual([-1, 1]);
    const softmaxNode = tape.nodes.find(({ op }) => op === "softmax");
    expect(softmaxNode?.inputs[0]?.share?.every((entry) => Number.isFinite(entry))).toBe(false);
  });
});
