import {
  type Tensor,
  add,
  div,
  exp,
  log,
  matmul,
  mean,
  mul,
  name,
  neg,
  pow,
  record,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  where,
} from "@nabla/autodiff";
import { expect, test } from "vitest";

const x = name(
  tensor([
    [0.5, -1, 2],
    [1, 0, 1],
  ]),
  "x",
);
const W = name(
  tensor([
    [0.1, 0.2, 0.3],
    [0.4, 0.5, 0.6],
  ]),
  "W",
);
const y = name(
  tensor([
    [1, 0],
    [0, 1],
  ]),
  "y",
);

/** Costs as users write them, and how the tape writes them back. */
const costs: Readonly<Record<string, (W: Tensor) => Tensor>> = {
  "squared error": (w) => mean(square(sub(matmul(x, transpose(w)), y))),
  "cross-entropy of a softmax": (w) => neg(mean(sum(mul(y, log(softmax(matmul(x, transpose(w))))), { axis: 1 }))),
  "cross-entropy of a sigmoid": (w) => {
    const a = name(sigmoid(matmul(x, transpose(w))), "a");
    return neg(mean(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))))));
  },
  "a ratio with signs and powers": (w) => sum(div(neg(pow(w, { exponent: 3 })), add(1, exp(neg(tanh(w)))))),
  "a choice": (w) =>
    sum(
      where(
        [
          [1, 0, 1],
          [0, 1, 0],
        ],
        mul(w, -2),
        square(w),
      ),
    ),
};

test("formulas, adjoints and local derivatives read as the user wrote them", async () => {
  const pages = Object.entries(costs).map(([label, cost]) => {
    const tape = record(cost, W);
    const lines = tape.nodes
      .filter(({ role, implicit }) => role !== "constant" && !implicit)
      .map(({ index, name: given, formula, adjoint, inputs }) => {
        const back = inputs.filter(({ from }) => tape.nodes[from]?.role !== "constant").map(({ from, local }) => `v${from}: ${local}`);
        return `v${index}${given === undefined ? "" : ` ${given}`} = ${formula}${adjoint === undefined ? "   (no adjoint)" : ""}${back.length === 0 ? "" : `   back to ${back.join(", ")}`}`;
      });
    return [label, ...lines.map((line) => `  ${line}`)].join("\n");
  });
  await expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("formulas.txt");
});

test("a requested adjoint is a cut: above it the formula is differentiated as written, below it the digits are kept", () => {
  const cost = (z: Tensor): Tensor => {
    const a = name(sigmoid(name(z, "z")), "a");
    return sum(neg(log(sub(1, a))));
  };
  const adjoints = (z: number): readonly (readonly number[] | undefined)[] => {
    const tape = record(cost, tensor([z]));
    return ["a", "z"].map((label) => tape.nodes.find((node) => node.name === label)?.adjoint);
  };
  expect(adjoints(800)).toEqual([[Number.POSITIVE_INFINITY], [1]]);
  // 1 / (1 - a) with the digits of 1 - a, which is 4.2e-18 and not 0
  expect(adjoints(40)).toEqual([[235385266837020000], [1]]);
});
