import { type Tape, type TapeEdge, type Tensor, add, exp, matmul, mul, name, record, sin, softmax, square, sum, tensor, transpose } from "@nabla/autodiff";
import { explain, network } from "@nabla/mlp";
import { type GraphPicture } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { backward, expectSound } from "./arithmetic.ts";

const x = name(tensor([0.3, -0.7, 1.2]), "x");
const W = name(tensor([[0.5, -1, 0.2], [0.8, 0.1, -0.4]]), "W"); // prettier-ignore
const net = (
  cost: "quadratic" | "binaryCrossEntropy" | "categoricalCrossEntropy",
  outputs: number,
): { readonly tape: Tape; readonly picture: GraphPicture } => {
  const last = cost === "categoricalCrossEntropy" ? "softmax" : "sigmoid";
  const lesson = explain(
    network({ sizes: [2, 3, outputs], activations: ["tanh", last], key: 3 }),
    cost,
    [0.6, -1],
    Array.from({ length: outputs }, (_, at) => (at === 0 ? 1 : 0)),
  );
  return { tape: lesson.tape, picture: lesson };
};

test.each<[string, { readonly tape: Tape; readonly picture?: GraphPicture }]>([
  ["a network with a quadratic cost", net("quadratic", 2)],
  ["a network with a binary cross-entropy", net("binaryCrossEntropy", 1)],
  ["a network with softmax and cross-entropy", net("categoricalCrossEntropy", 3)],
  ["a matrix product", { tape: record((w: Tensor, v: Tensor) => sum(square(matmul(w, v))), W, x), picture: { fold: "none" } }],
  ["a product of matrices", { tape: record((w: Tensor) => sum(exp(matmul(w, transpose(w)))), W), picture: { fold: "none" } }],
  ["a product before steps without names", { tape: record((w: Tensor, v: Tensor) => sum(exp(mul(2, matmul(w, sin(v))))), W, x) }],
  ["softmax", { tape: record((v: Tensor) => sum(square(softmax(v))), x), picture: { fold: "none" } }],
  [
    "a value of many uses",
    { tape: record((v: Tensor) => Array.from({ length: 9 }, (_, k) => name(sum(sin(mul(v, k + 1))), `u${k}`)).reduce((a, b) => add(a, b)), x) },
  ],
])("what stands before = multiplies and adds up to what stands after it, in %s", async (_, { tape, picture }) => {
  expectSound(await backward(tape, picture));
});

describe("a tape that lacks", () => {
  const sound = record((v: Tensor) => sum(name(exp(v), "e")), x);
  /** The tape with the edges from x changed. */
  const without = (change: Partial<TapeEdge>): Tape => ({
    ...sound,
    nodes: sound.nodes.map((node) => ({ ...node, inputs: node.inputs.map((edge) => (edge.from === 0 ? { ...edge, ...change } : edge)) })),
  });
  const ofX = async (tape: Tape): Promise<string> => (await backward(tape)).find(({ symbol }) => symbol === "∂C/∂x")?.text ?? "";

  test("nothing shows the factor", async () => {
    expect(await ofX(sound)).toMatch(/∂C\/∂x = ∂C\/∂e ⊙ /);
  });

  test("a factor, or has one that does not multiply to the share, shows the share alone", async () => {
    const half = sound.nodes
      .flatMap(({ inputs }) => inputs)
      .find(({ from }) => from === 0)
      ?.partial?.map((each) => each / 2);
    for (const tape of [without({ partial: undefined, jacobian: undefined }), without({ partial: half, jacobian: undefined })]) {
      const text = await ofX(tape);
      expect(text).toContain("∂C/∂x = what comes back from exp(x) 1.3499 0.4966 3.3201 what comes back from exp(x) = 1.3499 0.4966 3.3201 ∂C/∂x");
      expect(text).not.toContain("⊙");
    }
  });

  test("a share, or has shares that do not add up, shows the adjoint alone", async () => {
    for (const tape of [without({ share: undefined }), without({ share: [1, 2, 3] })])
      expect(await ofX(tape)).toContain("∂C/∂x = 1.3499 0.4966 3.3201 ∂C/∂x The tape has no products that add up to this.");
  });
});

test("of many uses three are written out and the others summed", async () => {
  const uses = (count: number): Tape =>
    record((v: Tensor) => Array.from({ length: count }, (_, k) => name(sin(mul(v, k + 1)), `u${k}`)).reduce((a, b) => add(a, b)), name(tensor(0.1), "x"));
  const last = async (count: number): Promise<string> => (await backward(uses(count), { fold: "none" })).find(({ symbol }) => symbol === "∂C/∂x")?.text ?? "";
  expect(await last(4)).not.toContain("more");
  const text = await last(20);
  expect(text).toContain("+ … 17 more, their sum");
  expect(text.match(/∂C\/∂v\d+/g)?.length).toBeLessThanOrEqual(6);
});
