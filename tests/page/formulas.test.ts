import { type Tape, type Tensor, item, name, record, sum, tensor } from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { type ActivationName, type CostName, costs, explain, network } from "@nabla/mlp";
import { type GraphPicture } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { samples } from "../properties/samples.ts";
import { type BackwardStep, expectSound, walkedBack } from "./arithmetic.ts";

/** What is wrong with a formula as a student reads it: a place for the adjoint that nothing fills, or an operator that lacks an operand. */
function faultOf(rule: string): string | undefined {
  const [left = "", right] = rule.split(/ = (.*)/);
  if (left.trim() === "" || right === undefined || right.trim() === "") return "it is no equation";
  if (right.includes("·")) return "a dot stands for nothing";
  if (/[⊙×+\-/^]\s*$/.test(right)) return "it ends in an operator";
  if (/^\s*[⊙×+/^]/.test(right)) return "it begins with an operator";
  if (/[⊙×+\-/^(]\s*[)⊙×+/]/.test(right.replaceAll(/\(\)/g, "( )"))) return "an operator lacks an operand";
  return undefined;
}

function expectReadable(steps: readonly BackwardStep[]): void {
  const faults = steps.flatMap(({ rules }) => rules.flatMap((rule) => (faultOf(rule) === undefined ? [] : [`${rule}: ${faultOf(rule)}`])));
  expect(faults).toEqual([]);
}

test.each([
  ["δ = a ⊙ (b ⊙ -) + c", "an operator lacks an operand"],
  ["δ = a ⊙", "it ends in an operator"],
  ["δ = -", "it ends in an operator"],
  ["δ = × b", "it begins with an operator"],
  ["δ = J(z)ᵀ ·", "a dot stands for nothing"],
  ["δ = (⊙ b)", "an operator lacks an operand"],
  ["δ = ", "it is no equation"],
  ["a ⊙ b", "it is no equation"],
  ["δ = a + ⊙ b", "an operator lacks an operand"],
  ["δ = (a + ) b", "an operator lacks an operand"],
  ["δ = a ()", "an operator lacks an operand"],
])("%s is not readable: %s", (rule, fault) => expect(faultOf(rule)).toBe(fault));
test.each(["δ = a ⊙ (-b)", "δ = -y / a + 1", "δ = [a > 0] ⊙ b", "δ = a ⊙ -b"])("%s is readable", (rule) => expect(faultOf(rule)).toBeUndefined());

const outputs: readonly (readonly [ActivationName, number])[] = [
  ["sigmoid", 1],
  ["sigmoid", 3],
  ["softmax", 3],
  ["identity", 2],
];
const hidden: readonly ActivationName[] = ["tanh", "relu", "identity", "softmax"];
const labelled: readonly CostName[] = ["hinge"];

interface Case {
  readonly label: string;
  readonly tape: Tape;
  readonly picture: GraphPicture;
  readonly slope: string;
}

/** Every cost over every output that it allows, each with another hidden layer. */
const networks: readonly Case[] = (Object.keys(costs) as CostName[]).flatMap((cost, at) =>
  outputs.flatMap(([activation, width], number): Case[] => {
    const positive = !["quadratic", "sumOfSquares", "meanSquaredError", "huber", "quantile", "hinge"].includes(cost);
    if (positive && activation === "identity") return [];
    const first = hidden[(at + number) % hidden.length] ?? "tanh";
    const net = network({ sizes: [2, 3, width], activations: [first, activation], key: 3 });
    const other = labelled.includes(cost) ? -1 : 0;
    const lesson = explain(net, cost, [0.6, -1], Array.from({ length: width }, (_, output) => (output === 0 ? 1 : other))); // prettier-ignore
    return [{ label: `${cost} over ${width} ${activation}, ${first} before`, tape: lesson.tape, picture: lesson, slope: lesson.labels["C→a²"] ?? "" }];
  }),
);

describe("in a network with", () => {
  test.each(networks)("$label every step reads as a formula and multiplies out", ({ tape, picture }) => {
    for (const fold of ["named", "none"] as const) {
      const steps = walkedBack(tape, { ...picture, fold });
      expectReadable(steps);
      expectSound(steps);
    }
  });

  test.each(networks.filter(({ slope }) => slope !== "∂C/∂a²"))("$label the derivative of the cost is the one that is written", ({ tape, slope }) => {
    const a = tape.nodes.find((node) => node.name === "a²");
    const y = tape.nodes.find((node) => node.name === "y");
    const condition = /\[(.*?)\]/.exec(slope)?.[1];
    const times = (text: string): string => text.replaceAll("a²", "a").replaceAll(/(?<=[ay2]) (?=[ad(])|a(?=\()/g, (found) => (found === "a" ? "a * " : " * "));
    const written = times(slope.replace(/\[.*?\]/, "d"));
    a?.value.forEach((each, at) => {
      const scope = { a: tensor(each), y: tensor(y?.value[at] ?? Number.NaN) };
      const said = formula(written.replace(/clip\((.*), -(.*), (.*)\)/, "minimum(maximum($1, -$2), $3)"));
      const holds = condition === undefined ? undefined : formula(times(condition))(scope);
      expect(item(said({ ...scope, ...(holds !== undefined && { d: holds }) }))).toBeCloseTo(a.adjoint?.[at] ?? Number.NaN, 12);
    });
  });
});

/** Entries that are no round numbers, so that no product is right by chance. */
const drawn = (shape: readonly number[], [low, high]: readonly [number, number], seed: number): Tensor => {
  const count = shape.reduce((product, each) => product * each, 1);
  const flat = Array.from({ length: count }, (_, at) => low + (high - low) * ((0.137 + 0.618034 * (at + 1) + 0.31 * seed) % 1));
  const nest = ([, ...inner]: readonly number[], numbers: readonly number[]): unknown => {
    if (inner.length === 0) return numbers;
    const width = inner.reduce((product, each) => product * each, 1);
    return Array.from({ length: numbers.length / width }, (_, row) => nest(inner, numbers.slice(row * width, (row + 1) * width)));
  };
  return tensor((shape.length === 0 ? flat[0] : nest(shape, flat)) as number[]);
};

describe("in an expression with", () => {
  test.each(samples)("$label every step reads as a formula, and what is written multiplies out", ({ shapes, domain, f }) => {
    const operands = shapes.map((shape, at) => name(drawn(shape, domain, at), ["x", "w", "v", "u"][at] ?? `x${at}`));
    const steps = walkedBack(
      record((...x: Tensor[]) => sum(f(...x)), ...operands),
      { fold: "none" },
    );
    expectReadable(steps);
    expectSound(steps);
  });
});
